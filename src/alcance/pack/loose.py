"""Tables that a user brings beside a pack: addresses to look at, radios of his own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from alcance.errors import InputError, Problem
from alcance.pack.conform import conform
from alcance.pack.problems import Collector
from alcance.pack.reading import SUFFIXES, Asked, read_raw
from alcance.pack.schema import Table, batch_table, tables

if TYPE_CHECKING:
    from alcance.radio import Equipment

RATES_FILE = "rates.csv"


class _Rows(Collector):
    """Collects problems, and remembers every row that has one."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: set[int] = set()

    def add_rows(self, file: str, message: str, rows: Sequence[int], **more: object) -> None:
        if more.get("severity", "error") == "error":
            self.wrong.update(int(row) for row in rows)
        super().add_rows(file, message, rows, **more)  # type: ignore[arg-type]


def read_addresses(
    path: Path, height_m: float | None = None, *, skip_bad: bool = False
) -> tuple[pd.DataFrame, list[Problem]]:
    """Read the addresses of a batch.

    Parameters
    ----------
    path
        A table in any format of a pack; comma, semicolon or tab separated text in UTF-8. Columns `lon`, `lat`, and if
        wanted `address_id`, `name` and `height_m`, or the names that a pack accepts for them.
    height_m
        Antenna above ground where the table has none [m].
    skip_bad
        Whether to leave out the rows that are wrong, rather than to refuse the file.

    Returns
    -------
    A frame with address_id, name, lon, lat, height_m, indexed by row number as a spreadsheet counts, and what is wrong
    with the rows that were left out.

    Raises
    ------
    InputError
        The file cannot be read, or rows are wrong and not to be left out; carries every problem.
    """
    found = _Rows()
    table = batch_table("addresses")
    frame = _read(path, table, found)
    if frame is None:
        raise InputError(_swap_told(found.errors))
    rows = frame.index.to_numpy()
    if frame["address_id"].isna().all():
        frame["address_id"] = [str(row) for row in rows]
    empty = frame["address_id"].isna()
    found.add_rows(path.name, "is empty; give every address a key, or none", rows[empty].tolist(), column="address_id")
    twice = frame["address_id"].duplicated(keep="first") & ~empty
    found.add_rows(
        path.name, "stands twice; a key is unique", rows[twice].tolist(), column="address_id",
        values=frame.loc[twice, "address_id"],
    )  # fmt: skip
    lacking = frame["height_m"].isna() & ~frame.index.isin(sorted(found.wrong))
    if height_m is None and lacking.any():
        message = "is empty; give every address an antenna height, or --height for those without"
        found.add_rows(path.name, message, rows[lacking].tolist(), column="height_m")
    if frame.empty and not found.errors:
        found.add(path.name, "has no rows")
    whole = [problem for problem in found.errors if problem.row is None and "more rows" not in problem.message]
    whole += [problem for problem in found.errors if problem.row == 1]
    if found.errors and (whole or not skip_bad):
        raise InputError(_swap_told(found.errors))
    good = frame[~frame.index.isin(sorted(found.wrong))].copy()
    if good.empty:
        raise InputError(_swap_told(found.errors))
    if height_m is not None:
        good["height_m"] = good["height_m"].fillna(height_m)
    return good, _swap_told(found.errors)


def read_radios(path: Path) -> dict[str, Equipment]:
    """Read radios of one's own, with what they carry from `rates.csv` in the same folder.

    Parameters
    ----------
    path
        A table with equipment_id, freq_ghz, tx_power_dbm, antenna_gain_dbi and if wanted max_range_km, pairs_with; the
        table `equipment` of a pack is one.

    Raises
    ------
    InputError
        A file cannot be read or is wrong, or a radio has no rates; carries every problem.
    """
    from alcance.radio import Equipment
    from alcance.radio.rates import RateTable

    found = _Rows()
    frame = _read(path, batch_table("radios"), found)
    rates = _read(path.with_name(RATES_FILE), tables()["rates"], found)
    if frame is not None and rates is not None and not found.errors:
        without = ~frame["equipment_id"].isin(rates["equipment_id"])
        message = f"has no rates; give rows of it in {RATES_FILE} beside this file"
        found.add_rows(
            path.name, message, frame.index[without].tolist(), column="equipment_id",
            values=frame.loc[without, "equipment_id"],
        )  # fmt: skip
    if found.errors or frame is None or rates is None:
        raise InputError(found.errors)
    radios = {}
    for row in frame.to_dict("records"):
        key = str(row["equipment_id"])
        own = rates[rates["equipment_id"] == key].sort_values("sensitivity_dbm", kind="stable")
        table = RateTable(own["sensitivity_dbm"].to_numpy(), own["capacity_mbps"].to_numpy())
        radios[key] = Equipment.from_row({str(name): value for name, value in row.items()}, table)
    return radios


def _swap_told(problems: list[Problem]) -> list[Problem]:
    """Ask, where a latitude could only be a longitude, whether the two are swapped."""
    return [
        replace(problem, message=f"{problem.message}; are longitude and latitude swapped?")
        if problem.column == "lat" and 90 < _number(problem.value) <= 180
        else problem
        for problem in problems
    ]


def _number(text: str) -> float:
    try:
        return abs(float(text))
    except ValueError:
        return 0.0


def _read(path: Path, table: Table, found: Collector) -> pd.DataFrame | None:
    if not path.is_file():
        found.add(path.name, f"there is no such file; a table is one of {', '.join(SUFFIXES)}")
        return None
    raw = read_raw(Asked(path, path.name, None, table.name, found))
    return None if raw is None else conform(raw, table, found)
