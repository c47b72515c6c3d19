"""Every bad input gives a clear message and exit 1, and leaves nothing half-written."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import rasterio

QUICK = ("--policy", "moves_per_terminal=1")


def plan(alcance, pack, folder: Path, *more: object):
    """Plan into a folder of an otherwise empty one, which must stay empty where the plan fails."""
    ran = alcance("plan", pack, "--out", folder / "plan", *QUICK, *more)
    if ran.code != 0:
        assert list(folder.iterdir()) == []
    return ran


def test_a_pack_that_is_not_there(alcance, work):
    plan(alcance, work / "nowhere", work).refused("nowhere", "is not a folder", lines=1)


def test_a_file_that_is_missing(alcance, spoiled, work):
    (spoiled.path / "prices.csv").unlink()
    plan(alcance, spoiled.path, work).refused("prices.csv", "is missing")


def test_files_that_cannot_be_read(alcance, spoiled, work):
    files = ("sites.csv", "terrain.tif", "admin.geojson")
    for file in files:
        (spoiled.path / file).write_bytes(b"\x00\xff\xfe no such thing")
    plan(alcance, spoiled.path, work).refused(*files)


def test_a_pack_description_that_cannot_be_read(alcance, spoiled, work):
    (spoiled.path / "pack.toml").write_bytes(b"\x00\xff\xfe no such thing")
    plan(alcance, spoiled.path, work).refused("pack.toml", lines=1)


def test_a_wrong_reference_system(alcance, spoiled, work):
    path = spoiled.path / "roads.geojson"
    roads = json.loads(path.read_text(encoding="utf-8"))
    roads["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    path.write_text(json.dumps(roads), encoding="utf-8")
    plan(alcance, spoiled.path, work).refused("roads.geojson")


def test_a_metric_system_that_measures_in_degrees(alcance, spoiled, work):
    path = spoiled.path / "pack.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("EPSG:32614", "EPSG:4326"), encoding="utf-8")
    plan(alcance, spoiled.path, work).refused("pack.toml", "metric_crs")


def test_coordinates_outside_the_country(alcance, spoiled, work):
    spoiled.set("sites", 3, "lon", "-90.5")
    plan(alcance, spoiled.path, work).refused("sites.csv, row 3", "outside", lines=1)


def test_swapped_coordinates(alcance, spoiled, work):
    spoiled.set("sites", 3, "lon", "18.9601")
    spoiled.set("sites", 3, "lat", "-98.7542")
    plan(alcance, spoiled.path, work).refused("sites.csv, row 3")


def test_duplicate_keys(alcance, spoiled, work):
    spoiled.set("sites", 4, "site_id", "H01")
    plan(alcance, spoiled.path, work).refused("sites.csv, row 4, column site_id ('H01')", "row 2")


def test_a_negative_price(alcance, spoiled, work):
    spoiled.set("prices", 2, "capex", "-700")
    plan(alcance, spoiled.path, work).refused("prices.csv, row 2, column capex ('-700')", "negative")


def test_nan_and_infinite_values(alcance, spoiled, work):
    cells = (("prices", "opex_year", "nan"), ("localities", "lat", "inf"), ("equipment", "freq_ghz", "-inf"))
    for table, column, value in cells:
        spoiled.set(table, 3, column, value)
    told = [f"{table}.csv, row 3, column {column} ({value!r})" for table, column, value in cells]
    plan(alcance, spoiled.path, work).refused(*told)


def test_a_site_where_the_terrain_has_no_data(alcance, spoiled, work):
    path = spoiled.path / "terrain.tif"
    with rasterio.open(path) as raster:
        cells, profile = raster.read(1), raster.profile
        row, column = raster.index(-98.7542, 18.9601)
    cells[row - 2 : row + 3, column - 2 : column + 3] = profile["nodata"]
    with rasterio.open(path, "w", **profile) as out:
        out.write(cells, 1)
    plan(alcance, spoiled.path, work).refused("H02")


def test_a_gap_in_the_terrain_between_sites(alcance, spoiled, work):
    """No site stands in it, but hops and spans would cross it: never 0 m."""
    path = spoiled.path / "terrain.tif"
    with rasterio.open(path) as raster:
        cells, profile = raster.read(1), raster.profile
        row, column = raster.index(-98.744, 18.925)
    cells[row - 3 : row + 4, column - 60 : column + 60] = profile["nodata"]
    with rasterio.open(path, "w", **profile) as out:
        out.write(cells, 1)
    plan(alcance, spoiled.path, work).refused("terrain")


def test_a_pack_without_pops(alcance, spoiled, work):
    header = (spoiled.path / "pops.csv").read_text(encoding="utf-8").splitlines()[0]
    (spoiled.path / "pops.csv").write_text(header + "\n", encoding="utf-8")
    plan(alcance, spoiled.path, work).refused("pops.csv", "no PoP")


def test_many_faults_are_told_at_once(alcance, spoiled, work):
    spoiled.set("prices", 2, "capex", "-700")
    spoiled.set("sites", 3, "kind", "castle")
    spoiled.set("localities", 4, "people", "many")
    plan(alcance, spoiled.path, work).refused("prices.csv, row 2", "sites.csv, row 3", "localities.csv, row 4")


def test_pack_check_tells_the_same_and_writes_nothing(alcance, spoiled):
    spoiled.set("prices", 2, "capex", "-700")
    before = sorted(path.name for path in spoiled.path.iterdir())
    ran = alcance("pack", "check", spoiled.path)
    assert ran.code == 1
    assert "error: prices.csv, row 2, column capex ('-700')" in ran.out
    assert "Traceback" not in ran.out + ran.err
    as_json = alcance("pack", "check", spoiled.path, "--json")
    assert as_json.code == 1
    (problem,) = [entry for entry in json.loads(as_json.out) if entry["severity"] == "error"]
    assert (problem["file"], problem["row"], problem["column"], problem["value"]) == ("prices.csv", 2, "capex", "-700")
    assert sorted(path.name for path in spoiled.path.iterdir()) == before


def test_overrides_that_leave_a_site_nothing(alcance, spoiled, work):
    spoiled.append("overrides", "O2", "P13", "", "", "fibre", "must", "a test")
    plan(alcance, spoiled.path, work).refused("P13", lines=1)


def options(*pairs: tuple[str, str]) -> list[str]:
    return [part for pair in pairs for part in pair]


def test_changes_that_are_none(alcance, tiny_pack, work):
    given = [("--price", f"satellite_terminal{end}") for end in ("", "=", "=two", "=-1", "=0", "=nan", "=inf")]
    given += [("--policy", "max_hops="), ("--policy", "max_hops")]
    ran = plan(alcance, tiny_pack, work, *options(*given))
    ran.refused(*(f"{option} ({value!r})" for option, value in given), "ITEM=FACTOR", "above 0", "NAME=VALUE")


def test_changes_that_no_pack_could_have(alcance, tiny_pack, work):
    wrong = ("no_such_thing=2", "max_hops=99", "horizon_years=0", "discount_rate=nan", "ptp_candidates=2.5")
    given = [("--price", "no_such_thing=2"), *(("--policy", text) for text in wrong)]
    ran = plan(alcance, tiny_pack, work, *options(*given))
    ran.refused(
        "is neither in the price list", "it has availability_pct", "0 to 12", "1 to 60", "finite", "whole number"
    )
    assert len(ran.err.splitlines()) == len(given)


def test_a_language_without_words_is_told_before_the_work(alcance, tiny_pack, work):
    plan(alcance, tiny_pack, work, "--lang", "xx").refused("en, es", lines=1)


def out_of_the_way(work: Path, kind: str) -> Path:
    """Places where no plan can be written, whoever asks."""
    (work / "file").write_text("mine", encoding="utf-8")
    (work / "folder").mkdir()
    (work / "folder" / "thesis.txt").write_text("mine", encoding="utf-8")
    return {
        "a file": work / "file",
        "under a file": work / "file" / "plan",
        "a folder of something else": work / "folder",
        "a kernel file system": Path("/proc/plan"),
        "a name that is too long": work / ("x" * 300),
    }[kind]


@pytest.mark.parametrize(
    "kind", ["a file", "under a file", "a folder of something else", "a kernel file system", "a name that is too long"]
)
def test_a_place_that_cannot_be_written(alcance, tiny_pack, work, kind):
    out = out_of_the_way(work, kind)
    before = sorted(work.rglob("*"))
    ran = alcance("plan", tiny_pack, "--out", out, *QUICK)
    ran.refused(out.name[:50], lines=1)
    assert sorted(work.rglob("*")) == before
    assert (work / "file").read_text(encoding="utf-8") == "mine"


def test_a_place_that_cannot_be_written_is_told_before_the_work(alcance, bundled_pack, work):
    """Planning the bundled pack takes minutes; a wrong --out need not."""
    (work / "file").write_text("mine", encoding="utf-8")
    begin = time.monotonic()
    alcance("plan", bundled_pack, "--out", work / "file", timeout=100).refused("file", lines=1)
    assert time.monotonic() - begin < 60


@pytest.mark.parametrize(
    ("command", "what"), [("verify", "nothing"), ("verify", "half a plan"), ("report", "an empty folder")]
)
def test_a_plan_folder_that_is_none(alcance, tiny_plan, work, command, what):
    folder = work / "plan"
    if what != "nothing":
        folder.mkdir()
    if what == "half a plan":
        (folder / "summary.json").write_bytes((tiny_plan / "summary.json").read_bytes())
    before = sorted(work.rglob("*"))
    alcance(command, folder).refused()
    assert sorted(work.rglob("*")) == before


def test_a_steiner_file_that_is_none(alcance, work):
    (work / "rubbish.stp").write_text("no such thing", encoding="utf-8")
    alcance("solve", work / "rubbish.stp").refused("rubbish.stp")
    alcance("solve", work / "nowhere.stp").refused("nowhere.stp")


def test_a_link_over_no_terrain(alcance, tiny_pack, work):
    ends = ("--", "-98.75", "18.90", "15", "-98.74", "18.93", "15")
    alcance("link", "--dem", work / "nowhere.tif", "--ghz", "5.8", *ends).refused("nowhere.tif")
    dem = tiny_pack / "terrain.tif"
    far = ("--", "-98.75", "18.90", "15", "-90.0", "18.93", "15")
    alcance("link", "--dem", dem, "--ghz", "5.8", *far).refused()
    alcance("link", "--dem", dem, "--ghz", "nan", *ends).refused("GHz")


def test_a_table_that_no_pack_has(alcance):
    alcance("pack", "template", "castles").refused("castles")


STOPPED = """
import os, signal, sys, time
from alcance.cli import app
signal.signal(signal.SIGINT, signal.default_int_handler)  # a run started in the background ignores it
stage, *arguments = sys.argv[1:]
import alcance.plan.build as build
import alcance.publish as publish
from alcance.plan import folder

def wait(*_args, **_options):
    print("now", flush=True)
    time.sleep(600)

if stage == "solving":
    build.solve = wait
elif stage == "tables":
    build.write_arrays = wait
elif stage == "publishing":
    import alcance.publish.publish as outputs
    outputs._WRITERS = (*outputs._WRITERS[:2], ("late", wait))
elif stage == "replacing":
    whole = folder.Path.rename
    def rename(path, target):
        found = whole(path, target)
        if str(target).endswith(".old"):
            wait()
        return found
    folder.Path.rename = rename
sys.argv = ["alcance", *arguments]
app()
"""


def stopped(stage: str, pack: Path, out: Path, how: signal.Signals) -> int:
    """A run that a signal meets at some stage."""
    command = [sys.executable, "-c", STOPPED, stage, "plan", str(pack), "--out", str(out), *QUICK]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as run:
        assert run.stdout is not None
        assert run.stdout.readline().strip() == "now"
        run.send_signal(how)
        run.stdout.close()
        try:
            return run.wait(30)
        finally:
            run.kill()


@pytest.mark.parametrize("stage", ["solving", "tables", "publishing"])
def test_a_run_that_is_killed_leaves_no_plan_and_the_next_one_cleans_up(alcance, tiny_pack, work, stage):
    out = work / "plan"
    assert stopped(stage, tiny_pack, out, signal.SIGKILL) == -signal.SIGKILL
    assert not out.exists()
    left = [path.name for path in work.iterdir()]
    assert len(left) == (0 if stage == "solving" else 1)
    assert all(name.startswith(".plan.") and name.endswith(".part") for name in left)
    if left:
        assert alcance("plan", tiny_pack, "--out", out, *QUICK).code == 0
        assert [path.name for path in work.iterdir()] == ["plan"]


def test_a_run_that_is_killed_leaves_the_plan_before_it(alcance, tiny_plan, tiny_pack, work):
    import shutil

    out = work / "plan"
    shutil.copytree(tiny_plan, out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    stopped("publishing", tiny_pack, out, signal.SIGKILL)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert alcance("verify", out).code == 0


def test_a_plan_set_aside_by_a_run_that_was_killed_comes_back(alcance, tiny_plan, tiny_pack, work):
    """Killed between setting the old plan aside and putting the new one in its place."""
    import shutil

    from alcance.plan.folder import whole_folder

    out = work / "plan"
    shutil.copytree(tiny_plan, out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    stopped("replacing", tiny_pack, out, signal.SIGKILL)
    assert not out.exists()
    with pytest.raises(RuntimeError), whole_folder(out):
        raise RuntimeError("the next run fails for a reason of its own")
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert [path.name for path in work.iterdir()] == ["plan"]


def test_a_run_that_is_interrupted_says_so_and_leaves_nothing(tiny_pack, work):
    assert stopped("publishing", tiny_pack, work / "plan", signal.SIGINT) == 130
    assert list(work.iterdir()) == []


def test_a_killed_run_with_the_number_of_this_process_does_not_stand_in_the_way(work):
    """In a container every run has the same number."""
    from alcance.plan.folder import whole_folder

    left = work / f".plan.{os.getpid()}.part"
    left.mkdir()
    (left / "half").write_text("", encoding="utf-8")
    with whole_folder(work / "plan") as making:
        (making / "summary.json").write_text("{}", encoding="utf-8")
    assert [path.name for path in work.iterdir()] == ["plan"]
    assert [path.name for path in (work / "plan").iterdir()] == ["summary.json"]


def test_what_a_run_that_still_runs_is_writing_is_left_alone(work):
    from alcance.plan.folder import whole_folder

    other = work / f".plan.{os.getppid()}.part"
    other.mkdir()
    with whole_folder(work / "plan") as making:
        (making / "summary.json").write_text("{}", encoding="utf-8")
    assert sorted(path.name for path in work.iterdir()) == sorted([other.name, "plan"])


def test_a_folder_whose_name_looks_like_a_pattern(work):
    """Only what killed runs left for this very folder is cleared."""
    from alcance.plan.folder import whole_folder

    other = work / ".plan1.99999999.part"
    other.mkdir()
    with whole_folder(work / "plan[1]") as making:
        (making / "summary.json").write_text("{}", encoding="utf-8")
    assert sorted(path.name for path in work.iterdir()) == [".plan1.99999999.part", "plan[1]"]


def test_values_that_are_no_numbers_are_never_written(tiny_plan):
    """Not even where a summary could not say anything."""
    summary = json.loads((tiny_plan / "summary.json").read_text(encoding="utf-8"))
    for name in ("cost", "lower_bound", "plan_gap", "solver_gap", "cost_avoidable", "fibre_km"):
        assert np.isfinite(summary[name])
