"""Every page that links lead to, as every role: none fails, none has inline scripts, each keeps to the table."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from django.urls import URLResolver, get_resolver
from tests.office.crawl import NOT_YET, walk
from tests.office.delivering import DAY, award_lot, install, plan_sites, publish_lot, verify

from alcance.office.accounts.permissions import may
from alcance.office.accounts.roles import Role
from alcance.office.delivery.models import Connection, Photo, Plan
from alcance.office.running.models import Job

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
    connection = contract.connections.order_by("pk").first()
    install(connection, people, now)
    verify(connection, people, now + 2 * DAY)
    return people


def links_of(person):
    return ["/", "/account/", "/people/", "/organisations/", "/jobs/", "/accounts/login/", "/accounts/password/reset/"]


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("role", [*(role.value for role in Role)])
def test_no_page_fails_nor_needs_inline_scripts(client, full, role, language):
    client.cookies["django_language"] = language
    if role != Role.PUBLIC:
        client.force_login(full[role], backend="allauth.account.auth_backends.AuthenticationBackend")
    found = walk(client, links_of(role))
    assert found.faults == []
    # What a page links to is there and open to who sees the link.
    dead = [path for path, status in found.statuses.items() if status in {404, 400}]
    assert [path for path in dead if not f"{path}:".startswith(NOT_YET)] == []
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


@pytest.mark.parametrize("name", sorted(name for name, row in PAGES.items() if row["path"]))
def test_a_page_opens_to_whom_the_table_says(client, full, name):
    row = PAGES[name]
    pk = full["provider"].pk
    path = row["path"].format(
        person=pk,
        job=Job.objects.get().pk,
        organisation="provider",
        plan=Plan.objects.get().pk,
        connection=Connection.objects.first().pk,
        photo=Photo.objects.get().digest,
    )
    opened, expected = {}, {}
    for role in Role:
        client.logout()
        person = None
        if role is not Role.PUBLIC:
            person = full[role]
            client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        # 302 leads to the login, 403 and 404 say no.
        opened[role] = client.get(path).status_code in {200, 405}
        expected[role] = opens(row, person, full)
    assert opened == expected


def opens(row, person, people):
    if row["object"] == "public":
        return True
    if person is None:
        return False
    if row["object"] == "-":
        return True
    things = {"person": people["provider"], "organisation": people["provider"].organisation, "": None}
    return may(person, row["object"], row["action"], things[row["thing"]]) or (
        row["object"] == "job" and person == people["provider"]
    )
