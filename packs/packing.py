"""What the builders of packs share: notes, pack.toml, and a folder that appears whole or not at all."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from alcance.errors import InputError
from alcance.pack import check_pack

CATALOGUES = Path(__file__).parent / "catalogues"
NEAREST_LOCALITY_M = 5_000.0


@dataclass
class Notes:
    """What a builder did, to be written into the pack.

    Parameters
    ----------
    columns
        Table to rows of (column, source file, source column, how).
    assumptions
        Sentences.
    flagged
        Rows that were kept with a doubt, as (table, key, doubt).
    dropped
        Rows that were left out, as (source file, key, reason).
    counts
        Name to number.
    """

    columns: dict[str, list[tuple[str, str, str, str]]] = field(default_factory=dict)
    assumptions: list[str] = field(default_factory=list)
    flagged: list[tuple[str, str, str]] = field(default_factory=list)
    dropped: list[tuple[str, str, str]] = field(default_factory=list)
    counts: dict[str, int | float] = field(default_factory=dict)

    def came(self, table: str, rows: list[tuple[str, str, str, str]]) -> None:
        """Note which source column became which column of a table."""
        self.columns.setdefault(table, []).extend(rows)

    def markdown(self, title: str, command: str, licences: list[dict[str, Any]]) -> str:
        """Render the notes as BUILD.md."""
        lines = [f"# How the pack {title} was built", "", "```", command, "```", ""]
        lines += [
            "The same input gives the same bytes. Files not listed here come from the builder's own catalogues.",
            "",
        ]
        lines += ["## Sources and licences", "", "| source | licence | tables | vintage |", "| --- | --- | --- | --- |"]
        for source in licences:
            named = ", ".join(source.get("tables", ()))
            lines.append(f"| {source['name']} | {source['licence']} | {named} | {source.get('vintage', '')} |")
        lines += ["", "## Rows", "", "| what | count |", "| --- | --- |"]
        lines += [f"| {name} | {count:,} |" for name, count in self.counts.items()]
        lines += ["", "## Which column became which", ""]
        for table, rows in self.columns.items():
            lines += [f"### {table}", "", "| column | source file | source column | how |", "| --- | --- | --- | --- |"]
            lines += [f"| {column} | {file} | {source} | {how} |" for column, file, source, how in rows]
            lines.append("")
        lines += ["## Assumptions", "", *[f"- {sentence}" for sentence in self.assumptions], ""]
        lines += ["## Kept, with a doubt", ""]
        lines += [f"- {table} {key}: {doubt}" for table, key, doubt in self.flagged] or ["None."]
        lines += ["", "## Left out", ""]
        lines += [f"- {file} {key}: {reason}" for file, key, reason in self.dropped] or ["None."]
        return "\n".join(lines) + "\n"


def nearest_locality(lon: Any, lat: Any, localities: pd.DataFrame, metric_crs: str) -> NDArray[np.object_]:
    """Key of the nearest locality within `NEAREST_LOCALITY_M` of each point [deg], None where there is none."""
    places = gpd.GeoSeries(gpd.points_from_xy(localities["lon"], localities["lat"]), crs=4326).to_crs(metric_crs)
    points = gpd.GeoSeries(gpd.points_from_xy(lon, lat), crs=4326).to_crs(metric_crs)
    tree = shapely.STRtree(places.to_numpy())
    point, place = tree.query_nearest(points.to_numpy(), max_distance=NEAREST_LOCALITY_M, all_matches=False)
    keys = np.full(len(points), None, dtype=object)
    keys[point] = localities["locality_id"].to_numpy(dtype=object)[place]
    return keys


def toml(content: dict[str, Any]) -> str:
    """Write nested dictionaries as TOML; lists of dictionaries become arrays of tables."""
    lines: list[str] = []
    _section(content, "", lines)
    return "\n".join(lines).strip() + "\n"


def _section(content: dict[str, Any], path: str, lines: list[str]) -> None:
    plain = {k: v for k, v in content.items() if not (isinstance(v, dict) and path == "") and not _is_tables(v)}
    for key, value in plain.items():
        lines.append(f"{_key(key)} = {_value(value)}")
    for key, value in content.items():
        if isinstance(value, dict) and path == "":
            lines += ["", f"[{_key(key)}]"]
            _section(value, key, lines)
        elif _is_tables(value):
            for entry in value:
                lines += ["", f"[[{_key(key)}]]"]
                _section(entry, key, lines)


def _is_tables(value: Any) -> bool:
    return (
        isinstance(value, list) and bool(value) and all(isinstance(each, dict) and "licence" in each for each in value)
    )


def _key(key: object) -> str:
    text = str(key)
    return text if text.replace("_", "").replace("-", "").isalnum() and text.isascii() else json.dumps(text)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_value(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list | tuple):
        if value and isinstance(value[0], dict):
            return "[\n" + "".join(f"  {_value(each)},\n" for each in value) + "]"
        return "[" + ", ".join(_value(each) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def write_whole(out: Path, build: Callable[[Path], None]) -> None:
    """Build a pack in a temporary folder, check it, and move it to its place.

    Parameters
    ----------
    out
        Folder of the pack; an older pack there is replaced.
    build
        Writes the pack into the folder it is given.

    Raises
    ------
    InputError
        The pack that was built does not pass its own check.
    """
    out = out.resolve()
    if out.exists() and any(out.iterdir()) and not (out / "pack.toml").exists():
        raise SystemExit(f"{out.name} exists and is not a pack; name another folder")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as scratch:
        folder = Path(scratch) / out.name
        folder.mkdir()
        build(folder)
        problems = check_pack(folder)
        errors = [problem for problem in problems if problem.severity == "error"]
        for problem in problems:
            print(f"{problem.severity}: {problem}")
        if errors:
            raise InputError(errors)
        if out.exists():
            out.rename(Path(scratch) / "before")  # set aside, not removed: a run killed here loses nothing
        folder.rename(out)
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    print(f"{out.name}: {size / 1e6:.2f} MB in {sum(1 for path in out.rglob('*') if path.is_file())} files")
