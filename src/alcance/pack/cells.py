"""Cells of one column as the type that its schema asks for, and what is wrong with the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from alcance.pack.problems import Collector
from alcance.pack.raw import Raw
from alcance.pack.schema import Column

TRUE = frozenset({"true", "t", "yes", "y", "1", "1.0", "si", "sí"})
FALSE = frozenset({"false", "f", "no", "n", "0", "0.0"})
NOT_NUMBERS = frozenset(
    {"nan", "inf", "-inf", "+inf", "infinity", "-infinity", "+infinity", "1.#inf", "-1.#inf", "1.#qnan"}
)
SHAPES = {
    "point": ("Point", "MultiPoint"),
    "line": ("LineString", "MultiLineString"),
    "polygon": ("Polygon", "MultiPolygon"),
}
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Cells:
    """The cells of one column of a file, under the schema's column that they are read as.

    Parameters
    ----------
    raw
        The table as read.
    name
        Column name in the table as read.
    values
        The cells.
    column
        What they should be.
    found
        Receives what is wrong.
    """

    raw: Raw
    name: str
    values: pd.Series[Any]
    column: Column
    found: Collector

    def tell(self, mask: Mask, message: str, shown: NDArray[Any] | None = None) -> None:
        """Add a problem for the masked rows, with the cells as values unless others are shown."""
        if mask.any():
            values = (self.values.to_numpy(dtype=object) if shown is None else shown)[mask].tolist()
            rows = self.raw.rows[mask].tolist()
            self.found.add_rows(self.raw.file, message, rows, column=self.column.name, values=values)

    def parse(self) -> tuple[NDArray[Any], Mask]:
        """Read the cells as the column's type.

        Returns
        -------
        Values (float64 with NaN where empty for numbers, otherwise objects with None where empty) and which cells were
        wrong; wrong cells are empty.
        """
        if self.column.is_geometry:
            return self._geometries()
        if self.column.type in {"number", "integer"}:
            return self._numbers()
        if self.column.type == "boolean":
            return self._booleans()
        return self._texts()

    def _texts(self) -> tuple[NDArray[Any], Mask]:
        values = texts(self.values)
        if not self.column.choices:
            return values, np.zeros(len(values), bool)
        spelled = objects([None if v is None else self.column.synonyms.get(v.casefold()) for v in values])
        wrong = filled(values) & ~filled(spelled)
        self.tell(wrong, f"is not allowed; allowed are {self.column.allowed}")
        return spelled, wrong

    def _booleans(self) -> tuple[NDArray[Any], Mask]:
        if self.values.dtype == np.bool_:
            return self.values.to_numpy(dtype=object).copy(), np.zeros(len(self.values), bool)
        words = texts(self.values)
        folded = [None if word is None else word.casefold() for word in words]
        values = objects([True if word in TRUE else False if word in FALSE else None for word in folded])
        wrong = filled(words) & ~filled(values)
        self.tell(wrong, "is neither true nor false")
        return values, wrong

    def _numbers(self) -> tuple[NDArray[Any], Mask]:
        values, not_finite, not_number = self._as_floats()
        self.tell(not_finite, "is not a finite number; leave the cell empty where the value is unknown")
        unit = f" in {self.column.unit}" if self.column.unit else ""
        self.tell(not_number, f"is not a number{unit}; write it like 1234.5")
        wrong = not_finite | not_number
        values[wrong] = np.nan
        if self.column.type == "integer":
            broken = ~np.isnan(values) & (values != np.round(values))
            self.tell(broken, "is not a whole number")
            wrong |= broken
            values[broken] = np.nan
        low, high = self.column.low, self.column.high
        with np.errstate(invalid="ignore"):
            negative = (values < 0) if low is not None and low >= 0 else np.zeros(len(values), bool)
            outside = np.zeros(len(values), bool)
            if low is not None:
                outside |= (values <= low) if self.column.low_open else (values < low)
            if high is not None:
                outside |= values > high
        self.tell(negative, f"is negative; it must be {self.column.allowed}{unit}")
        self.tell(outside & ~negative, f"is not allowed; it must be {self.column.allowed}{unit}")
        values[outside] = np.nan
        return values, wrong | outside

    def _as_floats(self) -> tuple[NDArray[np.float64], Mask, Mask]:
        """Floats, which are NaN or infinite, and which are no numbers at all."""
        none = np.zeros(len(self.values), bool)
        if pd.api.types.is_numeric_dtype(self.values) and not pd.api.types.is_bool_dtype(self.values):
            values = self.values.to_numpy(dtype=np.float64, na_value=np.nan).copy()
            marked = np.isin(self.raw.rows, self.raw.not_a_number.get(self.name, []))
            return values, marked | np.isinf(values), none
        words = texts(self.values)
        not_finite = np.array([word is not None and word.casefold() in NOT_NUMBERS for word in words], bool)
        values = np.array(
            [np.nan if word is None or odd else _float(word) for word, odd in zip(words, not_finite, strict=True)],
            np.float64,
        )
        truth = np.array([isinstance(cell, bool | np.bool_) for cell in self.values], bool)
        not_finite |= np.isinf(values)
        return values, not_finite, (filled(words) & np.isnan(values) & ~not_finite) | truth

    def _geometries(self) -> tuple[NDArray[Any], Mask]:
        """Shapes of the kind that the column holds; text is read as WKT or hexadecimal WKB."""
        cells = self.values.to_numpy(dtype=object)
        shapes, unread = objects([None] * len(cells)), np.zeros(len(cells), bool)
        for position, cell in enumerate(cells):
            try:
                shapes[position] = _shape(cell)
            except ValueError:
                unread[position] = True
        kinds = objects([None if shape is None else shape.geom_type for shape in shapes])
        other = np.array([kind is not None and kind not in SHAPES[self.column.type] for kind in kinds], bool)
        endless = np.array([shape is not None and not np.isfinite(shape.bounds).all() for shape in shapes], bool)
        self.tell(unread, "is neither WKT nor WKB")
        self.tell(other, f"needs {' or '.join(SHAPES[self.column.type])}", kinds)
        self.tell(endless, "has coordinates that are not finite numbers", kinds)
        wrong = unread | other | endless
        shapes[wrong] = None
        return shapes, wrong


def objects(values: list[Any]) -> NDArray[Any]:
    """A list as a one-dimensional array of objects, whatever they are."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def filled(values: NDArray[Any]) -> Mask:
    """Which objects are not None."""
    return np.array([value is not None for value in values], bool)


def texts(values: pd.Series[Any]) -> NDArray[Any]:
    """Cells as stripped text, None where empty; whole numbers without a decimal point."""
    return objects([_text(cell) for cell in values.tolist()])


def _text(cell: Any) -> str | None:
    if isinstance(cell, str):
        return cell.strip() or None
    if cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, float) and np.isnan(cell)):
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip() or None


def _float(word: str) -> float:
    """A number, NaN where the text is none; unlike `float`, an underscore is not part of one."""
    try:
        return np.nan if "_" in word else float(word)
    except ValueError:
        return np.nan


def _shape(cell: Any) -> Any:
    """A shapely geometry without heights, or None where the cell is empty; ValueError where it cannot be read."""
    import shapely

    if isinstance(cell, shapely.Geometry):
        return None if cell.is_empty else cell
    if not isinstance(cell, bytes):
        cell = _text(cell)
    if not cell:
        return None
    try:
        is_wkb = isinstance(cell, bytes) or cell[:2] in {"00", "01"}
        shape = shapely.from_wkb(cell) if is_wkb else shapely.from_wkt(cell)
    except shapely.errors.ShapelyError as error:
        raise ValueError(str(error)) from error
    return None if shape.is_empty else shapely.force_2d(shape)
