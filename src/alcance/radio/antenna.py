"""Antenna patterns: the gain of an antenna in a direction.

Azimuths are degrees clockwise from true north, elevations degrees above the horizontal (a receiver below the tower has
a negative one). A pattern knows where it points, so that a tower is a place, a height and a pattern.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from alcance.errors import InputError, Problem

GAINS_DBI = (-30.0, 60.0)
MSI_ANGLES = 360


class Pattern(Protocol):
    """What every pattern can tell."""

    @property
    def peak_dbi(self) -> float:
        """Gain in the strongest direction [dBi]."""
        ...

    def gain_dbi(self, azimuth_deg: ArrayLike, elevation_deg: ArrayLike) -> NDArray[np.float64]:
        """Gain in directions that broadcast [dBi]."""
        ...


@dataclass(frozen=True)
class Omni:
    """An antenna alike all round: Recommendation ITU-R F.1336-5, recommends 2.1 (peak side lobes), without improvement.

    Parameters
    ----------
    peak_dbi
        Greatest gain [dBi].
    vertical_beamwidth_deg
        Width of the main lobe at half power [deg]; None takes 107.6 · 10^(−0.1 G₀) of the Recommendation.
    downtilt_deg
        Electrical downtilt, the same all round [deg].
    side_lobe_factor
        The Recommendation's k: 0.7 for typical antennas, 0 for those of improved side lobes.
    """

    peak_dbi: float
    vertical_beamwidth_deg: float | None = None
    downtilt_deg: float = 0.0
    side_lobe_factor: float = 0.7

    def __post_init__(self) -> None:
        width = self.vertical_beamwidth_deg
        _check(
            peak_dbi=(self.peak_dbi, *GAINS_DBI),
            vertical_beamwidth_deg=(1.0 if width is None else width, 0.1, 360.0),
            downtilt_deg=(self.downtilt_deg, -90.0, 90.0),
            side_lobe_factor=(self.side_lobe_factor, 0.0, 1.0),
        )

    def gain_dbi(self, azimuth_deg: ArrayLike, elevation_deg: ArrayLike) -> NDArray[np.float64]:
        """Gain in directions that broadcast [dBi]; the azimuth does not matter.

        Examples
        --------
        >>> round(float(Omni(10.0).gain_dbi(0.0, 0.0)), 2)
        10.0
        """
        _, elevation = np.broadcast_arrays(np.asarray(azimuth_deg, np.float64), np.asarray(elevation_deg, np.float64))
        width = self.vertical_beamwidth_deg or 107.6 * 10 ** (-0.1 * self.peak_dbi)
        x = np.abs(elevation + self.downtilt_deg) / width
        k = self.side_lobe_factor
        # The main lobe, a shelf, then side lobes that fall with the angle to the power of 1.5.
        edge = math.sqrt(1 - math.log10(k + 1) / 1.2)
        side = -12 + 10 * np.log10(np.maximum(x, 1.0) ** -1.5 + k)
        gain: NDArray[np.float64] = self.peak_dbi + np.where(x < edge, -12 * x**2, side)
        return gain


@dataclass(frozen=True)
class Sector:
    """A sector antenna as 3GPP models it: parabolas in azimuth and elevation (TR 36.814, table A.2.1.1-2).

    A_H = min(12 (φ/φ₃)², A_m), A_V = min(12 ((θ − θ_tilt)/θ₃)², SLA), attenuation = min(A_H + A_V, A_m).

    Parameters
    ----------
    peak_dbi
        Greatest gain [dBi].
    azimuth_deg
        Where it points, clockwise from north [deg].
    horizontal_beamwidth_deg, vertical_beamwidth_deg
        Widths at half power [deg].
    downtilt_deg
        Downtilt of the main lobe [deg].
    front_to_back_db
        A_m, what is lost behind [dB].
    side_lobe_db
        SLA, what is lost at most above and below [dB].
    """

    peak_dbi: float
    azimuth_deg: float
    horizontal_beamwidth_deg: float
    vertical_beamwidth_deg: float
    downtilt_deg: float = 0.0
    front_to_back_db: float = 25.0
    side_lobe_db: float = 20.0

    def __post_init__(self) -> None:
        _check(
            peak_dbi=(self.peak_dbi, *GAINS_DBI),
            azimuth_deg=(self.azimuth_deg, -360.0, 360.0),
            horizontal_beamwidth_deg=(self.horizontal_beamwidth_deg, 0.1, 360.0),
            vertical_beamwidth_deg=(self.vertical_beamwidth_deg, 0.1, 180.0),
            downtilt_deg=(self.downtilt_deg, -90.0, 90.0),
            front_to_back_db=(self.front_to_back_db, 0.0, 80.0),
            side_lobe_db=(self.side_lobe_db, 0.0, 80.0),
        )

    def gain_dbi(self, azimuth_deg: ArrayLike, elevation_deg: ArrayLike) -> NDArray[np.float64]:
        """Gain in directions that broadcast [dBi].

        Examples
        --------
        >>> sector = Sector(17.0, azimuth_deg=90.0, horizontal_beamwidth_deg=65.0, vertical_beamwidth_deg=7.0)
        >>> [round(float(sector.gain_dbi(azimuth, 0.0)), 1) for azimuth in (90.0, 122.5, 270.0)]
        [17.0, 14.0, -8.0]
        """
        aside = off_axis_deg(azimuth_deg, self.azimuth_deg)
        above = np.asarray(elevation_deg, np.float64) + self.downtilt_deg
        horizontal = np.minimum(12 * (aside / self.horizontal_beamwidth_deg) ** 2, self.front_to_back_db)
        vertical = np.minimum(12 * (above / self.vertical_beamwidth_deg) ** 2, self.side_lobe_db)
        gain: NDArray[np.float64] = self.peak_dbi - np.minimum(horizontal + vertical, self.front_to_back_db)
        return gain


@dataclass(frozen=True)
class ReferenceSector:
    """A sector antenna for 0.4 to 6 GHz: Recommendation ITU-R F.1336-5, recommends 3.1.1 (peak side lobes).

    The tilt is mechanical: the pattern is turned as a whole about the horizontal axis across its pointing.

    Parameters
    ----------
    peak_dbi
        Greatest gain [dBi].
    azimuth_deg
        Where it points, clockwise from north [deg].
    horizontal_beamwidth_deg
        Width at half power [deg], 60 to 120.
    vertical_beamwidth_deg
        Width at half power [deg]; None takes 31000 · 10^(−0.1 G₀) / φ₃ of the Recommendation.
    downtilt_deg
        Downtilt [deg].
    side_lobe_factor, horizontal_factor, vertical_factor
        The Recommendation's k_p, k_h and k_v: 0.7, 0.7 and 0.3 for typical antennas.
    """

    peak_dbi: float
    azimuth_deg: float
    horizontal_beamwidth_deg: float
    vertical_beamwidth_deg: float | None = None
    downtilt_deg: float = 0.0
    side_lobe_factor: float = 0.7
    horizontal_factor: float = 0.7
    vertical_factor: float = 0.3

    def __post_init__(self) -> None:
        _check(
            peak_dbi=(self.peak_dbi, *GAINS_DBI),
            azimuth_deg=(self.azimuth_deg, -360.0, 360.0),
            horizontal_beamwidth_deg=(self.horizontal_beamwidth_deg, 60.0, 120.0),
            downtilt_deg=(self.downtilt_deg, -90.0, 90.0),
            side_lobe_factor=(self.side_lobe_factor, 0.0, 1.0),
            horizontal_factor=(self.horizontal_factor, 0.0, 1.0),
            vertical_factor=(self.vertical_factor, 0.0, 1.0),
        )
        # Beyond 22 degrees the Recommendation's side lobes begin where they should have ended.
        _check(vertical_beamwidth_deg=(self._vertical_deg, 0.1, 22.0))

    @property
    def _vertical_deg(self) -> float:
        given = self.vertical_beamwidth_deg
        return 31_000 * 10 ** (-0.1 * self.peak_dbi) / self.horizontal_beamwidth_deg if given is None else given

    def gain_dbi(self, azimuth_deg: ArrayLike, elevation_deg: ArrayLike) -> NDArray[np.float64]:
        """Gain in directions that broadcast [dBi]."""
        aside, above = np.broadcast_arrays(
            off_axis_deg(azimuth_deg, self.azimuth_deg), np.asarray(elevation_deg, np.float64)
        )
        gain = np.empty(aside.shape)
        _reference_gains(np.ravel(aside), np.ravel(above), self._constants(), gain.reshape(-1))
        return gain

    def _constants(self) -> tuple[float, ...]:
        """What the Recommendation's formulas have in common for all directions."""
        width, k = self._vertical_deg, self.vertical_factor
        # G₁₈₀: −12 + 10 log (1 + 8 k_p) − 15 log (180 / θ₃).
        least = -12 + 10 * math.log10(1 + 8 * self.side_lobe_factor) - 15 * math.log10(180 / width)
        behind = _across_db(180 / self.horizontal_beamwidth_deg, self.horizontal_factor, least)
        fall = 10 * math.log10((180 / width) ** 1.5 * (4**-1.5 + k) / (1 + 8 * self.side_lobe_factor))
        fall /= math.log10(22.5 / width)
        shift = 12 - fall * math.log10(4) - 10 * math.log10(4**-1.5 + k)
        tilt = math.radians(self.downtilt_deg)
        return (
            self.peak_dbi, self.horizontal_beamwidth_deg, width, self.horizontal_factor, k, least, behind, fall, shift,
            math.sqrt(1 - 0.36 * k), math.cos(tilt), math.sin(tilt),
        )  # fmt: skip


@njit(cache=True, nogil=True, error_model="numpy")
def _reference_gains(aside_deg: Any, above_deg: Any, constants: Any, gain: Any) -> None:
    peak, across_width, width, k_h, k_v, least, behind, fall, shift, knee, cos_tilt, sin_tilt = constants
    for i in range(aside_deg.size):
        if np.isnan(aside_deg[i]) or np.isnan(above_deg[i]):
            gain[i] = np.nan
            continue
        # Angles aside and above in the frame of the tilted antenna.
        aside, above = math.radians(aside_deg[i]), math.radians(above_deg[i])
        ahead, left, up = math.cos(above) * math.cos(aside), math.cos(above) * math.sin(aside), math.sin(above)
        forward = ahead * cos_tilt - up * sin_tilt
        upward = min(max(ahead * sin_tilt + up * cos_tilt, -1.0), 1.0)
        across = _across_db(abs(math.degrees(math.atan2(left, forward))) / across_width, k_h, least)
        x = abs(math.degrees(math.asin(upward))) / width
        if x < knee:
            vertical = -12 * x**2
        elif x < 4:
            vertical = -12 + 10 * math.log10(x**-1.5 + k_v)
        else:
            vertical = max(-shift - fall * math.log10(x), least)
        gain[i] = peak + across + (across - behind) / (0.0 - behind) * vertical


@njit(cache=True, nogil=True, error_model="numpy")
def _across_db(x: Any, k_h: Any, least: Any) -> Any:
    """Loss in the horizontal plane at x beamwidths from the axis."""
    if x <= 0.5:
        return max(-12 * x**2, least)
    return max(-12 * x ** (2 - k_h) - 3 * (1 - 0.5**-k_h), least)


@dataclass(frozen=True, eq=False)
class Measured:
    """A pattern from its two measured cuts; elsewhere what both take away is added.

    Parameters
    ----------
    peak_dbi
        Greatest gain [dBi].
    azimuth_deg
        Where it points, clockwise from north [deg].
    horizontal_db, vertical_db
        What is lost against the peak at equal angles all round [dB], nought or more, the first value at the pointing:
        clockwise in the horizontal cut, downwards in the vertical one. At least 8 values, nought among each.
    downtilt_deg
        Mechanical downtilt in the pointing's direction [deg]; an electrical one is in the vertical cut already.
    """

    peak_dbi: float
    azimuth_deg: float
    horizontal_db: NDArray[np.float64]
    vertical_db: NDArray[np.float64]
    downtilt_deg: float = 0.0

    def __post_init__(self) -> None:
        _check(
            peak_dbi=(self.peak_dbi, *GAINS_DBI),
            azimuth_deg=(self.azimuth_deg, -360.0, 360.0),
            downtilt_deg=(self.downtilt_deg, -90.0, 90.0),
        )
        problems = []
        for name in ("horizontal_db", "vertical_db"):
            cut = np.asarray(getattr(self, name), np.float64)
            problems += _cut_problems(name, cut)
            object.__setattr__(self, name, cut)
        if problems:
            raise InputError(problems)

    def gain_dbi(self, azimuth_deg: ArrayLike, elevation_deg: ArrayLike) -> NDArray[np.float64]:
        """Gain in directions that broadcast [dBi]."""
        aside = off_axis_deg(azimuth_deg, self.azimuth_deg)
        # Tilted as a whole: ahead the tilt adds to the angle below the axis, behind it takes away.
        below = -(np.asarray(elevation_deg, np.float64) + self.downtilt_deg * np.cos(np.radians(aside)))
        gain: NDArray[np.float64] = (
            self.peak_dbi - _around(self.horizontal_db, aside) - _around(self.vertical_db, below)
        )
        return gain


def read_msi(path: Path, azimuth_deg: float, *, downtilt_deg: float = 0.0) -> Measured:
    """Read a pattern in the MSI (Planet) text format that antenna makers publish.

    Parameters
    ----------
    path
        File with GAIN (dBi, or dBd where it says so), HORIZONTAL 360 and VERTICAL 360.
    azimuth_deg, downtilt_deg
        Where it is mounted to point.

    Raises
    ------
    InputError
        The file is not a pattern; says what is lacking or wrong.
    """
    try:
        lines = path.read_text(encoding="latin-1").split("\n")
    except OSError as error:
        raise InputError([Problem(path.name, None, "", "", f"cannot be read ({error.strerror})")]) from error
    words = [line.split() for line in lines]
    found: dict[str, list[str]] = {}
    for row, parts in enumerate(words):
        if parts and parts[0].upper() in {"GAIN", "HORIZONTAL", "VERTICAL"}:
            found[parts[0].upper()] = [str(row), *parts[1:]]
    lacking = [name for name in ("GAIN", "HORIZONTAL", "VERTICAL") if len(found.get(name, [])) < 2]
    if lacking:
        message = f"it is no antenna pattern: it lacks {' and '.join(lacking)}"
        raise InputError([Problem(path.name, None, "", "", message)])
    try:
        gain = float(found["GAIN"][1]) + (2.15 if found["GAIN"][2:3] and found["GAIN"][2].lower() == "dbd" else 0.0)
        cuts = [_msi_cut(words, found[name]) for name in ("HORIZONTAL", "VERTICAL")]
    except (ValueError, IndexError) as error:
        message = f"each cut has {MSI_ANGLES} lines of an angle, 0 to 359, and a loss in dB ({error})"
        raise InputError([Problem(path.name, None, "", "", message)]) from error
    return Measured(gain, azimuth_deg, cuts[0], cuts[1], downtilt_deg)


def off_axis_deg(azimuth_deg: ArrayLike, pointing_deg: float) -> NDArray[np.float64]:
    """Angle from a pointing to azimuths, clockwise, −180 to 180 [deg]."""
    turn = np.asarray(azimuth_deg, np.float64) - pointing_deg
    # Not the remainder: it takes ten times as long.
    aside: NDArray[np.float64] = turn - 360.0 * np.rint(turn / 360.0)
    return aside


def _msi_cut(words: list[list[str]], heading: list[str]) -> NDArray[np.float64]:
    first, count = int(heading[0]) + 1, int(heading[1])
    if count != MSI_ANGLES:
        raise ValueError(f"{count} angles instead of {MSI_ANGLES}")
    cut = np.full(count, np.nan)
    for parts in words[first : first + count]:
        angle = float(parts[0])
        if angle != int(angle) or not 0 <= angle < count:
            raise ValueError(f"angle {parts[0]}")
        cut[int(angle)] = float(parts[1])
    if np.isnan(cut).any():
        raise ValueError(f"no angle {int(np.argmax(np.isnan(cut)))}")
    return cut


def _around(cut: NDArray[np.float64], angle_deg: NDArray[np.float64]) -> NDArray[np.float64]:
    """Interpolate a cut at angles from its first value."""
    place = (angle_deg % 360.0) * (cut.size / 360.0)
    low = np.floor(place).astype(np.int64)
    share = place - low
    value: NDArray[np.float64] = cut[low % cut.size] * (1 - share) + cut[(low + 1) % cut.size] * share
    return value


def _cut_problems(name: str, cut: NDArray[np.float64]) -> list[Problem]:
    problems = []
    if cut.ndim != 1 or cut.size < 8:
        message = "an antenna's cut has at least 8 values at equal angles all round"
        return [Problem("antenna", None, name, str(cut.shape), message)]
    wrong = ~(np.isfinite(cut) & (cut >= 0))
    if wrong.any():
        at = int(np.argmax(wrong))
        message = f"a pattern loses 0 dB or more against its peak in every direction; value {at + 1} does not"
        problems.append(Problem("antenna", None, name, str(cut[at]), message))
    elif cut.min() > 1.0:
        message = "a pattern reaches its peak somewhere: a cut whose least loss is above 1 dB belongs to another gain"
        problems.append(Problem("antenna", None, name, str(cut.min()), message))
    return problems


def _check(**values: tuple[float, float, float]) -> None:
    """Raise InputError for every value that is not finite or not within its range."""
    problems = [
        Problem("antenna", None, name, str(value), f"{name} is {low:g} to {high:g}")
        for name, (value, low, high) in values.items()
        if not (math.isfinite(value) and low <= value <= high)
    ]
    if problems:
        raise InputError(problems)
