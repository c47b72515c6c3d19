"""Who asks the API: keys, sessions, addresses, and how much each may ask."""

from __future__ import annotations

import json

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from tests.office.test_api_reading import allowances, assert_problem, key_of

from alcance.office.api.callers import forget_allowances
from alcance.office.api.keys import make_key, retire_key
from alcance.office.api.models import ApiKey, KeyScope
from alcance.office.web.addresses import address_of

__all__ = ["allowances", "key_of"]  # fixtures


def test_a_key_is_kept_as_a_digest_and_known_again(client, people, sites, now):
    key, text = make_key(people["auditor"], "x", KeyScope.READ, at=now)
    assert text.startswith(key.prefix)
    assert text.removeprefix(key.prefix) not in json.dumps(ApiKey.objects.values_list().get(), default=str)
    assert key.used_at is None
    assert client.get("/api/sites", headers={"Authorization": f"Bearer {text}"}).status_code == 200
    assert ApiKey.objects.get().used_at is not None


@pytest.mark.parametrize("how", ["wrong", "retired", "inactive", "basic", "empty", "other", "forged"])
def test_a_key_that_opens_nothing(client, people, sites, now, how):
    key, text = make_key(people["ministry"], "x", KeyScope.WRITE, at=now)
    if how == "retired":
        retire_key(key, at=now)
    if how == "inactive":
        people["ministry"].is_active = False
        people["ministry"].save()
    other = make_key(people["auditor"], "y", KeyScope.READ, at=now)[1]
    sent = {
        "wrong": f"Bearer {text[:-1]}{'A' if text[-1] != 'A' else 'B'}", "basic": f"Basic {text}", "empty": "Bearer",
        "other": f"Bearer {key.prefix}{other.rpartition('_')[2]}"[:60], "forged": "Bearer alcance_99999999_" + "A" * 43,
    }.get(how, f"Bearer {text}")  # fmt: skip
    answer = client.get("/api/sites", headers={"Authorization": sent})
    assert_problem(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_role_that_was_taken_away_opens_nothing_more(client, people, sites, key_of):
    header = key_of("auditor")
    assert client.get(f"/api/sites/{sites[0].pk}/history", headers=header).status_code == 200
    people["auditor"].organisation = None
    people["auditor"].save()
    assert_problem(client.get(f"/api/sites/{sites[0].pk}/history", headers=header), 403)


def test_a_key_is_no_way_past_the_second_factor(client, people, sites, settings, key_of):
    settings.SECOND_FACTOR_ROLES = ("ministry", "auditor")
    header = key_of("ministry")
    assert_problem(client.get("/api/sites", headers=header), 403)
    body = json.dumps({"reason": "x"})
    path = f"/api/sites/{sites[0].pk}/steps/retire"
    assert_problem(client.post(path, body, content_type="application/json", headers=header), 403)
    Authenticator.objects.create(user=people["ministry"], type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert client.get("/api/sites", headers=header).status_code == 200
    # Roles that need none are not asked for it.
    assert client.get("/api/sites", headers=key_of("provider")).status_code == 200


def test_who_asks_too_much_is_told_when_to_come_again(client, sites, settings, key_of):
    settings.API_ADDRESS_PER_MINUTE = 3
    for left in (2, 1, 0):
        answer = client.get("/api/sites")
        assert answer.headers["RateLimit"].startswith(f'"address";r={left};')
        assert answer.headers["RateLimit-Policy"] == '"address";q=3;w=60'
    refused = client.get("/api/sites")
    assert_problem(refused, 429)
    assert int(refused.headers["Retry-After"]) == 20
    # Another address, and somebody whom we know, have their own.
    assert Client(REMOTE_ADDR="10.0.0.9").get("/api/sites").status_code == 200
    assert client.get("/api/sites", headers=key_of("auditor")).status_code == 200


def test_looking_through_addresses_and_trying_keys_is_slowed(client, sites, settings, as_role):
    settings.API_ADDRESS_PER_MINUTE = 5
    assert [client.get(f"/api/none/{number}").status_code for number in range(7)] == [404] * 5 + [429] * 2
    forget_allowances()
    settings.API_WRONG_KEYS_PER_MINUTE = 3
    tried = [
        client.get("/api/sites", headers={"Authorization": f"Bearer alcance_1_{'A' * 42}{letter}"}).status_code
        for letter in "abcde"
    ]
    assert tried == [401, 401, 401, 429, 429]


def test_a_session_is_charged_as_the_person(as_role, sites, settings):
    settings.API_PERSON_PER_MINUTE = 2
    browser = as_role("auditor")
    assert [browser.get("/api/sites").status_code for _ in range(3)] == [200, 200, 429]


def test_a_session_reads_what_the_person_may(as_role, sites):
    assert "contact" in as_role("ministry").get(f"/api/sites/{sites[0].pk}").json()
    assert_problem(as_role("ministry").get("/api/none"), 404)
    assert_problem(as_role("provider").get(f"/api/sites/{sites[0].pk}/history"), 403)


def test_messages_are_in_english_whatever_was_spoken_before(as_role, sites):
    browser = as_role("provider")
    browser.get("/lots/", headers={"Accept-Language": "es"})
    for one in (browser, Client()):
        told = assert_problem(one.get("/api/sites?kind=castle", headers={"Accept-Language": "es"}), 422)
        assert "the form that it must have" in told["detail"]
        assert "Input should be" in told["errors"][0]["detail"]
    step = browser.post(
        f"/api/sites/{sites[0].pk}/steps/approve", {}, "application/json", headers={"Accept-Language": "es"}
    )
    assert assert_problem(step, 409)["detail"] == "the site is not nominated"


def test_behind_proxies_an_address_is_the_one_that_the_first_of_ours_saw(rf, settings):
    def seen(**meta):
        return address_of(rf.get("/", REMOTE_ADDR="10.0.0.1", **meta))

    told = {"HTTP_X_FORWARDED_FOR": "1.1.1.1, 203.0.113.9, 10.0.0.7"}
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    assert seen(**told) == "10.0.0.1"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert seen(**told) == "10.0.0.7"
    assert seen() == "10.0.0.1"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    assert seen(**told) == "203.0.113.9"
    assert seen(HTTP_X_FORWARDED_FOR="1.1.1.1") == "10.0.0.1"
    # Whoever has a network of IPv6 is one, however many addresses they take.
    assert seen(HTTP_X_FORWARDED_FOR="2001:db8::1, x") == seen(HTTP_X_FORWARDED_FOR="2001:db8::ffff, x")
    assert seen(HTTP_X_FORWARDED_FOR="2001:db8:0:1::1, x") != seen(HTTP_X_FORWARDED_FOR="2001:db8::1, x")


def test_who_lacks_a_second_factor_reads_nothing_with_a_session(as_role, sites, settings):
    settings.SECOND_FACTOR_ROLES = ("ministry",)
    told = assert_problem(as_role("ministry").get("/api/sites"), 403)
    assert "log in" in told["detail"]
