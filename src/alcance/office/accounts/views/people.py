"""People: who is there, inviting them, and what may be changed about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from alcance.office.accounts.forms import InvitationForm, PersonForm
from alcance.office.accounts.history import changes_of, note
from alcance.office.accounts.invitations import AlreadyThere, hand_over, invite, one_time_path
from alcance.office.accounts.models import Organisation, Person
from alcance.office.accounts.permissions import may, visible
from alcance.office.accounts.second_factor import end_sessions, remove_second_factor
from alcance.office.web.errors import only_with_account, require
from alcance.office.web.paging import BadToken, keyset_page

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

PAGE_SIZE = 100


def _organisations_open_to(person: Person, action: str) -> QuerySet[Organisation]:
    """The organisations whose people somebody may invite or change."""
    standing = Organisation.objects.filter(retired_on=None)
    return visible(standing, person, "person", action, own=Q(pk__in=person.organisation_ids))


def _visible(request: HttpRequest) -> QuerySet[Person]:
    require(request, "person", "view")
    person = cast("Person", request.user)
    # A factor of one's own, not the recovery codes that come with it.
    factor = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES)
    people = Person.objects.select_related("organisation").annotate(second_factor=Exists(factor))
    return visible(people, person, "person", "view", own=Q(organisation=person.organisation_id))


@only_with_account
def people(request: HttpRequest) -> HttpResponse:
    """Who is there, of the organisations that one may see."""
    found = _visible(request)
    organisation = request.GET.get("organisation", "").replace("\0", "")
    if organisation:
        found = found.filter(organisation__code=organisation)
    try:
        page = keyset_page(found, "email", request.GET.get("after"), PAGE_SIZE)
    except BadToken as error:
        raise Http404 from error
    context = {"page": page, "organisation": organisation, "may_invite": may(request.user, "person", "add")}
    return render(request, "accounts/people.html", context)


@only_with_account
@never_cache
def invitation(request: HttpRequest) -> HttpResponse:
    """Invite somebody; the link for their password is shown this once, and mailed where mail is set up."""
    require(request, "person", "add")
    who = cast("Person", request.user)
    form = InvitationForm(request.POST or None, organisations=_organisations_open_to(who, "add"))
    if request.method == "POST" and form.is_valid():
        try:
            person = invite(form.cleaned_data["name"], form.cleaned_data["email"], form.cleaned_data["organisation"])
        except AlreadyThere as error:
            form.add_error("email", str(error))
        else:
            return _with_link(request, person)
    context = {"title": _("Invite somebody"), "form": form, "action": _("Invite"), "back": "/people/"}
    return render(request, "office/form.html", context, status=400 if form.errors else 200)


@only_with_account
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: what is known of them and what has changed."""
    shown = get_object_or_404(_visible(request), pk=pk)
    return render(
        request,
        "accounts/person.html",
        {
            "person": shown,
            "events": changes_of([shown]),
            "may_change": may(request.user, "person", "change", shown),
            "may_reset": _may_reset(request, shown),
            "waits": not shown.has_usable_password(),
        },
    )


@only_with_account
def person_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change somebody's name or organisation, or let them in no longer."""
    shown = get_object_or_404(_visible(request), pk=pk)
    require(request, "person", "change", shown)
    who = cast("Person", request.user)
    seen = shown.version
    form = PersonForm(
        request.POST or None,
        instance=shown,
        organisations=_organisations_open_to(who, "change"),
        themselves=shown.pk == who.pk,
        initial={"version": seen},
    )
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            # Whoever saw another version would overwrite what they have not seen.
            taken = Person.objects.filter(pk=pk, version=form.cleaned_data["version"]).update(version=F("version") + 1)
            if taken:
                changed = form.save(commit=False)
                changed.version = form.cleaned_data["version"] + 1
                changed._change_reason = form.cleaned_data["why"]
                fields = [name for name in ("name", "organisation", "is_active") if name in form.fields]
                changed.save(update_fields=[*fields, "version"])
                # Who acts for another begins anew, with what the new role asks of them.
                if {"organisation", "is_active"} & set(form.changed_data):
                    end_sessions(changed)
                messages.success(request, _("Saved."))
                return redirect("person", pk=pk)
        form.add_error(None, _("Somebody has changed this meanwhile. Look at it again and then decide."))
    context = {"title": str(shown), "form": form, "action": _("Save"), "back": f"/people/{pk}/"}
    return render(request, "office/form.html", context, status=400 if form.errors else 200)


@only_with_account
@never_cache
@require_POST
def person_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Give out a new link: to who has never set a password, or by the ministry to who has lost it."""
    shown = get_object_or_404(_visible(request), pk=pk)
    waits = not shown.has_usable_password()
    if not shown.is_active or not (_may_reset(request, shown) or (waits and may(request.user, "person", "add", shown))):
        raise PermissionDenied
    note(shown, _("a link to set the password was given out"))
    return _with_link(request, shown)


@only_with_account
@require_POST
def person_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Take away the second factor of somebody who has lost it; they set up another when they log in."""
    shown = get_object_or_404(_visible(request), pk=pk)
    if not _may_reset(request, shown):
        raise PermissionDenied
    remove_second_factor(shown)
    messages.success(request, _("The second factor was taken away."))
    return redirect("person", pk=pk)


def _may_reset(request: HttpRequest, person: Person) -> bool:
    """Whether who looks may let somebody else set their password or second factor anew; for oneself there are pages."""
    return person.pk != request.user.pk and may(request.user, "person", "reset", person)


def _with_link(request: HttpRequest, person: Person) -> HttpResponse:
    address = request.build_absolute_uri(one_time_path(person))
    context = {"person": person, "address": address, "mailed": hand_over(person, address)}
    return render(request, "accounts/invited.html", context)
