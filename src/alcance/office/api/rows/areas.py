"""Areas: states, municipalities and localities."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from alcance.office.api.answers import json_answer
from alcance.office.api.callers import require
from alcance.office.api.pages import PageQuery, only_known
from alcance.office.api.rows.fields import one_of, page_of
from alcance.office.api.rows.kinds import AreaCode, LevelName
from alcance.office.register.models import Area

router = Router(tags=["areas"])


class AreaOut(Schema):
    """An area by its official key; its outline is in OGC API Features."""

    code: str
    level: LevelName
    name: str
    parent: str | None = Field(description="key of the area that it is part of")
    people: int | None
    need: float | None = Field(description="priority weight, 0 to 1")
    need_quintile: int | None = Field(description="fifth of the people by need; 5 the neediest")
    lon: float | None
    lat: float | None


class AreaPage(Schema):
    """A page of areas."""

    items: list[AreaOut]
    next: str | None


class AreaQuery(PageQuery):
    """Which areas."""

    level: LevelName | None = None
    parent: str | None = Field(None, max_length=16, description="key of the area that they are part of")


_FIELDS = {
    "code": "code", "level": "level", "name": "name", "parent": "parent_id", "people": "people", "need": "need",
    "need_quintile": "need_quintile", "lon": "lon", "lat": "lat",
}  # fmt: skip


@router.get("", response=AreaPage, operation_id="list_areas", summary="Areas")
def list_areas(request: HttpRequest, query: Query[AreaQuery]) -> HttpResponse:
    """Areas by their keys, page by page."""
    require(request, "site", "view")
    rows = Area.objects.all()
    if query.level is not None:
        rows = rows.filter(level=query.level)
    if query.parent is not None:
        rows = rows.filter(parent=query.parent)
    return page_of(request, query, rows, "code", _FIELDS)


@router.get("/{code}", response=AreaOut, operation_id="get_area", summary="One area")
def get_area(request: HttpRequest, code: AreaCode) -> HttpResponse:
    """An area by its key."""
    only_known(request)
    require(request, "site", "view")
    shown = one_of(Area.objects.filter(code=code), _FIELDS)
    if shown is None:
        raise Http404
    return json_answer(request, shown)
