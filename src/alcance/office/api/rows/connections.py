"""Connections: services at sites under contracts."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from alcance.office.accounts.permissions import may
from alcance.office.api.answers import json_answer
from alcance.office.api.callers import require
from alcance.office.api.pages import PageQuery, only_known, page_answer
from alcance.office.api.rows.fields import named
from alcance.office.api.rows.kinds import BIGGEST, Number, Tech
from alcance.office.api.rows.sites import Owner
from alcance.office.delivery.models import Connection

if TYPE_CHECKING:
    from collections.abc import Callable

router = Router(tags=["connections"])


class ConnectionOut(Schema):
    """A service at a site: what was agreed, what is claimed, what is proven."""

    id: int
    site: int = Field(description="number of the site")
    provider: str = Field(description="code of the provider")
    contract: str = Field(description="code of the contract")
    technology: Tech = Field(description="what was agreed")
    mbps: float = Field(description="contracted speed in Mbit/s")
    deliver_by: dt.date = Field(description="day by which it is to be installed")
    ordered_on: dt.date | None
    installed_on: dt.date | None = Field(description="day on which the provider says that it was installed")
    claimed_technology: Tech | None = Field(description="what the provider says that stands there")
    claimed_mbps: float | None = Field(description="its speed in Mbit/s, as the provider says")
    verified_at: dt.datetime | None = Field(description="when somebody else found it to work")
    operating_since: dt.date | None
    ended_on: dt.date | None
    ended_why: str | None
    moved_from: int | None = Field(description="number of the connection that was moved here")
    install_price: float | None = Field(None, description="only for those who may see the money")
    month_price: float | None = Field(None, description="only for those who may see the money")


class ConnectionPage(Schema):
    """A page of connections."""

    items: list[ConnectionOut]
    next: str | None


class ConnectionQuery(PageQuery):
    """Which connections."""

    site: int | None = Field(None, ge=1, le=BIGGEST, description="number of the site")
    provider: str | None = Field(None, max_length=40, description="code of the provider")
    contract: str | None = Field(None, max_length=60, description="code of the contract")
    standing: bool | None = Field(None, description="whether they stand, or have ended")


_FIELDS = {
    "id": "id", "site": "site_id", "provider": "provider__code", "contract": "contract__code",
    "technology": "technology", "mbps": "mbps", "deliver_by": "contract__deliver_by", "ordered_on": "ordered_on",
    "installed_on": "installed_on", "claimed_technology": "claimed_technology", "claimed_mbps": "claimed_mbps",
    "verified_at": "verified_at", "operating_since": "operating_since",
    "ended_on": "ended_on", "ended_why": "ended_why", "moved_from": "moved_from_id",
    "install_price": "install_price", "month_price": "month_price",
}  # fmt: skip
_MONEY = ("install_price", "month_price")
# To whom a row belongs; they follow what is shown.
_OWNERS = ("site__state_code", "provider_id", "site__host_id")


def _shown(request: HttpRequest) -> Callable[[Any], dict[str, Any]]:
    def show(row: Any) -> dict[str, Any]:
        made = named(row[: len(_FIELDS)], _FIELDS)
        state_code, provider_id, host_id = row[len(_FIELDS) :]
        owner = Owner(state_code, (provider_id,) if host_id is None else (provider_id, host_id))
        if not may(request.user, "money", "view", owner):
            for name in _MONEY:
                del made[name]
        return made

    return show


@router.get("", response=ConnectionPage, operation_id="list_connections", summary="Connections")
def list_connections(request: HttpRequest, query: Query[ConnectionQuery]) -> HttpResponse:
    """Connections by number, filtered, page by page."""
    require(request, "connection", "view")
    rows = Connection.objects.all()
    for name, field in (("site", "site"), ("provider", "provider__code"), ("contract", "contract__code")):
        value = getattr(query, name)
        if value is not None:
            rows = rows.filter(**{field: value})
    if query.standing is not None:
        rows = rows.filter(ended_on__isnull=query.standing)
    columns = rows.values_list(*_FIELDS.values(), *_OWNERS, named=True)
    return page_answer(request, query, columns, "id", lambda page: [*map(_shown(request), page)])


@router.get("/{connection_id}", response=ConnectionOut, operation_id="get_connection", summary="One connection")
def get_connection(request: HttpRequest, connection_id: Number) -> HttpResponse:
    """A connection by its number."""
    only_known(request)
    require(request, "connection", "view")
    found = Connection.objects.filter(pk=connection_id).values_list(*_FIELDS.values(), *_OWNERS).first()
    if found is None:
        raise Http404
    return json_answer(request, _shown(request)(found))
