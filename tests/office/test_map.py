"""The map: tiles that lose no site, given out by ranges, kept whole while new ones are made; and its page."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections import Counter, defaultdict

import numpy as np
import pytest
import shapely
from django.test import RequestFactory
from pmtiles.reader import MmapSource, Reader, all_tiles

from alcance.office.delivery.models import Plan
from alcance.office.public.downloads.serving import file_answer
from alcance.office.public.map import archive, current
from alcance.office.public.map.search import MAX_LIMIT
from alcance.office.register.models import Area, Site, SiteState

NOW = dt.datetime(2026, 3, 2, 15, 0, tzinfo=dt.UTC)
CONTENT = bytes(range(256)) * 4


@pytest.fixture(autouse=True)
def office_dir(tmp_path, settings):
    settings.OFFICE_DIR = tmp_path
    return tmp_path


@pytest.fixture
def outlined(areas):
    for code, box in (("20", (-98, 15, -94, 18)), ("20001", (-98, 15, -96, 18)), ("21", (-99, 18, -96, 20)),
                      ("21001", (-99, 18, -96, 20))):  # fmt: skip
        Area.objects.filter(pk=code).update(boundary=shapely.to_wkb(shapely.box(*box)))
    return areas


@pytest.fixture
def crowd(outlined):
    """Four hundred sites, half of them in one town, of three kinds and four states."""
    random = np.random.default_rng(7)
    lon, lat = random.uniform(-97, -96.6, 400), random.uniform(17, 17.4, 400)
    lon[:200], lat[:200] = lon[:200] / 1000 - 96.7, lat[:200] / 1000 + 17
    kinds, states = ("school", "clinic", "library"), ("registered", "installed", "operating", "down")
    Site.objects.bulk_create(
        Site(
            key=f"20DPR{i:05d}", key_scheme="cct", name=f"Escuela {i}", kind=kinds[i % 3], state=states[i % 4],
            lon=round(float(lon[i]), 6), lat=round(float(lat[i]), 6), municipality=outlined["20001"], state_code="20",
            cell=i,
        )
        for i in range(400)
    )  # fmt: skip


def layer_features(path, layer):
    """Properties of a layer's features by zoom, as GDAL reads them: another program than the one that wrote them."""
    import pyogrio

    found = defaultdict(list)
    with path.open("rb") as handle:
        for (zoom, _x, _y), data in all_tiles(MmapSource(handle)):
            tile = path.with_suffix(".mvt")
            tile.write_bytes(gzip.decompress(data))
            if layer in pyogrio.list_layers(tile)[:, 0]:
                frame = pyogrio.read_dataframe(tile, layer=layer, read_geometry=False)
                found[zoom] += frame.to_dict("records")
    return found


def test_every_zoom_counts_every_site_and_the_last_one_shows_each(crowd):
    made = current.make(NOW)
    features = layer_features(current.folder() / made.files["sites"], "sites")
    wanted = Counter(Site.objects.values_list("state", "kind"))
    assert sorted(features) == sorted(archive.GRID)
    for zoom, rows in features.items():
        counted = Counter()
        for row in rows:
            counted[row["state"], row["kind"]] += row["count"]
        assert counted == wanted, zoom
    assert {row["id"] for row in features[12]} == set(Site.objects.values_list("pk", flat=True))
    assert {row["count"] for row in features[12]} == {1}
    assert {row["key"] for row in features[12]} == set(Site.objects.values_list("key", flat=True))
    assert len(features[2]) < len(features[8]) < len(features[12])


def test_a_site_that_is_shown_stays_when_one_comes_nearer(crowd):
    features = layer_features(current.folder() / current.make(NOW).files["sites"], "sites")
    shown = {zoom: {row["id"] for row in rows} for zoom, rows in features.items()}
    assert all(shown[zoom] <= shown[zoom + 1] for zoom in range(2, 12))


def test_the_same_register_gives_the_same_bytes_and_another_gives_others(crowd):
    first = current.make(NOW)
    again = current.make(NOW + dt.timedelta(days=1))
    assert again.files == first.files
    Site.objects.filter(key="20DPR00007").update(state="verified", version=2)
    assert current.make(NOW).files != first.files


def test_retired_and_merged_sites_are_left_out(sites, outlined):
    Site.objects.filter(pk=sites[0].pk).update(state=SiteState.RETIRED)
    Site.objects.filter(pk=sites[1].pk).update(merged_into=sites[2])
    made = current.make(NOW)
    assert made.sites == 4
    shown = {row["id"] for row in layer_features(current.folder() / made.files["sites"], "sites")[12]}
    assert shown == {site.pk for site in sites[2:]}


def test_areas_tell_need_and_the_share_that_is_proven(sites, outlined):
    Site.objects.filter(pk=sites[0].pk).update(state=SiteState.VERIFIED)
    made = current.make(NOW)
    rows = layer_features(current.folder() / made.files["areas"], "areas")[8]
    towns = {row["code"]: row for row in rows}
    assert towns["20001"]["quintile"] == 4
    assert towns["20001"]["sites"] == 4
    assert towns["20001"]["verified"] == pytest.approx(0.25)
    assert towns["21001"]["verified"] == 0


def test_an_empty_register_has_a_map_too(areas):
    made = current.make(NOW)
    assert made.sites == 0
    with (current.folder() / made.files["sites"]).open("rb") as handle:
        assert Reader(MmapSource(handle)).header()["version"] == 3


def test_a_change_makes_the_tiles_old(sites):
    made = current.make(NOW)
    assert current.is_current(made)
    Site.objects.filter(pk=sites[0].pk).update(version=2)
    assert not current.is_current(made)


def test_the_old_tiles_stay_whole_until_the_new_are_and_for_one_change_more(sites, outlined, monkeypatch):
    first = current.make(NOW)
    Site.objects.filter(pk=sites[0].pk).update(state="operating", version=2)
    with monkeypatch.context() as broken:
        broken.setitem(current.BUILDERS, "sites", lambda _handle: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            current.make(NOW)
    assert current.current() == first
    assert not list(current.folder().glob("*.tmp"))
    second = current.make(NOW)
    assert current.current() == second != first
    assert (current.folder() / first.files["sites"]).is_file()
    for version, state in enumerate(("down", "verified"), start=3):
        Site.objects.filter(pk=sites[0].pk).update(state=state, version=version)
        last = current.make(NOW)
    assert len(list(current.folder().glob("sites-*.pmtiles"))) == 2
    assert current.current() == last


@pytest.fixture
def part(tmp_path):
    path = tmp_path / "some.pmtiles"
    path.write_bytes(CONTENT)

    def ask(method="get", **headers):
        request = getattr(RequestFactory(), method)("/", headers={k.replace("_", "-"): v for k, v in headers.items()})
        answer = file_answer(request, path, "some.pmtiles", "abc")
        return answer, b"".join(answer) if answer.streaming else answer.content

    return ask


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0), ("bytes=0-127", 0, 127), ("bytes=1000-", 1000, 1023), ("bytes=-5", 1019, 1023),
        ("bytes=-99999", 0, 1023), ("bytes=1020-99999", 1020, 1023), ("Bytes=3-4", 3, 4),
    ],
)  # fmt: skip
def test_a_range_gives_just_its_bytes(part, asked, first, last):
    answer, body = part(range=asked)
    assert answer.status_code == 206
    assert body == CONTENT[first : last + 1]
    assert answer["Content-Range"] == f"bytes {first}-{last}/1024"
    assert answer["Content-Length"] == str(len(body))


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=5000-6000", "bytes=-0"])
def test_a_range_beyond_the_end_cannot_be_satisfied(part, asked):
    answer, _body = part(range=asked)
    assert answer.status_code == 416
    assert answer["Content-Range"] == "bytes */1024"


@pytest.mark.parametrize(
    "asked", ["", "bytes=", "bytes=-", "bytes=a-b", "bytes=7-3", "items=0-5", "bytes=0-1,5-9", "bytes=٣-٤", "bytes 0-5"]
)
def test_what_is_no_single_range_gives_the_whole(part, asked):
    answer, body = part(range=asked)
    assert (answer.status_code, body) == (200, CONTENT)
    assert answer["Accept-Ranges"] == "bytes"


def test_a_range_holds_only_for_the_version_that_was_begun(part):
    assert part(range="bytes=0-9", if_range='"abc"')[0].status_code == 206
    for other in ('"old"', 'W/"abc"', "Wed, 21 Oct 2015 07:28:00 GMT"):
        assert part(range="bytes=0-9", if_range=other)[0].status_code == 200


def test_a_head_tells_the_whole_without_it(part):
    answer, body = part("head", range="bytes=0-9")
    assert (answer.status_code, body, answer["Content-Length"]) == (200, b"", "1024")


@pytest.mark.parametrize("tags", ['"abc"', 'W/"abc"', '"x", "abc"', "*"])
def test_what_is_known_is_not_sent_again(part, tags):
    assert part(if_none_match=tags)[0].status_code == 304
    assert part(if_none_match='"abcd"')[0].status_code == 200


def test_tiles_are_kept_for_ever_and_no_other_file_is_given_out(client, sites, office_dir):
    made = current.make(NOW)
    answer = client.get(f"/map/tiles/{made.files['sites']}", headers={"range": "bytes=0-6"})
    assert answer.status_code == 206
    assert b"".join(answer) == b"PMTiles"
    assert "immutable" in answer["Cache-Control"]
    assert client.post(f"/map/tiles/{made.files['sites']}").status_code == 405
    for name in ("current.json", "..%2Foffice.sqlite3", "sites-0000000000000000.pmtiles", "%00"):
        assert client.get(f"/map/tiles/{name}").status_code == 404


def test_the_page_counts_by_state_with_and_without_tiles(client, sites):
    Site.objects.filter(pk=sites[0].pk).update(state=SiteState.OPERATING)
    before = client.get("/map/", headers={"accept-language": "en"}).content.decode()
    assert "have not been made yet" in before
    assert '<a href="/sites/?site_state=operating">1</a>' in before
    current.make(NOW)
    page = client.get("/map/", headers={"accept-language": "es"})
    assert "<noscript>" in page.content.decode()
    config = json.loads(page.context["config"])
    assert config["names"]["state"]["operating"]
    assert page.context["old"] is False


def test_who_may_run_work_has_the_map_made_again(as_role, sites, django_capture_on_commit_callbacks):
    assert as_role("provider").post("/map/again/").status_code == 403
    with django_capture_on_commit_callbacks(execute=True):
        assert as_role("ministry").post("/map/again/").status_code == 302
    assert current.current() is not None


def test_places_are_found_by_key_and_name_without_accents(client, sites):
    Area.objects.filter(pk="20001").update(name="Santa María Colotepec")

    def ask(**query):
        return client.get("/map/search", query).json()["results"]

    assert ask(q=sites[2].key.lower())[0]["href"] == f"/sites/{sites[2].pk}/"
    assert ask(q="MARIA colo")[0] | {"lon": 0} == {
        "type": "municipality", "name": "Santa María Colotepec", "within": "Oaxaca", "key": "20001", "lon": 0,
        "lat": 17.0, "href": "/areas/20001/",
    }  # fmt: skip
    assert {row["type"] for row in ask(q="localidad")} == {"locality"}
    assert len(ask(q="escuela", limit="2")) == 2
    assert len(ask(q="e s", limit="9999")) <= MAX_LIMIT


@pytest.mark.parametrize("query", ["", "x", "%00%00%00", "'%22;--", "a" * 9000, "%25%25%25", "q&limit=-1", "q&limit=٣"])
def test_no_question_breaks_the_search(client, sites, query):
    assert client.get(f"/map/search?q={query}").status_code == 200


def test_a_site_is_told_by_its_number(client, sites):
    assert client.get(f"/map/sites/{sites[0].pk}").json()["name"] == sites[0].name
    assert client.get("/map/sites/0").status_code == 404


def test_the_lines_of_a_plan_are_on_the_map_whole(sites, tiny_plan, people, office_dir):
    import geopandas as gpd
    import pyogrio

    (office_dir / "plans").mkdir()
    (office_dir / "plans" / "tiny").symlink_to(tiny_plan)
    Plan.objects.create(
        title="Tiny", digest="tiny", folder="tiny", currency="MXN", cost=1, lower_bound=1, plan_gap=0, summary={},
        imported_by=people["ministry"], imported_at=NOW,
    )  # fmt: skip
    path = office_dir / "sites.pmtiles"
    with path.open("wb") as handle:
        assert archive.build_sites(handle)["lines"]
    edges = gpd.read_parquet(tiny_plan / "edges.parquet").to_crs(3857)
    side_m = 40_075_016.68557849 / (1 << archive.MAX_ZOOM)
    # What is shorter than a pixel is left out.
    lines = edges[(edges.geom_type == "LineString") & (edges["length_m"] > side_m / 512)]
    lines = lines[lines["kind"].isin(archive._LINE_KINDS)]
    assert {"ptp", "client"} < set(lines["kind"])
    drawn, media = Counter(), set()
    with path.open("rb") as handle:
        for (zoom, _x, _y), data in all_tiles(MmapSource(handle)):
            tile = path.with_suffix(".mvt")
            tile.write_bytes(gzip.decompress(data))
            if zoom == archive.MAX_ZOOM and "coverage" in pyogrio.list_layers(tile)[:, 0]:
                frame = pyogrio.read_dataframe(tile, layer="coverage")
                frame["drawn_m"] = frame.clip((0, 0, 4096, 4096)).length.reindex(frame.index).fillna(0) * side_m / 4096
                drawn.update(frame.groupby("kind")["drawn_m"].sum().to_dict())
                media |= {*zip(frame["kind"], frame["medium"], frame["inferred"], strict=True)}
    for kind, length_m in lines.length.groupby(lines["kind"]).sum().items():
        assert drawn[kind] == pytest.approx(length_m, rel=0.01), kind
    assert set(drawn) == set(lines["kind"])
    told = {(kind, "radio" if kind in {"ptp", "client"} else "fibre", bool(inferred))
            for kind, inferred in zip(lines["kind"], lines["inferred"], strict=True)}  # fmt: skip
    assert {(kind, medium, bool(inferred)) for kind, medium, inferred in media} == told
    # A client's hop is seen from nearby only.
    assert "client" not in {one["kind"] for one in layer_features(path, "coverage").get(6, [])}
