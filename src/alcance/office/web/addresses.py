"""From where somebody asks."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The address that a request comes from; behind proxies of ours, the one that the first of them has seen.

    Each proxy names whom it has seen after what it was told, and only what ours say is to be believed.

    One who has a whole network of addresses, as everybody has in IPv6, has one. A local socket has none: all who come
    by it share the empty one.
    """
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    named = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if proxies else []
    seen = named[-proxies].strip() if len(named) >= proxies > 0 else ""
    address = seen or request.META.get("REMOTE_ADDR", "")
    if ":" not in address:
        return address
    try:
        there = ipaddress.IPv6Address(address)
        return str(there.ipv4_mapped or ipaddress.ip_network((int(there), 64), strict=False))
    except ValueError:
        return address
