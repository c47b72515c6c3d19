"""A table as its file holds it, before the schema has looked at it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd


@dataclass
class Raw:
    """One table as read from a file.

    Parameters
    ----------
    file
        Name of the file inside the pack, with its layer or sheet where it has several.
    frame
        Columns as found; the index is the row number that a spreadsheet would show (the header is row 1). A column
        `geometry` holds shapely geometries in longitude and latitude, or None.
    not_a_number
        Rows of each column that hold NaN where the file could have held an empty cell.
    short_names
        Whether the format cuts column names to ten characters, as Shapefiles do.
    """

    file: str
    frame: pd.DataFrame
    not_a_number: dict[str, list[int]] = field(default_factory=dict)
    short_names: bool = False

    @property
    def rows(self) -> Any:
        """Row numbers as an array."""
        return self.frame.index.to_numpy()
