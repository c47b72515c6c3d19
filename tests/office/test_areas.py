"""Areas from a pack."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from alcance.office.public.map.register_rows import Fingerprint
from alcance.office.register.areas import load_areas, need_quintiles
from alcance.office.register.models import Area, AreaLoad
from alcance.office.targets.kept import _version

TINY_PACK = Path(__file__).parents[1] / "data" / "tiny_pack"


def test_a_pack_loads_twice_to_the_same_areas(db):
    from alcance.pack import read_pack

    pack = read_pack(TINY_PACK)
    count = load_areas(pack)
    first = list(Area.objects.values())
    assert load_areas(pack) == count == len(first)
    assert list(Area.objects.values()) == first
    assert len({load.digest for load in AreaLoad.objects.all()}) == 1
    localities = Area.objects.filter(level="locality")
    assert localities.count() == len(pack.table("localities"))
    assert not localities.filter(parent=None).exists()


def test_areas_with_other_figures_make_old_what_was_made_of_those_before(db):
    from alcance.pack import read_pack

    pack = read_pack(TINY_PACK)
    load_areas(pack)
    tiles, figures = Fingerprint.now(), _version()
    load_areas(pack)
    assert (Fingerprint.now(), _version()) == (tiles, figures)
    more = {name: pack.table(name).assign(people=lambda frame: frame["people"] + 1) for name in ("admin", "localities")}
    load_areas(SimpleNamespace(table=more.get))
    assert Fingerprint.now() != tiles
    assert _version() != figures


@given(st.lists(st.tuples(st.floats(0, 1) | st.none(), st.integers(0, 10**6)), min_size=1, max_size=60))
def test_the_neediest_fifth_is_needier_and_none_holds_much_more_than_a_fifth(rows):
    need = pd.Series([need for need, _ in rows], dtype=float)
    people = pd.Series([people for _, people in rows])
    fifth = need_quintiles(need, people)
    assert set(fifth) <= {1, 2, 3, 4, 5}
    for one in range(1, 5):
        lower, higher = need[fifth == one].max(), need[fifth == one + 1].min()
        assert np.isnan(lower) or np.isnan(higher) or lower <= higher
    for one in range(2, 6):
        assert people[fifth == one].sum() <= people.sum() / 5 + people.max() + 1
