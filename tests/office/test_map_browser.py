"""The map in a real browser: it draws, tells what is clicked, and leads to the site's page."""

from __future__ import annotations

import datetime as dt

import pytest
import shapely
from tests.office.judges import SCHEMAS

from alcance.office.public.map.current import make
from alcance.office.register.models import Area, SiteState

WAIT_MS = 60_000
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_site_is_clicked_and_its_page_opens(browser, live_server, sites, settings, tmp_path):
    settings.OFFICE_DIR = tmp_path
    for code in ("20", "20001"):
        Area.objects.filter(pk=code).update(boundary=shapely.to_wkb(shapely.box(-98, 16, -95, 18)))
    type(sites[0]).objects.filter(pk=sites[0].pk).update(state=SiteState.OPERATING)
    make(dt.datetime(2026, 3, 2, tzinfo=dt.UTC))
    context = browser.new_context(viewport={"width": 1200, "height": 900}, locale="es-MX", bypass_csp=True)
    page = context.new_page()
    elsewhere, faults = [], []
    page.on("request", lambda asked: elsewhere.append(asked.url) if live_server.url not in asked.url else None)
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto(live_server.url + "/map/")
    page.wait_for_selector("#map-canvas[data-ready=true]", timeout=WAIT_MS)
    page.evaluate((SCHEMAS / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []
    at = page.evaluate(
        "([lon, lat]) => { const canvas = document.querySelector('#map-canvas');"
        " const box = canvas.getBoundingClientRect();"
        " const at = canvas.atlas.project([lon, lat]); return [at.x + box.x, at.y + box.y]; }",
        [sites[0].lon, sites[0].lat],
    )
    page.mouse.click(*at)
    panel = page.locator("#map-panel")
    panel.get_by_role("heading", name=sites[0].name).wait_for(timeout=WAIT_MS)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/sites/{sites[0].pk}/", timeout=WAIT_MS)
    assert elsewhere == []
    assert faults == []
    context.close()


def test_outlines_are_read_once_they_are_drawn_and_the_legend_leaves_what_was_chosen(
    browser, live_server, sites, settings, tmp_path
):
    settings.OFFICE_DIR = tmp_path
    for code in ("20", "20001"):
        Area.objects.filter(pk=code).update(boundary=shapely.to_wkb(shapely.box(-110, 8, -85, 28)))
    make(dt.datetime(2026, 3, 2, tzinfo=dt.UTC))
    context = browser.new_context(viewport={"width": 1200, "height": 900}, locale="en-GB")
    page = context.new_page()
    asked, faults = [], []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[-1]))
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto(live_server.url + "/map/")
    page.wait_for_selector("#map-canvas[data-ready=true]", timeout=WAIT_MS)
    assert {name.split("-")[0] for name in asked if name.endswith(".pmtiles")} == {"land", "sites"}

    page.get_by_label("Need, by municipality").check()
    page.wait_for_function(
        "() => document.querySelector('#map-canvas').atlas.queryRenderedFeatures({layers: ['areas']}).length > 0",
        timeout=WAIT_MS,
    )
    assert any(name.startswith("areas-") for name in asked)

    def drawn():
        return page.evaluate(
            "() => { const map = document.querySelector('#map-canvas').atlas;"
            " return [map.queryRenderedFeatures({layers: ['sites']}).length,"
            " map.getStyle().sources.chosen.data.features.length]; }"
        )

    at = [sites[0].lon, sites[0].lat]
    page.evaluate("at => document.querySelector('#map-canvas').atlas.jumpTo({center: at, zoom: 9})", at)
    page.wait_for_function(
        "() => document.querySelector('#map-canvas').atlas.queryRenderedFeatures({layers: ['sites']}).length > 0",
        timeout=WAIT_MS,
    )
    page.locator("#map-canvas canvas").focus()
    page.keyboard.press("Enter")
    page.locator("#map-panel h2").wait_for(timeout=WAIT_MS)
    assert drawn()[1] == 1
    page.locator("input[name=state][value=registered]").uncheck()
    page.wait_for_function(
        "() => document.querySelector('#map-canvas').atlas.queryRenderedFeatures({layers: ['sites']}).length === 0",
        timeout=WAIT_MS,
    )
    assert drawn() == [0, 1]
    assert faults == []
    context.close()


def test_a_sites_page_leads_to_where_it_lies_on_the_map(browser, live_server, sites, settings, tmp_path):
    settings.OFFICE_DIR = tmp_path
    make(dt.datetime(2026, 3, 2, tzinfo=dt.UTC))
    context = browser.new_context(viewport={"width": 1200, "height": 900}, locale="en-GB")
    page = context.new_page()
    page.goto(f"{live_server.url}/sites/{sites[0].pk}/")
    page.get_by_role("link", name="See it on the map").click()
    page.wait_for_selector("#map-canvas[data-ready=true]", timeout=WAIT_MS)
    page.locator("#map-panel").get_by_role("heading", name=sites[0].name).wait_for(timeout=WAIT_MS)
    centre = page.evaluate("() => document.querySelector('#map-canvas').atlas.getCenter().toArray()")
    assert centre == pytest.approx([sites[0].lon, sites[0].lat], abs=1e-4)
    town = sites[0].municipality.name
    page.get_by_label("Find a site, municipality or locality").press_sequentially(town)
    page.get_by_role("option", name=town).filter(has_text="municipality").click()
    page.locator("#map-panel").wait_for(state="hidden", timeout=WAIT_MS)
    ringed = "() => document.querySelector('#map-canvas').atlas.getStyle().sources.chosen.data.features.length"
    assert page.evaluate(ringed) == 1
    for nowhere in ("9" * 30, "0", "-1", "x", ""):
        assert page.goto(f"{live_server.url}/map/?site={nowhere}").status == 200
    context.close()
