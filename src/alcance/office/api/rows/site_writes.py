"""Writing sites: adding one, changing one, and the steps of its life that need no more than a reason."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, Schema
from pydantic import ConfigDict

from alcance.office.accounts.models import Organisation
from alcance.office.accounts.roles import Role
from alcance.office.api.answers import check_version, seen_version
from alcance.office.api.callers import require, writer
from alcance.office.api.idempotency import once
from alcance.office.api.pages import only_known
from alcance.office.api.problems import Refusal
from alcance.office.api.rows.kinds import Kind, Number, Tech
from alcance.office.api.rows.sites import SiteOut, router, site_answer
from alcance.office.api.rows.steps import STEPS, StepName
from alcance.office.register import deeds
from alcance.office.register.forms import SiteForm
from alcance.office.register.keys import OWN_SCHEME
from alcance.office.register.models import Site
from alcance.office.web.forms import REASON_LETTERS
from alcance.pack.identifiers import SITE_SCHEMES

__all__ = ["router"]
_STRICT = ConfigDict(extra="forbid", strict=True)
# Names of the body that are other fields in the form.
_FORM = {"municipality_code": "municipality", "locality_code": "locality", "host_code": "host"}
KeyScheme = Annotated[str, Field(pattern=f"^({'|'.join((*SITE_SCHEMES, OWN_SCHEME))})$")]


class SiteChange(Schema):
    """What is to be changed; what is left out stays. `null` empties what may be empty."""

    model_config = _STRICT
    reason: str = Field(min_length=1, max_length=REASON_LETTERS, description="why; it stands in the history")
    key: str = Field("", max_length=40)
    key_scheme: KeyScheme = OWN_SCHEME
    name: str = Field("", max_length=200)
    kind: Kind = "school"
    lon: float = Field(0, ge=-180, le=180)
    lat: float = Field(0, ge=-90, le=90)
    municipality_code: str = Field("", max_length=16)
    locality_code: str | None = Field(None, max_length=16)
    host_code: str | None = Field(None, max_length=40)
    users: int | None = Field(None, ge=0, le=2_147_483_647)
    electricity: bool | None = None
    technology: Tech | None = None
    speed_mbps: float | None = Field(None, ge=0, le=1_000_000)
    contact: str | None = Field(None, max_length=200)


class SiteIn(SiteChange):
    """A new site."""

    key: str = Field(min_length=1, max_length=40)
    key_scheme: KeyScheme
    name: str = Field(min_length=1, max_length=200)
    kind: Kind
    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    municipality_code: str = Field(min_length=1, max_length=16)


class StepIn(Schema):
    """Why a step is made; some need it."""

    model_config = _STRICT
    reason: str = Field("", max_length=REASON_LETTERS)


@router.post("", response={201: SiteOut}, operation_id="add_site", summary="Add a site")
def add_site(request: HttpRequest, new: SiteIn) -> HttpResponse:
    """Add a site to the register."""
    only_known(request)
    person = writer(request)
    require(request, "site", "add")

    def do() -> HttpResponse:
        values = _cleaned(new.dict(exclude_unset=True), {})
        made = deeds.add(values, person, reason=new.reason)
        return site_answer(request, made.pk, status=201)

    return once(request, person, timezone.now(), do)


@router.patch("/{site_id}", response=SiteOut, operation_id="change_site", summary="Change a site")
def change_site(request: HttpRequest, new: SiteChange, site_id: Number) -> HttpResponse:
    """Change facts of a site; `If-Match` names the version that was seen, and a lost update is refused with 412."""
    only_known(request)
    person = writer(request)

    def do() -> HttpResponse:
        site = _site(site_id)
        require(request, "site", "change", site)
        seen = seen_version(request)
        check_version(seen, site.version)
        values = _cleaned(new.dict(exclude_unset=True), _standing(site))
        deeds.change(site, values, person, seen_version=site.version, reason=new.reason)
        return site_answer(request, site_id)

    return once(request, person, timezone.now(), do)


def _site(pk: int) -> Site:
    rows = Site.objects.select_for_update(of=("self",)).select_related("municipality", "host")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _standing(site: Site) -> dict[str, Any]:
    """A site's facts as a form shows them."""
    names = [*deeds.EDITED]
    values = {name: getattr(site, name) for name in names if name not in ("host", "municipality", "locality")}
    return values | {"host": site.host_id, "municipality": site.municipality_id, "locality": site.locality_id}


def _cleaned(sent: dict[str, Any], standing: dict[str, Any]) -> dict[str, Any]:
    """What was sent, checked as the form of the register checks it."""
    data = dict(standing)
    for name, value in sent.items():
        data[_FORM.get(name, name)] = value
    if sent.get("host_code") is not None:
        data["host"] = _host(sent["host_code"])
    form = SiteForm({name: value for name, value in data.items() if value is not None})
    if not form.is_valid():
        names = {form_name: name for name, form_name in _FORM.items()}
        errors = [
            {"in": "body", "name": names.get(name, name), "detail": str(message)}
            for name, messages in form.errors.items()
            for message in messages
        ]
        raise Refusal(422, "the site cannot be so", errors=errors)
    values = dict(form.cleaned_data)
    values.pop("reason")
    return values


def _host(code: str) -> int:
    found = Organisation.objects.filter(code=code, role=Role.INSTITUTION).values_list("pk", flat=True).first()
    if found is None:
        error = {"in": "body", "name": "host_code", "detail": "no institution has this code"}
        raise Refusal(422, "the site cannot be so", errors=[error])
    return found


@router.post("/{site_id}/steps/{step}", response=SiteOut, operation_id="make_step", summary="Lead a site on")
def make_step(request: HttpRequest, new: StepIn, site_id: Number, step: StepName) -> HttpResponse:
    """Make a step of a site's life that needs no more than a reason; others need a plan, a photo, an inspection.

    With `If-Match`, only if the site is still as it was seen.
    """
    only_known(request)
    person = writer(request)

    def do() -> HttpResponse:
        site = _site(site_id)
        check_version(seen_version(request, required=False), site.version)
        STEPS[step](site, person, timezone.now(), new.reason)
        return site_answer(request, site_id)

    return once(request, person, timezone.now(), do)
