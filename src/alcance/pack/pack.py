"""A country pack as the rest of the program sees it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from alcance.errors import InputError, Problem
from alcance.pack.meta import Meta
from alcance.pack.schema import policies, tables
from alcance.terrain import Cover, Mosaic

if TYPE_CHECKING:
    from alcance.radio import Equipment
    from alcance.radio.antenna import Pattern


@dataclass(frozen=True)
class Price:
    """What one thing costs, in units of the pack's currency.

    Parameters
    ----------
    item, per
        What is priced, and what one price is for: "site", "km", "node", "link" or "mbps".
    capex, opex_year
        Price to buy and install, and to run for a year.
    life_years
        Years until it must be bought again.
    capex_low, capex_high, opex_low, opex_high
        Low and high estimates.
    source, assumed
        Where the price is from, and whether it is an assumption.
    """

    item: str
    per: str
    capex: float
    opex_year: float
    life_years: float
    capex_low: float
    capex_high: float
    opex_low: float
    opex_high: float
    source: str
    assumed: bool


@dataclass(frozen=True, eq=False)
class Pack:
    """A checked pack.

    Parameters
    ----------
    path
        Its folder.
    meta
        What pack.toml says.
    frames
        Every table of the schema by name; a table that the pack does not have is empty.
    present
        Names of the tables that the pack has, in the order of the schema.
    terrain_paths, surface_paths
        Elevation files, and files of what stands on the ground.
    digests
        SHA-256 of every file that was read, by its name inside the pack.
    warnings
        What is to be known about the pack without being an error.
    """

    path: Path
    meta: Meta
    frames: dict[str, pd.DataFrame]
    present: tuple[str, ...]
    terrain_paths: tuple[Path, ...]
    surface_paths: tuple[Path, ...]
    digests: dict[str, str]
    warnings: tuple[Problem, ...]

    def table(self, name: str) -> pd.DataFrame:
        """Return a copy of a table, rows in the order of its file.

        Parameters
        ----------
        name
            Table name as in the schema.

        Returns
        -------
        Frame with every column of the schema; points as `lon` and `lat` [deg], lines and polygons as shapely
        geometries in `geometry`. An optional table that the pack lacks is empty but has all columns.

        Raises
        ------
        KeyError
            The schema has no such table.
        """
        if name not in self.frames:
            raise KeyError(f"no table {name!r}; the schema has {', '.join(tables())}")
        return self.frames[name].copy()

    def radios(self) -> dict[str, Equipment]:
        """Give the radios of the catalogue by their keys, in its order, each with what it carries."""
        from alcance.radio import Equipment
        from alcance.radio.rates import RateTable

        steps = self.frames["rates"].sort_values("sensitivity_dbm", kind="stable").groupby("equipment_id")
        tables = {
            str(key): RateTable(own["sensitivity_dbm"].to_numpy(), own["capacity_mbps"].to_numpy())
            for key, own in steps
        }
        rows = self.frames["equipment"].to_dict("records")
        return {
            str(row["equipment_id"]): Equipment.from_row(
                {str(name): value for name, value in row.items()}, tables[str(row["equipment_id"])]
            )
            for row in rows
        }

    def antennas(self, equipment_id: str) -> tuple[Pattern, ...]:
        """Give the antennas that make a full circle of a radio's sectors, the first pointing north.

        Raises
        ------
        InputError
            As for `alcance.pack.antennas.circle`.
        """
        from alcance.pack.antennas import circle

        rows = self.frames["equipment"]
        return circle(rows[rows["equipment_id"] == equipment_id].to_dict("records")[0], self.path)

    def terrain(self) -> Mosaic:
        """Open the ground, with the trees and buildings that stand on it where the pack knows of them."""
        return Mosaic.open(self.terrain_paths).under(self.surface())

    def surface(self) -> Cover | None:
        """Open what stands on the ground, trees and buildings, or None where the pack knows only bare ground."""
        notes = self.meta.surface
        if notes is None:
            return None
        return Cover.open(self.surface_paths, notes.kind, notes.heights_m, nodata_m=notes.nodata_m)

    def policy(self, name: str) -> float | str:
        """Return the value of a policy: a number, or text where the policy is text; InputError if there is none."""
        frame = self.frames["policy"]
        values = frame.loc[frame["name"] == name, "value"]
        if values.empty:
            raise InputError([Problem("policy", None, "name", name, "is not in the table; add a row for it")])
        text = str(values.iloc[0])
        known = policies().get(name)
        kind = known.type if known is not None else str(frame.loc[values.index[0], "type"])
        return text if kind == "text" else float(text)

    def price(self, item: str) -> Price:
        """Return the price of an item; InputError if the pack has none."""
        frame = self.frames["prices"]
        rows = frame[frame["item"] == item]
        if rows.empty:
            raise InputError([Problem("prices", None, "item", item, "is not in the table; add a row for it")])
        row: dict[str, Any] = {str(name): values.tolist()[0] for name, values in rows.items()}
        return Price(**row)
