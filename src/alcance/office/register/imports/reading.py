"""Reading an import's file with the pack's readers; a file in Windows' western encoding is read too, and told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alcance.errors import InputError, Problem
from alcance.pack.problems import Collector
from alcance.pack.reading import Asked, read_raw

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

MOST_ROWS = 1_000_000
# Cells of text longer than this are no names.
ENCODING_FALLBACK = "cp1252"


@dataclass(frozen=True)
class Table:
    """A file's rows: columns as found, with `lon` and `lat` where it has points; the index is the spreadsheet's row."""

    frame: pd.DataFrame
    problems: tuple[Problem, ...]


def read(path: Path, shown: str) -> Table:
    """Read a file whole.

    Raises
    ------
    InputError
        Where it cannot be read, with all that is wrong with it.
    """
    import shapely

    found = Collector()
    notes = _in_utf8(path, shown)
    raw = read_raw(Asked(path, shown, None, "sites", found))
    problems = found.problems
    if raw is None or any(problem.severity == "error" for problem in problems):
        raise InputError(list(problems) or [Problem(shown, None, "", "", "cannot be read")])
    frame = raw.frame
    if len(frame) > MOST_ROWS:
        raise InputError([Problem(shown, None, "", "", f"has more than {MOST_ROWS:,} rows; split it")])
    if frame.empty:
        raise InputError([Problem(shown, None, "", "", "has no rows")])
    if "geometry" in frame.columns:
        points = shapely.point_on_surface(frame["geometry"].to_numpy())
        frame = frame.drop(columns="geometry")
        for name, values in (("lon", shapely.get_x(points)), ("lat", shapely.get_y(points))):
            if name not in frame.columns:
                frame[name] = values
    return Table(frame, (*problems, *notes))


def _in_utf8(path: Path, shown: str) -> tuple[Problem, ...]:
    """Rewrite a CSV file that is in Windows' western encoding, and say so."""
    if path.suffix != ".csv":
        return ()
    content = path.read_bytes()
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError([Problem(shown, 1, "", "", "is in UTF-16; save it as 'CSV UTF-8'")])
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        try:
            text = content.decode(ENCODING_FALLBACK)
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            message = "is neither in UTF-8 nor in Windows-1252; save it as 'CSV UTF-8'"
            raise InputError([Problem(shown, line, "", "", message)]) from error
        path.write_text(text, encoding="utf-8", newline="")
        return (Problem(shown, None, "", "", "was read as Windows-1252, not UTF-8: look at its accents", "warning"),)
    return ()
