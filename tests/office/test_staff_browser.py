"""The pages of those who have logged in, in a real browser: nothing that keeps somebody from working with them."""

from __future__ import annotations

import pytest
from tests.office.crawl import walk
from tests.office.full_world import fill
from tests.office.judges import SCHEMAS

from alcance.office.accounts.roles import Role

AXE = (SCHEMAS / "axe.min.js").read_text(encoding="utf-8")
WIDE, NARROW = {"width": 1200, "height": 900}, {"width": 390, "height": 800}
START = ("/", "/account/", "/people/", "/organisations/", "/jobs/", "/accounts/2fa/", "/accounts/sessions/")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def full(sites, people, now, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return fill(sites, people, now, tmp_path)


def test_nothing_keeps_those_from_working_who_have_logged_in(browser, live_server, client, full):
    """Each kind of page once for each role that sees it; wide and narrow in turn, for the time it takes."""
    faults, looked_at = [], set()
    for role in (role for role in Role if role != Role.PUBLIC):
        client.force_login(full[role.value], backend="allauth.account.auth_backends.AuthenticationBackend")
        pages = walk(client, START).pages
        # The judge's own script is let past the policy.
        context = browser.new_context(locale="es-MX", bypass_csp=True)
        cookie = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        for kind, address in pages.items():
            page.set_viewport_size(NARROW if kind in looked_at else WIDE)
            looked_at.add(kind)
            page.goto(live_server.url + address)
            page.evaluate(AXE)
            found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
            said = [(one["id"], [node["html"][:120] for node in one["nodes"]][:3]) for one in found]
            if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
                said.append(("wider than the screen", []))
            faults += [(role.value, address, *one) for one in said]
        context.close()
    assert faults == []
    assert len(looked_at) > 50
