"""What is contracted or out of reach loses nothing: the optimum of what is left is that of the whole, and its plan."""

from __future__ import annotations

import numpy as np
from brute import certified_bound, optimum, random_problem

from alcance.steiner import Problem
from alcance.steiner.certificate import make_certificate
from alcance.steiner.duals import start_scratch
from alcance.steiner.net import make_net
from alcance.steiner.primal import grow
from alcance.steiner.prune import direct_arcs
from alcance.steiner.relax import ascend_narrow, best_within_reach, finish
from alcance.steiner.relax.contracted import Contracted
from alcance.steiner.slack import arc_slack


def always() -> bool:
    return True


def problems(seed: int, count: int):
    """Random problems with anything to decide: the problem, its net and origin, a random plan, and the optimum."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        problem = random_problem(rng)
        net, origin = make_net(problem)
        if net.terminals.size > 0:
            duals = ascend_narrow(net, start_scratch(net), always)
            plan = grow(net, rng.integers(0, 9, net.tail.size), direct_arcs(net))
            assert plan is not None
            yield problem, net, origin, duals, plan, optimum(problem)


def brute(net) -> int:
    """The optimum of a net, every terminal required."""
    if net.terminals.size == 0:
        return 0
    return int(
        optimum(Problem.build(net.terminal_at.size, int(net.root[0]), net.tail, net.head, net.cost, net.terminals))
    )


def recount(net, plan) -> int:
    """The cost of a plan whose every terminal hangs on the root."""
    for terminal in net.terminals:
        node, steps = terminal, 0
        while node != net.root[0]:
            assert plan.parent[node] >= 0
            assert net.head[plan.parent[node]] == node
            node, steps = net.tail[plan.parent[node]], steps + 1
            assert steps <= plan.parent.size
    return int(net.cost[plan.parent[plan.parent >= 0]].sum())


def test_contracting_keeps_the_optimum_and_never_makes_a_known_plan_dearer() -> None:
    smaller = 0
    for _, net, _, _, plan, best in problems(1, 400):
        small = Contracted.of_arcs(net, np.ones(net.tail.size, dtype=bool), plan)
        assert small.fixed + brute(small.net) == best
        assert best <= small.fixed + small.plan.cost <= plan.cost
        assert recount(small.net, small.plan) == small.plan.cost
        smaller += small.net.tail.size < net.tail.size
    assert smaller > 300


def test_plans_of_a_contracted_net_cost_as_much_in_the_whole() -> None:
    rng = np.random.default_rng(2)
    pruned = compared = 0
    for _, net, _, duals, plan, best in problems(2, 400):
        small = Contracted.of_arcs(net, np.ones(net.tail.size, dtype=bool), plan)
        for _ in range(3):
            inner = grow(small.net, rng.integers(0, 9, small.net.tail.size), direct_arcs(small.net))
            assert inner is not None
            whole = small.outward(inner)
            assert recount(net, whole) == whole.cost
            assert best <= whole.cost <= inner.cost + small.fixed
            pruned += whole.cost < inner.cost + small.fixed
            compared += 1
        inner_duals = ascend_narrow(small.net, start_scratch(small.net), always)
        found = finish(small.net, small.plan, inner_duals, always)
        assert small.outward(found.plan).cost == found.plan.cost + small.fixed == best
        assert duals.bound <= best
    assert pruned < compared // 20  # only where a branch is dearer than the direct arcs it stands for


def test_a_better_plan_is_among_what_is_within_reach() -> None:
    better = dropped = 0
    for _, net, _, duals, plan, best in problems(3, 400):
        kept = arc_slack(net, duals.reduced) < plan.cost - duals.bound
        kept[plan.parent[plan.parent >= 0]] = True
        small = Contracted.of_arcs(net, kept, plan)
        assert small.fixed + brute(small.net) == best
        better += best < plan.cost
        dropped += not kept.all()
    assert better > 20
    assert dropped > 200


def test_the_best_plan_within_reach_is_the_best_of_all_where_it_says_so() -> None:
    said = 0
    for _, net, _, _, plan, best in problems(4, 400):
        before = plan.parent.copy()
        found, closed = best_within_reach(net, plan, always)
        assert (plan.parent == before).all()
        assert recount(net, found) == found.cost
        assert best <= found.cost <= plan.cost
        if closed:
            said += 1
            assert found.cost == best
    assert said > 300


def test_raising_the_narrowest_cut_first_proves_what_it_says() -> None:
    tight = 0
    for problem, net, origin, duals, _, best in problems(5, 400):
        assert (duals.reduced >= 0).all()
        assert certified_bound(problem, make_certificate(net, origin, duals)) == duals.bound
        assert duals.bound <= best
        tight += duals.bound == best
    assert tight > 300


def test_an_ascent_told_to_stop_proves_what_it_has() -> None:
    for problem, net, origin, *_ in problems(6, 50):
        duals = ascend_narrow(net, start_scratch(net), lambda: False)
        assert certified_bound(problem, make_certificate(net, origin, duals)) == duals.bound
