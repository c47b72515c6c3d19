"""Who asks, how much they may still ask for, and what a write needs of them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone, translation
from ninja.utils import check_csrf

from alcance.office.accounts.models import Person
from alcance.office.accounts.permissions import may
from alcance.office.accounts.second_factor import lacks_second_factor
from alcance.office.api.buckets import Allowance, Buckets, Limit
from alcance.office.api.keys import find_key
from alcance.office.api.models import KeyScope
from alcance.office.api.problems import Refusal
from alcance.office.api.reading import read_body
from alcance.office.web.addresses import address_of

if TYPE_CHECKING:
    from django.http import HttpRequest

SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
# A write costs as much as so many reads.
WRITE_TOKENS = 10
_buckets = Buckets()
_LOG_IN = {"WWW-Authenticate": 'Bearer realm="alcance"'}


def forget_allowances() -> None:
    """Fill everybody's bucket; for tests."""
    _buckets.__init__()  # type: ignore[misc]


def by_key(request: HttpRequest) -> None:
    """Find out who asks from the key that they sent, if any, and charge them.

    Raises
    ------
    Refusal
        401 where the key opens nothing, 403 where whose it is lacks the second factor that their role needs, 429 where
        somebody has asked too much or has tried too many keys.
    """
    request.user = AnonymousUser()
    sent = request.META.get("HTTP_AUTHORIZATION")
    if sent is not None:
        scheme, _, text = sent.partition(" ")
        key = find_key(text.strip(), now=timezone.now()) if scheme.lower() == "bearer" else None
        if key is None:
            _charge(request, ("guess", address_of(request)), Limit("wrong-keys", settings.API_WRONG_KEYS_PER_MINUTE), 1)
            raise Refusal(401, "this key opens nothing: it is wrong, was retired, or is nobody's", headers=_LOG_IN)
        request.user, request.api_key = key.person, key  # type: ignore[attr-defined]
    charge(request)
    # A key made before somebody came to such a role, or before their factor was taken away, opens no way around it.
    if isinstance(request.user, Person) and lacks_second_factor(request.user):
        raise Refusal(403, "your role needs a second factor; log in to the office and set it up")


def charge(request: HttpRequest) -> None:
    """Take what the request costs out of the bucket of who asks: a person, or else an address.

    Raises
    ------
    Refusal
        429 where it holds too little.
    """
    tokens = 1 if request.method in SAFE else WRITE_TOKENS
    if isinstance(request.user, Person):
        _charge(request, request.user.pk, Limit("person", settings.API_PERSON_PER_MINUTE), tokens)
    else:
        _charge(request, address_of(request), Limit("address", settings.API_ADDRESS_PER_MINUTE), tokens)


def _charge(request: HttpRequest, who: object, limit: Limit, tokens: int) -> None:
    allowance = _buckets.take(who, limit, tokens, time.monotonic())
    request.allowance = allowance  # type: ignore[attr-defined]
    if not allowance.granted:
        raise Refusal(429, f"too much was asked for; come again in {allowance.retry_s} s")


def allowance_of(request: HttpRequest) -> Allowance | None:
    """What the request left of who asks for; None where nothing was charged."""
    return getattr(request, "allowance", None)


def known(request: HttpRequest) -> bool:
    """Charge who asks and, for a write, make sure that they may write here at all and have sent JSON.

    It stands before every operation but those that know their callers in another way.
    """
    # The usual way speaks the language of the browser; programs are spoken to in one.
    translation.activate("en")
    if allowance_of(request) is None:
        charge(request)
    if request.method not in SAFE:
        _check_writer(request)
        request.json = read_body(request)  # type: ignore[attr-defined]
    return True


def _check_writer(request: HttpRequest) -> None:
    if not isinstance(request.user, Person):
        raise Refusal(401, "log in, or send a key", headers=_LOG_IN)
    key = getattr(request, "api_key", None)
    if key is not None:
        if key.scope != KeyScope.WRITE:
            raise Refusal(403, "this key may only read")
    # Whoever comes with a cookie may have been led here by a page of somebody else's.
    elif check_csrf(request) is not None:
        raise Refusal(403, "the X-CSRFToken header is missing or wrong; programs rather use a key")


def writer(request: HttpRequest) -> Person:
    """Who writes.

    Raises
    ------
    Refusal
        401 where it is nobody we know.
    """
    if not isinstance(request.user, Person):
        raise Refusal(401, "log in, or send a key", headers=_LOG_IN)
    return request.user


def require(request: HttpRequest, kind: str, action: str, thing: Any = None) -> None:
    """Go on only where who asks may do this; the table of permissions says.

    Raises
    ------
    Refusal
        401 where they have not said who they are, 403 where they may not.
    """
    if may(request.user, kind, action, thing):
        return
    if not isinstance(request.user, Person):
        raise Refusal(401, "log in, or send a key", headers=_LOG_IN)
    raise Refusal(403, f"your role does not allow this ({kind}, {action})")
