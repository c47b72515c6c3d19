"""The relative-neighbour graph is what its definition says, on any points."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alcance.network.neighbours import relative_neighbours

CORNERS = st.integers(-6, 6)  # a small lattice: many ties, many points in a line


def by_definition(points: np.ndarray) -> list[tuple[int, int]]:
    """Pairs with no third point nearer to both than they are to each other."""

    def apart(a: int, b: int) -> float:
        return float(np.linalg.norm(points[a] - points[b]))

    every = range(len(points))
    return [
        (a, b)
        for a, b in itertools.combinations(every, 2)
        if not any(max(apart(a, c), apart(b, c)) < apart(a, b) for c in every if c not in (a, b))
    ]


@settings(max_examples=150)
@given(st.lists(st.tuples(st.floats(0, 1e5), st.floats(0, 1e5)), max_size=25, unique=True))
def test_scattered_points(points):
    xy_m = np.array(points, dtype=float).reshape(-1, 2).round(2)
    xy_m = np.unique(xy_m, axis=0)
    assert list(map(tuple, relative_neighbours(xy_m).tolist())) == by_definition(xy_m)


@settings(max_examples=200)
@given(st.sets(st.tuples(CORNERS, CORNERS), max_size=20))
def test_points_on_a_lattice(points):
    xy_m = np.array(sorted(points), dtype=float).reshape(-1, 2) * 1000
    found = set(map(tuple, relative_neighbours(xy_m).tolist()))
    expected = set(by_definition(xy_m))
    # Where four points lie on a circle a triangulation has one diagonal of two, and either may be a tie.
    assert found <= expected
    for a, b in expected - found:
        length = np.linalg.norm(xy_m[a] - xy_m[b])
        reach = np.maximum(np.linalg.norm(xy_m - xy_m[a], axis=1), np.linalg.norm(xy_m - xy_m[b], axis=1))
        assert (np.isclose(reach, length)).sum() > 2, "a pair without any tie is missing"


@settings(max_examples=100)
@given(st.sets(st.integers(0, 1000), max_size=20), st.floats(-3, 3), st.floats(-1e5, 1e5))
def test_points_in_a_line_are_a_chain(along, slope, offset):
    x = np.array(sorted(along), dtype=float)
    xy_m = np.column_stack([x, slope * x + offset])
    assert relative_neighbours(xy_m).tolist() == [[n, n + 1] for n in range(len(x) - 1)]


def test_settlements_along_a_valley_that_is_almost_straight_in_metres_of_a_projection():
    """Rounding leaves such points neither in a line nor far enough from it for a triangulation."""
    x = np.arange(12.0) * 1_000 + 700_000
    xy_m = np.column_stack([x, 0.1 * x + 1_900_000.3])
    assert relative_neighbours(xy_m).tolist() == [[n, n + 1] for n in range(11)]


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=2, max_size=40, unique=True))
def test_it_holds_a_minimum_spanning_tree_so_every_place_is_joined(points):
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    pairs = relative_neighbours(np.array(points, dtype=float))
    count = len(points)
    graph = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    assert connected_components(graph, directed=False)[0] == 1


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_points_have_no_neighbours(count):
    assert relative_neighbours(np.zeros((count, 2))).shape == (0, 2)
