"""Problems from tables of nodes and edges (GeoDataFrames or plain ones), and solutions as parts of these tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alcance.errors import InputError
from alcance.errors import Problem as Trouble
from alcance.proof import REQUIRED
from alcance.steiner.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd
    from numpy.typing import NDArray

    from alcance.steiner.solution import Solution

MOST_DECIMALS = 12
# Beyond it a float no longer holds every whole number.
EXACT_LIMIT = float(1 << 53)
REPORTED_AT_MOST = 20


def problem_from_frames(
    nodes: pd.DataFrame,
    edges: pd.DataFrame,
    *,
    cost: str,
    prize: str | None = None,
    required: str | None = None,
    node_cost: str | None = None,
    root: Hashable | None = None,
    ends: tuple[str, str] = ("from_node", "to_node"),
    directed: bool = False,
    decimals: int = 2,
) -> Problem:
    """A problem whose node i is row i of `nodes`, and whose arc e (and e + edge count back) is row e of `edges`.

    Parameters
    ----------
    nodes
        One row a node, named by the index.
    edges
        One row an edge; the columns `ends` name nodes.
    cost
        Column of `edges`.
    prize, required, node_cost
        Columns of `nodes`: what leaving a node out costs (empty: nothing), whether it must be reached (true or false),
        what it costs to have it in the network (empty: nothing).
    root
        Name of the root, or None where the network may be anywhere.
    directed
        True where an edge leads from its first end to its second only.
    decimals
        Money is a whole multiple of 10^−decimals, and counted in it: costs of the solution are `10**decimals` times
        the tables'.

    Raises
    ------
    InputError
        With table, row, column and value of whatever is missing, negative, unknown, or has more decimals.
    """
    faults: list[Trouble] = []
    if not 0 <= decimals <= MOST_DECIMALS:
        faults.append(Trouble("problem", None, "decimals", str(decimals), f"must be from 0 to {MOST_DECIMALS}"))
    for table, name, columns in (("nodes", nodes, (prize, required, node_cost)), ("edges", edges, (cost, *ends))):
        missing = [column for column in columns if column is not None and column not in name.columns]
        faults += [Trouble(table, None, column, "", "no such column") for column in missing]
    if not nodes.index.is_unique:
        faults.append(Trouble("nodes", None, "", "", "the index names a node twice"))
    if faults:
        raise InputError(faults)
    places = [_places(nodes, edges, column, faults) for column in ends]
    costs = _units(edges, "edges", cost, decimals, faults, may_lack=False)
    nothing = np.zeros(len(nodes), dtype=np.int64)
    prizes = nothing if prize is None else _units(nodes, "nodes", prize, decimals, faults, may_lack=True)
    node_costs = nothing if node_cost is None else _units(nodes, "nodes", node_cost, decimals, faults, may_lack=True)
    must = np.zeros(len(nodes), dtype=bool)
    if required is not None:
        must = _truths(nodes, required, faults)
    at_root: int | None = None
    if root is not None:
        if root not in nodes.index:
            faults.append(Trouble("nodes", None, "root", str(root), "the index names no such node"))
        else:
            at_root = int(np.flatnonzero(nodes.index == root)[0])
    if faults:
        raise InputError(faults)
    terminals = np.flatnonzero(must | (prizes > 0))
    tails, heads = places
    if not directed:
        tails, heads, costs = np.r_[tails, heads], np.r_[heads, tails], np.r_[costs, costs]
    return Problem.build(
        len(nodes),
        at_root,
        tails,
        heads,
        costs,
        terminals,
        np.where(must[terminals], REQUIRED, prizes[terminals]),
        node_costs=node_costs,
        name="frames",
    )


def solution_to_frames(
    problem: Problem, solution: Solution, nodes: pd.DataFrame, edges: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of both tables that are in the network; the edges with `upper_end`, the name of the end nearer the root.

    The frames are of the type that was given, geometry and all.
    """
    rows = solution.arcs % max(1, len(edges))
    built = edges.iloc[rows].copy()
    built["upper_end"] = nodes.index.to_numpy()[problem.tails[solution.arcs]]
    inside = np.zeros(len(nodes), dtype=bool)
    inside[problem.heads[solution.arcs]] = True
    if solution.root is not None:
        inside[solution.root] = True
    return nodes[inside].copy(), built


def _places(nodes: pd.DataFrame, edges: pd.DataFrame, column: str, faults: list[Trouble]) -> NDArray[np.int64]:
    """Where the named ends stand in the table of nodes."""
    import pandas as pd

    places = np.asarray(nodes.index.get_indexer(pd.Index(edges[column])), dtype=np.int64)
    faults += _faults_at(places < 0, edges, "edges", column, "names no node of the index")
    return places


def _units(
    table: pd.DataFrame, name: str, column: str, decimals: int, faults: list[Trouble], *, may_lack: bool
) -> NDArray[np.int64]:
    """A column of money in whole units, exact."""
    import pandas as pd

    values = pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    given = table[column].notna().to_numpy()
    fault_count = len(faults)
    if not may_lack:
        faults += _faults_at(~given, table, name, column, "is missing")
    faults += _faults_at(given & ~np.isfinite(values), table, name, column, "is not a number")
    values = np.where(np.isfinite(values), values, 0.0)
    faults += _faults_at(values < 0, table, name, column, "must be 0 or more")
    scaled = np.rint(values * 10.0**decimals)
    faults += _faults_at(scaled >= EXACT_LIMIT, table, name, column, "is too large for exact numbers: fewer decimals")
    # A quotient is rounded as the reading of a decimal is, so equality means that no digit was lost.
    inexact = (scaled / 10.0**decimals != values) & (scaled < EXACT_LIMIT)
    faults += _faults_at(inexact, table, name, column, f"has more than {decimals} decimals: round it, or allow more")
    return np.zeros(len(table), dtype=np.int64) if len(faults) > fault_count else scaled.astype(np.int64)


def _truths(nodes: pd.DataFrame, column: str, faults: list[Trouble]) -> NDArray[np.bool_]:
    truths = [value if isinstance(value, bool | np.bool_) else None for value in nodes[column].tolist()]
    wrong = np.array([value is None for value in truths], dtype=bool)
    faults += _faults_at(wrong, nodes, "nodes", column, "must be true or false")
    return np.array([value is True or value is np.True_ for value in truths], dtype=bool)


def _faults_at(wrong: NDArray[Any], table: pd.DataFrame, name: str, column: str, message: str) -> list[Trouble]:
    """A fault for each wrong row, as a spreadsheet counts rows."""
    rows = np.flatnonzero(wrong)
    values = table[column].to_numpy()
    faults = [Trouble(name, int(row) + 2, column, str(values[row]), message) for row in rows[:REPORTED_AT_MOST]]
    if rows.size > REPORTED_AT_MOST:
        faults.append(Trouble(name, None, column, "", f"{message} ({rows.size} rows in all)"))
    return faults
