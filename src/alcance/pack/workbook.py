"""The rows of a workbook's sheet, read as they come: what a sheet says of its own size is not believed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

# A row is held whole, as a tree of its cells; one of 16,384 long texts is shorter.
MOST_IN_ROW = 16 << 20


class _Source:
    """A sheet's XML, which is read no further than a row may be long after the row before."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.since_row = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_told: object) -> None:
        self._file.close()

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self.since_row += len(block)
        if self.since_row > MOST_IN_ROW:
            raise ValueError("a row of the sheet is longer than any of a table")
        return block


def sheet_rows(sheet: Any, *, max_row: int | None = None, max_col: int | None = None) -> Iterator[tuple[Any, ...]]:
    """Yield the values of a sheet that was opened for reading only, each row up to its last cell or `max_col`.

    Raises
    ------
    ValueError
        Where a row takes more than `MOST_IN_ROW` bytes: a few packed bytes may say a cell a million times.
    """
    # Believed, it would have each row filled up to 16,384 cells.
    sheet.reset_dimensions()
    source = _Source(sheet.parent._archive.open(sheet._worksheet_path))
    sheet._get_source = lambda: source
    for row in sheet.iter_rows(values_only=True, max_row=max_row, max_col=max_col):
        source.since_row = 0
        yield row
