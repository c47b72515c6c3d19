"""Measurements: signed, stored once, on the disk before the answer, and asked by queries."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from alcance.office.api.problems import Refusal
from alcance.office.running.compaction import compact_days
from alcance.office.service import client as probe_client
from alcance.office.service import placing, reading, store
from alcance.office.service.evidence import measured, summaries
from alcance.office.service.models import Batch, Probe
from alcance.office.service.reading import ask
from alcance.office.service.receiving import receive

KEY = probe_client.new_key()


@pytest.fixture(autouse=True)
def office_dir(settings, tmp_path):
    settings.OFFICE_DIR = tmp_path / "office"
    return settings.OFFICE_DIR


@pytest.fixture
def probe(sites, people, now):
    return placing.add(
        "p1", sites[0], probe_client.public_half(KEY), people["ministry"], at=now - dt.timedelta(days=40)
    )


def rows(now, count=3, days=1, **figures):
    return [
        {
            "time": (now - dt.timedelta(days=day, minutes=minute)).isoformat(), "online": True,
            "down_mbps": 20.0 + minute, "up_mbps": 5.0, "latency_ms": 30.0, "loss": 0.01, **figures,
        }
        for day in range(days)
        for minute in range(count)
    ]  # fmt: skip


def leave(body, now, code="p1", key=KEY):
    return receive(code, probe_client.signed(key, body), body, at=now)


def test_a_batch_is_stored_once_whoever_sends_it_how_often(probe, now):
    batch_id = uuid.uuid4()
    body = probe_client.batch_of(rows(now), batch_id)
    first = leave(body, now)
    again = leave(body, now + dt.timedelta(hours=1))
    assert first == again
    with pytest.raises(Refusal) as caught:
        leave(probe_client.batch_of(rows(now, count=2), batch_id), now)
    assert caught.value.status == 409
    assert Batch.objects.count() == 1
    assert summaries(now, 5)["measurements"].tolist() == [3]


def test_only_the_probes_own_key_signs(probe, now):
    body = probe_client.batch_of(rows(now))
    for code, key in (("p1", probe_client.new_key()), ("p2", KEY)):
        with pytest.raises(Refusal) as caught:
            leave(body, now, code, key)
        assert caught.value.status == 401
    with pytest.raises(Refusal):
        receive("p1", probe_client.signed(KEY, body), body + b" ", at=now)
    Probe.objects.update(retired_at=now)
    with pytest.raises(Refusal):
        leave(body, now)
    assert not Batch.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"time": "yesterday"},
        {"time": "2026-03-02T10:00:00"},
        {"time": "2026-03-02T18:00:00+00:00"},
        {"time": "2025-03-02T10:00:00+00:00"},
        {"online": "yes"},
        {"online": None},
        {"down_mbps": -1},
        {"down_mbps": "fast"},
        {"down_mbps": True},
        {"latency_ms": 1e9},
        {"loss": 1.5},
        {"time": "0001-01-01T00:00:00+14:00"},
        {"time": "9999-12-31T23:59:59-14:00"},
        {"down_mbps": 10**400},
        {"up_mbps": float("nan")},
        {"latency_ms": float("inf")},
    ],
)
def test_an_impossible_figure_is_refused_with_its_place(probe, now, change):
    with pytest.raises(Refusal) as caught:
        leave(probe_client.batch_of([*rows(now, count=1), {**rows(now, count=1)[0], **change}]), now)
    assert caught.value.status == 422
    assert f"measurements[1].{next(iter(change))}" in caught.value.detail


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'{"id": "x", "measurements": []}',
        b'{"id": "7f6d1d1e-0000-4000-8000-000000000000", "measurements": {}}',
        b'{"id": "7f6d1d1e-0000-4000-8000-000000000000", "measurements": [1]}',
        b'{"id": "7f6d1d1e-0000-4000-8000-000000000000", "measurements": [{"time": NaN}]}',
        b"[" * 100_000,
        b"\xff\xfe",
    ],
)
def test_a_body_of_the_wrong_shape_is_refused(probe, now, body):
    with pytest.raises(Refusal) as caught:
        leave(body, now)
    assert caught.value.status == 422


def test_too_much_at_once_is_refused(probe, now):
    with pytest.raises(Refusal) as caught:
        leave(b" " * 2_000_001, now)
    assert caught.value.status == 413


def test_what_was_measured_is_told_from_three_days_on(probe, sites, now):
    leave(probe_client.batch_of(rows(now, days=2)), now)
    assert measured(sites[0], None, now) is None
    leave(probe_client.batch_of(rows(now, days=4)), now)
    proof = measured(sites[0], None, now)
    assert (proof["days"], proof["availability"], proof["down_mbps"]) == (4, 1.0, 21.0)
    assert proof["batches"] == 2
    assert len(proof["newest_batches"]) == 2
    json.dumps(proof)
    assert measured(sites[0], now - dt.timedelta(days=1), now) is None
    assert measured(sites[1], None, now) is None


def test_the_days_of_evidence_are_those_of_the_office(probe, sites, now):
    evening = now.replace(hour=2) - dt.timedelta(days=1)
    leave(probe_client.batch_of(rows(evening, days=5)), now)
    # Eight in the evening of the day before, where the office is.
    proof = measured(sites[0], evening - dt.timedelta(days=7), evening)
    assert (proof["from"], proof["to"]) == ("2026-02-21", "2026-02-28")


def test_a_line_that_is_mostly_down_is_told_so(probe, sites, now):
    leave(probe_client.batch_of(rows(now, days=5)), now)
    leave(probe_client.batch_of(rows(now - dt.timedelta(hours=3), days=5, count=5, online=False)), now)
    assert measured(sites[0], None, now)["availability"] == pytest.approx(3 / 8)
    by_day = ask("by_day", now - dt.timedelta(days=9), now, site=sites[0].pk)
    assert by_day["availability"].tolist() == [pytest.approx(3 / 8)] * 5


def test_compacting_a_day_changes_no_answer(probe, now):
    for _ in range(5):
        leave(probe_client.batch_of(rows(now - dt.timedelta(minutes=7 * _), days=2)), now)
    before = summaries(now, 9)
    assert store.compact(now.date()) == 5
    assert store.compact(now.date()) == 1
    assert len(list(store.day_folder(now.date()).glob("*.parquet"))) == 1
    assert summaries(now, 9).equals(before)


def test_another_body_under_the_same_id_never_writes_over_the_first(probe, now, monkeypatch):
    batch_id = uuid.uuid4()
    leave(probe_client.batch_of(rows(now), batch_id), now)
    # As if both had come at the same moment, and neither had seen the other's record.
    monkeypatch.setattr(Batch.objects, "filter", lambda **_: Batch.objects.none())
    with pytest.raises(Refusal) as caught:
        leave(probe_client.batch_of(rows(now, count=1, down_mbps=9_999.0), batch_id), now)
    assert caught.value.status == 409
    assert summaries(now, 5)[["measurements", "down_mbps"]].iloc[0].tolist() == [3, 21.0]
    assert len(list(store.day_folder(now.date()).glob("*.parquet"))) == 1


def test_two_that_compact_the_same_day_lose_nothing(probe, now, monkeypatch):
    leave(probe_client.batch_of(rows(now)), now)
    leave(probe_client.batch_of(rows(now - dt.timedelta(minutes=7))), now)
    write_whole = store._write_whole

    def meanwhile(table, path):
        monkeypatch.setattr(store, "_write_whole", write_whole)
        leave(probe_client.batch_of(rows(now - dt.timedelta(minutes=14))), now)
        assert store.compact(now.date()) == 3
        write_whole(table, path)

    monkeypatch.setattr(store, "_write_whole", meanwhile)
    store.compact(now.date())
    assert summaries(now, 5)["measurements"].tolist() == [9]
    assert compact_days((now + dt.timedelta(days=1)).date())[0] == 1
    assert len(list(store.day_folder(now.date()).glob("*.parquet"))) == 1
    assert summaries(now, 5)["measurements"].tolist() == [9]


def test_a_day_that_is_compacted_while_it_is_read_is_read_again(probe, now, monkeypatch):
    leave(probe_client.batch_of(rows(now)), now)
    leave(probe_client.batch_of(rows(now - dt.timedelta(minutes=7))), now)
    listed = reading._files

    def listed_too_early(first, last):
        monkeypatch.setattr(reading, "_files", listed)
        found = listed(first, last)
        store.compact(now.date())
        return found

    monkeypatch.setattr(reading, "_files", listed_too_early)
    assert summaries(now, 5)["measurements"].tolist() == [6]


def test_a_body_beyond_all_bounds_is_a_problem_too(client, db):
    bad = client.post("/api/measurements", b" " * 3_000_000, content_type="application/json")
    assert (bad.status_code, bad["Content-Type"]) == (413, "application/problem+json")


def test_the_endpoint_answers_problems_as_problems(probe, client, now):
    body = probe_client.batch_of(rows(dt.datetime.now(dt.UTC)))
    headers = {"Alcance-Probe": "p1", "Alcance-Signature": probe_client.signed(KEY, body)}
    good = client.post("/api/measurements", body, content_type="application/json", headers=headers)
    assert (good.status_code, good.json()["measurements"]) == (200, 3)
    bad = client.post("/api/measurements", body, content_type="application/json")
    assert (bad.status_code, bad["Content-Type"]) == (401, "application/problem+json")
    assert client.get("/api/measurements").status_code == 405


PREPARE = """
import datetime, os, sys
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.conf import settings
settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
from alcance.office.register.models import Area, Site
from alcance.office.service.models import Placement, Probe
state = Area.objects.create(code="20", level="state", name="Oaxaca")
town = Area.objects.create(code="20001", level="municipality", name="M", parent=state)
site = Site.objects.create(key="A", key_scheme="alcance", name="A", kind="school", lon=-96, lat=17, municipality=town,
                           state_code="20", cell=1)
long_ago = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=40)
probe = Probe.objects.create(code="p1", site=site, public_key=sys.argv[1], added_at=long_ago)
Placement.objects.create(probe=probe, site=site, since=long_ago)
"""
COUNT = """
import datetime
import django
django.setup()
from alcance.office.service.evidence import summaries
from alcance.office.service.models import Batch
print(Batch.objects.count(), int(summaries(datetime.datetime.now(datetime.UTC), 5)["measurements"].sum()))
"""


@pytest.fixture
def office(tmp_path):
    """A real server in a process of its own, on SQLite, that can be killed and started again."""
    folder = tmp_path / "served"
    folder.mkdir()
    environment = {
        **os.environ,
        "ALCANCE_OFFICE_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "alcance.office.settings",
        "ALCANCE_SECRET_KEY": "for-tests-only",
    }
    environment.pop("DATABASE_URL", None)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(script, *arguments):
        command = [sys.executable, "-c", script, *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True).stdout

    def start():
        command = [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--no-access-log",
            "alcance.office.wsgi:application",
        ]  # fmt: skip
        log = (tmp_path / "server.log").open("a")
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
        log.close()
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
            except OSError:
                time.sleep(0.1)
            else:
                return server
        raise RuntimeError((tmp_path / "server.log").read_text())

    run(PREPARE, probe_client.public_half(KEY))
    servers = []

    class Office:
        address = f"http://127.0.0.1:{port}"

        @staticmethod
        def start():
            servers.append(start())
            return servers[-1]

        @staticmethod
        def kill(server):
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()

        @staticmethod
        def count():
            return run(COUNT).split()

    yield Office
    for server in servers:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def test_killed_between_write_and_answer_a_batch_is_stored_exactly_once(office):
    now = dt.datetime.now(dt.UTC)
    bodies = [probe_client.batch_of(rows(now - dt.timedelta(hours=one))) for one in range(40)]
    server = office.start()
    told = 0
    with ThreadPoolExecutor(8) as senders:
        waiting = [senders.submit(probe_client.send, office.address, "p1", KEY, body) for body in bodies]
        while sum(one.done() for one in waiting) < 10:
            time.sleep(0.005)
        office.kill(server)
        for one in waiting:
            told += one.exception() is None
    assert told < len(bodies)
    office.start()
    for body in bodies:
        probe_client.send(office.address, "p1", KEY, body)
    assert office.count() == ["40", "120"]


def test_sixty_four_replays_side_by_side_get_one_answer(office):
    office.start()
    body = probe_client.batch_of(rows(dt.datetime.now(dt.UTC)))
    with ThreadPoolExecutor(64) as senders:
        answers = list(senders.map(lambda _: probe_client.send(office.address, "p1", KEY, body), range(64)))
    assert len({json.dumps(answer, sort_keys=True) for answer in answers}) == 1
    assert office.count() == ["1", "3"]
    with pytest.raises(urllib.error.HTTPError):
        probe_client.send(office.address, "nobody", KEY, body)
