"""A radio with its antenna, as a row of the equipment catalogue describes it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from alcance.errors import InputError, Problem
from alcance.radio.rates import RateTable


@dataclass(frozen=True)
class Equipment:
    """One radio with its antenna.

    Parameters
    ----------
    equipment_id
        Key in the catalogue.
    kind
        Role: ptp, sector, client, lte_sector and so on.
    freq_ghz
        Frequency for the path loss [GHz].
    tx_power_dbm
        Power into the antenna [dBm]; where a radio backs off at its higher rates, their sensitivities are the worse.
    antenna_gain_dbi
        Antenna gain [dBi].
    rates
        Payload rates as a receiver, and the weakest signal for each.
    max_dependents
        Most sites that may hang on it.
    max_range_km
        Limit beyond the link budget, of timing or licence [km], or None.
    pairs_with
        Key of the equipment at the other end, or None for the same.
    """

    equipment_id: str
    kind: str
    freq_ghz: float
    tx_power_dbm: float
    antenna_gain_dbi: float
    rates: RateTable
    max_dependents: int
    max_range_km: float | None = None
    pairs_with: str | None = None

    def __post_init__(self) -> None:
        problems = []
        for name in ("freq_ghz", "tx_power_dbm", "antenna_gain_dbi"):
            value = getattr(self, name)
            if not math.isfinite(value) or (name == "freq_ghz" and value <= 0):
                problems.append(self._problem(name, value, "must be a finite number, a frequency positive"))
        if self.max_dependents < 0:
            problems.append(self._problem("max_dependents", self.max_dependents, "must be nought or more"))
        if self.max_range_km is not None and not 0 < self.max_range_km < math.inf:
            problems.append(self._problem("max_range_km", self.max_range_km, "must be positive, or empty for no limit"))
        if problems:
            raise InputError(problems)

    @property
    def eirp_dbm(self) -> float:
        """Power radiated in the strongest direction, over an isotropic antenna [dBm]."""
        return self.tx_power_dbm + self.antenna_gain_dbi

    @classmethod
    def from_row(cls, row: Mapping[str, Any], rates: RateTable) -> Equipment:
        """Take a catalogue row by its column names; columns the link budget has no use for are passed over.

        Parameters
        ----------
        row
            Row of the catalogue.
        rates
            What the radio carries as a receiver.

        Raises
        ------
        InputError
            A needed column is missing, empty or not a number; lists every one.
        """
        values: dict[str, Any] = {}
        problems = []
        key = str(row.get("equipment_id", ""))
        for field in fields(cls):
            if field.name == "rates":
                continue
            value = row.get(field.name)
            if value is None or (isinstance(value, float) and math.isnan(value)) or value == "":
                if field.default is not None:
                    message = f"equipment {key or '(no key)'} lacks it; give a value"
                    problems.append(Problem("equipment", None, field.name, "", message))
                continue
            try:
                values[field.name] = _CONVERTERS.get(field.name, float)(value)
            except (TypeError, ValueError):
                message = f"equipment {key}: not a number"
                problems.append(Problem("equipment", None, field.name, str(value), message))
        if problems:
            raise InputError(problems)
        return cls(rates=rates, **values)

    def _problem(self, name: str, value: float, message: str) -> Problem:
        return Problem("equipment", None, name, str(value), f"equipment {self.equipment_id}: {message}")


_CONVERTERS: dict[str, Any] = {"equipment_id": str, "kind": str, "pairs_with": str, "max_dependents": int}
