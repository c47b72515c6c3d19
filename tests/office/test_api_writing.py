"""The API as it is written to: conditions, keys of writes, steps, and bodies that nobody should send."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.office.delivering import award_lot, install, plan_sites, verify
from tests.office.test_api_reading import assert_problem

from alcance.office.api.callers import forget_allowances
from alcance.office.api.keys import make_key
from alcance.office.api.models import ApiKey, IdempotentWrite, KeyScope
from alcance.office.delivery.models import Transition
from alcance.office.register.history import history_of
from alcance.office.register.models import Site

JSON = "application/json"


@pytest.fixture(autouse=True)
def allowances():
    forget_allowances()


@pytest.fixture
def program(people, now):
    """A program that acts for a role; each call sends JSON."""

    class Program:
        def __init__(self, role, scope=KeyScope.WRITE):
            self._client = Client()
            self._key = make_key(people[role], "tests", scope, at=now)[1]

        def send(self, method, path, body=None, media_type=JSON, **headers):
            data = body if isinstance(body, (bytes, str)) else json.dumps(body)
            sent = {"Authorization": f"Bearer {self._key}", **headers}
            return self._client.generic(method, path, data, media_type, headers=sent)

        def tag(self, site):
            return self.send("GET", f"/api/sites/{site.pk}").headers["ETag"]

    return Program


@pytest.fixture
def new_site():
    return {
        "key": "20DPR0099A", "key_scheme": "alcance", "name": "Nueva", "kind": "school", "lon": -96.41234,
        "lat": 17.12345, "municipality_code": "20001", "host_code": "institution", "users": 80,
        "reason": "it was missing",
    }  # fmt: skip


def test_a_site_is_added(program, areas, new_site):
    answer = program("committee").send("POST", "/api/sites", new_site)
    assert answer.status_code == 201, answer.content
    site = Site.objects.get()
    assert answer.headers["Location"] == f"/api/sites/{site.pk}"
    told = answer.json()
    assert (told["key"], told["state"], told["state_code"], told["users"]) == ("20DPR0099A", "registered", "20", 80)
    [event] = history_of(site)
    assert (event.who, event.why) == ("committee", "it was missing")


@pytest.mark.parametrize(
    ("role", "scope", "status"),
    [("committee2", "write", 403), ("provider", "write", 403), ("auditor", "write", 403), ("committee", "read", 403)],
)
def test_a_site_is_added_by_those_alone_who_may(program, areas, new_site, role, scope, status):
    assert_problem(program(role, scope).send("POST", "/api/sites", new_site), status)
    assert not Site.objects.exists()


def test_nobody_writes_without_saying_who_they_are(client, sites, new_site):
    for method, path in (("post", "/api/sites"), ("patch", f"/api/sites/{sites[0].pk}")):
        answer = getattr(client, method)(path, new_site, JSON)
        assert_problem(answer, 401)
        assert "WWW-Authenticate" in answer.headers


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"municipality_code": "99999"}, "municipality_code"), ({"host_code": "nobody"}, "host_code"),
        ({"kind": "castle"}, "new.kind"), ({"lon": 181}, "new.lon"), ({"lon": "-96"}, "new.lon"),
        ({"users": -1}, "new.users"), ({"users": True}, "new.users"), ({"name": ""}, "new.name"),
        ({"name": "   "}, "name"), ({"castle": 1}, "new.castle"), ({"reason": ""}, "new.reason"),
        ({"key_scheme": "cct", "key": "20DPR"}, "key"), ({"key": "x" * 41}, "new.key"), ({"key": None}, "new.key"),
    ],
)  # fmt: skip
def test_a_site_that_cannot_be_is_refused(program, areas, people, new_site, change, name):
    told = assert_problem(program("ministry").send("POST", "/api/sites", {**new_site, **change}), 422)
    assert name in [error["name"] for error in told["errors"]], told
    assert not Site.objects.exists()


def test_a_key_of_a_site_is_taken_once(program, sites, new_site):
    taken = {**new_site, "key": sites[0].key, "key_scheme": "cct"}
    assert_problem(program("ministry").send("POST", "/api/sites", taken), 409)
    assert program("ministry").send("POST", "/api/sites", new_site).status_code == 201
    assert_problem(program("ministry").send("POST", "/api/sites", new_site), 409)


def change(site, **values):
    return {"reason": "typo", "key": site.key, "key_scheme": "alcance", **values}


def test_a_change_names_the_version_that_was_seen(program, sites):
    site, ministry = sites[0], program("ministry")
    path = f"/api/sites/{site.pk}"
    first = ministry.tag(site)
    assert_problem(ministry.send("PATCH", path, change(site, name="Uno")), 428)
    assert_problem(ministry.send("PATCH", path, change(site, name="Uno"), **{"If-Match": "*"}), 428)
    assert_problem(ministry.send("PATCH", path, change(site, name="Uno"), **{"If-Match": f"W/{first}"}), 412)
    assert_problem(ministry.send("PATCH", path, change(site, name="Uno"), **{"If-Match": '"x"'}), 412)
    assert_problem(ministry.send("PATCH", path, change(site, name="Uno"), **{"If-Match": "v1"}), 400)
    changed = ministry.send("PATCH", path, change(site, name="Uno", users=None), **{"If-Match": first})
    assert (changed.status_code, changed.json()["name"], changed.json()["users"]) == (200, "Uno", None)
    # Somebody else saw it before that.
    lost = ministry.send("PATCH", path, change(site, name="Dos"), **{"If-Match": first})
    assert assert_problem(lost, 412)["version"] == 2
    assert Site.objects.get(pk=site.pk).name == "Uno"
    assert (
        ministry.send("PATCH", path, change(site, name="Dos"), **{"If-Match": changed.headers["ETag"]}).status_code
        == 200
    )
    assert len(history_of(Site.objects.get(pk=site.pk))) == 3


def test_what_is_left_out_of_a_change_stays(program, sites):
    Site.objects.update(contact="Ana", electricity=True, speed_mbps=12.5, technology="fibre")
    site, ministry = sites[0], program("ministry")
    answer = ministry.send(
        "PATCH", f"/api/sites/{site.pk}", change(site, locality_code=None), "application/merge-patch+json",
        **{"If-Match": ministry.tag(site)},
    )  # fmt: skip
    assert answer.status_code == 200, answer.content
    now = Site.objects.get(pk=site.pk)
    assert (now.contact, now.electricity, now.speed_mbps, now.technology) == ("Ana", True, 12.5, "fibre")
    assert (now.locality_id, now.host_id, now.users, now.lon) == (None, site.host_id, 100, site.lon)


def test_a_site_is_changed_by_those_alone_who_may(program, sites):
    for role in ("committee2", "institution2", "provider", "auditor", "association"):
        tag = {"If-Match": program(role).tag(sites[0])}
        assert_problem(program(role).send("PATCH", f"/api/sites/{sites[0].pk}", change(sites[0], name="X"), **tag), 403)
    # Nobody gives a site away to where they may not change it.
    tag = {"If-Match": program("committee").tag(sites[0])}
    moved = change(sites[0], municipality_code="21001", locality_code=None)
    assert_problem(program("committee").send("PATCH", f"/api/sites/{sites[0].pk}", moved, **tag), 403)
    assert Site.objects.get(pk=sites[0].pk).state_code == "20"


def test_a_write_under_a_key_is_done_once(program, areas, people, new_site):
    ministry = program("ministry")
    first = ministry.send("POST", "/api/sites", new_site, **{"Idempotency-Key": "a-1"})
    again = ministry.send("POST", "/api/sites", new_site, **{"Idempotency-Key": "a-1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert {name: again.headers[name] for name in ("ETag", "Location")} == {
        name: first.headers[name] for name in ("ETag", "Location")
    }
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Site.objects.count() == 1
    # The same key for something else is a mistake, and somebody else's key is another.
    other = {**new_site, "name": "Otra"}
    assert_problem(ministry.send("POST", "/api/sites", other, **{"Idempotency-Key": "a-1"}), 422)
    assert_problem(program("committee").send("POST", "/api/sites", new_site, **{"Idempotency-Key": "a-1"}), 409)
    for wrong in ("", "ñ", "x" * 201, "a b"):
        assert_problem(ministry.send("POST", "/api/sites", new_site, **{"Idempotency-Key": wrong}), 400)


def test_a_kept_answer_is_not_for_who_has_left_the_role_that_got_it(program, sites, people):
    ministry = program("ministry")
    sent = change(sites[0], name="Uno", contact="Ana, 951 000 0000")
    header = {"Idempotency-Key": "c-1", "If-Match": ministry.tag(sites[0])}
    assert ministry.send("PATCH", f"/api/sites/{sites[0].pk}", sent, **header).json()["contact"]
    people["ministry"].organisation = people["provider"].organisation
    people["ministry"].save()
    again = ministry.send("PATCH", f"/api/sites/{sites[0].pk}", sent, **header)
    assert_problem(again, 422)
    assert b"951" not in again.content


def test_a_write_that_was_refused_leaves_its_key_free(program, sites, new_site):
    ministry = program("ministry")
    header = {"Idempotency-Key": "b-1"}
    path = f"/api/sites/{sites[0].pk}/steps/approve"
    assert_problem(ministry.send("POST", path, {}, **header), 409)
    assert not IdempotentWrite.objects.exists()
    assert program("committee").send("POST", f"/api/sites/{sites[0].pk}/steps/nominate", {}).status_code == 200
    assert ministry.send("POST", path, {}, **header).status_code == 200
    assert ministry.send("POST", path, {}, **header).status_code == 200
    assert Transition.objects.filter(name="approve").count() == 1


def test_keys_of_writes_are_forgotten_in_time(program, areas, people, new_site, now):
    ministry = program("ministry")
    ministry.send("POST", "/api/sites", new_site, **{"Idempotency-Key": "old"})
    IdempotentWrite.objects.update(made_at=now)
    ministry.send("POST", "/api/sites", {**new_site, "key": "Z"}, **{"Idempotency-Key": "new"})
    assert [one.key for one in IdempotentWrite.objects.all()] == ["new"]


def step(who, site, name, reason="", status=200):
    answer = who.send("POST", f"/api/sites/{site.pk}/steps/{name}", {"reason": reason})
    assert answer.status_code == status, answer.content
    return answer.json()


def test_steps_that_need_no_more_than_a_reason(program, sites, people, now):
    site, committee, ministry = sites[0], program("committee"), program("ministry")
    assert step(committee, site, "nominate")["state"] == "nominated"
    step(committee, site, "withdraw", status=409)
    assert step(committee, site, "withdraw", "not yet")["state"] == "registered"
    step(committee, site, "nominate")
    assert step(ministry, site, "refuse", "too dear")["state"] == "registered"
    step(committee, site, "nominate")
    step(committee, site, "approve", status=403)
    assert step(ministry, site, "approve")["state"] == "approved"
    assert step(ministry, site, "retire", "closed")["state"] == "retired"
    assert step(ministry, site, "restore", "opened")["state"] == "registered"
    step(ministry, site, "restore", "again", status=409)
    step(ministry, site, "explode", status=422)
    assert not site.nominations.filter(closed_at=None).exists()


def test_steps_of_connections(program, sites, people, now):
    plan_sites(sites[:1], people, now)
    connection = award_lot(sites[:1], people, now).connections.get()
    ministry, site = program("ministry"), sites[0]
    step(program("provider"), site, "order", status=403)
    assert step(ministry, site, "order")["state"] == "ordered"
    site.refresh_from_db()
    connection.refresh_from_db()
    connection.site = site
    from alcance.office.delivery.deeds import connections

    day = now + (connections.timezone.now() - now)
    connections.install(connection, people["provider"], at=day, installed_on=day.date(), photo=_photo(people, day))
    assert step(program("committee"), site, "reject", "no mast")["state"] == "ordered"
    step(ministry, site, "operate", status=409)
    step(ministry, sites[1], "order", status=409)


def _photo(people, at):
    import io

    from tests.office.delivering import picture

    from alcance.office.delivery.deeds.photos import keep_photo

    return keep_photo(io.BytesIO(picture()), people["provider"], at=at)


def test_a_step_is_made_on_the_version_that_was_seen(program, sites):
    committee = program("committee")
    seen = committee.tag(sites[0])
    path = f"/api/sites/{sites[0].pk}/steps"
    assert committee.send("POST", f"{path}/nominate", {}, **{"If-Match": seen}).status_code == 200
    assert_problem(committee.send("POST", f"{path}/withdraw", {"reason": "x"}, **{"If-Match": seen}), 412)


def test_a_page_of_somebody_else_cannot_write_with_a_session(people, sites, new_site):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(people["ministry"], backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "CSRF" in assert_problem(browser.post("/api/sites", new_site, JSON), 403)["detail"]
    browser.get("/register/new/")
    token = browser.cookies["csrftoken"].value
    assert browser.post("/api/sites", new_site, JSON, headers={"X-CSRFToken": token}).status_code == 201


HOSTILE = {
    "nested": (b"[" * 100_000, 400),
    "nested, closed": (b'{"a":' * 50 + b"1" + b"}" * 50, 400),
    "NaN": (b'{"lon": NaN}', 400),
    "infinite": (b'{"lon": 1e999}', 400),
    "minus infinite": (b'{"lon": -Infinity}', 400),
    "huge": (b'{"users": ' + b"9" * 5_000 + b"}", 400),
    "NUL": (b'{"name": "a\\u0000b"}', 400),
    "NUL in a name": (b'{"a\\u0000b": 1}', 400),
    "half a character": (b'{"name": "\\ud800"}', 400),
    "other half": (b'{"name": "\\udfff"}', 400),
    "no UTF-8": (b'{"name": "\xff"}', 400),
    "UTF-16": ('{"name": "x"}'.encode("utf-16"), 400),
    "twice": (b'{"name": "a", "name": "b"}', 400),
    "no JSON": (b"name=a", 400),
    "cut": (b'{"name": "a', 400),
    "a list": (b"[]", 422),
    "a text": (b'"x"', 422),
    "null": (b"null", 422),
    "nothing": (b"", 422),
    "too long": (b" " * 1_000_001, 413),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_body_that_nobody_should_send(program, areas, name):
    body, status = HOSTILE[name]
    assert_problem(program("ministry").send("POST", "/api/sites", body), status)


@pytest.mark.parametrize(
    "media_type", ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ""]
)
def test_a_body_of_another_kind(program, areas, new_site, media_type):
    answer = program("ministry").send("POST", "/api/sites", json.dumps(new_site), media_type)
    assert_problem(answer, 415)
    assert "application/json" in answer.headers["Accept"]


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(["key", "key_scheme", "name", "kind", "lon", "lat", "municipality_code",
       "locality_code", "host_code", "users", "electricity", "technology", "speed_mbps", "contact", "reason", "x"]),
       _values, max_size=6))  # fmt: skip
def test_no_body_is_a_fault(program, areas, new_site, body):
    forget_allowances()
    ApiKey.objects.all().delete()
    answer = program("ministry").send("POST", "/api/sites", json.dumps({**new_site, **body}))
    assert answer.status_code in (201, 400, 409, 422), (body, answer.content)
    Site.history.all().delete()
    Site.objects.all().delete()


def test_a_verified_connection_is_put_into_use(program, sites, people, now):
    plan_sites(sites[:1], people, now)
    connection = award_lot(sites[:1], people, now).connections.get()
    install(connection, people, now)
    connection.refresh_from_db()
    verify(connection, people, now.replace(day=20))
    told = step(program("ministry"), sites[0], "operate")
    assert told["state"] == "operating"
    told = program("auditor").send("GET", f"/api/connections/{connection.pk}").json()
    assert told["operating_since"] is not None
    assert told["verified_at"] == "2026-03-20T15:00:00Z"
