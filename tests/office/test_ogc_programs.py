"""What programs that people map with make of OGC API Features: GDAL, and QGIS where there is one."""

from __future__ import annotations

import pytest
import shapely
from bench.office_qgis import ask, python_with_qgis
from tests.office.serving import migrated, run, served
from tests.office.test_ogc import COLLECTIONS, TYPES

COUNT = 5_000
FILL = f"""
import datetime as dt
import shapely
from alcance.office.register.models import Area, Site
outline = shapely.box(-98, 15, -95, 18)
state = Area.objects.create(code="20", level="state", name="Oaxaca", boundary=outline.wkb)
town = Area.objects.create(code="20001", level="municipality", name="Centro", parent=state,
    boundary=shapely.MultiPolygon([outline]).wkb)
Area.objects.create(code="200010001", level="locality", name="Centro", parent=town, lon=-96.5, lat=17)
Site.objects.bulk_create([Site(key=f"K{{n:06}}", key_scheme="alcance", name=f"Escuela {{n}} «ñ»", kind="school",
    lon=-96 - n / {COUNT}, lat=16 + n / {COUNT}, municipality=town, state_code="20", cell=n, users=n)
    for n in range({COUNT})], batch_size=500)
Site.objects.update(changed_at=dt.datetime(2026, 2, 1, tzinfo=dt.UTC))
Site.objects.filter(users__lt=42).update(changed_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
"""
KEYS = [f"K{number:06}" for number in range(COUNT)]


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """The address of an office with many sites, on a database of its own: SQLite in its folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        env = migrated(tmp_path_factory.mktemp("programs") / "office")
    run(env, FILL)
    with served(env) as base:
        yield f"{base}/ogc"


def test_gdal_reads_it_whole_and_in_order(office):
    import pyogrio

    frame = pyogrio.read_dataframe(f"OAPIF:{office}", layer="sites")
    assert frame["key"].tolist() == KEYS
    assert frame["name"].iloc[7] == "Escuela 7 «ñ»"
    assert frame.crs.to_authority() in (("OGC", "CRS84"), ("EPSG", "4326"))
    assert frame.geometry.iloc[-1].equals_exact(
        shapely.Point(-96 - (COUNT - 1) / COUNT, 16 + (COUNT - 1) / COUNT), 1e-9
    )
    few = pyogrio.read_dataframe(f"OAPIF:{office}", layer="sites", bbox=(-96.1, 16, -96, 17))
    assert few["key"].tolist() == KEYS[:501]
    one = pyogrio.read_dataframe(f"OAPIF:{office}", layer="sites", where="key = 'K000042'")
    assert one["users"].tolist() == [42]
    early = pyogrio.read_dataframe(f"OAPIF:{office}", layer="sites", where="changed_at < '2026-01-31T00:00:00Z'")
    assert early["key"].tolist() == KEYS[:42]
    assert {name for name, _ in pyogrio.list_layers(f"OAPIF:{office}")} == set(COLLECTIONS)


@pytest.fixture(scope="module")
def qgis(office):
    """Ask QGIS of a collection of that office."""
    python = python_with_qgis()
    if python is None:
        pytest.skip("QGIS is not installed for the system's Python (Debian: python3-qgis, qgis-providers)")
    return lambda collection, *more: ask(python, office, collection, *more)


def test_qgis_reads_it_whole_and_in_order_and_changes_nothing(qgis):
    told = qgis("sites", "key")
    assert told["layers"] == ["Areas", "Localities", "Sites", "Spans"]
    assert told["keys"] == KEYS
    assert told["numbers"] == told["count"] == COUNT
    assert told["points"] == [[round(-96 - n / COUNT, 9), round(16 + n / COUNT, 9)] for n in range(COUNT)]
    assert told["crs"] == "EPSG:4326"
    assert (told["fields"]["users"], told["fields"]["changed_at"]) == ("Integer", "DateTime")
    assert not told["editable"]


def test_qgis_draws_what_it_reads(qgis):
    for name, codes in (("areas", ["20", "20001"]), ("localities", ["200010001"])):
        told = qgis(name, "code")
        assert told["keys"] == codes
        assert [told["type"]] == told["types"] == [TYPES[name]]


def test_qgis_reads_a_box_and_a_time_without_a_beginning(qgis):
    assert qgis("sites", "key", "--box", "-96.1", "16", "-96", "17")["keys"] == KEYS[:501]
    assert qgis("sites", "key", "--where", "changed_at < '2026-01-31T00:00:00Z'")["keys"] == KEYS[:42]
