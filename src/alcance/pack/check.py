"""All checks of a pack's tables together, in the order in which their problems are told."""

from __future__ import annotations

from pathlib import Path

from alcance.pack.antennas import check_antennas
from alcance.pack.check_catalogues import check_catalogues
from alcance.pack.check_decisions import check_decisions
from alcance.pack.check_keys import check_identifiers, check_references, check_unique
from alcance.pack.check_lines import check_lines
from alcance.pack.check_places import check_places, check_shapes
from alcance.pack.check_surface import check_surface
from alcance.pack.check_terrain import check_terrain
from alcance.pack.check_towers import check_towers
from alcance.pack.loaded import Loaded
from alcance.pack.meta import Meta
from alcance.pack.problems import Collector
from alcance.pack.schema import tables


def check_frames(
    loaded: Loaded,
    meta: Meta,
    folder: Path,
    terrain_paths: tuple[Path, ...],
    surface_paths: tuple[Path, ...],
    found: Collector,
) -> None:
    """Check everything that spans more than one cell.

    Parameters
    ----------
    loaded
        The tables.
    meta
        What pack.toml says.
    folder
        Of the pack.
    terrain_paths
        Elevation files.
    surface_paths
        Files of what stands on the ground.
    found
        Receives what is wrong.
    """
    for name in loaded.read:
        if loaded[name].empty:
            severity = "error" if tables()[name].required else "warning"
            found.add(loaded.names[name], "has no rows", severity=severity)
    for name in loaded.read:
        check_unique(tables()[name], loaded[name], loaded.names[name], found)
        check_references(tables()[name], loaded, found)
    check_identifiers(loaded, meta, found)
    for name in loaded.read:
        check_places(tables()[name], loaded[name], loaded.names[name], meta, found)
        check_shapes(tables()[name], loaded[name], loaded.names[name], meta, found)
    check_lines(loaded, found)
    check_catalogues(loaded, meta, found)
    check_decisions(loaded, found)
    check_antennas(loaded, folder, found)
    check_towers(loaded, found)
    _check_pops(loaded, found)
    check_terrain(loaded, meta, terrain_paths, found)
    check_surface(loaded, meta, terrain_paths, surface_paths, found)


def _check_pops(loaded: Loaded, found: Collector) -> None:
    """There must be a place where traffic enters."""
    if "pops" in loaded.unread or "power_nodes" in loaded.unread:
        return
    pops, nodes = loaded["pops"], loaded["power_nodes"]
    entries = int((pops["medium"] == "fibre").sum()) + int(nodes["pop"].fillna(value=False).sum())
    if entries == 0:
        found.add(
            loaded.names["pops"] if len(pops) else "pops.csv",
            "no PoP: add at least one row with medium fibre, or mark a substation with pop = true in power_nodes",
        )
