"""Sites: one, the list, and what has happened to them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from alcance.office.accounts.permissions import may
from alcance.office.api.answers import json_answer
from alcance.office.api.callers import require
from alcance.office.api.moments import FORM, moment
from alcance.office.api.pages import PageQuery, only_known, page_answer
from alcance.office.api.problems import Refusal
from alcance.office.api.rows.kinds import Kind, Number, State, Tech
from alcance.office.delivery.in_force import in_force
from alcance.office.delivery.models import Transition
from alcance.office.public.filters import SiteFilter
from alcance.office.public.prepared import Prepared, PreparedMany
from alcance.office.register.models import Site, SiteState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

router = Router(tags=["sites"])
_STATES = "^(({0})(,({0}))*)?$".format("|".join(SiteState.values))


class SiteOut(Schema):
    """A site; names are those of the columns of the downloads."""

    id: int = Field(description="number of the site; its page is /sites/NUMBER/")
    key: str = Field(description="official key")
    key_scheme: str = Field(description="scheme that the key belongs to")
    name: str
    kind: Kind = Field(description="what the site is")
    state: State = Field(description="how far the programme has come with it")
    lon: float = Field(description="longitude in degrees (WGS 84)")
    lat: float = Field(description="latitude in degrees (WGS 84)")
    state_code: str = Field(description="key of the state that it lies in")
    state_name: str | None = Field(description="name of the state")
    municipality_code: str = Field(description="key of the municipality")
    municipality: str = Field(description="name of the municipality")
    need_quintile: int | None = Field(description="fifth of the people by need; 5 the neediest")
    locality_code: str | None = Field(description="key of the locality")
    locality: str | None = Field(description="name of the locality")
    host_code: str | None = Field(description="code of the institution whose site it is")
    host: str | None = Field(description="name of that institution")
    users: int | None = Field(description="people who use the site")
    electricity: bool | None = Field(description="whether it has electricity")
    technology: Tech | None = Field(description="how it is connected: by the connection in force, else as registered")
    speed_mbps: float | None = Field(description="its contracted speed in Mbit/s, else as registered")
    retired_on: dt.date | None = Field(description="day on which it left the programme")
    merged_into: int | None = Field(description="number of the site that it was merged into")
    version: int = Field(description="how often it has been changed; stands in the ETag")
    changed_at: dt.datetime = Field(description="when it was last changed")
    contact: str | None = Field(None, description="only for those who may see what is private")


class SitePage(Schema):
    """A page of sites."""

    items: list[SiteOut]
    next: str | None = Field(description="address of the next page")


# Names of the answer and where they come from; the last is private.
_FIELDS = {
    "id": "id", "key": "key", "key_scheme": "key_scheme", "name": "name", "kind": "kind", "state": "state",
    "lon": "lon", "lat": "lat", "state_code": "state_code", "state_name": "municipality__parent__name",
    "municipality_code": "municipality_id", "municipality": "municipality__name",
    "need_quintile": "municipality__need_quintile", "locality_code": "locality_id", "locality": "locality__name",
    "host_code": "host__code", "host": "host__name", "users": "users", "electricity": "electricity",
    "technology": "technology_now", "speed_mbps": "speed_now", "retired_on": "retired_on",
    "merged_into": "merged_into_id", "version": "version", "changed_at": "changed_at", "contact": "contact",
}  # fmt: skip
_COLUMNS = (*_FIELDS.values(), "host_id")
_NAMES = tuple(_FIELDS)
_PUBLIC = _NAMES[:-1]
_STATE, _VERSION = _NAMES.index("state_code"), _NAMES.index("version")
# An empty text stands for none.
_MAY_BE_EMPTY = ("technology", "contact")
_ONE = Prepared(lambda pk: in_force(Site.objects.filter(pk=pk)).values_list(*_COLUMNS))
_MANY = PreparedMany(
    lambda numbers: in_force(Site.objects.filter(pk__in=numbers)).order_by("pk").values_list(*_COLUMNS)
)


@dataclass(frozen=True)
class Owner:
    """To whom a row belongs, as the table of permissions asks."""

    state_code: str
    organisation_ids: tuple[int, ...]


def shown(row: Sequence[Any], user: object) -> dict[str, Any]:
    """A row as it is answered: what is private stands in it for those alone who may see it."""
    owner = Owner(row[_STATE], () if row[-1] is None else (row[-1],))
    names = _NAMES if may(user, "site", "view_private", owner) else _PUBLIC
    made = dict(zip(names, row, strict=False))
    for name in _MAY_BE_EMPTY:
        if made.get(name) == "":
            made[name] = None
    return made


def site_answer(request: HttpRequest, pk: int, *, status: int = 200) -> HttpResponse:
    """Answer with a site as it stands."""
    rows = _ONE.rows(pk)
    if not rows:
        raise Http404
    headers = {"Location": f"/api/sites/{pk}"} if status == 201 else None
    return json_answer(request, shown(rows[0], request.user), version=rows[0][_VERSION], status=status, headers=headers)


class SiteQuery(PageQuery):
    """Which sites; those that were merged into another are among them with `changed_since` alone.

    A filter left out leaves that open.
    """

    key: str = Field("", max_length=40, description="official key")
    state: str = Field("", pattern=_STATES, description="states of their life, with commas between them")
    kind: Kind | None = Field(None, description="what they are")
    phase: Literal["nomination", "planning", "tender", "deployment", "operation"] | None = Field(
        None, description="the phase of the programme that they are in"
    )
    state_code: str = Field("", max_length=100, description="key of the state that they lie in")
    municipality_code: str = Field("", max_length=100, description="key of their municipality")
    locality_code: str = Field("", max_length=100, description="key of their locality")
    need_quintile: int | None = Field(None, ge=1, le=5, description="fifth of the people by need; 5 the neediest")
    provider: str = Field("", max_length=100, description="code of the provider whose connection stands there")
    contract: str = Field("", max_length=100, description="code of the contract under which it stands")
    connection: Literal["standing", "claimed", "verified", "unproven", "late"] | None = Field(
        None, description="what is said of the connection that stands there"
    )
    q: str = Field("", max_length=100, description="words of name and key, without regard to case and accents")
    changed_since: str | None = Field(
        None,
        pattern=f"^{FORM}$",
        description="changed on this day or at this moment (RFC 3339) or later, "
        "those that were merged into another since (`merged_into`) among them",
    )

    def filter(self) -> SiteFilter:
        """The same as the lists of the pages ask for it."""
        return SiteFilter.of(
            {
                "state": self.state_code, "kind": self.kind, "site_state": self.state, "phase": self.phase,
                "quintile": self.need_quintile, "municipality": self.municipality_code,
                "locality": self.locality_code, "provider": self.provider, "contract": self.contract,
                "connection": self.connection, "q": self.q,
            }
        )  # fmt: skip


@router.get("", response=SitePage, operation_id="list_sites", summary="Sites")
def list_sites(request: HttpRequest, query: Query[SiteQuery]) -> HttpResponse:
    """Sites by number, filtered, page by page."""
    require(request, "site", "view")
    # Who keeps a copy must hear of those that were merged away since.
    sites = query.filter().sites(timezone.localdate(), with_merged=query.changed_since is not None)
    if query.key:
        sites = sites.filter(key=query.key.upper())
    if query.changed_since is not None:
        sites = sites.filter(changed_at__gte=_since(query.changed_since))

    # Numbers first, which an index holds; the rest is read for one page alone.
    def show(page: list[Any]) -> list[dict[str, Any]]:
        return [shown(row, request.user) for row in _MANY.rows([one.id for one in page])]

    return page_answer(request, query, sites.values_list("id", named=True), "id", show)


def _since(text: str) -> dt.datetime:
    try:
        return moment(text)[0]
    except ValueError as error:
        errors = [{"in": "query", "name": "changed_since", "detail": str(error)}]
        raise Refusal(422, "there is no such moment", errors=errors) from error


@router.get("/{site_id}", response=SiteOut, operation_id="get_site", summary="One site")
def get_site(request: HttpRequest, site_id: Number) -> HttpResponse:
    """A site by its number."""
    only_known(request)
    require(request, "site", "view")
    return site_answer(request, site_id)


class TransitionOut(Schema):
    """A step in the life of a site; it never changes."""

    id: int
    step: str = Field(description="what was done")
    before: State
    after: State
    at: dt.datetime
    organisation: str | None = Field(description="code of the organisation that did it")
    connection: int | None = Field(description="number of the connection that it concerns")
    evidence: dict[str, Any] = Field(description="what proves it: numbers by kind")
    reason: str | None = Field(description="why, in words")
    actor: str | None = Field(None, description="who did it; only for those who may see the history")


class TransitionPage(Schema):
    """A page of steps."""

    items: list[TransitionOut]
    next: str | None


_STEP = {
    "id": "id", "step": "name", "before": "before", "after": "after", "at": "at",
    "organisation": "actor__organisation__code", "connection": "connection_id", "evidence": "evidence",
    "reason": "reason", "actor": "actor_name",
}  # fmt: skip


@router.get("/{site_id}/transitions", response=TransitionPage, operation_id="list_transitions", summary="Its life")
def list_transitions(request: HttpRequest, query: Query[PageQuery], site_id: Number) -> HttpResponse:
    """What has happened to a site, from the first step on."""
    require(request, "site", "view")
    names = _visible(request, _site_owner(site_id), tuple(_STEP), "actor")
    rows = Transition.objects.filter(site=site_id).values_list(*(_STEP[name] for name in names), named=True)
    return page_answer(request, query, rows, "id", lambda page: [dict(zip(names, row, strict=True)) for row in page])


def _visible(request: HttpRequest, owner: Owner, names: tuple[str, ...], *private: str) -> tuple[str, ...]:
    if may(request.user, "site", "view_history", owner):
        return names
    return tuple(name for name in names if name not in private)


def _site_owner(pk: int) -> Owner:
    found = Site.objects.filter(pk=pk).values_list("state_code", "host_id").first()
    if found is None:
        raise Http404
    return Owner(found[0], () if found[1] is None else (found[1],))


class FieldChange(Schema):
    """A field with its value before and after."""

    field: str
    before: Any = None
    after: Any = None


class ChangeOut(Schema):
    """A change of the facts of a site; the first made it."""

    id: int
    at: dt.datetime
    who: str | None
    why: str | None
    changes: list[FieldChange]


class ChangePage(Schema):
    """A page of changes."""

    items: list[ChangeOut]
    next: str | None


@router.get("/{site_id}/history", response=ChangePage, operation_id="list_history", summary="Changes of its facts")
def list_history(request: HttpRequest, query: Query[PageQuery], site_id: Number) -> HttpResponse:
    """Who changed which facts of a site, when and why, from the first on; for those who may see its history."""
    require(request, "site", "view_history", _site_owner(site_id))
    records = Site.history.filter(id=site_id).select_related("history_user")
    return page_answer(request, query, records, "history_id", _changes(site_id))


def _changes(site_id: int) -> Callable[[list[Any]], list[dict[str, Any]]]:
    names = [field.attname for field in Site.history.model.tracked_fields]

    def show(page: list[Any]) -> list[dict[str, Any]]:
        before = None
        if page:
            earlier = Site.history.filter(id=site_id, history_id__lt=page[0].history_id)
            before = earlier.order_by("-history_id").first()
        made = []
        for record in page:
            made.append(
                {
                    "id": record.history_id, "at": record.history_date, "who": str(record.history_user or "") or None,
                    "why": record.history_change_reason,
                    "changes": [
                        {"field": name, "before": getattr(before, name), "after": getattr(record, name)}
                        for name in names
                        if before is not None and getattr(before, name) != getattr(record, name)
                    ],
                }
            )  # fmt: skip
            before = record
        return made

    return show
