"""Health, logs, checks and how the office is served."""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from tests.office.real import ROOT, RealOffice, get_json

from alcance.errors import InputError
from alcance.office.accounts.mail import mail_from
from alcance.office.api.keys import make_key
from alcance.office.api.models import KeyScope
from alcance.office.environment import one_of, time_zone, whole
from alcance.office.public.downloads.making import path_of
from alcance.office.public.models import Export
from alcance.office.running import checks, health
from alcance.office.running.logs import JsonLine, without_secrets


def test_health_tells_what_fails_and_nothing_else(client, db, monkeypatch):
    assert client.get("/health/live").json() == {"status": "ok"}
    ready = client.get("/health/ready")
    assert (ready.status_code, set(ready.json()["checks"])) == (200, {"database", "migrations", "disk"})
    monkeypatch.setattr(health, "LEAST_FREE_BYTES", 10**18)
    ready = client.get("/health/ready")
    assert (ready.status_code, ready.json()["checks"]["disk"]) == (503, "failing")
    assert client.post("/health/ready").status_code == 405


def test_health_sees_a_database_of_another_layout(client, db, monkeypatch):
    health._migrated.cache_clear()
    monkeypatch.setattr(health, "unapplied_migrations", lambda: ["register.0009_x"])
    assert client.get("/health/ready").json()["checks"]["migrations"] == "failing"
    monkeypatch.undo()
    assert client.get("/health/ready").status_code == 200


def test_a_request_keeps_the_name_it_was_given_unless_that_is_strange(client, db):
    assert client.get("/health/live", headers={"X-Request-ID": "proxy-7"}).headers["X-Request-ID"] == "proxy-7"
    for strange in ("a b", "x" * 65, 'x"}\n{"level": "error"', ""):
        named = client.get("/health/live", headers={"X-Request-ID": strange}).headers["X-Request-ID"]
        assert re.fullmatch("[0-9a-f]{32}", named)


def line_of(*args, **extra):
    record = logging.LogRecord("alcance.x", logging.INFO, "x.py", 1, *args, exc_info=None)
    record.__dict__.update(extra)
    return json.loads(JsonLine().format(record))


def test_a_line_is_one_json_object_whatever_is_in_it():
    line = line_of("%s\n{}", ('"\u2028\x00ñ',), request_id="r", status=200, ms=1.5, body="never", password="never")
    assert (line["level"], line["request_id"], line["status"]) == ("info", "r", 200)
    assert "never" not in json.dumps(line)
    assert "\n" not in JsonLine().format(logging.LogRecord("x", 20, "x", 1, "a\nb", None, None))


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("/accounts/password/reset/key/1-diqfm4-21548885cd/", "diqfm4"),
        ("could not connect to postgresql://alcance:hunter2@db:5432/office", "hunter2"),
    ],
)
def test_secrets_stay_out_of_the_log(text, secret):
    assert secret in text
    assert secret not in without_secrets(text)
    assert secret not in json.dumps(line_of(text, None, path=text))


def test_requests_are_logged_without_query_or_body(client, people, caplog):
    caplog.set_level(logging.INFO, logger="alcance.request")
    client.post("/accounts/login/?next=/secret-query", {"login": "provider@example.org", "password": "secret-body"})
    [record] = [record for record in caplog.records if record.name == "alcance.request"]
    assert (record.method, record.path, record.status) == ("POST", "/accounts/login/", 200)
    assert "secret" not in JsonLine().format(record)


def test_what_a_program_asks_with_somebodys_key_is_logged_as_theirs(client, people, now, caplog):
    caplog.set_level(logging.INFO, logger="alcance.request")
    _key, text = make_key(people["ministry"], "a program", KeyScope.WRITE, at=now)
    client.get("/api/sites", headers={"Authorization": f"Bearer {text}"})
    [record] = [record for record in caplog.records if record.name == "alcance.request"]
    assert record.person == people["ministry"].pk


def test_the_age_of_the_open_data_is_that_of_the_whole_register(db, settings, tmp_path, now):
    settings.OFFICE_DIR = tmp_path
    (tmp_path / "downloads").mkdir()

    def made(filters, days):
        at = now - dt.timedelta(days=days)
        export = Export.objects.create(format="csv", filters=filters, asked_at=at, made_at=at)
        path_of(export).write_text("")
        return export

    made("", 30)
    made("kind=school", 0)
    gone = made("", 1)
    path_of(gone).unlink()
    [finding] = checks._open_data(now)
    assert (finding.state, finding.found) == ("know", "made 720 hours ago")
    [tiles] = checks._tiles(now)
    assert tiles.found == "not made yet"


@pytest.mark.parametrize("url", ["http://x", "smtp://", "mail.example.org"])
def test_an_address_that_is_no_mail_server_is_refused(url):
    with pytest.raises(InputError, match="ALCANCE_EMAIL_URL"):
        mail_from(url)


def test_mail_servers():
    assert mail_from("") is None
    assert mail_from("smtp://u%40x:p%2Fq@host?tls=1") == ("host", 587, "u@x", "p/q", False, True)
    assert mail_from("smtps://host:4650") == ("host", 4650, "", "", True, False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALCANCE_CHALLENGE_ANSWER_DAYS", "sixty"),
        ("ALCANCE_DOWNLOADS_KEPT_DAYS", "0"),
        ("ALCANCE_TIME_ZONE", "Mars/Olympus"),
        ("ALCANCE_TIME_ZONE", "../etc/passwd"),
        ("ALCANCE_LANGUAGE", "fr"),
    ],
)
def test_a_setting_that_is_none_is_refused_by_its_name(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(InputError, match=name):
        one_of(name, "es", ["es", "en"]) if name == "ALCANCE_LANGUAGE" else (
            time_zone(name, "UTC") if name == "ALCANCE_TIME_ZONE" else whole(name, 60)
        )


def test_the_environment_says_where_and_how_the_office_is(tmp_path):
    office = RealOffice(tmp_path)
    said = office.python(
        "from django.conf import settings as s\n"
        "print(s.TIME_ZONE, s.LANGUAGE_CODE, s.LICENCE_URL, s.PUBLISHER, s.CHALLENGE_ANSWER_DAYS,"
        " s.CHALLENGE_SETTLE_DAYS, s.DOWNLOADS_KEPT_DAYS)",
        ALCANCE_TIME_ZONE="America/Bogota",
        ALCANCE_LANGUAGE="en",
        ALCANCE_LICENCE_URL="https://x.example/l",
        ALCANCE_PUBLISHER="",
        ALCANCE_CHALLENGE_ANSWER_DAYS="15",
        ALCANCE_CHALLENGE_SETTLE_DAYS="",
    )
    assert said == "America/Bogota en https://x.example/l Alcance 15 60 7"


def test_every_setting_of_the_environment_is_told_in_the_docs():
    """In the docstring of the settings and in the page of running."""
    settings_file = (ROOT / "src" / "alcance" / "office" / "settings.py").read_text()
    _quotes, docstring, code = settings_file.split('"""', 2)
    page = (ROOT / "docs" / "office" / "running.md").read_text()
    names = set(re.findall(r'"(ALCANCE_[A-Z0-9_]+|DATABASE_URL)"', code))
    assert len(names) > 15
    assert {name for name in names if f"`{name}`" not in docstring} == set()
    assert {name for name in names if f"`{name}`" not in page} == set()


def test_who_watches_the_office_on_its_own_machine_is_answered_though_hosts_are_named(tmp_path):
    """As a container's health check does, without TLS and by the address of the loopback."""
    office = RealOffice(tmp_path / "office")
    office.run("init")
    with office.served(ALCANCE_HOSTS="oficina.example") as (address, _process):
        assert get_json(f"{address}/health/ready")[0] == 200
        stranger = urllib.request.Request(f"{address}/health/ready", headers={"Host": "stranger.example"})
        with pytest.raises(urllib.error.HTTPError, match="400"):
            urllib.request.urlopen(stranger, timeout=10)


def test_for_others_to_reach_the_settings_are_safe(tmp_path):
    env = {name: value for name, value in os.environ.items() if not name.startswith(("ALCANCE_", "DJANGO_"))}
    env |= {"ALCANCE_HOSTS": "oficina.example", "ALCANCE_OFFICE_DIR": str(tmp_path), "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
    arguments = [*command, "--settings", "alcance.office.settings"]
    done = subprocess.run(arguments, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_help_comes_at_once_and_brings_no_django_in():
    heavy = "[name for name in ('django', 'numpy', 'granian') if name in sys.modules]"
    script = f"import sys; from alcance.cli import app; print({heavy})"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.strip() == "[]"


def test_without_the_offices_libraries_the_command_says_how_to_get_them(tmp_path):
    script = "import sys; sys.modules['granian'] = None; from alcance.cli import app; app(['office', 'check'])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 1
    assert "pip install '.[office]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_office_from_nothing_to_served(tmp_path):
    office = RealOffice(tmp_path / "office")
    assert "there is none" in office.run("check", code=1)
    assert "/accounts/password/reset/key/" in office.run("init", "--email", "a@example.org", "--name", "A")
    assert (tmp_path / "office" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert "0 to mend" in office.run("check")
    assert "0 migrations" in office.run("migrate")
    assert "here already" in office.run("init", "--email", "A@example.org", code=1)
    assert "nobody has this address" in office.run("person", "link", "x@example.org", code=1)
    assert "no such role" in office.run(
        "person", "add", "b@example.org", "--role", "king", "--organisation", "X", code=1
    )
    office.run(
        "person", "add", "b@example.org", "--role", "provider", "--organisation", "Red Sierra", "--new-organisation"
    )
    told = office.run("tiles", "--quiet")
    assert "0 sites" in told
    assert re.search(r"land-[0-9a-f]{16}\.pmtiles, areas-[0-9a-f]{16}\.pmtiles, sites-[0-9a-f]{16}\.pmtiles", told)
    assert "as it is" in office.run("tiles")
    assert "0 sites" in office.run("tiles", "--always")
    assert "0 rows" in office.run("exports")
    assert "0 days, 0 files" in office.run("compact")
    assert "must be a day" in office.run("compact", "--before", "monday", code=1)
    assert "/progress/mexico-conectado/" in office.run("example-programme")
    log = tmp_path / "log"
    with office.served("--worker", log=log) as (address, _process):
        assert get_json(f"{address}/health/ready")[0] == 200
        with urllib.request.urlopen(f"{address}/organisations/", timeout=10) as response:
            page = response.read().decode()
            assert response.headers["X-Request-ID"]
        assert "Red Sierra" in page
        [style] = re.findall(r'href="(/static/web/office\.[0-9a-f]+\.css)"', page)
        request = urllib.request.Request(f"{address}{style}", headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(request, timeout=10) as response:
            assert response.headers["Content-Encoding"] == "gzip"
            assert "immutable" in response.headers["Cache-Control"]
        assert "running" in office.run("restore", str(tmp_path / "none.zip"), code=1)
    lines = [json.loads(line) for line in log.read_text().splitlines() if not line.startswith("http://")]
    told = [line for line in lines if line.get("path") == "/organisations/"]
    assert len(told) == 1
    assert {"time", "level", "request_id", "method", "path", "status", "ms"} <= set(told[0])


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_an_office_stops_at_once_and_whoever_asks_twice_does_not_wait(tmp_path, sign):
    office = RealOffice(tmp_path / "office")
    office.run("init")
    log = tmp_path / "log"
    for times, code in ((1, 0), (2, 130)):
        with office.served("--worker", log=log) as (_address, process):
            for _ in range(times):
                # Ctrl-C in a terminal is told to every process that runs in it.
                os.killpg(process.pid, sign)
                time.sleep(0.02)
            assert process.wait(10) == code
    said = log.read_text()
    assert "Traceback" not in said
    assert "refused to gracefully stop" not in said


def test_an_office_that_cannot_be_is_said_so(tmp_path):
    office = RealOffice(tmp_path / "office")
    (tmp_path / "office").write_text("a file")
    assert "cannot be made" in office.run("init", code=1)
    down = RealOffice(tmp_path / "other", "postgresql://u:hunter2@127.0.0.1:1/x")
    (tmp_path / "other").mkdir()
    said = down.run("check", code=1)
    assert "does not answer" in said
    assert "hunter2" not in said
