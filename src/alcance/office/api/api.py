"""The API of the office; rooms add their routers here."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from alcance.office.api.answers import json_answer
from alcance.office.api.callers import known
from alcance.office.api.faults import answer_to
from alcance.office.api.reading import OfficeParser
from alcance.office.api.rows import areas, connections, lots, organisations, plans
from alcance.office.api.rows.site_writes import router as sites
from alcance.office.api.schema import completed
from alcance.office.service.api import router as measurements

DESCRIPTION = (
    "Rows of the programme: sites, their areas, organisations, plans, lots and connections. Reading needs no account. "
    "Lists come page by page: follow `next`, or the `Link` header, to its end and no row is missing or told twice. "
    "Every error is a problem (RFC 9457). Writing needs a key or a session."
)


class OfficeApi(NinjaAPI):
    """Answers every error with a problem, and tells in its description which there are."""

    def set_default_exception_handlers(self) -> None:
        """One handler for all."""
        self.add_exception_handler(Exception, answer_to)  # type: ignore[arg-type]

    def get_openapi_schema(self, **options: Any) -> Any:
        """The description with errors, headers and ways to say who one is."""
        return completed(super().get_openapi_schema(**options), self._open())

    def _open(self) -> set[str]:
        """Operations that know their callers in a way of their own."""
        return {
            operation.operation_id or self.get_openapi_operation_id(operation)
            for router in self._get_bound_routers()
            for view in router.path_operations.values()
            for operation in view.operations
            if not operation.auth_callbacks
        }


api = OfficeApi(
    title="Alcance", version="1", description=DESCRIPTION, urls_namespace="api", openapi_url=None,
    docs_url=None, auth=[known], parser=OfficeParser(),
)  # fmt: skip


@api.get("/", response=dict[str, str], operation_id="get_root", summary="What there is", tags=["root"])
def get_root(request: HttpRequest) -> HttpResponse:
    """The addresses of the lists."""
    host = f"{request.scheme}://{request.get_host()}"
    lists = ("sites", "areas", "organisations", "plans", "lots", "connections")
    more = {"openapi": "/api/openapi.json", "docs": "/api/docs", "features": "/ogc/"}
    paths = {name: f"/api/{name}" for name in lists} | more
    return json_answer(request, {name: f"{host}{path}" for name, path in paths.items()})


@api.get("/openapi.json", include_in_schema=False)
def get_openapi(request: HttpRequest) -> HttpResponse:
    """The description of the API."""
    return json_answer(request, openapi())


for _prefix, _router in (
    ("/sites", sites), ("/areas", areas.router), ("/organisations", organisations.router), ("/plans", plans.router),
    ("/lots", lots.router), ("/connections", connections.router), ("/measurements", measurements),
):  # fmt: skip
    api.add_router(_prefix, _router)


@cache
def openapi() -> dict[str, Any]:
    """The description of the API; it changes only with the program."""
    return dict(api.get_openapi_schema())
