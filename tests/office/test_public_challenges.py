"""Corrections: who may do what when, what is public, and what a machine that fills in forms achieves."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.office.public_world import build

from alcance.office.accounts.refusals import NotAllowed
from alcance.office.public.challenges.life import ImpossibleStep, deadline_days, file_challenge, is_late, steps, take
from alcance.office.public.limits import visitor_of
from alcance.office.public.models import Attempt, Challenge, ChallengeEvent, ChallengeState
from alcance.office.public.models.challenge import OPEN

SAID = {"about": "not_working", "text": "No funciona desde el lunes", "contact": "yo@example.org", "website": ""}
DAY = dt.timedelta(days=1)


@pytest.fixture
def challenge(sites, now):
    return file_challenge(sites[0], "wrong_place", "Está del otro lado", at=now, contact="yo@example.org")


@pytest.fixture
def form(sites):
    return f"/sites/{sites[0].pk}/mistake/"


def test_anybody_files_and_everybody_reads(client, form, sites):
    answer = client.post(form, SAID, follow=True)
    filed = Challenge.objects.get()
    assert answer.redirect_chain == [(f"/challenges/{filed.pk}/", 302)]
    assert (filed.site, filed.state, filed.contact) == (sites[0], "filed", "yo@example.org")
    assert filed.due_at - filed.filed_at == deadline_days("answer") * DAY
    [event] = filed.events.all()
    assert (event.step, event.actor, event.organisation) == ("file", None, None)
    page = client.get(f"/challenges/{filed.pk}/").content.decode()
    assert "No funciona desde el lunes" in page
    assert "yo@example.org" not in page
    assert f"/challenges/{filed.pk}/" in client.get(f"/sites/{sites[0].pk}/").content.decode()


def test_the_sixth_in_an_hour_is_slowed_and_files_nothing(client, form):
    for number in range(5):
        assert client.post(form, {**SAID, "text": f"Cosa número {number}"}).status_code == 302
    answer = client.post(form, SAID)
    assert answer.status_code == 429
    assert Challenge.objects.count() == 5
    assert client.post(form, SAID, REMOTE_ADDR="198.51.100.7").status_code == 302
    Attempt.objects.update(at=timezone.now() - dt.timedelta(hours=2))
    assert client.post(form, SAID).status_code == 302


def test_people_who_are_logged_in_are_not_slowed(as_role, form):
    client = as_role("institution")
    for _ in range(7):
        assert client.post(form, SAID).status_code == 302


def test_no_address_is_kept(client, form):
    client.post(form, SAID, REMOTE_ADDR="203.0.113.9")
    [attempt] = Attempt.objects.all()
    assert "203.0.113.9" not in repr(vars(attempt))


def test_a_network_of_addresses_is_one_visitor(rf, now):
    def visitor(address, **more):
        return visitor_of(rf.get("/", REMOTE_ADDR=address, **more), now)

    assert visitor("2001:db8::1") == visitor("2001:db8::ffff:2") != visitor("2001:db8:0:1::1")
    assert visitor("203.0.113.9") != visitor("203.0.113.10")
    assert visitor("::ffff:203.0.113.9") == visitor("203.0.113.9") != visitor("::ffff:203.0.113.10")
    # Whoever is not behind our proxy cannot choose who they are.
    assert visitor("203.0.113.9", HTTP_X_FORWARDED_FOR="1.2.3.4") == visitor("203.0.113.9")


@pytest.mark.parametrize(
    "changes",
    [{"website": "http://spam"}, {"text": "corto"}, {"text": "x" * 2001}, {"about": "love"}, {"text": ""},
     {"text": "compre en http://a y http://b"}, {"text": '<a href="x">aquí hay algo</a>'}, {"contact": "y" * 201},
     {"text": "\x00" * 20}],
)  # fmt: skip
def test_spam_and_nonsense_are_refused_with_words(client, form, changes):
    answer = client.post(form, SAID | changes)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
    assert not Challenge.objects.exists()


def test_the_form_wants_a_token(sites, form):
    assert Client(enforce_csrf_checks=True).post(form, SAID).status_code == 403


def test_html_is_shown_as_text(client, sites, now):
    filed = file_challenge(sites[0], "other", "<script>alert(1)</script>", at=now)
    for page in (f"/challenges/{filed.pk}/", "/challenges/"):
        assert "<script>" not in client.get(page).content.decode()


def test_answer_then_decision_all_public(challenge, people, now, client):
    take(challenge, "answer", people["institution"], "Es verdad", at=now + DAY)
    assert challenge.due_at == now + DAY + deadline_days("settle") * DAY
    take(challenge, "answer", people["committee"], "Lo vimos también", at=now + 5 * DAY)
    assert challenge.due_at == now + DAY + deadline_days("settle") * DAY
    take(challenge, "uphold", people["ministry"], "Se corrige", at=now + 6 * DAY)
    assert (challenge.state, challenge.due_at) == ("upheld", None)
    page = client.get(f"/challenges/{challenge.pk}/").content.decode()
    for words in ("Es verdad", "Lo vimos también", "Se corrige"):
        assert words in page
    assert [event.after for event in challenge.events.all()] == ["filed", "answered", "answered", "upheld"]


def test_who_may_answer(sites, people):
    world = build(sites, people, timezone.now())
    now = timezone.now()
    may = {"institution", "provider", "committee", "ministry"}
    for role in people:
        fresh = file_challenge(world.sites[1], "other", "Algo está mal aquí", at=now)
        if role in may:
            take(fresh, "answer", people[role], "Respuesta", at=now)
        else:
            with pytest.raises(NotAllowed):
                take(fresh, "answer", people[role], "Respuesta", at=now)
        for step in ("uphold", "dismiss"):
            if role != "ministry":
                with pytest.raises(NotAllowed):
                    take(fresh, step, people[role], "No", at=now)


def test_the_ministry_waits_for_an_answer_until_its_deadline(challenge, people, now):
    with pytest.raises(ImpossibleStep):
        take(challenge, "dismiss", people["ministry"], "No procede", at=now + 59 * DAY)
    later = now + 61 * DAY
    assert is_late(challenge, later)
    take(challenge, "dismiss", people["ministry"], "No procede", at=later)
    assert challenge.state == "dismissed"


def test_who_comes_second_is_refused(challenge, people, now):
    seen = Challenge.objects.get(pk=challenge.pk)
    take(challenge, "answer", people["institution"], "Es verdad", at=now)
    with pytest.raises(ImpossibleStep):
        take(seen, "answer", people["committee"], "No es verdad", at=now)
    assert ChallengeEvent.objects.filter(challenge=challenge).count() == 2


@given(st.lists(st.tuples(st.sampled_from(sorted(steps())), st.integers(0, 80)), max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
def test_whatever_is_tried_the_life_keeps_to_its_table(sites, people, now, tried):
    challenge, at = file_challenge(sites[0], "other", "Algo está mal aquí", at=now), now
    for name, days in tried:
        at += days * DAY
        try:
            take(challenge, name, people["ministry"], "Palabras", at=at)
        except ImpossibleStep:
            continue
    challenge.refresh_from_db()
    events = list(challenge.events.all())
    assert [event.before for event in events] == ["", *(event.after for event in events[:-1])]
    assert challenge.state == events[-1].after
    assert (challenge.due_at is not None) is (challenge.state in OPEN)
    assert challenge.version == len(events)


def test_the_list_marks_what_is_overdue(client, sites, people):
    now = timezone.now()
    old = file_challenge(sites[0], "other", "La vieja", at=now - 70 * DAY)
    file_challenge(sites[1], "other", "La nueva", at=now)
    page = client.get("/challenges/?state=overdue", headers={"accept-language": "en"}).content.decode()
    assert "La vieja" in page
    assert "La nueva" not in page
    assert "overdue" in client.get(f"/challenges/{old.pk}/", headers={"accept-language": "en"}).content.decode()
    for state in ChallengeState:
        assert client.get(f"/challenges/?state={state}").status_code == 200
    assert client.get("/challenges/?state=lost").status_code == 400
    assert client.get("/challenges/?before=x").status_code == 400


def test_every_correction_stands_on_exactly_one_page(client, sites, now, monkeypatch):
    monkeypatch.setattr("alcance.office.public.views.challenges.ROWS", 3)
    made = [file_challenge(sites[0], "other", "Algo está mal", at=now).pk for _ in range(8)]
    import re

    seen, page = [], "/challenges/"
    while page:
        html = client.get(page).content.decode()
        seen += [int(pk) for pk in re.findall(r'<h2><a href="/challenges/(\d+)/">', html)]
        onward = re.search(r'rel="next" href="([^"]+)"', html)
        page = "/challenges/" + onward[1] if onward else None
    assert seen == made[::-1]


def test_steps_are_taken_on_the_page(as_role, challenge):
    client = as_role("institution")
    page = client.get(f"/challenges/{challenge.pk}/").content.decode()
    assert 'value="answer"' in page
    assert 'value="uphold"' not in page
    said = {"step": "answer", "version": challenge.version, "text": "Fuimos y es verdad"}
    assert client.post(f"/challenges/{challenge.pk}/", said).status_code == 302
    assert client.post(f"/challenges/{challenge.pk}/", said).status_code == 400
    assert client.post(f"/challenges/{challenge.pk}/", said | {"step": "explode"}).status_code == 400
    assert client.post(f"/challenges/{challenge.pk}/", said | {"step": "uphold", "version": 2}).status_code == 403
    client.logout()
    assert client.post(f"/challenges/{challenge.pk}/", said | {"version": 2}).url.startswith("/accounts/login/")


def test_the_contact_is_seen_by_the_ministry_alone(as_role, challenge):
    for role, seen in (("ministry", True), ("institution", False), ("auditor", False), ("provider", False)):
        page = as_role(role).get(f"/challenges/{challenge.pk}/").content.decode()
        assert ("yo@example.org" in page) is seen


def test_a_line_break_counts_once_and_what_is_too_long_is_not_lost(as_role, challenge):
    client, address = as_role("institution"), f"/challenges/{challenge.pk}/"
    said = {"step": "answer", "version": challenge.version}
    page = client.post(address, said | {"text": "y\r\n" * 2001 + "fin"})
    assert page.status_code == 400
    shown = page.content.decode()
    assert 'role="alert"' in shown
    assert "fin</textarea>" in shown
    # As long as the browser lets it be: each break is sent as two characters.
    assert client.post(address, said | {"text": "y\r\n" * 1999 + "fi"}).status_code == 302
    assert challenge.events.get(step="answer").text == "y\n" * 1999 + "fi"
