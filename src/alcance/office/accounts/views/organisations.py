"""Organisations: which there are, what each is, and what has changed about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.db import transaction
from django.db.models import Count, F, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from alcance.office.accounts.forms import OrganisationForm
from alcance.office.accounts.history import changes_of
from alcance.office.accounts.models import ORGANISATION_ROLES, Organisation
from alcance.office.accounts.permissions import may
from alcance.office.accounts.roles import Scope, permissions, role_of
from alcance.office.register.models import Area
from alcance.office.web.errors import only_with_account, require
from alcance.office.web.paging import BadToken, keyset_page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from alcance.office.accounts.models import Person

PAGE_SIZE = 100


def organisations(request: HttpRequest) -> HttpResponse:
    """Which organisations there are; everybody sees them."""
    require(request, "organisation", "view")
    role = request.GET.get("role", "")
    found = Organisation.objects.annotate(members=Count("people", filter=Q(people__is_active=True)))
    if role in dict(ORGANISATION_ROLES):
        found = found.filter(role=role)
    try:
        page = keyset_page(found, "code", request.GET.get("after"), PAGE_SIZE)
    except BadToken as error:
        raise Http404 from error
    context = {
        "page": page,
        "role": role,
        "roles": ORGANISATION_ROLES,
        "states": _states({row.state_code for row in page.rows}),
        "may_add": may(request.user, "organisation", "add"),
    }
    return render(request, "accounts/organisations.html", context)


def organisation(request: HttpRequest, code: str) -> HttpResponse:
    """One organisation, and for those who may, what has changed about it."""
    shown = get_object_or_404(Organisation, code=code)
    require(request, "organisation", "view", shown)
    may_see_history = may(request.user, "organisation", "view_history", shown)
    context = {
        "organisation": shown,
        "state": _states({shown.state_code}).get(shown.state_code, ""),
        "events": changes_of([shown]) if may_see_history else None,
        "may_change": may(request.user, "organisation", "change", shown),
        "may_see_people": may(request.user, "person", "view", shown),
    }
    return render(request, "accounts/organisation.html", context)


@only_with_account
def organisation_add(request: HttpRequest) -> HttpResponse:
    """A new organisation."""
    require(request, "organisation", "add")
    form = OrganisationForm(request.POST or None, whole=True, themselves=False)
    if request.method == "POST" and form.is_valid():
        made = form.save(commit=False)
        made._change_reason = form.cleaned_data["why"]
        made.save()
        messages.success(request, _("Saved."))
        return redirect("organisation", code=made.code)
    context = {"title": _("A new organisation"), "form": form, "action": _("Save"), "back": "/organisations/"}
    return render(request, "office/form.html", context, status=400 if form.errors else 200)


@only_with_account
def organisation_change(request: HttpRequest, code: str) -> HttpResponse:
    """Change an organisation, with the reason."""
    shown = get_object_or_404(Organisation, code=code)
    require(request, "organisation", "change", shown)
    who = cast("Person", request.user)
    form = OrganisationForm(
        request.POST or None,
        instance=shown,
        whole=permissions()["organisation", "change"][role_of(who)] is Scope.ALL,
        # The ministry cannot take its own role away: nobody would be left who could give it back.
        themselves=shown.pk == who.organisation_id,
        initial={"version": shown.version},
    )
    if request.method == "POST" and form.is_valid():
        if _save(form, shown.pk):
            messages.success(request, _("Saved."))
            return redirect("organisation", code=code)
        form.add_error(None, _("Somebody has changed this meanwhile. Look at it again and then decide."))
    context = {"title": shown.name, "form": form, "action": _("Save"), "back": f"/organisations/{code}/"}
    return render(request, "office/form.html", context, status=400 if form.errors else 200)


def _save(form: OrganisationForm, pk: int) -> bool:
    """Save, unless somebody has saved another version than the one that was seen."""
    seen = form.cleaned_data.get("version") or 0
    with transaction.atomic():
        if not Organisation.objects.filter(pk=pk, version=seen).update(version=F("version") + 1):
            return False
        changed = form.save(commit=False)
        changed.version = seen + 1
        if "retired" in form.cleaned_data:
            retired_on = changed.retired_on or timezone.localdate()
            changed.retired_on = retired_on if form.cleaned_data["retired"] else None
        changed._change_reason = form.cleaned_data["why"]
        changed.save()
    return True


def _states(codes: set[str]) -> dict[str, str]:
    return dict(Area.objects.filter(code__in=sorted(codes - {""})).values_list("code", "name"))
