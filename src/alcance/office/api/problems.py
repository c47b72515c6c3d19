"""Errors of the API as problem details (RFC 9457): one shape for every refusal, with what is wrong."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import JsonResponse

CONTENT_TYPE = "application/problem+json"


def problem(status: int, detail: str = "", *, headers: dict[str, str] | None = None, **more: Any) -> JsonResponse:
    """An answer that says what is wrong.

    Parameters
    ----------
    status
        HTTP status.
    detail
        What is wrong here, in words.
    headers
        Further headers of the answer.
    more
        Further members of the problem, such as `errors`.
    """
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **more}
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE, headers=headers)


class Refusal(Exception):
    """Raised inside an operation to answer with a problem."""

    def __init__(self, status: int, detail: str, *, headers: dict[str, str] | None = None, **more: Any) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers, self.more = status, detail, headers, more
