"""The map in a real browser: it draws, tells what is clicked, and leads to the site's page."""

from __future__ import annotations

import datetime as dt
import os

import pytest
import shapely
from tests.office.judges import SCHEMAS
from tests.office.test_public_browser import CHROMIUM

from alcance.office.public.map.current import make
from alcance.office.register.models import Area, SiteState

SOFTWARE = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
WAIT_MS = 60_000
pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium at /usr/bin/chromium"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    # The browser's own loop runs in this thread; Django must not take it for a server's.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=SOFTWARE)
        yield opened
        opened.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


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
