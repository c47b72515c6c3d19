"""What people decided beforehand: a site must or must not use a technology, a stretch is forced or forbidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alcance.errors import InputError, Problem
from alcance.network.kinds import FIBRE_SPANS, ArcKind, NodeKind

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from alcance.network.arcs import Arcs
    from alcance.network.network import Nodes
    from alcance.network.places import Places

# The arc by which each technology enters a site; every way into a site's feed or leaf is one of these.
_ENTRY = {
    "fibre": (ArcKind.FIBRE_DROP,),
    "ptp": (ArcKind.PTP_END, ArcKind.PTP),
    "ptmp": (ArcKind.CLIENT,),
    "satellite": (ArcKind.SATELLITE,),
    "shared_satellite": (ArcKind.GATEWAY,),
}


def apply_overrides(
    arcs: Arcs, nodes: Nodes, places: Places, place_of_pop: dict[str, int], overrides: pd.DataFrame
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Find the arcs that overrides forbid and those they force.

    Parameters
    ----------
    arcs, nodes, places
        The network before overrides.
    place_of_pop
        Place of every PoP by its key.
    overrides
        The pack's table: site_id with technology, or from_id and to_id, with a rule of must or must_not.

    Returns
    -------
    (forbidden, forced)
        Masks over the arcs.

    Raises
    ------
    InputError
        If no fibre could be laid along a stretch that is forced.
    """
    forbidden = np.zeros(len(arcs), dtype=bool)
    forced = np.zeros(len(arcs), dtype=bool)
    number = {identifier: row for row, identifier in enumerate(places.place_id)}
    bare: dict[str, list[int]] = {}
    for identifier, row in number.items():
        bare.setdefault(str(identifier).split(":", 1)[1], []).append(row)
    for identifier, row in place_of_pop.items():
        bare.setdefault(identifier, []).append(row)
    lost: list[Problem] = []
    head_kind, head_place = nodes.kind[arcs.head], nodes.place[arcs.head]
    tail_place = nodes.place[arcs.tail]
    for override in overrides.itertuples():
        if isinstance(override.site_id, str):
            place = number.get(f"site:{override.site_id}")
            if place is None:  # its locality is smaller than the policy serves: there is nothing to decide
                continue
            at_site = (head_place == place) & (tail_place != place)
            entries = np.isin(arcs.kind, _ENTRY[str(override.technology)])
            into = at_site & np.isin(head_kind, (NodeKind.FEED, NodeKind.LEAF, NodeKind.HUB, NodeKind.MAST))
            forbidden |= into & (~entries if override.rule == "must" else entries)
        else:
            ends = [bare.get(str(end), []) for end in (override.from_id, override.to_id)]
            between = (np.isin(tail_place, ends[0]) & np.isin(head_place, ends[1])) | (
                np.isin(tail_place, ends[1]) & np.isin(head_place, ends[0])
            )
            between &= tail_place != head_place
            if override.rule == "must":
                stretch = between & np.isin(arcs.kind, FIBRE_SPANS)  # a hop's mast and height are the plan's choice
                forced |= stretch
                if not stretch.any():
                    lost.append(_not_there(override))
            else:
                forbidden |= between
    if lost:
        raise InputError(lost)
    return forbidden, forced


def without_satellite(overrides: pd.DataFrame) -> list[str]:
    """List the sites that overrides keep from a satellite terminal of their own."""
    satellite, must = overrides["technology"].eq("satellite"), overrides["rule"].eq("must")
    keys: list[str] = overrides.loc[must != satellite, "site_id"].dropna().tolist()
    return keys


def _not_there(override: Any) -> Problem:
    """Tell that a forced stretch does not exist."""
    return Problem(
        "overrides",
        None,
        "override_id",
        str(override.override_id),
        f"no fibre could be laid straight between {override.from_id} and {override.to_id}; "
        "force the stretches that lie between them one by one, or none",
    )
