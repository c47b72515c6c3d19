"""Open data: whole, counted, safe in a spreadsheet, and as the standards and their judges want it."""

from __future__ import annotations

import csv
import hashlib
import io
import json

import geopandas as gpd
import pyarrow.parquet as pq
import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator, Draft202012Validator, FormatChecker
from tests.office.judges import SCHEMAS, judge
from tests.office.public_world import build

from alcance.office.delivery.models import Connection, Plan
from alcance.office.public.downloads import making, ofds
from alcance.office.public.downloads.csv_stream import csv_pieces
from alcance.office.public.downloads.making import FileIncomplete, path_of, prune, write
from alcance.office.public.downloads.serving import file_answer
from alcance.office.public.downloads.table import columns
from alcance.office.public.map.register_rows import site_rows
from alcance.office.public.models import Export, ExportFormat
from alcance.office.register.models import Site
from alcance.office.running.exports import make_exports
from alcance.office.running.jobs import run_again
from alcance.office.running.models import Job

OFDS_SCHEMA = SCHEMAS.parent / "ofds" / "network-package-schema-0.4.0.json"
OC4IDS = SCHEMAS / "oc4ids"


@pytest.fixture(autouse=True)
def office_folder(tmp_path, settings):
    settings.OFFICE_DIR = tmp_path
    return tmp_path


@pytest.fixture
def world(sites, people):
    return build(sites, people, timezone.now())


def made(form, filters=""):
    return write(Export.objects.create(format=form, filters=filters, asked_at=timezone.now()))


def rows_of(answer):
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"), newline="")))


def test_the_csv_holds_every_site_once_and_says_how_many(client, world):
    answer = client.get("/downloads/sites.csv")
    rows = rows_of(answer)
    assert [int(row["site"]) for row in rows] == [site.pk for site in world.sites]
    assert answer["Alcance-Rows"] == "6"
    first = rows[0]
    assert (first["provider_code"], first["contract"], first["state"], first["municipality"], first["state_name"]) == (
        "provider", "contract-1", "operating", "Municipio Oaxaca", "Oaxaca",
    )  # fmt: skip
    assert not any("contact" in name for name in first)


def test_a_list_is_the_same_as_its_page(client, world):
    rows = rows_of(client.get("/downloads/sites.csv?connection=late"))
    assert [int(row["site"]) for row in rows] == [world.sites[2].pk]
    empty = client.get("/downloads/sites.csv?state=99")
    assert (rows_of(empty), empty["Alcance-Rows"]) == ([], "0")
    assert client.get("/downloads/sites.csv?kind=castle").status_code == 400


def test_how_a_site_is_connected_is_what_the_connection_in_force_says_everywhere(client, world):
    operating, installed, _ordered, planned, _nominated, elsewhere = world.sites
    Connection.objects.filter(site=installed).update(claimed_technology="xdsl", claimed_mbps=80)
    Site.objects.filter(pk=elsewhere.pk).update(technology="satellite", speed_mbps=4)
    said = {
        operating.pk: ("fibre", 50.0), installed.pk: ("xdsl", 50.0), planned.pk: (None, None),
        elsewhere.pk: ("satellite", 4.0),
    }  # fmt: skip
    rows = {int(row["site"]): row for row in rows_of(client.get("/downloads/sites.csv"))}
    tiles = site_rows().set_index("id")["technology"].astype(object)
    for pk, (technology, speed) in said.items():
        assert (rows[pk]["technology"] or None, float(rows[pk]["speed_mbps"] or 0) or None) == (technology, speed)
        for shown in (
            client.get(f"/api/sites/{pk}").json(),
            next(one for one in client.get("/api/sites").json()["items"] if one["id"] == pk),
            client.get(f"/ogc/collections/sites/items/{pk}?f=json").json()["properties"],
        ):
            assert (shown["technology"], shown["speed_mbps"]) == (technology, speed)
        assert (tiles[pk] if isinstance(tiles[pk], str) else None) == technology
    found = client.get("/ogc/collections/sites/items?technology=xdsl&f=json").json()
    assert [one["id"] for one in found["features"]] == [installed.pk]
    listed = client.get("/sites/", headers={"accept-language": "en"}).content.decode().split("<tr>")
    assert "DSL" in next(row for row in listed if installed.key in row)


def test_an_ended_connection_doubles_no_row(client, world, people):
    from alcance.office.delivery.models import Connection

    Connection.objects.create(
        site=world.sites[0], contract=world.contract, provider=people["provider"].organisation, technology="fibre",
        mbps=1, install_price=1, month_price=1, ended_on=timezone.localdate(),
    )  # fmt: skip
    assert len(rows_of(client.get("/downloads/sites.csv"))) == 6


def test_excel_is_given_a_byte_order_mark_if_it_is_asked_for(client, world):
    assert client.get("/downloads/sites.csv?bom=1").getvalue().startswith(b"\xef\xbb\xbfkey,")
    assert client.get("/downloads/sites.csv").getvalue().startswith(b"key,")


@pytest.mark.parametrize("evil", ["=cmd|'/c calc'!A0", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_formula_in_a_name_does_not_run(client, world, evil):
    Site.objects.filter(pk=world.sites[0].pk).update(name=evil)
    assert rows_of(client.get("/downloads/sites.csv"))[0]["name"] == f"'{evil}"


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_any_text_comes_back_and_none_runs(texts):
    place = [column.name for column in columns()].index("name")
    rows = [tuple(text if at == place else None for at in range(len(columns()))) for text in texts]
    written = b"".join(csv_pieces(rows)).decode()
    read = [row["name"] for row in csv.DictReader(io.StringIO(written, newline=""))]
    for text, cell in zip(texts, read, strict=True):
        assert cell.removeprefix("'") == text.removeprefix("'").encode("utf-8", "replace").decode()
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@pytest.mark.parametrize("form", ExportFormat.values)
def test_a_file_is_what_its_manifest_says(client, world, form):
    export = made(form)
    answer = client.get(f"/downloads/{export.pk}/{export.file_name}")
    body = answer.getvalue()
    manifest = client.get(f"/downloads/{export.pk}/manifest.json").json()
    assert manifest["sha256"] == hashlib.sha256(body).hexdigest()
    assert manifest["bytes"] == len(body) == int(answer["Content-Length"])
    assert manifest["rows"] == (3 if form in (ExportFormat.OFDS, ExportFormat.OC4IDS) else 6)
    latest = client.get(f"/downloads/latest/sites.{form}")
    assert latest["Location"] == f"/downloads/{export.pk}/{export.file_name}"


def test_geoparquet_and_geopackage_hold_the_same_table(client, world):
    parquet, package = path_of(made("parquet")), path_of(made("gpkg"))
    geo = json.loads(pq.read_schema(parquet).metadata[b"geo"])
    assert geo["version"] == "1.1.0"
    one, other = gpd.read_parquet(parquet), gpd.read_file(package)
    assert list(one.columns) == list(other.columns) == [*(column.name for column in columns()), "geometry"]
    assert len(one) == len(other) == 6
    for frame in (one, other):
        assert frame["key"].tolist() == [site.key for site in world.sites]
        assert frame.geometry.x.tolist() == frame["lon"].tolist()
        assert frame.crs.to_epsg() in (4326, None) or frame.crs.to_string() == "OGC:CRS84"


@pytest.mark.parametrize("form", ExportFormat.values)
def test_an_empty_list_is_a_file_too(world, form):
    export = made(form, "state=99")
    assert (export.rows, path_of(export).exists()) == (0, True)


def test_files_are_written_in_parts_without_losing_a_row(world, monkeypatch):
    monkeypatch.setattr("alcance.office.public.downloads.geo_files._ROWS_AT_ONCE", 4)
    assert len(gpd.read_file(path_of(made("gpkg")))) == len(gpd.read_parquet(path_of(made("parquet")))) == 6


def test_a_file_that_would_be_cut_short_is_not_published(world, monkeypatch):
    monkeypatch.setattr(making, "table_rows", lambda sites: (7, iter(())))
    export = Export.objects.create(format="csv", asked_at=timezone.now())
    with pytest.raises(FileIncomplete):
        write(export)
    assert not list(path_of(export).parent.iterdir())
    export.refresh_from_db()
    assert export.made_at is None


def test_a_row_that_cannot_be_read_breaks_the_stream_instead_of_ending_it(client, world, monkeypatch):
    def broken():
        yield (None,) * len(columns())
        raise OSError("the disk is gone")

    monkeypatch.setattr("alcance.office.public.views.downloads.table_rows", lambda sites: (2, broken()))
    with pytest.raises(OSError, match="disk"):
        client.get("/downloads/sites.csv").getvalue()


@pytest.mark.parametrize(
    ("asked", "status", "first", "last"),
    [("bytes=0-0", 206, 0, 0), ("bytes=5-", 206, 5, 99), ("bytes=-7", 206, 93, 99), ("bytes=90-500", 206, 90, 99),
     ("bytes=100-", 416, 0, 0), ("bytes=9-3", 200, 0, 99), ("bytes=-", 200, 0, 99), ("bytes=0-1,5-6", 200, 0, 99),
     ("lines=1-2", 200, 0, 99), ("", 200, 0, 99)],
)  # fmt: skip
def test_a_part_of_a_file(rf, tmp_path, asked, status, first, last):
    file = tmp_path / "x.csv"
    file.write_bytes(bytes(range(100)))
    answer = file_answer(rf.get("/", headers={"range": asked} if asked else {}), file, "x.csv", "tag")
    assert answer.status_code == status
    if status == 416:
        assert answer["Content-Range"] == "bytes */100"
    else:
        assert answer.getvalue() == bytes(range(first, last + 1))
        assert answer["Content-Length"] == str(last - first + 1)
    if status == 206:
        assert answer["Content-Range"] == f"bytes {first}-{last}/100"


def test_a_file_that_one_has_is_not_sent_again(rf, tmp_path):
    file = tmp_path / "x.csv"
    file.write_bytes(b"abc")
    assert file_answer(rf.get("/", headers={"if-none-match": '"tag"'}), file, "x.csv", "tag").status_code == 304
    changed = rf.get("/", headers={"range": "bytes=1-", "if-range": '"older"'})
    assert file_answer(changed, file, "x.csv", "tag").getvalue() == b"abc"


def test_anybody_has_a_list_made_and_is_slowed(client, world, django_capture_on_commit_callbacks, settings):
    settings.EXPORTS_PER_HOUR = 2
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/downloads/", {"format": "gpkg", "state": "20"})
    export = Export.objects.get()
    assert answer["Location"] == f"/downloads/{export.pk}/"
    assert (export.rows, export.filters, export.job.state) == (4, "state=20", Job.State.DONE)
    assert export.sha256[:12] in client.get("/downloads/?state=20").content.decode()
    assert export.sha256 in client.get(f"/downloads/{export.pk}/").content.decode()
    assert client.post("/downloads/", {"format": "exe"}).status_code == 400
    assert client.post("/downloads/", {"format": "csv"}).status_code == 302
    # What is being made already is not made twice.
    waiting = Export.objects.latest("pk")
    assert making.ask_for("csv", making.SiteFilter(), at=timezone.now()) == waiting
    assert client.post("/downloads/", {"format": "csv"}).status_code == 429


def test_visitors_fill_neither_the_queue_nor_the_disk(client, as_role, world, settings):
    settings.EXPORTS_WAITING = 1
    assert client.post("/downloads/", {"format": "csv", "state": "20"}).status_code == 302
    assert client.post("/downloads/", {"format": "csv", "state": "21"}).status_code == 503
    assert as_role("auditor").post("/downloads/", {"format": "csv", "state": "21"}).status_code == 302
    settings.DOWNLOADS_FREE_BYTES = 1 << 60
    assert client.post("/downloads/", {"format": "csv"}).status_code == 503
    files = [path_of(made("csv", "state=20")) for _ in range(3)]
    settings.DOWNLOADS_KEPT_BYTES = files[0].stat().st_size * 2
    assert prune() == 1
    assert [file.exists() for file in files] == [False, True, True]


def test_a_file_whose_making_was_interrupted_is_not_waited_for(client, world):
    client.post("/downloads/", {"format": "csv"})
    export = Export.objects.get()
    assert 'http-equiv="refresh"' in client.get(f"/downloads/{export.pk}/").content.decode()
    Job.objects.filter(pk=export.job_id).update(state=Job.State.RUNNING, worker="worker-1-00000000")
    page = client.get(f"/downloads/{export.pk}/").content.decode()
    assert 'http-equiv="refresh"' not in page
    assert 'role="alert"' in page
    assert making.ask_for("csv", making.SiteFilter(), at=timezone.now()) != export


def test_a_file_whose_making_is_run_again_is_waited_for_again(client, world, people):
    client.post("/downloads/", {"format": "csv"})
    export = Export.objects.get()
    Job.objects.filter(pk=export.job_id).update(state=Job.State.INTERRUPTED)
    again = run_again(export.job, people["ministry"])
    export.refresh_from_db()
    assert export.job == again
    assert 'http-equiv="refresh"' in client.get(f"/downloads/{export.pk}/").content.decode()
    # It is being made: nobody has it made a second time.
    assert making.ask_for("csv", making.SiteFilter(), at=timezone.now()) == export


@pytest.mark.parametrize(("form", "counts"), [("ofds.json", "ofds_count"), ("oc4ids.json", "oc4ids_count")])
def test_open_formats_are_counted_against_the_register_too(world, monkeypatch, form, counts):
    monkeypatch.setattr(making, counts, lambda *_, **__: 2)
    with pytest.raises(making.FileIncomplete):
        made(form)
    assert not Export.objects.exclude(made_at=None).exists()


def test_a_lot_whose_sites_were_all_verified_stays_done(world):
    def status():
        [project] = json.loads(path_of(made("oc4ids.json")).read_text())["projects"]
        return project["status"]

    assert status() == "implementation"
    Connection.objects.filter(contract=world.contract).update(verified_at=timezone.now())
    assert status() == "maintenance"
    Site.objects.filter(pk=world.sites[0].pk).update(state="degraded")
    Site.objects.filter(pk=world.sites[1].pk).update(state="retired")
    Connection.objects.filter(site=world.sites[1]).update(verified_at=None)
    assert status() == "maintenance"


def test_only_its_own_name_is_served(client, world):
    export = made("csv")
    (path_of(export).parent / "secret.csv").write_text("x")
    for name in ("secret.csv", "..%2Fsecret_key", f"{export.file_name}.manifest.json"):
        assert client.get(f"/downloads/{export.pk}/{name}").status_code == 404


def test_old_files_go_but_the_newest_of_all_sites_stays(world, client):
    exports = [made("csv"), made("csv"), made("csv", "state=20")]
    Export.objects.update(made_at=timezone.now() - timezone.timedelta(days=2))
    assert prune() == 1  # a list is kept for a day
    Export.objects.update(made_at=timezone.now() - timezone.timedelta(days=30))
    assert prune() == 1
    assert [path_of(export).exists() for export in exports] == [False, True, False]
    assert client.get(f"/downloads/{exports[0].pk}/").status_code == 200


def test_each_night_all_of_them_are_made(world):
    made = make_exports()
    assert {export.format for export in made} == set(ExportFormat.values)
    assert all(path_of(export).is_file() for export in made)
    assert {export.rows for export in made if export.format in {"csv", "parquet", "gpkg"}} == {6}


def test_ofds_is_valid_and_tells_claims_from_service(world):
    package = json.loads(path_of(made("ofds.json")).read_text())
    assert not list(
        Draft202012Validator(json.loads(OFDS_SCHEMA.read_text()), format_checker=FormatChecker()).iter_errors(package)
    )
    status = {node["id"]: node["status"] for network in package["networks"] for node in network["nodes"]}
    assert status == {
        f"site:{world.sites[0].key}": "operational", f"site:{world.sites[1].key}": "underConstruction",
        f"site:{world.sites[2].key}": "underConstruction",
    }  # fmt: skip


def test_ofds_holds_the_networks_of_the_plans(world, tiny_plan, office_folder):
    (office_folder / "plans").mkdir()
    (office_folder / "plans" / "one").symlink_to(tiny_plan)
    Plan.objects.update(folder="one")
    package = json.loads(path_of(made("ofds.json")).read_text())
    assert not list(
        Draft202012Validator(json.loads(OFDS_SCHEMA.read_text()), format_checker=FormatChecker()).iter_errors(package)
    )
    assert sum(len(network.get("spans", [])) for network in package["networks"]) > 0
    # Of a list of other sites none of the plan's networks is told.
    listed = json.loads(path_of(made("ofds.json", "state=20")).read_text())
    assert not any(network.get("spans") for network in listed["networks"])


def test_a_plan_that_cannot_be_read_takes_nothing_else_with_it(world, caplog):
    Plan.objects.update(folder="gone")
    assert made("ofds.json").rows == 3
    assert "is left out of the open network data" in caplog.text


def test_oc4ids_has_a_project_for_each_lot_but_drafts(world):
    package = json.loads(path_of(made("oc4ids.json")).read_text())
    schema = json.loads((OC4IDS / "project-schema.json").read_text())
    [project] = package["projects"]
    assert not list(Draft4Validator(schema).iter_errors(project))
    assert (project["title"], project["status"], len(project["locations"])) == ("Lote 1", "implementation", 3)
    found = {one["id"]: one["measure"] for one in project["metrics"][0]["observations"]}
    assert found == {"claimed": 2, "verified": 1}
    assert {party["id"] for party in project["parties"]} == {"ministry", "provider"}


def test_the_judge_of_oc4ids_finds_nothing(world):
    standard = {f"/{name}": OC4IDS / name for name in ("project-package-schema.json", "project-schema.json")}
    done = judge("libcoveoc4ids", str(path_of(made("oc4ids.json"))), served=standard)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["validation_errors"] == []
    assert said["validation_errors_count"] == said["additional_fields_count"] == 0
    assert said["additional_checks"] in ({}, [])


def test_where_plans_lie_is_one_place(office_folder):
    assert ofds.plan_folder(Plan(folder="x")) == office_folder / "plans" / "x"
