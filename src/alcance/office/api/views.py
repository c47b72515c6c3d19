"""Pages about the API: what it knows, and one's own keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alcance.office.api.api import openapi
from alcance.office.api.keys import make_key, retire_key
from alcance.office.api.models import ApiKey, KeyScope
from alcance.office.web.errors import acting, only_with_account

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class KeyForm(forms.Form):
    """A new key."""

    name = forms.CharField(label=gettext_lazy("What it is for"), max_length=100)
    scope = forms.ChoiceField(label=gettext_lazy("Scope"), choices=KeyScope.choices)


@only_with_account
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """One's keys."""
    return _keys(request)


@only_with_account
@reauthentication_required
@require_http_methods(["GET", "POST"])
def new_key(request: HttpRequest) -> HttpResponse:
    """Make a key, for who has just given their password; it is shown once, on the answer."""
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        made = make_key(acting(request), values["name"], KeyScope(values["scope"]), at=timezone.now())[1]
        return _keys(request, made)
    context = {"title": _("New key"), "form": form, "action": _("Make a key"), "back": reverse("api_keys")}
    return render(request, "office/form.html", context, status=400 if form.errors else 200)


def _keys(request: HttpRequest, made: str = "") -> HttpResponse:
    response = render(request, "api/keys.html", {"keys": ApiKey.objects.filter(person=acting(request)), "made": made})
    response["Cache-Control"] = "no-store"
    return response


@only_with_account
@require_POST
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Retire one of one's keys."""
    key = get_object_or_404(ApiKey, pk=int(pk), person=acting(request))
    retire_key(key, at=timezone.now())
    messages.success(request, _("The key is retired; it opens nothing from now on."))
    return HttpResponseRedirect(reverse("api_keys"))


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The API as a page, made of its description."""
    described = openapi()
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            row = {"method": method.upper(), "path": path, **operation, "answer": _answer(operation)}
            row["body"] = _body(operation)
            row["asked"] = [{**one, "type": _type(one["schema"])} for one in operation["parameters"]]
            groups.setdefault(operation.get("tags", ["other"])[0], []).append(row)
    schemas = {
        name: _fields(schema)
        for name, schema in sorted(described["components"]["schemas"].items())
        if "properties" in schema and not name.endswith(("Page", "Query"))
    }
    return render(request, "api/docs.html", {"groups": groups, "schemas": schemas})


def _answer(operation: dict[str, Any]) -> str:
    for status, answer in operation["responses"].items():
        for content in answer.get("content", {}).values():
            if status.startswith("2"):
                name = _name(content["schema"])
                # A page is told by what it holds.
                pages = openapi()["components"]["schemas"].get(name, {}).get("properties", {}).get("items")
                return _name(pages["items"]) if pages else name
    return ""


def _body(operation: dict[str, Any]) -> str:
    for content in operation.get("requestBody", {}).get("content", {}).values():
        return _name(content["schema"])
    return ""


def _name(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _fields(schema: dict[str, Any]) -> list[dict[str, Any]]:
    required = schema.get("required", [])
    return [
        {"name": name, "type": _type(one), "words": one.get("description", ""), "required": name in required}
        for name, one in schema["properties"].items()
    ]


def _type(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " | ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "items" in schema:
        return f"[{_type(schema['items'])}]"
    name = schema.get("type", _name(schema) or "any")
    return f"{name} ({schema['format']})" if "format" in schema else str(name)
