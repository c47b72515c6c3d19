"""Tables in, tables out: the same problem as by hand, exact decimals, and every fault with its row."""

from __future__ import annotations

import geopandas as gpd
import pytest
from shapely import LineString, Point

from alcance.errors import InputError
from alcance.steiner import check_certificate, problem_from_frames, solution_to_frames, solve

NAMES = ["pop", "hill", "school", "clinic"]


@pytest.fixture
def nodes() -> gpd.GeoDataFrame:
    columns = {"prize": [None, 0.0, 7.25, None], "must": [False, False, False, True], "mast": [0.0, 1.1, None, 0.0]}
    points = [Point(at, 0) for at in range(4)]
    return gpd.GeoDataFrame(columns, index=NAMES, geometry=points, crs="EPSG:4326")


@pytest.fixture
def edges() -> gpd.GeoDataFrame:
    columns = {
        "from_node": ["pop", "hill", "hill"],
        "to_node": ["hill", "school", "clinic"],
        "price": [0.1, 7.26, 0.29],
    }
    lines = [LineString([(0, 0), (at, 1)]) for at in range(3)]
    return gpd.GeoDataFrame(columns, geometry=lines, crs="EPSG:4326")


def test_a_rooted_table_is_solved_to_the_cent(nodes: gpd.GeoDataFrame, edges: gpd.GeoDataFrame) -> None:
    problem = problem_from_frames(
        nodes, edges, cost="price", prize="prize", required="must", node_cost="mast", root="pop"
    )
    solution = solve(problem)
    assert solution.cost == solution.lower_bound == 10 + 29 + 110 + 725
    assert check_certificate(solution.certificate, **problem.facts()) == []
    inside, built = solution_to_frames(problem, solution, nodes, edges)
    assert inside.index.tolist() == ["pop", "hill", "clinic"]
    assert built["upper_end"].tolist() == ["pop", "hill"]
    assert isinstance(built, gpd.GeoDataFrame)
    assert built.crs == edges.crs


def test_without_a_root_the_network_lies_where_it_pays(nodes: gpd.GeoDataFrame, edges: gpd.GeoDataFrame) -> None:
    problem = problem_from_frames(nodes, edges, cost="price", prize="prize")
    solution = solve(problem)
    inside, built = solution_to_frames(problem, solution, nodes, edges)
    assert (solution.cost, solution.lower_bound) == (0, 0)
    assert inside.index.tolist() == ["school"]
    assert len(built) == 0


@pytest.mark.parametrize(
    ("table", "column", "value", "words"),
    [
        ("edges", "price", 0.105, "more than 2 decimals"),
        ("edges", "price", -0.1, "0 or more"),
        ("edges", "price", float("nan"), "missing"),
        ("edges", "price", float("inf"), "not a number"),
        ("edges", "price", 1e15, "too large"),
        ("edges", "from_node", "nowhere", "names no node"),
        ("nodes", "prize", -1.0, "0 or more"),
    ],
)
def test_a_fault_is_named_with_its_row(
    nodes: gpd.GeoDataFrame, edges: gpd.GeoDataFrame, table: str, column: str, value: object, words: str
) -> None:
    frame = nodes if table == "nodes" else edges
    frame.iloc[2, frame.columns.get_loc(column)] = value
    with pytest.raises(InputError, match=words) as caught:
        problem_from_frames(nodes, edges, cost="price", prize="prize", required="must", root="pop")
    fault = caught.value.problems[0]
    assert (fault.file, fault.row, fault.column) == (table, 4, column)


def test_unknown_columns_and_roots_are_named(nodes: gpd.GeoDataFrame, edges: gpd.GeoDataFrame) -> None:
    with pytest.raises(InputError, match="column cost"):
        problem_from_frames(nodes, edges, cost="cost")
    with pytest.raises(InputError, match="names no such node"):
        problem_from_frames(nodes, edges, cost="price", prize="prize", root="sea")
    nodes["must"] = ["yes", "no", "no", "yes"]
    with pytest.raises(InputError, match="true or false"):
        problem_from_frames(nodes, edges, cost="price", required="must", root="pop")
