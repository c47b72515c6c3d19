"""Roads become a graph wherever they meet, and where localities reach them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiLineString

from alcance.network.roads import JUNCTION_SNAP_M, road_graph

NOWHERE = np.empty((0, 2))


def degrees_of(graph) -> list[int]:
    """How many stretches meet at each junction, most first."""
    return sorted(np.bincount(graph.ends.ravel(), minlength=len(graph.xy_m)).tolist(), reverse=True)


def junction_at(graph, x: float, y: float) -> int:
    away = np.linalg.norm(graph.xy_m - [x, y], axis=1)
    assert away.min() <= JUNCTION_SNAP_M
    return int(away.argmin())


def test_no_roads():
    graph = road_graph([], np.array([[0.0, 0.0]]), 1000)
    assert len(graph.xy_m) == len(graph.lines) == 0
    assert graph.access.tolist() == [-1]


def test_a_crossing_is_a_junction_of_four():
    graph = road_graph([LineString([(0, 0), (1000, 0)]), LineString([(500, -500), (500, 500)])], NOWHERE, 1000)
    assert degrees_of(graph) == [4, 1, 1, 1, 1]
    junction_at(graph, 500, 0)


def test_a_t_junction_is_a_junction_of_three():
    graph = road_graph([LineString([(0, 0), (1000, 0)]), LineString([(400, 0), (400, 800)])], NOWHERE, 1000)
    assert degrees_of(graph) == [3, 1, 1, 1]


def test_ends_that_should_meet_do():
    graph = road_graph([LineString([(0, 0), (1000, 0)]), LineString([(1010, 5), (2000, 0)])], NOWHERE, 1000)
    assert degrees_of(graph) == [2, 1, 1]


def test_ends_that_are_apart_do_not():
    graph = road_graph([LineString([(0, 0), (1000, 0)]), LineString([(1100, 0), (2000, 0)])], NOWHERE, 1000)
    assert degrees_of(graph) == [1, 1, 1, 1]


def test_a_loop_is_dropped_and_what_leads_to_it_stays():
    ring = LineString([(1000, 0), (1500, 500), (2000, 0), (1500, -500), (1000, 0)])
    graph = road_graph([LineString([(0, 0), (1000, 0)]), ring], NOWHERE, 1000)
    assert degrees_of(graph)[:2] == [1, 1]
    assert len(graph.lines) == 1
    assert graph.lines[0].length == pytest.approx(1000)


def test_parallel_stretches_are_both_kept():
    upper = LineString([(0, 0), (500, 400), (1000, 0)])
    graph = road_graph([LineString([(0, 0), (1000, 0)]), upper], NOWHERE, 1000)
    assert sorted(line.length for line in graph.lines) == pytest.approx([1000, 2 * np.hypot(500, 400)])
    assert degrees_of(graph) == [2, 2]


def test_a_locality_reaches_its_nearest_road_at_the_foot_of_the_perpendicular():
    roads = [LineString([(0, 0), (3000, 0)]), LineString([(0, 5000), (3000, 5000)])]
    points = np.array([[1200.0, 300.0], [1200.0, 4000.0], [100.0, 20_000.0]])
    graph = road_graph(roads, points, 2000)
    assert graph.access[0] == junction_at(graph, 1200, 0)
    assert graph.access[1] == junction_at(graph, 1200, 5000)
    assert graph.access[2] == -1
    assert sum(line.length for line in graph.lines) == pytest.approx(6000)


def test_two_localities_on_the_same_spot_share_a_junction():
    graph = road_graph([LineString([(0, 0), (3000, 0)])], np.array([[900.0, 50.0], [900.0, -80.0]]), 2000)
    assert graph.access[0] == graph.access[1]


def test_a_locality_beyond_the_end_reaches_the_end():
    graph = road_graph([LineString([(0, 0), (3000, 0)])], np.array([[3400.0, 0.0]]), 2000)
    assert graph.access[0] == junction_at(graph, 3000, 0)
    assert len(graph.lines) == 1


def test_parts_of_a_road_in_several_pieces_all_count():
    road = MultiLineString([[(0, 0), (1000, 0)], [(1000, 0), (1000, 900)]])
    graph = road_graph([road], NOWHERE, 1000)
    assert sum(line.length for line in graph.lines) == pytest.approx(1900)


POINT = st.tuples(st.integers(0, 20), st.integers(0, 20))


@settings(max_examples=60)
@given(
    st.lists(st.lists(POINT, min_size=2, max_size=4, unique=True), min_size=1, max_size=5),
    st.lists(POINT, max_size=4),
)
def test_no_road_is_lost_or_invented(paths, places):
    """On a lattice far wider than the snap, the graph covers each metre of road once and every end is a junction."""
    import shapely

    roads = [LineString([(1000 * x, 1000 * y) for x, y in path]) for path in paths]
    graph = road_graph(roads, 1000.0 * np.array(places, dtype=float).reshape(-1, 2), 50_000)
    union = shapely.union_all(roads)
    noded = shapely.get_parts(shapely.node(shapely.multilinestrings(roads)))
    loops = sum(part.length for part in noded if part.is_ring)
    kept = sum(line.length for line in graph.lines)
    assert kept <= union.length + 1e-6
    # A loop is dropped, and a stretch shorter than the snap melts into its junction.
    melted = JUNCTION_SNAP_M * (len(noded) + len(places))
    assert kept >= union.length - loops - melted
    for line, (first, second) in zip(graph.lines, graph.ends, strict=True):
        assert union.buffer(1e-3).covers(line)
        assert np.linalg.norm(np.array(line.coords[0]) - graph.xy_m[first]) <= 4 * JUNCTION_SNAP_M
        assert np.linalg.norm(np.array(line.coords[-1]) - graph.xy_m[second]) <= 4 * JUNCTION_SNAP_M
    assert (graph.access >= 0).all()
    for place, junction in zip(places, graph.access, strict=True):
        nearest = union.distance(shapely.Point(1000 * place[0], 1000 * place[1]))
        reached = np.linalg.norm(graph.xy_m[junction] - 1000.0 * np.array(place))
        assert abs(reached - nearest) <= 4 * JUNCTION_SNAP_M
