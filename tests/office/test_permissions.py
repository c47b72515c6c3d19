"""Every cell of the table of permissions, tried."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from alcance.office.accounts.permissions import may, permission
from alcance.office.accounts.roles import Role, Scope, permissions

CELLS = [(kind, action, role, scope) for (kind, action), row in permissions().items() for role, scope in row.items()]


@pytest.mark.parametrize(("kind", "action", "role", "scope"), CELLS, ids=str)
def test_a_cell_of_the_table(people, kind, action, role, scope):
    from django.contrib.auth.models import AnonymousUser

    person = AnonymousUser() if role is Role.PUBLIC else people[role]
    organisation = getattr(person, "organisation", None)
    mine = SimpleNamespace(organisation_ids=(organisation.pk if organisation else -1,), state_code="20")
    others = SimpleNamespace(organisation_ids=(-2,), state_code="21")
    own = scope is Scope.ALL or (scope is Scope.OWN) or (scope is Scope.STATE and role is Role.COMMITTEE)
    assert may(person, kind, action, mine) is own
    assert may(person, kind, action, others) is (scope is Scope.ALL)
    assert may(person, kind, action) is (scope is not Scope.NONE)
    assert person.has_perm(permission(kind, action), mine) is own


def test_what_nobody_thought_about_is_refused_loudly(people):
    with pytest.raises(KeyError):
        may(people["ministry"], "site", "explode")


def test_somebody_inactive_is_the_public(people):
    person = people["ministry"]
    person.is_active = False
    assert may(person, "site", "view")
    assert not may(person, "site", "change")


def test_what_somebody_sees_who_has_logged_in_is_kept_by_no_cache(client, as_role, sites):
    site = f"/sites/{sites[0].pk}/"
    # What everybody sees may be kept, and asked for again.
    assert client.get(site)["Cache-Control"] == client.get("/api/sites")["Cache-Control"] == "no-cache"
    known = as_role("ministry")
    for path in ("/jobs/", "/people/", "/account/", "/organisations/"):
        assert {"private", "no-store"} <= {*known.get(path)["Cache-Control"].replace(",", " ").split()}, path
    assert known.get(site)["Cache-Control"].startswith("private")
    assert known.get("/api/sites")["Cache-Control"] == "private, no-cache"
