"""The KMZ opens without a network, folder by technology, each site with its way up."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

from alcance.publish.folder import PlanFolder, read_plan_folder
from alcance.publish.kmz import write_kmz
from alcance.publish.language import language
from alcance.publish.ways import edges_by_id, way_steps

KML = {"k": "http://www.opengis.net/kml/2.2"}


def _document(path: Path) -> ET.Element:
    with zipfile.ZipFile(path) as archive:
        return ET.fromstring(archive.read("doc.kml"))


def _written(plan: PlanFolder, path: Path) -> Path:
    return write_kmz(plan, path, language("en"))


def test_every_site_lies_in_the_folder_of_its_technology(plan_folder: Path, tmp_path: Path) -> None:
    plan = read_plan_folder(plan_folder)
    document = _document(_written(plan, tmp_path / "plan.kmz"))
    folders = document.findall("k:Document/k:Folder", KML)[0].findall("k:Folder", KML)
    counts = {folder.findtext("k:name", "", KML): len(folder.findall("k:Placemark", KML)) for folder in folders}
    assert counts["Fibre (16)"] == 16
    assert sum(counts.values()) == len(plan.sites)
    assert len(document.findall(".//k:LineString", KML)) == (plan.edges.geometry.geom_type == "LineString").sum()


def test_nothing_is_fetched_from_elsewhere(plan_folder: Path, tmp_path: Path) -> None:
    path = _written(read_plan_folder(plan_folder), tmp_path / "plan.kmz")
    with zipfile.ZipFile(path) as archive:
        text, names = archive.read("doc.kml").decode(), archive.namelist()
        hrefs = re.findall(r"<href>(.*?)</href>", text)
        assert all(archive.read(href).startswith(b"\x89PNG") for href in hrefs)
    assert hrefs
    assert set(hrefs) <= set(names)
    styles = set(re.findall(r'<Style id="(.*?)"', text))
    assert set(re.findall(r"<styleUrl>#(.*?)</styleUrl>", text)) <= styles
    assert "http" not in text.replace(KML["k"], "")


def test_a_site_without_a_name_is_called_by_its_key(plan_folder: Path, tmp_path: Path) -> None:
    plan = read_plan_folder(plan_folder)
    plan.sites.loc[0, "name"] = None
    document = _document(_written(plan, tmp_path / "plan.kmz"))
    names = [name.text for name in document.findall(".//k:Placemark/k:name", KML)]
    assert plan.sites.loc[0, "site_id"] in names
    assert "None" not in names


def test_hostile_names_stay_names(plan_folder: Path, tmp_path: Path) -> None:
    plan = read_plan_folder(plan_folder)
    plan.sites.loc[0, "name"] = "<b>A & B]]></b>\x00"
    plan.sites.loc[0, "key"] = "<script>]]>"
    document = _document(_written(plan, tmp_path / "plan.kmz"))
    names = [name.text for name in document.findall(".//k:Placemark/k:name", KML)]
    assert "<b>A & B]]></b>" in names
    descriptions = [told.text or "" for told in document.findall(".//k:Placemark/k:description", KML)]
    assert not any("<script>" in told for told in descriptions)


def test_a_way_is_told_from_the_site_up(plan_folder: Path) -> None:
    plan = read_plan_folder(plan_folder)
    edges, english = edges_by_id(plan), language("en")
    site = plan.sites[(plan.sites["technology"] == "ptmp") & (plan.sites["hops"] == 2)].iloc[0]
    steps = way_steps(list(site["upstream"]), edges, english)
    assert steps[0] == "Equipment of a site"
    assert re.fullmatch(
        r"Client link, \d+\.\d km, from .+, antennas at 6 m here and 15 m there, 5\.6 GHz \(client_5ghz_25dbi\), "
        r"50 Mbit/s, margin \d\d\.\d dB, works 99\.\d\d% of the year, [79]\d% sure to be clear",
        steps[1],
    )
    assert steps[-1].startswith("Port at a PoP: Villa P")
    assert not any("nan" in step or "None" in step for step in steps)


def test_stretches_of_one_kind_are_told_together(plan_folder: Path) -> None:
    plan = read_plan_folder(plan_folder)
    edges = edges_by_id(plan)
    longest = max(plan.sites["upstream"], key=lambda way: sum(edges[e]["kind"] == "fibre_new" for e in way))
    runs = [edges[e]["length_m"] for e in longest if edges[e]["kind"] == "fibre_new"]
    assert len(runs) == 2
    told = [step for step in way_steps(list(longest), edges, language("en")) if "high-voltage" in step]
    assert len(told) == 1
    assert f", {sum(runs) / 1000:.1f} km, from " in told[0]


def test_the_same_plan_gives_the_same_bytes(plan_folder: Path, tmp_path: Path) -> None:
    plan = read_plan_folder(plan_folder)
    assert _written(plan, tmp_path / "a.kmz").read_bytes() == _written(plan, tmp_path / "b.kmz").read_bytes()
