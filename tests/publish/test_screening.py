"""A plan on terrain too coarse for any single link says so in every file that leaves it, and no other plan does."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from PIL import Image

from alcance.errors import InputError
from alcance.pack import read_pack
from alcance.plan import Scenario, make_plan, write_plan
from alcance.publish import overview_png, publish_folder, summary_lines
from alcance.publish.folder import read_plan_folder
from alcance.publish.language import language
from alcance.publish.map_data import MapData
from alcance.publish.map_picture import map_svg

PACK = Path(__file__).parents[1] / "data" / "tiny_pack"
WORDS = {"en": "Screening only", "es": "Solo para sondeo"}

#: The problem and its proof, which programs read beside `summary.json`.
OWN_ARRAYS = {"problem.npz", "certificate.npz"}

#: Tables that have no place for a sentence say it in each row.
IN_EACH_ROW = {"csv/sites.csv", "csv/edges.csv", "csv/masts.csv"}


@pytest.fixture(scope="module")
def coarse_plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan folder of the tiny pack, whose terrain is said to have one height every 60 arc-seconds."""
    base = tmp_path_factory.mktemp("coarse")
    pack = Path(shutil.copytree(PACK, base / "pack"))
    notes = (pack / "pack.toml").read_text(encoding="utf-8").splitlines()
    lines = ["resolution_arcsec = 60.0" if line.startswith("resolution_arcsec") else line for line in notes]
    assert lines != notes
    (pack / "pack.toml").write_text("\n".join(lines), encoding="utf-8")
    scenario = Scenario(price_factors={"satellite_terminal": 3.0}, policies={})
    write_plan(make_plan(read_pack(pack), scenario=scenario), base / "plan", publish_folder)
    return base / "plan"


@pytest.fixture(params=sorted(WORDS))
def told(request: pytest.FixtureRequest, coarse_plan: Path) -> tuple[Path, str]:
    """The folder published in each language, with the words to be found."""
    publish_folder(coarse_plan, lang=request.param)
    return coarse_plan, WORDS[request.param]


def _texts(path: Path) -> Iterator[str]:
    """Every text that a reader of a file meets."""
    if path.suffix == ".kmz":
        with zipfile.ZipFile(path) as archive:
            yield archive.read("doc.kml").decode("utf-8")
    elif path.suffix == ".gpkg":
        with closing(sqlite3.connect(path)) as database:
            rows = database.execute("SELECT identifier, description FROM gpkg_contents WHERE data_type = 'features'")
            yield from (f"{identifier} {description}" for identifier, description in rows)
            yield from (text for (text,) in database.execute("SELECT metadata FROM gpkg_metadata"))
            yield from (text for (text,) in database.execute("SELECT description FROM layer_styles"))
    elif path.suffix == ".json":
        yield path.read_text(encoding="utf-8")
    else:
        yield path.read_text(encoding="utf-8-sig")


def test_every_file_says_it(told: tuple[Path, str]) -> None:
    folder, words = told
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix(): path for path in files}
    assert set(names) >= OWN_ARRAYS
    assert "csv/README.txt" in names
    for name, path in names.items():
        if name in OWN_ARRAYS | {"csv/columns.csv", "summary.json"}:
            continue
        if name in IN_EACH_ROW:
            head, *rows = path.read_text(encoding="utf-8-sig").splitlines()
            assert head.split(",")[-1] == "screening_only"
            assert rows
            assert all(row.endswith(",true") for row in rows)
            continue
        if path.suffix == ".parquet":
            note = json.loads(pq.read_schema(path).metadata[b"alcance"])
            assert note["screening_only"] is True, name
            continue
        texts = list(_texts(path))
        assert texts, name
        missing = [text[:80] for text in texts if words.casefold() not in text.casefold()]
        assert missing == [], name
    assert json.loads(names["summary.json"].read_text())["terrain"]["screening_only"] is True


def test_each_layer_and_network_says_it(told: tuple[Path, str]) -> None:
    folder, words = told
    with closing(sqlite3.connect(folder / "plan.gpkg")) as database:
        titles = [title for (title,) in database.execute("SELECT styleName FROM layer_styles")]
        assert len(titles) >= 6
        assert all(words.lower() in title for title in titles)
        columns = [row[1] for row in database.execute("PRAGMA table_info(radio_links)")]
        assert {"rate_mbps", "availability_pct", "confidence", "screening_only"} <= set(columns)
        assert database.execute("SELECT DISTINCT timestamp FROM gpkg_metadata_reference").fetchall() == [
            ("2000-01-01T00:00:00.000Z",)
        ]
    networks = json.loads((folder / "plan.ofds.json").read_text(encoding="utf-8"))["networks"]
    assert networks
    for network in networks:
        assert words.lower() in network["name"]
        assert words in next(phase for phase in network["phases"] if phase["id"] == "plan")["description"]


@pytest.mark.parametrize("code", sorted(WORDS))
def test_pictures_say_it_in_ink_and_in_their_metadata(coarse_plan: Path, tmp_path: Path, code: str) -> None:
    with Image.open(overview_png(coarse_plan, tmp_path / "coarse.png", code)) as picture:
        assert picture.text["Description"].startswith(WORDS[code])
        yellow = (255, 209, 102)
        pixels = picture.convert("RGB")
        assert sum(count for count, colour in pixels.getcolors(2**24) or [] if colour == yellow) > 5_000
    assert WORDS[code] in map_svg(read_plan_folder(coarse_plan), language(code))


@pytest.mark.parametrize("code", sorted(WORDS))
def test_the_terminal_says_it_first(coarse_plan: Path, code: str) -> None:
    summary = json.loads((coarse_plan / "summary.json").read_text(encoding="utf-8"))
    lines = summary_lines(summary, code)
    assert lines[0].startswith(WORDS[code])
    assert "60" in lines[0]
    assert lines[-2] == lines[0]


def test_the_map_is_told(coarse_plan: Path) -> None:
    assert MapData.open(coarse_plan).summary["terrain"]["screening_only"] is True


def test_a_plan_on_fine_terrain_says_it_nowhere(plan_folder: Path, tmp_path: Path) -> None:
    (plan_folder / "csv").mkdir()
    (plan_folder / "csv" / "README.txt").write_text("left by a plan on coarse terrain")
    publish_folder(plan_folder, lang="en")
    assert not (plan_folder / "csv" / "README.txt").exists()
    for name in ("report.html", "plan.kmz", "plan.ofds.json"):
        assert not any(WORDS["en"].casefold() in text.casefold() for text in _texts(plan_folder / name)), name
    with closing(sqlite3.connect(plan_folder / "plan.gpkg")) as database:
        assert database.execute("SELECT DISTINCT description FROM gpkg_contents").fetchall() == [("",)]
    rows = (plan_folder / "csv" / "edges.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    assert all(row.endswith(",false") for row in rows)
    with Image.open(overview_png(plan_folder, tmp_path / "fine.png", "en")) as picture:
        assert "Description" not in picture.text
    assert not any(
        WORDS["en"] in line for line in summary_lines(json.loads((plan_folder / "summary.json").read_text()))
    )


def test_a_folder_that_does_not_say_is_refused(plan_folder: Path) -> None:
    path = plan_folder / "summary.json"
    summary = json.loads(path.read_text())
    del summary["terrain"]["screening_only"]
    path.write_text(json.dumps(summary))
    with pytest.raises(InputError, match="whether the terrain is fit for screening only"):
        read_plan_folder(plan_folder)
