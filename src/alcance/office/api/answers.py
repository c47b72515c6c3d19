"""Answers as JSON, each with a tag by which it is known again, and what is asked on condition of such a tag."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse

from alcance.office.api.problems import Refusal

if TYPE_CHECKING:
    from django.http import HttpRequest

JSON = "application/json"
_TAG = re.compile(r'(W/)?"([^"]*)"')
#: A list of tags as RFC 9110 writes it.
TAGS = r'^(W/)?"[^"]*"(, *(W/)?"[^"]*")*$'
_VERSION = re.compile(r"v([0-9]{1,9})\..+")


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return utc(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON")


def utc(moment: dt.datetime) -> str:
    """A moment as ISO 8601 in UTC, whole seconds."""
    # Databases hand them out in UTC; formats take their time.
    in_utc = moment if moment.tzinfo is dt.UTC else moment.astimezone(dt.UTC)
    return f"{in_utc.isoformat()[:19]}Z"


dumps = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain).encode


def json_answer(
    request: HttpRequest,
    value: Any,
    *,
    version: int | None = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
    media_type: str = JSON,
) -> HttpResponse:
    """Answer with JSON and its tag; a reader who has exactly this already gets 304 and no body.

    Parameters
    ----------
    value
        What is answered; times become ISO 8601 in UTC, amounts numbers.
    version
        The version of the object that it shows; it stands in the tag, so that a change can name it.
    """
    body = dumps(value).encode()
    digest = hashlib.blake2b(body, digest_size=8).hexdigest()
    tag = f'"{digest}"' if version is None else f'"v{version}.{digest}"'
    known = request.META.get("HTTP_IF_NONE_MATCH") if request.method == "GET" else None
    if known is not None and (known.strip() == "*" or any(f'"{one[1]}"' == tag for one in _TAG.findall(known))):
        return HttpResponse(status=304, headers={"ETag": tag})
    response = HttpResponse(body, status=status, content_type=media_type)
    response.headers["ETag"] = tag
    for name, text in (headers or {}).items():
        response.headers[name] = text
    return response


def seen_version(request: HttpRequest, *, required: bool = True) -> int | None:
    """The version that a change was made on, by a tag of ours in `If-Match`; None where that may be, and is, left out.

    Raises
    ------
    Refusal
        428 where none is named, 400 where it is no tag, 412 where it is none of ours, or weak, which says nothing sure.
    """
    sent = request.META.get("HTTP_IF_MATCH", "").strip()
    if sent in ("", "*"):
        if not required and not sent:
            return None
        raise Refusal(428, "name the version that you have seen: send its ETag as If-Match")
    if not re.fullmatch(TAGS, sent):
        raise Refusal(400, "If-Match holds no ETag")
    tags = _TAG.findall(sent)
    versions = [int(found[1]) for weak, tag in tags if not weak and (found := _VERSION.fullmatch(tag))]
    if len(versions) != 1:
        raise Refusal(412, "If-Match names no version that this office gave, or more than one")
    return versions[0]


def check_version(seen: int | None, standing: int) -> None:
    """Refuse where something has been changed since it was seen.

    Raises
    ------
    Refusal
        412 where it has.
    """
    if seen is not None and seen != standing:
        raise Refusal(412, "it has been changed since you saw it; look again", version=standing)
