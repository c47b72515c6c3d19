"""The page of the map, its tiles, and having them made again."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_POST, require_safe

from alcance.office.accounts.permissions import may
from alcance.office.public.downloads.serving import file_answer
from alcance.office.public.filters import SiteFilter
from alcance.office.public.labels import Labels, labels
from alcance.office.public.map.archive import GRID, ZOOMS
from alcance.office.public.map.current import BUILDERS, Tileset, current, folder, is_current
from alcance.office.public.map.making import ask_for_tiles, being_made
from alcance.office.public.map.search import place_of_site
from alcance.office.public.totals import Total, kept, listed, over, tally
from alcance.office.register.models import SiteKind, SiteState
from alcance.office.register.models.kinds import PHASES
from alcance.office.web.errors import acting, require
from alcance.office.web.forms import whole_numbers

if TYPE_CHECKING:
    from collections import Counter

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

_TILES = re.compile(rf"(?:{'|'.join(BUILDERS)})-([0-9a-f]{{16}})\.pmtiles\Z")
#: States as the legend has them, from the end of the way to its beginning: what works stands first.
LEGEND = (
    ("operation", PHASES["operation"]),
    ("deployment", PHASES["deployment"]),
    ("tender", PHASES["tender"]),
    ("planning", PHASES["planning"]),
    ("nomination", PHASES["nomination"]),
    ("outside", (SiteState.REGISTERED, SiteState.RELOCATED)),
)


@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    """Every site on the map; below it the same by phase and state, for whom a map is no use."""
    require(request, "site", "view")
    tiles, named = current(), labels(translation.get_language() or "en")
    # By place as well, for that is the order of an index that holds all it counts.
    counts = tally(SiteFilter(), "state_code", "kind", "state")
    kinds, by_state = over(counts, 1), over(counts, 2)
    by_state.pop(SiteState.RETIRED, None)
    groups = [
        {
            "phase": phase,
            "name": named.phase.get(phase, ""),
            "total": sum(by_state.get(state, 0) for state in states),
            "states": [_entry(state, by_state, named) for state in states if by_state.get(state)],
        }
        for phase, states in LEGEND
    ]
    shown = [group for group in groups if group["states"]]
    context = {
        "tiles": tiles,
        "old": tiles is not None and not kept("map", lambda: is_current(tiles)),
        "making": being_made(),
        "config": json.dumps(_config(tiles, named, _chosen(request)), ensure_ascii=False) if tiles else "",
        "groups": shown,
        "everything": listed(SiteFilter(), sum(by_state.values())),
        "perms_to_make": may(request.user, "job", "run"),
        "kinds": [(kind.value, named.kind[kind]) for kind in SiteKind if kinds[kind]],
    }
    return render(request, "public/map.html", context)


@require_safe
def tiles(request: HttpRequest, name: str) -> HttpResponseBase:
    """A file of tiles, whole or by ranges; its name is its content's, so that it may be kept for ever."""
    require(request, "site", "view")
    found = _TILES.match(name)
    path = folder() / name
    if found is None or not path.is_file():
        raise Http404
    answer = file_answer(request, path, name, found[1])
    if answer.status_code != 416:
        answer["Cache-Control"] = "public, max-age=31536000, immutable"
    return answer


@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """Have the tiles made again."""
    require(request, "job", "run")
    ask_for_tiles(acting(request))
    return redirect("map")


def _entry(state: SiteState, by_state: Counter[str], named: Labels) -> dict[str, Any]:
    href = SiteFilter(site_state=state.value).href
    return {
        "code": state.value,
        "name": named.state[state],
        "means": named.state_means[state],
        "total": Total(by_state[state], href),
    }


def _chosen(request: HttpRequest) -> dict[str, Any] | None:
    """The site that an address asks to be shown."""
    asked = whole_numbers([request.GET.get("site", "")])
    return place_of_site(asked[0]) if asked else None


def _config(tiles: Tileset, named: Labels, chosen: dict[str, Any] | None) -> dict[str, Any]:
    """What the script is told: addresses, the first view, and the words that the register has."""
    return {
        "language": translation.get_language() or "en",
        "tiles": {
            kind: {"href": reverse("map_tiles", args=[tiles.files[kind]]), "zooms": zooms}
            for kind, zooms in ZOOMS.items()
        },
        "bounds": tiles.bounds,
        "lines": tiles.lines,
        "chosen": chosen,
        "whole": next(zoom for zoom, cells in GRID.items() if cells == 0),
        "search": reverse("map_search"),
        "site": reverse("map_site", args=[0]).removesuffix("0"),
        "names": {
            "state": named.state, "kind": named.kind, "technology": named.technology,
            "quintile": {str(fifth): words for fifth, words in named.quintile.items()},
        },
    }  # fmt: skip
