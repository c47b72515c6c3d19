"""Pages of single sites, and their list, for who works with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alcance.office.accounts.permissions import may, visible
from alcance.office.accounts.refusals import Refused
from alcance.office.accounts.roles import Role, role_of
from alcance.office.delivery.deeds.connections import retire
from alcance.office.delivery.life import move
from alcance.office.register import deeds
from alcance.office.register.forms import BuildingForm, MergeForm, SiteForm
from alcance.office.register.history import history_of
from alcance.office.register.keys import site_by_key
from alcance.office.register.models import Area, Level, Site, SiteKind, SiteState
from alcance.office.register.models.folding import every_word
from alcance.office.register.named import areas_called, states_by_name, towns_by_name
from alcance.office.web.errors import acting, require
from alcance.office.web.forms import ReasonForm, whole_numbers
from alcance.office.web.paging import BadToken, keyset_page

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

PER_PAGE = 50
FILTERS = ("area", "municipality", "kind", "state", "q", "merged")


def sites(request: HttpRequest) -> HttpResponse:
    """The register as those see it who work with it: a committee its state, an institution what it hosts."""
    require(request, "site", "view_private")
    asked = {name: request.GET.get(name, "")[:100].replace("\0", "") for name in FILTERS}
    shown = of_who_looks(request)
    state = acting(request).acting_for.state_code or asked["area"]
    try:
        page = keyset_page(
            _filtered(shown, asked).select_related("municipality", "host"), "pk", request.GET.get("after"), PER_PAGE
        )
    except BadToken as error:
        raise Refused(_("the address is wrong; begin again")) from error
    context = {
        "page": page,
        "asked": asked,
        "kinds": SiteKind.choices,
        "states": SiteState.choices,
        "areas": states_by_name(),
        "towns": towns_by_name(state) if state else (),
        "next": urlencode({**{name: value for name, value in asked.items() if value}, "after": page.next or ""}),
    }
    return render(request, "register/sites.html", context)


def of_who_looks(request: HttpRequest) -> QuerySet[Site]:
    """The sites that who looks works with."""
    person = acting(request)
    return visible(Site.objects.all(), person, "site", "view_private", own=Q(host=person.acting_for))


def _filtered(shown: QuerySet[Site], asked: dict[str, str]) -> QuerySet[Site]:
    shown = shown.filter(merged_into__isnull=not asked["merged"])
    for name, field in (("area", "state_code"), ("kind", "kind"), ("state", "state")):
        if asked[name]:
            shown = shown.filter(**{field: asked[name]})
    if asked["municipality"]:
        towns = Area.objects.filter(level=Level.MUNICIPALITY)
        if asked["area"]:
            towns = towns.filter(parent=asked["area"])
        shown = shown.filter(municipality__in=areas_called(asked["municipality"], towns))
    return shown.filter(every_word(asked["q"]))


def site(request: HttpRequest, pk: int) -> HttpResponse:
    """A site with all that is known of it, its history, and what who looks may do."""
    shown = _site(pk)
    require(request, "site", "view_private", shown)
    context = {
        "site": shown,
        "shared": shown.building.sites.exclude(pk=pk) if shown.building else (),
        "merged": shown.merged.all(),
        "events": history_of(shown) if _may(request, "view_history", shown) else None,
        "can_change": _may(request, "change", shown),
        "can_merge": _may(request, "merge", shown),
        "can_retire": _may(request, "retire", shown),
    }
    return render(request, "register/site.html", context)


@require_http_methods(["GET", "POST"])
def new_site(request: HttpRequest) -> HttpResponse:
    """Add a site by hand."""
    require(request, "site", "add")
    initial = {}
    if role_of(request.user) is Role.INSTITUTION:
        initial["host"] = acting(request).acting_for.pk
    form = SiteForm(request.POST or None, initial=initial, towns=_towns(request))
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        made = deeds.add(values, acting(request), reason=values.pop("reason"))
        return HttpResponseRedirect(reverse("register_site", args=[made.pk]))
    context = {"title": _("New site"), "form": form, "action": _("Add"), "back": reverse("register")}
    return render(request, "office/form.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def change_site(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a site; a change made meanwhile by somebody else is not overwritten."""
    shown = _site(pk)
    require(request, "site", "change", shown)
    form = SiteForm(request.POST or None, instance=shown, towns=_towns(request))
    if request.method == "POST" and form.is_valid():
        seen = whole_numbers([request.POST.get("version", "")])
        values = dict(form.cleaned_data)
        reason = values.pop("reason")
        deeds.change(shown, values, acting(request), seen_version=seen[0] if seen else 0, reason=reason)
        messages.success(request, _("Changed."))
        return HttpResponseRedirect(reverse("register_site", args=[pk]))
    context = {"site": shown, "form": form, "version": request.POST.get("version", shown.version)}
    return render(request, "register/change.html", context, status=400 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def site_deed(request: HttpRequest, pk: int, deed: str) -> HttpResponse:
    """Retire, restore, merge, part, share or leave a building: each asks why."""
    shown = _site(pk)
    titles: dict[str, tuple[str, Any, str]] = {
        "retire": (_("Retire"), ReasonForm, "retire"),
        "restore": (_("Restore"), ReasonForm, "retire"),
        "merge": (_("Merge into another site"), MergeForm, "merge"),
        "part": (_("Undo the merge"), ReasonForm, "merge"),
        "building": (_("Share a building"), BuildingForm, "change"),
        "leave": (_("Leave the building"), ReasonForm, "change"),
    }
    title, form_of, action = titles[deed]
    require(request, "site", action, shown)
    form = form_of(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _do(deed, shown, form.cleaned_data, request)
        messages.success(request, _("Done."))
        return HttpResponseRedirect(reverse("register_site", args=[pk]))
    context = {
        "title": f"{title}: {shown.name}",
        "form": form,
        "action": title,
        "back": reverse("register_site", args=[pk]),
    }
    return render(request, "office/form.html", context, status=400 if form.errors else 200)


def _do(deed: str, site: Site, values: dict[str, Any], request: HttpRequest) -> None:
    person, now, reason = acting(request), timezone.now(), values["reason"]
    if deed == "retire":
        retire(site, person, at=now, reason=reason)
    elif deed == "restore":
        if site.merged_into_id is not None:
            raise Refused(_("this site is merged into another; undo that"))
        move([site], "restore", person, at=now, reason=reason)
    elif deed == "merge":
        deeds.merge(site, site_by_key(values["key"]), person, at=now, reason=reason)
    elif deed == "part":
        deeds.part(site, person, at=now, reason=reason)
    elif deed == "building":
        keys = values["keys"].replace(",", " ").split()
        others = [site_by_key(key) for key in keys]
        deeds.share_building([site, *others], person, name=values["name"], reason=reason)
    elif deed == "leave":
        deeds.leave_building(site, person, reason=reason)


def _towns(request: HttpRequest) -> list[tuple[str, str]]:
    """The municipalities that a form suggests to who looks: of their state, or of all."""
    return towns_by_name(acting(request).acting_for.state_code)


def _site(pk: int) -> Site:
    rows = Site.objects.select_related("municipality", "locality", "host", "building", "merged_into")
    return get_object_or_404(rows, pk=pk)


def _may(request: HttpRequest, action: str, site: Site) -> bool:
    return may(request.user, "site", action, site)
