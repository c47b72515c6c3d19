"""The choice of radio hops is what plain loops over the same rules choose."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from alcance.network.hops import hops_of
from alcance.network.relays import REACH_CAP, MastPrices, best_sight, best_trunks
from alcance.network.sight import NO_CLASS, Sight, lowest_pairs

CLASSES = range(4)


@st.composite
def sights(draw, places: int = 8):
    """Pairs of distinct places; a higher near mast never needs a higher far one."""
    pairs = sorted(
        draw(
            st.sets(
                st.tuples(st.integers(0, places - 1), st.integers(0, places - 1)).filter(
                    lambda pair: pair[0] != pair[1]
                ),
                max_size=30,
            )
        )
    )
    rows = [sorted(draw(st.tuples(*[st.integers(0, NO_CLASS)] * 4)), reverse=True) for _ in pairs]
    lengths = [draw(st.integers(100, 9999)) for _ in pairs]
    return Sight(
        near=np.array([a for a, _ in pairs], dtype=np.int32),
        far=np.array([b for _, b in pairs], dtype=np.int32),
        distance_m=np.array(lengths, dtype=np.float64),
        far_class=np.array(rows, dtype=np.uint8).reshape(-1, 4),
    )


@given(sights())
def test_lowest_pairs_are_the_pairs_of_which_neither_can_be_lowered(sight):
    expected = []
    for row in range(len(sight)):
        clears = {(n, f) for n in CLASSES for f in CLASSES if f >= sight.far_class[row, n]}
        expected += [
            (row, n, f)
            for n, f in sorted(clears)
            if (n, f - 1) not in clears and not any((lower, f) in clears for lower in range(n))
        ]
    found = list(zip(*(column.tolist() for column in lowest_pairs(sight)), strict=True))
    assert found == expected
    hops = hops_of(sight)
    assert list(zip(hops.near, hops.far, hops.near_class, hops.far_class, strict=True)) == [
        (sight.near[row], sight.far[row], n, f) for row, n, f in expected
    ]


def first_per_far(sight, cost, count):
    """For every far end its `count` cheapest rows that are possible; ties go to the lower near end."""
    kept = set()
    for far in set(sight.far.tolist()):
        rows = [row for row in range(len(sight)) if sight.far[row] == far and np.isfinite(cost[row])]
        kept |= set(sorted(rows, key=lambda row: (cost[row], sight.near[row]))[:count])
    return kept


RELAY_PRICES = st.lists(
    st.lists(st.sampled_from([10.0, 25.0, 60.0, 95.0, np.inf]), min_size=4, max_size=4), min_size=8, max_size=8
)


def crowded(seed: int) -> Sight:
    """Every place sees every other, at lengths and heights that have nothing to do with each other."""
    rng = np.random.default_rng(seed)
    near, far = (index.astype(np.int32) for index in np.nonzero(~np.eye(8, dtype=bool)))
    classes = np.sort(rng.integers(0, NO_CLASS + 1, (len(near), 4)), axis=1)[:, ::-1]
    return Sight(near, far, rng.permutation(len(near)) + 100.0, classes.astype(np.uint8))


@settings(max_examples=150)
@given(sights() | st.integers(0, 10**6).map(crowded), RELAY_PRICES, st.integers(1, 6))
def test_every_site_keeps_its_cheapest_relays_and_its_nearest(sight, relay_rows, per_site):
    relay = np.array(relay_rows)
    client = np.array([1.0, 5.0, 30.0, 80.0])
    radio, sectors = 3.0, 7.0
    worth = np.where(np.arange(8) == 3, np.inf, 50.0)  # one site may have no satellite
    price_of = {}
    for row in range(len(sight)):
        for n in CLASSES:
            far = int(sight.far_class[row, n])
            serve = client[far] + radio if far < NO_CLASS else np.inf
            price_of[row, n] = serve if serve < worth[sight.far[row]] else np.inf
    reach = {
        (near, n): sum(np.isfinite(price_of[row, n]) for row in range(len(sight)) if sight.near[row] == near)
        for near in range(8)
        for n in CLASSES
    }
    cost = np.array(
        [
            min(
                price_of[row, n]
                + (relay[sight.near[row], n] + sectors) / min(max(reach[int(sight.near[row]), n], 1), REACH_CAP)
                for n in CLASSES
            )
            for row in range(len(sight))
        ]
    )
    expected = first_per_far(sight, cost, per_site)
    near_m = np.where(np.isfinite(cost), sight.distance_m, np.inf)
    expected |= first_per_far(sight, near_m, per_site // 2)
    found = best_sight(sight, MastPrices(relay, client), radio, sectors, worth, per_site)
    assert set(np.flatnonzero(found).tolist()) == expected


@settings(max_examples=100)
@given(
    sights() | st.integers(0, 10**6).map(crowded),
    RELAY_PRICES,
    st.lists(st.integers(0, 50), min_size=8, max_size=8),
    st.integers(1, 9),
)
def test_trunks_come_with_their_reverse_and_stand_where_masts_may(sight, relay_rows, reach, per_relay):
    relay = np.array(relay_rows)
    kept = best_trunks(sight, np.array(reach), relay, per_relay)
    pairs = list(zip(sight.near.tolist(), sight.far.tolist(), strict=True))
    chosen = {pair for pair, keep in zip(pairs, kept, strict=True) if keep}
    for a, b in chosen:
        if (b, a) in pairs:
            assert (b, a) in chosen

    def possible(row: int) -> bool:
        return any(
            np.isfinite(relay[sight.near[row], n])
            and sight.far_class[row, n] < NO_CLASS
            and np.isfinite(relay[sight.far[row], sight.far_class[row, n]])
            for n in CLASSES
        )

    far_ends = {far for _, far in pairs}
    for far in far_ends:
        rows = [row for row, pair in enumerate(pairs) if pair[1] == far and possible(row)]
        if rows:
            nearest = min(rows, key=lambda row: (sight.distance_m[row], sight.near[row]))
            assert kept[nearest]
            widest = min(rows, key=lambda row: (-reach[sight.near[row]], sight.near[row]))
            assert kept[widest]
    for row in np.flatnonzero(kept):
        a, b = pairs[row]
        assert possible(row) or ((b, a) in pairs and possible(pairs.index((b, a))))
