"""What the Irregular Terrain Model accepts, and how each refusal is worded; numbers of errors are those of NTIA."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from alcance.errors import InputError, Problem
from alcance.radio.itm.variability import WITHOUT_LOCATION, WITHOUT_SITUATION
from alcance.radio.limits import Limit, checked
from alcance.radio.spherical_earth import HORIZONTAL, VERTICAL
from alcance.terrain.profile import Profiles

MODEL = "ITM"
_OPEN_LOW, _OPEN_100 = float(np.nextafter(0, 1)), float(np.nextafter(100, 0))


def _limit(code: int, low: float, high: float, advice: str) -> Limit:
    return Limit(low, high, f"{advice} (ITM error {code})")


def _percentage(code: int, of: str) -> Limit:
    return _limit(code, _OPEN_LOW, _OPEN_100, f"the share of {of} is more than 0 and less than 100 %")


LIMITS = {
    "height1_m": _limit(1000, 0.5, 3000, "an antenna stands 0.5 to 3000 m above ground"),
    "height2_m": _limit(1001, 0.5, 3000, "an antenna stands 0.5 to 3000 m above ground"),
    "climate": _limit(1002, 1, 7, "a climate is a whole number from 1 to 7"),
    "time_pct": _percentage(1003, "time"),
    "location_pct": _percentage(1004, "places"),
    "situation_pct": _percentage(1005, "situations"),
    "confidence_pct": _percentage(1006, "situations"),
    "reliability_pct": _percentage(1007, "time"),
    "n0": _limit(1008, 250, 400, "the refractivity at sea level is 250 to 400 N-units"),
    "freq_ghz": _limit(1009, 0.02, 20, "the frequency is 0.02 to 20 GHz"),
    "polarisation": _limit(1010, HORIZONTAL, VERTICAL, "1 is horizontal, 2 is vertical"),
    "permittivity": _limit(1011, 1, np.finfo(np.float64).max, "the relative permittivity is 1 or more"),
    "conductivity_s_m": _limit(1012, _OPEN_LOW, np.finfo(np.float64).max, "the conductivity is more than 0 S/m"),
    "mode": _limit(1014, 0, 33, "a mode is 0 to 3, plus 10 without location, plus 20 without situation variability"),
}
_CHOICES = {
    "climate": range(1, 8),
    "polarisation": (HORIZONTAL, VERTICAL),
    "mode": [way + more for more in (0, WITHOUT_LOCATION, WITHOUT_SITUATION, 30) for way in range(4)],
}

# What a kernel found wrong with one path. Numbers from 1000 are NTIA's.
TOO_FEW, GAP, NO_LENGTH, UNEVEN, NO_ANSWER = 1, 2, 3, 4, 5
IMPEDANCE, CURVATURE, REFRACTIVITY_LOW, REFRACTIVITY_HIGH = 1013, 1016, 1021, 1022
EVEN_WITHIN = 0.01  # of a step
_FAULTS = {
    TOO_FEW: ("points", "a path has at least 3 points, its ends included; take a shorter step"),
    GAP: ("elevation_m", "the ground of a path has no gaps; fill them or leave the path out"),
    NO_LENGTH: ("length [m]", "the two ends are the same place, or the distances are not finite and rising"),
    UNEVEN: ("distance_m", "the points of a path are evenly spaced, within 1 % of a step; sample the ground anew"),
    NO_ANSWER: ("loss [dB]", "the model's smooth-earth formulas do not hold over such ground at such a frequency"),
    IMPEDANCE: ("permittivity", "the ground's impedance must be more real than imaginary: a permittivity above 1"),
    CURVATURE: ("refractivity at the ground", "the effective earth radius must be 4000 to 13333 km"),
    REFRACTIVITY_LOW: (
        "refractivity at the ground",
        "must be at least 150 N-units: the ground is too high for this n0",
    ),
    REFRACTIVITY_HIGH: ("refractivity at the ground", "must be at most 400 N-units: the ground is too low for this n0"),
}


def percentages(given: Mapping[str, ArrayLike | None]) -> dict[str, ArrayLike]:
    """Choose time, location and situation, or confidence and reliability; InputError unless one set is whole."""
    named = {name: value for name, value in given.items() if value is not None}
    if set(named) in ({"time_pct", "location_pct", "situation_pct"}, {"confidence_pct", "reliability_pct"}):
        return named
    message = "give time_pct, location_pct and situation_pct, or confidence_pct and reliability_pct; all, and no others"
    raise InputError([Problem(MODEL, None, "percentages", ", ".join(sorted(named)), message)])


def columns(count: int, values: Mapping[str, ArrayLike]) -> dict[str, NDArray[np.float64]]:
    """Spread each input over the paths.

    Parameters
    ----------
    count
        Number of paths.
    values
        Inputs by the names of `LIMITS`, each one value or `count`.

    Returns
    -------
    The inputs, `count` each.

    Raises
    ------
    InputError
        Values outside their ranges, each input once with the first of them; or not as many as there are paths.
    """
    spread = dict(zip(values, checked(MODEL, LIMITS, **values), strict=True))
    problems = []
    for name, choices in _CHOICES.items():
        wrong = ~np.isin(spread[name], choices)
        if wrong.any():
            problems.append(Problem(MODEL, None, name, f"{spread[name][wrong].flat[0]:g}", LIMITS[name].advice))
    if problems:
        raise InputError(problems)
    shape = next(iter(spread.values())).shape
    if shape not in ((), (1,), (count,)):
        message = f"give each input one value or one for each of the {count} paths"
        raise InputError([Problem(MODEL, None, "", f"shape {shape}", message)])
    return {name: np.ascontiguousarray(np.broadcast_to(column, (count,))) for name, column in spread.items()}


def raise_faults(paths: Profiles, status: NDArray[np.int16], refractivity: NDArray[np.float64]) -> None:
    """Raise InputError where a path was refused: each kind of fault once, by its first path and how many there are."""
    problems = []
    for code in sorted(set(status[status != 0].tolist())):
        found = np.flatnonzero(status == code)
        where, value = _first_fault(paths, code, int(found[0]), refractivity)
        column, message = _FAULTS[code]
        more = f" ({found.size} such paths)" if found.size > 1 else ""
        number = f" (ITM error {code})" if code >= 1000 else ""
        problems.append(Problem(MODEL, None, f"{where}, {column}", value, message + number + more))
    if problems:
        raise InputError(problems)


def _first_fault(paths: Profiles, code: int, index: int, refractivity: NDArray[np.float64]) -> tuple[str, str]:
    """Where the fault of a path lies, and the value found there."""
    distance, ground = paths.path(index)
    where = f"path {index}"
    if code == TOO_FEW:
        return where, str(distance.size)
    if code == NO_LENGTH:
        return where, str(distance[-1] - distance[0])
    if code == GAP:
        at = int(np.argmax(~np.isfinite(ground)))
        return f"{where}, point {at}", str(ground[at])
    if code == UNEVEN:
        even = np.linspace(distance[0], distance[-1], distance.size)
        at = int(np.argmax(~(np.abs(distance - even) <= EVEN_WITHIN * (even[1] - even[0]))))
        return f"{where}, point {at}", str(distance[at])
    if code in (CURVATURE, REFRACTIVITY_LOW, REFRACTIVITY_HIGH):
        return where, f"{refractivity[index]:.1f}"
    return where, ""
