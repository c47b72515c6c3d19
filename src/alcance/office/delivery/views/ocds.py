"""Tenders as open data."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Max
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404

from alcance.office.delivery import ocds
from alcance.office.delivery.models import Lot, LotSite, LotState, Payment, Question, Transition

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

_EPOCH = dt.datetime(2011, 1, 1, tzinfo=dt.UTC)


def lot(request: HttpRequest, code: str) -> StreamingHttpResponse:
    """The releases of a lot."""
    get_object_or_404(Lot.objects.exclude(state=LotState.DRAFT), code=code)
    return _answer(request, Lot.objects.filter(code=code))


def package(request: HttpRequest) -> StreamingHttpResponse:
    """The releases of every lot, each made when it is sent."""
    return _answer(request, Lot.objects.exclude(state=LotState.DRAFT))


def _answer(request: HttpRequest, lots: QuerySet[Lot]) -> StreamingHttpResponse:
    pieces = ocds.package(
        lots.select_related("buyer", "contract", "contract__provider").order_by("pk").iterator(100),
        prefix=settings.OCDS_PREFIX,
        uri=request.build_absolute_uri(request.path),
        published=_changed(lots),
    )
    response = StreamingHttpResponse(pieces, content_type="application/json")
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _changed(lots: QuerySet[Lot]) -> dt.datetime:
    """When the newest of what the releases tell happened."""
    times = [
        *lots.aggregate(one=Max("published_at"), two=Max("decided_at")).values(),
        Question.objects.filter(lot__in=lots).aggregate(last=Max("answered_at"))["last"],
        LotSite.objects.filter(lot__in=lots).aggregate(last=Max("withdrawn_at"))["last"],
        Transition.objects.filter(connection__contract__lot__in=lots).aggregate(last=Max("at"))["last"],
    ]
    if paid_on := Payment.objects.filter(contract__lot__in=lots).aggregate(last=Max("paid_on"))["last"]:
        times.append(dt.datetime.combine(paid_on, dt.time(), dt.UTC))
    return max((one for one in times if one is not None), default=_EPOCH)
