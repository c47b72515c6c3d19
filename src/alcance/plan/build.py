"""From a pack to a plan folder: what could be built, the cheapest of it, capacity, reasons, tables."""

from __future__ import annotations

import contextlib
import ctypes
import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from alcance.network import build_network
from alcance.pack.files import digest as file_digest
from alcance.plan.crowding import crowded_out
from alcance.plan.dependents import repair_dependents
from alcance.plan.folder import (
    arrays_digest,
    summary_digest,
    whole_folder,
    write_arrays,
    write_json,
    write_table,
)
from alcance.plan.problem_arrays import problem_arrays
from alcance.plan.scenario import Scenario
from alcance.plan.summary import summarise
from alcance.plan.tables import PlanTables, make_tables
from alcance.plan.technology import explain
from alcance.plan.tree import Tree
from alcance.steiner import improve_within, solve

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import geopandas as gpd
    from numpy.typing import NDArray

    from alcance.pack import Pack
    from alcance.proof import Certificate

# A move within limits gains as much as one without, and the search begins from a good tree.
MOVES_WITHIN_LIMITS = 2
SHARE_WITHIN_LIMITS = 0.35
MOVES_AT_ONCE = 10


@dataclass(frozen=True)
class Plan:
    """A plan before it is written: its tables, its problem, its proof, and how the solver came to it.

    `history` holds (seconds, stage, bound, cost) as `steiner.Solution` has it, without what overrides force.
    """

    summary: dict[str, Any]
    tables: PlanTables
    problem_arrays: dict[str, NDArray[Any]]
    certificate: Certificate
    context: gpd.GeoDataFrame
    history: tuple[tuple[float, str, int, int], ...] = ()


class _Stages:
    """Tells the caller what is being done, and keeps the seconds each stage took."""

    def __init__(self, tell: Callable[[str, float], None] | None, clock: Callable[[], float]) -> None:
        self._tell, self._clock = tell or (lambda _stage, _share: None), clock
        self._begin, self._name = clock(), ""
        self.seconds: dict[str, float] = {}

    def start(self, name: str) -> Callable[[str, float], None]:
        """Close the stage before and open the next."""
        self.close()
        self._begin, self._name = self._clock(), name
        self._tell(name, 0.0)
        return self._tell

    def close(self) -> None:
        """Note how long the open stage took."""
        if self._name:
            self.seconds[self._name] = round(self._clock() - self._begin, 2)
        self._name = ""


def make_plan(
    pack: Pack,
    *,
    scenario: Scenario | None = None,
    seconds: float | None = None,
    progress: Callable[[str, float], None] | None = None,
    watch: Callable[[int, int], None] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Plan:
    """Plan a pack.

    Parameters
    ----------
    pack
        A country pack that has passed its check.
    scenario
        Prices and policies to change.
    seconds
        How long the solver may work, instead of the effort the policy gives it; the result then depends on the machine.
    progress
        Told the stage and the share done.
    watch
        Told the solver's bound and cost as they come.
    clock
        Seconds that pass; only the summary's `seconds` come from it.

    Returns
    -------
    Plan
        The same for the same pack and scenario, seconds aside.

    Raises
    ------
    InputError
        If the pack, the scenario or the terrain does not allow a plan.
    """
    scenario = scenario or Scenario()
    stages = _Stages(progress, clock)
    pack = scenario.apply(pack)
    network = build_network(pack, stages.start("network"))
    problem = network.problem
    _give_back_memory()
    tell = stages.start("solving")
    # The moves within limits need the tree of the problem without them, and its proof.
    effort = float(pack.policy("moves_per_terminal")) if seconds is None else math.inf
    began_s = clock()
    solution = solve(
        problem,
        moves_per_terminal=effort,
        seconds=None if seconds is None else seconds * (1.0 - SHARE_WITHIN_LIMITS),
        progress=tell,
        watch=watch,
    )
    tell = stages.start("making room")
    limit = network.max_dependents
    roomy = repair_dependents(problem, Tree.of_arcs(problem, solution.arcs), limit, tell, network.node_id)
    _give_back_memory()
    tell = stages.start("moves within limits")
    before_s = clock() - began_s
    # Who has asked for an end with Ctrl-C waits no longer than it takes to mend what was moved in haste.
    moves = effort * MOVES_WITHIN_LIMITS
    kept = improve_within(
        problem,
        solution,
        roomy.arcs,
        limit,
        moves_per_terminal=min(moves, MOVES_AT_ONCE) if solution.stopped else moves,
        seconds=None if seconds is None else seconds * SHARE_WITHIN_LIMITS,
        progress=tell,
        watch=watch,
    )
    tree = Tree.of_arcs(problem, kept.arcs)
    stages.start("explaining")
    crowded = crowded_out(problem, tree, limit)
    service = explain(network, tree, crowded)
    tables = make_tables(pack, network, tree, service)
    arrays = problem_arrays(network)
    stages.start("summing up")
    digests = {"problem": arrays_digest(arrays), "certificate": arrays_digest(vars(solution.certificate))}
    summary = summarise(pack, scenario, network, solution, tree, crowded, tables, digests)
    summary["effort"] = {
        "moves_per_terminal": effort if seconds is None else None,
        "seconds": seconds,
        "interrupted": kept.interrupted,
    }
    stages.close()
    history = (*solution.history, *((before_s + at, stage, bound, cost) for at, stage, bound, cost in kept.history))
    summary["beside"] = None  # `plan.beside` sets other plans beside this one
    summary["seconds"] = stages.seconds
    return Plan(summary, tables, arrays, solution.certificate, _context(pack), history)


def write_plan(
    plan: Plan,
    folder: Path,
    finish: Callable[[Path], None] | None = None,
    *,
    progress: Callable[[str, float], None] | None = None,
) -> dict[str, Any]:
    """Write the plan folder, whole or not at all.

    Parameters
    ----------
    plan
        What `make_plan` gave.
    folder
        Where; a plan that stands there is replaced.
    finish
        Writes further outputs (`alcance.publish`) into the folder before it is put in its place.
    progress
        Told the stage and the share done.

    Returns
    -------
    dict
        The summary.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    tables = {
        "sites.parquet": plan.tables.sites,
        "edges.parquet": plan.tables.edges,
        "nodes.parquet": plan.tables.nodes,
        "profiles.parquet": plan.tables.profiles,
        "context.parquet": plan.context,
    }
    tell = progress or (lambda _stage, _share: None)
    tell("writing", 0.0)
    with whole_folder(folder) as making:
        digests = {**plan.summary["digests"], "summary": summary_digest(plan.summary)}
        for done, (name, table) in enumerate(tables.items(), start=1):
            write_table(table, making / name, plan.summary)
            digests[name] = file_digest(making / name)
            tell("writing", 0.5 * done / len(tables))
        write_arrays(making / "problem.npz", plan.problem_arrays, lambda share: tell("writing", 0.5 + 0.4 * share))
        plan.certificate.save(making / "certificate.npz")
        summary = {**plan.summary, "digests": digests}
        write_json(making / "summary.json", summary)
        if finish is not None:
            finish(making)
    return summary


def _give_back_memory() -> None:
    """Let glibc give back what a stage has freed: after the network, a gigabyte for a country."""
    with contextlib.suppress(OSError, AttributeError):  # another C library keeps what it keeps
        ctypes.CDLL(None).malloc_trim(0)


def _context(pack: Pack) -> gpd.GeoDataFrame:
    """The administrative areas, for the maps to draw beneath the plan."""
    import geopandas as gpd
    import shapely

    admin = pack.table("admin")
    admin = admin[admin["geometry"].notna()].sort_values("admin_id")
    # As one coverage, neighbours keep the same border between them.
    thinned = shapely.coverage_simplify(admin["geometry"].to_numpy(), 0.002)
    return gpd.GeoDataFrame(
        {
            "kind": "admin",
            "admin_id": admin["admin_id"].to_numpy(),
            "name": admin["name"].to_numpy(),
            "need": admin["need_index"].to_numpy(dtype=np.float64),
            "people": admin["people"].to_numpy(dtype=np.int64),
        },
        geometry=thinned,
        crs="EPSG:4326",
    )
