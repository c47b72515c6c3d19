"""What the API says of itself holds: Schemathesis asks what the description allows, and much that it does not.

Each operation is asked by nobody and by the ministry, of a register with something in it; the same questions each
time. docs/office/api.md says how to ask for longer.
"""

from __future__ import annotations

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from jsonschema import Draft202012Validator
from schemathesis.specs.openapi import checks
from schemathesis.specs.openapi.definitions import OPENAPI_31
from tests.office.delivering import award_lot, plan_sites, publish_lot

from alcance.office.accounts.models import Person
from alcance.office.api.api import openapi
from alcance.office.api.keys import make_key
from alcance.office.api.models import ApiKey, KeyScope
from alcance.office.api.ogc.asked import MOST
from alcance.office.register.models import Site

HELD = [
    schemathesis.checks.not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
    checks.response_headers_conformance, checks.response_schema_conformance, checks.unsupported_method,
    checks.negative_data_rejection,
]  # fmt: skip
BRIEFLY = settings(
    max_examples=8,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def full(sites, people, now, settings):
    """A register with something of each kind in it, and nobody slowed."""
    settings.API_ADDRESS_PER_MINUTE = settings.API_PERSON_PER_MINUTE = settings.API_WRONG_KEYS_PER_MINUTE = 10**9
    plan_sites(sites[:3], people, now)
    award_lot(sites[:2], people, now)
    publish_lot(sites[2:3], people, now, "lot-2")
    # A request must not end the connection in whose transaction the test lives.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield people
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


# Neither description asks the database for anything.
api = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
ogc = schemathesis.openapi.from_wsgi("/ogc/api", get_wsgi_application())


@pytest.mark.usefixtures("full")
@api.parametrize()
@BRIEFLY
def test_nobody_breaks_the_api(case):
    case.call_and_validate(checks=HELD)


@pytest.mark.usefixtures("full")
@api.parametrize()
@BRIEFLY
def test_the_ministry_breaks_nothing(case, now):
    ApiKey.objects.all().delete()
    ministry = Person.objects.get(email="ministry@example.org")
    key = make_key(ministry, "tests", KeyScope.WRITE, at=now)[1]
    # Numbers that there are, rather than any: else most answers would be 404.
    if case.path_parameters and isinstance(case.path_parameters.get("site_id"), int):
        case.path_parameters["site_id"] = Site.objects.order_by("pk").values_list("pk", flat=True)[0]
    case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, checks=HELD)


@pytest.mark.usefixtures("full")
@ogc.parametrize()
@BRIEFLY
def test_nobody_breaks_the_features(case):
    # The standard wants more than the maximum to be taken for the maximum.
    above = str(case.query.get("limit", "")).isdigit() and int(case.query["limit"]) > MOST
    excluded = [checks.negative_data_rejection] if above else []
    case.call_and_validate(checks=[check for check in HELD if check not in excluded])


def test_the_description_is_one_of_openapi_3_1():
    assert [error.message for error in Draft202012Validator(OPENAPI_31).iter_errors(openapi())] == []


def test_every_operation_says_what_it_is_and_what_may_go_wrong():
    names = []
    for operations in openapi()["paths"].values():
        for operation in operations.values():
            names.append(operation["operationId"])
            assert operation["description"]
            assert {"429", "500", "503"} <= set(operation["responses"])
    assert len(names) == len(set(names))
