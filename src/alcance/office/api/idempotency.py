"""Writes that are done once, however often they are sent: under a key that the client gives them."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse

from alcance.office.accounts.roles import role_of
from alcance.office.api.models import IdempotentWrite
from alcance.office.api.problems import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from alcance.office.accounts.models import Person

_KEY = re.compile(r"[!-~]{1,200}")
_KEPT_HEADERS = ("Content-Type", "ETag", "Location")


def once(request: HttpRequest, person: Person, now: dt.datetime, do: Callable[[], HttpResponse]) -> HttpResponse:
    """Do a write in one transaction; under an `Idempotency-Key`, once.

    The same key with the same request gives the answer of the first time. One that was refused has changed nothing and
    leaves nothing behind: sent again, it is tried again. Others who send the same at the same time wait and get the
    same answer. Keys belong to the person, and are kept for `API_KEEPS_WRITES_HOURS`.

    Raises
    ------
    Refusal
        400 where the key is none, 422 where it was used for another request, or for another organisation or role.
    """
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        with transaction.atomic():
            return do()
    if not _KEY.fullmatch(key):
        raise Refusal(400, "an Idempotency-Key has 1 to 200 visible ASCII characters")
    digest = _digest(request, person)
    with transaction.atomic():
        kept, fresh = IdempotentWrite.objects.get_or_create(
            person=person, key=key, defaults={"digest": digest, "made_at": now}
        )
        if not fresh:
            if kept.digest != digest:
                raise Refusal(422, "this Idempotency-Key was used for another request; take a new one")
            return _again(kept)
        response = do()
        kept.status, kept.body = response.status_code, response.content
        kept.headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
        kept.save(update_fields=["status", "body", "headers"])
        _forget_old(now)
    return response


def _digest(request: HttpRequest, person: Person) -> str:
    """What was asked, and for whom: an answer may hold what somebody in another role may no longer see."""
    head = f"{role_of(person)} {person.organisation_id} {request.method} {request.get_full_path()}\n".encode()
    return hashlib.sha256(head + request.body).hexdigest()


def _again(kept: IdempotentWrite) -> HttpResponse:
    headers = {**kept.headers, "Idempotency-Replayed": "true"}
    return HttpResponse(bytes(kept.body), status=kept.status, headers=headers)


def _forget_old(now: dt.datetime) -> None:
    before = now - dt.timedelta(hours=settings.API_KEEPS_WRITES_HOURS)
    IdempotentWrite.objects.filter(made_at__lt=before).delete()
