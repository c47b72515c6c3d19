"""Parts of a net, windows of a plan, and plans recombined: valid trees, never dearer, exact where they hold all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from brute import optimum, random_problem

from alcance.steiner import Problem
from alcance.steiner.ascent import ascend
from alcance.steiner.duals import start_duals, start_scratch
from alcance.steiner.moves import Limits
from alcance.steiner.moves.rebuild import rebuild
from alcance.steiner.moves.search import make_room
from alcance.steiner.moves.state import make_tree
from alcance.steiner.net import make_net
from alcance.steiner.part import Part, near_part
from alcance.steiner.primal import Plan, first_plan, plain_plan
from alcance.steiner.prune import direct_arcs, prune
from alcance.steiner.recombination import recombined
from alcance.steiner.relax import best_within_reach
from alcance.steiner.window import Window, nearest_terminals
from alcance.steiner.windows import Windows

BENCH = Path(__file__).parent.parent.parent / "bench"
sys.path.insert(0, str(BENCH))
from oaxaca_like import make  # noqa: E402

FAR_ENOUGH = 1 << 50
HASH = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from oaxaca_like import make  # noqa: E402
from alcance.steiner import solve
solution = solve(make(700, 2), moves_per_terminal=200)
assert any(stage == "windows" for _, stage, _, _ in solution.history)
certificate = solution.certificate
print(solution.cost, hashlib.sha256(solution.arcs.tobytes() + certificate.values.tobytes()).hexdigest())
"""


def checked(net, plan):
    """The cost of a plan, counted anew; every terminal hangs on the root."""
    parent = plan.parent.copy()
    assert prune(net, parent, direct_arcs(net)) <= plan.cost
    cost = int(net.cost[plan.parent[plan.parent >= 0]].sum())
    for terminal in net.terminals:
        node, steps = terminal, 0
        while node != net.root[0]:
            assert plan.parent[node] >= 0
            assert net.head[plan.parent[node]] == node
            node = net.tail[plan.parent[node]]
            steps += 1
            assert steps <= plan.parent.size
    return cost


def started(problem):
    net, _ = make_net(problem)
    duals = ascend(net, start_duals(net), start_scratch(net))
    return net, duals, direct_arcs(net)


@pytest.mark.parametrize("seed", range(40))
def test_a_window_of_all_terminals_is_the_whole_problem(seed: int) -> None:
    problem = random_problem(np.random.default_rng(seed))
    net, duals, direct = started(problem)
    if net.terminals.size == 0:
        return
    plan = first_plan(net, duals, direct, slope_rounds=0)
    window = Window.cut(net, plan.parent, duals, np.arange(net.terminals.size), FAR_ENOUGH, start_scratch(net))
    assert window.plan.cost <= plan.cost
    better = window.solve(lambda: True)
    parent = plan.parent.copy()
    change = window.put_back(parent, better)
    after = Plan(parent, plan.cost + change)
    assert checked(net, after) == after.cost
    root_cost = int(problem.node_costs[problem.fixed_root])
    assert after.cost + root_cost == optimum(problem)


@pytest.mark.parametrize("terminals", [5, 20])
def test_windows_keep_a_valid_tree_and_never_make_it_dearer(terminals: int) -> None:
    net, duals, direct = started(make(80, 5))
    plan = first_plan(net, duals, direct, slope_rounds=2)
    windows = Windows(net, plan, duals.copy(), reach=int(plan.cost / net.terminals.size))
    shares: list[float] = []
    windows.run(terminals, 1, shares.append, lambda: True)
    assert windows.best.cost < plan.cost
    assert checked(net, windows.best) == windows.best.cost
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    again = Windows(net, plan, duals.copy(), reach=int(plan.cost / net.terminals.size))
    again.run(terminals, 1, shares.append, lambda: True)
    assert (again.best.parent == windows.best.parent).all()


@pytest.mark.parametrize("seed", range(6))
def test_windows_leave_alone_what_serves_terminals_outside(seed: int) -> None:
    """On an undirected graph a terminal is also a way to others."""
    rng = np.random.default_rng(seed)
    side, count = 9, 81
    one = [(r * side + c, r * side + c + 1) for r in range(side) for c in range(side - 1)]
    one += [(r * side + c, (r + 1) * side + c) for r in range(side - 1) for c in range(side)]
    tails, heads = np.array(one).T
    costs = rng.integers(1, 20, tails.size)
    ends, others = np.concatenate([tails, heads]), np.concatenate([heads, tails])
    terminals = 1 + rng.permutation(count - 1)[:30]
    problem = Problem.build(count, 0, ends, others, np.concatenate([costs, costs]), terminals)
    net, duals, direct = started(problem)
    plan = first_plan(net, duals, direct, slope_rounds=0)
    windows = Windows(net, plan, duals.copy(), reach=40)
    for terminals_in in (4, 8):
        windows.run(terminals_in, seed, lambda _share: None, lambda: True)
        assert windows.best.cost <= plan.cost
        assert checked(net, windows.best) == windows.best.cost


def test_windows_stop_when_told() -> None:
    net, duals, direct = started(make(80, 5))
    plan = first_plan(net, duals, direct, slope_rounds=2)
    windows = Windows(net, plan, duals.copy(), reach=1)
    windows.run(10, 1, lambda _share: None, lambda: False)
    assert windows.best.cost == plan.cost


def test_the_nearest_terminals_begin_with_the_terminal_and_are_distinct() -> None:
    net, _, _ = started(make(60, 1))
    scratch = start_scratch(net)
    for terminal in (0, 17, 59):
        near = nearest_terminals(net, terminal, 12, scratch)
        assert near[0] == terminal
        assert len(set(near.tolist())) == near.size <= 12


def test_what_goes_into_a_part_comes_out_again() -> None:
    net, duals, direct = started(make(60, 3))
    plan = first_plan(net, duals, direct, slope_rounds=1)
    near = near_part(net, duals, (plan,), direct, plan.cost / net.terminals.size)
    assert near.net.tail.size < net.tail.size
    inside = near.inward(plan)
    assert checked(near.net, inside) == plan.cost
    assert (near.outward(inside).parent == plan.parent).all()
    assert (near.duals(duals).reduced == duals.reduced[near.arcs]).all()


def test_a_part_with_all_arcs_is_the_net() -> None:
    net, _, _ = started(make(30, 3))
    whole = Part.of_arcs(net, np.ones(net.tail.size, dtype=bool)).net
    assert all((one == other).all() for one, other in zip(whole[:9], net[:9], strict=True))


def test_recombined_plans_are_valid_and_never_dearer() -> None:
    net, duals, direct = started(make(40, 7))
    plan = plain_plan(net, direct)
    better = recombined(net, plan, duals, direct, seed=1, go_on=lambda: True)
    assert better.cost < plan.cost
    assert checked(net, better) == better.cost


def test_the_best_plan_within_reach_is_valid_and_never_dearer() -> None:
    gained = 0
    for seed in range(4):
        net, duals, direct = started(make(40, seed))
        plan = first_plan(net, duals, direct, slope_rounds=1)
        better, _ = best_within_reach(net, plan, lambda: True)
        assert checked(net, better) == better.cost <= plan.cost
        gained += better.cost < plan.cost
    assert gained > 0


def test_a_journal_that_fills_up_ends_the_move_and_not_the_program() -> None:
    """Each terminal has a cheap and a dear way, both long; hung on by wrong prices, each changes ways by true ones."""
    ways, length = 10, 50
    inner = 1 + ways + np.arange(2 * ways * length).reshape(2 * ways, length)
    ends = np.tile(1 + np.arange(ways), 2)
    tails = np.column_stack([np.zeros(2 * ways, dtype=np.int64), inner])
    heads = np.column_stack([inner, ends])
    costs = np.repeat([1, 2], ways * (length + 1))
    net, _, direct = started(
        Problem.build(1 + ways + inner.size, 0, tails.ravel(), heads.ravel(), costs, 1 + np.arange(ways))
    )
    plan = plain_plan(net, direct)
    nodes, size = net.terminal_at.size, 3 * net.terminal_at.size // 2
    journal = np.full((2, 4 * nodes), -7, dtype=np.int32)
    tree = make_tree(net, plan.parent, Limits.none())
    tree = tree._replace(journal_node=journal[0, :size], journal_parent=journal[1, :size])
    room, dice = make_room(net), np.array([1], dtype=np.uint64)
    room.listed[:ways] = net.terminals
    weights = np.stack([net.cost, 3 - net.cost]).astype(np.int32)
    assert rebuild(ways, -1, 1, np.int64(0), np.int64(1 << 40), net, tree, room, weights, dice)
    assert tree.counters[0] <= size
    assert (journal[:, size:] == -7).all()
    checked(net, Plan(tree.parent, int(tree.counters[1])))


def test_two_processes_with_windows_give_the_same_bytes() -> None:
    digests = {
        subprocess.run([sys.executable, "-c", HASH, str(BENCH)], check=True, capture_output=True).stdout
        for _ in range(2)
    }
    assert len(digests) == 1
