"""Finding a place on the map: a site by its key or name, a municipality, a locality."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import CharField, F, Q, Value
from django.http import Http404, JsonResponse
from django.views.decorators.http import require_safe

from alcance.office.public.filters import MAX_TEXT
from alcance.office.public.map.register_rows import shown_sites
from alcance.office.register.models import Area, Level
from alcance.office.register.models.folding import every_word, folded
from alcance.office.web.errors import require

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

DEFAULT_LIMIT, MAX_LIMIT = 8, 20
# Fewer letters would find nearly everything.
_FEWEST = 2


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Answer `?q=` with at most `?limit=` places, each with where it lies and its page."""
    require(request, "site", "view")
    limit = _limit(request.GET.get("limit", ""))
    text = folded(request.GET.get("q", "").replace("\x00", "").strip()[:MAX_TEXT])
    rows = found(text, limit) if len(text) >= _FEWEST else []
    return JsonResponse({"results": rows})


@require_safe
def site(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer with one site, as a search would."""
    require(request, "site", "view")
    place = place_of_site(pk)
    if place is None:
        raise Http404
    return JsonResponse(place)


def place_of_site(pk: int) -> dict[str, Any] | None:
    """A site as a search would find it; None where the map does not show it."""
    row = _site_rows(shown_sites().filter(pk=pk)).first()
    return _site(row) if row else None


def found(text: str, limit: int) -> list[dict[str, Any]]:
    """Places whose name or key holds every word of a folded text; a key that is the text itself comes first."""
    words = every_word(text)
    exact = [_site(row) for row in _site_rows(shown_sites().filter(key=text.upper()).order_by("pk")[:limit])]
    areas = [_area(row) for level in (Level.MUNICIPALITY, Level.LOCALITY) for row in _areas(level, words, limit)]
    named = [_site(row) for row in _site_rows(shown_sites().filter(words).order_by("pk")[:limit])]
    # Each sort has its share of the room, so that a thousand schools named after a town do not hide the town.
    share = max(1, limit // 2)
    rows = [*exact, *areas[:share], *named, *areas[share:]]
    once = {row["href"]: row for row in rows}
    return list(once.values())[:limit]


def _areas(level: Level, words: Q, limit: int) -> QuerySet[Any, Any]:
    areas = Area.objects.filter(words, level=level, lon__isnull=False, lat__isnull=False)
    return areas.order_by(F("people").desc(nulls_last=True), "code").values(
        "code", "name", "level", "lon", "lat", above=F("parent__name"), top=F("parent__parent__name")
    )[:limit]


def _site_rows(sites: Any) -> Any:
    return sites.values(
        "pk", "key", "name", "kind", "state", "lon", "lat", above=F("municipality__name"),
        top=F("municipality__parent__name"), level=Value("site", output_field=CharField()),
    )  # fmt: skip


def _site(row: dict[str, Any]) -> dict[str, Any]:
    return {**_place(row), "key": row["key"], "kind": row["kind"], "state": row["state"], "id": row["pk"],
            "href": f"/sites/{row['pk']}/"}  # fmt: skip


def _area(row: dict[str, Any]) -> dict[str, Any]:
    return {**_place(row), "key": row["code"], "href": f"/areas/{row['code']}/"}


def _place(row: dict[str, Any]) -> dict[str, Any]:
    within = ", ".join(name for name in (row["above"], row["top"]) if name)
    return {"type": row["level"], "name": row["name"], "within": within, "lon": row["lon"], "lat": row["lat"]}


def _limit(asked: str) -> int:
    return (
        min(max(int(asked), 1), MAX_LIMIT) if asked.isascii() and asked.isdigit() and len(asked) < 4 else DEFAULT_LIMIT
    )
