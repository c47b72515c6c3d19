"""Reading and checking a whole pack."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alcance.errors import InputError, Problem
from alcance.pack.antennas import pattern_paths
from alcance.pack.check import check_frames
from alcance.pack.conform import conform, empty
from alcance.pack.derive import derive
from alcance.pack.files import companions, digest, locate_rasters, locate_tables
from alcance.pack.loaded import Loaded
from alcance.pack.meta import FILE, read_meta
from alcance.pack.pack import Pack
from alcance.pack.problems import Collector
from alcance.pack.reading import Asked, read_raw
from alcance.pack.schema import tables

Progress = Callable[[str, float], None]


def read_pack(path: Path, progress: Progress | None = None) -> Pack:
    """Read a pack and check all of it.

    Parameters
    ----------
    path
        Folder of the pack.
    progress
        Told the name of each stage and the fraction done, 0 to 1.

    Returns
    -------
    The pack; what is only to be known about it stands in its `warnings`.

    Raises
    ------
    InputError
        Anything in the pack must be mended; carries every problem found, errors before warnings.
    """
    found = Collector()
    pack = _load(Path(path), found, progress)
    if pack is None:
        raise InputError(found.errors)
    return pack


def check_pack(path: Path, progress: Progress | None = None) -> list[Problem]:
    """Everything that is wrong with a pack, errors first and then warnings; empty where nothing is.

    Parameters
    ----------
    path
        Folder of the pack.
    progress
        Told the name of each stage and the fraction done, 0 to 1.
    """
    found = Collector()
    _load(Path(path), found, progress)
    return found.errors + found.warnings


def _load(folder: Path, found: Collector, progress: Progress | None) -> Pack | None:
    """Read a pack; None where it has errors, which `found` then holds."""
    tell = progress or (lambda _stage, _fraction: None)
    if not folder.is_dir():
        found.add(str(folder), "is not a folder; a pack is a folder with a pack.toml in it")
        return None
    tell("pack", 0.0)
    meta = read_meta(folder, found)
    if meta is None:
        return None
    places = locate_tables(folder, meta, found)
    loaded = Loaded()
    for position, (name, table) in enumerate(tables().items()):
        loaded.frames[name], loaded.names[name] = empty(table), f"{name} (absent)"
        if name in places:
            place = places[name]
            raw = read_raw(Asked(place.path, place.shown, place.layer, name, found))
            loaded.names[name] = place.shown
            if raw is not None:
                loaded.frames[name] = conform(raw, table, found)
            (loaded.unread if raw is None else loaded.read).append(name)
        tell("pack", 0.6 * (position + 1) / len(tables()))
    terrain_paths = locate_rasters(folder, meta, "terrain")
    surface_paths = locate_rasters(folder, meta, "surface")
    derive(loaded, found)
    tell("pack", 0.7)
    check_frames(loaded, meta, folder, terrain_paths, surface_paths, found)
    tell("pack", 0.95)
    if found.errors:
        return None
    read = [folder / FILE, *(path for place in places.values() for path in companions(place.path))]
    read += [*terrain_paths, *surface_paths, *pattern_paths(loaded, folder)]
    digests = {path.relative_to(folder).as_posix(): digest(path) for path in read}
    tell("pack", 1.0)
    return Pack(
        path=folder,
        meta=meta,
        frames={name: frame.reset_index(drop=True) for name, frame in loaded.frames.items()},
        present=tuple(loaded.read),
        terrain_paths=terrain_paths,
        surface_paths=surface_paths,
        digests=dict(sorted(digests.items())),
        warnings=tuple(found.warnings),
    )
