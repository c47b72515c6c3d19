"""The line in the log that each request leaves, under an id that whoever asked gets back."""

from __future__ import annotations

import logging
import re
import time
import uuid
from typing import TYPE_CHECKING

from alcance.office.running.logs import REQUEST_ID

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
# A proxy may name the request; anything longer or stranger is no name, and would let a stranger write into the log.
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_log = logging.getLogger("alcance.request")


class RequestLog:
    """Logs time, method, path, status, milliseconds and person of each request; never a query, a body or a cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, then log."""
        given = request.headers.get(HEADER, "")
        request_id = given if _NAME.fullmatch(given) else uuid.uuid4().hex
        token = REQUEST_ID.set(request_id)
        began = time.perf_counter()
        try:
            response = self._get_response(request)
            self._tell(request, response.status_code, began)
        finally:
            REQUEST_ID.reset(token)
        response.headers[HEADER] = request_id
        return response

    @staticmethod
    def _tell(request: HttpRequest, status: int, began: float) -> None:
        # Only if somebody has asked for it already: the log must not cost a query.
        person = getattr(request, "_cached_user", None)
        key = getattr(request, "api_key", None)
        _log.info(
            "request",
            extra={
                "method": request.method,
                "path": request.path,
                "status": status,
                "ms": round(1000 * (time.perf_counter() - began), 1),
                "person": key.person_id if key else getattr(person, "pk", None),
            },
        )
