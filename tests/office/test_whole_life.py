"""The whole life of a site in a real browser, through all roles: from its nomination to its public page."""

from __future__ import annotations

import datetime as dt
import zipfile
from contextlib import ExitStack
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from tests.office.delivering import picture
from tests.office.postgres import postgres, programs
from tests.office.real import RealOffice, wait_until

PASSWORD = "una palabra muy larga"

PREPARE = f"""
from alcance.office.accounts.models import Organisation, Person
from alcance.office.register.models import Area, Site
state = Area.objects.create(code="20", level="state", name="Oaxaca", people=1000)
town = Area.objects.create(code="20001", level="municipality", name="Abejones", parent=state, people=1000, need=0.3,
                           need_quintile=5)
made = {{}}
for role in ("ministry", "committee", "institution", "provider", "association", "auditor"):
    one = Organisation.objects.create(code=role, name=role.title(), role=role,
                                      state_code="20" if role == "committee" else "")
    made[role] = Person.objects.create_user(role + "@example.org", "{PASSWORD}", name=role.title(), organisation=one)
Site.objects.create(key=KEY, key_scheme="alcance", name="Escuela del Valle", kind="school", lon=LON, lat=LAT,
                    municipality=town, state_code="20", cell=1, users=80, host=made["institution"].organisation)
"""


class Visitor:
    """Somebody at a browser of their own."""

    def __init__(self, browser, address):
        self.page = browser.new_context(locale="en-GB", viewport={"width": 1200, "height": 900}).new_page()
        self.page.set_default_timeout(30_000)
        self.address = address

    def log_in(self, role):
        self.go("/accounts/login/")
        self.page.fill("input[name=login]", f"{role}@example.org")
        self.page.fill("input[name=password]", PASSWORD)
        self.page.click("main button[type=submit], main form button")
        self.page.wait_for_url(lambda url: "/login" not in url)
        return self

    def go(self, path):
        answer = self.page.goto(self.address + path)
        assert answer.status < 400, (path, answer.status, self.text())
        return self

    def text(self):
        return self.page.inner_text("main")

    def press(self, name, exact=True):
        self.page.get_by_role("button", name=name, exact=exact).first.click()
        self.page.wait_for_load_state()
        return self


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def office(request, tmp_path, tiny_plan):
    with ExitStack() as stack:
        url = ""
        if request.param == "PostgreSQL":
            if programs() is None:
                pytest.skip("PostgreSQL is not installed")
            url = stack.enter_context(postgres())
        made = RealOffice(tmp_path / "office", url)
        made.run("init")
        first = pd.read_parquet(tiny_plan / "sites.parquet").query("technology != 'existing'").iloc[0]
        made.python(
            PREPARE.replace("KEY,", f"{first['site_id']!r},")
            .replace("LON", str(first["lon"]))
            .replace("LAT", str(first["lat"]))
        )
        made.key = first["site_id"]
        with zipfile.ZipFile(tmp_path / "plan.zip", "w") as archive:
            for file in sorted(tiny_plan.iterdir()):
                if file.is_file():
                    archive.write(file, file.name)
        made.plan = tmp_path / "plan.zip"
        made.photo, made.look = tmp_path / "photo.jpg", tmp_path / "look.jpg"
        made.photo.write_bytes(picture((640, 480)))
        made.look.write_bytes(picture((640, 481)))
        yield made


def test_from_nomination_to_the_public_page(office, browser):
    with office.served() as (address, _server), office.process("worker"):
        committee, ministry, provider, auditor, public = (Visitor(browser, address) for _ in range(5))
        for visitor, role in (
            (committee, "committee"),
            (ministry, "ministry"),
            (provider, "provider"),
            (auditor, "auditor"),
        ):
            visitor.log_in(role)

        committee.go("/nominations/new/").page.check("input[name=site]")
        committee.page.fill("input[name=reason]", "the poorest of the valley")
        committee.press("Nominate")
        assert "Escuela del Valle" in committee.text()

        ministry.go("/nominations/?state=20").page.check("input[name=nomination]")
        ministry.press("Approve")

        ministry.go("/plans/").page.set_input_files("input[name=file]", office.plan)
        ministry.press("Check it and take it in")
        wait_until(lambda: "Escuela" in public.go("/sites/?site_state=planned").text(), 90)

        ministry.go("/lots/new/").page.fill("input[name=code]", "valle-1")
        ministry.page.fill("input[name=title]", "Valle")
        ministry.press("Make a lot of these sites")
        closes = dt.datetime.now(ZoneInfo("America/Mexico_City")) + dt.timedelta(seconds=35)
        for name, at in (("questions_until", closes - dt.timedelta(seconds=1)), ("bids_until", closes)):
            ministry.page.fill(f"input[name={name}]", at.strftime("%Y-%m-%dT%H:%M:%S"))
        ministry.press("Publish")
        assert "published" in ministry.text()

        provider.go("/lots/valle-1/").page.fill("textarea[name=text]", "Is there power?")
        provider.press("Ask")
        ministry.go("/lots/valle-1/").page.fill("textarea[name=text]", "Yes, at every site.")
        ministry.press("Answer")
        provider.go("/lots/valle-1/bid/")
        for name, value in (("install_price", "25000"), ("month_price", "900"), ("mbps", "100")):
            provider.page.fill(f"input[name^={name}-]", value)
        provider.page.select_option("select[name^=technology-]", "ptp")
        provider.press("Submit the bid")
        sealed = public.go("/lots/valle-1/").text()
        assert "57,400" not in sealed
        assert "25,000" not in sealed
        wait_until(lambda: dt.datetime.now(ZoneInfo("America/Mexico_City")) > closes + dt.timedelta(seconds=1), 60)
        ministry.go("/lots/valle-1/").press("Open the bids")
        ministry.page.click("summary:has-text('Award')")
        ministry.page.fill("input[name=deliver_by]", (closes.date() + dt.timedelta(days=90)).isoformat())
        ministry.press("Award")
        assert "awarded" in ministry.text()
        assert "57,400" in public.go("/lots/valle-1/").text()  # 25,000 and 36 months of 900

        ministry.go("/connections/").page.click("tbody a")
        connection = ministry.page.url.removeprefix(address)
        ministry.press("Order")
        provider.go(connection).page.set_input_files("input[name=photo] >> nth=0", office.photo)
        provider.press("It is installed")
        assert "installed" in provider.text()
        committee.go(connection).page.click("summary:has-text('Record an inspection')")
        committee.page.select_option("select[name=works]", "yes")
        committee.page.fill("input[name=down_mbps]", "97")
        committee.page.set_input_files("details input[name=photo]", office.look)
        committee.press("Record")
        committee.press("Verify by this")
        assert "verified" in committee.text()
        ministry.go(connection).press("Take into operation")

        site = public.go("/sites/?site_state=operating").page
        site.click("text=Escuela del Valle")
        shown = public.text()
        assert "operating" in shown.lower()
        assert "Provider" in shown
        assert "97" in shown
        assert "Committee" in shown
        told = shown.split("What has happened")[1]
        steps = (
            "put into use", "verified", "said to be installed", "ordered", "given to a provider", "planned", "approved",
            "asked for",
        )  # fmt: skip
        places = [told.index(step) for step in steps]
        assert places == sorted(places), told
        auditor.go("/register/?q=" + office.key).page.click("tbody a")
        assert "the poorest of the valley" in auditor.text()
        assert public.go("/api/docs").page.title()
