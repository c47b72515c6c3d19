"""The page of a link asks nothing of any host, says what the report says, and its sliders keep the same rule."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from alcance.errors import InputError, OutputError
from alcance.publish.link_page import write_link_page
from alcance.radio import Air, Doubt, Equipment, design
from alcance.radio.rates import RateTable
from alcance.terrain import Grid, Mosaic

DEM = Path(__file__).parents[1] / "data" / "terrain" / "dem_popocatepetl_south_60m.tif"
ENDS = (-98.70, 18.90, 30.0, -98.66, 18.80, 15.0, 5.8)
RADIO = Equipment("<b>&radio", "ptp", 5.8, 24.0, 29.0, RateTable([-88.0, -73.0], [40.0, 200.0]), 1)


@pytest.fixture(scope="module")
def volcano() -> Grid:
    mosaic = Mosaic.open([DEM])
    return mosaic.window(*mosaic.bounds)


def report_of(volcano: Grid, near_m: float = 30.0, far_m: float = 15.0):
    ends = (*ENDS[:2], near_m, *ENDS[3:5], far_m, ENDS[6])
    return design(
        volcano, *ends, air=Air(330.0, 45.0, 50.0, 2), doubt=Doubt(5.2, 100.0), near=RADIO, far=RADIO,
        fade_margin_db=10.0, target_pct=99.9,
    )  # fmt: skip


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag, attrs):
        self.attributes += attrs
        if tag not in {"meta", "link", "input", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("lang", ["es", "en"])
def test_the_page_is_whole_and_asks_nothing_of_any_host(volcano, tmp_path, lang):
    page = write_link_page(report_of(volcano), tmp_path / "link.html", lang).read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert f'<html lang="{lang}">' in page
    assert "http://" not in page
    assert "https://" not in page
    for name, value in tags.attributes:
        if name in {"src", "href"}:
            assert value.startswith(("#", "data:"))
    assert "default-src 'none'" in page
    assert "&lt;b&gt;&amp;radio" in page
    assert "<b>&radio" not in page
    data = json.loads(re.search(r'id="link">(.*?)</script>', page, re.DOTALL).group(1))
    assert len(data["distance_m"]) == len(data["ground_m"])
    assert ("Perfil" in page) == (lang == "es")
    again = write_link_page(report_of(volcano), tmp_path / "again.html", lang)
    assert again.read_text(encoding="utf-8") == page


def test_a_name_cannot_end_the_script(volcano, tmp_path):
    path = write_link_page(report_of(volcano), tmp_path / "link.html", "en", name1="</script><script>alert(1)")
    assert "</script><script>alert" not in path.read_text(encoding="utf-8")


def test_a_page_that_cannot_be_written(volcano, tmp_path):
    with pytest.raises(InputError, match="en, es"):
        write_link_page(report_of(volcano), tmp_path / "link.html", "fr")
    (tmp_path / "taken").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot be written"):
        write_link_page(report_of(volcano), tmp_path / "taken" / "link.html", "en")


@pytest.fixture
def page(browser, volcano, tmp_path):
    path = write_link_page(report_of(volcano), tmp_path / "link.html", "en")
    opened: Page = browser.new_page(viewport={"width": 1200, "height": 900})
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    opened.goto(path.as_uri())
    yield opened
    assert errors == []
    opened.close()


def set_height(page: Page, end: int, metres: float) -> None:
    page.locator(f"#height{end}").evaluate(
        "(slider, value) => { slider.value = value; slider.dispatchEvent(new Event('input')); }", metres
    )


def test_the_sliders_keep_the_rule_of_the_report(page, volcano):
    seen = set()
    for near_m, far_m in [(30, 15), (6, 15), (1, 1), (10, 0.5), (11, 1), (3, 45), (45, 3), (2, 8), (100, 100)]:
        set_height(page, 1, near_m)
        set_height(page, 2, far_m)
        shown = [float(page.locator(f"#height{end}").input_value()) for end in (1, 2)]
        report = report_of(volcano, *shown)
        badge = page.locator("#state")
        expect(badge).to_have_attribute("data-state", report.state)
        seen.add(report.state)
        words = {"clear": "clear", "grazing": "partly obstructed", "blocked": "blocked"}
        expect(badge.locator("strong")).to_have_text(words[report.state])
        expect(badge).to_contain_text(f"{report.tightest.clear_m:.1f} m".replace("-", "−"))
        near, far = report.near.required_height_m, report.far.required_height_m
        needed = f"antenna A needs {near:,.1f} m and antenna B {far:,.1f} m"
        expect(page.locator("#needed")).to_contain_text(needed)
    assert seen == {"clear", "grazing", "blocked"}
    page.locator("#reset").click()
    expect(page.locator("#shown1")).to_have_text("30.0 m")
    expect(page.locator("#state")).to_have_attribute("data-state", "clear")


def test_the_profile_is_read_from_the_keyboard_and_with_the_pointer(page, volcano):
    report = report_of(volcano)
    profile = page.locator("#profile")
    profile.focus()
    page.keyboard.press("Home")
    expect(page.locator("#read")).to_contain_text("Antenna A at 0.00 km")
    page.keyboard.press("PageDown")
    expect(profile).to_have_attribute("aria-valuenow", "0")
    for _ in range(2):
        page.keyboard.press("PageUp")
    page.keyboard.press("ArrowRight")
    expect(profile).to_have_attribute("aria-valuenow", "21")
    clear_m = report.sight_m[21] - report.ground_m[21] - report.bulge_m[21]
    expect(page.locator("#read")).to_contain_text(
        f"At {report.distance_m[21] / 1e3:.2f} km: ground {report.ground_m[21]:,.0f} m"
    )
    expect(page.locator("#read")).to_contain_text(f"clearance {clear_m:.1f} m")
    assert profile.get_attribute("aria-valuetext") == page.locator("#read").inner_text()
    page.keyboard.press("End")
    expect(page.locator("#read")).to_contain_text("Antenna B at 11.89 km")
    box = page.locator("#drawing").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    middle = int(profile.get_attribute("aria-valuenow"))
    assert 0.4 < middle / (report.distance_m.size - 1) < 0.6


def test_the_page_fits_a_phone(page):
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_legend_has_the_colour_of_the_line(page):
    drawn = "document.documentElement.style.getPropertyValue('--now')"
    line = "document.querySelector('#profile svg path[stroke-width=\"2.2\"]').getAttribute('stroke')"
    assert page.evaluate(drawn) == page.evaluate(line) != ""
    assert "--now" in page.content().split("</style>")[0]
