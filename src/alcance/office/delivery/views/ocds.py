"""Tenders as open data."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Max
from django.http import JsonResponse
from django.shortcuts import get_object_or_404

from alcance.office.delivery import ocds
from alcance.office.delivery.models import Lot, LotState, Transition

if TYPE_CHECKING:
    from django.http import HttpRequest

_EPOCH = dt.datetime(2011, 1, 1, tzinfo=dt.UTC)


def lot(request: HttpRequest, code: str) -> JsonResponse:
    """The releases of a lot."""
    shown = get_object_or_404(Lot.objects.exclude(state=LotState.DRAFT).select_related("buyer", "contract"), code=code)
    return _answer(request, [shown])


def package(request: HttpRequest) -> JsonResponse:
    """The releases of every lot."""
    shown = Lot.objects.exclude(state=LotState.DRAFT).select_related("buyer", "contract").order_by("pk")
    return _answer(request, list(shown))


def _answer(request: HttpRequest, lots: list[Lot]) -> JsonResponse:
    times = [one for lot in lots for one in (lot.published_at, lot.decided_at) if one is not None]
    last = Transition.objects.filter(connection__contract__lot__in=lots).aggregate(last=Max("at"))["last"]
    published = max([*times, last] if last else times, default=_EPOCH)
    made = ocds.package(
        lots, prefix=settings.OCDS_PREFIX, uri=request.build_absolute_uri(request.path), published=published
    )
    response = JsonResponse(made, json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Access-Control-Allow-Origin"] = "*"
    return response
