"""Draw duals.svg: the dual ascent on a small map, three levels of it, and the network found.

python docs/pictures/duals.py [FILE]

The figures are those of a real run: balls, payments, plan and bound come from the solver.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import pyplot as plt

from alcance.steiner import Problem, solve
from alcance.steiner.ascent import FAR, LIVE, raise_terminal, start_duals, start_scratch, with_more_room
from alcance.steiner.net import make_net
from alcance.steiner.serving import no_serving

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner.ascent import Duals
    from alcance.steiner.net import Net, Origin

# A town with fibre (node 0), two hills where a mast may stand, nine villages; kilometres.
TOWN, HILLS, VILLAGES = 0, (1, 2), tuple(range(5, 14))
XY = np.array(
    [
        *[(1.0, 5.0), (5.6, 6.6), (6.4, 2.4)],
        *[(5.6, 6.6), (6.4, 2.4)],  # the masts on the hills: the same places once traffic may pass
        *[(4.2, 8.6), (6.4, 8.9), (7.6, 7.2), (8.4, 8.4), (3.0, 7.0), (5.0, 0.8), (7.6, 0.9), (8.8, 3.0), (3.6, 3.6)],
    ]
)
MAST, LINK_PER_KM, REACH_KM, SATELLITE = 90, 14, 5.4, 156
LEVELS = (40, 62)
# Okabe and Ito's colours, told apart by colour-blind eyes too.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C6BB1", "#7F7F00", "#A6761D")
WORDS = {"svg.hashsalt": "alcance", "font.family": "DejaVu Sans", "font.size": 11}


def small_map() -> Problem:
    """Links from the town and from each mast to what they see; a mast is an arc; a satellite dish for every village."""
    arcs = [(hill, hill + 2, MAST) for hill in HILLS]
    for tail, heads in ((TOWN, (*HILLS, *VILLAGES)), (3, VILLAGES), (4, VILLAGES)):
        for head in heads:
            km = float(np.hypot(*(XY[tail] - XY[head])))
            if km <= REACH_KM:
                arcs.append((tail, head, round(20 + LINK_PER_KM * km)))
    arcs += [(TOWN, village, SATELLITE) for village in VILLAGES]
    tails, heads, costs = (list(column) for column in zip(*arcs, strict=True))
    return Problem.build(len(XY), TOWN, tails, heads, costs, list(VILLAGES), name="small map")


def grown(net: Net, level: int) -> Duals:
    """The ascent up to a level, in steps so small that all grow alike."""
    duals, scratch, marking = start_duals(net), start_scratch(net), True
    for height in range(1, level + 1):
        for terminal in range(net.terminals.size):
            while duals.state[terminal] == LIVE and duals.charge[terminal] < height:
                step = np.int64(height - duals.charge[terminal])
                if raise_terminal(terminal, step, marking, no_serving(net), net, duals, scratch) < 0:
                    duals = with_more_room(duals)
                else:
                    break
    return duals


def main(file: Path) -> None:
    """Write the picture."""
    plt.switch_backend("svg")
    plt.rcParams.update(WORDS)
    problem = small_map()
    net, origin = make_net(problem)
    solution = solve(problem)
    figure, axes = plt.subplots(1, len(LEVELS) + 2, figsize=(15, 4.9), layout="constrained")
    for axis, level in zip(axes, (*LEVELS, int(FAR) >> 50), strict=False):
        duals = grown(net, level)
        _draw_map(axis)
        _draw_balls(axis, net, origin, duals)
        done = level > max(LEVELS)
        name = "every way to the town is paid" if done else f"each village has paid up to {level}"
        axis.set_title(f"{name}\nbound {duals.bound}", fontsize=12)
    _draw_map(axes[-1])
    _draw_network(axes[-1], problem, solution.arcs)
    axes[-1].set_title(f"the network\ncost {solution.cost}, proven bound {solution.lower_bound}", fontsize=12)
    figure.savefig(file, metadata={"Date": None})
    plt.close(figure)


def _draw_map(axis: Any) -> None:
    axis.set(xlim=(0, 10.6), ylim=(-0.4, 10), aspect="equal", xticks=[], yticks=[])
    for side in axis.spines.values():
        side.set_color("#bbbbbb")
    axis.plot(*XY[TOWN], "s", color="black", markersize=11, zorder=5)
    axis.annotate("town", XY[TOWN], (0, -17), textcoords="offset points", ha="center", zorder=6)
    for hill in HILLS:
        axis.plot(*XY[hill], "^", color="#444444", markersize=10, zorder=5)
        axis.annotate("hill", XY[hill], (-20, -14), textcoords="offset points", ha="center", fontsize=10, zorder=6)
    for village, colour in zip(VILLAGES, COLOURS, strict=True):
        axis.plot(*XY[village], "o", color=colour, markeredgecolor="black", markersize=8, zorder=5)


def _draw_balls(axis: Any, net: Net, origin: Origin, duals: Duals) -> None:
    """Every link from its village's end on as far as it is paid for; how much of each mast is."""
    colour_of = dict(zip(VILLAGES, COLOURS, strict=True))
    for arc in range(net.tail.size):
        tail, head = int(origin.node[net.tail[arc]]), int(origin.node[net.head[arc]])
        paid = 1.0 - float(duals.reduced[arc]) / max(1.0, float(net.cost[arc]))
        if tail in HILLS and head == tail + 2:
            axis.annotate(
                f"mast {paid:.0%} paid", XY[tail], (11, -14), textcoords="offset points", fontsize=10, zorder=6
            )
        elif not (tail == TOWN and net.cost[arc] == SATELLITE):
            axis.plot(*XY[[tail, head]].T, color="#cccccc", linewidth=0.8, zorder=2)
            reached = XY[head] + paid * (XY[tail] - XY[head])
            ends = np.array([XY[head], reached])
            axis.plot(*ends.T, color=colour_of.get(head, "black"), linewidth=3.2, solid_capstyle="round", zorder=3)


def _draw_network(axis: Any, problem: Problem, arcs: NDArray[np.int64]) -> None:
    for arc in arcs:
        tail, head = int(problem.tails[arc]), int(problem.heads[arc])
        if tail in HILLS:
            axis.annotate("mast built", XY[tail], (11, -14), textcoords="offset points", fontsize=10, zorder=6)
        elif problem.costs[arc] == SATELLITE and tail == TOWN:
            axis.annotate("satellite", XY[head], (0, 9), textcoords="offset points", ha="center", fontsize=10, zorder=6)
        else:
            axis.plot(*XY[[tail, head]].T, color="#0072B2", linewidth=2.4, zorder=3)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "duals.svg")
