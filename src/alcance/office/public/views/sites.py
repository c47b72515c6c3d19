"""The list of sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alcance.office.accounts.models import Organisation
from alcance.office.accounts.roles import Role
from alcance.office.delivery.in_force import in_force
from alcance.office.public.filters import SiteFilter, UnknownFilter
from alcance.office.public.labels import labels
from alcance.office.public.prepared import PreparedMany
from alcance.office.public.totals import kept, list_count
from alcance.office.public.views.answer import answer
from alcance.office.public.words import CLAIM_NAMES, PHASE_NAMES, QUINTILE_NAMES
from alcance.office.register.models import Area, Level, Site, SiteKind, SiteState
from alcance.office.web.errors import require
from alcance.office.web.figures import number
from alcance.office.web.paging import keyset_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

ROWS = 50
# Of a list of more, the sites of a page are found sooner one by one than by gathering all.
MANY = 5_000
_STATES = Area.objects.filter(level=Level.STATE).order_by("name", "code")
_COLUMNS = (
    "id", "name", "key", "kind", "state", "technology_now", "speed_now", "municipality__name",
    "municipality__parent__name",
)  # fmt: skip
_LISTED = PreparedMany(
    lambda numbers: in_force(Site.objects.filter(pk__in=numbers)).order_by("pk").values_list(*_COLUMNS)
)


def sites(request: HttpRequest) -> HttpResponse:
    """Every site, or those that the filters leave, page by page."""
    require(request, "site", "view")
    chosen = SiteFilter.of(request.GET)
    today = timezone.localdate()
    token = request.GET.get("after") or None
    count = list_count(chosen, today)
    try:
        # Numbers first, which an index holds; the rest is read for one page alone.
        page = keyset_page(chosen.sites(today, many=count > MANY).values_list("id", named=True), "id", token, ROWS)
    except ValueError as error:
        raise UnknownFilter(_("There is no such page; begin with the first.")) from error
    context = {
        "chosen": chosen,
        "count": count,
        "count_words": ngettext("%(shown)s site", "%(shown)s sites", count) % {"shown": number(count)},
        "first": token is None,
        "rows": _LISTED.rows([one.id for one in page.rows]),
        "onward": page.next,
        "fields": _choices(chosen, translation.get_language() or "en"),
        "narrowed": _narrowed(chosen),
        "named": labels(translation.get_language() or "en"),
    }
    return answer(request, _("Sites"), "sites.html", context, "/sites/")


def _choices(chosen: SiteFilter, language: str) -> list[dict[str, Any]]:
    """The filters that one picks from a list, each with its name, its options and the one that is on."""
    made = []
    for name, label, options in kept(("options", language), _options):
        value, known = getattr(chosen, name), options
        if value and all(value != code for code, _words in options):  # several states at once, as a total asks for them
            known = [*options, (value, ", ".join(str(SiteState(one).label) for one in chosen.site_states) or value)]
        made.append({"name": name, "label": label, "options": known, "value": value})
    return made


def _options() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """The filters that one picks from a list, in the language that is active."""
    picks: list[tuple[str, str, Any]] = [
        ("state", _("State"), _STATES.values_list("code", "name")),
        ("kind", _("Kind"), SiteKind.choices),
        ("phase", _("Phase"), PHASE_NAMES.items()),
        ("site_state", _("State of the site"), SiteState.choices),
        ("connection", _("Connection"), CLAIM_NAMES.items()),
        ("quintile", _("Need"), QUINTILE_NAMES.items()),
    ]
    return [(name, label, [(str(code), str(words)) for code, words in options]) for name, label, options in picks]


def _narrowed(chosen: SiteFilter) -> list[dict[str, str]]:
    """Filters that no list offers: their names in words, and the address of the list without them."""
    names: dict[str, tuple[str, Callable[[str], str]]] = {
        "municipality": (_("Municipality"), _area_name),
        "locality": (_("Locality"), _area_name),
        "provider": (_("Provider"), _provider_name),
        "contract": (_("Contract"), str),
    }
    return [
        {"name": name, "value": getattr(chosen, name), "label": label, "words": words(getattr(chosen, name)),
         "without": chosen.but(**{name: ""}).query}
        for name, (label, words) in names.items()
        if getattr(chosen, name)
    ]  # fmt: skip


def _area_name(code: str) -> str:
    return str(Area.objects.filter(pk=code).values_list("name", flat=True).first() or code)


def _provider_name(code: str) -> str:
    return str(
        Organisation.objects.filter(code=code, role=Role.PROVIDER).values_list("name", flat=True).first() or code
    )
