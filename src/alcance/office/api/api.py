"""The API of the office; rooms add their routers here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from alcance.errors import AlcanceError
from alcance.office.api.problems import Refusal, problem
from alcance.office.delivery.life import NotAllowed
from alcance.office.service.api import router as measurements

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

api = NinjaAPI(title="Alcance", version="1", urls_namespace="api", docs_url="/docs")
api.add_router("/measurements", measurements)


@api.exception_handler(Refusal)
def _refused(_request: HttpRequest, error: Refusal) -> HttpResponse:
    return problem(error.status, error.detail, **error.more)


@api.exception_handler(AlcanceError)
def _ours(_request: HttpRequest, error: AlcanceError) -> HttpResponse:
    return problem(403 if isinstance(error, NotAllowed) else 409, str(error))


@api.exception_handler(ValidationError)
def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problem(422, "the request does not have the form that it must have", errors=error.errors)


@api.exception_handler(HttpError)
def _http(_request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code, str(error))
