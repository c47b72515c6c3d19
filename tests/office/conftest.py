"""An office with its organisations, a person of every role, two states and a handful of sites."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation

from alcance.office.accounts.models import Organisation, Person
from alcance.office.accounts.roles import Role
from alcance.office.register.imports.whole_file import import_file
from alcance.office.register.models import Area, Level, Site

NOW = dt.datetime(2026, 3, 2, 15, 0, tzinfo=dt.UTC)
PASSWORD = "una palabra muy larga"


@pytest.fixture
def now():
    return NOW


@pytest.fixture(autouse=True)
def _language_of_the_settings():
    """No test speaks the language that one before it chose."""
    yield
    translation.deactivate()


@pytest.fixture
def in_english():
    """Words in English outside of requests, as the messages that tests expect."""
    with translation.override("en"):
        yield


@pytest.fixture
def areas(db):
    """Two states with a municipality and two localities each."""
    made = {}
    for state, name in (("20", "Oaxaca"), ("21", "Puebla")):
        made[state] = Area.objects.create(code=state, level=Level.STATE, name=name, people=1000, lon=-96.5, lat=17.0)
        town = Area.objects.create(
            code=f"{state}001", level=Level.MUNICIPALITY, name=f"Municipio {name}", parent=made[state], people=1000,
            need=0.4, need_quintile=4, lon=-96.5, lat=17.0,
        )  # fmt: skip
        made[town.code] = town
        for number, people in ((1, 700), (2, 300)):
            code = f"{state}001{number:04d}"
            made[code] = Area.objects.create(
                code=code, level=Level.LOCALITY, name=f"Localidad {number}", parent=town, people=people,
                need=0.4, need_quintile=4, lon=-96.5 + number / 100, lat=17.0,
            )  # fmt: skip
    return made


@pytest.fixture
def people(db):
    """One person of each role by the role's value; the committee, institution and provider have a second of another."""
    made = {}
    for role in Role:
        if role is Role.PUBLIC:
            continue
        for twin in ("", "2") if role in (Role.COMMITTEE, Role.INSTITUTION, Role.PROVIDER) else ("",):
            state = ("21" if twin else "20") if role is Role.COMMITTEE else ""
            with translation.override("en"):
                name = f"{role.label} {twin}".strip()
            organisation = Organisation.objects.create(code=f"{role}{twin}", name=name, role=role, state_code=state)
            made[f"{role}{twin}"] = Person.objects.create_user(
                f"{role}{twin}@example.org", PASSWORD, name=f"{role} {twin}".strip(), organisation=organisation
            )
    return made


@pytest.fixture
def sites(areas, people):
    """Four schools in Oaxaca and two in Puebla, hosted by the first institution."""
    host = people["institution"].organisation
    return [
        Site.objects.create(
            key=f"{state}DPR{number:04d}A", key_scheme="cct", name=f"Escuela {number}", kind="school", host=host,
            lon=-96.5 + number / 50, lat=17.0 + number / 50, municipality=areas[f"{state}001"],
            locality=areas[f"{state}001000{1 + number % 2}"], state_code=state, cell=number, users=100,
        )
        for number, state in enumerate(["20", "20", "20", "20", "21", "21"], start=1)
    ]  # fmt: skip


@pytest.fixture
def office_dir(settings, tmp_path):
    """An office's folder of the test's own."""
    settings.OFFICE_DIR = tmp_path / "office"
    return settings.OFFICE_DIR


@pytest.fixture
def bring(areas, people, now, tmp_path, office_dir):
    """Bring a file's text or bytes as somebody, and check it."""

    def brought(content, name="sites.csv", role="ministry", **options):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return import_file(path, people[role], at=now, **options)

    return brought


@pytest.fixture
def as_role(client, people):
    """A browser logged in as a role."""

    def log_in(role):
        client.force_login(people[role], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return log_in
