"""Plans side by side: the same pack under other values of one policy, each planned with the same effort."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from alcance.errors import AlcanceError, InputError, Problem
from alcance.plan.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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
) -> dict[str, Any]:
    """Plan a pack once for each value of a policy, several at a time, and keep the figures.

    Parameters
    ----------
    pack_path
        Folder of the pack.
    scenario
        What is changed in all of them.
    beside
        The policy and its values.
    seconds
        As for `make_plan`.
    progress
        Told the stage and the share done.

    Returns
    -------
    dict
        `policy`, and `plans`: one row of `FIGURES` for each value, in the order given.

    Raises
    ------
    InputError
        If a value is not one that the policy may have, or does not allow a plan.
    """
    tasks = [replace(scenario, policies={**scenario.policies, beside.policy: value}) for value in beside.values]
    _check(pack_path, tasks)
    rows: list[dict[str, Any]] = [{} for _ in tasks]
    workers = min(len(tasks), os.cpu_count() or 1)
    # A fresh interpreter each: threads of the kernels do not survive a fork.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        running = {pool.submit(_figures, pack_path, task, seconds): row for row, task in enumerate(tasks)}
        try:
            for done, future in enumerate(as_completed(running)):
                rows[running[future]] = future.result()
                if progress is not None:
                    progress("planning side by side", (done + 1) / len(tasks))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return {
        "policy": beside.policy,
        "plans": [{"value": value, **row} for value, row in zip(beside.values, rows, strict=True)],
    }


def _check(pack_path: Path, tasks: list[Scenario]) -> None:
    """Let every value be refused before any plan begins."""
    from alcance.pack import read_pack

    pack = read_pack(pack_path)
    for task in tasks:
        task.apply(pack)


def _figures(pack_path: Path, scenario: Scenario, seconds: float | None) -> dict[str, Any]:
    """Plan, and give the figures that are compared."""
    from alcance.pack import read_pack
    from alcance.plan.build import make_plan

    try:
        summary = make_plan(read_pack(pack_path), scenario=scenario, seconds=seconds).summary
    except InputError as error:  # an error with parts does not travel between processes
        raise AlcanceError(str(error)) from None
    return {name: summary[name] for name in FIGURES}
