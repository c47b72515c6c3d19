"""Plans as they were taken in, and what each says of its sites."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from alcance.office.api.answers import json_answer
from alcance.office.api.callers import require
from alcance.office.api.pages import PageQuery, only_known
from alcance.office.api.rows.fields import one_of, page_of
from alcance.office.api.rows.kinds import Number, Tech
from alcance.office.delivery.models import Plan, PlannedSite

router = Router(tags=["plans"])


class PlanOut(Schema):
    """A plan, with how much cheaper another could at most be."""

    id: int
    title: str
    digest: str = Field(description="names its content")
    currency: str
    cost: float
    lower_bound: float
    plan_gap: float = Field(description="(cost − lower bound) / lower bound")
    unmatched: int = Field(description="sites of the plan that the register does not have")
    imported_at: dt.datetime


class PlanPage(Schema):
    """A page of plans."""

    items: list[PlanOut]
    next: str | None


class PlanWithSummary(PlanOut):
    """A plan with what it says of itself."""

    summary: dict[str, Any]


_FIELDS = {
    "id": "id", "title": "title", "digest": "digest", "currency": "currency", "cost": "cost",
    "lower_bound": "lower_bound", "plan_gap": "plan_gap", "unmatched": "unmatched", "imported_at": "imported_at",
}  # fmt: skip


@router.get("", response=PlanPage, operation_id="list_plans", summary="Plans")
def list_plans(request: HttpRequest, query: Query[PageQuery]) -> HttpResponse:
    """Plans by number, page by page; the last is the one that holds."""
    require(request, "plan", "view")
    return page_of(request, query, Plan.objects.all(), "id", _FIELDS)


@router.get("/{plan_id}", response=PlanWithSummary, operation_id="get_plan", summary="One plan")
def get_plan(request: HttpRequest, plan_id: Number) -> HttpResponse:
    """A plan by its number."""
    only_known(request)
    require(request, "plan", "view")
    shown = one_of(Plan.objects.filter(pk=plan_id), {**_FIELDS, "summary": "summary"})
    if shown is None:
        raise Http404
    return json_answer(request, shown)


class PlannedSiteOut(Schema):
    """What a plan says of one site."""

    id: int
    site: int = Field(description="number of the site")
    technology: Tech
    cost_share: float
    capex_share: float
    opex_year_share: float
    mbps: float = Field(description="planned speed in Mbit/s")
    year: int | None
    runner_up: Tech | None = Field(description="next best technology")
    runner_up_price: float | None
    reason: str | None


class PlannedSitePage(Schema):
    """A page of planned sites."""

    items: list[PlannedSiteOut]
    next: str | None


_PLANNED = {
    "id": "id", "site": "site_id", "technology": "technology", "cost_share": "cost_share",
    "capex_share": "capex_share", "opex_year_share": "opex_year_share", "mbps": "mbps", "year": "year",
    "runner_up": "runner_up", "runner_up_price": "runner_up_price", "reason": "reason",
}  # fmt: skip


@router.get("/{plan_id}/sites", response=PlannedSitePage, operation_id="list_planned_sites", summary="Its sites")
def list_planned_sites(request: HttpRequest, query: Query[PageQuery], plan_id: Number) -> HttpResponse:
    """What a plan says of its sites."""
    require(request, "plan", "view")
    if not Plan.objects.filter(pk=plan_id).exists():
        raise Http404
    return page_of(request, query, PlannedSite.objects.filter(plan=plan_id), "id", _PLANNED)
