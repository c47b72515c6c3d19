"""The examples of the API's documentation answer what they say."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from tests.office.conftest import NOW

from alcance.office.accounts.models import Organisation, Person
from alcance.office.api.callers import forget_allowances
from alcance.office.api.keys import make_key
from alcance.office.api.models import KeyScope
from alcance.office.register.models import Area, Site

PAGE = (Path(__file__).parents[2] / "docs" / "office" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```console\n\$ (curl .*?)\n```\n```json\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def key(db):
    forget_allowances()
    state = Area.objects.create(code="20", level="state", name="Oaxaca")
    town = Area.objects.create(
        code="20001", level="municipality", name="Municipio Oaxaca", parent=state, need_quintile=4
    )
    place = Area.objects.create(code="200010002", level="locality", name="Localidad 2", parent=town)
    host = Organisation.objects.create(code="institution", name="institution", role="institution")
    ministry = Organisation.objects.create(code="ministry", name="ministry", role="ministry")
    person = Person.objects.create_user("ministry@example.org", name="ministry", organisation=ministry)
    sites = [
        Site(pk=number, key=f"20DPR000{number}A", key_scheme="cct", name=f"Escuela {number}", kind="school", host=host,
             lon=-96.5 + number / 50, lat=17 + number / 50, municipality=town, locality=place, state_code="20",
             cell=number, users=100)
        for number in (1, 2)
    ]  # fmt: skip
    Site.objects.bulk_create(sites)
    return make_key(person, "docs", KeyScope.WRITE, at=NOW)[1]


def ask(client, command, key):
    """Do what a line of `curl` says; only what the examples use is known."""
    words = shlex.split(command.replace("$OFFICE", "").replace("$KEY", key))
    method, body, headers, address = "GET", "", {}, ""
    given = iter(words[1:])
    for word in given:
        if word == "-X":
            method = next(given)
        elif word == "-H":
            name, _, value = next(given).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(given)
        elif word != "-s":
            address = word
    media_type = headers.pop("Content-Type", "application/json")
    return client.generic(method, address, body, media_type, headers=headers)


def assert_holds(told, said, where="$"):
    """What an example shows is in the answer; of objects it may leave things out."""
    if isinstance(said, dict):
        for name, value in said.items():
            assert name in told, (where, name)
            assert_holds(told[name], value, f"{where}.{name}")
    elif isinstance(said, list):
        assert len(told) == len(said), where
        for number, value in enumerate(said):
            assert_holds(told[number], value, f"{where}[{number}]")
    else:
        assert told == said, where


def test_the_examples_answer_what_they_say(client, key):
    assert len(EXAMPLES) == 8
    for command, said in EXAMPLES:
        answer = ask(client, command, key)
        assert_holds(json.loads(answer.content), json.loads(said), command)
