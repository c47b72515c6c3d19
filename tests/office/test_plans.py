"""Plans: taken in, kept, and what they say of sites."""

from __future__ import annotations

import io
import json
import shutil
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.office.delivering import DAY, plan_sites

from alcance.errors import InputError
from alcance.office.accounts.refusals import Refused
from alcance.office.delivery.deeds.plans import import_plan
from alcance.office.delivery.models import Plan, PlannedSite
from alcance.office.delivery.views.plans import unpack
from alcance.office.register.models import Site
from alcance.plan.folder import summary_digest

pytestmark = pytest.mark.usefixtures("in_english")

SECRET = "4321.09"


@pytest.fixture
def register_of_plan(tiny_plan, people):
    """The register holds what the tiny plan serves, all of it approved, but for one site."""
    import pandas as pd

    from alcance.office.register.models import Area, Level

    rows = pd.read_parquet(tiny_plan / "sites.parquet")
    state = Area.objects.create(code="20", level=Level.STATE, name="Oaxaca")
    town = Area.objects.create(code="20001", level=Level.MUNICIPALITY, name="M", parent=state)
    for number, row in enumerate(rows.iloc[1:].itertuples()):
        Site.objects.create(
            key=row.site_id, key_scheme="alcance", name=row.name, kind=row.kind, lon=row.lon, lat=row.lat,
            municipality=town, state_code="20", cell=number, state="approved",
        )  # fmt: skip
    return rows


def test_a_plan_is_checked_kept_and_leads_its_sites(register_of_plan, tiny_plan, people, now, settings, tmp_path):
    settings.OFFICE_DIR = tmp_path
    plan = import_plan(tiny_plan, people["ministry"], at=now)
    planned = register_of_plan.iloc[1:]
    assert plan.unmatched == 1
    assert PlannedSite.objects.count() == len(planned)
    assert Site.objects.filter(state="planned").count() == int((planned["technology"] != "existing").sum())
    assert (tmp_path / "plans" / plan.digest / "summary.json").exists()
    with pytest.raises(Refused, match="already"):
        import_plan(tiny_plan, people["ministry"], at=now)


def test_a_plan_does_not_plan_one_of_two_sites_that_share_its_key(
    register_of_plan, tiny_plan, people, now, settings, tmp_path
):
    settings.OFFICE_DIR = tmp_path
    site = Site.objects.filter(state="approved").first()
    Site.objects.create(
        key=site.key, key_scheme="cct", name="Otra", kind="school", lon=site.lon, lat=site.lat, state="approved",
        municipality=site.municipality, state_code="20", cell=1,
    )  # fmt: skip
    assert import_plan(tiny_plan, people["ministry"], at=now).unmatched == 2
    assert not PlannedSite.objects.filter(site__key=site.key).exists()


def test_a_plan_replaces_one_of_its_own_pack(as_role, sites, people, now):
    plans = {}
    for days, (title, pack) in enumerate((("old", "oaxaca"), ("other", "puebla"), ("new", "oaxaca"))):
        plans[title] = Plan.objects.create(
            title=title, digest=title, currency="MXN", cost=days, lower_bound=1, plan_gap=0,
            summary={"pack": {"name": pack}}, imported_by=people["ministry"], imported_at=now + days * DAY,
        )  # fmt: skip
    replaced = {title: as_role("auditor").get(f"/plans/{one.pk}/").context["before"] for title, one in plans.items()}
    assert replaced == {"old": None, "other": None, "new": plans["old"]}


def test_a_lot_is_chosen_by_what_the_newest_plan_says(as_role, sites, people, now):
    older = plan_sites(sites[:2], people, now)
    newer = Plan.objects.create(
        title="n", digest="n", currency="MXN", cost=1, lower_bound=1, plan_gap=0, imported_by=people["ministry"],
        imported_at=now + DAY,
    )  # fmt: skip
    said = PlannedSite.objects.get(plan=older, site=sites[0])
    said.pk, said.plan, said.technology = None, newer, "satellite"
    said.save()
    for technology, chosen in (("fibre", [sites[1]]), ("satellite", [sites[0]]), ("", sites[:2])):
        page = as_role("ministry").get("/lots/new/", {"technology": technology})
        assert list(page.context["sites"]) == chosen


def _earlier_plan(people, now, pack, sites, technology):
    """A plan of a pack that planned some sites before."""
    plan = Plan.objects.create(
        title=pack, digest=pack, currency="MXN", cost=1, lower_bound=1, plan_gap=0, summary={"pack": {"name": pack}},
        imported_by=people["ministry"], imported_at=now - DAY,
    )  # fmt: skip
    for site in sites:
        PlannedSite.objects.create(
            plan=plan, site=site, technology=technology, cost_share=1, capex_share=1, opex_year_share=1, mbps=10
        )


def test_a_plan_leaves_out_only_what_its_own_pack_planned(register_of_plan, tiny_plan, people, now, settings, tmp_path):
    settings.OFFICE_DIR = tmp_path
    pack = json.loads((tiny_plan / "summary.json").read_text(encoding="utf-8"))["pack"]["name"]
    for key, of_pack in (("OURS", pack), ("THEIRS", "another")):
        site = Site.objects.create(
            key=key, key_scheme="cct", name=key, kind="school", lon=-96.5, lat=17.0, municipality_id="20001",
            state_code="20", cell=1, state="planned",
        )  # fmt: skip
        _earlier_plan(people, now, of_pack, [site], "fibre")
    import_plan(tiny_plan, people["ministry"], at=now)
    assert Site.objects.get(key="OURS").state == "approved"
    assert Site.objects.get(key="THEIRS").state == "planned"


def test_what_an_older_plan_called_existing_is_planned_by_a_newer(
    register_of_plan, tiny_plan, people, now, settings, tmp_path
):
    settings.OFFICE_DIR = tmp_path
    rows = register_of_plan.iloc[1:]
    existing = rows["technology"] == "existing"
    pack = json.loads((tiny_plan / "summary.json").read_text(encoding="utf-8"))["pack"]["name"]
    served = Site.objects.filter(key__in=rows[~existing]["site_id"])
    called = Site.objects.filter(key__in=rows[existing]["site_id"])
    assert called
    called.update(state="planned")
    _earlier_plan(people, now, pack, served, "existing")
    import_plan(tiny_plan, people["ministry"], at=now)
    assert set(served.values_list("state", flat=True)) == {"planned"}
    assert set(called.values_list("state", flat=True)) == {"approved"}


def test_an_altered_plan_is_refused(register_of_plan, tiny_plan, people, now, settings, tmp_path):
    settings.OFFICE_DIR = tmp_path / "office"
    altered = tmp_path / "altered"
    shutil.copytree(tiny_plan, altered)
    summary = json.loads((altered / "summary.json").read_text(encoding="utf-8"))
    summary["cost"] -= 1000
    (altered / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    with pytest.raises(Refused, match="does not hold"):
        import_plan(altered, people["ministry"], at=now)
    assert not Plan.objects.exists()


def test_a_plan_of_another_version_is_refused_and_not_left_out_of_the_open_data(
    register_of_plan, tiny_plan, people, now, settings, tmp_path
):
    settings.OFFICE_DIR = tmp_path / "office"
    older = tmp_path / "older"
    shutil.copytree(tiny_plan, older)
    summary = json.loads((older / "summary.json").read_text(encoding="utf-8"))
    del summary["sites_crowded_out"]
    summary["digests"]["summary"] = summary_digest(summary)
    (older / "summary.json").write_text(json.dumps(summary), encoding="utf-8")
    with pytest.raises(InputError, match="lacks sites_crowded_out"):
        import_plan(older, people["ministry"], at=now)
    assert not Plan.objects.exists()


def test_a_plan_comes_as_a_zip_file(
    register_of_plan, tiny_plan, as_role, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.OFFICE_DIR = tmp_path
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path in sorted(tiny_plan.iterdir()):
            if path.is_file():
                archive.write(path, f"out/tiny/{path.name}")
    upload = SimpleUploadedFile("plan.zip", out.getvalue())
    with django_capture_on_commit_callbacks(execute=True):
        answer = as_role("ministry").post("/plans/", {"file": upload, "title": "Primero"})
    assert answer.status_code == 302
    plan = Plan.objects.get()
    assert plan.title == "Primero"
    page = as_role("committee").get(f"/plans/{plan.pk}/")
    assert page.status_code == 200
    assert [path.name for path in (tmp_path / "plans").iterdir()] == [plan.digest]


@pytest.mark.parametrize("name", ["../summary.json", "a/../../summary.json"])
def test_an_archive_that_leads_elsewhere_is_refused(name, settings, tmp_path, db):
    settings.OFFICE_DIR = tmp_path
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("summary.json", "{}")
        archive.writestr(name.replace("summary", "other"), "x")
    out.seek(0)
    with pytest.raises(Refused):
        unpack(out)
    assert list((tmp_path / "plans").iterdir()) == []
    with pytest.raises(Refused):
        unpack(io.BytesIO(b"PK\x03\x04 nonsense"))
