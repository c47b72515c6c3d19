"""The antennas of a pack's sectors, from the row of the equipment catalogue, and whether the row makes any."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alcance.errors import InputError, Problem
from alcance.pack.loaded import Loaded
from alcance.pack.problems import Collector

if TYPE_CHECKING:
    from alcance.radio.antenna import Pattern

SECTOR = "sector"
GAIN_SLACK_DB = 0.5  # makers round the gain of a data sheet


def circle(radio: Mapping[Any, Any], folder: Path) -> tuple[Pattern, ...]:
    """Give the antennas that make a full circle of a radio's sectors, the first pointing north.

    The measured pattern where the row names a file, else the reference pattern of ITU-R F.1336 for the gain and the
    beamwidth.

    Parameters
    ----------
    radio
        Row of the equipment catalogue.
    folder
        Of the pack.

    Raises
    ------
    InputError
        The row has no beamwidth or one that no reference pattern knows, or the pattern's file is not one.
    """
    from alcance.radio.antenna import Omni, ReferenceSector, read_msi

    width_deg, gain_dbi = float(radio["beamwidth_deg"]), float(radio["antenna_gain_dbi"])
    if not width_deg > 0:
        shown = "" if math.isnan(width_deg) else f"{width_deg:g}"
        message = f"equipment {radio['equipment_id']}: a sector has a width of more than 0 degrees"
        raise InputError([Problem("equipment", None, "beamwidth_deg", shown, message)])
    tilt_deg, count = float(radio["downtilt_deg"]), math.ceil(360.0 / width_deg)
    turns = [360.0 * turn / count for turn in range(count)]
    if radio["pattern"] is not None:
        return tuple(read_msi(pattern_path(radio, folder), turn, downtilt_deg=tilt_deg) for turn in turns)
    if count == 1:
        return (Omni(gain_dbi, downtilt_deg=tilt_deg),)
    return tuple(ReferenceSector(gain_dbi, turn, width_deg, downtilt_deg=tilt_deg) for turn in turns)


def pattern_path(radio: Mapping[Any, Any], folder: Path) -> Path:
    """Where the measured pattern of a row lies; InputError where that is not inside the pack."""
    path = folder / str(radio["pattern"])
    if Path(str(radio["pattern"])).is_absolute() or not path.resolve().is_relative_to(folder.resolve()):
        message = "lies outside the pack; put the pattern beside the tables and give its name"
        raise InputError([Problem("equipment", None, "pattern", str(radio["pattern"]), message)])
    return path


def pattern_paths(loaded: Loaded, folder: Path) -> list[Path]:
    """Files of the sectors' measured patterns, sorted; InputError as for `pattern_path`."""
    rows = loaded["equipment"]
    measured = rows[(rows["kind"] == SECTOR) & rows["pattern"].notna()]
    return sorted({pattern_path(row, folder) for row in measured.to_dict("records")})


def check_antennas(loaded: Loaded, folder: Path, found: Collector) -> None:
    """Tell the sectors whose row makes no antenna, and measured patterns of another gain than the row's."""
    equipment, name = loaded["equipment"], loaded.names["equipment"]
    needed = ["antenna_gain_dbi", "beamwidth_deg", "downtilt_deg"]
    sectors = equipment[(equipment["kind"] == SECTOR) & equipment[needed].notna().all(axis=1)]
    for row, radio in sectors.iterrows():
        measured = radio["pattern"] is not None
        where: dict[str, Any] = {"row": int(str(row)), "column": "pattern" if measured else "beamwidth_deg"}
        where["value"] = radio["pattern"] if measured else f"{radio['beamwidth_deg']:g}"
        try:
            antenna = circle(radio.to_dict(), folder)[0]
        except InputError as error:
            for problem in error.problems:
                fault = problem.message if measured else f"{problem.value} makes no antenna: {problem.message}"
                found.add(name, fault, **where)
            continue
        if measured and abs(antenna.peak_dbi - float(radio["antenna_gain_dbi"])) > GAIN_SLACK_DB:
            message = f"has a gain of {antenna.peak_dbi:g} dBi, and antenna_gain_dbi is {radio['antenna_gain_dbi']:g}"
            found.add(name, f"{message}; the power limit is reckoned from the latter: give both the same", **where)
