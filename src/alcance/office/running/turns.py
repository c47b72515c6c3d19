"""Requests take turns: threads of one Python that ask SQLite side by side cost each other twice the time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from django.core.exceptions import MiddlewareNotUsed
from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

# Nobody waits longer behind a page that takes its time, or that waits for a writer.
LONGEST_WAIT_S = 0.02


class Turns:
    """Lets one request after the other make its answer; what is streamed then is streamed side by side.

    Every question to SQLite gives the interpreter away and must win it back from another core: with two threads a page
    took 1.7 times the time (docs/office/speed.md). A PostgreSQL works while we wait, so that there nobody takes turns.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        if connection.vendor != "sqlite":
            raise MiddlewareNotUsed
        self._get_response = get_response
        self._turn = threading.Lock()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, alone where that needs no long waiting."""
        alone = self._turn.acquire(timeout=LONGEST_WAIT_S)
        try:
            return self._get_response(request)
        finally:
            if alone:
                self._turn.release()
