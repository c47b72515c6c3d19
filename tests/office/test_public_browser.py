"""The public pages in a real browser: nothing that keeps somebody from reading them, no script needed, light."""

from __future__ import annotations

import pytest
from django.utils import timezone
from tests.office.judges import SCHEMAS
from tests.office.public_world import build

AXE = (SCHEMAS / "axe.min.js").read_text(encoding="utf-8")
MAX_BYTES = 500_000
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pages(sites, people):
    world = build(sites, people, timezone.now())
    first, challenge = world.sites[0].pk, world.challenge.pk
    return [
        "/", "/sites/", "/sites/?connection=late&provider=provider", f"/sites/{first}/", f"/sites/{world.sites[5].pk}/",
        f"/sites/{first}/mistake/", "/areas/", "/areas/20/", "/areas/20001/", "/areas/200010001/", "/providers/",
        "/providers/provider/", "/challenges/", f"/challenges/{challenge}/", "/downloads/", "/sites/?kind=castle",
        "/sites/0/",
    ]  # fmt: skip


@pytest.mark.parametrize("locale", ["es-MX", "en-GB"])
@pytest.mark.parametrize(("width", "height"), [(1200, 900), (390, 800)])
def test_nothing_keeps_anybody_from_reading(browser, live_server, pages, locale, width, height):
    # Scripts of ours there are none; the judge's own is let past the policy.
    context = browser.new_context(viewport={"width": width, "height": height}, locale=locale, bypass_csp=True)
    page = context.new_page()
    for address in pages:
        page.goto(live_server.url + address)
        page.evaluate(AXE)
        found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
        said = [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found]
        assert said == [], address
        # Nothing sticks out sideways but tables in their own scrolling boxes.
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        assert page.evaluate("document.documentElement.lang") == locale[:2]
    context.close()


def test_a_first_view_is_light_and_asks_nobody_else(browser, live_server, pages):
    for address in pages:
        context = browser.new_context(java_script_enabled=False)
        page = context.new_page()
        sizes, elsewhere = [], []
        page.on("response", lambda answer, sizes=sizes: sizes.append(len(answer.body()) if answer.ok else 0))
        page.on(
            "request",
            lambda asked, elsewhere=elsewhere: (
                elsewhere.append(asked.url) if not asked.url.startswith(live_server.url) else None
            ),
        )
        page.goto(live_server.url + address, wait_until="networkidle")
        assert sum(sizes) <= MAX_BYTES, address
        assert elsewhere == []
        context.close()


def test_a_mistake_is_filed_by_keyboard_alone_without_scripts(browser, live_server, pages):
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(live_server.url + pages[3])
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the content"
    page.goto(live_server.url + pages[5])
    page.get_by_label("The internet does not work").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("No signal since the storm in May")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    # The trap for programs is nowhere on the way.
    assert page.locator(":focus").inner_text() == "File the correction"
    page.keyboard.press("Enter")
    page.wait_for_url("**/challenges/*/")
    assert "No signal since the storm in May" in page.content()
    assert "Thank you" in page.content()
    context.close()
