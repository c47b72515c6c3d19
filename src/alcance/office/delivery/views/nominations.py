"""Pages of nominations."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from alcance.office.accounts.permissions import visible
from alcance.office.accounts.refusals import Refused
from alcance.office.delivery.deeds import nominations as deeds
from alcance.office.delivery.models import Nomination
from alcance.office.register.models import Area, Level, Site, SiteState
from alcance.office.register.models.folding import every_word
from alcance.office.web.errors import acting, require
from alcance.office.web.forms import whole_numbers
from alcance.office.web.paging import MOST_LETTERS, BadToken, keyset_page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SITES_PER_PAGE = 50
NOMINATIONS_PER_PAGE = 200
MOST_AT_ONCE = 500


@require_http_methods(["GET", "POST"])
def nominations(request: HttpRequest) -> HttpResponse:
    """A state's nominations in the committee's order; ranking, withdrawing, approving and refusing."""
    require(request, "nomination", "view")
    state_code = _state(request)
    if request.method == "POST":
        return _decide(request, state_code)
    organisation = acting(request).acting_for
    own = Q(site__host=organisation)
    standing = visible(deeds.open_nominations(state_code), acting(request), "nomination", "view", own=own)
    order = list(standing.values_list("pk", flat=True))
    try:
        page = keyset_page(standing, "rank", request.GET.get("after"), NOMINATIONS_PER_PAGE)
    except BadToken as error:
        raise Refused(_("the address is wrong; begin again")) from error
    context = {
        "state": Area.objects.filter(pk=state_code).first(),
        "states": Area.objects.filter(level=Level.STATE),
        "page": page,
        "after": request.GET.get("after", ""),
        "waiting": len(order),
        # The whole order in one field: a form has at most a thousand of them.
        "seen": ",".join(map(str, order)),
        "closed": Nomination.objects.filter(state_code=state_code).exclude(closed_at=None).count(),
        "chooses": not organisation.state_code,
    }
    return render(request, "delivery/nominations.html", context)


@require_http_methods(["GET", "POST"])
def new_nominations(request: HttpRequest) -> HttpResponse:
    """Choose registered sites of one's state to nominate."""
    require(request, "nomination", "add")
    state_code = acting(request).acting_for.state_code
    candidates = Site.objects.filter(state_code=state_code, state=SiteState.REGISTERED, merged_into=None)
    if request.method == "POST":
        ids = whole_numbers(request.POST.getlist("site"))[:MOST_AT_ONCE]
        chosen = list(candidates.filter(pk__in=ids).order_by("pk"))
        if not chosen:
            raise Refused(_("choose at least one site that has not been nominated"))
        deeds.nominate(
            chosen, acting(request), at=timezone.now(), reason=request.POST.get("reason", "")[:500].replace("\0", "")
        )
        count = len(chosen)
        messages.success(request, ngettext("%(n)s site nominated", "%(n)s sites nominated", count) % {"n": count})
        return HttpResponseRedirect(reverse("nominations"))
    query = request.GET.get("q", "").strip()[:100].replace("\0", "")
    candidates = candidates.filter(every_word(query))
    try:
        page = keyset_page(
            candidates.select_related("municipality", "host"), "pk", request.GET.get("after"), SITES_PER_PAGE
        )
    except BadToken as error:
        raise Refused(_("the address is wrong; begin again")) from error
    return render(request, "delivery/nominations_new.html", {"page": page, "q": query})


def _state(request: HttpRequest) -> str:
    """The state whose nominations are shown: one's own, or the one chosen."""
    organisation = acting(request).acting_for
    if organisation.state_code:
        return str(organisation.state_code)
    asked = request.POST.get("state") or request.GET.get("state") or ""
    if asked:
        return asked[:10].replace("\0", "")
    first = Nomination.objects.filter(closed_at=None).order_by("state_code").values_list("state_code", flat=True)
    state = Area.objects.filter(level=Level.STATE).order_by("pk").values_list("pk", flat=True)
    return str(first.first() or state.first() or "")


def _decide(request: HttpRequest, state_code: str) -> HttpResponse:
    deed, now = request.POST.get("deed", ""), timezone.now()
    query = urlencode({"state": state_code, "after": request.POST.get("after", "")[:MOST_LETTERS]})
    back = HttpResponseRedirect(f"{reverse('nominations')}?{query}")
    person = acting(request)
    if deed == "rank":
        require(request, "nomination", "rank")
        seen = whole_numbers(request.POST.get("seen", "").split(","))
        wanted = {
            pk: rank
            for place, pk in enumerate(seen, start=1)
            for rank in whole_numbers([request.POST.get(f"rank-{pk}", "")])
            if rank != place
        }
        deeds.rank(state_code, wanted, person, seen=seen)
        messages.success(request, _("The order is kept."))
        return back
    if deed not in ("withdraw", "approve", "refuse"):
        raise PermissionDenied
    ids = whole_numbers(request.POST.getlist("nomination"))
    chosen = list(Nomination.objects.filter(pk__in=ids, state_code=state_code).select_related("site"))
    if not chosen:
        raise Refused(_("choose at least one nomination"))
    deeds.close(deed, chosen, person, at=now, reason=request.POST.get("reason", "")[:500].replace("\0", ""))
    count = len(chosen)
    messages.success(request, ngettext("%(n)s nomination decided", "%(n)s nominations decided", count) % {"n": count})
    return back
