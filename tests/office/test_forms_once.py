"""A form that is sent twice, as by a double click, is done once, and both are led to the same page."""

from __future__ import annotations

import re
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection as database
from django.test import Client
from tests.office.delivering import DAY, award_lot, install, picture, plan_sites, publish_lot

from alcance.office.delivery.models import Inspection, Question
from alcance.office.public.models import Challenge
from alcance.office.web.models import SentForm

pytestmark = [pytest.mark.usefixtures("in_english"), pytest.mark.django_db]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def browser(people):
    """A browser that must bring the page's token, as real ones do."""

    def of(role=None):
        client = Client(enforce_csrf_checks=True)
        if role:
            client.force_login(people[role], backend=BACKEND)
        return client

    return of


def token(client, address):
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(address).content.decode())[1]


def test_a_question_that_is_sent_twice_is_asked_once_and_a_new_page_asks_anew(browser, sites, people, now, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + DAY)
    plan_sites(sites[:1], people, now)
    publish_lot(sites[:1], people, now)
    provider = browser("provider")
    for times in (1, 2):
        form = {"csrfmiddlewaretoken": token(provider, "/lots/lot-1/"), "text": "Is there power?"}
        answers = [provider.post("/lots/lot-1/ask/", form) for _ in range(3)]
        assert [(one.status_code, one["Location"]) for one in answers] == [(302, "/lots/lot-1/")] * 3
        assert Question.objects.count() == times
    # Another question from the same page is another form.
    assert provider.post("/lots/lot-1/ask/", form | {"text": "And a road?"}).status_code == 302
    assert Question.objects.count() == 3


def test_a_correction_of_the_public_is_filed_once(browser, sites):
    public, address = browser(), f"/sites/{sites[0].pk}/mistake/"
    form = {"csrfmiddlewaretoken": token(public, address), "about": "not_working", "text": "No hay señal"}
    first, second = (public.post(address, form) for _ in range(2))
    assert first["Location"] == second["Location"] == f"/challenges/{Challenge.objects.get().pk}/"


def test_an_inspection_with_a_photo_is_recorded_once(browser, sites, people, now, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    plan_sites(sites[:1], people, now)
    one = award_lot(sites[:1], people, now).connections.select_related("site").get()
    install(one, people, now + 20 * DAY)
    committee, at = browser("committee"), f"/connections/{one.pk}/"
    mark = token(committee, at)
    for _ in range(3):
        photo = SimpleUploadedFile("q.jpg", picture((640, 48)), "image/jpeg")
        sent = {"csrfmiddlewaretoken": mark, "works": "yes", "down_mbps": "32", "photo": photo}
        assert committee.post(f"{at}inspect/", sent)["Location"] == at
    assert Inspection.objects.count() == 1


def test_what_was_refused_leaves_nothing_and_may_be_sent_again(browser, sites):
    committee = browser("committee")
    form = {"csrfmiddlewaretoken": token(committee, "/nominations/new/?q=escuela"), "site": [sites[4].pk]}
    for _ in range(2):
        assert committee.post("/nominations/new/", form).status_code == 400
    forged = form | {"csrfmiddlewaretoken": "x" * 64, "site": [sites[0].pk]}
    assert committee.post("/nominations/new/", forged).status_code == 403
    assert not SentForm.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_who_presses_while_the_first_is_still_being_done_waits_for_it(browser, sites):
    committee = browser("committee")
    form = {"csrfmiddlewaretoken": token(committee, "/nominations/new/?q=escuela"), "site": [sites[0].pk]}
    answers = []

    def press():
        answers.append(committee.post("/nominations/new/", form))
        database.close()

    pressed = [threading.Thread(target=press) for _ in range(5)]
    for one in pressed:
        one.start()
    for one in pressed:
        one.join()
    assert [one.status_code for one in answers] == [302] * 5
    assert len({one["Location"] for one in answers}) == 1
    assert sites[0].nominations.count() == 1
