"""The report is one page that asks nothing of any host and tells the plan's own numbers in two languages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest

from alcance.errors import InputError, OutputError
from alcance.publish import write_report
from alcance.publish.folder import read_plan_folder
from alcance.publish.language import language
from alcance.publish.report import SECTIONS, report_html


class _Page(HTMLParser):
    """What a page is made of: tags with attributes, ids, open tags at the end, text."""

    VOID = frozenset(
        {"meta", "link", "br", "img", "input", "hr", "rect", "line", "circle", "path", "polygon", "polyline"}
    )

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def words(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.text).replace("\u00a0", " "))


@pytest.fixture(params=["en", "es"])
def page(request: pytest.FixtureRequest, pristine_plan: Path) -> _Page:
    return _Page(report_html(read_plan_folder(pristine_plan), language(request.param)))


def test_the_page_is_well_formed_and_complete(page: _Page) -> None:
    assert page.open == []
    assert len(page.all("h1")) == 1
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert set(SECTIONS) <= set(ids)
    assert {str(a["href"])[1:] for a in page.all("a") if str(a["href"]).startswith("#")} <= set(ids)
    assert page.all("html")[0]["lang"] in {"en", "es"}


def test_nothing_is_asked_of_another_host(page: _Page) -> None:
    assert page.all("script") == page.all("img") == page.all("iframe") == []
    assert [link["href"] for link in page.all("link")] == ["data:,"]
    policy = next(meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy")
    assert str(policy).startswith("default-src 'none'")


def test_no_style_sheet_fetches_anything(pristine_plan: Path) -> None:
    html = report_html(read_plan_folder(pristine_plan), language("en"))
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style is not None
    assert "url(" not in style.group(1)
    assert "@import" not in style.group(1)


def test_every_picture_has_a_title_and_a_table(page: _Page) -> None:
    pictures = [svg for svg in page.all("svg") if svg.get("aria-hidden") != "true"]
    assert len(pictures) == 10
    assert all(svg["role"] == "img" and svg["aria-labelledby"] for svg in pictures)
    assert len(page.all("caption")) == len(page.all("table")) >= len(pictures)


def test_nothing_is_left_unsaid_or_unfilled(page: _Page) -> None:
    for leak in ("None", "nan ", "inf ", "{{", "}}", "Undefined", "built-in", " at 0x"):
        assert leak not in page.words


def test_the_numbers_are_those_of_the_plan(pristine_plan: Path) -> None:
    summary = json.loads((pristine_plan / "summary.json").read_text())
    words = _Page(report_html(read_plan_folder(pristine_plan), language("en"))).words
    t = language("en")
    claim = (
        "No cheaper network exists among the 41,520 options considered, at these prices and this terrain, by more than"
    )
    assert f"{claim} {t.percent_at_most(summary['plan_gap'])}." in words
    for amount in (summary["cost"], summary["lower_bound"], summary["tree_cost"]):
        assert t.money(amount, "EUR") in words
    assert f"connects {summary['sites_planned']} sites" in words
    assert "up to 39 are blocked" in words
    assert "every 15 arc seconds, about 460 m" in words
    assert all(digest in words for digest in summary["inputs"].values())
    assert "assumed plausible value" in words
    assert "CC BY 4.0" in words


def test_spanish_writes_numbers_its_own_way(pristine_plan: Path) -> None:
    words = _Page(report_html(read_plan_folder(pristine_plan), language("es"))).words
    assert "Es a lo más 22.9 % más caro que la más barata" in words
    assert "17.4 millones EUR" in words


def test_hostile_words_stay_words(plan_folder: Path) -> None:
    plan = read_plan_folder(plan_folder)
    plan.summary["pack"]["title"] = "<script>alert(1)</script>"
    plan.summary["pack"]["sources"] = [{"name": "x", "licence": "y", "url": "javascript:alert(1)"}]
    plan.edges["to_name"] = '"><img src=x>'
    plan.sites["admin_name"] = "<iframe>"
    page = _Page(report_html(plan, language("en")))
    assert page.all("script") == page.all("img") == page.all("iframe") == []
    assert not any("javascript" in str(a.get("href")) for a in page.all("a"))


def _changed(folder: Path, change: Callable[[dict[str, Any]], object]) -> str:
    path = folder / "summary.json"
    summary = json.loads(path.read_text())
    change(summary)
    path.write_text(json.dumps(summary))
    return _Page(report_html(read_plan_folder(folder), language("en"))).words


def test_a_plan_without_a_bound_still_has_a_report(plan_folder: Path) -> None:
    words = _changed(plan_folder, lambda s: s.update(plan_gap=None, lower_bound=0.0, cost_avoidable=None))
    assert "Proven lower bound EUR 0" in words


def test_a_terrain_that_tells_nothing_is_told_so(plan_folder: Path) -> None:
    words = _changed(
        plan_folder,
        lambda s: s.update(terrain={"resolution_arcsec": None, "false_clear_pct": None, "screening_only": False}),
    )
    assert "does not say how fine its terrain is" in words
    assert "does not say how often" in words


def test_a_scenario_and_the_packs_remarks_are_told(plan_folder: Path) -> None:
    def change(summary: dict[str, Any]) -> None:
        summary["scenario"] = {"price_factors": {"satellite_terminal": 2.0}, "policies": {"max_hops": "3"}}
        summary["warnings"] = ["roads.parquet: thin"]
        summary["pack"]["notes"] = [{"en": "English note", "es": "Nota"}, {"fr": "Note"}]
        summary["pack"]["providers_illustrative"] = True

    words = _changed(plan_folder, change)
    assert "This plan changes its pack: Satellite terminal and service × 2; Most radio hops: 3." in words
    for said in ("roads.parquet: thin", "English note", "Note", "providers in the pack are illustrative"):
        assert said in words


def test_outlines_are_drawn_where_the_folder_has_them(plan_folder: Path) -> None:
    bare = report_html(read_plan_folder(plan_folder), language("en"))
    gpd.read_parquet(plan_folder / "admin.parquet").assign(kind="admin").to_parquet(plan_folder / "context.parquet")
    outlined = report_html(read_plan_folder(plan_folder), language("en"))
    assert 'stroke-width="40"' in bare
    assert 'stroke-width="40"' not in outlined


def test_a_plan_of_existing_sites_only_has_a_report(plan_folder: Path) -> None:
    sites = read_plan_folder(plan_folder).sites
    sites = sites[sites["technology"] == "existing"]
    sites.to_parquet(plan_folder / "sites.parquet")
    html = report_html(read_plan_folder(plan_folder), language("es"))
    assert _Page(html).open == []


def test_a_plan_without_sites_is_refused(plan_folder: Path) -> None:
    path = plan_folder / "sites.parquet"
    gpd.read_parquet(path).iloc[:0].to_parquet(path)
    with pytest.raises(InputError, match="nothing to report"):
        write_report(plan_folder)


def test_the_report_is_written_in_the_packs_language(plan_folder: Path) -> None:
    path = write_report(plan_folder)
    assert path == plan_folder / "report.html"
    assert '<html lang="es">' in path.read_text(encoding="utf-8")
    write_report(plan_folder, "en")
    assert '<html lang="en">' in path.read_text(encoding="utf-8")
    assert sorted(f.name for f in plan_folder.iterdir() if f.name.startswith(".")) == []


def test_an_unknown_language_writes_nothing(plan_folder: Path) -> None:
    with pytest.raises(InputError, match="no words for this language"):
        write_report(plan_folder, "xx")
    assert not (plan_folder / "report.html").exists()


def test_a_place_that_cannot_be_written_is_named(plan_folder: Path) -> None:
    (plan_folder / "report.html").mkdir()
    with pytest.raises(OutputError, match=r"report\.html: cannot be written"):
        write_report(plan_folder)


def test_an_unknown_technology_is_shown_by_its_code(plan_folder: Path) -> None:
    path = plan_folder / "sites.parquet"
    sites = gpd.read_parquet(path)
    sites.loc[sites["technology"] == "ptp", "technology"] = "laser_beam"
    sites.to_parquet(path)
    assert "laser beam" in _Page(report_html(read_plan_folder(plan_folder), language("en"))).words


def test_seconds_do_not_show(plan_folder: Path) -> None:
    before = report_html(read_plan_folder(plan_folder), language("en"))
    path = plan_folder / "summary.json"
    summary = json.loads(path.read_text())
    path.write_text(json.dumps(summary | {"seconds": {"solve": 1234.5}}))
    assert report_html(read_plan_folder(plan_folder), language("en")) == before


def test_rows_in_another_order_give_the_same_pictures(plan_folder: Path) -> None:
    before = _Page(report_html(read_plan_folder(plan_folder), language("en"))).words
    nodes = pd.read_parquet(plan_folder / "nodes.parquet")
    nodes.iloc[::-1].to_parquet(plan_folder / "nodes.parquet")
    assert _Page(report_html(read_plan_folder(plan_folder), language("en"))).words == before
