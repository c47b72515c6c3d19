"""Providers: what they were hired for, what they say is there, and what was found to be there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from alcance.office.accounts.models import Organisation
from alcance.office.accounts.roles import Role
from alcance.office.delivery.models import Contract
from alcance.office.public.filters import SiteFilter
from alcance.office.public.totals import Total, by_contract, by_kind_and_stage, by_provider, listed, stage_names, tally
from alcance.office.public.views.answer import answer
from alcance.office.public.words import CLAIM_NAMES
from alcance.office.web.errors import require

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def providers(request: HttpRequest) -> HttpResponse:
    """Every provider with its connections: hired for, said to be installed, verified, late."""
    require(request, "organisation", "view")
    counts = by_provider(timezone.localdate())
    rows = [
        {
            "provider": one,
            "claims": _claims(SiteFilter(provider=one.code), counts.get(one.pk, {})),
            "contracts": one.contracts_count,
        }
        for one in Organisation.objects.filter(role=Role.PROVIDER)
        .annotate(contracts_count=Count("contracts"))
        .order_by("name", "pk")
    ]
    context = {"rows": rows, "names": [str(words) for words in CLAIM_NAMES.values()]}
    return answer(request, _("Providers"), "providers.html", context, "/providers/")


def provider(request: HttpRequest, code: str) -> HttpResponse:
    """A provider: its contracts, and its connections as it claims them and as they were found."""
    require(request, "organisation", "view")
    found = Organisation.objects.filter(code=code, role=Role.PROVIDER).first()
    if found is None:
        raise Http404
    today = timezone.localdate()
    chosen = SiteFilter(provider=code)
    claims = _claims(chosen, by_provider(today).get(found.pk, {}))
    counts = {row.pop("contract"): row for row in by_contract(found.pk, today)}
    contracts = [
        {"contract": one, "claims": _claims(chosen.but(contract=one.code), counts.get(one.pk, {}))}
        for one in Contract.objects.filter(provider=found).select_related("lot").order_by("-signed_on", "-pk")
    ]
    context = {
        "provider": found,
        "claims": claims,
        "contracts": contracts,
        "kinds": by_kind_and_stage(chosen, tally(chosen, "kind", "state")),
        "stages": stage_names(),
    }
    return answer(request, found.name, "provider.html", context, "/providers/")


def _claims(chosen: SiteFilter, counts: dict[str, int]) -> list[dict[str, Any]]:
    """Totals of connections in the order of `CLAIM_NAMES`."""

    def total(name: str) -> Total:
        return listed(chosen if name == "standing" else chosen.but(connection=name), counts.get(name, 0))

    return [{"name": str(words), "total": total(name)} for name, words in CLAIM_NAMES.items()]
