"""Bringing sites in: what a dry run tells, and deciding on it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.office.importing import GOOD, HEADER, rules, warnings

from alcance.errors import AlcanceError
from alcance.office.accounts.refusals import NotAllowed
from alcance.office.delivery.deeds.connections import retire
from alcance.office.register import deeds, imports
from alcance.office.register.imports.formats import BadFile
from alcance.office.register.imports.outcome import report_csv
from alcance.office.register.models import Area, BatchState, ImportBatch, Level, Site
from alcance.office.web.spreadsheets import safe_cell

pytestmark = pytest.mark.usefixtures("office_dir")


def test_a_file_changes_nothing_before_it_is_let_in(bring, people, now):
    batch = bring(HEADER + GOOD)
    assert batch.counts["new"] == 1
    assert not Site.objects.exists()
    with pytest.raises(NotAllowed):
        imports.apply(batch, people["committee"], at=now)
    assert imports.apply(batch, people["ministry"], at=now) == {"new": 1, "changed": 0, "refused": 0}
    site = Site.objects.get()
    assert (site.key, site.state_code, site.users, site.host) == (
        "20DPR0001A", "20", 80, people["institution"].organisation,
    )  # fmt: skip
    past = site.history.get()
    assert (past.history_user, past.history_change_reason) == (people["ministry"], f"import {batch.pk}")
    with pytest.raises(BadFile, match="no espera aprobación"):
        imports.apply(batch, people["ministry"], at=now)


def test_the_same_file_again_changes_nothing_and_another_tells_what(bring, people, now):
    bring(HEADER + GOOD, approve=True)
    again = bring(HEADER + GOOD)
    assert (again.counts["new"], again.counts["changed"], again.counts["same"]) == (0, 0, 1)
    changed = bring(HEADER + GOOD.replace("Escuela", "Escuela Juárez").replace(",80,", ",,"), approve=True)
    staged = pd.read_parquet(changed.staged)
    assert staged["changes"].tolist() == ['{"name": ["Escuela", "Escuela Juárez"]}']
    site = Site.objects.get()
    assert (site.name, site.users, site.version) == ("Escuela Juárez", 80, 2)
    assert site.history.count() == 2


def test_what_would_change_nothing_waits_for_nobody(bring, people, as_role, now):
    """Neither a file of which every row is refused nor one that tells what is known."""
    bring(HEADER + GOOD, approve=True)
    refused = bring(HEADER + GOOD.replace("0001A", "0002A").replace("school", "scool"), "refused.csv")
    same = bring(HEADER + GOOD, "same.csv", approve=True)
    for batch in (refused, same):
        assert batch.state == BatchState.NOTHING
        with pytest.raises(BadFile):
            imports.apply(batch, people["ministry"], at=now)
        browser = as_role("ministry")
        assert 'value="approve"' not in browser.get(f"/imports/{batch.pk}/").content.decode()
        browser.post(f"/imports/{batch.pk}/decide/", {"deed": "approve", "outcome": batch.outcome})
        batch.refresh_from_db()
        assert batch.state == BatchState.NOTHING
        assert browser.get(f"/imports/{batch.pk}/columns/").status_code == 200


def test_what_was_changed_meanwhile_is_not_overwritten(bring, people, now):
    bring(HEADER + GOOD, approve=True)
    batch = bring(HEADER + GOOD.replace("Escuela", "Del archivo") + GOOD.replace("0001A", "0002A"))
    Site.objects.update(name="A mano", version=7)
    counts = imports.apply(batch, people["ministry"], at=now)
    assert counts == {"new": 1, "changed": 0, "refused": 1}
    assert Site.objects.get(key="20DPR0001A").name == "A mano"
    assert (2, "meanwhile") in rules(batch)


def test_nobody_brings_what_is_not_theirs(bring, people, now):
    bring(HEADER + GOOD, approve=True)
    other = bring(HEADER + GOOD.replace("Escuela", "X").replace(",institution", ","), role="institution2")
    assert rules(other) == {(2, "scope")}
    mine = bring(HEADER + GOOD.replace("0001A", "0003A").replace(",institution", ","), role="institution")
    assert mine.counts["new"] == 1
    state = bring(HEADER + GOOD.replace("0001A", "0004A"), role="committee2")
    assert (2, "scope") in rules(state)
    with pytest.raises(NotAllowed):
        bring(HEADER + GOOD, role="provider")


def test_who_approves_sees_the_new_rows(bring, as_role):
    batch = bring(HEADER + GOOD.replace("Escuela", "Telebachillerato"))
    page = as_role("ministry").get(f"/imports/{batch.pk}/").content.decode()
    assert "Sitios que se agregarían" in page
    for told in ("Telebachillerato", "escuela", "Municipio Oaxaca", "17.00001"):
        assert told in page


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (",cct,E,school,-96.50001,17.00001,20001,80,", "key_missing"),
        ("20DPR0001A,cct,,school,-96.50001,17.00001,20001,80,", "name_missing"),
        ("20DPR0001A,cct,E,,-96.50001,17.00001,20001,80,", "kind_missing"),
        ("20DPR0001A,cct,E,temple of doom,-96.50001,17.00001,20001,80,", "choice"),
        ("20DPR0001A,cct,E,school,,17.00001,20001,80,", "lon_missing"),
        ("20DPR0001A,cct,E,school,west,17.00001,20001,80,", "number"),
        ("20DPR0001A,cct,E,school,-96.50001,NaN,20001,80,", "number"),
        ("20DPR0001A,cct,E,school,-196.50001,17.00001,20001,80,", "lon_range"),
        ("2DPR0001A,cct,E,school,-96.50001,17.00001,20001,80,", "key_format"),
        ("20DPR0001A,cct,E,school,-96.50001,17.00001,99999,80,", "municipality"),
        ("20DPR0001A,cct,E,school,-96.50001,17.00001,20001,8.5,", "number"),
        ("20DPR0001A,cct,E,school,-96.50001,17.00001,20001,80,nobody", "host"),
        ("20DPR0001A,cct,E,school,-96.50001,17.00001,20001,-1,", "users_impossible"),
        ("20DPR0001A,cct,E,school,-96.50001,17.00001,20001,1e300,", "users_impossible"),
        ("20DPR0001A,cct,E,school,-96.50001,17.00001,20001,1.000,", "number"),
        ('20DPR0001A,cct,E,school,-96.50001,17.00001,20001,"8,5",', "number"),
        ("20DPR0001A,sct,E,school,-96.50001,17.00001,20001,80,", "choice"),
        ("2DPR0001A,CCT,E,school,-96.50001,17.00001,20001,80,", "key_format"),
        (f"20DPR0001A,cct,{'E' * 201},school,-96.50001,17.00001,20001,80,", "length"),
    ],
)
def test_a_wrong_row_is_refused_by_its_rule_and_the_others_go_in(bring, row, rule):
    batch = bring(HEADER + GOOD.replace("0001A", "0009A") + row + "\n")
    assert (3, rule) in rules(batch)
    assert {number for number, _ in rules(batch)} == {3}
    # What is there but cannot be taken is not called missing as well.
    assert (3, "name_missing") not in rules(batch) or rule == "name_missing"
    assert (batch.counts["new"], batch.counts["refused"]) == (1, 1)


@pytest.mark.parametrize(
    ("rows", "rule", "flagged"),
    [
        (GOOD.replace("-96.50001", "-96.5").replace("17.00001", "17.0"), "decimals", {2}),
        (GOOD.replace("20DPR", "21DPR"), "key_state", {2}),
        (GOOD.replace(",80,", ",10001,"), "users", {2}),
        (GOOD + GOOD.replace("0001A", "0002A"), "same_name", {2, 3}),
        (GOOD + GOOD.replace("0001A", "0002A").replace("Escuela", "Otra cosa"), "same_kind", {2, 3}),
        (GOOD + GOOD.replace("0001A", "0002A").replace("school", "library"), "same_place", {2, 3}),
        (GOOD + GOOD.replace("0001A", "0002A").replace("Escuela", "Escuelas").replace("17.00001", "17.00090"),
         "neighbour", {2, 3}),
        (GOOD + GOOD.replace("0001A", "0002A").replace("17.00001", "17.00111"), "neighbour", set()),
        ("".join(GOOD.replace("0001A", f"{one:04d}A") for one in range(6)), "crowded", set(range(2, 8))),
        ("".join(GOOD.replace("0001A", f"{one:04d}A") for one in range(5)), "crowded", set()),
    ],
)  # fmt: skip
def test_what_is_to_be_looked_at_is_told(bring, rows, rule, flagged):
    batch = bring(HEADER + rows)
    assert {row for row, name in warnings(batch) if name == rule} == flagged


def test_a_row_is_compared_with_the_register_too(bring):
    bring(HEADER + GOOD + GOOD.replace("0001A", "0005A").replace("-96.50001", "-90.50001"), approve=True)
    batch = bring(HEADER + GOOD.replace("0001A", "0002A") + GOOD.replace("0001A", "0003A").replace("17.0", "17.1"))
    assert {(2, "same_name"), (2, "neighbour")} <= warnings(batch)
    assert {row for row, _rule in warnings(batch)} == {2}
    assert not warnings(bring(HEADER + GOOD.replace("Escuela", "Escuela Juárez")))


def test_a_locality_of_another_municipality_is_told_and_one_of_another_state_refused(bring, areas):
    header, row = HEADER.replace("users", "locality_id"), "20DPR000{},cct,E,school,-96.50001,17.00001,{},{},\n"
    lines = [("1A", "20001", "999999999"), ("2A", "20001", "210010001"), ("3A", "", "210010001")]
    Area.objects.create(code="20002", level=Level.MUNICIPALITY, name="Otro", parent=areas["20"])
    lines.append(("4A", "20002", "200010001"))
    batch = bring(header + "".join(row.format(*one) for one in lines))
    told = {one for one in warnings(batch) if one[1].startswith("locality")}
    assert told == {(2, "locality"), (5, "locality_elsewhere")}
    assert rules(batch) == {(3, "locality_state")}
    assert pd.read_parquet(batch.staged)["municipality_id"].tolist()[2] == "21001"


def test_a_key_that_was_merged_does_not_come_again(bring, people, now):
    imports.apply(bring(HEADER + GOOD + GOOD.replace("0001A", "0002A")), people["ministry"], at=now)
    twin, stays = Site.objects.get(key="20DPR0002A"), Site.objects.get(key="20DPR0001A")
    deeds.merge(twin, stays, people["ministry"], at=now, reason="the same school")
    again = bring(HEADER + GOOD + GOOD.replace("0001A", "0002A"))
    assert rules(again) == {(3, "merged")}
    assert (again.counts["same"], again.counts["new"]) == (1, 0)


def test_a_crowd_is_told_in_bounded_work(bring):
    """Pairs of ten thousand sites on a spot are fifty million: equal names alone are compared there."""
    rows = "".join(
        f"{at:06d},alcance,Sitio {at % 9_900},school,-96.5{at % 100:04d},17.00001,20001,80,\n" for at in range(10_000)
    )
    begun = time.process_time()
    batch = bring(HEADER + rows)
    assert time.process_time() - begun < 20
    assert {row for row, name in warnings(batch) if name == "neighbour"} == {*range(2, 102), *range(9_902, 10_002)}


def test_swapped_coordinates_are_told_in_bounded_work(bring, areas):
    shapely.prepare(shapes := [shapely.Point(-97 + at / 100, 17).buffer(0.5, quad_segs=500) for at in range(30)])
    for at, shape in enumerate(shapes):
        Area.objects.create(code=f"X{at}", level=Level.STATE, name=f"{at}", boundary=shape.wkb)
    rows = "".join(f"{at:06d},alcance,Sitio {at},school,17.{at:05d},-46.5,20001,80,\n" for at in range(20_000))
    begun = time.process_time()
    batch = bring(HEADER + rows)
    assert time.process_time() - begun < 20
    assert batch.counts["refused"] == 20_000


def test_keys_twice_in_a_file_are_both_refused(bring):
    assert bring(HEADER + GOOD + GOOD.replace("Escuela", "Otra")).counts["refused"] == 2


def test_a_point_outside_the_country_or_in_another_state_is_found(bring, areas):
    import shapely

    for code, west in (("20", -97.0), ("21", -98.0)):
        Area.objects.filter(pk=code).update(boundary=shapely.box(west, 16.0, west + 1.0, 18.0).wkb)
    batch = bring(
        HEADER
        + GOOD
        + GOOD.replace("0001A", "0002A").replace("-96.50001", "-97.50001")
        + GOOD.replace("0001A", "0003A").replace("-96.50001", "-90.50001")
    )
    assert (4, "country") in rules(batch)
    assert (3, "state") in warnings(batch)
    assert not {row for row, name in warnings(batch) | rules(batch) if row == 2}


def test_a_municipality_is_found_by_the_point(bring, areas):
    import shapely

    Area.objects.filter(pk="20001").update(boundary=shapely.box(-97.0, 16.0, -96.0, 18.0).wkb)
    batch = bring("key,key_scheme,name,kind,lon,lat\n20DPR0001A,cct,Escuela,school,-96.50001,17.00001\n", approve=True)
    assert batch.counts["new"] == 1
    assert Site.objects.get().municipality_id == "20001"


def test_the_report_is_safe_to_open_in_a_spreadsheet(bring):
    batch = bring(HEADER + "=cmd|'/c calc'!A1,cct,E,school,-96.50001,17.00001,20001,80,\n")
    text = "".join(report_csv(batch.report))
    assert "'=CMD" in text
    assert ",=CMD" not in text
    assert [safe_cell(one) for one in ("-1.5", "+x", "@a", "=1", "a", "")] == ["-1.5", "'+x", "'@a", "'=1", "a", ""]


def test_an_import_by_pages(as_role, areas, people, django_capture_on_commit_callbacks):
    institution = as_role("institution")
    upload = SimpleUploadedFile("escuelas.csv", (HEADER + GOOD + GOOD.replace("0001A", "bad")).encode())
    answer = institution.post("/imports/", {"file": upload})
    batch = ImportBatch.objects.get()
    assert answer["Location"] == f"/imports/{batch.pk}/columns/"
    page = institution.get(answer["Location"])
    assert page.status_code == 200
    fields = page.context["fields"]
    form = {f"column-{field.name}": source.column for field, source in fields if source}
    with django_capture_on_commit_callbacks(execute=True):
        assert institution.post(answer["Location"], form).status_code == 302
    page = institution.get(f"/imports/{batch.pk}/").content.decode()
    assert "20DPRbad".upper() in page
    assert institution.get(f"/imports/{batch.pk}/report.csv").status_code == 200
    assert institution.post(f"/imports/{batch.pk}/decide/", {"deed": "approve"}).status_code == 403
    assert as_role("institution2").get(f"/imports/{batch.pk}/").status_code == 403
    ministry = as_role("ministry")
    lines = b"".join(ministry.get(f"/imports/{batch.pk}/changes.csv").streaming_content).decode().splitlines()
    assert lines[0] == "row,action,key,name,field,before,after"
    assert "2,new,20DPR0001A,Escuela,users,,80" in lines
    seen = {"deed": "approve", "outcome": ministry.get(f"/imports/{batch.pk}/").context["batch"].outcome}
    with django_capture_on_commit_callbacks(execute=True):
        assert ministry.post(f"/imports/{batch.pk}/decide/", seen).status_code == 302
    assert Site.objects.count() == 1
    assert ImportBatch.objects.get().state == BatchState.APPLIED
    assert ministry.post(f"/imports/{batch.pk}/decide/", seen).status_code == 400


def test_only_the_dry_run_that_was_seen_is_let_in(bring, people, as_role, now):
    batch = bring(HEADER + GOOD, role="institution")
    seen = ImportBatch.objects.get()
    ImportBatch.objects.update(state=BatchState.UPLOADED, mapping={**batch.mapping, "name": {"value": "Otra"}})
    imports.check(batch)
    ministry = as_role("ministry")
    for deed in ({"deed": "approve"}, {"deed": "refuse", "reason": "No"}):
        answer = ministry.post(f"/imports/{batch.pk}/decide/", {**deed, "outcome": seen.outcome})
        assert answer.status_code == 400
    with pytest.raises(BadFile):
        imports.apply(seen, people["ministry"], at=now)
    assert not Site.objects.exists()


def test_a_check_that_is_run_again_does_not_take_a_decision_back(bring):
    batch = bring(HEADER + GOOD, approve=True)
    with pytest.raises(BadFile):
        imports.check(batch)
    batch.refresh_from_db()
    assert batch.state == BatchState.APPLIED
    assert batch.staged.exists()


def test_a_check_that_fails_can_be_asked_for_again(bring):
    batch = bring(HEADER + GOOD)
    mapping = {**batch.mapping, "kind": {"column": "kind", "value": "school"}}
    ImportBatch.objects.update(state=BatchState.CHECKING, mapping=mapping)
    with pytest.raises(AlcanceError, match="school"):
        imports.check(batch)
    assert batch.state == BatchState.UPLOADED


def test_an_import_whose_approver_may_no_longer_waits_again(bring, people, as_role, django_capture_on_commit_callbacks):
    batch = bring(HEADER + GOOD)
    ministry = as_role("ministry")
    with django_capture_on_commit_callbacks() as callbacks:
        ministry.post(f"/imports/{batch.pk}/decide/", {"deed": "approve", "outcome": batch.outcome})
    people["ministry"].organisation = people["institution"].organisation
    people["ministry"].save()
    for callback in callbacks:
        callback()
    batch.refresh_from_db()
    assert (batch.state, Site.objects.count()) == (BatchState.CHECKED, 0)


APPLY = """
import datetime, os, sys
os.environ["ALCANCE_OFFICE_DIR"] = sys.argv[1]
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "alcance.office.settings"
django.setup()
from alcance.office.accounts.models import Person
from alcance.office.register import deeds, imports
from alcance.office.register.models import ImportBatch
print("begun", flush=True)
imports.apply(ImportBatch.objects.get(), Person.objects.get(), at=datetime.datetime.now(datetime.UTC))
"""


PREPARE = """
import datetime, os, sys
from pathlib import Path
os.environ["ALCANCE_OFFICE_DIR"] = sys.argv[1]
os.environ["DJANGO_SETTINGS_MODULE"] = "alcance.office.settings"
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from alcance.office.accounts.models import Organisation, Person
from alcance.office.register.imports.whole_file import import_file
from alcance.office.register.models import Area
state = Area.objects.create(code="20", level="state", name="Oaxaca")
Area.objects.create(code="20001", level="municipality", name="M", parent=state)
ministry = Organisation.objects.create(code="m", name="M", role="ministry")
person = Person.objects.create_user("m@example.org", None, organisation=ministry)
import_file(Path(sys.argv[2]), person, at=datetime.datetime.now(datetime.UTC))
"""


COUNT = """
import os, sys
os.environ["ALCANCE_OFFICE_DIR"] = sys.argv[1]
os.environ["DJANGO_SETTINGS_MODULE"] = "alcance.office.settings"
import django
django.setup()
from alcance.office.register.models import ImportBatch, Site
print(Site.objects.count(), Site.history.count(), ImportBatch.objects.get().state)
"""


def test_killed_at_any_moment_an_import_leaves_all_or_nothing(tmp_path):
    rows = 6_000
    file = tmp_path / "sites.csv"
    file.write_text(
        HEADER
        + "".join(
            f"K{one},alcance,Sitio {one},library,{-96.5 + one * 1e-4:.5f},17.00001,20001,1,\n" for one in range(rows)
        ),
        encoding="utf-8",
    )
    office = tmp_path / "office"
    office.mkdir()

    # An office of its own, whatever database the tests run on.
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}

    def run(script, *arguments):
        command = [sys.executable, "-c", script, str(office), *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True, env=env).stdout

    run(PREPARE, str(file))
    dice = random.Random(7)
    for _ in range(6):
        command = [sys.executable, "-c", APPLY, str(office)]
        work = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)
        assert work.stdout.readline().strip() == "begun"
        time.sleep(dice.uniform(0.0, 1.2))
        work.send_signal(signal.SIGKILL)
        work.wait()
        work.stdout.close()
        sites, past, state = run(COUNT).split()
        assert (sites, past, state) in (("0", "0", "checked"), (str(rows), str(rows), "applied"))
        if state == "applied":
            return
    run(APPLY)
    assert run(COUNT).split() == [str(rows), str(rows), "applied"]


def test_a_site_that_goes_to_another_municipality_leaves_its_locality_behind(bring, areas):
    header = HEADER.replace("users", "locality_id")
    bring(header + GOOD.replace(",80,", ",200010001,"), approve=True)
    assert Site.objects.get().locality_id == "200010001"
    bring(header + GOOD.replace(",80,", ",,").replace("Escuela", "Otra"), approve=True)
    assert Site.objects.get().locality_id == "200010001"
    batch = bring(header + GOOD.replace(",80,", ",,").replace("20001,", "21001,"), approve=True)
    assert batch.counts["changed"] == 1
    assert (Site.objects.get().municipality_id, Site.objects.get().locality_id) == ("21001", None)


def test_sites_that_a_file_does_not_name_are_counted_whatever_else_it_names(bring, people, now):
    twin = GOOD.replace("0001A", "0002A")
    bring(HEADER + GOOD + twin, approve=True)
    retire(Site.objects.get(key="20DPR0002A"), people["ministry"], at=now, reason="cerró")
    assert bring(HEADER + twin).counts["not_named"] == 1
    assert bring(HEADER + twin + GOOD + GOOD).counts["not_named"] == 0


def test_what_the_office_gives_out_it_takes_back_unchanged(client, sites, bring, people):
    hosts = [people["institution"].organisation, None]
    for site, host in zip(sites, hosts, strict=False):
        Site.objects.filter(pk=site.pk).update(host=host)
    given = b"".join(client.get("/downloads/sites.csv"))
    batch = bring(given)
    assert {name: batch.counts[name] for name in ("same", "new", "changed", "refused")} == {
        "same": len(sites), "new": 0, "changed": 0, "refused": 0,
    }  # fmt: skip
