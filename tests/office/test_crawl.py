"""Every page that links lead to, as every role: none fails, none has inline scripts, each keeps to the table."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from django.urls import URLResolver, get_resolver
from tests.office.crawl import walk
from tests.office.full_world import fill

from alcance.office.accounts.permissions import may
from alcance.office.accounts.roles import Role
from alcance.office.delivery.models import Connection, Photo, Plan
from alcance.office.public.models import Challenge
from alcance.office.register.models import ImportBatch, Site
from alcance.office.running.models import Job
from alcance.office.service.models import Probe

# Each page by the name of its address, and the row of the permission table that opens it; a dash where everybody who
# has logged in may, "public" where everybody may.
PAGES = {row["page"]: row for row in csv.DictReader((Path(__file__).parent / "pages.csv").read_text().splitlines())}


@pytest.fixture
def full(sites, people, now, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return fill(sites, people, now, tmp_path)


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
        "probe": Probe.objects.get(),
        "site": Site.objects.first(),
        "import": ImportBatch.objects.get(),
        "": None,
    }
    return may(person, row["object"], row["action"], things[row["thing"]]) or (
        row["object"] == "job" and person == people["provider"]
    )


def test_a_deed_that_there_is_not_is_not_done(client, full):
    client.force_login(full["ministry"], backend="allauth.account.auth_backends.AuthenticationBackend")
    for path in ("/lots/lot-1/explode/", f"/connections/{Connection.objects.first().pk}/explode/"):
        assert client.post(path).status_code == 404
