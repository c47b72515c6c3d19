"""From where somebody asks."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The address that a request comes from; behind our own proxy, the one that it has seen, which is the last named.

    One who has a whole network of addresses, as everybody has in IPv6, has one. A local socket has none: all who come
    by it share the empty one.
    """
    seen = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_TLS else ""
    address = seen.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network((int(ipaddress.IPv6Address(address)), 64), strict=False))
    except ValueError:
        return address
