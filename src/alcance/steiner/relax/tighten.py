"""The relaxation from a dual ascent on: a likely network over few arcs, then the best duals over all."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alcance.steiner.net import reaches
from alcance.steiner.relax.cuts import CutRelaxation
from alcance.steiner.relax.potentials import duals_of, nested_cuts
from alcance.steiner.slack import arc_slack

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alcance.steiner.duals import Duals, Scratch
    from alcance.steiner.net import Net

# The relaxation begins with the arcs that a better network could have; more than these are too many for it.
MOST_COLUMNS = 20_000
# Where a better network could have fewer than these, the next nearest are taken along.
FEWEST_COLUMNS = 300


class Likely(NamedTuple):
    """The best fractional network of few arcs.

    Parameters
    ----------
    relaxation
        Solved over those arcs alone.
    share
        float64[m]: how much of each arc it takes.
    solved
        Whether it crosses every cut.
    """

    relaxation: CutRelaxation
    share: NDArray[np.float64]
    solved: bool


def fractional(
    net: Net, duals: Duals, upper: int, go_on: Callable[[], bool], *, most_work: float = np.inf
) -> Likely | None:
    """The best fractional network of the arcs that one cheaper than `upper` could have; None if they are too many.

    It says where to look for a plan and where to branch, but bounds nothing beyond these arcs.
    """
    slack = arc_slack(net, duals.reduced)
    wanted = max(int((slack < upper - duals.bound).sum()), min(FEWEST_COLUMNS, slack.size - 1))
    if wanted > MOST_COLUMNS:
        return None
    active = (
        np.flatnonzero(slack <= np.partition(slack, wanted)[wanted]) if wanted < slack.size else np.arange(slack.size)
    )
    if not bool(reaches(net, active)[net.terminals].all()):
        return None
    relaxation = CutRelaxation(net, active, nested_cuts(duals), most_work=most_work)
    solved = relaxation.solve(go_on, enough=float(upper), price=False)
    return Likely(relaxation, relaxation.share.copy(), solved)


def tighten(net: Net, duals: Duals, scratch: Scratch, likely: Likely, upper: int, go_on: Callable[[], bool]) -> Duals:
    """Raise a bound to that of the relaxation over all arcs, or until it reaches `upper`, or work must end."""
    likely.relaxation.solve(go_on, enough=float(upper))
    found = duals_of(net, scratch, likely.relaxation.cuts, likely.relaxation.weights())
    return found if found.bound >= duals.bound else duals
