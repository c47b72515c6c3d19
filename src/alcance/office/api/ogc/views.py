"""The addresses of OGC API - Features."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone

from alcance.office.api.answers import JSON, dumps, json_answer, utc
from alcance.office.api.callers import require
from alcance.office.api.ogc.areas import Areas
from alcance.office.api.ogc.asked import asked
from alcance.office.api.ogc.definition import MEDIA_TYPE, openapi
from alcance.office.api.ogc.features import GEOJSON
from alcance.office.api.ogc.localities import Localities
from alcance.office.api.ogc.sites import Sites
from alcance.office.api.ogc.spans import Spans
from alcance.office.api.pages import only_known
from alcance.office.api.problems import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from alcance.office.api.ogc.features import Collection

_ALL: tuple[Collection, ...] = (Sites(), Spans(), Areas(), Localities())
COLLECTIONS = {one.name: one for one in _ALL}
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
_PART_1 = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf"
CONFORMS_TO = [f"{_PART_1}/{name}" for name in ("core", "geojson", "oas30")]
TITLE = "Alcance: features of the programme"
DESCRIPTION = "Sites of the programme, spans of its plan, and the areas and localities that they lie in. Open data."
_FORMAT = ("f",)


def _reads(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only reading, and only what everybody may read."""

    def answered(request: HttpRequest, **parts: str) -> HttpResponse:
        if request.method != "GET":
            return HttpResponseNotAllowed(["GET"])
        require(request, "site", "view")
        return view(request, **parts)

    return answered


def _base(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _link(href: str, rel: str, media_type: str, title: str) -> dict[str, str]:
    return {"href": href, "rel": rel, "type": media_type, "title": title}


def _plain(request: HttpRequest) -> None:
    """Refuse parameters that the standard does not have here, with 400 as it wants it."""
    try:
        only_known(request, _FORMAT)
    except Refusal as error:
        raise Refusal(400, error.detail, **error.more) from error
    if request.GET.get("f", "json") != "json":
        raise Refusal(400, "the parameter «f»: there is json alone")


@_reads
def landing(request: HttpRequest) -> HttpResponse:
    """What there is and where it is described."""
    _plain(request)
    base = _base(request)
    links = [
        _link(f"{base}/ogc", "self", JSON, "This page"),
        _link(f"{base}/ogc/api", "service-desc", MEDIA_TYPE, "The definition of this API"),
        _link(f"{base}/api/docs", "service-doc", "text/html", "The API in words"),
        _link(f"{base}/ogc/conformance", "conformance", JSON, "What this API conforms to"),
        _link(f"{base}/ogc/collections", "data", JSON, "The collections"),
    ]
    return json_answer(request, {"title": TITLE, "description": DESCRIPTION, "links": links})


@_reads
def conformance(request: HttpRequest) -> HttpResponse:
    """What it conforms to."""
    _plain(request)
    return json_answer(request, {"conformsTo": CONFORMS_TO})


@_reads
def definition(request: HttpRequest) -> HttpResponse:
    """The OpenAPI definition."""
    _plain(request)
    made = openapi(_base(request), TITLE, DESCRIPTION, COLLECTIONS)
    return json_answer(request, made, media_type=MEDIA_TYPE)


@_reads
def collections(request: HttpRequest) -> HttpResponse:
    """Every collection."""
    _plain(request)
    base = _base(request)
    links = [_link(f"{base}/ogc/collections", "self", JSON, "The collections")]
    return json_answer(request, {"links": links, "collections": [_told(base, one) for one in COLLECTIONS.values()]})


@_reads
def collection(request: HttpRequest, name: str) -> HttpResponse:
    """One collection."""
    _plain(request)
    return json_answer(request, _told(_base(request), _collection(name)))


def _collection(name: str) -> Collection:
    if name not in COLLECTIONS:
        raise Http404
    return COLLECTIONS[name]


def _told(base: str, one: Collection) -> dict[str, Any]:
    href = f"{base}/ogc/collections/{one.name}"
    extent = one.extent()
    told: dict[str, Any] = {}
    if extent.bbox is not None:
        told["spatial"] = {"bbox": [extent.bbox], "crs": CRS84}
    if extent.since is not None:
        told["temporal"] = {"interval": [[extent.since, None]]}
    return {
        "id": one.name,
        "title": one.title,
        "description": one.description,
        "itemType": "feature",
        "crs": [CRS84],
        **({"extent": told} if told else {}),
        "links": [
            _link(href, "self", JSON, one.title),
            _link(f"{href}/items", "items", GEOJSON, one.title),
        ],
    }


@_reads
def items(request: HttpRequest, name: str) -> HttpResponse:
    """Features of a collection, page by page."""
    one = _collection(name)
    wanted = asked(request.GET, {each: one.properties[each] for each in one.filters})
    page = one.page(wanted)
    base = f"{_base(request)}/ogc/collections/{name}"
    links = [
        _link(f"{base}/items{_query(request, {})}", "self", GEOJSON, "This page"),
        _link(base, "collection", JSON, one.title),
    ]
    headers = {}
    if page.onward is not None:
        onward = f"{base}/items{_query(request, {'after': page.onward})}"
        links.append(_link(onward, "next", GEOJSON, "The next page"))
        headers["Link"] = f'<{onward}>; rel="next"; type="{GEOJSON}"'
    body = (
        f'{{"type":"FeatureCollection","timeStamp":"{utc(timezone.now())}","numberMatched":{page.matched},'
        f'"numberReturned":{page.returned},"links":{dumps(links)},"features":[{page.text}]}}'
    )
    return HttpResponse(body.encode(), content_type=GEOJSON, headers=headers)


def _query(request: HttpRequest, change: dict[str, str]) -> str:
    pairs = {**request.GET.dict(), **change}
    return f"?{urlencode(pairs)}" if pairs else ""


@_reads
def item(request: HttpRequest, name: str, feature: str) -> HttpResponse:
    """One feature."""
    one = _collection(name)
    _plain(request)
    found = one.one(feature)
    if found is None:
        raise Http404
    base = _base(request)
    href = f"{base}/ogc/collections/{name}"
    links = [
        _link(f"{href}/items/{quote(feature, safe='')}", "self", GEOJSON, "This feature"),
        _link(href, "collection", JSON, one.title),
    ]
    page = one.page_of(feature)
    if page is not None:
        links.append(_link(f"{base}{page}", "alternate", "text/html", "Its page"))
    body = f'{found[:-1]},"links":{dumps(links)}}}'
    return HttpResponse(body.encode(), content_type=GEOJSON)
