"""The map in a real browser: it asks nothing of another host, says what the plan says, and works from the keyboard."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from alcance.publish.map_data import MapData
from alcance.publish.serve import PlanServer

TIMEOUT_MS = 60_000  # software rendering on a busy machine
NO_GL = ["--no-sandbox", "--disable-gpu", "--disable-3d-apis"]
FAR_SITE = "S027"  # three radio hops from its fibre


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


@contextmanager
def opened(
    browser: Browser,
    server: PlanServer,
    address: str = "",
    *,
    width: int = 1280,
    height: int = 800,
    touch: bool = False,
) -> Iterator[Page]:
    """A page on the server; afterwards, no error was said and no other host asked."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="es-MX", has_touch=touch, reduced_motion="reduce"
    )
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    try:
        page.goto(server.url + address)
        yield page
        foreign = [url for url in asked if not url.startswith((server.url, "data:", f"blob:{server.url}"))]
        assert foreign == []
        assert said == []
    finally:
        context.close()


def wait_for_map(page: Page) -> None:
    page.wait_for_selector("#map[data-ready]", state="attached")


def summary_of(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return loaded


def digits(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def rendered_sites(page: Page) -> int:
    count: int = page.evaluate(
        """() => { const map = document.getElementById("map").planMap;
        return new Set(map.queryRenderedFeatures({ layers: ["sites"] }).map((f) => f.properties.site_id)).size; }"""
    )
    return count


def test_the_legend_counts_what_the_summary_counts(browser: Browser, server: PlanServer, pristine_plan: Path) -> None:
    summary = summary_of(pristine_plan)
    with opened(browser, server) as page:
        wait_for_map(page)
        expect(page.locator("html")).to_have_attribute("lang", "es")
        for technology, sites in summary["technologies"].items():
            row = page.locator("label", has=page.locator(f'[data-group="technologies"][data-kind="{technology}"]'))
            assert digits(row.locator(".count").inner_text()) == sites
        hops = sum(
            digits(
                page.locator("label", has=page.locator(f'[data-group="lines"][data-kind="{kind}"]'))
                .locator(".count")
                .inner_text()
            )
            for kind in ("ptp", "client")
        )
        assert hops == summary["radio_hops"]
        assert digits(page.locator(".figure strong").first.inner_text()) == summary["sites_planned"]
        assert rendered_sites(page) == summary["sites"]


def test_a_technology_can_be_hidden(browser: Browser, server: PlanServer, pristine_plan: Path) -> None:
    summary = summary_of(pristine_plan)
    with opened(browser, server) as page:
        wait_for_map(page)
        page.get_by_role("checkbox", name=re.compile("Terminal satelital")).uncheck()
        page.wait_for_function(
            "(n) => new Set(document.getElementById('map').planMap.queryRenderedFeatures({layers: ['sites']})"
            ".map((f) => f.properties.site_id)).size === n",
            arg=summary["sites"] - summary["technologies"]["satellite"],
        )


def test_search_from_the_keyboard_opens_a_site(browser: Browser, server: PlanServer, pristine_plan: Path) -> None:
    site = pd.read_parquet(pristine_plan / "sites.parquet").set_index("site_id").loc[FAR_SITE]
    with opened(browser, server, "#lang=en") as page:
        wait_for_map(page)
        page.keyboard.press("/")
        page.keyboard.type(site["key"])
        expect(page.get_by_role("option")).to_have_count(1)
        page.keyboard.press("Enter")
        panel = page.locator("aside.panel")
        expect(panel.get_by_role("heading", level=2)).to_have_text(site["name"])
        expect(panel.get_by_role("heading", level=2)).to_be_focused()
        # The way up: the site, every work that costs something, and the PoP.
        edges = pd.read_parquet(pristine_plan / "edges.parquet").set_index("edge_id")
        paid = [edge for edge in site["upstream"] if edges.loc[edge, "price_minor"] > 0]
        expect(panel.locator("ol.way > li")).to_have_count(len(paid) + 2)
        expect(panel.locator("ol.way > li").last).to_contain_text("PoP Villa P1")
        expect(panel.locator(".why")).to_contain_text("3 radio hops")
        assert page.url.endswith(f"site={FAR_SITE}")
        page.keyboard.press("Escape")
        expect(panel).to_be_hidden()
        expect(page.locator("#search")).to_be_focused()


def test_every_radio_hop_is_drawn(browser: Browser, server: PlanServer) -> None:
    with opened(browser, server, f"#lang=en&site={FAR_SITE}") as page:
        pictures = page.locator("aside.panel figure.profile svg[role=img]")
        expect(pictures).to_have_count(3)
        for part in ("ground", "bulge", "sight", "fresnel", "mast"):
            assert pictures.first.locator(f".{part}").count() >= 1, part
        expect(pictures.first).to_have_attribute("aria-label", re.compile("first Fresnel zone"))


def test_a_click_on_the_map_opens_the_site(browser: Browser, server: PlanServer, pristine_plan: Path) -> None:
    site = pd.read_parquet(pristine_plan / "sites.parquet").set_index("site_id").loc["S076"]
    with opened(browser, server) as page:
        wait_for_map(page)
        at = page.evaluate(
            "([lon, lat]) => document.getElementById('map').planMap.project([lon, lat])", [site["lon"], site["lat"]]
        )
        page.locator("#map canvas").click(position={"x": at["x"], "y": at["y"]})
        expect(page.locator("#panel-title")).to_have_text(site["name"])
        expect(page.locator("ol.way > li").last).to_have_text("Satélite")


def test_a_click_on_a_line_tells_what_it_is(browser: Browser, server: PlanServer, pristine_plan: Path) -> None:
    with opened(browser, server, "#lang=en") as page:
        wait_for_map(page)
        middle = page.evaluate(
            """() => { const map = document.getElementById("map").planMap;
            const line = map.queryRenderedFeatures({ layers: ["dash-fibre_distribution"] })[0].geometry.coordinates;
            const [a, b] = [map.project(line[0]), map.project(line[1])];
            return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }; }"""
        )
        page.locator("#map canvas").click(position=middle)
        expect(page.locator(".edge-note")).to_contain_text("inferred route")


def test_the_table_holds_the_same_sites_without_webgl(
    playwright: Playwright, chromium: str, server: PlanServer, pristine_plan: Path
) -> None:
    total = summary_of(pristine_plan)["sites"]
    browser = playwright.chromium.launch(executable_path=chromium, args=NO_GL)
    try:
        page = browser.new_page(locale="en-GB")
        page.set_default_timeout(TIMEOUT_MS)
        page.goto(f"{server.url}#lang=en")
        expect(page.get_by_role("alert")).to_contain_text("cannot be drawn", timeout=TIMEOUT_MS)
        expect(page.get_by_role("status").filter(has_text=f"1–50 of {total} sites")).to_be_visible()
        page.get_by_role("button", name="Next").click()
        expect(page.get_by_role("status").filter(has_text=f"51–{total} of {total} sites")).to_be_visible()
        page.get_by_role("button", name="Site", exact=True).click()
        expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Site")
        names = page.locator("tbody th button").all_inner_texts()
        assert len(names) == 50
        page.get_by_label("Technology").select_option("satellite")
        expect(page.locator("tbody tr")).to_have_count(10)
        page.get_by_label("Filter by name, place or key").fill("castano")
        expect(page.get_by_role("status").filter(has_text="sites")).to_be_attached()
        page.get_by_label("Technology").select_option("")
        expect(page.locator("tbody tr").first).to_contain_text("Castaño")
        page.locator("tbody th button").first.click()
        expect(page.locator("#panel-title")).to_contain_text("Castaño")
    finally:
        browser.close()


def test_each_radio_hop_tells_what_it_gives(browser: Browser, server: PlanServer) -> None:
    with opened(browser, server, f"#lang=en&site={FAR_SITE}") as page:
        facts = page.locator(".panel .link-facts")
        expect(facts).to_have_count(3)
        first = facts.first
        for words in ("50 Mbit/s", "5.6 GHz · client_5ghz_25dbi", "of the year", " dB", "Chance of being clear"):
            expect(first).to_contain_text(words)


def test_a_plan_for_screening_only_says_so_above_map_and_table(
    browser: Browser, server: PlanServer, copy_plan: Callable[[str], Path]
) -> None:
    folder = copy_plan("coarse")
    summary = summary_of(folder)
    summary["terrain"].update(screening_only=True, resolution_arcsec=60.0)
    (folder / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    with running(folder) as coarse:
        for view, code, words in (("map", "en", "Screening only."), ("table", "es", "Solo para sondeo.")):
            with opened(browser, coarse, f"#lang={code}&view={view}") as page:
                banner = page.locator(".screening")
                expect(banner).to_be_visible()
                expect(banner).to_contain_text(words)
                expect(banner).to_contain_text("60")
    with opened(browser, server) as page:
        expect(page.locator(".figures")).to_be_visible()
        expect(page.locator(".screening")).to_have_count(0)


def test_languages_switch_without_losing_the_site(browser: Browser, server: PlanServer) -> None:
    with opened(browser, server, "#lang=es&view=table&site=S076") as page:
        expect(page.locator("aside.panel")).to_contain_text("Cuánto cuesta")
        page.get_by_role("button", name="English").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.locator("aside.panel")).to_contain_text("What it costs")
        expect(page.get_by_role("button", name="English")).to_be_focused()
        expect(page.locator("thead")).to_contain_text("Radio hops")
        assert "lang=en" in page.url


def test_the_first_tab_stop_leads_to_the_table(browser: Browser, server: PlanServer) -> None:
    with opened(browser, server, "#lang=en") as page:
        wait_for_map(page)
        page.keyboard.press("Tab")
        expect(page.get_by_role("button", name="Skip to the table")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#sites")).to_be_visible()
        expect(page.locator("tbody tr").first).to_be_visible()


def test_the_notes_say_what_is_assumed(browser: Browser, server: PlanServer, pristine_plan: Path) -> None:
    summary = summary_of(pristine_plan)
    with opened(browser, server, "#lang=en") as page:
        page.get_by_role("button", name="About this plan").click()
        notes = page.get_by_role("dialog")
        expect(notes).to_contain_text(summary["pack"]["notes"][0])
        expect(notes).to_contain_text("1 of 2 prices are assumed")
        expect(notes).to_contain_text("routes that no file gives")
        expect(notes).to_contain_text("39% of cases with masts of 10 m")
        expect(notes).to_contain_text("ODbL 1.0")
        page.keyboard.press("Escape")
        expect(notes).to_be_hidden()


def test_a_phone_shows_everything_in_its_width(browser: Browser, server: PlanServer) -> None:
    with opened(browser, server, f"#lang=es&site={FAR_SITE}", width=360, height=740, touch=True) as page:
        wait_for_map(page)
        expect(page.locator("#panel-title")).to_be_in_viewport()
        expect(page.locator("#map canvas")).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        page.get_by_text("Leyenda").click()
        expect(page.locator(".legend-body")).to_be_visible()


def test_a_name_is_never_markup(browser: Browser, copy_plan: Callable[[str], Path]) -> None:
    import geopandas as gpd

    folder = copy_plan("markup")
    sites = gpd.read_parquet(folder / "sites.parquet")
    name = '<img src="x" onerror="alert(1)"><b>Alba</b>'
    sites.loc[sites["site_id"] == "S076", "name"] = name
    sites.to_parquet(folder / "sites.parquet")
    with running(folder) as server, opened(browser, server, "#lang=es&view=table&site=S076") as page:
        expect(page.locator("#panel-title")).to_have_text(name)
        page.get_by_label("Filtrar por nombre").fill("onerror")
        expect(page.locator("tbody tr")).to_have_count(1)
        expect(page.locator("tbody th button")).to_have_text(name)
        assert page.locator("img").count() == 0
