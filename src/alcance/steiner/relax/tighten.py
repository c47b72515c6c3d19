"""The best dual solution of a small graph: the relaxation solved from a dual ascent on, as whole-numbered potentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from alcance.steiner.net import reaches
from alcance.steiner.relax.cuts import CutRelaxation
from alcance.steiner.relax.potentials import duals_of, nested_cuts
from alcance.steiner.relax.slack import arc_slack

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from alcance.steiner.ascent import Duals, Scratch
    from alcance.steiner.net import Net

# The relaxation begins with the arcs nearest to being of use: those that a better network could have, between these.
FEWEST_COLUMNS, MOST_COLUMNS = 2_000, 20_000


class Tightened(NamedTuple):
    """What the relaxation tells.

    Parameters
    ----------
    duals
        Potentials at least as good as those it began with.
    share
        float64[m]: how much of each arc its best fractional network takes.
    """

    duals: Duals
    share: NDArray[np.float64]


def tighten(
    net: Net, duals: Duals, scratch: Scratch, upper: int, go_on: Callable[[], bool]
) -> Tightened:
    """Raise a bound to that of the relaxation, or until it reaches `upper` (a known network's cost) or work must end."""
    slack = arc_slack(net, duals.reduced)
    wanted = int(np.clip((slack <= upper - duals.bound).sum(), FEWEST_COLUMNS, MOST_COLUMNS))
    most = np.partition(slack, wanted)[wanted] if wanted < slack.size else slack.max(initial=0)
    relaxation = CutRelaxation(net, np.flatnonzero(slack <= most), nested_cuts(duals))
    relaxation.solve(go_on, enough=float(upper))
    found = duals_of(net, scratch, relaxation.cuts, relaxation.weights())
    return Tightened(found if found.bound >= duals.bound else duals, relaxation.share)


class Likely(NamedTuple):
    """The best fractional network of few arcs, float64[m]; and whether it was found to the end."""

    share: NDArray[np.float64]
    solved: bool


def fractional(net: Net, duals: Duals, upper: int, go_on: Callable[[], bool]) -> Likely | None:
    """The best fractional network of the arcs that a network cheaper than `upper` could have; None where there is none.

    It says where to look for a plan and where to branch, but bounds nothing beyond these arcs.
    """
    slack = arc_slack(net, duals.reduced)
    useful = np.flatnonzero(slack < upper - duals.bound)
    if useful.size > MOST_COLUMNS or not bool(reaches(net, useful)[net.terminals].all()):
        return None
    relaxation = CutRelaxation(net, useful, nested_cuts(duals))
    solved = relaxation.solve(go_on, enough=float(upper), price=False)
    return Likely(relaxation.share, solved)
