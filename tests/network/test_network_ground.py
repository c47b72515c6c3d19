"""Lengths follow the slope, and the sea is seen where it is."""

from __future__ import annotations

import numpy as np
import pytest

from alcance.errors import TerrainGap
from alcance.network.ground import MAX_WATER_CROSSING_M, spans_over_ground
from alcance.terrain import Grid, great_circle_m

STEP_DEG = 0.001
STEP_M = 100.0


def grid_of(elevation: np.ndarray) -> Grid:
    return Grid(elevation.astype(np.float32), 0.0, 0.0, STEP_DEG, STEP_DEG)


def along_the_equator(elevation_m: np.ndarray, start: float, stop: float) -> tuple[float, bool]:
    """One span from `start` to `stop` degrees east, over ground that is the same to the north and the south."""
    grid = grid_of(np.tile(elevation_m, (5, 1)))
    south = -2 * STEP_DEG
    length_m, at_sea = spans_over_ground(grid, *(np.array([v]) for v in (start, south, stop, south)), STEP_M)
    return float(length_m[0]), bool(at_sea[0])


def test_over_flat_ground_the_length_is_the_great_circle():
    length_m, at_sea = along_the_equator(np.full(101, 12.0), 0.01, 0.08)
    expected = float(great_circle_m(0.01, -2 * STEP_DEG, 0.08, -2 * STEP_DEG))
    assert length_m == pytest.approx(expected, abs=0.05)
    assert not at_sea


@pytest.mark.parametrize("slope", [0.1, 0.5, 1.0])
def test_on_a_slope_the_length_is_the_hypotenuse(slope):
    cell_m = float(great_circle_m(0.0, 0.0, STEP_DEG, 0.0))
    ground = 10 + slope * cell_m * np.arange(101)
    flat_m = float(great_circle_m(0.01, -2 * STEP_DEG, 0.08, -2 * STEP_DEG))
    length_m, _ = along_the_equator(ground, 0.01, 0.08)
    assert length_m == pytest.approx(flat_m * np.hypot(1.0, slope), rel=1e-3)


@pytest.mark.parametrize(("cells", "crosses"), [(0, False), (3, False), (8, True), (40, True)])
def test_a_strait_is_sea_and_a_creek_is_not(cells, crosses):
    """A cell is 111 m: three of them can be bridged, eight are more than half a kilometre."""
    assert 3 * 111.2 < MAX_WATER_CROSSING_M < 7 * 111.2
    ground = np.full(101, 5.0)
    ground[30 : 30 + cells] = 0.0
    _, at_sea = along_the_equator(ground, 0.01, 0.09)
    assert at_sea is crosses


def test_land_below_sea_level_counts_as_sea():
    ground = np.full(101, 5.0)
    ground[30:60] = -3.0
    assert along_the_equator(ground, 0.01, 0.09)[1]


def test_many_spans_are_measured_each_for_itself():
    """The gap between one profile's end and the next one's start is no ground, however high the step."""
    ground = np.full(101, 5.0)
    ground[60:] = 1500.0
    ground[50:59] = 0.0
    grid = grid_of(np.tile(ground, (5, 1)))
    south = np.full(3, -2 * STEP_DEG)
    lon1, lon2 = np.array([0.010, 0.065, 0.045]), np.array([0.040, 0.095, 0.064])
    length_m, at_sea = spans_over_ground(grid, lon1, south, lon2, south, STEP_M)
    alone = [spans_over_ground(grid, lon1[n : n + 1], south[:1], lon2[n : n + 1], south[:1], STEP_M) for n in range(3)]
    assert length_m.tolist() == [float(one[0][0]) for one in alone]
    assert at_sea.tolist() == [bool(one[1][0]) for one in alone] == [False, False, True]
    flat_m = great_circle_m(lon1, south, lon2, south)
    assert length_m[:2] == pytest.approx(flat_m[:2], abs=0.05)
    assert length_m[2] > flat_m[2] + 1200


def test_a_span_of_no_length_is_none():
    grid = grid_of(np.full((5, 101), 5.0))
    spot = np.array([0.02]), np.array([-0.002])
    length_m, at_sea = spans_over_ground(grid, *spot, *spot, STEP_M)
    assert length_m.tolist() == [0.0]
    assert not at_sea[0]


def test_no_spans_at_all():
    empty = np.empty(0)
    length_m, at_sea = spans_over_ground(grid_of(np.full((5, 5), 5.0)), empty, empty, empty, empty, STEP_M)
    assert len(length_m) == len(at_sea) == 0


def test_a_hole_in_the_terrain_is_an_error_that_names_the_place():
    ground = np.full(101, 5.0)
    ground[50] = np.nan
    with pytest.raises(TerrainGap, match=r"0\.0"):
        along_the_equator(ground, 0.01, 0.09)
