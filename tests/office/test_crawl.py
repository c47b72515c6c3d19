"""Every page that links lead to, as every role: none fails, none has inline scripts, each keeps to the table."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from django.urls import URLResolver, get_resolver
from tests.office.crawl import walk
from tests.office.delivering import DAY, award_lot, install, plan_sites, publish_lot, verify

from alcance.office.accounts.permissions import may
from alcance.office.accounts.roles import Role
from alcance.office.delivery.models import Connection, Photo, Plan
from alcance.office.public.challenges.life import file_challenge
from alcance.office.public.models import Challenge
from alcance.office.register.imports.whole_file import import_file
from alcance.office.register.models import ImportBatch, Site
from alcance.office.running.models import Job
from alcance.office.service import placing
from alcance.office.service.client import new_key, public_half
from alcance.office.service.models import Probe
from alcance.office.targets.examples import load_example

# Each page by the name of its address, and the row of the permission table that opens it; a dash where everybody who
# has logged in may, "public" where everybody may.
PAGES = {row["page"]: row for row in csv.DictReader((Path(__file__).parent / "pages.csv").read_text().splitlines())}


@pytest.fixture
def full(sites, people, now, settings, tmp_path):
    """Something of each kind of page to look at."""
    settings.MEDIA_ROOT = tmp_path
    Job.objects.create(title="Work", asked_by=people["provider"], task="x", state="done")
    plan_sites(sites[:4], people, now)
    contract = award_lot(sites[:2], people, now)
    publish_lot(sites[2:3], people, now, "lot-2")
    file = tmp_path / "sites.csv"
    file.write_text("key,key_scheme,name,kind,lon,lat\n20DPR0099A,cct,Nueva,school,-96.51234,17.01234\n")
    import_file(file, people["institution"], at=now)
    load_example(now)
    file_challenge(sites[0], "other", "¿Cuándo?", at=now)
    connection = contract.connections.order_by("pk").first()
    install(connection, people, now + 20 * DAY)
    verify(connection, people, now + 22 * DAY)
    placing.add("p1", connection.site, public_half(new_key()), people["ministry"], at=now)
    return people


def links_of(person):
    return ["/", "/account/", "/people/", "/organisations/", "/jobs/", "/accounts/login/", "/accounts/password/reset/"]


WALKS = [*((role.value, "es") for role in Role), (Role.MINISTRY.value, "en"), (Role.PUBLIC.value, "en")]


@pytest.mark.parametrize(("role", "language"), WALKS)
def test_no_page_fails_nor_needs_inline_scripts(client, full, role, language):
    client.cookies["django_language"] = language
    if role != Role.PUBLIC:
        client.force_login(full[role], backend="allauth.account.auth_backends.AuthenticationBackend")
    found = walk(client, links_of(role))
    assert found.faults == []
    # What a page links to is there and open to who sees the link.
    dead = [path for path, status in found.statuses.items() if status in {404, 400}]
    assert dead == []
    refused = [path for path, status in found.statuses.items() if status == 403 and path not in links_of(role)]
    assert refused == []


def named(patterns, prefix=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            space = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from named(pattern.url_patterns, space)
        else:
            yield f"{prefix}{pattern.name}" if pattern.name else f"closed {pattern.pattern}"


def test_every_page_is_in_the_table():
    """A page that nobody has put here is one whose permission nobody has thought of."""
    names = {name for name in named(get_resolver().url_patterns) if not name.startswith("closed ")}
    assert {name for name in names if not name.startswith("api:")} == set(PAGES)


def test_a_page_opens_to_whom_the_table_says(client, full):
    parts = {
        "person": full["provider"].pk,
        "job": Job.objects.get().pk,
        "organisation": "provider",
        "plan": Plan.objects.get().pk,
        "site": Site.objects.first().pk,
        "import_": ImportBatch.objects.get().pk,
        "connection": Connection.objects.first().pk,
        "challenge": Challenge.objects.get().pk,
        "photo": Photo.objects.order_by("pk")[0].digest,
        "probe": Probe.objects.get().code,
    }
    rows = {name: row for name, row in PAGES.items() if row["path"]}
    opened, expected = {}, {}
    for role in Role:
        client.logout()
        person = None if role is Role.PUBLIC else full[role]
        if person is not None:
            client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        for name, row in rows.items():
            # 302 leads to the login, 403 and 404 say no.
            answer = client.get(row["path"].format(**parts))
            opened[name, role] = answer.status_code == 200
            expected[name, role] = opens(row, person, full)
            if answer.streaming:
                # Read to its end: closing it otherwise would end the connection that the test lives in.
                for _ in answer:
                    pass
    wrong = {cell: is_open for cell, is_open in opened.items() if is_open is not expected[cell]}
    assert wrong == {}


def opens(row, person, people):
    if row["object"] == "public":
        return True
    if person is None:
        return False
    if row["object"] == "-":
        return True
    things = {
        "person": people["provider"],
        "organisation": people["provider"].organisation,
        "site": Site.objects.first(),
        "import": ImportBatch.objects.get(),
        "probe": Probe.objects.get(),
        "": None,
    }
    return may(person, row["object"], row["action"], things[row["thing"]]) or (
        row["object"] == "job" and person == people["provider"]
    )


def test_a_deed_that_there_is_not_is_not_done(client, full):
    client.force_login(full["ministry"], backend="allauth.account.auth_backends.AuthenticationBackend")
    for path in ("/lots/lot-1/explode/", f"/connections/{Connection.objects.first().pk}/explode/"):
        assert client.post(path).status_code == 404
