"""API keys: made, found again by what a program sends, retired."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS, OperationalError
from django.db.models import Q
from django.utils.translation import gettext as _

from alcance.errors import AlcanceError
from alcance.office.accounts.models import Organisation, Person
from alcance.office.api.models import ApiKey, KeyScope
from alcance.office.public.prepared import Prepared

if TYPE_CHECKING:
    from typing import Any

MOST_PER_PERSON = 20
_FORM = re.compile(r"alcance_([1-9][0-9]{0,14})_([A-Za-z0-9_-]{43})")
# What is asked of them with each request: compiled once, for compiling takes Django longer than asking.
_MODELS: tuple[tuple[Any, list[str]], ...] = tuple(
    (model, [field.attname for field in model._meta.concrete_fields]) for model in (ApiKey, Person, Organisation)
)
_KEY = Prepared(
    lambda pk: ApiKey.objects.filter(pk=pk, retired_at=None).values_list(
        *(
            f"{path}{name}"
            for path, (_, names) in zip(("", "person__", "person__organisation__"), _MODELS, strict=True)
            for name in names
        )
    )
)
# So often is noted that a key is in use.
_TELL_EVERY = dt.timedelta(hours=1)


class TooManyKeys(AlcanceError):
    """Somebody has as many keys as one person may have."""


def make_key(person: Person, name: str, scope: KeyScope, *, at: dt.datetime) -> tuple[ApiKey, str]:
    """Make a key for a person; returns it and, for the only time, its text.

    Raises
    ------
    TooManyKeys
        Where they have `MOST_PER_PERSON` that are not retired.
    """
    if ApiKey.objects.filter(person=person, retired_at=None).count() >= MOST_PER_PERSON:
        words = _("One person has at most %(count)s keys; retire one that is not used.")
        raise TooManyKeys(words % {"count": MOST_PER_PERSON})
    secret = secrets.token_urlsafe(32)
    key = ApiKey.objects.create(person=person, name=name, scope=scope, digest=_digest(secret), made_at=at)
    return key, f"{key.prefix}{secret}"


def find_key(text: str, *, now: dt.datetime) -> ApiKey | None:
    """The key of a text with its person and their organisation; None where it is none, retired, or theirs no more."""
    parts = _FORM.fullmatch(text)
    if parts is None:
        return None
    rows = _KEY.rows(int(parts[1]))
    key = _key_of(rows[0]) if rows else None
    if key is None or not hmac.compare_digest(key.digest, _digest(parts[2])) or not key.person.is_active:
        return None
    if key.used_at is None or now - key.used_at >= _TELL_EVERY:
        _tell_used(key, now)
    return key


def _tell_used(key: ApiKey, now: dt.datetime) -> None:
    """Note that a key is in use; where the database is busy for long, an hour later: one request alone waits for it."""
    if not cache.add(f"key-used-{key.digest}", 1, _TELL_EVERY.total_seconds()):
        return
    stale = Q(used_at=None) | Q(used_at__lte=now - _TELL_EVERY)
    with suppress(OperationalError):
        ApiKey.objects.filter(stale, pk=key.pk).update(used_at=now)


def _key_of(row: tuple[Any, ...]) -> ApiKey:
    """A key with its person and organisation out of a row of `_KEY`."""
    parts, at = [], 0
    for model, names in _MODELS:
        parts.append(model.from_db(DEFAULT_DB_ALIAS, names, row[at : at + len(names)]))
        at += len(names)
    key: ApiKey = parts[0]
    person, organisation = parts[1:]
    key.person, person.organisation = person, organisation if person.organisation_id is not None else None
    return key


def retire_key(key: ApiKey, *, at: dt.datetime) -> None:
    """Retire a key: it opens nothing from now on."""
    ApiKey.objects.filter(pk=key.pk, retired_at=None).update(retired_at=at)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
