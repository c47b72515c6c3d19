"""Which file of a pack holds which table."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from alcance.pack.meta import FILE, Meta
from alcance.pack.problems import Collector
from alcance.pack.reading import SUFFIXES
from alcance.pack.schema import tables

RASTERS = ("terrain", "surface")
RASTER_SUFFIXES = (".tif", ".tiff", ".hgt")


@dataclass(frozen=True)
class Place:
    """A file of the pack: its path, how it is named in problems, and the layer or sheet to read."""

    path: Path
    shown: str
    layer: str | None


def locate_tables(folder: Path, meta: Meta, found: Collector) -> dict[str, Place]:
    """Find the file of every table; a missing required one, two for one table and strays are told."""
    places: dict[str, Place] = {}
    present = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix.lower() in SUFFIXES)
    used = {entry.path for entry in meta.files.values()}
    for name in meta.files:
        if name not in tables() and name not in RASTERS:
            found.add(FILE, "is not a table of the schema", column=f"files.{name}")
    for name, table in tables().items():
        if name in meta.files:
            entry = meta.files[name]
            path = folder / entry.path
            shown = entry.path if entry.layer is None else f"{entry.path} ({entry.layer})"
            if path.is_file() and path.suffix.lower() in SUFFIXES:
                places[name] = Place(path, shown, entry.layer)
            else:
                what = "does not exist" if not path.is_file() else f"is not one of {', '.join(SUFFIXES)}"
                found.add(FILE, f"{what}; say where the table {name} lies", column=f"files.{name}", value=entry.path)
            continue
        own = [path for path in present if path.stem == name and path.name not in used]
        if len(own) > 1:
            listed = ", ".join(path.name for path in own)
            found.add(name, f"stands in several files ({listed}); keep one, or name it in [files] of {FILE}")
        if own:
            places[name] = Place(own[0], own[0].name, None)
        elif table.required:
            found.add(
                f"{name}.csv",
                f"is missing; every pack needs the table {name} ({table.description}). "
                f"'alcance pack template {name}' writes an empty one",
            )
    strays = [p.name for p in present if p.stem not in tables() and p.name not in used]
    for stray in strays:
        found.add(stray, "is not named after a table of the schema and is not read", severity="warning")
    return places


def locate_rasters(folder: Path, meta: Meta, name: str) -> tuple[Path, ...]:
    """The raster files of "terrain" or "surface": a file of that name, or all in a folder of that name."""
    if name in meta.files:
        roots = [folder / meta.files[name].path]
    else:
        roots = [folder / name, *(folder / f"{name}{suffix}" for suffix in RASTER_SUFFIXES)]
    paths: list[Path] = []
    for root in roots:
        if root.is_dir():
            paths += sorted(path for path in root.iterdir() if path.suffix.lower() in RASTER_SUFFIXES)
        elif root.is_file():
            paths.append(root)
    return tuple(paths)


def digest(path: Path) -> str:
    """SHA-256 of a file in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def companions(path: Path) -> list[Path]:
    """The file itself and, for a Shapefile, the files beside it that belong to it."""
    if path.suffix.lower() != ".shp":
        return [path]
    return sorted(other for other in path.parent.iterdir() if other.stem == path.stem and other.is_file())
