"""The map's server answers on loopback, only what it knows, and says clearly what stands in its way."""

from __future__ import annotations

import gzip
import json
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pandas as pd
import pytest

from alcance.errors import InputError, OutputError
from alcance.publish import serve as serving
from alcance.publish.map_data import MapData
from alcance.publish.serve import PlanServer, serve


@contextmanager
def running(folder: Path) -> Iterator[PlanServer]:
    with PlanServer(MapData.open(folder), 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def server(pristine_plan: Path) -> Iterator[PlanServer]:
    with running(pristine_plan) as started:
        yield started


def ask(
    server: PlanServer, target: str, *, method: str = "GET", host: str | None = None, **headers: str
) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    try:
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", f"127.0.0.1:{server.server_port}" if host is None else host)
        for name, value in headers.items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def ask_json(server: PlanServer, target: str) -> Any:
    answer, body = ask(server, target)
    assert answer.status == 200, body
    return json.loads(body)


def test_only_loopback_is_listened_on(server: PlanServer) -> None:
    assert server.server_address[0] == "127.0.0.1"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "", "[::1]:{port}"]
)
def test_a_foreign_host_is_refused(server: PlanServer, host: str) -> None:
    answer, body = ask(server, "/api/summary", host=host.format(port=server.server_port))
    assert answer.status == 403
    assert server.url.encode() in body


def test_localhost_is_a_name_of_loopback(server: PlanServer) -> None:
    answer, _ = ask(server, "/", host=f"LOCALHOST:{server.server_port}")
    assert answer.status == 200


@pytest.mark.parametrize(
    "target",
    [
        "/nothing",
        "/api/",
        "/api/site/",
        "/api/site/S999",
        "/api/edge/none",
        "/../serve.py",
        "/assets/../../serve.py",
        "/%2e%2e/serve.py",
        "/assets/%2e%2e%2f%2e%2e%2fserve.py",
        "/..%5cserve.py",
        "//etc/passwd",
        "/etc/passwd",
        "/api/site/..%2f..%2fsummary.json",
        "/summary.json",
    ],
)
def test_what_is_not_known_is_not_found(server: PlanServer, target: str) -> None:
    answer, body = ask(server, target)
    assert answer.status == 404
    assert body == b"nothing lies at this address\n"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_nothing_can_be_written(server: PlanServer, method: str) -> None:
    answer, _ = ask(server, "/api/summary", method=method)
    assert answer.status == 501
    assert answer.getheader("Content-Type") == "text/plain; charset=utf-8"


@pytest.mark.parametrize("target", ["/", "/api/summary", "/nothing", "/assets/maplibre-gl-worker.mjs"])
def test_every_answer_carries_the_strict_policy(server: PlanServer, target: str) -> None:
    answer, _ = ask(server, target)
    policy = answer.getheader("Content-Security-Policy") or ""
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert answer.getheader("X-Content-Type-Options") == "nosniff"


@pytest.mark.parametrize("name", ["index.js", "map.js", "maplibre-gl-worker.mjs"])
def test_scripts_and_the_worker_are_served_as_javascript(server: PlanServer, name: str) -> None:
    answer, body = ask(server, f"/assets/{name}")
    assert answer.getheader("Content-Type") == "text/javascript; charset=utf-8"
    assert len(body) > 1000


def test_the_page_asks_nothing_of_another_host(server: PlanServer) -> None:
    _, page = ask(server, "/")
    assert b"http" not in page
    assert b"<style" not in page
    assert b"style=" not in page


def test_answers_are_compressed_and_tagged(server: PlanServer) -> None:
    plain, body = ask(server, "/api/sites.geojson")
    zipped, packed = ask(server, "/api/sites.geojson", Accept_Encoding="br, gzip")
    assert plain.getheader("Content-Encoding") is None
    assert zipped.getheader("Content-Encoding") == "gzip"
    assert gzip.decompress(packed) == body
    assert len(packed) < len(body) / 2
    assert plain.getheader("ETag") != zipped.getheader("ETag")
    refused, _ = ask(server, "/api/sites.geojson", Accept_Encoding="gzip;q=0")
    assert refused.getheader("Content-Encoding") is None
    tag = zipped.getheader("ETag") or ""
    fresh, nothing = ask(server, "/api/sites.geojson", Accept_Encoding="gzip", If_None_Match=f'"other", W/{tag}')
    assert (fresh.status, nothing) == (304, b"")
    stale, _ = ask(server, "/api/sites.geojson", Accept_Encoding="gzip", If_None_Match='"other"')
    assert stale.status == 200


def test_head_tells_the_length_without_the_body(server: PlanServer) -> None:
    _, body = ask(server, "/api/summary")
    answer, nothing = ask(server, "/api/summary", method="HEAD")
    assert nothing == b""
    assert answer.getheader("Content-Length") == str(len(body))


def test_the_counts_are_those_of_the_summary(server: PlanServer, pristine_plan: Path) -> None:
    summary = ask_json(server, "/api/summary")
    seen = summary["map"]
    assert seen["technologies"] == summary["technologies"]
    fibre = {kind: line["km"] for kind, line in seen["lines"].items() if kind.startswith("fibre")}
    assert fibre == pytest.approx(summary["fibre_km_by_kind"], abs=0.01)
    assert sum(line["inferred_km"] for line in seen["lines"].values()) == pytest.approx(
        summary["inferred_fibre_km"], abs=0.01
    )
    assert seen["lines"]["ptp"]["count"] + seen["lines"]["client"]["count"] == summary["radio_hops"]
    assert seen["places"]["mast"] == summary["relays"]
    sites = pd.read_parquet(pristine_plan / "sites.parquet", columns=["lon", "lat"])
    assert seen["bounds"] == [sites.lon.min(), sites.lat.min(), sites.lon.max(), sites.lat.max()]
    assert seen["names"]["es"]["technology"]["fibre"] == "Fibra óptica"


def test_every_site_and_line_is_in_its_layer(server: PlanServer, pristine_plan: Path) -> None:
    sites = ask_json(server, "/api/sites.geojson")["features"]
    assert len(sites) == ask_json(server, "/api/summary")["sites"]
    assert [site["properties"]["people"] for site in sites] == sorted(site["properties"]["people"] for site in sites)
    edges = pd.read_parquet(pristine_plan / "edges.parquet")
    lines = ask_json(server, "/api/lines.geojson")["features"]
    inferred = {line["properties"]["edge_id"] for line in lines if line["properties"]["inferred"]}
    assert inferred == set(edges.loc[edges["inferred"], "edge_id"])
    assert {line["geometry"]["type"] for line in lines} == {"LineString"}


def test_a_site_tells_its_way_and_its_share(server: PlanServer, pristine_plan: Path) -> None:
    frame = pd.read_parquet(pristine_plan / "sites.parquet").set_index("site_id")
    site = ask_json(server, "/api/site/S027")
    assert [step["edge_id"] for step in site["path"]] == list(frame.loc["S027", "upstream"])
    assert site["path"][-1]["kind"] == "pop"
    assert site["pop_name"] == "Villa P1"
    hops = [step for step in site["path"] if "profile" in step]
    assert len(hops) == site["hops"] == 3


def test_the_shares_of_an_edge_add_up_to_its_price(server: PlanServer, pristine_plan: Path) -> None:
    shares: dict[str, float] = {}
    price: dict[str, float] = {}
    for site_id in pd.read_parquet(pristine_plan / "sites.parquet")["site_id"]:
        for step in ask_json(server, f"/api/site/{quote(site_id)}")["path"]:
            shares[step["edge_id"]] = shares.get(step["edge_id"], 0.0) + step["share"]
            price[step["edge_id"]] = step["price"]
    assert len(price) > 100
    assert shares == pytest.approx(price, abs=0.5)


def test_an_edge_can_be_asked_for_alone(server: PlanServer) -> None:
    step = ask_json(server, "/api/site/S027")["path"][-1]
    edge = ask_json(server, f"/api/edge/{quote(step['edge_id'])}")
    assert edge["price"] == step["price"]
    assert edge["geometry"]["type"] == "Point"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("castano de", "Castaño de Arriba"),
        ("MADROÑO de", "Madroño de Arriba"),
        ("umbría", "Umbría de Arriba"),
        ("0010007", "Umbría de Arriba"),
    ],
)
def test_search_minds_neither_accents_nor_case(server: PlanServer, text: str, first: str) -> None:
    rows = ask_json(server, f"/api/search?{urlencode({'q': text})}")["rows"]
    assert rows[0]["name"] == first


def test_search_finds_nothing_for_nothing(server: PlanServer) -> None:
    assert ask_json(server, "/api/search?q=%20")["rows"] == []
    assert ask_json(server, "/api/search?q=zzzz")["rows"] == []
    assert ask_json(server, "/api/search")["rows"] == []


def test_the_table_pages_through_every_site_once(server: PlanServer) -> None:
    seen: list[str] = []
    start = 0
    while True:
        page = ask_json(server, f"/api/sites?sort=name&order=asc&start={start}&limit=20")
        if not page["rows"]:
            break
        seen += [row["site_id"] for row in page["rows"]]
        start += 20
    assert len(seen) == len(set(seen)) == page["total"] == ask_json(server, "/api/summary")["sites"]


def test_the_table_sorts_and_filters(server: PlanServer) -> None:
    page = ask_json(server, "/api/sites?technology=satellite&sort=people&order=desc&limit=500")
    people = [row["people"] for row in page["rows"]]
    assert people == sorted(people, reverse=True)
    assert {row["technology"] for row in page["rows"]} == {"satellite"}
    assert page["total"] == ask_json(server, "/api/summary")["technologies"]["satellite"]


@pytest.mark.parametrize(
    "query", ["start=x", "limit=0", "limit=501", "start=-1", "sort=upstream", "&".join(f"a{i}=1" for i in range(30))]
)
def test_a_parameter_that_makes_no_sense_is_refused(server: PlanServer, query: str) -> None:
    answer, body = ask(server, f"/api/sites?{query}")
    assert answer.status == 400, body


def test_missing_and_infinite_values_become_null(copy_plan: Callable[[str], Path]) -> None:
    folder = copy_plan("gaps")
    summary = json.loads((folder / "summary.json").read_text())
    (folder / "summary.json").write_text(json.dumps(summary | {"plan_gap": float("inf")}))
    with running(folder) as server:
        assert ask_json(server, "/api/summary")["plan_gap"] is None
        assert ask_json(server, "/api/site/S001")["runner_up_price"] is None


def test_outlines_are_drawn_where_the_folder_has_them(copy_plan: Callable[[str], Path]) -> None:
    import geopandas as gpd

    folder = copy_plan("context")
    districts = gpd.read_parquet(folder / "admin.parquet")
    districts.assign(kind="admin").to_parquet(folder / "context.parquet")
    with running(folder) as server:
        features = ask_json(server, "/api/context.geojson")["features"]
        assert ask_json(server, "/api/summary")["map"]["context"] is True
    kinds = [feature["properties"]["kind"] for feature in features]
    assert (kinds.count("land"), kinds.count("admin"), kinds.count("admin_label")) == (1, 6, 6)


def test_without_outlines_none_are_offered(server: PlanServer) -> None:
    assert ask_json(server, "/api/summary")["map"]["context"] is False
    assert ask(server, "/api/context.geojson")[0].status == 404


def test_a_missing_folder_is_explained(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such plan folder"):
        serve(tmp_path / "nowhere", 0, open_browser=False)


@pytest.mark.parametrize("name", ["summary.json", "sites.parquet", "edges.parquet", "profiles.parquet"])
def test_a_missing_file_is_named(copy_plan: Callable[[str], Path], name: str) -> None:
    folder = copy_plan(f"without-{name}")
    (folder / name).unlink()
    with pytest.raises(InputError, match=name):
        MapData.open(folder)


@pytest.mark.parametrize("name", ["profiles.parquet", "context.parquet"])
def test_a_broken_file_is_named(copy_plan: Callable[[str], Path], name: str) -> None:
    folder = copy_plan(f"broken-{name}")
    (folder / name).write_bytes(b"PAR1 this is no table")
    with pytest.raises(InputError, match=name):
        MapData.open(folder)


def test_a_plan_without_sites_is_explained(copy_plan: Callable[[str], Path]) -> None:
    import geopandas as gpd

    folder = copy_plan("empty")
    gpd.read_parquet(folder / "sites.parquet").iloc[:0].to_parquet(folder / "sites.parquet")
    with pytest.raises(InputError, match="holds no site"):
        MapData.open(folder)


def test_a_port_in_use_is_explained(pristine_plan: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(OutputError, match=f"port {port} is in use.*--port"):
            serve(pristine_plan, port, open_browser=False)


def test_a_port_that_does_not_exist_is_explained(pristine_plan: Path) -> None:
    with pytest.raises(OutputError, match="65535"):
        serve(pristine_plan, 70_000, open_browser=False)


def test_an_installation_without_the_page_is_explained(
    pristine_plan: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "STATIC_FOLDER", tmp_path)
    with pytest.raises(InputError, match="built page is missing"):
        PlanServer(MapData.open(pristine_plan), 0)


def test_the_address_is_said_and_an_interrupt_ends_it(
    pristine_plan: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(self: PlanServer) -> None:
        raise KeyboardInterrupt

    opened: list[str] = []
    monkeypatch.setattr(PlanServer, "serve_forever", interrupt)
    monkeypatch.setattr(serving.webbrowser, "open", opened.append)
    serve(pristine_plan, 0, open_browser=True)
    assert opened[0].startswith("http://127.0.0.1:")
    assert opened[0] in capsys.readouterr().err


def test_the_same_folder_gives_the_same_bytes(pristine_plan: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(pristine_plan, tmp_path / "copy")
    with PlanServer(MapData.open(pristine_plan), 0) as one, PlanServer(MapData.open(copy), 0) as other:
        assert one.fixed == other.fixed
        assert one.answer("/api/site/S027") == other.answer("/api/site/S027")
