"""Sites, edges and masts as CSV that no spreadsheet takes for formulas, with a table of columns and units."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alcance.files import whole_file
from alcance.publish import layers
from alcance.publish.cells import safe_cell
from alcance.publish.columns import columns
from alcance.publish.folder import PlanFolder
from alcance.publish.language import Language
from alcance.publish.screening import screening_words

if TYPE_CHECKING:
    import pandas as pd


def write_csv(plan: PlanFolder, folder: Path, lang: Language) -> list[Path]:
    """Write sites.csv, edges.csv, masts.csv and columns.csv (table, column, unit, what it is) into a folder.

    A plan for screening only says so in each row (column `screening_only`) and in a README.txt beside the tables.

    Parameters
    ----------
    plan
        The plan.
    folder
        Made if it is missing.
    lang
        Language of README.txt.

    Returns
    -------
    list of Path
        The files, UTF-8 with a byte order mark so that spreadsheets read accents right; lines end as RFC 4180 wants.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    tables = {"sites": layers.site_layer(plan), "edges": layers.edge_layer(plan), "masts": layers.mast_layer(plan)}
    paths = [
        write_rows(folder / f"{name}.csv", list(frame.columns.drop("geometry")), rows_of(frame))
        for name, frame in tables.items()
    ]
    meanings = [
        [name, column.column, column.unit.replace("currency", plan.currency), column.labels["en"], column.labels["es"]]
        for name, frame in tables.items()
        for column in columns(name)
        if column.column in frame.columns
    ]
    paths.append(write_rows(folder / "columns.csv", ["table", "column", "unit", "en", "es"], meanings))
    words, readme = screening_words(plan.summary, lang), folder / "README.txt"
    readme.unlink(missing_ok=True)  # an older one may speak of another plan
    if words:
        with whole_file(readme) as temporary:
            temporary.write_bytes(f"{plan.title}\r\n\r\n{words}\r\n".encode("utf-8-sig"))
        paths.append(readme)
    return paths


def rows_of(frame: pd.DataFrame) -> list[list[str]]:
    """Cells of a table as text, without its geometry; what is unknown is empty."""
    by_column = [[_cell(value) for value in frame[name].tolist()] for name in frame.columns if name != "geometry"]
    return [list(row) for row in zip(*by_column, strict=True)]


def _cell(value: Any) -> str:
    if (
        value is None
        or (isinstance(value, float) and math.isnan(value))
        or type(value).__name__ in {"NAType", "NaTType"}
    ):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(round(value, 6)) if isinstance(value, float) else str(value)
    return safe_cell(str(value))


def write_rows(path: Path, header: list[str], rows: list[list[str]]) -> Path:
    """Write a CSV file with a byte order mark and the line ends of RFC 4180; it appears whole or not at all."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    with whole_file(path) as temporary:
        temporary.write_bytes(text.getvalue().encode("utf-8-sig"))
    return path
