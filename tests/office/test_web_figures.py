"""Figures as people read them: rounded, never cut, and a bound to the side on which it stays true."""

from __future__ import annotations

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from alcance.office.web.figures import money, number, percent, percent_at_most


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        (lambda: percent(0.06285), "6.3\u00a0%"), (lambda: percent(0.06284, 2), "6.28\u00a0%"),
        (lambda: percent_at_most(0.0621), "6.3\u00a0%"), (lambda: percent_at_most(0.062), "6.2\u00a0%"),
        (lambda: percent_at_most(None), "–"), (lambda: percent_at_most(float("inf")), "–"),
        (lambda: money(1_229_370_000, "MXN"), "1,229.4 million MXN"), (lambda: money(1000.5, "MXN"), "1,000 MXN"),
        (lambda: money(999.6), "1,000"), (lambda: number(2.96), "3.0"), (lambda: number(3.0), "3"),
        (lambda: number(1_234_567), "1,234,567"), (lambda: number(None), "–"),
    ],
)  # fmt: skip
def test_figures_are_rounded(written, wanted):
    with translation.override("en"):
        assert written() == wanted


@given(st.floats(0, 10))
def test_what_is_said_to_be_the_most_is_no_less_than_it_is(share):
    with translation.override("en"):
        said = float(percent_at_most(share).removesuffix("\u00a0%").replace(",", "")) / 100
    assert share - 1e-8 <= said <= share + 0.001 + 1e-8
