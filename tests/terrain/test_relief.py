"""Slope, summits, sinks and averages tell the truth about the ground."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alcance.errors import InputError
from alcance.terrain import EARTH_RADIUS_M, Grid, coarsen, great_circle_m, sinks, slope_deg, summits

METRES_PER_DEG = np.pi / 180 * EARTH_RADIUS_M


def test_the_slope_of_a_plane_is_its_angle():
    rows, cols, step, north = 12, 15, 0.001, 10.0
    lat = north - np.arange(rows) * step
    down = (np.arange(rows) * step * METRES_PER_DEG)[:, None] * 0.3
    across = (np.arange(cols) * step * METRES_PER_DEG)[None, :] * np.cos(np.radians(lat))[:, None] * 0.4
    grid = Grid((down + across).astype(np.float32), 20.0, north, step, step)
    assert slope_deg(grid) == pytest.approx(np.degrees(np.arctan(0.5)), abs=0.05)
    flat = Grid(np.full((5, 5), 7, np.float32), 0, 0, step, step)
    assert slope_deg(flat) == pytest.approx(0)


def test_slope_beside_missing_ground_is_missing(make_grid):
    grid = make_grid(9, 9)
    grid.ground_m[4, 4] = np.nan
    slope = slope_deg(grid)
    assert np.isnan(slope[3:6, 3:6]).all()
    assert np.isnan(slope).sum() == 9


def brute_summits(grid: Grid, radius_m: float) -> list[tuple[int, int]]:
    rows, cols = grid.shape
    found = []
    for row in range(rows):
        for col in range(cols):
            z, best = grid.ground_m[row, col], True
            cell_lon = grid.step_lon_deg * METRES_PER_DEG * np.cos(np.radians(grid.north - row * grid.step_lat_deg))
            for y in range(rows):
                for x in range(cols):
                    away = np.hypot((x - col) * cell_lon, (y - row) * grid.step_lat_deg * METRES_PER_DEG)
                    other = grid.ground_m[y, x]
                    if away <= radius_m and (other > z or (other == z and (y, x) < (row, col))):
                        best = False
            if best:
                found.append((row, col))
    return found


@given(st.integers(0, 1000), st.sampled_from([50.0, 150.0, 420.0]))
@settings(max_examples=15)
def test_summits_are_those_of_a_plain_search(seed, radius_m):
    rng = np.random.default_rng(seed)
    # Few levels, so that equal heights are common.
    grid = Grid(rng.integers(0, 6, (12, 14)).astype(np.float32), -98, 19, 0.001, 0.001)
    lon, lat, elevation = summits(grid, radius_m)
    row = np.round((grid.north - lat) / grid.step_lat_deg).astype(int)
    col = np.round((lon - grid.west) / grid.step_lon_deg).astype(int)
    assert list(zip(row.tolist(), col.tolist(), strict=True)) == brute_summits(grid, radius_m)
    assert (elevation == grid.ground_m[row, col]).all()


def test_summits_stand_apart():
    rng = np.random.default_rng(4)
    grid = Grid(rng.normal(0, 50, (80, 90)).astype(np.float32), -98, 19, 0.001, 0.001)
    lon, lat, _ = summits(grid, 500.0)
    assert lon.size > 20
    apart = great_circle_m(lon[:, None], lat[:, None], lon[None, :], lat[None, :])
    np.fill_diagonal(apart, np.inf)
    assert apart.min() > 495  # metres per degree are taken at the row of each summit


def test_prominence_is_the_descent_to_the_saddle():
    ridge = np.array([[0, 5, 9, 4, 7, 2, 8, 1, 3, 0]], np.float32).repeat(1, axis=0)
    grid = Grid(np.vstack([np.zeros_like(ridge), ridge, np.zeros_like(ridge)]), -98, 19, 0.001, 0.001)
    found = {float(z) for z in summits(grid, 120.0, 3.0)[2]}
    assert found == {9.0, 7.0, 8.0}  # 9 to the floor, 8 to the 2, 7 to the 4; 3 only to the 1
    assert {float(z) for z in summits(grid, 120.0, 3.5)[2]} == {9.0, 8.0}
    assert {float(z) for z in summits(grid, 120.0, 6.0)[2]} == {9.0, 8.0}
    assert {float(z) for z in summits(grid, 120.0, 6.5)[2]} == {9.0}
    assert {float(z) for z in summits(grid, 120.0)[2]} >= {9.0, 8.0, 7.0, 3.0}


def test_a_radius_that_is_none_is_refused(make_grid):
    with pytest.raises(InputError, match="radius"):
        summits(make_grid(), float("nan"))


def test_a_hole_in_a_hillside_is_a_sink_and_a_valley_is_not(make_grid):
    row, col = np.mgrid[0:30, 0:30]
    ground = (1000 + 40.0 * row + 300 * np.abs(col - 15)).astype(np.float32)
    grid = Grid(ground.copy(), -98, 19, 0.001, 0.001)
    assert len(sinks(grid, 700)) == 0
    grid.ground_m[7, 22] -= 1500
    found = sinks(grid, 700)
    assert len(found) == 1
    assert (found.lon[0], found.lat[0]) == pytest.approx((-98 + 22 * 0.001, 19 - 7 * 0.001))
    assert found.elevation_m[0] == grid.ground_m[7, 22]
    around = np.median(grid.ground_m[5:10, 20:25])
    assert found.drop_m[0] == pytest.approx(around - grid.ground_m[7, 22])


def test_averaging_keeps_the_mean_and_spares_gaps(make_grid):
    grid = make_grid(60, 60)
    coarse = coarsen(grid, grid.step_lon_deg * 7.5)
    assert coarse.shape == (8, 8)
    assert coarse.ground_m.mean() == pytest.approx(grid.ground_m.mean(), abs=0.01)
    assert coarse.bounds == pytest.approx(grid.bounds)
    exact = coarsen(grid, grid.step_lon_deg * 6)
    assert exact.ground_m == pytest.approx(grid.ground_m.reshape(10, 6, 10, 6).mean(axis=(1, 3)), abs=1e-2)
    grid.ground_m[:6, :3] = np.nan
    grid.ground_m[6:12, :4] = np.nan
    holed = coarsen(grid, grid.step_lon_deg * 6)
    assert holed.ground_m[0, 0] == pytest.approx(grid.ground_m[:6, 3:6].mean(), abs=1e-2)
    assert np.isnan(holed.ground_m[1, 0])
