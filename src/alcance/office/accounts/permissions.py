"""The rules that `rules` asks: each is one row of the table, applied to who asks and to what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Model, Q
from rules.permissions import add_perm
from rules.predicates import predicate

from alcance.office.accounts.roles import Role, Scope, permissions, role_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet

T = TypeVar("T", bound=Model)
APP = "office"


def permission(kind: str, action: str) -> str:
    """The name under which a permission is asked: `person.has_perm(permission("site", "change"), site)`."""
    return f"{APP}.{action}_{kind}"


def may(person: object, kind: str, action: str, thing: Any = None) -> bool:
    """Whether somebody may do something, with one object or, without it, with any at all.

    An object tells its scope by `state_code` and by `organisation_ids`, those to whom it belongs.

    Raises
    ------
    KeyError
        Where the table has no such row: an action that nobody has thought about is refused loudly.
    """
    scopes = permissions()[kind, action]
    if not getattr(person, "is_active", True):
        return scopes[Role.PUBLIC] is Scope.ALL
    scope = scopes[role_of(person)]
    if scope is Scope.NONE or scope is Scope.ALL:
        return scope is Scope.ALL
    if thing is None:
        return True
    organisation = person.organisation  # type: ignore[attr-defined]
    if scope is Scope.OWN:
        return organisation.pk in thing.organisation_ids
    return bool(organisation.state_code) and organisation.state_code == thing.state_code


def sees_all(person: object, kind: str, action: str) -> bool:
    """Whether somebody may do something with all that there are of a kind."""
    return permissions()[kind, action][role_of(person)] is Scope.ALL


def visible(
    rows: QuerySet[T], person: object, kind: str, action: str, *, own: Q, state: str = "state_code"
) -> QuerySet[T]:
    """The rows with which somebody may do something: what `may` says of each, asked of the database.

    Parameters
    ----------
    own
        Which of them belong to the organisation that the person acts for.
    state
        The field with the state that each lies in.
    """
    scope = permissions()[kind, action][role_of(person)]
    if scope is Scope.ALL:
        return rows
    if scope is Scope.NONE:
        return rows.none()
    if scope is Scope.OWN:
        return rows.filter(own)
    return rows.filter(**{state: person.acting_for.state_code})  # type: ignore[attr-defined]


def _predicate(kind: str, action: str) -> Callable[..., bool]:
    def allowed(person: object, thing: Any = None) -> bool:
        return may(person, kind, action, thing)

    return allowed


for _kind, _action in permissions():
    add_perm(permission(_kind, _action), predicate(_predicate(_kind, _action)))
