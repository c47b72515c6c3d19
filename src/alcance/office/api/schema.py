"""The description of the API made whole: errors, headers, conditions, and ways to say who one is."""

from __future__ import annotations

from typing import Any

from alcance.office.api.answers import TAGS
from alcance.office.api.problems import CONTENT_TYPE

_TEXT = {"type": "string"}
_WORDS = {
    "400": "the request cannot be understood",
    "401": "nobody has said who they are, or the key opens nothing",
    "403": "the role, or the key, does not allow this",
    "404": "there is nothing at this address",
    "409": "it cannot be done as things stand",
    "412": "it has been changed since it was seen",
    "413": "the body is too long",
    "415": "the body is not JSON",
    "422": "the request does not have the form that it must have",
    "428": "the version that was seen is not named",
    "429": "too much was asked for",
    "500": "the fault is ours",
    "503": "the database is busy; come again",
}
_READ = ("400", "401", "403", "404", "422", "429", "500", "503")
_WRITE = tuple(_WORDS)
PROBLEM = {
    "type": "object",
    "description": "What is wrong (RFC 9457)",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what is wrong here, in English"},
        "version": {"type": "integer", "description": "with 412, the version that stands"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["in", "name", "detail"],
                "properties": {"in": _TEXT, "name": _TEXT, "detail": _TEXT},
            },
        },
    },
}
_SECURITY = {
    "key": {"type": "http", "scheme": "bearer", "description": "a key of /account/keys/"},
    "session": {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "with X-CSRFToken on writes"},
}
_HEADERS = {
    "ETag": {"description": "names this state of it", "schema": _TEXT},
    "RateLimit": {"description": "how much may still be asked for", "schema": _TEXT},
}
_LINK = {"Link": {"description": "the next page", "schema": _TEXT}}


def _parameter(name: str, words: str, **schema: Any) -> dict[str, Any]:
    required = bool(schema.pop("required", False))
    return {"in": "header", "name": name, "required": required, "description": words, "schema": {**_TEXT, **schema}}


_IF_NONE_MATCH = _parameter("If-None-Match", "an ETag that one has: 304 if nothing has changed")
_IF_MATCH = _parameter("If-Match", "the ETag of the version that was seen", pattern=TAGS)
_ONCE = _parameter("Idempotency-Key", "any name for this write: sent again, it is done once", pattern="^[!-~]{1,200}$")


def completed(schema: dict[str, Any], own_ways: set[str]) -> dict[str, Any]:
    """Ninja's description with what it does not say by itself.

    Parameters
    ----------
    schema
        As Ninja makes it.
    own_ways
        Operations that know their callers in a way of their own, neither by key nor by session.
    """
    components = schema["components"]
    components["schemas"]["Problem"] = PROBLEM
    components["securitySchemes"] = {**components.get("securitySchemes", {}), **_SECURITY}
    components["responses"] = {f"Problem{status}": _problem(words) for status, words in _WORDS.items()}
    for operations in schema["paths"].values():
        for method, operation in operations.items():
            _complete(method, operation, known=operation["operationId"] not in own_ways)
    return schema


def _problem(words: str) -> dict[str, Any]:
    content = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": words, "content": content}


def _complete(method: str, operation: dict[str, Any], *, known: bool) -> None:
    reads = method == "get"
    answers = operation["responses"] = {str(status): made for status, made in operation["responses"].items()}
    is_list = any(one["name"] == "after" for one in operation["parameters"])
    for status, answer in answers.items():
        if status.startswith("2"):
            answer["headers"] = {**_HEADERS, **(_LINK if is_list else {})}
    for status in _READ if reads else _WRITE:
        answers.setdefault(status, {"$ref": f"#/components/responses/Problem{status}"})
    if not known:
        operation["security"] = [{}]
        return
    operation["security"] = [{}, {"key": []}, {"session": []}] if reads else [{"key": []}, {"session": []}]
    if reads:
        answers["304"] = {"description": "nothing has changed"}
        operation["parameters"].append(_IF_NONE_MATCH)
    elif method in ("put", "patch"):
        operation["parameters"] += [{**_IF_MATCH, "required": True}, _ONCE]
    else:
        operation["parameters"] += [_IF_MATCH, _ONCE]
