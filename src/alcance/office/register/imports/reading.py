"""Reading an import's file with the pack's readers; a file in Windows' western encoding is read too, and told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from alcance.errors import InputError, Problem
from alcance.office.register.imports.wording import in_our_words
from alcance.pack.problems import Collector
from alcance.pack.reading import Asked, read_raw

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

MOST_ROWS = 1_000_000
# Rows of a table take no more in memory; a few bytes of a packed file may say a cell a million times.
MOST_IN_MEMORY = 2_000_000_000
_ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class Table:
    """A file's rows: columns as found, with `lon` and `lat` where it has points; the index is the spreadsheet's row."""

    frame: pd.DataFrame
    problems: tuple[Problem, ...]


def read(path: Path, shown: str, most: int | None = None) -> Table:
    """Read a file whole, or its first rows.

    Parameters
    ----------
    path
        Of a file that was received: one in Windows' western encoding has its copy in UTF-8 beside it.
    most
        Rows to read at most; all without it.

    Raises
    ------
    InputError
        Where it cannot be read, with all that is wrong with it.
    """
    import shapely

    found = Collector()
    notes: tuple[Problem, ...] = ()
    if (copy := in_utf8(path)).exists():
        words = _("was read as Windows-1252, not UTF-8: look at its accents")
        path, notes = copy, (Problem(shown, None, "", "", words, "warning"),)
    if path.suffix == ".parquet" and most is None:
        _check_memory(path, shown)
    elif most is None:
        most = MOST_ROWS + 1
    raw = read_raw(Asked(path, shown, None, "sites", found, most))
    problems = [in_our_words(problem) for problem in found.problems]
    if raw is None or any(problem.severity == "error" for problem in problems):
        raise InputError(list(problems) or [Problem(shown, None, "", "", _("cannot be read"))])
    frame = raw.frame
    if len(frame) > MOST_ROWS:
        raise InputError(
            [
                Problem(
                    shown, None, "", "", _("has more than %(most)s rows; split it") % {"most": number_format(MOST_ROWS)}
                )
            ]
        )
    if frame.empty:
        raise InputError([Problem(shown, None, "", "", _("has no rows"))])
    if "geometry" in frame.columns:
        points = shapely.point_on_surface(frame["geometry"].to_numpy())
        frame = frame.drop(columns="geometry")
        for name, values in (("lon", shapely.get_x(points)), ("lat", shapely.get_y(points))):
            if name not in frame.columns:
                frame[name] = values
    return Table(frame, (*problems, *notes))


def in_utf8(source: Path) -> Path:
    """Where the copy in UTF-8 of a file in another encoding lies."""
    return source.with_name(f"{source.stem}-utf8{source.suffix}")


def _check_memory(path: Path, shown: str) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    taken = 0
    try:
        with pq.ParquetFile(path) as table:
            for some in table.iter_batches(_ROWS_AT_ONCE):
                taken += some.nbytes
                if taken > MOST_IN_MEMORY:
                    raise InputError(
                        [Problem(shown, None, "", "", _("unpacks to far more than a table holds; split it"))]
                    )
    except (OSError, ValueError, pa.ArrowException) as error:
        raise InputError([Problem(shown, None, "", "", _("is damaged; save it again"))]) from error
