"""States, municipalities and localities with the sites in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F
from django.http import Http404
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alcance.office.public.filters import SiteFilter, UnknownFilter
from alcance.office.public.labels import labels
from alcance.office.public.totals import by_kind_and_stage, by_stage, grouped, headline, over, stage_names, tally
from alcance.office.public.views.answer import answer
from alcance.office.register.models import Area, Level
from alcance.office.web.errors import require
from alcance.office.web.figures import number
from alcance.office.web.paging import Page, keyset_page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

ROWS = 100
_FILTER_OF = {Level.STATE: "state", Level.MUNICIPALITY: "municipality", Level.LOCALITY: "locality"}


def areas(request: HttpRequest) -> HttpResponse:
    """The states, with their sites by phase."""
    require(request, "site", "view")
    counts = tally(SiteFilter(), "state_code", "state")
    by_code = grouped(counts)
    rows = [
        {"area": area, "totals": by_stage(SiteFilter(state=area.code), by_code.get(area.code, {}))}
        for area in Area.objects.filter(level=Level.STATE).order_by("code").defer("boundary")
    ]
    context = {"rows": rows, "all": by_stage(SiteFilter(), over(counts, 1)), "stages": stage_names()}
    return answer(request, _("Areas"), "areas.html", context, "/areas/")


def area(request: HttpRequest, code: str) -> HttpResponse:
    """An area: its people and need, its sites by kind and phase, and the areas within it."""
    require(request, "site", "view")
    found = Area.objects.filter(pk=code).select_related("parent__parent").defer(
        "boundary", "parent__boundary", "parent__parent__boundary"
    ).first()  # fmt: skip
    if found is None:
        raise Http404
    chosen = SiteFilter(**{_FILTER_OF[Level(found.level)]: found.code})
    counts = tally(chosen, "kind", "state")
    named = labels(translation.get_language() or "en")
    parts = _parts(request, found, chosen)
    context = {
        "area": found,
        "above": [one for one in (found.parent and found.parent.parent, found.parent) if one],
        "quintile": named.quintile.get(found.need_quintile or 0),
        "headline": headline(chosen, over(counts, 1)),
        "kinds": by_kind_and_stage(chosen, counts),
        "stages": stage_names(),
        "parts": parts,
        "chosen": chosen,
        "first_sites": _first_sites(chosen, found),
        "named": named,
        "level": named.level[found.level],
        "people_words": ""
        if found.people is None
        else ngettext("%(shown)s person", "%(shown)s people", found.people) % {"shown": number(found.people)},
    }
    return answer(request, found.name, "area.html", context, "/areas/")


def _parts(request: HttpRequest, found: Area, chosen: SiteFilter) -> dict[str, Any] | None:
    """A page of the areas within one, with their sites by phase; None where there are none."""
    column = {Level.STATE: "municipality", Level.MUNICIPALITY: "locality"}.get(Level(found.level))
    if column is None:
        return None
    counts = grouped(tally(chosen, column, "state"))
    below = Area.objects.filter(parent=found).defer("boundary")
    try:
        page: Page[Area] = keyset_page(below, "code", request.GET.get("after") or None, ROWS)
    except ValueError as error:
        raise UnknownFilter(_("There is no such page; begin with the first.")) from error
    rows = [
        {"area": one, "totals": by_stage(SiteFilter(**{column: one.code}), counts.get(one.code, {}))}
        for one in page.rows
    ]
    return {"rows": rows, "next": page.next, "towns": column == "municipality"}


def _first_sites(chosen: SiteFilter, found: Area) -> list[Any]:
    """The first sites of an area that is small enough to read them through."""
    if found.level == Level.STATE:
        return []
    return list(
        chosen.sites()
        .order_by("pk")
        .values("pk", "name", "key", "kind", "state", locality_name=F("locality__name"))[:20]
    )
