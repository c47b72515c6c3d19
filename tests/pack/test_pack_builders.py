"""The builders make packs that pass their own check, the same bytes each time, and say what they did."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from alcance.pack import check_pack, read_pack
from conftest import DATA, REPOSITORY


def build(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(REPOSITORY / "packs" / script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A thinned state with its finer roads and terrain."""
    folder = tmp_path_factory.mktemp("state")
    finer = folder / "finer"
    finer.mkdir()
    shutil.copyfile(DATA / "thin_mexico" / "dem_mexico_1min.tif", finer / "a_dem_15s.tif")
    roads = [[(-96.7, 17.0), (-96.72, 17.05)], [(-96.72, 17.05), (-96.75, 17.06)]]
    classes = ["Carretera Federal Cuota (pav.) 2 carriles", "Caminos Rurales (pav.) 2 carriles"]
    lines = gpd.GeoDataFrame({"road_class": classes}, geometry=[shapely.LineString(p) for p in roads], crs=4326)
    lines.to_parquet(finer / "a_roads_paved.parquet")
    done = build(
        "build_mexico.py", "--data", DATA / "thin_mexico", "--finer", finer, "--state", 20, "--out", folder / "pack"
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_a_state_with_finer_layers(state):
    pack = read_pack(state / "pack")
    assert pack.meta.name == "oaxaca"
    assert pack.meta.terrain.error_sigma_m.value == 76
    assert sorted(pack.table("roads")["road_class"]) == ["motorway", "tertiary"]
    sites = pack.table("sites")
    assert (sites["kind"] == "public_space").sum() == len(pack.table("localities"))
    assert sites.loc[sites["kind"] == "hospital", "key_scheme"].eq("clues").all()
    assert pack.table("power_lines")["fibre_state_assumed"].all()
    assert set(pack.table("power_lines")["fibre_state"]) <= {"dark", "none"}
    assert pack.table("pops")["assumed"].all()
    assert pack.table("pops")["fibre_accesses"].ge(10).all()


def test_unknown_fibre_accesses_stay_unknown(state):
    source = pd.read_parquet(
        DATA / "thin_mexico" / "municipalities_2020.parquet", columns=["cve_mun", "baf_fibre_2019"]
    )
    unknown = set(source.loc[source["baf_fibre_2019"].isna() & source["cve_mun"].str.startswith("20"), "cve_mun"])
    assert unknown
    admin = read_pack(state / "pack").table("admin").set_index("admin_id")
    assert admin.loc[sorted(unknown), "fibre_accesses"].isna().all()


def test_need_grows_with_marginalisation(state):
    units = read_pack(state / "pack").table("admin")
    order = ["Muy bajo", "Bajo", "Medio", "Alto", "Muy alto"]
    need = units[units["level"] == 2].groupby("need_class")["need_index"].mean()
    present = [need[name] for name in order if name in need]
    assert len(present) > 1
    assert present == sorted(present)


def test_the_notes_say_what_became_what_and_what_is_doubtful(state):
    text = (state / "pack" / "BUILD.md").read_text(encoding="utf-8")
    assert "| need_index | municipalities_2020 | imn_2020 |" in text
    assert "OCIMB001330" in text
    assert "ODbL 1.0" in text
    assert str(state) not in text


def test_the_same_bytes_twice(state):
    again = state / "again"
    arguments = ["--data", DATA / "thin_mexico", "--finer", state / "finer", "--state", "20"]
    assert build("build_mexico.py", *arguments, "--out", again).returncode == 0
    assert contents(again) == contents(state / "pack")


def test_the_whole_country(tmp_path):
    done = build("build_mexico.py", "--data", DATA / "thin_mexico", "--out", tmp_path / "pack")
    assert done.returncode == 0, done.stderr
    pack = read_pack(tmp_path / "pack")
    assert pack.meta.name == "mexico"
    assert set(pack.table("admin").query("level == 1")["admin_id"]) == {"20", "29"}
    assert pack.table("roads").empty
    assert pack.meta.terrain.error_sigma_m.value == 89


def test_a_hospital_far_outside_its_state_is_dropped_and_named(tmp_path):
    data = tmp_path / "data"
    shutil.copytree(DATA / "thin_mexico", data)
    hospitals = gpd.read_parquet(data / "sites_hospitals_imssb_2026.parquet")
    moved = hospitals["clues"] == "OCIMB001330"
    hospitals.loc[moved, "geometry"] = shapely.Point(-99.1, 19.4)
    hospitals.to_parquet(data / "sites_hospitals_imssb_2026.parquet")
    assert build("build_mexico.py", "--data", data, "--state", "20", "--out", tmp_path / "pack").returncode == 0
    assert "OCIMB001330" not in set(read_pack(tmp_path / "pack").table("sites")["site_id"])
    left_out = (tmp_path / "pack" / "BUILD.md").read_text(encoding="utf-8").split("## Left out")[1]
    assert "OCIMB001330: lies" in left_out


def test_an_area_without_known_fibre_gets_its_largest_locality_as_pop(tmp_path):
    data = tmp_path / "data"
    shutil.copytree(DATA / "thin_mexico", data)
    municipalities = gpd.read_parquet(data / "municipalities_2020.parquet")
    municipalities["baf_fibre_2019"] = pd.array([None] * len(municipalities), dtype="Int32")
    municipalities.to_parquet(data / "municipalities_2020.parquet")
    assert build("build_mexico.py", "--data", data, "--state", "29", "--out", tmp_path / "pack").returncode == 0
    pack = read_pack(tmp_path / "pack")
    localities = pack.table("localities")
    assert pack.table("pops")["locality_id"].tolist() == [localities.loc[localities["people"].idxmax(), "locality_id"]]
    assert pack.table("pops")["assumed"].all()


def test_official_catalogues_become_sites(tmp_path):
    """The keys are moved to the thinned states, so that rows of the samples fall inside and outside of them."""
    clinics = pd.read_csv(DATA / "keys" / "clinics_clues.csv", dtype=str)
    clinics["clues"] = "OC" + clinics["clues"].str[2:]
    clinics[["lon", "lat"]] = ["-96.72", "17.06"]
    clinics.loc[0, ["clues", "est_type", "institution"]] = ["OCSSA000013", "DE HOSPITALIZACIÓN", "SECRETARIA DE SALUD"]
    clinics.loc[1, "clues"] = "OC-1"
    clinics.loc[2, ["clues", "lon", "lat"]] = ["OCSSA000025", "-99.1", "19.4"]
    clinics.loc[2, ["est_type", "institution"]] = ["DE CONSULTA EXTERNA", "SECRETARIA DE SALUD"]
    clinics.to_csv(tmp_path / "clinics.csv", index=False)
    schools = pd.read_csv(DATA / "keys" / "schools_cct.csv", dtype=str)
    schools["cct"] = "20" + schools["cct"].str[2:]
    schools[["lon", "lat"]] = ["-96.72", "17.06"]
    schools.to_csv(tmp_path / "schools.csv", index=False)
    arguments = ["--data", DATA / "thin_mexico", "--state", "20", "--clinics", tmp_path / "clinics.csv"]
    done = build("build_mexico.py", *arguments, "--schools", tmp_path / "schools.csv", "--out", tmp_path / "pack")
    assert done.returncode == 0, done.stderr
    sites = read_pack(tmp_path / "pack").table("sites").set_index("site_id")
    assert sites.loc["OCSSA000013", ["kind", "key_scheme"]].tolist() == ["hospital", "clues"]
    assert "OCSSA000025" not in sites.index
    assert (sites["key_scheme"] == "cct").sum() == schools["cct"].nunique()
    assert (sites["kind"] == "clinic").sum() > 10
    left_out = (tmp_path / "pack" / "BUILD.md").read_text(encoding="utf-8").split("## Left out")[1]
    assert "clinics OC-1: is not 5 letters and 6 digits" in left_out
    assert "clinics OCSSA000025: lies more than 3 km outside its state" in left_out
    assert "rows: establishments are private" in left_out


def test_nepal(tmp_path):
    done = build("build_nepal.py", "--data", DATA / "thin_nepal", "--out", tmp_path / "pack")
    assert done.returncode == 0, done.stderr
    pack = read_pack(tmp_path / "pack")
    assert (pack.meta.currency, pack.meta.name) == ("NPR", "nepal")
    assert pack.table("pops")["assumed"].all()
    assert len(pack.table("pops")) >= 1
    assert pack.table("roads").empty
    assert pack.table("admin")["people"].max() >= pack.table("localities")["people"].sum() - 1
    build("build_nepal.py", "--data", DATA / "thin_nepal", "--out", tmp_path / "again")
    assert contents(tmp_path / "pack") == contents(tmp_path / "again")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--data", "nowhere", "--out", "pack"], "nowhere"),
        (["--data", DATA / "thin_mexico", "--state", "77", "--out", "pack"], "no state 77"),
        (["--data", DATA / "thin_mexico", "--out", REPOSITORY / "LICENSE" / "pack"], "LICENSE"),
    ],
)
def test_a_build_that_cannot_be_made_says_why_and_leaves_nothing(tmp_path, arguments, said):
    out = tmp_path / "pack"
    arguments = [out if argument == "pack" else argument for argument in arguments]
    done = build("build_mexico.py", *arguments)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_no_pack_is_never_replaced(tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("friend", encoding="utf-8")
    done = build("build_nepal.py", "--data", DATA / "thin_nepal", "--out", tmp_path / "letters")
    assert done.returncode == 1
    assert "is not a pack" in done.stderr
    assert (tmp_path / "letters" / "dear.txt").read_text(encoding="utf-8") == "friend"


class TestBundledPack:
    """The pack that comes with the repository."""

    folder = REPOSITORY / "packs" / "oaxaca"

    def test_it_passes_its_check(self):
        assert [str(p) for p in check_pack(self.folder) if p.severity == "error"] == []

    def test_it_holds_what_it_says(self):
        pack = read_pack(self.folder)
        sites = pack.table("sites")
        assert sites["kind"].value_counts().to_dict() == {"public_space": 10_723, "school": 558, "hospital": 37}
        assert len(pack.table("pops")) == 37
        assert pack.table("localities")["people"].sum() == 4_132_148
        assert sites["admin_id"].notna().all()
        assert pack.meta.identifier_schemes == ("cvegeo", "cvegeo_locality")

    def test_each_price_has_a_source_and_a_range(self):
        prices = read_pack(self.folder).table("prices")
        assert prices["source"].str.len().min() > 20
        assert (prices["capex_low"] < prices["capex_high"]).all()
        assert (prices["opex_low"] < prices["opex_high"]).all()

    def test_it_is_small(self):
        assert sum(path.stat().st_size for path in self.folder.iterdir()) < 4_500_000

    def test_lines_in_several_components_are_told_with_kilometres(self):
        said = [p.message for p in read_pack(self.folder).warnings if "components" in p.message]
        assert len(said) == 1
        assert " km" in said[0]
