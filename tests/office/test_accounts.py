"""Logging in, inviting, second factors, and what is written about organisations and people."""

from __future__ import annotations

import re
import threading
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.cache import cache
from tests.office.conftest import PASSWORD

from alcance.errors import AlcanceError
from alcance.office.accounts.history import changes_of
from alcance.office.accounts.models import Organisation, Person
from alcance.office.accounts.second_factor import remove_second_factor
from alcance.office.running.start import add_person
from alcance.office.web.paging import read_token, write_token

LINK = re.compile(r"http://testserver(/accounts/password/reset/key/[^<\s]+)")
NEW = "otra palabra todavía más larga"


@pytest.fixture(autouse=True)
def _nobody_has_tried_before():
    cache.clear()


def log_in(client, email, password=PASSWORD, **more):
    return client.post("/accounts/login/", {"login": email, "password": password}, **more)


def code_of(person):
    secret = Authenticator.objects.get(user=person, type="totp").data["secret"]
    return code_for(secret)


def code_for(secret):
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def set_up_second_factor(client):
    page = client.get("/accounts/2fa/totp/activate/")
    [secret] = re.findall(r"<code>([A-Z2-7]+)</code>", page.content.decode())
    return client.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)})


# --- logging in -----------------------------------------------------------------------------------------------------


def test_a_password_lets_in_and_a_wrong_one_does_not(client, people):
    assert log_in(client, "provider@example.org", "wrong").status_code == 200
    assert client.get("/account/").status_code == 302
    assert log_in(client, "provider@example.org").status_code == 302
    assert client.get("/account/").status_code == 200


def test_capitals_in_an_address_do_not_matter(client, people):
    assert log_in(client, "Provider@Example.ORG").status_code == 302


def test_guessing_is_slowed_even_for_who_then_guesses_right(client, people):
    for _ in range(5):
        log_in(client, "provider@example.org", "wrong", REMOTE_ADDR="10.1.0.1")
    # From elsewhere too: it is the account that is guessed at.
    answer = log_in(client, "provider@example.org", REMOTE_ADDR="10.2.0.2")
    assert answer.status_code == 200
    assert client.get("/account/").status_code == 302


def test_one_address_does_not_try_many_accounts(client, people):
    refused = 0
    for number in range(40):
        answer = log_in(client, f"somebody{number}@example.org", "wrong", REMOTE_ADDR="10.3.0.3")
        refused += answer.status_code == 429
    assert refused >= 8
    assert log_in(client, "committee@example.org", REMOTE_ADDR="10.3.0.4").status_code == 302


def without_token(page):
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page.content.decode())


def test_who_has_a_whole_network_of_addresses_does_not_guess_from_each(client, people):
    for number in range(10):
        log_in(client, f"somebody-{number}@example.org", "wrong", REMOTE_ADDR=f"2001:db8::{number + 1:x}")
    answer = log_in(client, "provider@example.org", REMOTE_ADDR="2001:db8::ffff")
    assert answer.status_code != 302
    # Who asks from elsewhere is not locked out by it.
    assert log_in(client, "provider@example.org", REMOTE_ADDR="2001:db8:0:1::1").status_code == 302


def test_login_tells_nobody_which_accounts_there_are(client, people):
    known = log_in(client, "provider@example.org", "wrong")
    unknown = log_in(client, "nobodyatal@example.org", "wrong")
    assert without_token(known).replace("provider@", "") == without_token(unknown).replace("nobodyatal@", "")


def test_forgotten_passwords_tell_nobody_which_accounts_there_are(client, people, settings, mailoutbox):
    settings.MAIL_IS_SENT = True
    answers = []
    for email in ("provider@example.org", "nobody@example.org"):
        answer = client.post("/accounts/password/reset/", {"email": email})
        answers.append(
            (answer.status_code, answer.headers["Location"], without_token(client.get(answer.headers["Location"])))
        )
    assert answers[0] == answers[1]
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(5)
    assert [message.to for message in mailoutbox] == [["provider@example.org"]]
    assert "/accounts/password/reset/key/" in mailoutbox[0].body


def test_who_is_closed_cannot_log_in_and_is_out_at_once(client, people):
    log_in(client, "provider@example.org")
    Person.objects.filter(email="provider@example.org").update(is_active=False)
    assert client.get("/account/").status_code == 302
    log_in(client, "provider@example.org")
    assert client.get("/account/").status_code == 302


def test_nobody_signs_up_and_nobody_changes_an_address(client, as_role):
    for path in ("/accounts/signup/", "/accounts/email/", "/accounts/confirm-email/", "/accounts/confirm-email/x/"):
        assert client.get(path).status_code == 404
        assert as_role("ministry").post(path, {"email": "x@example.org", "action_add": ""}).status_code == 404


def test_a_form_without_its_token_is_refused(people):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    assert log_in(strict, "provider@example.org").status_code == 403
    strict.force_login(people["ministry"], backend="allauth.account.auth_backends.AuthenticationBackend")
    organisation = people["provider"].organisation.pk
    form = {"name": "X", "email": "x@example.org", "organisation": organisation}
    assert strict.post("/people/invite", form).status_code == 403
    assert not Person.objects.filter(email="x@example.org").exists()


# --- second factor --------------------------------------------------------------------------------------------------


def test_the_ministry_needs_a_second_factor_and_then_gets_in(client, people, settings):
    settings.SECOND_FACTOR_ROLES = ("ministry", "auditor")
    log_in(client, "ministry@example.org")
    for path in ("/people/", "/organisations/", "/jobs/"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers.get("Location")) == (302, "/accounts/2fa/totp/activate/")
    assert client.get("/account/").status_code == 200
    assert set_up_second_factor(client).status_code == 302
    assert client.get("/people/").status_code == 200


def test_changes_to_the_login_ask_for_the_password_after_five_minutes(client, people, monkeypatch):
    log_in(client, "provider@example.org")
    changes = ("/accounts/2fa/totp/activate/", "/account/keys/new/")
    assert [client.get(path).status_code for path in changes] == [200, 200]
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 301)
    for path in changes:
        assert client.get(path).headers["Location"].startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert [client.get(path).status_code for path in changes] == [200, 200]


def test_a_second_factor_is_asked_for_at_login(client, people, settings):
    settings.SECOND_FACTOR_ROLES = ("ministry",)
    log_in(client, "ministry@example.org")
    set_up_second_factor(client)
    client.post("/accounts/logout/")
    cache.clear()
    assert log_in(client, "ministry@example.org").headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert client.get("/people/").status_code == 302
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.get("/people/").status_code == 302
    assert client.post("/accounts/2fa/authenticate/", {"code": code_of(people["ministry"])}).status_code == 302
    assert client.get("/people/").status_code == 200


def test_codes_of_the_second_factor_are_not_guessed(client, people):
    log_in(client, "ministry@example.org")
    set_up_second_factor(client)
    client.post("/accounts/logout/")
    cache.clear()
    log_in(client, "ministry@example.org")
    for guess in range(12):
        client.post("/accounts/2fa/authenticate/", {"code": f"{guess:06d}"})
    client.post("/accounts/2fa/authenticate/", {"code": code_of(people["ministry"])})
    assert client.get("/people/").status_code == 302


def test_a_recovery_code_lets_in_once(client, people):
    log_in(client, "ministry@example.org")
    set_up_second_factor(client)
    page = client.get("/accounts/2fa/recovery-codes/").content.decode()
    codes = re.findall(r"<li><code>(\w+)</code></li>", page)
    assert len(codes) == 10
    outcomes = []
    for _ in range(2):
        client.post("/accounts/logout/")
        cache.clear()
        log_in(client, "ministry@example.org")
        client.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        outcomes.append(client.get("/people/").status_code)
    assert outcomes == [200, 302]


def test_taking_the_factor_away_closes_what_needed_it(client, people, settings):
    settings.SECOND_FACTOR_ROLES = ("ministry",)
    log_in(client, "ministry@example.org")
    set_up_second_factor(client)
    assert client.get("/people/").status_code == 200
    assert client.post("/accounts/2fa/totp/deactivate/").status_code == 302
    assert client.get("/people/").status_code == 302


def test_who_comes_to_the_ministry_needs_its_second_factor_at_once(client, people, settings):
    from django.test import Client

    settings.SECOND_FACTOR_ROLES = ("ministry",)
    log_in(client, "committee@example.org")
    assert client.get("/people/").status_code == 200
    moved = Person.objects.get(pk=people["committee"].pk)
    moved.organisation = people["ministry"].organisation
    moved.save()
    assert client.get("/people/").headers["Location"] == "/accounts/2fa/totp/activate/"
    settings.SECOND_FACTOR_ROLES = ()
    ministry = Client()
    log_in(ministry, "ministry@example.org")
    form = {"name": "C", "organisation": people["institution"].organisation_id, "is_active": "on", "why": "x"}
    assert client.get("/account/").status_code == 200
    assert ministry.post(f"/people/{moved.pk}/change", {**form, "version": moved.version}).status_code == 302
    assert client.get("/account/").status_code == 302


def test_a_factor_that_is_taken_away_ends_sessions_and_changes_nothing_else(client, people):
    log_in(client, "provider@example.org")
    stale = Person.objects.get(pk=people["provider"].pk)
    Person.objects.filter(pk=stale.pk).update(is_active=False, password="!")
    remove_second_factor(stale)
    now = Person.objects.get(pk=stale.pk)
    assert (now.is_active, now.password) == (False, "!")
    assert not UserSession.objects.filter(user=now).exists()


def test_pages_are_read_without_a_write(client, people):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    log_in(client, "ministry@example.org")
    client.get("/people/")
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/people/?organisation=%00").status_code == 200
    assert not [one["sql"] for one in asked if not one["sql"].startswith(("SELECT", "PRAGMA"))]


def test_the_longest_address_ends_a_page():
    token = write_token("é" * 64 + "@" + "ñ" * 189)
    assert read_token(token).startswith("é")


def test_the_ministry_takes_a_lost_factor_away_and_others_do_not(client, people, as_role):
    log_in(client, "provider@example.org")
    set_up_second_factor(client)
    pk = people["provider"].pk
    assert as_role("auditor").post(f"/people/{pk}/second-factor").status_code == 403
    assert as_role("provider2").post(f"/people/{pk}/second-factor").status_code == 404
    assert Authenticator.objects.filter(user=pk).exists()
    assert as_role("ministry").post(f"/people/{pk}/second-factor").status_code == 302
    assert not Authenticator.objects.filter(user=pk).exists()
    assert changes_of([people["provider"]])[0].why


def test_other_sessions_are_ended(people):
    from django.test import Client

    here, elsewhere = Client(), Client()
    log_in(here, "provider@example.org")
    log_in(elsewhere, "provider@example.org")
    here.get("/account/")
    assert elsewhere.get("/account/").status_code == 200
    assert here.get("/accounts/sessions/").content.count(b"<tr>") == 3
    here.post("/accounts/sessions/")
    assert elsewhere.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200


# --- inviting -------------------------------------------------------------------------------------------------------


def invite(client, organisation, email="nueva@example.org"):
    return client.post("/people/invite", {"name": "Nueva", "email": email, "organisation": organisation.pk})


def test_who_is_invited_sets_a_password_by_the_link_once(as_role, people):
    from django.test import Client

    page = invite(as_role("provider"), people["provider"].organisation)
    [path] = LINK.findall(page.content.decode())
    guest = Client()
    set_page = guest.get(path, follow=True)
    assert set_page.status_code == 200
    form_path = set_page.redirect_chain[-1][0]
    assert guest.post(form_path, {"password1": NEW, "password2": NEW}).status_code == 302
    cache.clear()
    assert log_in(guest, "nueva@example.org", NEW).status_code == 302
    assert Person.objects.get(email="nueva@example.org").organisation == people["provider"].organisation
    again = Client().get(path, follow=True)
    assert b"<form" not in again.content.split(b"<main")[1]


def test_who_is_invited_into_the_ministry_gets_as_far_as_its_work(as_role, people, settings):
    from django.test import Client

    page = invite(as_role("ministry"), people["ministry"].organisation)
    settings.SECOND_FACTOR_ROLES = ("ministry",)
    guest = Client()
    form_path = guest.get(LINK.findall(page.content.decode())[0], follow=True).redirect_chain[-1][0]
    guest.post(form_path, {"password1": PASSWORD, "password2": PASSWORD})
    for _ in range(2):
        # Twice: the first login leaves things behind.
        log_in(guest, "nueva@example.org")
        guest.post("/accounts/logout/")
    log_in(guest, "nueva@example.org")
    assert guest.get("/people/").status_code == 302
    set_up_second_factor(guest)
    assert guest.get("/people/").status_code == 200


def test_without_a_password_nobody_logs_in(client, as_role, people):
    invite(as_role("ministry"), people["provider"].organisation)
    from django.test import Client

    for password in ("", "!", PASSWORD):
        guest = Client()
        log_in(guest, "nueva@example.org", password)
        assert guest.get("/account/").status_code == 302


def test_a_weak_password_is_refused(as_role, people):
    from django.test import Client

    page = invite(as_role("provider"), people["provider"].organisation)
    guest = Client()
    form_path = guest.get(LINK.findall(page.content.decode())[0], follow=True).redirect_chain[-1][0]
    for weak in ("short", "123456789012345", "nueva@example.org"):
        assert guest.post(form_path, {"password1": weak, "password2": weak}).status_code == 200


def test_an_invitation_is_mailed_where_mail_is_set_up(as_role, people, settings):
    settings.MAIL_IS_SENT = True
    page = invite(as_role("ministry"), people["provider"].organisation)
    assert LINK.findall(mail.outbox[0].body) == LINK.findall(page.content.decode())
    assert mail.outbox[0].to == ["nueva@example.org"]


def test_people_are_invited_into_ones_own_organisation_only(as_role, people):
    for role in ("provider", "institution", "committee", "association"):
        other = people["ministry"].organisation
        assert invite(as_role(role), other).status_code == 400
    assert invite(as_role("auditor"), people["auditor"].organisation).status_code == 403
    assert not Person.objects.filter(email="nueva@example.org").exists()


def test_an_address_is_taken_once_whatever_its_capitals(as_role, people):
    assert invite(as_role("ministry"), people["provider"].organisation, "PROVIDER2@example.org").status_code == 400


def test_people_see_only_their_own_organisations_people(as_role, people):
    page = as_role("provider").get("/people/").content.decode()
    assert "provider@example.org" in page
    assert "provider2@example.org" not in page
    assert as_role("provider").get(f"/people/{people['provider2'].pk}/").status_code == 404
    assert "provider2@example.org" in as_role("auditor").get("/people/").content.decode()


def test_a_link_for_somebody_with_a_password_is_the_ministrys_to_give(as_role, people):
    pk = people["provider"].pk
    mate = Person.objects.create_user("mate@example.org", PASSWORD, organisation=people["provider"].organisation)
    assert as_role("provider").post(f"/people/{mate.pk}/link").status_code == 403
    assert as_role("auditor").post(f"/people/{pk}/link").status_code == 403
    assert LINK.search(as_role("ministry").post(f"/people/{pk}/link").content.decode())
    assert as_role("ministry").post(f"/people/{people['ministry'].pk}/link").status_code == 403


# --- changing -------------------------------------------------------------------------------------------------------


def change(client, person, **fields):
    form = {"name": person.name, "is_active": "on", "why": "porque sí", "version": person.version}
    form |= {"organisation": person.organisation.pk} | fields
    return client.post(
        f"/people/{person.pk}/change", {name: value for name, value in form.items() if value is not None}
    )


def test_a_change_says_who_what_and_why(as_role, people):
    person, to = people["provider"], people["provider2"].organisation
    assert change(as_role("ministry"), person, organisation=to.pk).status_code == 302
    [latest, *_] = changes_of([Person.objects.get(pk=person.pk)])
    assert (latest.who, latest.why) == ("ministry", "porque sí")
    assert [(before, after) for _name, before, after in latest.changes] == [(str(person.organisation), str(to))]


def test_a_change_without_a_reason_is_refused(as_role, people):
    assert change(as_role("ministry"), people["provider"], name="Otra", why="").status_code == 400


def test_a_lost_update_is_refused(as_role, people):
    person = people["provider"]
    assert change(as_role("ministry"), person, name="Una").status_code == 302
    answer = change(as_role("ministry"), person, name="Otra")
    assert answer.status_code == 400
    assert Person.objects.get(pk=person.pk).name == "Una"


def test_nobody_moves_people_out_of_or_shuts_themselves_out(as_role, people):
    provider, ministry = people["provider"], people["ministry"]
    change(as_role("provider"), provider, organisation=ministry.organisation.pk, is_active=None)
    provider.refresh_from_db()
    assert provider.is_active
    assert provider.organisation.role == "provider"
    change(as_role("ministry"), ministry, organisation=provider.organisation.pk, is_active=None)
    ministry.refresh_from_db()
    assert ministry.is_active
    assert ministry.organisation.role == "ministry"


def test_colleagues_do_not_move_each_other(as_role, people):
    mate = Person.objects.create_user("mate@example.org", PASSWORD, organisation=people["provider"].organisation)
    change(as_role("provider"), mate, organisation=people["ministry"].organisation.pk)
    mate.refresh_from_db()
    assert mate.organisation == people["provider"].organisation


def test_organisations_made_by_the_command_line_have_pages_whatever_their_names(client, db):
    for name in ("Comité de Oaxaca", "Red “Ñuu Savi” S. de R.L.", "x" * 100):
        person = add_person(f"a{len(name)}@example.org", "", "provider", name, new_organisation=True)
        assert client.get(f"/organisations/{person.organisation.code}/").status_code == 200
        assert add_person(f"b{len(name)}@example.org", "", "provider", name).organisation == person.organisation
    assert client.get("/organisations/").status_code == 200
    with pytest.raises(AlcanceError, match="letters"):
        add_person("c@example.org", "", "provider", "«»")


def test_organisations_are_seen_by_all_and_made_by_the_ministry(client, as_role, people):
    assert client.get("/organisations/").status_code == 200
    assert client.get("/organisations/provider/").status_code == 200
    assert b"<del>" not in client.get("/organisations/provider/").content
    form = {"name": "Nueva", "code": "nueva", "role": "committee", "state_code": "", "why": "falta"}
    assert as_role("provider").post("/organisations/add", form).status_code == 403
    assert as_role("ministry").post("/organisations/add", form).status_code == 400
    assert as_role("ministry").post("/organisations/add", form | {"role": "provider"}).status_code == 302
    assert Organisation.objects.get(code="nueva").role == "provider"


def test_an_organisation_does_not_raise_itself(as_role, people):
    organisation = people["provider"].organisation
    form = {"name": "Otro nombre", "role": "ministry", "why": "x", "version": 1, "retired": "on"}
    assert as_role("provider").post("/organisations/provider/change", form).status_code == 302
    organisation.refresh_from_db()
    assert (organisation.name, organisation.role, organisation.retired_on) == ("Otro nombre", "provider", None)
    assert as_role("provider2").post("/organisations/provider/change", form).status_code == 403
    [latest, *_] = changes_of([organisation])
    assert (latest.who, latest.why) == ("provider", "x")


def test_people_of_a_retired_organisation_act_as_the_public(as_role, people):
    form = {"name": "P", "role": "provider", "why": "quebró", "version": 1, "retired": "on"}
    assert as_role("ministry").post("/organisations/provider/change", form).status_code == 302
    assert as_role("provider").get("/people/").status_code == 403
    assert Organisation.objects.get(code="provider").retired_on is not None
