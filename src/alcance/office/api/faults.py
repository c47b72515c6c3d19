"""What went wrong, as an answer: each of our errors as a problem, and a fault of ours as one that tells nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.core.exceptions import (
    BadRequest,
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.core.signals import got_request_exception
from django.db import OperationalError
from django.http import Http404, HttpResponse, UnreadablePostError
from django.utils.log import log_response
from ninja.errors import HttpError, ValidationError

from alcance.errors import AlcanceError
from alcance.office.accounts.refusals import NotAllowed
from alcance.office.api.problems import CONTENT_TYPE, Refusal, problem
from alcance.office.public.filters import UnknownFilter
from alcance.office.web.paging import BadToken

if TYPE_CHECKING:
    from django.http import HttpRequest

_BUSY = re.compile("locked|busy|timeout|deadlock|too many connections", re.IGNORECASE)


def answer_to(request: HttpRequest, error: Exception) -> HttpResponse:
    """The problem that tells an error; a fault of ours is logged."""
    for kinds, answer in _ANSWERS:
        if isinstance(error, kinds):
            made: HttpResponse = answer(error)
            return made
    if isinstance(error, OperationalError) and _BUSY.search(str(error)):
        return problem(503, "the database is busy; nothing was done, come again", headers={"Retry-After": "1"})
    got_request_exception.send(sender=None, request=request)
    response = problem(500, "the fault is ours and has been recorded")
    log_response("%s: %s", response.reason_phrase, request.path, response=response, request=request, exception=error)
    return response


def _refusal(error: Any) -> HttpResponse:
    return problem(error.status, error.detail, headers=error.headers, **error.more)


def _validation(error: Any) -> HttpResponse:
    errors = [
        {"in": str(one["loc"][0]), "name": ".".join(map(str, one["loc"][1:])), "detail": str(one["msg"])}
        for one in error.errors
    ]
    return problem(422, "the request does not have the form that it must have", errors=errors)


_ANSWERS: tuple[tuple[Any, Any], ...] = (
    (Refusal, _refusal),
    (NotAllowed, lambda error: problem(403, str(error))),
    (UnknownFilter, lambda error: problem(422, str(error))),
    (BadToken, lambda _error: problem(400, "the token of the page is none of ours; begin without one")),
    (AlcanceError, lambda error: problem(409, str(error))),
    (ValidationError, _validation),
    (HttpError, lambda error: problem(error.status_code, str(error))),
    ((Http404, ObjectDoesNotExist), lambda _error: problem(404, "there is nothing at this address")),
    (PermissionDenied, lambda _error: problem(403, "your role does not allow this")),
    (RequestDataTooBig, lambda _error: problem(413, "the body is too long")),
    (
        (BadRequest, SuspiciousOperation, UnreadablePostError),
        lambda _error: problem(400, "the request cannot be understood"),
    ),
)

_DETAILS = {
    401: "log in, or send a key",
    403: "you may not do this",
    404: "there is nothing at this address",
    405: "this address does not know that method",
}


def as_problem(response: HttpResponse) -> HttpResponse:
    """A page that says that something cannot be, or leads elsewhere, as a problem; any other answer as it is."""
    status = response.status_code
    if status < 300 or status == 304 or response.headers.get("Content-Type") == CONTENT_TYPE:
        return response
    if status < 400:
        # Only what guards pages leads elsewhere: to log in again, or to a second factor.
        return problem(403, "log in to the pages of the office first, with all that your role needs, or send a key")
    kept = {name: response.headers[name] for name in ("Allow", "Retry-After") if name in response.headers}
    return problem(status, _DETAILS.get(status, ""), headers=kept)
