"""What the office refuses, it says in words, and every refusal leads on."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from django_tasks import task
from tests.office.delivering import plan_sites, publish_lot

from alcance.errors import InputError, Problem
from alcance.office.accounts.refusals import Refused
from alcance.office.running.jobs import start, working
from alcance.office.running.models import Job
from alcance.office.web.errors import page_above
from alcance.office.web.problems import error_lines

HERE = "http://testserver"


@pytest.fixture
def no_row_chosen(as_role, sites):
    """A form of the nominations that names none."""
    client = as_role("ministry")

    def send(**headers):
        return client.post("/nominations/", {"deed": "approve", "state": "20"}, headers=headers)

    return send


def test_a_refusal_is_a_sentence_with_a_way_back(no_row_chosen):
    answer = no_row_chosen(referer=f"{HERE}/nominations/?state=20&after=x")
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Elija al menos una nominación." in page
    assert 'role="alert"' in page
    assert 'href="/nominations/?state=20&amp;after=x"' in page


@pytest.mark.parametrize("elsewhere", ["https://evil.example/x", f"{HERE}//evil.example/x", "javascript:alert(1)", ""])
def test_the_way_back_never_leads_elsewhere(no_row_chosen, elsewhere):
    page = no_row_chosen(referer=elsewhere).content.decode()
    assert 'id="back" href="/nominations/"' in page
    assert "evil" not in page


def test_a_host_that_is_not_ours_is_refused_and_no_fault(client, db):
    answer = client.get("/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert b"evil.example" not in answer.content
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


def test_a_wrong_address_leads_to_the_same_page_without_what_was_wrong(as_role, sites):
    answer = as_role("ministry").get("/register/?after=wrong")
    assert answer.status_code == 400
    assert 'id="back" href="/register/"' in answer.content.decode()


def test_an_address_of_forms_leads_as_a_page_to_the_page_of_the_thing(as_role, sites, people, now):
    plan_sites(sites[:1], people, now)
    publish_lot(sites[:1], people, now)
    client = as_role("ministry")
    job = Job.objects.create(title="x", asked_by=people["ministry"], state="done")
    for path, page in (
        ("/lots/lot-1/publish/", "/lots/lot-1/"),
        ("/connections/order/", "/connections/"),
        (f"/jobs/{job.pk}/again", f"/jobs/{job.pk}/"),
        (f"/people/{people['provider'].pk}/link", f"/people/{people['provider'].pk}/"),
        ("/account/keys/1/retire/", "/account/keys/"),
    ):
        # As the browser's address bar asks, and as the button of the language does.
        assert client.get(path)["Location"] == page
        again = client.get("/language", {"language": "en", "next": path}, follow=True)
        assert (again.status_code, again.request["PATH_INFO"]) == (200, page)


def test_pages_lie_in_folders():
    above = {
        "/nowhere": "/",
        "/lots/lot-1/": "/lots/",
        "/lots/lot-1/open/": "/lots/lot-1/",
        "/imports/5/x": "/imports/5/",
    }
    assert {path: page_above(path) for path in above} == above


INSIDE = ("/imports/", "/register/?q=x", "/nominations/", "/probes/", "/people/", "/jobs/", "/account/")


@pytest.mark.parametrize("path", INSIDE)
def test_who_is_not_logged_in_is_led_to_the_login_and_back(client, people, path):
    answer = client.get(path)
    assert answer.status_code == 302
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert f'name="next" value="{path}"' in page.content.decode()


def test_who_is_logged_in_and_may_not_is_told_so(as_role):
    assert as_role("association").get("/imports/").status_code == 403


@pytest.mark.parametrize("path", ["/nominations/", "/jobs/{job}/again", "/imports/{batch}/decide/"])
def test_a_form_sent_after_the_session_has_ended_is_told_not_taken(client, people, bring, path):
    job = Job.objects.create(title="x", asked_by=people["ministry"], state="failed")
    batch = bring("key,key_scheme,name,kind,lon,lat\n20DPR0099A,cct,Nueva,school,-96.5,17.0\n")
    from_page = {"referer": f"{HERE}/nominations/?state=20"}
    answer = client.post(path.format(job=job.pk, batch=batch.pk), {"deed": "approve"}, headers=from_page)
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "Lo que envió no se recibió" in page
    assert 'name="next" value="/nominations/?state=20"' in page


def test_a_form_from_before_the_login_is_told_so_in_words(people):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["ministry"], backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.post("/nominations/", {"deed": "approve"}, headers={"referer": f"{HERE}/nominations/"})
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "No se cambió nada" in page
    assert 'id="back" href="/nominations/"' in page
    assert "DEBUG" not in page


def test_a_file_that_is_too_large_is_told_on_a_page(client, people):
    answer = client.generic(
        "POST", "/accounts/login/", b"x", "multipart/form-data; boundary=x", CONTENT_LENGTH="3000000"
    )
    assert answer.status_code == 413
    assert 'id="back" href="/accounts/login/"' in answer.content.decode()


def test_what_is_no_form_is_told_on_a_page_in_spanish(client, people):
    client.raise_request_exception = False
    cut_short = client.generic("POST", "/accounts/login/", b"--y", "multipart/form-data; boundary=")
    assert cut_short.status_code == 400
    assert "Esto no se entiende" in cut_short.content.decode()


NUMBERS = (
    "/sites/{}/", "/sites/{}/place.svg", "/sites/{}/mistake/", "/register/{}/", "/imports/{}/", "/plans/{}/",
    "/connections/{}/", "/challenges/{}/", "/downloads/{}/", "/jobs/{}/", "/people/{}/", "/map/sites/{}",
)  # fmt: skip


@pytest.mark.parametrize("number", [2**63 - 1, 2**63, 10**30, 10**18 - 1])
@pytest.mark.parametrize("path", NUMBERS)
def test_a_number_that_no_database_holds_is_no_page(as_role, path, number):
    assert as_role("ministry").get(path.format(number)).status_code == 404


def test_what_is_wrong_with_a_row_is_told_in_the_readers_language(client, settings):
    wrong = InputError([Problem("oferta.csv", 2, "install_price", "-5", "no debe ser negativo")])
    assert error_lines(wrong) == ["oferta.csv, fila 2, columna install_price («-5»): No debe ser negativo."]


def test_a_file_in_another_encoding_is_told_in_spanish(as_role, areas, bring, people, tmp_path):
    content = "key,key_scheme,name,kind,lon,lat\n20DPR0099A,cct,Telebachillerato Ávila,school,-96.5,17.0\n".encode(
        "cp1252"
    )
    client = as_role("institution")
    answer = client.post("/imports/", {"file": SimpleUploadedFile("cp1252.csv", content)}, follow=True)
    page = answer.content.decode()
    assert "cp1252.csv: Se leyó como Windows-1252" in page
    assert "Ávila" in page


def test_work_that_is_refused_says_why_in_the_askers_language_and_is_not_run_again(as_role, people):
    with translation.override("en"):
        job = start(refused_task, "x", people["ministry"])
    refused_task.func(job.pk)
    page = as_role("ministry").get(f"/jobs/{job.pk}/").content.decode()
    assert "This very plan has been taken in already." in page
    assert "/again" not in page


@task()
def refused_task(job_id):
    """Work that is refused, as the second taking in of a plan is."""
    with working(job_id):
        raise Refused(translation.gettext("this very plan has been taken in already"))


def test_the_description_of_the_api_is_read_without_backticks(client, db):
    page = client.get("/api/docs").content.decode()
    assert "`" not in page.split("<main")[1]
