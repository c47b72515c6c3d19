"""All checks of a pack's tables together, in the order in which their problems are told."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from alcance.pack.check_catalogues import check_catalogues
from alcance.pack.check_decisions import check_decisions
from alcance.pack.check_keys import check_identifiers, check_references, check_unique
from alcance.pack.check_lines import check_lines
from alcance.pack.check_places import check_places, check_shapes
from alcance.pack.check_terrain import check_terrain
from alcance.pack.meta import Meta
from alcance.pack.problems import Collector
from alcance.pack.schema import tables


def check_frames(
    frames: dict[str, pd.DataFrame],
    names: dict[str, str],
    present: tuple[str, ...],
    meta: Meta,
    terrain_paths: tuple[Path, ...],
    found: Collector,
) -> None:
    """Check everything that spans more than one cell.

    Parameters
    ----------
    frames
        Tables by name, in the types of the schema, indexed by row number.
    names
        How each table's file is named in problems.
    present
        The tables that the pack has.
    meta
        What pack.toml says.
    terrain_paths
        Elevation files.
    found
        Receives what is wrong.
    """
    for name in present:
        if frames[name].empty:
            severity = "error" if tables()[name].required else "warning"
            found.add(names[name], "has no rows", severity=severity)
    for name in present:
        check_unique(tables()[name], frames[name], names[name], found)
        check_references(tables()[name], frames, names, present, found)
    check_identifiers(frames, names, meta, found)
    for name in present:
        check_places(tables()[name], frames[name], names[name], meta, found)
        check_shapes(tables()[name], frames[name], names[name], meta, found)
    check_lines(frames, names, present, found)
    check_catalogues(frames, names, present, found)
    check_decisions(frames, names, found)
    _check_pops(frames, names, found)
    check_terrain(frames, names, meta, terrain_paths, found)


def _check_pops(frames: dict[str, pd.DataFrame], names: dict[str, str], found: Collector) -> None:
    """There must be a place where traffic enters."""
    pops, nodes = frames["pops"], frames["power_nodes"]
    entries = int((pops["medium"] == "fibre").sum()) + int(nodes["pop"].fillna(value=False).sum())
    if entries == 0:
        found.add(
            names["pops"] if len(pops) else "pops.csv",
            "no PoP: add at least one row with medium fibre, or mark a substation with pop = true in power_nodes",
        )
