"""OGC API - Features - Part 1: Core (OGC 17-069r4): the abstract tests of its annex A, one function each.

Their names are those of the annex: A.2 core, A.3 GeoJSON, A.5 OpenAPI 3.0. Then what is ours.
"""

from __future__ import annotations

import datetime as dt
from urllib.parse import quote

import geopandas as gpd
import pytest
import shapely
from jsonschema import Draft4Validator
from schemathesis.specs.openapi.definitions import OPENAPI_30
from tests.office.test_api_reading import assert_problem

from alcance.office.api.callers import forget_allowances
from alcance.office.api.ogc.areas import _outlines_of
from alcance.office.api.ogc.asked import MOST
from alcance.office.delivery.models import Plan
from alcance.office.register.models import Area, Site

COLLECTIONS = ("sites", "spans", "areas", "localities")
TYPES = {"sites": "Point", "spans": "LineString", "areas": "MultiPolygon", "localities": "Point"}
GEOJSON = "application/geo+json"
SQUARE = shapely.box(-97, 16.5, -96, 17.5)


@pytest.fixture(autouse=True)
def allowances():
    forget_allowances()
    _outlines_of.cache_clear()


@pytest.fixture
def world(sites, areas, people, now, settings, tmp_path):
    """Sites, areas with an outline, and a plan with two spans."""
    settings.OFFICE_DIR = tmp_path
    Area.objects.filter(level__in=("state", "municipality")).update(boundary=shapely.to_wkb(SQUARE))
    Area.objects.filter(pk="21").update(boundary=shapely.to_wkb(shapely.MultiPolygon([SQUARE])))
    Site.objects.filter(pk=sites[0].pk).update(changed_at=dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC))
    Site.objects.exclude(pk=sites[0].pk).update(changed_at=dt.datetime(2026, 2, 1, tzinfo=dt.UTC))
    folder = tmp_path / "plans" / "abc"
    folder.mkdir(parents=True)
    spans(folder)
    Plan.objects.create(
        title="Plan", digest="abc", folder="abc", currency="MXN", cost=1, lower_bound=1, plan_gap=0,
        imported_by=people["ministry"], imported_at=now,
    )  # fmt: skip
    return sites


def spans(folder):
    lines = [[(-96.5, 17.0), (-96.4, 17.0)], [(-96.4, 17.0), (-96.3, 17.2)]]
    geometry = [*map(shapely.LineString, lines), shapely.Point(-96.5, 17.0)]
    frame = gpd.GeoDataFrame(
        {
            "edge_id": ["ptp:b/2", "fibre:a/1", "mast:c"], "kind": ["ptp", "fibre_road", "mast"],
            "freq_ghz": [5.8, None, None], "hop": [1, 0, 0], "length_m": [10.0, 20.0, 0.0],
            **dict.fromkeys(("from_place", "to_place", "from_name", "to_name"), "x"),
            **dict.fromkeys(("inferred",), False), "rate_mbps": [100.0, None, None],
            **dict.fromkeys(("availability_pct", "capex", "opex_year"), 1.0),
            **dict.fromkeys(("sites_below", "people_below"), 3),
        },
        geometry=geometry, crs="OGC:CRS84",
    )  # fmt: skip
    frame.to_parquet(folder / "edges.parquet")


def get(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.content)
    return answer


def links_of(told, rel):
    return [link for link in told["links"] if link["rel"] == rel]


def definition(client):
    return get(client, "/ogc/api").json()


def parameter(client, collection, name):
    made = definition(client)
    for one in made["paths"][f"/collections/{collection}/items"]["get"]["parameters"]:
        found = made["components"]["parameters"][one["$ref"].rpartition("/")[2]] if "$ref" in one else one
        if found["name"] == name:
            return found
    raise AssertionError(name)


# A.2.1, A.2.2: the landing page
def test_root_op_and_root_success(client, world):
    answer = get(client, "/ogc/")
    assert answer.headers["Content-Type"] == "application/json"
    told = answer.json()
    for rel in ("service-desc", "service-doc", "conformance", "data", "self"):
        assert links_of(told, rel), rel
    for link in told["links"]:
        assert get(client, link["href"]).headers["Content-Type"].split("; charset")[0] == link["type"]


# A.2.1: QGIS reads no further where it is sent on by a path alone
def test_root_without_its_slash_is_the_same(client, world):
    assert get(client, "/ogc").json() == get(client, "/ogc/").json()
    assert client.get("/ogc").headers["Access-Control-Allow-Origin"] == "*"
    assert_problem(client.get("/ogc?castle=1"), 400)


# A.2.3: the API definition
def test_api_definition_op_and_success(client, world):
    [link] = links_of(get(client, "/ogc/").json(), "service-desc")
    assert link["type"] == "application/vnd.oai.openapi+json;version=3.0"
    assert get(client, link["href"]).json()["openapi"].startswith("3.0.")


# A.2.4: the conformance path
def test_conformance_op_and_success(client, world):
    told = get(client, "/ogc/conformance").json()
    base = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/"
    assert set(told["conformsTo"]) == {f"{base}{name}" for name in ("core", "geojson", "oas30")}


# A.2.5: the collections
def test_fc_md_op_success_links_items_and_extent(client, world):
    told = get(client, "/ogc/collections").json()
    assert links_of(told, "self")
    assert all(link["rel"] and link["type"] for link in told["links"])
    assert [one["id"] for one in told["collections"]] == list(COLLECTIONS)
    for one in told["collections"]:
        [items] = links_of(one, "items")
        assert items["type"] == GEOJSON
        get(client, items["href"])
        box = one["extent"]["spatial"]["bbox"][0]
        assert len(box) == 4
        assert -180 <= box[0] <= box[2] <= 180
        assert -90 <= box[1] <= box[3] <= 90
        assert one["extent"]["spatial"]["crs"] == "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
        assert one["crs"] == ["http://www.opengis.net/def/crs/OGC/1.3/CRS84"]
    assert told["collections"][0]["extent"]["temporal"]["interval"] == [["2026-01-05T12:00:00Z", None]]


# A.2.6: one collection
@pytest.mark.parametrize("name", COLLECTIONS)
def test_sfc_md_op_and_success(client, world, name):
    listed = {one["id"]: one for one in get(client, "/ogc/collections").json()["collections"]}
    assert get(client, f"/ogc/collections/{name}").json() == listed[name]
    assert_problem(client.get("/ogc/collections/castles"), 404)


# A.2.7: features
@pytest.mark.parametrize("name", COLLECTIONS)
def test_fc_op_fc_response_links_and_counts(client, world, name):
    answer = get(client, f"/ogc/collections/{name}/items")
    assert answer.headers["Content-Type"] == GEOJSON
    told = answer.json()
    assert told["type"] == "FeatureCollection"
    assert links_of(told, "self")
    assert all(link["rel"] and link["type"] for link in told["links"])
    assert dt.datetime.fromisoformat(told["timeStamp"]).tzinfo is not None
    assert told["numberReturned"] == len(told["features"]) == told["numberMatched"]
    assert told["numberMatched"] == {"sites": 6, "spans": 2, "areas": 4, "localities": 4}[name]


@pytest.mark.parametrize("name", COLLECTIONS)
def test_fc_limit_definition(client, world, name):
    limit = parameter(client, name, "limit")
    assert (limit["in"], limit["required"], limit["style"], limit["explode"]) == ("query", False, "form", False)
    assert limit["schema"]["type"] == "integer"
    assert limit["schema"]["minimum"] == 1
    assert limit["schema"]["minimum"] <= limit["schema"]["default"] <= limit["schema"]["maximum"]


@pytest.mark.parametrize("name", COLLECTIONS)
def test_fc_limit_response(client, world, name):
    for limit in (1, 2, MOST + 1, 10**30):
        told = get(client, f"/ogc/collections/{name}/items?limit={limit}").json()
        assert told["numberReturned"] == min(limit, told["numberMatched"])


@pytest.mark.parametrize("name", COLLECTIONS)
def test_fc_next_leads_through_all_in_order(client, world, name):
    whole = get(client, f"/ogc/collections/{name}/items").json()
    seen, address = [], f"/ogc/collections/{name}/items?limit=1"
    while address:
        told = get(client, address).json()
        assert told["numberMatched"] == whole["numberMatched"]
        seen += told["features"]
        onward = links_of(told, "next")
        address = onward[0]["href"] if onward else None
    assert seen == whole["features"]


@pytest.mark.parametrize("name", COLLECTIONS)
def test_fc_bbox_definition(client, world, name):
    box = parameter(client, name, "bbox")
    assert (box["in"], box["required"], box["style"], box["explode"]) == ("query", False, "form", False)
    assert box["schema"]["type"] == "array"
    assert box["schema"]["oneOf"] == [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}]
    assert box["schema"]["items"] == {"type": "number"}


BOXES = (
    "-96.5,16.9,-96.43,17.1", "-96.5,16.9,0,-96.43,17.1,9999", "100,16.9,-96.43,17.1", "-96.45,-90,180,90",
    "-180,-90,180,90", "0,0,1,1", "-96.48,17.02,-96.48,17.02",
)  # fmt: skip


@pytest.mark.parametrize("box", BOXES)
@pytest.mark.parametrize("name", COLLECTIONS)
def test_fc_bbox_response(client, world, name, box):
    numbers = [float(one) for one in box.split(",")]
    west, south, east, north = numbers if len(numbers) == 4 else (*numbers[:2], *numbers[3:5])
    inside = shapely.box(west, south, east, north) if west <= east else shapely.union_all(
        [shapely.box(west, south, 180, north), shapely.box(-180, south, east, north)]
    )  # fmt: skip
    whole = get(client, f"/ogc/collections/{name}/items").json()["features"]
    wanted = [one["id"] for one in whole if shapely.geometry.shape(one["geometry"]).intersects(inside)]
    told = get(client, f"/ogc/collections/{name}/items?bbox={box}").json()
    assert [one["id"] for one in told["features"]] == wanted
    assert told["numberMatched"] == len(wanted)


@pytest.mark.parametrize("name", COLLECTIONS)
def test_fc_time_definition(client, world, name):
    time = parameter(client, name, "datetime")
    assert (time["in"], time["required"], time["style"], time["explode"]) == ("query", False, "form", False)
    assert time["schema"] == {"type": "string"}


@pytest.mark.parametrize(
    ("time", "count"),
    [("2026-01-05T12:00:00Z", 1), ("2026-01-05T06:00:00-06:00", 1), ("2026-01-05", 1), ("2026-01-06", 0),
     ("2026-01-01T00:00:00Z/2026-01-31T00:00:00Z", 1), ("../2026-01-31T00:00:00Z", 1), ("2026-01-06T00:00:00Z/..", 5),
     ("/2026-01-05T12:00:00Z", 1), ("2026-01-05T12:00:01Z/", 5), ("0001-01-01T00:00:00Z/9999-12-30T00:00:00Z", 6),
     ("0000-01-01T00:00:00Z/2026-01-31T00:00:00Z", 1), ("2026-01-06/9999-12-31T23:59:59Z", 5),
     ("../9999-12-31T23:59:59-12:00", 6), ("0000-02-29", 0)],
)  # fmt: skip
def test_fc_time_response(client, world, time, count):
    assert get(client, f"/ogc/collections/sites/items?datetime={quote(time)}").json()["numberMatched"] == count
    # What has no time is always there.
    for name, every in (("spans", 2), ("areas", 4), ("localities", 4)):
        assert get(client, f"/ogc/collections/{name}/items?datetime={quote(time)}").json()["numberMatched"] == every


@pytest.mark.parametrize(
    ("name", "query", "count"),
    [("sites", "kind=school&state_code=21", 2), ("sites", "key=20DPR0001A", 1), ("sites", "need_quintile=4", 6),
     ("sites", "technology=fibre", 0), ("spans", "medium=fibre", 1), ("spans", "hop=1&kind=ptp", 1),
     ("areas", "level=municipality", 2), ("localities", "parent=20001&need_quintile=4", 2),
     ("localities", "code=20", 0)],
)  # fmt: skip
def test_filter_parameters(client, world, name, query, count):
    for part in query.split("&"):
        assert parameter(client, name, part.partition("=")[0])["in"] == "query"
    told = get(client, f"/ogc/collections/{name}/items?{query}").json()
    assert told["numberMatched"] == len(told["features"]) == count


@pytest.mark.parametrize(
    "query",
    ["castle=1", "limit=0", "limit=-1", "limit=x", "limit=", "limit=1.5", "bbox=1,2,3", "bbox=a,b,c,d", "bbox=",
     "bbox=1,2,3,nan", "bbox=1,2,3,1e999", "bbox=0,10,1,9", "bbox=0,0,181,1", "bbox=1,2,3,4,5", "datetime=",
     "datetime=yesterday",
     "datetime=2026-13-01T00:00:00Z", "datetime=2026-02-01/2026-01-01", "datetime=../..", "datetime=0000-13-01",
     "datetime=a/b/c", "f=xml", "kind=castle", "need_quintile=x",
     "need_quintile=6", "limit=1&limit=2",
     "after=x", "key=" + "x" * 201, "key=%00", "need_quintile=%C2%B2"],
)  # fmt: skip
def test_query_param_unknown_and_invalid(client, world, query):
    assert_problem(client.get(f"/ogc/collections/sites/items?{query}"), 400)


@pytest.mark.parametrize(
    "path", ["/ogc/", "/ogc/conformance", "/ogc/api", "/ogc/collections", "/ogc/collections/sites"]
)
def test_query_param_unknown_elsewhere(client, world, path):
    assert_problem(client.get(f"{path}?castle=1"), 400)
    assert_problem(client.get(f"{path}?f=xml"), 400)
    get(client, f"{path}?f=json")


# A.2.8: one feature
@pytest.mark.parametrize("name", COLLECTIONS)
def test_f_op_f_success_f_links(client, world, name):
    for one in get(client, f"/ogc/collections/{name}/items").json()["features"]:
        answer = get(client, f"/ogc/collections/{name}/items/{quote(str(one['id']), safe='')}")
        assert answer.headers["Content-Type"] == GEOJSON
        told = answer.json()
        assert {member: told[member] for member in one} == one
        assert links_of(told, "collection")[0]["href"].endswith(f"/ogc/collections/{name}")
        assert get(client, links_of(told, "self")[0]["href"]).json() == told
        for page in links_of(told, "alternate"):
            assert page["type"] == "text/html"
            get(client, page["href"])
    for none in ("999999", "x", "9" * 30, "%C2%B2", "-1"):
        assert_problem(client.get(f"/ogc/collections/{name}/items/{none}"), 404)


# A.3: GeoJSON
@pytest.mark.parametrize("name", COLLECTIONS)
def test_geojson_content(client, world, name):
    for one in get(client, f"/ogc/collections/{name}/items").json()["features"]:
        assert one["type"] == "Feature"
        # A layer of a GIS has one type of geometry; features of another would be read and not be drawn.
        assert one["geometry"]["type"] == TYPES[name]
        shape = shapely.geometry.shape(one["geometry"])
        assert shape.is_valid
        west, south, east, north = shape.bounds
        assert -97.1 < west <= east <= -96  # longitude first
        assert 16 < south <= north < 18
        assert one["properties"]


# A.5: OpenAPI 3.0
def test_oas30_definition_and_completeness(client, world):
    made = definition(client)
    errors = [error.message for error in Draft4Validator(OPENAPI_30).iter_errors(made)]
    assert errors == []
    for path, operations in made["paths"].items():
        if "{" not in path:
            answer = get(client, f"/ogc{path}")
            assert answer.headers["Content-Type"] in operations["get"]["responses"]["200"]["content"]
        for status in ("400", "404", "429", "500"):
            assert status in operations["get"]["responses"]


def test_a_method_that_there_is_not(client, world):
    answer = client.post("/ogc/collections/sites/items", {}, "application/json")
    assert_problem(answer, 405)
    assert answer.headers["Allow"] == "GET"


def test_without_a_plan_there_are_no_spans(client, areas):
    assert get(client, "/ogc/collections/spans/items").json()["numberMatched"] == 0
    told = get(client, "/ogc/collections").json()["collections"]
    assert "extent" not in told[1]
    assert "extent" not in told[0]


def test_a_span_of_a_plan_is_fibre_or_radio(client, world):
    told = {one["id"]: one["properties"] for one in get(client, "/ogc/collections/spans/items").json()["features"]}
    assert list(told) == ["fibre:a/1", "ptp:b/2"]
    assert (told["fibre:a/1"]["medium"], told["fibre:a/1"]["freq_ghz"]) == ("fibre", None)
    assert (told["ptp:b/2"]["medium"], told["ptp:b/2"]["plan"]) == ("microwave", "abc")


def test_a_site_that_was_merged_is_not_there(client, world):
    Site.objects.filter(pk=world[1].pk).update(merged_into=world[0], state="retired")
    assert get(client, "/ogc/collections/sites/items").json()["numberMatched"] == 5
    assert_problem(client.get(f"/ogc/collections/sites/items/{world[1].pk}"), 404)


def test_an_area_without_an_outline_lies_nowhere(client, areas):
    told = get(client, "/ogc/collections/areas/items").json()["features"]
    assert [(one["id"], one["geometry"]) for one in told] == [(code, None) for code in ("20", "20001", "21", "21001")]
    assert get(client, "/ogc/collections/areas/items?bbox=-180,-90,180,90").json()["numberMatched"] == 0


@pytest.mark.parametrize(("name", "feature"), [("areas", "200010001"), ("localities", "20")])
def test_areas_and_localities_are_told_apart(client, world, name, feature):
    assert_problem(client.get(f"/ogc/collections/{name}/items/{feature}"), 404)


def test_nothing_private_leaves(client, world):
    Site.objects.update(contact="Ana, 951 000 0000")
    assert b"Ana" not in get(client, "/ogc/collections/sites/items").content


def test_moments_and_days_of_a_site_are_those_of_the_api(client, world):
    Site.objects.filter(pk=world[0].pk).update(retired_on="2026-02-03")
    for site in world[:2]:
        feature = get(client, f"/ogc/collections/sites/items/{site.pk}").json()["properties"]
        row = get(client, f"/api/sites/{site.pk}").json()
        assert {name: feature[name] for name in ("changed_at", "retired_on", "electricity", "users")} == {
            name: row[name] for name in ("changed_at", "retired_on", "electricity", "users")
        }
    assert feature["changed_at"] == "2026-02-01T00:00:00Z"
