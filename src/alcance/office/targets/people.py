"""People served, nobody counted twice.

Every locality's people belong to one place, their locality. They are served where a connected site stands within
`RADIUS_M` of the locality's point, or is said to stand in the locality; how many such sites there are makes no
difference. So a sum over localities never exceeds the people, and one more site never lowers it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from alcance.office.register.models import Area, Level, Site

if TYPE_CHECKING:
    from numpy.typing import NDArray

EARTH_RADIUS_M = 6_371_009.0
# A walk of about half an hour.
RADIUS_M = 2_500.0


@dataclass(frozen=True)
class Catchments:
    """Localities, and which sites serve each.

    Parameters
    ----------
    localities
        Indexed by key: people, state_code, quintile.
    site, locality
        Pairs: position of a site in the order of its register, position of a locality.
    """

    localities: pd.DataFrame
    site: NDArray[np.int64]
    locality: NDArray[np.int64]

    def served(self, connected: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which localities are served where these sites are connected."""
        found = np.zeros(len(self.localities), dtype=bool)
        found[self.locality[connected[self.site]]] = True
        return found

    def people(self, connected: NDArray[np.bool_], where: NDArray[np.bool_] | None = None) -> int:
        """People served, in all localities or in some."""
        found = self.served(connected)
        if where is not None:
            found &= where
        return int(self.localities["people"].to_numpy()[found].sum())


def read_catchments(sites: pd.DataFrame) -> Catchments:
    """Assign localities to the sites that serve them.

    Parameters
    ----------
    sites
        Indexed by id, with lon and lat.
    """
    rows = Area.objects.filter(level=Level.LOCALITY).exclude(lon=None).order_by("pk")
    names = ("code", "people", "parent__parent", "need_quintile", "lon", "lat")
    columns = ["code", "people", "state_code", "quintile", "lon", "lat"]
    frame = pd.DataFrame(list(rows.values_list(*names)), columns=columns)
    frame = frame.set_index("code")
    frame["people"] = frame["people"].fillna(0).astype(np.int64)
    named = dict(Site.objects.filter(merged_into=None).exclude(locality=None).values_list("pk", "locality"))
    return assign(frame, sites, named)


def assign(localities: pd.DataFrame, sites: pd.DataFrame, named: dict[int, str]) -> Catchments:
    """Pair localities with the sites near them, and with those said to stand in them.

    Parameters
    ----------
    localities, sites
        With lon and lat [deg]; localities with people.
    named
        The locality that a site says it stands in, by the site's id.
    """
    from scipy.spatial import cKDTree

    pairs: list[tuple[NDArray[Any], NDArray[Any]]] = []
    if len(sites) and len(localities):
        near: list[list[int]] = cKDTree(_on_sphere(sites)).query_ball_point(_on_sphere(localities), RADIUS_M)  # type: ignore[assignment]
        counts = np.fromiter((len(one) for one in near), dtype=np.int64, count=len(near))
        flat = np.fromiter((at for one in near for at in one), dtype=np.int64, count=int(counts.sum()))
        pairs.append((flat, np.repeat(np.arange(len(localities)), counts)))
    said = pd.Series(named, dtype=object)
    said = said[said.isin(localities.index)]
    at_site = sites.index.get_indexer(pd.Index(said.index))
    at_locality = localities.index.get_indexer(pd.Index(said.to_numpy()))
    known = (at_site >= 0) & (at_locality >= 0)
    pairs.append((at_site[known].astype(np.int64), at_locality[known].astype(np.int64)))
    return Catchments(localities, np.concatenate([one for one, _ in pairs]), np.concatenate([one for _, one in pairs]))


def _on_sphere(points: pd.DataFrame) -> NDArray[np.float64]:
    lon, lat = (np.radians(points[name].to_numpy(dtype=float)) for name in ("lon", "lat"))
    unit = np.column_stack((np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)))
    return EARTH_RADIUS_M * unit
