"""The example office: made twice the same, all of it marked as invented, and every page of it well for every role."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys

import pytest
from tests.office.real import ROOT, RealOffice, answers, free_port, get_json, wait_until

from alcance.errors import AlcanceError
from alcance.office.register.areas import load_areas
from alcance.office.running.demo import PACK as OAXACA
from alcance.office.running.demo import PLAN
from alcance.office.running.demo.cast import assemble
from alcance.office.running.demo.make import check_plan
from alcance.office.running.demo.nomination import BIG_SCHOOL
from alcance.office.running.demo.sites import register_sites
from alcance.pack import read_pack

PACK = ROOT / "tests" / "data" / "tiny_pack"
MAKE = """
import datetime as dt, pathlib
from alcance.office.running.demo import make_demo
now = dt.datetime(2026, 11, 20, 18, 0, tzinfo=dt.UTC)
print(make_demo(pathlib.Path({pack!r}), pathlib.Path({plan!r}), now, password="x").states)
"""
# What happened, without the keys and times that the making itself leaves.
TOLD = """
from django.core.serializers.json import DjangoJSONEncoder
import datetime as dt
import json
from alcance.office.accounts.models import Organisation
from alcance.office.delivery.models import *
from alcance.office.public.models import Challenge
from alcance.office.service.models import Batch
print(json.dumps([
    list(Transition.objects.values("site__key", "name", "before", "after", "actor__email", "at", "reason", "evidence")),
    list(BidLine.objects.values("bid__provider__code", "bid__lot__code", "site__key", "install_price", "mbps")),
    list(Payment.objects.values("contract__code", "amount", "paid_on", "document")),
    list(Challenge.objects.order_by("pk").values("site__key", "about", "state", "due_at", "events__text")),
    list(Batch.objects.order_by("pk").values("probe__code", "digest", "rows")),
    list(Photo.objects.order_by("pk").values("digest")),
    list(Organisation.objects.values("code", "role", "illustrative")),
    list(Nomination.objects.order_by("pk").values("reason", "site__kind", "site__users")),
], cls=DjangoJSONEncoder))
"""


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plan") / "plan"
    command = [sys.executable, "-c", "from alcance.cli import app; app()", "plan", str(PACK), "--out", str(folder)]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    subprocess.run([*command, "--quiet"], check=True, env=env, capture_output=True, timeout=300)
    return folder


@pytest.fixture(scope="module")
def example(plan, tmp_path_factory):
    office = RealOffice(tmp_path_factory.mktemp("example") / "office")
    said = office.run(
        "demo", "--out", str(office.folder), "--pack", str(PACK), "--plan", str(plan), "--no-serve", "--password", "abc"
    )
    assert "ministerio@example.org" in said
    assert "Password of all of them: abc" in said
    return office


def test_the_same_example_twice(plan, tmp_path):
    told = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        office = RealOffice(tmp_path / name)
        office.python(MAKE.format(pack=str(PACK), plan=str(plan)))
        told.append(office.python(TOLD))
    assert told[0] == told[1]
    transitions, bids, payments, challenges, batches, photos, organisations, nominated = json.loads(told[0])
    assert {row["name"] for row in transitions} >= {
        "nominate", "approve", "plan", "contract", "order", "install", "verify", "operate",
    }  # fmt: skip
    assert bids
    assert payments
    assert photos
    assert challenges
    assert batches
    assert {row["role"] for row in organisations} >= {"ministry", "committee", "institution", "provider", "auditor"}
    assert all(row["illustrative"] for row in organisations)
    schools = [row for row in nominated if row["reason"] == BIG_SCHOOL]
    assert all(row["site__kind"] == "school" and row["site__users"] > 100 for row in schools)
    assert all("EJEMPLO" in row["document"] for row in payments)


@pytest.mark.django_db
def test_every_site_of_the_bundled_pack_goes_into_the_example(settings, tmp_path):
    settings.OFFICE_DIR = tmp_path / "office"
    pack = read_pack(ROOT / "packs" / "oaxaca")
    load_areas(pack)
    cast = assemble(pack.path, "20", "Oaxaca", "x")
    assert register_sites(pack, cast, dt.datetime(2026, 11, 20, 18, 0, tzinfo=dt.UTC)) == len(pack.table("sites"))


def test_every_page_of_the_example_is_well_for_every_role(example):
    script = "import json; from tests.office.crawl import walk_example; print(json.dumps(walk_example()))"
    found = json.loads(example.python(script).splitlines()[-1])
    assert len(found) == 9  # eight people and the public
    assert [fault for walk in found.values() for fault in walk["faults"]] == []
    assert all(walk["pages"] > 15 for walk in found.values())


def test_the_example_is_served_and_well(example):
    assert "0 to mend" in example.run("check")
    with example.served() as (address, _process):
        assert get_json(f"{address}/health/ready")[0] == 200


def test_an_example_that_is_there_is_served_again_with_its_password(example, tmp_path):
    kept = json.loads((example.folder / "example.json").read_text())
    example.python(
        "from alcance.office.accounts.models import Person; p = Person.objects.get(email='comite@example.org');"
        "p.set_password('forgotten'); p.save()"
    )
    port = free_port()
    log = tmp_path / "log"
    with example.process("demo", "--out", str(example.folder), "--port", str(port), log=log) as process:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/health/ready"), 40)
        assert process.poll() is None
    said = log.read_text()
    assert "the example that was made before" in said
    assert "comite@example.org" in said
    assert "Password of all of them: abc" in said
    assert '"alcance.request"' not in said, "who can log in is lost among the requests"
    assert json.loads((example.folder / "example.json").read_text()) == kept
    can = "print({one.check_password('abc') for one in Person.objects.all()})"
    assert example.python("from alcance.office.accounts.models import Person\n" + can) == "{True}"


def test_an_office_that_is_there_is_no_place_for_an_example(plan, tmp_path):
    office = RealOffice(tmp_path / "office")
    office.run("init")
    arguments = ("--out", str(office.folder), "--pack", str(PACK), "--plan", str(plan), "--no-serve")
    assert "an office already" in office.run("demo", *arguments, code=1)
    assert "0 migrations" in office.run("migrate")


def test_without_a_plan_the_command_says_how_to_make_one(tmp_path):
    office = RealOffice(tmp_path / "office")
    nowhere = str(tmp_path / "nowhere")
    said = office.run("demo", "--out", str(office.folder), "--pack", str(PACK), "--plan", nowhere, code=1)
    assert f"alcance plan {PACK} --out {nowhere}" in said
    assert list(tmp_path.iterdir()) == []


def test_the_plan_that_is_looked_for_is_that_of_make_demo(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "packs" / "oaxaca").mkdir(parents=True)
    (tmp_path / "packs" / "oaxaca" / "pack.toml").touch()
    with pytest.raises(AlcanceError, match="first: make demo"):
        check_plan(PLAN, OAXACA)
