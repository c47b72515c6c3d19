"""Addresses that several rooms lead to."""

from __future__ import annotations

from urllib.parse import urlencode

FILTERS = ("state", "kind", "site_state", "phase", "quintile", "municipality", "provider")


def sites_href(**filters: object) -> str:
    """The public list of sites that a figure counts; filters without a value are left out."""
    asked = {name: filters[name] for name in FILTERS if filters.get(name) not in (None, "")}
    return f"/sites/?{urlencode(asked)}" if asked else "/sites/"
