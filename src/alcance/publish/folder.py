"""The plan folder as the outputs read it: every file checked once, at the door."""

from __future__ import annotations

import csv
import functools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alcance.errors import InputError, Problem

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

#: Outlines to draw beneath the plan; a folder may do without.
CONTEXT: Final = "context.parquet"

TABLES: Final = ("sites.parquet", "edges.parquet", "nodes.parquet")


@functools.cache
def required_names(file: str) -> tuple[str, ...]:
    """Columns (or keys) that a file of a plan folder must hold for the outputs, from the table `contract.csv`."""
    text = resources.files("alcance.publish").joinpath("contract.csv").read_text(encoding="utf-8")
    return tuple(row["name"] for row in csv.DictReader(text.splitlines()) if row["file"] == file)


@dataclass(frozen=True)
class PlanFolder:
    """A plan read from its folder.

    Parameters
    ----------
    path
        The folder.
    summary
        Contents of `summary.json`.
    sites
        One row per site, points in EPSG:4326.
    edges
        One row per work of the plan, lines and points in EPSG:4326.
    nodes
        One row per node of the tree.
    admin
        Outlines of the administrative areas, or None where the folder has none.
    """

    path: Path
    summary: dict[str, Any]
    sites: gpd.GeoDataFrame
    edges: gpd.GeoDataFrame
    nodes: pd.DataFrame
    admin: gpd.GeoDataFrame | None

    @property
    def currency(self) -> str:
        """Code of the currency of every amount."""
        return str(self.summary["currency"])

    @property
    def title(self) -> str:
        """Title of the pack that was planned."""
        return str(self.summary["pack"]["title"])


def read_plan_folder(folder: Path) -> PlanFolder:
    """Read and check a plan folder.

    Parameters
    ----------
    folder
        A folder written by `alcance plan`.

    Raises
    ------
    InputError
        With every file that is missing, unreadable or lacks a column.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise InputError(
            [Problem(str(folder), None, "", "", "no such plan folder; `alcance plan PACK --out DIR` writes one")]
        )
    problems: list[Problem] = []
    summary = _read_summary(folder, problems)
    frames = {name: _read_table(folder, name, required_names(name), problems) for name in TABLES}
    admin = None
    if (folder / CONTEXT).exists():
        admin = _read_table(folder, CONTEXT, required_names(CONTEXT), problems)
    if problems:
        raise InputError(problems)
    sites, edges = frames["sites.parquet"], frames["edges.parquet"]
    _check_paths(sites, edges)
    if admin is not None:
        admin = admin[admin["kind"] == "admin"]
    return PlanFolder(
        folder, summary, sites, edges, frames["nodes.parquet"], admin if admin is not None and len(admin) else None
    )


def _read_summary(folder: Path, problems: list[Problem]) -> dict[str, Any]:
    name = "summary.json"
    try:
        summary = json.loads((folder / name).read_text(encoding="utf-8"))
    except FileNotFoundError:
        problems.append(Problem(name, None, "", "", "missing; this is not a whole plan folder, plan again"))
        return {}
    except (OSError, ValueError) as error:
        problems.append(Problem(name, None, "", "", f"cannot be read as JSON ({error}); plan again"))
        return {}
    if not isinstance(summary, dict):
        problems.append(Problem(name, None, "", "", "is not a JSON object; plan again"))
        return {}
    missing = [key for key in required_names(name) if key not in summary]
    if missing:
        problems.append(
            Problem(name, None, "", "", f"lacks {', '.join(missing)}; the folder is damaged or of another version")
        )
    elif not isinstance(summary["pack"], dict) or "title" not in summary["pack"]:
        problems.append(Problem(name, None, "pack", "", "lacks the title of the pack; plan again"))
    elif not isinstance(summary["terrain"], dict) or "screening_only" not in summary["terrain"]:
        message = "does not say whether the terrain is fit for screening only; plan again"
        problems.append(Problem(name, None, "terrain", "", message))
    return summary


def _read_table(folder: Path, name: str, columns: Sequence[str], problems: list[Problem]) -> Any:
    import geopandas as gpd
    import pandas as pd
    import pyarrow as pa

    path = folder / name
    if not path.exists():
        problems.append(Problem(name, None, "", "", "missing; this is not a whole plan folder, plan again"))
        return None
    try:
        frame = gpd.read_parquet(path) if "geometry" in columns else pd.read_parquet(path)
    except (pa.ArrowException, OSError, ValueError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        problems.append(Problem(name, None, "", "", f"cannot be read as Parquet ({first}); plan again"))
        return None
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        problems.append(
            Problem(name, None, "", "", f"lacks {', '.join(missing)}; the folder is damaged or of another version")
        )
    return frame


def _check_paths(sites: gpd.GeoDataFrame, edges: gpd.GeoDataFrame) -> None:
    """Refuse a folder whose sites name edges that it does not hold."""
    known = dict.fromkeys(edges["edge_id"])
    for row, (site_id, way) in enumerate(zip(sites["site_id"], sites["upstream"], strict=True), start=2):
        for edge_id in () if way is None else way:
            if edge_id not in known:
                message = f"site {site_id} leads to an edge that edges.parquet lacks; plan again"
                raise InputError([Problem("sites.parquet", row, "upstream", str(edge_id), message)])
