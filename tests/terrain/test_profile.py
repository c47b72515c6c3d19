"""Profiles follow great circles over the ground."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alcance.errors import InputError, TerrainGap
from alcance.terrain import EARTH_RADIUS_M, Grid, bearing_deg, great_circle_m, place_along, profiles

LON, LAT = st.floats(-179, 179), st.floats(-85, 85)


def globe(step: float = 1.0) -> Grid:
    """A whole earth whose elevation tells the place: 10 lon/180 + 10000 … as a plane in lon and lat."""
    lon, lat = np.arange(-180, 180 + step, step), np.arange(90, -90 - step, -step)
    return Grid((lat[:, None] * 10 + lon[None, :] * 0.1).astype(np.float32), -180.0, 90.0, step, step)


def test_known_distances():
    assert great_circle_m(0, 0, 90, 0) == pytest.approx(EARTH_RADIUS_M * np.pi / 2)
    assert great_circle_m(10, -90, -30, 90) == pytest.approx(EARTH_RADIUS_M * np.pi)
    assert bearing_deg([0, 0, 0, 0], [0, 0, 0, 0], [0, 1, 0, -1], [1, 0, -1, 0]) == pytest.approx([0, 90, 180, 270])


@given(LON, LAT, LON, LAT)
def test_a_great_circle_is_as_long_both_ways_and_never_longer_than_a_detour(lon1, lat1, lon2, lat2):
    there, back = great_circle_m(lon1, lat1, lon2, lat2), great_circle_m(lon2, lat2, lon1, lat1)
    assert there == pytest.approx(back, abs=1e-6)
    detour = great_circle_m(lon1, lat1, 12, 34) + great_circle_m(12, 34, lon2, lat2)
    assert there <= detour + 1e-3


@given(LON, LAT, st.floats(0, 360), st.floats(10, 400_000))
@settings(max_examples=60)
def test_samples_lie_on_the_great_circle(lon1, lat1, direction, length_m):
    """The quadratic pieces stay within a metre of exact points at the latitudes where people live."""
    lat1 = lat1 * 65 / 85
    far = np.degrees(length_m / EARTH_RADIUS_M)
    lat2 = lat1 + far * np.cos(np.radians(direction))
    lon2 = lon1 + far * np.sin(np.radians(direction)) / np.cos(np.radians(lat1))
    if not -179.5 < lon2 < 179.5:
        return
    earth = globe()
    result = profiles(earth, lon1, lat1, lon2, lat2, 5000.0)
    distance, elevation = result.path(0)
    share = distance / distance[-1]
    lon, lat = place_along(lon1, lat1, lon2, lat2, share)
    assert distance[-1] == pytest.approx(float(great_circle_m(lon1, lat1, lon2, lat2)), abs=1e-3)
    # The ground falls 10 m for each degree of latitude: 1 m of way is 9e-5 m of ground. Float32 resolves 6e-5 of it.
    assert elevation == pytest.approx(lat * 10 + lon * 0.1, abs=3e-4)


def test_steps_are_equal_and_no_longer_than_asked(make_grid):
    grid = make_grid()
    result = profiles(grid, -97.99, 18.99, [-97.96, -97.99, -97.989], [18.97, 18.97, 18.99], 100.0)
    assert len(result) == 3
    for index in range(3):
        distance, elevation = result.path(index)
        steps = np.diff(distance)
        assert distance[0] == 0
        assert steps.max() <= 100.0 + 1e-6
        assert np.ptp(steps) < 1e-6
        assert elevation.size == distance.size >= 3


def test_profiles_equal_sampling_their_places(make_grid):
    grid = make_grid()
    rng = np.random.default_rng(5)
    lon, lat = rng.uniform(-97.999, -97.952, (2, 50)), rng.uniform(18.962, 18.999, (2, 50))
    result = profiles(grid, lon[0], lat[0], lon[1], lat[1], 60.0)
    for index in range(50):
        distance, elevation = result.path(index)
        places = place_along(lon[0, index], lat[0, index], lon[1, index], lat[1, index], distance / distance[-1])
        assert elevation == pytest.approx(grid.elevation_m(*places), abs=0.02)


def test_reversed_paths_have_reversed_ground(make_grid):
    grid = make_grid()
    there = profiles(grid, -97.99, 18.99, -97.96, 18.97, 37.0).path(0)[1]
    back = profiles(grid, -97.96, 18.97, -97.99, 18.99, 37.0).path(0)[1]
    assert there == pytest.approx(back[::-1], abs=1e-2)


def test_a_path_of_no_length_stays_where_it_is(make_grid):
    grid = make_grid()
    distance, elevation = profiles(grid, -97.98, 18.98, -97.98, 18.98, 50.0).path(0)
    assert distance == pytest.approx([0, 0, 0])
    assert np.ptp(elevation) == 0


def test_a_gap_names_the_place_and_how_many_paths_need_it(make_grid):
    grid = make_grid()
    grid.ground_m[20, 25] = np.nan
    with pytest.raises(TerrainGap, match=r"lon -97\.97[45]\d+, lat 18\.98000 \(2 path"):
        profiles(grid, [-97.99, -97.99, -97.99], [18.98, 18.98, 18.99], -97.96, [18.98, 18.98, 18.99], 20.0)


def test_leaving_the_terrain_is_a_gap(make_grid):
    with pytest.raises(TerrainGap, match=r"1 path"):
        profiles(make_grid(), -97.98, 18.98, -97.9, 18.98, 50.0)


def test_what_is_not_a_number_is_refused(make_grid):
    grid = make_grid()
    with pytest.raises(InputError, match=r"path, row 2, column lat1.*not finite"):
        profiles(grid, -97.98, [18.98, np.nan], -97.97, 18.98, 50.0)
    with pytest.raises(InputError, match="positive number of metres"):
        profiles(grid, -97.98, 18.98, -97.97, 18.98, -5.0)
    with pytest.raises(InputError, match="not finite"):
        grid.elevation_m(np.inf, 18.98)


def test_the_outer_half_cell_takes_its_edge_and_a_place_on_a_cell_needs_no_neighbour(make_grid):
    grid = make_grid()
    west, _, _, north = grid.bounds
    assert grid.elevation_m(west + 1e-6, north - 1e-6) == grid.ground_m[0, 0]
    with pytest.raises(TerrainGap):
        grid.elevation_m(west - 1e-4, north - 1e-4)
    grid.ground_m[0, 1] = np.nan
    assert grid.elevation_m(grid.west, grid.north - grid.step_lat_deg * 0.5) == pytest.approx(
        (grid.ground_m[0, 0] + grid.ground_m[1, 0]) / 2, abs=1e-3
    )
