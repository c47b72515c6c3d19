"""Requests take turns, but nobody waits long for theirs."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.db import connection

from alcance.office.running.turns import Turns

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="turns are taken on SQLite alone")


def test_nobody_waits_for_a_page_that_takes_its_time():
    slow_is_in, go_on = threading.Event(), threading.Event()

    def answer(request):
        if request == "slow":
            slow_is_in.set()
            assert go_on.wait(10)
        return request

    turns = Turns(answer)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(turns, "slow")
        assert slow_is_in.wait(10)
        # It would wait for ever if it had to wait for its turn.
        assert turns("quick") == "quick"
        go_on.set()
        assert slow.result(10) == "slow"
    assert turns("after") == "after"


def test_a_fault_gives_the_turn_back():
    def answer(request):
        raise ValueError(request)

    turns = Turns(answer)
    for _ in range(2):
        with pytest.raises(ValueError, match="bad"):
            turns("bad")
        assert turns._turn.acquire(timeout=1)
        turns._turn.release()


def test_there_are_no_turns_where_the_database_is_a_server(monkeypatch):
    monkeypatch.setattr(connection, "vendor", "postgresql", raising=False)
    with pytest.raises(MiddlewareNotUsed):
        Turns(lambda request: request)
