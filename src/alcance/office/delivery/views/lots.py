"""Pages of tenders."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Count, OuterRef, Subquery
from django.forms import Form
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alcance.office.accounts.history import changes_of, newest_first
from alcance.office.accounts.permissions import may
from alcance.office.accounts.refusals import Refused
from alcance.office.delivery.deeds import lots as deeds
from alcance.office.delivery.deeds.leaving import OPEN_LOTS
from alcance.office.delivery.forms import AnswerForm, AwardForm, LotForm, PublishForm, QuestionForm
from alcance.office.delivery.models import Bid, Lot, LotSite, LotState, PlannedSite, Question
from alcance.office.register.models import Area, Level, Site, SiteState, Technology
from alcance.office.web.errors import acting, require
from alcance.office.web.forms import ReasonForm, whole_numbers

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse, QueryDict

    from alcance.office.accounts.models import Person

MOST_SITES = 5_000
SITES_SHOWN = 200
_AT_ONCE = 900


def lots(request: HttpRequest) -> HttpResponse:
    """Every tender; drafts are the ministry's alone."""
    require(request, "lot", "view")
    shown = Lot.objects.annotate(sites=Count("lines")).select_related("contract", "contract__provider")
    if not may(request.user, "lot", "add"):
        shown = shown.exclude(state=LotState.DRAFT)
    return render(request, "delivery/lots.html", {"lots": shown})


@require_http_methods(["GET", "POST"])
def new_lot(request: HttpRequest) -> HttpResponse:
    """Choose planned sites by municipalities and technology, one by one or by key, and make a lot of them."""
    require(request, "lot", "add")
    form = LotForm(request.POST or None)
    sites = _asked_for(request.POST).exclude(pk__in=_left_out(request.POST))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        chosen = _of_keys(values["keys"]) if values["keys"] else list(sites.order_by("pk")[: MOST_SITES + 1])
        if len(chosen) > MOST_SITES:
            raise Refused(_("choose fewer sites: a lot holds at most %(n)s") % {"n": MOST_SITES})
        # A lot of this name could not be reached: the page of new lots is there.
        if values["code"] == "new" or Lot.objects.filter(code=values["code"]).exists():
            form.add_error("code", _("There is a lot of this code already."))
        else:
            lot = deeds.draft_lot(
                values["code"], values["title"], chosen, acting(request), months=values["months"],
                cost_weight=values["cost_weight"], description=values["description"],
            )  # fmt: skip
            return HttpResponseRedirect(reverse("lot", args=[lot.code]))
    asked = request.GET if request.method == "GET" else request.POST
    listed = _asked_for(asked)
    count = listed.count()
    context = {
        "form": form,
        "count": count,
        "sites": listed.select_related("municipality").order_by("pk")[:SITES_SHOWN],
        # Each can be left out where all are shown.
        "one_by_one": count <= SITES_SHOWN,
        "left_out": _left_out(asked),
        "municipalities": Area.objects.filter(level=Level.MUNICIPALITY, pk__in=_open_planned().values("municipality")),
        "technologies": Technology.choices,
        "asked": asked,
        "asked_municipalities": asked.getlist("municipality"),
    }
    return render(request, "delivery/lot_new.html", context)


def _open_planned() -> QuerySet[Site]:
    """Planned sites that stand in no open lot."""
    in_lots = LotSite.objects.filter(lot__state__in=OPEN_LOTS, withdrawn_at=None).values("site")
    return Site.objects.filter(state=SiteState.PLANNED).exclude(pk__in=in_lots)


def _asked_for(asked: QueryDict) -> QuerySet[Site]:
    """Those of some municipalities and of a technology."""
    sites = _open_planned()
    if municipalities := [one[:10].replace("\0", "") for one in asked.getlist("municipality") if one][:SITES_SHOWN]:
        sites = sites.filter(municipality__in=municipalities)
    if technology := asked.get("technology", "")[:20].replace("\0", ""):
        # What an older plan said of a site is no longer so.
        said = PlannedSite.objects.filter(site=OuterRef("pk")).order_by("-plan__imported_at", "-pk")
        sites = sites.annotate(by_plan=Subquery(said.values("technology")[:1])).filter(by_plan=technology)
    return sites


def _left_out(asked: QueryDict) -> set[int]:
    """Sites that were shown with a box, which is no longer checked."""
    shown, checked = (whole_numbers(asked.getlist(name)[:SITES_SHOWN]) for name in ("shown", "site"))
    return {*shown} - {*checked}


def _of_keys(keys: list[str]) -> list[Site]:
    """The sites of keys, all of them."""
    found: list[Site] = []
    for first in range(0, len(keys), _AT_ONCE):
        found += _open_planned().filter(key__in=keys[first : first + _AT_ONCE]).order_by("pk")
    missing = sorted({*keys} - {site.key for site in found})
    if missing:
        raise Refused(_("%(key)s is no planned site, or stands in an open lot") % {"key": missing[0][:40]})
    return found


def lot(request: HttpRequest, code: str) -> HttpResponse:
    """A tender: its sites, dates, questions, and, once opened, the bids and how they were scored."""
    require(request, "lot", "view")
    shown = _lot(request, code)
    context: dict[str, Any] = {
        "lot": shown,
        "lines": shown.lines.select_related("site", "site__municipality")[:SITES_SHOWN],
        "count": shown.lines.count(),
        "questions": shown.questions.select_related("asker"),
        "now": timezone.now(),
        "asks": may(request.user, "question", "add") and shown.state == LotState.PUBLISHED,
        "question_form": QuestionForm(),
        "answer_form": AnswerForm(),
        "publish_form": PublishForm(),
        "reason_form": ReasonForm(),
        "award_form": AwardForm(),
        "own_bid": _own_bid(request, shown),
        "may_open": may(request.user, "bid", "score") and shown.bids_until and timezone.now() > shown.bids_until,
    }
    context |= _scores(request, shown) | _history(request, shown)
    return render(request, "delivery/lot.html", context)


def _scores(request: HttpRequest, lot: Lot) -> dict[str, Any]:
    """Bids with their scores: once opened for who may view every bid, once awarded for who may view scores.

    Nobody sees another's prices by site; the sums and the points of all are shown with the award.
    """
    if lot.state not in (LotState.OPENED, LotState.AWARDED):
        return {}
    bids = {bid.pk: bid for bid in lot.bids.select_related("provider")}
    if lot.state == LotState.AWARDED:
        sees = may(request.user, "score", "view", lot)
    else:
        sees = all(may(request.user, "bid", "view", bid) for bid in bids.values())
    return {"scores": [(bids[one.bid], one) for one in deeds.scores_of(lot)]} if sees else {}


def _history(request: HttpRequest, lot: Lot) -> dict[str, Any]:
    """What happened to a lot, and, once they are opened, to those of its bids whose history who looks may view."""
    if not may(request.user, "lot", "view_history", lot):
        return {}
    bids = lot.bids.select_related("provider") if lot.state in (LotState.OPENED, LotState.AWARDED) else []
    seen = [bid for bid in bids if may(request.user, "bid", "view_history", bid)]
    return {"events": newest_first(changes_of([lot]), changes_of(seen, lambda bid: bid.provider.name))}


def _own_bid(request: HttpRequest, lot: Lot) -> Bid | None:
    if not may(request.user, "bid", "add"):
        return None
    return lot.bids.filter(provider=acting(request).acting_for).first()


def _lot(request: HttpRequest, code: str) -> Lot:
    lot = get_object_or_404(Lot.objects.select_related("buyer"), code=code)
    if lot.state == LotState.DRAFT:
        require(request, "lot", "add")
    return lot


@require_POST
def lot_deed(request: HttpRequest, code: str, deed: str) -> HttpResponse:
    """What the ministry and providers do with a lot, but for bidding."""
    if deed not in _DEEDS:
        raise Http404(deed)
    shown, (made_of, do) = _lot(request, code), _DEEDS[deed]
    person = acting(request)
    form = made_of(request.POST)
    if not form.is_valid():
        context = {"title": shown.title, "form": form, "action": _("Go on"), "back": reverse("lot", args=[code])}
        return render(request, "office/form.html", context, status=400)
    do(shown, person, timezone.now(), form.cleaned_data)
    messages.success(request, _("Done."))
    return HttpResponseRedirect(reverse("lot", args=[code]))


def _answer(lot: Lot, person: Person, at: dt.datetime, values: dict[str, Any]) -> None:
    deeds.answer(get_object_or_404(Question, pk=values["question"], lot=lot), values["text"], person, at=at)


def _award(lot: Lot, person: Person, at: dt.datetime, values: dict[str, Any]) -> None:
    bid = get_object_or_404(Bid, pk=values.pop("bid"), lot=lot)
    deeds.award(lot, bid, person, at=at, **values)


Deed = Callable[[Lot, "Person", "dt.datetime", dict[str, Any]], object]
# What is done by which form.
_DEEDS: dict[str, tuple[type[Form], Deed]] = {
    "publish": (PublishForm, lambda lot, person, at, values: deeds.publish(lot, person, at=at, **values)),
    "open": (Form, lambda lot, person, at, _values: deeds.open_bids(lot, person, at=at)),
    "cancel": (ReasonForm, lambda lot, person, at, values: deeds.cancel(lot, person, at=at, **values)),
    "ask": (QuestionForm, lambda lot, person, at, values: deeds.ask(lot, values["text"], person, at=at)),
    "answer": (AnswerForm, _answer),
    "award": (AwardForm, _award),
}
