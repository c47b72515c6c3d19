"""Giving out a file: whole, or the part that was asked for, so that a broken download goes on where it stopped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.http import HttpResponse, HttpResponseNotModified, StreamingHttpResponse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

_RANGE = re.compile(r"bytes=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*\Z", re.IGNORECASE | re.ASCII)
_TAG = re.compile(r'(?:W/)?("[^"]*")')
_BLOCK = 1 << 16
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
    "gpkg": "application/geopackage+sqlite3",
    "json": "application/json",
    "pmtiles": "application/vnd.pmtiles",
}


def file_answer(request: HttpRequest, path: Path, name: str, etag: str) -> HttpResponseBase:
    """Answer with a file that never changes.

    Parameters
    ----------
    request
        May ask for one range of bytes (RFC 9110, 14), or say which version it has.
    path, name
        The file, and the name to keep it under.
    etag
        Names its content.
    """
    tag = f'"{etag}"'
    if _matches(request.headers.get("If-None-Match", ""), tag):
        unchanged = HttpResponseNotModified()
        unchanged["ETag"] = tag
        return unchanged
    size = path.stat().st_size
    first, last, status = 0, size - 1, 200
    asked = _asked(request)
    # A date in If-Range, or another tag, says that the reader may have begun with other bytes: it gets them all.
    if asked and request.headers.get("If-Range", tag) == tag:
        first, last = _bounds(*asked, size)
        if first > last:
            refused = HttpResponse(status=416)
            refused["Content-Range"] = f"bytes */{size}"
            refused["Accept-Ranges"] = "bytes"
            refused["ETag"] = tag
            return refused
        status = 206
    response = StreamingHttpResponse(
        _blocks(path, first, last - first + 1) if request.method != "HEAD" else iter(()),
        status=status,
        content_type=TYPES[name.rpartition(".")[2]],
    )
    response["Content-Length"] = str(last - first + 1)
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = tag
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    if status == 206:
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    return response


def _matches(header: str, tag: str) -> bool:
    """Whether a list of tags holds one; here the weak comparison counts (RFC 9110, 13.1.2)."""
    return header.strip() == "*" or tag in _TAG.findall(header)


def _asked(request: HttpRequest) -> tuple[str, str] | None:
    """The one range that is asked for; several at once, or none, are as if nothing were asked (RFC 9110, 14.2)."""
    found = _RANGE.match(request.headers.get("Range", "")) if request.method == "GET" else None
    if found is None or not any(found.groups()):
        return None
    backwards = found[1] and found[2] and int(found[1]) > int(found[2])
    return None if backwards else (found[1], found[2])


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """The bytes of a range; without a first byte it is that many from the end."""
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last) if last else size - 1, size - 1)


def _blocks(path: Path, first: int, length: int) -> Iterator[bytes]:
    with path.open("rb") as handle:
        handle.seek(first)
        while length > 0:
            block = handle.read(min(_BLOCK, length))
            if not block:
                message = f"{path.name} is shorter than it was"
                raise OSError(message)
            length -= len(block)
            yield block
