"""Organisations, as everybody may see them."""

from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from alcance.office.accounts.models import Organisation
from alcance.office.api.answers import json_answer
from alcance.office.api.callers import require
from alcance.office.api.pages import PageQuery, only_known
from alcance.office.api.rows.fields import one_of, page_of
from alcance.office.api.rows.kinds import Code, RoleName

router = Router(tags=["organisations"])


class OrganisationOut(Schema):
    """An organisation of the programme."""

    code: str
    name: str
    role: RoleName
    state_code: str | None = Field(description="key of the state, of a state committee")
    illustrative: bool = Field(description="whether it is made up, as an example")
    retired_on: dt.date | None


class OrganisationPage(Schema):
    """A page of organisations."""

    items: list[OrganisationOut]
    next: str | None


class OrganisationQuery(PageQuery):
    """Which organisations."""

    role: RoleName | None = None


_FIELDS = {
    "code": "code", "name": "name", "role": "role", "state_code": "state_code", "illustrative": "illustrative",
    "retired_on": "retired_on",
}  # fmt: skip


@router.get("", response=OrganisationPage, operation_id="list_organisations", summary="Organisations")
def list_organisations(request: HttpRequest, query: Query[OrganisationQuery]) -> HttpResponse:
    """Organisations by their codes, page by page."""
    require(request, "organisation", "view")
    rows = Organisation.objects.all()
    if query.role is not None:
        rows = rows.filter(role=query.role)
    return page_of(request, query, rows, "code", _FIELDS)


@router.get("/{code}", response=OrganisationOut, operation_id="get_organisation", summary="One organisation")
def get_organisation(request: HttpRequest, code: Code) -> HttpResponse:
    """An organisation by its code."""
    only_known(request)
    require(request, "organisation", "view")
    shown = one_of(Organisation.objects.filter(code=code), _FIELDS)
    if shown is None:
        raise Http404
    return json_answer(request, shown)
