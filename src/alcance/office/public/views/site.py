"""The page of a site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from alcance.office.public.place_picture import place_svg
from alcance.office.public.site_facts import site_facts
from alcance.office.public.site_page import site_content
from alcance.office.public.views.answer import inside_frame
from alcance.office.register.models import Site
from alcance.office.web.errors import require

if TYPE_CHECKING:
    from django.http import HttpRequest


def site(request: HttpRequest, pk: int) -> HttpResponse:
    """A site: its state, what proves it, what has happened; one that was merged leads to the one that stays."""
    require(request, "site", "view")
    facts = site_facts(pk)
    if facts is None:
        raise Http404
    if facts.site.merged_into_id is not None:
        return redirect("site", pk=facts.site.merged_into_id, permanent=False)
    title = f"{facts.site.name} · {facts.site.key}"
    return inside_frame(request, title, site_content(facts, timezone.now()), "/sites/")


def place(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a site lies, as a picture."""
    require(request, "site", "view")
    found = (
        Site.objects.filter(pk=pk)
        .values_list("lon", "lat", "municipality__boundary", "municipality__parent__boundary")
        .first()
    )
    if found is None:
        raise Http404
    lon, lat, town, state = found
    response = HttpResponse(
        place_svg(lon, lat, bytes(town) if town else None, bytes(state) if state else None),
        content_type="image/svg+xml",
    )
    response["Cache-Control"] = "public, max-age=3600"
    return response
