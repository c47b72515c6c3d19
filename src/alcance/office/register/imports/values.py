"""From a file's cells to typed values of our fields, every fault told by its row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from alcance.office.register.imports.fields import FIELDS
from alcance.office.register.keys import KEY_SCHEMES
from alcance.office.register.models import SiteKind, Technology

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alcance.office.register.imports.mapping import Source

YES = {"1", "yes", "true", "si", "sí", "x", "y", "verdadero"}
NO = {"0", "no", "false", "n", "falso"}
_LONGEST = {"key": 40, "name": 200, "contact": 200}
_DIGITS = {"municipality": 5, "locality": 9}
_CHOICES = {"kind": SiteKind.values, "technology": Technology.values, "key_scheme": KEY_SCHEMES}
_IN_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+")
_AMBIGUOUS = re.compile(r"-?\d{1,3}\.\d{3}")


class Faults:
    """What is wrong with rows: collected in columns, for there may be many."""

    def __init__(self) -> None:
        self._parts: list[pd.DataFrame] = []

    def add(self, rows: Any, field: str, values: Any, rule: str, *, severity: str = "error") -> None:
        """Note that a rule does not hold for rows."""
        rows = np.asarray(rows)
        if rows.size:
            cells = np.asarray(values, dtype=object)
            shown = [
                "" if missing else (as_text(cell) or "")[:200]
                for cell, missing in zip(cells, pd.isna(cells), strict=True)
            ]
            part = pd.DataFrame({"row": rows, "field": field, "value": shown, "rule": rule, "severity": severity})
            self._parts.append(part)

    @property
    def frame(self) -> pd.DataFrame:
        """All faults by row: row, field, value, rule, severity."""
        columns = ["row", "field", "value", "rule", "severity"]
        if not self._parts:
            return pd.DataFrame({name: pd.Series(dtype="int64" if name == "row" else object) for name in columns})
        whole = pd.concat(self._parts, ignore_index=True)
        # A cell that could not be taken, such as a name that is too long, is not missing besides.
        told_twice = whole.duplicated(["row", "field"], keep=False) & whole["rule"].str.endswith("_missing")
        whole = whole[~told_twice]
        return whole.sort_values(["row", "field", "rule"], kind="stable", ignore_index=True)


def typed(table: pd.DataFrame, mapping: Mapping[str, Source], faults: Faults) -> pd.DataFrame:
    """The rows of a file as our fields.

    Parameters
    ----------
    table
        As read; indexed by the spreadsheet's row numbers.
    mapping
        The source of each field; rows that its "skip" names are left out.

    Returns
    -------
    One column a field, text cells trimmed and None where empty, with `lon_decimals` and `lat_decimals` beside.
    """
    table = _without_skipped(table, mapping)
    made = pd.DataFrame(index=table.index)
    for field in FIELDS:
        cells = _cells(table, mapping.get(field.name))
        if field.name in ("lon", "lat"):
            made[f"{field.name}_decimals"] = _decimals(cells)
        made[field.name] = _typed(cells, field.name, field.kind, faults)
    return made


def _without_skipped(table: pd.DataFrame, mapping: Mapping[str, Source]) -> pd.DataFrame:
    source = mapping.get("skip")
    if source is None or source.column not in table.columns:
        return table
    cells = _text(table[source.column])
    wanted = source.value.removeprefix("!")
    stays = cells == wanted if source.value.startswith("!") else cells != wanted
    return table[stays.to_numpy()]


def _cells(table: pd.DataFrame, source: Source | None) -> pd.Series:
    """The cells that fill a field, before they are typed."""
    if source is None or (source.column and source.column not in table.columns):
        return pd.Series(None, index=table.index, dtype=object)
    if not source.column:
        return pd.Series(source.value or None, index=table.index, dtype=object)
    cells = table[source.column]
    if not source.value:
        return cells
    pairs = source.renamed()
    text = _text(cells)
    named = text.map(pairs)
    if "*" in pairs:
        return only(named, named.notna()).map(lambda one: pairs["*"] if one is None else one)
    return named.combine_first(text)


def _text(cells: pd.Series) -> pd.Series:
    """Cells as trimmed text, None where empty; whole numbers without their point."""
    return only(cells.astype(object).map(as_text, na_action="ignore"), cells.notna())


def only(cells: pd.Series[Any], keep: pd.Series[bool]) -> pd.Series[Any]:
    """Cells, None where they are not to be kept."""
    made = cells.astype(object)
    made[~keep] = None
    return made


def as_text(cell: Any) -> str | None:
    """A cell as people write it: trimmed, whole numbers without their point, None where nothing is left."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).replace("\0", "").strip() or None


def _typed(cells: pd.Series, name: str, kind: str, faults: Faults) -> pd.Series:
    text = _text(cells)
    if kind in ("number", "whole"):
        read = _whole if kind == "whole" else _coordinate if name in ("lon", "lat") else _number
        plain = text.map(read, na_action="ignore")
        numbers = pd.to_numeric(plain, errors="coerce").astype(float)
        numbers = numbers.where(np.isfinite(numbers))
        wrong = text.notna() & numbers.isna()
        if kind == "whole":
            wrong |= numbers.notna() & (numbers % 1 != 0)
            numbers = numbers.where(~wrong)
        faults.add(text.index[wrong], name, text[wrong], "number")
        return numbers
    if kind == "yes":
        lower = text.str.lower()
        known = lower.isin(YES | NO)
        faults.add(text.index[text.notna() & ~known], name, text[text.notna() & ~known], "yes_or_no")
        return only(lower.isin(YES), known)
    if kind == "choice":
        lower = text.str.lower()
        wrong = text.notna() & ~lower.isin(_CHOICES[name])
        faults.add(text.index[wrong], name, text[wrong], "choice")
        return only(lower, ~wrong)
    if name in _LONGEST:
        wrong = text.str.len() > _LONGEST[name]
        wrong = wrong.fillna(value=False).astype(bool)
        faults.add(text.index[wrong], name, text[wrong], "length")
        text = only(text, ~wrong)
    if name in _DIGITS:
        # A spreadsheet takes the key for a number and drops its first zero.
        text = text.map(lambda one: one.zfill(_DIGITS[name]) if one.isdecimal() else one, na_action="ignore")
    return text.str.upper() if name == "key" else text


def _whole(text: str) -> str:
    """A whole number: commas stand between thousands only, and a point before three digits may be meant so."""
    if _IN_THOUSANDS.fullmatch(text):
        return text.replace(",", "")
    return "" if "," in text or _AMBIGUOUS.fullmatch(text) else text


def _number(text: str) -> str:
    """A number: a comma may stand for the point, but not where it may stand between thousands as well."""
    return "" if _IN_THOUSANDS.fullmatch(text) else _coordinate(text)


def _coordinate(text: str) -> str:
    """A number without thousands: a comma stands for the point."""
    return text.replace(",", ".") if text.count(",") == 1 and "." not in text else text


def _decimals(cells: pd.Series) -> pd.Series:
    """How many decimals a coordinate is given with; a number's own, not those of its text, lose their last zeros."""
    text = cells.astype(str).str.strip().str.replace(",", ".", regex=False)
    after = text.str.partition(".")[2].str.extract(r"^(\d*)", expand=False)
    return after.str.len().fillna(0).astype(int)
