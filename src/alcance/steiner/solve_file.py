"""Solve an STP file: what `alcance solve` prints."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from alcance.errors import AlcanceError
from alcance.proof import check_certificate, check_tree
from alcance.steiner.solve import DEFAULT_MOVES_PER_TERMINAL, solve
from alcance.steiner.stp import read_stp

# A file with few terminals still deserves a search.
SMALL_FILE_MOVES = 4_000

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def solve_stp(
    path: Path | str,
    seconds: float | None = None,
    *,
    moves_per_terminal: float | None = None,
    seed: int = 0,
    check: bool = False,
    progress: Callable[[str, float], None] | None = None,
    watch: Callable[[int, int], None] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, Any]:
    """Read and solve an STP file.

    Without `moves_per_terminal` the effort is the default, or with `seconds` whatever that time allows.

    Returns
    -------
    dict
        name, kind, objective and lower_bound (in the file's units; the objective counts edges, nodes where they cost,
        and the prizes left out), weight and weight_bound (of a maximum-weight subgraph: what is won, and the most that
        can be), gap (None where only the bound is 0), seconds (solving alone), edges (lists of two node numbers and a
        cost), nodes (of the tree, ascending), left_out (terminals), warnings, interrupted, history
        (seconds, stage, lower_bound, objective as they came); with `check` also checked (True).

    Raises
    ------
    InputError
        Where the file cannot be used.
    AlcanceError
        Where `check` finds the tree or the certificate wrong.
    """
    instance = read_stp(path)
    problem = instance.problem()
    if moves_per_terminal is None:
        least = SMALL_FILE_MOVES / max(1, problem.terminals.size)
        moves_per_terminal = float("inf") if seconds is not None else max(DEFAULT_MOVES_PER_TERMINAL, least)
    begin = clock()
    solution = solve(
        problem,
        moves_per_terminal=moves_per_terminal,
        seconds=seconds,
        seed=seed,
        progress=progress,
        watch=watch,
        clock=clock,
    )
    took = clock() - begin
    unit = 10**instance.decimals
    edges = solution.arcs % instance.tails.size if instance.tails.size else solution.arcs
    result: dict[str, Any] = {
        "name": instance.name,
        "kind": instance.kind,
        "objective": solution.cost / unit,
        "lower_bound": solution.lower_bound / unit,
        "gap": solution.gap if solution.lower_bound or not solution.cost else None,
        "seconds": took,
        "edges": [
            [int(instance.tails[edge]), int(instance.heads[edge]), int(instance.costs[edge]) / unit]
            for edge in sorted(edges.tolist())
        ],
        "nodes": sorted({*([] if solution.root is None else [solution.root]), *problem.heads[solution.arcs].tolist()}),
        "left_out": solution.skipped.tolist(),
        "warnings": list(instance.warnings),
        "interrupted": solution.interrupted,
        "history": [
            {
                "seconds": round(at, 2),
                "stage": stage,
                "lower_bound": bound / unit,
                "objective": None if cost < 0 else cost / unit,
            }
            for at, stage, bound, cost in solution.history
        ],
    }
    if instance.weighted:
        result["weight"] = (instance.won_in_all - solution.cost) / unit
        result["weight_bound"] = (instance.won_in_all - solution.lower_bound) / unit
    if check:
        wrong = check_tree(solution.arcs, solution.skipped, solution.cost, solution.root, **problem.facts())
        wrong += check_certificate(solution.certificate, **problem.facts())
        if wrong:
            raise AlcanceError("the result does not pass its check: " + "; ".join(wrong))
        result["checked"] = True
    return result
