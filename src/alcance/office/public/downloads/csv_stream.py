"""The table of sites as CSV, a piece at a time."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from alcance.office.public.downloads.table import columns
from alcance.publish.cells import safe_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BYTE_ORDER_MARK = "\ufeff"
_ROWS_AT_ONCE = 500
_TRUTHS = {1: "true", 0: "false", None: ""}


def csv_pieces(rows: Iterable[tuple[Any, ...]], *, mark: bool = False) -> Iterator[bytes]:
    """Yield the table as UTF-8, with a head line; an apostrophe goes before text that would run as a formula.

    Parameters
    ----------
    rows
        Rows in the order of `columns()`.
    mark
        Whether to begin with a byte order mark, by which Excel knows UTF-8.
    """
    texts = [place for place, column in enumerate(columns()) if column.type == "text"]
    times = [place for place, column in enumerate(columns()) if column.type == "time"]
    truths = [place for place, column in enumerate(columns()) if column.type == "truth"]
    buffer = io.StringIO(newline="")
    write = csv.writer(buffer, lineterminator="\r\n").writerow
    if mark:
        buffer.write(BYTE_ORDER_MARK)
    write([column.name for column in columns()])
    for number, row in enumerate(rows, start=1):
        cells = list(row)
        for place in texts:
            text = cells[place]
            # Few texts begin otherwise, and no formula with a letter or a figure.
            if text and not text[0].isalnum():
                cells[place] = safe_cell(text)
        for place in times:
            if cells[place]:
                cells[place] = f"{cells[place][:10]}T{cells[place][11:19]}Z"
        for place in truths:
            cells[place] = _TRUTHS[cells[place]]
        write(cells)
        if number % _ROWS_AT_ONCE == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    piece = buffer.getvalue().encode("utf-8", "replace")
    buffer.seek(0)
    buffer.truncate()
    return piece
