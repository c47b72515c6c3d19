"""Writes to an office that is really served: side by side, and with the power cut between write and answer."""

from __future__ import annotations

import http.client
import json
import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.office.serving import migrated, run, served

FILL = """
import datetime as dt
from alcance.office.accounts.models import Organisation, Person
from alcance.office.api.keys import make_key
from alcance.office.register.models import Area
state = Area.objects.create(code="20", level="state", name="Oaxaca")
Area.objects.create(code="20001", level="municipality", name="Centro", parent=state)
ministry = Organisation.objects.create(code="ministry", name="Ministry", role="ministry")
person = Person.objects.create_user("ministry@example.org", name="Ministry", organisation=ministry)
print(make_key(person, "tests", "write", at=dt.datetime.now(dt.UTC))[1])
"""
COUNT = "from alcance.office.register.models import Site; print(*Site.objects.values_list('key', flat=True))"
AT_ONCE = 16


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """The environment of a new office, and a key of its ministry."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        env = migrated(
            tmp_path_factory.mktemp("api") / "office",
            ALCANCE_API_PERSON_PER_MINUTE="1000000",
            ALCANCE_SECOND_FACTOR="0",
        )
    return env, run(env, FILL).strip()


def keys_of(env, beginning):
    return sorted(key for key in run(env, COUNT).split() if key.startswith(beginning))


def add(base, key, name, number=0):
    """Send a new site under a key of its own; the status and what was answered, None where the line broke."""
    connection = http.client.HTTPConnection(base.removeprefix("http://"), timeout=60)
    site = {
        "key": name, "key_scheme": "alcance", "name": "Nueva", "kind": "school", "lon": -96.41234, "lat": 17.12345,
        "municipality_code": "20001", "reason": "new", "users": number,
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "Idempotency-Key": f"once-{name}"}
    try:
        connection.request("POST", "/api/sites", json.dumps(site), headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def test_the_same_write_side_by_side_is_done_once(office):
    env, key = office
    with served(env) as base, ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda _: add(base, key, "SAME"), range(4 * AT_ONCE)))
        assert {status for status, _ in answers} == {201}
        assert len({body for _, body in answers}) == 1
        other = list(pool.map(lambda number: add(base, key, "OTHER", number), range(AT_ONCE)))
        assert sorted(status for status, _ in other) == [201] + [422] * (AT_ONCE - 1)
    assert keys_of(env, "SAME") == ["SAME"]
    assert keys_of(env, "OTHER") == ["OTHER"]


def test_a_write_whose_answer_was_lost_is_sent_again_and_done_once(office):
    env, key = office
    chance = random.Random(5)
    names: list[str] = []
    for round_ in range(2):
        with served(env) as base, ThreadPoolExecutor(AT_ONCE) as pool:
            some = [f"K{round_}-{number}" for number in range(AT_ONCE)]
            sent = [pool.submit(add, base, key, name) for name in some]
            time.sleep(chance.uniform(0.01, 0.12))
            base.kill()
            for one in sent:
                one.result()
            names += some
    with served(env) as base:
        answers = [add(base, key, name) for name in names]
    assert [status for status, _ in answers] == [201] * len(names)
    assert keys_of(env, "K") == sorted(names)
