"""How the time that is given is divided."""

from __future__ import annotations

import threading

import pytest

from alcance.steiner.pace import Pace


def pace(seconds: float | None, now: list[float]) -> Pace:
    return Pace(seconds, lambda: now[0], threading.Event())


@pytest.mark.parametrize(("seconds", "worked_s"), [(10.0, 9.5), (60.0, 57.0), (300.0, 297.0), (3600.0, 3597.0)])
def test_no_more_is_kept_back_than_a_certificate_takes(seconds: float, worked_s: float) -> None:
    now = [100.0]
    one = pace(seconds, now)
    now[0] = 100.0 + worked_s - 0.01
    assert one.go_on()
    assert not one.cut_short
    now[0] = 100.0 + worked_s + 0.01
    assert not one.go_on()
    assert one.cut_short


@pytest.mark.parametrize(("seconds", "share"), [(30.0, 0.95), (303.0, 1.0 - 5.0 / 300.0)])
def test_the_last_work_has_a_share_of_the_time_but_no_more_than_it_can_use(seconds: float, share: float) -> None:
    assert pace(seconds, [0.0]).share_before_last(0.05, 5.0) == pytest.approx(share)


@pytest.mark.parametrize("seconds", [None, 0.0])
def test_without_a_time_the_last_work_has_its_share(seconds: float | None) -> None:
    assert pace(seconds, [0.0]).share_before_last(0.05, 5.0) == 0.95
