"""Lots: sites tendered together, and the questions about them. Bids are no part of it: once opened, see the OCDS."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from alcance.office.accounts.permissions import may
from alcance.office.api.answers import json_answer
from alcance.office.api.callers import require
from alcance.office.api.pages import PageQuery, only_known
from alcance.office.api.rows.fields import one_of, page_of
from alcance.office.api.rows.kinds import Code, LotStateName
from alcance.office.delivery.models import Lot, LotSite, LotState, Question

if TYPE_CHECKING:
    from django.db.models import QuerySet

router = Router(tags=["lots"])


class LotOut(Schema):
    """A tender."""

    code: str
    title: str
    description: str | None
    state: LotStateName
    buyer: str = Field(description="code of the buying organisation")
    currency: str
    months: int = Field(description="months of service")
    cost_weight: float = Field(description="share of the score that the price decides; the rest is quality")
    published_at: dt.datetime | None
    questions_until: dt.datetime | None
    bids_until: dt.datetime | None
    decided_at: dt.datetime | None
    reason: str | None = Field(description="why it was decided so")
    contract: str | None = Field(description="code of the contract")
    provider: str | None = Field(description="code of the provider that it was awarded to")
    version: int


class LotPage(Schema):
    """A page of lots."""

    items: list[LotOut]
    next: str | None


class LotQuery(PageQuery):
    """Which lots."""

    state: LotStateName | None = None


_FIELDS = {
    "code": "code", "title": "title", "description": "description", "state": "state", "buyer": "buyer__code",
    "currency": "currency", "months": "months", "cost_weight": "cost_weight", "published_at": "published_at",
    "questions_until": "questions_until", "bids_until": "bids_until", "decided_at": "decided_at", "reason": "reason",
    "contract": "contract__code", "provider": "contract__provider__code", "version": "version",
}  # fmt: skip


@router.get("", response=LotPage, operation_id="list_lots", summary="Lots")
def list_lots(request: HttpRequest, query: Query[LotQuery]) -> HttpResponse:
    """Lots by their codes, page by page; drafts are for those alone who make them."""
    rows = _visible(request)
    if query.state is not None:
        rows = rows.filter(state=query.state)
    return page_of(request, query, rows, "code", _FIELDS)


def _visible(request: HttpRequest) -> QuerySet[Lot]:
    require(request, "lot", "view")
    return Lot.objects.all() if may(request.user, "lot", "add") else Lot.objects.exclude(state=LotState.DRAFT)


@router.get("/{code}", response=LotOut, operation_id="get_lot", summary="One lot")
def get_lot(request: HttpRequest, code: Code) -> HttpResponse:
    """A lot by its code."""
    only_known(request)
    shown = one_of(_visible(request).filter(code=code), _FIELDS)
    if shown is None:
        raise Http404
    return json_answer(request, shown, version=shown["version"])


class LotSiteOut(Schema):
    """A site of a lot."""

    id: int
    site: int = Field(description="number of the site")
    key: str
    name: str
    min_mbps: float = Field(description="least speed that it needs")
    reference_price: float | None = Field(description="the plan's price")


class LotSitePage(Schema):
    """A page of the sites of a lot."""

    items: list[LotSiteOut]
    next: str | None


_LINE = {
    "id": "id", "site": "site_id", "key": "site__key", "name": "site__name", "min_mbps": "min_mbps",
    "reference_price": "reference_price",
}  # fmt: skip


@router.get("/{code}/sites", response=LotSitePage, operation_id="list_lot_sites", summary="Its sites")
def list_lot_sites(request: HttpRequest, query: Query[PageQuery], code: Code) -> HttpResponse:
    """The sites of a lot."""
    return page_of(request, query, LotSite.objects.filter(lot=_number(request, code)), "id", _LINE)


def _number(request: HttpRequest, code: str) -> Any:
    found = _visible(request).filter(code=code).values_list("pk", flat=True).first()
    if found is None:
        raise Http404
    return found


class QuestionOut(Schema):
    """A question about a lot; nobody is told who asked."""

    id: int
    text: str
    asked_at: dt.datetime
    answer: str | None
    answered_at: dt.datetime | None


class QuestionPage(Schema):
    """A page of questions."""

    items: list[QuestionOut]
    next: str | None


_QUESTION = {
    "id": "id", "text": "text", "asked_at": "asked_at", "answer": "answer", "answered_at": "answered_at",
}  # fmt: skip


@router.get("/{code}/questions", response=QuestionPage, operation_id="list_questions", summary="Its questions")
def list_questions(request: HttpRequest, query: Query[PageQuery], code: Code) -> HttpResponse:
    """Questions about a lot and their answers."""
    require(request, "question", "view")
    return page_of(request, query, Question.objects.filter(lot=_number(request, code)), "id", _QUESTION)
