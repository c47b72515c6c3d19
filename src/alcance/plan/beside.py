"""Plans side by side: the same pack under other values of one policy, each planned with the same effort."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from alcance.errors import AlcanceError, InputError, Problem
from alcance.plan.build import make_plan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from alcance.plan.build import Plan
    from alcance.plan.scenario import Scenario

FIGURES = (
    "cost",
    "capex",
    "opex_year",
    "lower_bound",
    "solver_gap",
    "plan_gap",
    "technologies",
    "fibre_km",
    "radio_hops",
    "relays",
    "towers_built",
    "link_confidence",
)


@dataclass(frozen=True)
class Beside:
    """A policy and the values to plan it with.

    Parameters
    ----------
    policy
        Name of the policy.
    values
        Its values, as they would stand in the pack.
    """

    policy: str
    values: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Beside:
        """Read `NAME=V1,V2` as the command line gives it; InputError where it is not of that form."""
        name, sign, values = text.partition("=")
        listed = tuple(dict.fromkeys(value.strip() for value in values.split(",")))
        if not sign or not name or not all(listed):
            message = "must be NAME=VALUE,VALUE,… with the name of a policy"
            raise InputError([Problem("--beside", None, "", text, message)])
        return cls(name, listed)


def plan_beside(
    pack_path: Path,
    scenario: Scenario,
    beside: Beside,
    *,
    seconds: float | None = None,
    progress: Callable[[str, float], None] | None = None,
    watch: Callable[[int, int], None] | None = None,
) -> Plan:
    """Plan a pack, and meanwhile once for each other value of a policy.

    Parameters
    ----------
    pack_path
        Folder of the pack.
    scenario
        What is changed in all of them.
    beside
        The policy and its values; where the plan's own value is among them, its row is the plan's.
    seconds, progress
        As for `make_plan`.

    Returns
    -------
    Plan
        That of the pack's own value (or the scenario's). Its summary's `beside` holds `policy`, the plan's `own` value
        of it, and `plans`: one row of `FIGURES` for each value, in the order given.

    Raises
    ------
    InputError
        If a value is not one that the policy may have, or does not allow a plan.
    """
    from alcance.pack import read_pack

    pack = read_pack(pack_path)
    tasks = {value: replace(scenario, policies={**scenario.policies, beside.policy: value}) for value in beside.values}
    # Every value is refused before any plan begins.
    policy_of = {value: task.apply(pack).policy(beside.policy) for value, task in tasks.items()}
    own = scenario.apply(pack).policy(beside.policy)
    others = [value for value, policy in policy_of.items() if policy != own]
    # One processor is busy with the plan itself. A fresh interpreter each: threads of kernels do not survive a fork.
    workers = max(1, min(len(others), (os.cpu_count() or 1) - 1))
    rows: dict[str, dict[str, Any]] = {}
    alive = set(multiprocessing.active_children())
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        try:
            running = {pool.submit(_figures, pack_path, tasks[value], seconds): value for value in others}
            made = make_plan(pack, scenario=scenario, seconds=seconds, progress=progress, watch=watch)
            for done, future in enumerate(as_completed(running)):
                rows[running[future]] = future.result()
                if progress is not None:
                    progress("planning side by side", (done + 1) / len(others))
        except BaseException:
            for worker in set(multiprocessing.active_children()) - alive:
                worker.terminate()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    itself = {name: made.summary[name] for name in FIGURES}
    made.summary["beside"] = {
        "policy": beside.policy,
        "own": own,
        "plans": [{"value": value, **rows.get(value, itself)} for value in beside.values],
    }
    return made


def _figures(pack_path: Path, scenario: Scenario, seconds: float | None) -> dict[str, Any]:
    """Plan, and give the figures that are compared."""
    from alcance.pack import read_pack

    try:
        summary = make_plan(read_pack(pack_path), scenario=scenario, seconds=seconds).summary
    except InputError as error:  # an error with parts does not travel between processes
        raise AlcanceError(str(error)) from None
    return {name: summary[name] for name in FIGURES}
