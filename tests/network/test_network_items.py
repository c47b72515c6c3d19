"""What arcs build is kept once for each distinct thing, exactly."""

from __future__ import annotations

import numpy as np

from alcance.network.items import NAMES, NO_LIMIT, ItemLayer


def test_every_row_gets_back_what_it_was_given_and_nothing_is_kept_twice() -> None:
    rng = np.random.default_rng(4)
    layer = ItemLayer()
    batches = []
    for count in (0, 5, 3_000, 40_000):
        columns = {name: rng.integers(0, 4, count) / 3 for name in NAMES}
        columns["equipment"] = rng.integers(-1, 3, count)
        columns["height_from_m"] = columns["height_to_m"] = rng.integers(0, 3, count).astype(np.float32)
        columns["max_dependents"] = np.where(rng.random(count) < 0.5, NO_LIMIT, 60)
        batches.append((columns, layer.number(columns)))
    items = layer.finish()
    for columns, number in batches:
        for name in NAMES:
            assert np.array_equal(getattr(items, name)[number], columns[name])
    rows = np.column_stack([getattr(items, name).astype(np.float64) for name in NAMES])
    assert len(np.unique(rows, axis=0)) == len(rows)
    assert items.max_dependents.dtype == np.int64
    assert items.equipment.dtype == np.int16
