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
from matplotlib.patheffects import withStroke

from alcance.steiner import Problem, solve
from alcance.steiner.ascent import raise_terminal
from alcance.steiner.duals import FAR, LIVE, start_duals, start_scratch, with_more_room
from alcance.steiner.net import make_net
from alcance.steiner.serving import no_serving

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alcance.steiner.duals import Duals
    from alcance.steiner.net import Net, Origin

# A town with fibre (node 0), two hills where a mast may stand, nine villages; kilometres.
TOWN, HILLS, VILLAGES = 0, {1: "north", 2: "south"}, tuple(range(5, 14))
XY = np.array(
    [
        *[(1.0, 5.0), (5.6, 6.6), (6.4, 2.4)],
        *[(5.6, 6.6), (6.4, 2.4)],  # the masts on the hills: the same places once traffic may pass
        *[(4.2, 8.6), (6.4, 8.9), (7.6, 7.2), (8.4, 8.4), (2.4, 7.2), (5.0, 0.8), (7.6, 0.9), (8.8, 3.0), (3.6, 3.6)],
    ]
)
MAST, LINK_PER_KM, REACH_KM, SATELLITE = 90, 14, 6.0, 156
LEVELS = (40, 62)
# Okabe and Ito's colours, told apart by colour-blind eyes too.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C6BB1", "#7F7F00", "#A6761D")
# Where the bars stand that show how much of a mast is paid.
BARS = {1: np.array([2.5, 2.1]), 2: np.array([2.5, 1.3])}
COLOUR_OF = dict(zip(VILLAGES, COLOURS, strict=True))
HALO = [withStroke(linewidth=2.5, foreground="white")]
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
        name = "every village has paid a way" if done else f"each village has paid up to {level}"
        axis.set_title(f"{name}\nbound {duals.bound}", fontsize=12)
    _draw_map(axes[-1])
    _draw_network(axes[-1], problem, solution.arcs)
    axes[-1].set_title(f"the network\ncost {solution.cost}, proven bound {solution.lower_bound}", fontsize=12)
    figure.savefig(file, metadata={"Date": None})
    plt.close(figure)


def charges(net: Net, origin: Origin, duals: Duals) -> dict[int, list[tuple[int, int]]]:
    """For every arc that anybody pays for, who does and how much: what his potential falls along it."""
    paid: dict[int, list[tuple[int, int]]] = {}
    for terminal, height in enumerate(duals.charge.tolist()):
        ball = slice(int(duals.start[terminal]), int(duals.start[terminal] + duals.length[terminal]))
        inside = zip(duals.pool_node[ball].tolist(), duals.pool_value[ball].tolist(), strict=True)
        potential = dict.fromkeys(range(net.terminal_at.size), height) | dict(inside)
        for arc in range(net.tail.size):
            falls = potential[int(net.tail[arc])] - potential[int(net.head[arc])]
            if falls > 0:
                paid.setdefault(arc, []).append((int(origin.node[net.terminals[terminal]]), falls))
    return paid


def _draw_map(axis: Any) -> None:
    axis.set(xlim=(-0.2, 10.2), ylim=(-0.4, 9.6), aspect="equal", xticks=[], yticks=[])
    for side in axis.spines.values():
        side.set_color("#bbbbbb")
    axis.plot(*XY[TOWN], "s", color="black", markersize=11, zorder=5)
    axis.annotate("town", XY[TOWN], (0, -19), textcoords="offset points", ha="center", zorder=6)
    for hill, name in HILLS.items():
        axis.plot(*XY[hill], "^", color="#444444", markersize=10, zorder=5)
        _label(axis, hill, name, (11, -9), ha="left")
    for village in VILLAGES:
        axis.plot(*XY[village], "o", color=COLOUR_OF[village], markeredgecolor="black", markersize=8, zorder=5)


def _draw_balls(axis: Any, net: Net, origin: Origin, duals: Duals) -> None:
    """Every link from its village's end on as far as it is paid for, in the colours of who pays; masts as bars."""
    paid = charges(net, origin, duals)
    for arc in range(net.tail.size):
        tail, head = int(origin.node[net.tail[arc]]), int(origin.node[net.head[arc]])
        payers, cost = paid.get(arc, []), int(net.cost[arc])
        if tail in HILLS and head == tail + 2:
            _draw_bar(axis, tail, payers, cost)
        elif tail == TOWN and cost == SATELLITE:
            if duals.reduced[arc] == 0:
                _label(axis, head, "dish paid", (0, -19), ha="center")
        else:
            axis.plot(*XY[[tail, head]].T, color="#cccccc", linewidth=0.8, zorder=2)
            _draw_shares(axis, XY[head], XY[tail], payers, cost, width=3.2)


def _draw_bar(axis: Any, hill: int, payers: list[tuple[int, int]], cost: int) -> None:
    """How much of a mast is paid, and by whom."""
    begin, long = BARS[hill], (1.9, 0.0)
    end = begin + long
    for colour, width in (("#888888", 9.0), ("white", 7.0)):
        axis.plot(*np.array([begin, end]).T, color=colour, linewidth=width, solid_capstyle="butt", zorder=6)
    _draw_shares(axis, begin, end, payers, cost, width=7.0, zorder=7)
    axis.annotate(f"mast {HILLS[hill]}", begin, (-5, -4), textcoords="offset points", ha="right", fontsize=10)


def _draw_shares(
    axis: Any, begin: Any, end: Any, payers: list[tuple[int, int]], cost: int, *, width: float, zorder: int = 3
) -> None:
    at = 0
    for village, amount in payers:
        ends = np.array([begin + (end - begin) * share / cost for share in (at, at + amount)])
        axis.plot(*ends.T, color=COLOUR_OF[village], linewidth=width, solid_capstyle="butt", zorder=zorder)
        at += amount


def _draw_network(axis: Any, problem: Problem, arcs: NDArray[np.int64]) -> None:
    for arc in arcs:
        tail, head = int(problem.tails[arc]), int(problem.heads[arc])
        if tail in HILLS:
            _label(axis, tail, "mast built", (8, -34), ha="right")
        elif problem.costs[arc] == SATELLITE and tail == TOWN:
            _label(axis, head, "dish", (0, -19), ha="center")
        else:
            axis.plot(*XY[[tail, head]].T, color="black", linewidth=2.0, zorder=3)


def _label(axis: Any, node: int, text: str, offset: tuple[int, int], *, ha: str) -> None:
    axis.annotate(
        text, XY[node], offset, textcoords="offset points", ha=ha, va="bottom", fontsize=10, zorder=8, path_effects=HALO
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "duals.svg")
