"""The page where people make and retire their API keys, and the page that tells what the API knows."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests.office.conftest import PASSWORD

from alcance.office.api.callers import forget_allowances
from alcance.office.api.keys import MOST_PER_PERSON, make_key
from alcance.office.api.models import ApiKey, KeyScope

KEY = re.compile(r"alcance_[0-9]+_[A-Za-z0-9_-]{43}")


@pytest.fixture
def browser(people):
    """A browser in which a provider has just given their password."""
    forget_allowances()
    made = Client()
    answer = made.post("/accounts/login/", {"login": "provider@example.org", "password": PASSWORD})
    assert answer.status_code == 302
    # Who has just logged in is not asked again.
    assert made.get("/account/keys/new/").status_code == 200
    return made


def test_a_key_is_shown_once_and_opens_what_its_scope_says(browser, sites):
    answer = browser.post("/account/keys/new/", {"name": "Sync", "scope": "read"})
    assert answer.status_code == 200, (answer.status_code, answer.headers)
    [text] = set(KEY.findall(answer.content.decode()))
    assert "no-store" in answer.headers["Cache-Control"]
    again = browser.get("/account/keys/").content.decode()
    assert not KEY.search(again)
    assert "Sync" in again
    assert ApiKey.objects.get().prefix in again
    header = {"Authorization": f"Bearer {text}"}
    assert Client().get(f"/api/sites/{sites[0].pk}", headers=header).status_code == 200
    refused = Client().post(f"/api/sites/{sites[0].pk}/steps/nominate", {}, "application/json", headers=header)
    assert (refused.status_code, refused.json()["detail"]) == (403, "this key may only read")


def test_a_retired_key_opens_nothing(browser, people, sites, now):
    key, text = make_key(people["provider"], "x", KeyScope.READ, at=now)
    assert browser.post(f"/account/keys/{key.pk}/retire/").status_code == 302
    assert Client().get("/api/sites", headers={"Authorization": f"Bearer {text}"}).status_code == 401
    key.refresh_from_db()
    assert key.retired_at is not None


def test_nobody_sees_or_retires_the_keys_of_others(browser, people, now):
    key, _ = make_key(people["ministry"], "of the ministry", KeyScope.WRITE, at=now)
    assert "of the ministry" not in browser.get("/account/keys/").content.decode()
    assert browser.post(f"/account/keys/{key.pk}/retire/").status_code == 404
    key.refresh_from_db()
    assert key.retired_at is None


def test_keys_need_a_login_that_is_not_old(client, people, as_role):
    assert client.get("/account/keys/").url.startswith("/accounts/login/")
    # Somebody at a screen that was left open makes no key.
    browser = as_role("provider")
    assert browser.get("/account/keys/").status_code == 200
    for answer in (
        browser.get("/account/keys/new/"),
        browser.post("/account/keys/new/", {"name": "x", "scope": "read"}),
    ):
        assert answer.url.startswith("/accounts/reauthenticate/")
    assert not ApiKey.objects.exists()
    assert client.get("/account/keys/1/retire/").url == "/account/keys/"


def test_one_person_has_so_many_keys_and_no_more(browser, people, now):
    for number in range(MOST_PER_PERSON):
        make_key(people["provider"], f"{number}", KeyScope.READ, at=now)
    answer = browser.post("/account/keys/new/", {"name": "one more", "scope": "read"})
    assert answer.status_code == 400
    assert browser.post("/account/keys/new/", {"name": "", "scope": "all"}).status_code == 400
    assert ApiKey.objects.count() == MOST_PER_PERSON


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_page_about_the_api_names_every_operation(client, db, language):
    page = client.get("/api/docs", headers={"Accept-Language": language})
    assert page.status_code == 200
    text = page.content.decode()
    for words in ("GET /api/sites/{site_id}", "PATCH /api/sites/{site_id}", "POST /api/sites/{site_id}/steps/{step}"):
        assert words in text
    assert "If-Match" in text
    assert "<script" not in text
    assert "style=" not in text
