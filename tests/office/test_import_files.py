"""Reading the files that sites are brought in by: their kinds, their layouts, and those that are refused."""

from __future__ import annotations

import io
import re
import sqlite3
import tempfile
import time
import zipfile
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.office.importing import GOOD, HEADER, rules

from alcance.errors import AlcanceError, InputError
from alcance.office.register import imports
from alcance.office.register.imports.formats import BadFile
from alcance.office.register.imports.reading import read
from alcance.office.register.models import Area, BatchState, ImportBatch, Level, Site

pytestmark = pytest.mark.usefixtures("office_dir")


KEYS = Path(__file__).parents[1] / "data" / "keys"


def test_thousands_are_not_taken_for_a_point(bring):
    batch = bring(HEADER + GOOD.replace(",80,", ',"12,000",').replace(",cct,", ",CCT,"), approve=True)
    assert (batch.counts["refused"], Site.objects.get().users, Site.objects.get().key_scheme) == (0, 12_000, "cct")
    header = "key,key_scheme,name,kind,lon,lat,municipality,speed_mbps\n"
    row = '20DPR0002A,cct,E,school,"-96,500","17,00001",20001,"{}"\n'
    assert rules(bring(header + row.format("1,000"))) == {(2, "number")}
    assert pd.read_parquet(bring(header + row.format("20,5")).staged)["speed_mbps"].tolist() == [20.5]


def test_our_own_layout_needs_no_column_of_schemes(bring):
    header, row = "site_id,name,kind,lon,lat,admin_id", "A1,E,library,-96.50001,17.00001,20001"
    batch = bring(f"{header}\n{row}\n", layout="alcance")
    assert pd.read_parquet(batch.staged)["key_scheme"].tolist() == ["alcance"]
    batch = bring(f"{header},key_scheme\n{row.replace('A1', '20DPR0001A')},cct\n", layout="alcance")
    assert pd.read_parquet(batch.staged)["key_scheme"].tolist() == ["cct"]


def test_a_municipality_that_a_spreadsheet_took_for_a_number_is_known(bring, areas):
    state = Area.objects.create(code="09", level=Level.STATE, name="Nine")
    Area.objects.create(code="09002", level=Level.MUNICIPALITY, name="Two", parent=state)
    row = GOOD.replace("20001", "9002").replace("20DPR", "09DPR")
    batch = bring(HEADER + row)
    assert pd.read_parquet(batch.staged)["municipality_id"].tolist() == ["09002"]


@pytest.fixture
def capital(areas):

    state = Area.objects.create(code="09", level=Level.STATE, name="CDMX")
    for code in ("09", "09001"):
        Area.objects.update_or_create(
            code=code,
            defaults={
                "level": Level.STATE if len(code) == 2 else Level.MUNICIPALITY, "name": code,
                "parent": None if len(code) == 2 else state, "boundary": shapely.box(-99.4, 19.0, -98.9, 19.6).wkb,
            },
        )  # fmt: skip


def test_the_catalogue_of_clinics_is_known_by_its_columns(bring, capital):
    batch = bring((KEYS / "clinics_clues.csv").read_bytes(), name="clues.csv")
    assert batch.layout == "clues"
    frame = pd.read_csv(KEYS / "clinics_clues.csv")
    assert sum(batch.counts[name] for name in ("new", "refused")) == int((frame["status"] == "EN OPERACION").sum())
    assert batch.counts["new"] > 0.8 * len(frame)
    kinds = set(pd.read_parquet(batch.staged)["kind"])
    assert kinds <= {"clinic", "hospital"}


def test_the_catalogue_of_schools_is_known_by_its_columns(bring, areas):
    frame = pd.read_csv(KEYS / "schools_cct.csv", dtype=str)
    for code in sorted(set(frame["cve_mun"].dropna().str.zfill(5))) if "cve_mun" in frame else ():
        state, _ = Area.objects.get_or_create(code=code[:2], defaults={"level": Level.STATE, "name": code[:2]})
        Area.objects.get_or_create(code=code, defaults={"level": Level.MUNICIPALITY, "name": code, "parent": state})
    batch = bring((KEYS / "schools_cct.csv").read_bytes(), name="cct.csv", layout="cct")
    assert batch.counts["new"] + batch.counts["refused"] == len(frame)
    assert set(pd.read_parquet(batch.staged)["kind"]) == {"school"}


def test_workbook_geopackage_and_parquet_say_the_same_as_csv(bring, tmp_path):
    frame = pd.read_csv(io.StringIO(HEADER + GOOD + GOOD.replace("0001A", "0002A")), dtype={"municipality": str})
    staged = []
    for name in ("a.csv", "a.xlsx", "a.parquet", "a.gpkg"):
        path = tmp_path / f"made-{name}"
        if name.endswith("csv"):
            frame.to_csv(path, index=False)
        elif name.endswith("xlsx"):
            frame.to_excel(path, index=False)
        elif name.endswith("parquet"):
            frame.to_parquet(path)
        else:
            points = gpd.points_from_xy(frame["lon"], frame["lat"], crs="EPSG:4326")
            gpd.GeoDataFrame(frame.drop(columns=["lon", "lat"]), geometry=points).to_file(path)
        batch = bring(path.read_bytes(), name=name)
        assert batch.suffix == Path(name).suffix
        staged.append(pd.read_parquet(batch.staged).drop(columns="row"))
    for other in staged[1:]:
        pd.testing.assert_frame_equal(staged[0], other)


def test_a_western_encoding_is_read_and_told(bring):
    content = (HEADER + GOOD.replace("Escuela", "Niños Héroes")).encode("cp1252")
    batch = bring(content)
    assert batch.source.read_bytes() == content
    assert pd.read_parquet(batch.staged)["name"].tolist() == ["Niños Héroes"]


def database_of(*statements):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.gpkg"
        with closing(sqlite3.connect(path)) as made:
            for statement in statements:
                made.execute(statement)
            made.commit()
        return path.read_bytes()


def parquet_of(**columns):
    out = io.BytesIO()
    pd.DataFrame(columns).to_parquet(out)
    return out.getvalue()


# What does not pack keeps a bomb's ratio small.
NOISE = np.random.default_rng(1).bytes(400_000)
STRINGS_AMONG_SHEETS = """<Types><Override PartName="/xl/worksheets/s.xml"
    ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>"""
ENDLESS = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"


def zip_of(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg/>",
        b"%PDF-1.7",
        b"\x00\x01\x02",
        b"PK\x03\x04 cut off",
        b"SQLite format 3\0" + b"\0" * 100,
        zip_of(readme="hello"),
        ("key,name\nA,á\n").encode("utf-16"),
        zip_of(**{"xl__workbook.xml": "<x/>", "xl__bomb.xml": b"\0" * 80_000_000}),
        zip_of(**{"xl__workbook.xml": "<x/>", "xl__s.xml": b"<si/>" * 12_000_001, "noise": NOISE}),
        zip_of(**{"xl__workbook.xml": "<x/>", "[Content_Types].xml": STRINGS_AMONG_SHEETS}),
        zip_of(**{"xl__workbook.xml": "<x/>", "[Content_Types].xml": STRINGS_AMONG_SHEETS.encode("utf-16")}),
        database_of(f"CREATE VIEW gpkg_contents AS {ENDLESS}"),
        database_of("CREATE TABLE gpkg_contents (a, b AS (zeroblob(1000000000)))"),
        parquet_of(key=np.zeros(1_000_001, dtype=np.int8)),
        parquet_of(key=["A" * 5_000_000]),
        b"PAR1 cut off",
        b"key,name\n" + b"a" * 5_000_000,
        b"key,name\nA,\x81\n",
    ],
    ids=[
        "empty", "svg", "pdf", "binary", "cut off", "no geopackage", "no workbook", "utf-16", "bomb", "many strings",
        "strings among sheets", "the same in utf-16", "endless view",
        "computed column", "too many rows", "endless cell", "no foot", "endless line", "no encoding",
    ],
)  # fmt: skip
def test_a_hostile_file_is_refused_and_leaves_nothing(people, now, content, office_dir):
    with pytest.raises(BadFile):
        imports.receive(io.BytesIO(content), "x", people["ministry"], at=now)
    assert not ImportBatch.objects.exists()
    assert not list(office_dir.glob("imports/*/*"))


@pytest.mark.parametrize(
    "content",
    [
        "key,key,name\nA,B,C\n",
        '"key,name\nA,"B',
        HEADER,
        "\n\n",
        ("key,name\nA,á\n").encode("utf-16"),
        "a" * 100_000,
    ],
    ids=["twice", "quotes", "no rows", "blank", "utf-16", "one long line"],
)
def test_a_file_that_cannot_be_read_is_told_why(bring, content):
    with pytest.raises(AlcanceError):
        bring(content)


def test_what_is_too_large_for_who_sends_it_is_refused_unread(client, as_role, areas, people, settings):
    def send(address, size, browser=client):
        # The body is shorter than it says: whoever reads it would not answer so.
        headers = {"CONTENT_LENGTH": str(size), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
        return browser.generic("POST", address, b"", **headers).status_code

    assert send("/imports/", 3_000_000) == 413
    assert send("/accounts/login/", 3_000_000) == 413
    assert send("/imports/", "-1") == 411
    assert send("/plans/", 20_000_000, as_role("institution")) == 413
    file = SimpleUploadedFile("sites.csv", b"key,name\n" + b"A,B\n" * 800_000)
    assert as_role("institution").post("/imports/", {"file": file}).status_code == 302
    assert send("/imports/", 600_000_000, as_role("institution")) == 413


def test_an_endless_file_is_cut_off_while_it_comes(people, now, settings, office_dir):
    settings.IMPORT_MOST_BYTES = 3_000_000

    class Endless(io.RawIOBase):
        sent = 0

        def read(self, size=-1):
            self.sent += size
            return b"a" * size

    file = Endless()
    with pytest.raises(BadFile, match="3 MB"):
        imports.receive(file, "x", people["ministry"], at=now)
    assert file.sent <= 5_000_000
    assert not list(office_dir.glob("imports/*/*"))


def test_a_mapping_that_renames_nothing_is_refused(bring, as_role):
    batch = bring("cct,name,lon,lat,cve_mun\n20DPR0001A,Escuela,-96.50001,17.00001,20001\n", role="institution")
    assert batch.layout == "cct"
    form = {"column-kind": "name", "value-kind": "school"}
    assert as_role("institution").post(f"/imports/{batch.pk}/columns/", form).status_code == 400
    batch.refresh_from_db()
    assert batch.state == BatchState.CHECKED


def workbook_that_says(size, *, rows=""):
    """A workbook with these rows, as XML, whose sheet says that it fills this range."""
    out = io.BytesIO()
    pd.DataFrame({"key": ["20DPR0001A"], "name": ["Escuela"]}).to_excel(out, index=False, sheet_name="sites")
    made = io.BytesIO()
    with zipfile.ZipFile(out) as plain, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as other:
        for name in plain.namelist():
            content = plain.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = re.sub(rb'(<dimension ref=")[^"]*', rb"\g<1>" + size.encode(), content)
                content = content.replace(b"</sheetData>", rows.encode() + b"</sheetData>")
            other.writestr(name, content)
    return made.getvalue()


def test_a_sheet_is_as_large_as_its_cells_whatever_it_says(tmp_path):
    path = tmp_path / "x.xlsx"
    path.write_bytes(workbook_that_says("A1:XFD1048576", rows='<row r="300000"><c r="A300000"><v>7</v></c></row>'))
    began = time.process_time()
    frame = read(path, "x").frame
    # Filled up to what it says, each of the rows between would be looked through for 16,384 cells: two minutes.
    assert time.process_time() - began < 15
    assert list(frame.columns) == ["key", "name"]
    assert list(frame.index) == [2, 300_000]


def test_cells_beside_the_header_are_told_though_the_sheet_says_it_ends_before(tmp_path):
    path = tmp_path / "x.xlsx"
    path.write_bytes(workbook_that_says("A1:B2", rows='<row r="3"><c r="A3"><v>7</v></c><c r="D3"><v>1</v></c></row>'))
    with pytest.raises(InputError, match="más celdas que las 2"):
        read(path, "x")


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_wide_header_over_short_rows_does_not_fill_the_memory(tmp_path, monkeypatch, suffix):
    monkeypatch.setattr("alcance.pack.reading.MOST_CELLS", 1000)
    table = pd.DataFrame([["a"] * 10] * 99, columns=[f"c{number}" for number in range(10)])
    path = tmp_path / f"x{suffix}"
    write = {".csv": table.to_csv, ".xlsx": table.to_excel}[suffix]
    write(path, index=False)
    assert len(read(path, "x").frame) == 99
    table = pd.concat([table, table[:1]])
    write = {".csv": table.to_csv, ".xlsx": table.to_excel}[suffix]
    write(path, index=False)
    with pytest.raises(InputError, match="1,000 celdas"):
        read(path, "x")


def test_a_row_of_endless_cells_is_cut_off(tmp_path):
    path = tmp_path / "x.xlsx"
    path.write_bytes(workbook_that_says("A1:B2", rows=f'<row r="3">{"<c/>" * 5_000_000}</row>'))
    with pytest.raises(InputError, match="más larga que cualquiera"):
        read(path, "x")
