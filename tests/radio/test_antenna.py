"""Patterns point where they say, fall as their sources say, and refuse what is no pattern."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alcance.errors import InputError
from alcance.radio.antenna import Measured, Omni, ReferenceSector, Sector, off_axis_deg, read_msi

ALL_ROUND = np.arange(0, 360, 1.0)
CUT = np.minimum(12 * (off_axis_deg(ALL_ROUND, 0.0) / 65) ** 2, 25.0)
VERTICAL_CUT = np.minimum(12 * (off_axis_deg(ALL_ROUND, 0.0) / 7) ** 2, 25.0)
PATTERNS = (
    Omni(9.0),
    Omni(9.0, vertical_beamwidth_deg=10, downtilt_deg=4),
    Sector(17.0, 40.0, 65.0, 7.0, downtilt_deg=5.0),
    ReferenceSector(17.0, 40.0, 65.0),
    ReferenceSector(17.0, 40.0, 90.0, 7.0, downtilt_deg=6.0),
    Measured(17.0, 40.0, CUT, VERTICAL_CUT, downtilt_deg=3.0),
)
azimuths, elevations = st.floats(-720, 720), st.floats(-90, 90)


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: type(pattern).__name__)
@given(azimuth=azimuths, elevation=elevations)
def test_no_direction_is_stronger_than_the_peak(pattern, azimuth: float, elevation: float) -> None:
    gain = float(pattern.gain_dbi(azimuth, elevation))
    assert pattern.peak_dbi - 80 < gain <= pattern.peak_dbi + 1e-9
    assert gain == pytest.approx(float(pattern.gain_dbi(azimuth + 360, elevation)), abs=1e-6)


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: type(pattern).__name__)
def test_the_peak_is_where_the_pattern_points(pattern) -> None:
    tilt = getattr(pattern, "downtilt_deg", 0.0)
    azimuth = getattr(pattern, "azimuth_deg", 123.0)
    assert float(pattern.gain_dbi(azimuth, -tilt)) == pytest.approx(pattern.peak_dbi, abs=1e-9)


@pytest.mark.parametrize("pattern", PATTERNS[2:], ids=lambda pattern: type(pattern).__name__)
def test_half_the_beamwidth_to_either_side_takes_three_decibels(pattern) -> None:
    width = getattr(pattern, "horizontal_beamwidth_deg", 65.0)
    tilt = pattern.downtilt_deg
    for side in (-0.5, 0.5):
        # The reference sector is turned as a whole, so its horizontal cut leaves the tilted plane.
        loss = pattern.peak_dbi - float(
            pattern.gain_dbi(40.0 + side * width, -tilt * math.cos(math.radians(width / 2)))
        )
        assert loss == pytest.approx(3.0, abs=0.35)


def test_a_sector_is_the_published_parabola() -> None:
    sector = Sector(18.0, 90.0, 65.0, 10.0, downtilt_deg=6.0, front_to_back_db=25.0, side_lobe_db=20.0)
    # TR 36.814, table A.2.1.1-2, by hand: 12 (30/65)² = 2.556 and 12 (4/10)² = 1.92.
    assert float(sector.gain_dbi(120.0, -2.0)) == pytest.approx(18.0 - 2.5562 - 1.92, abs=1e-3)
    assert float(sector.gain_dbi(270.0, -6.0)) == 18.0 - 25.0
    assert float(sector.gain_dbi(90.0, 60.0)) == 18.0 - 20.0
    assert float(sector.gain_dbi(270.0, 60.0)) == 18.0 - 25.0
    assert sector.gain_dbi(ALL_ROUND[:, None], np.zeros(3)).shape == (360, 3)


def test_the_reference_omni_is_that_of_the_recommendation() -> None:
    omni = Omni(10.0)
    width = 10.76
    # F.1336-5, recommends 2.1 by hand: the main lobe, the shelf at −12 + 10 log 1.7, the side lobes.
    assert float(omni.gain_dbi(0, width / 2)) == pytest.approx(10 - 3)
    assert float(omni.gain_dbi(0, width * 0.95)) == pytest.approx(10 - 12 + 10 * math.log10(1.7))
    assert float(omni.gain_dbi(0, 3 * width)) == pytest.approx(10 - 12 + 10 * math.log10(3**-1.5 + 0.7))


def test_the_reference_sector_has_no_steps() -> None:
    sector = ReferenceSector(17.0, 0.0, 65.0)
    angles = np.linspace(-180, 180, 200_001)
    assert np.abs(np.diff(sector.gain_dbi(angles, 0.0))).max() < 0.01
    # Up the boresight: the side lobes end at the front-to-back level where the Recommendation says, at 90 degrees.
    up = sector.gain_dbi(0.0, np.linspace(0, 90, 100_001))
    # The main lobe meets the shelf at √(1 − 0.36 k_v), which the Recommendation rounds: 0.13 dB.
    assert np.abs(np.diff(up)).max() < 0.15
    width = 31_000 * 10**-1.7 / 65
    least = -12 + 10 * math.log10(1 + 8 * 0.7) - 15 * math.log10(180 / width)
    assert up[-1] == pytest.approx(17 + least, abs=1e-6)
    assert float(sector.gain_dbi(180.0, 0.0)) == pytest.approx(17 + least, abs=1e-6)


def test_downtilt_lowers_the_far_and_raises_the_near() -> None:
    for kind in (Sector, ReferenceSector):
        level = kind(17.0, 0.0, 65.0, 7.0)
        tilted = kind(17.0, 0.0, 65.0, 7.0, downtilt_deg=6.0)
        assert float(tilted.gain_dbi(0.0, 0.0)) < float(level.gain_dbi(0.0, 0.0))
        assert float(tilted.gain_dbi(0.0, -6.0)) > float(level.gain_dbi(0.0, -6.0))


def test_measured_cuts_are_met_at_their_own_angles() -> None:
    measured = Measured(15.0, 200.0, CUT, VERTICAL_CUT)
    np.testing.assert_allclose(measured.gain_dbi(200.0 + ALL_ROUND, 0.0), 15.0 - CUT, atol=1e-9)
    np.testing.assert_allclose(measured.gain_dbi(200.0, -ALL_ROUND[:90]), 15.0 - VERTICAL_CUT[:90], atol=1e-9)


def msi_text(*, gain: str = "17.5 dBi", horizontal: np.ndarray = CUT, count: int = 360) -> str:
    rows = [f"{angle} {loss:.3f}" for angle, loss in enumerate(horizontal)]
    vertical = [f"{angle} {loss:.3f}" for angle, loss in enumerate(VERTICAL_CUT)]
    return "\n".join(
        ["NAME test", "FREQUENCY 5800", f"GAIN {gain}", f"HORIZONTAL {count}", *rows, "VERTICAL 360", *vertical, ""]
    )


def test_a_makers_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "panel.msi"
    path.write_text(msi_text())
    pattern = read_msi(path, 30.0, downtilt_deg=2.0)
    assert pattern.peak_dbi == 17.5
    assert float(pattern.gain_dbi(30.0, -2.0)) == pytest.approx(17.5)
    path.write_text(msi_text(gain="15.35 dBd"))
    assert read_msi(path, 30.0).peak_dbi == pytest.approx(17.5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no antenna pattern: it lacks GAIN and HORIZONTAL and VERTICAL"),
        ("GAIN 10 dBi\nHORIZONTAL 360\n0 0.0\n", "lacks VERTICAL"),
        (msi_text(gain="much"), "much"),
        (msi_text(count=180), "180"),
        (msi_text(horizontal=CUT[:-1]), "359|VERTICAL"),
        (msi_text(horizontal=-CUT - 1), "0 dB or more"),
        (msi_text(horizontal=CUT + 6), "peak"),
    ],
)
def test_a_file_that_is_no_pattern_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "wrong.msi"
    path.write_text(text)
    with pytest.raises(InputError, match=said):
        read_msi(path, 0.0)
    with pytest.raises(InputError, match="cannot be read"):
        read_msi(tmp_path / "absent.msi", 0.0)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Omni(float("nan")), "peak_dbi"),
        (lambda: Omni(90.0), "-30 to 60"),
        (lambda: Omni(9.0, vertical_beamwidth_deg=0.0), "vertical_beamwidth_deg"),
        (lambda: Sector(17, 0, 0, 7), "horizontal_beamwidth_deg"),
        (lambda: Sector(17, 0, 400, 7), "360"),
        (lambda: Sector(17, 0, 65, 7, front_to_back_db=-1), "front_to_back_db"),
        (lambda: Sector(17, float("inf"), 65, 7), "azimuth_deg"),
        (lambda: ReferenceSector(17, 0, 20), "60 to 120"),
        (lambda: ReferenceSector(5.0, 0, 65), "vertical_beamwidth_deg"),
        (lambda: Measured(17, 0, CUT[:4], VERTICAL_CUT), "8 values"),
        (lambda: Measured(17, 0, np.where(ALL_ROUND == 7, np.nan, CUT), VERTICAL_CUT), "value 8"),
        (lambda: Measured(17, 0, CUT - 1, VERTICAL_CUT), "0 dB or more"),
        (lambda: Measured(17, 0, np.zeros((9, 9)), VERTICAL_CUT), "horizontal_db"),
    ],
)
def test_what_is_no_pattern_is_refused(make, said: str) -> None:
    with pytest.raises(InputError, match=said):
        make()
