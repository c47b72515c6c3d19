"""The definition of the features' API, in OpenAPI 3.0 as the standard wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alcance.office.api.ogc.asked import MOST, USUAL
from alcance.office.api.ogc.features import GEOJSON
from alcance.office.api.problems import CONTENT_TYPE
from alcance.office.api.schema import PROBLEM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from alcance.office.api.ogc.features import Collection

MEDIA_TYPE = "application/vnd.oai.openapi+json;version=3.0"
_PARAMETERS: dict[str, dict[str, Any]] = {
    "limit": {
        "name": "limit",
        "in": "query",
        "description": "Features on a page at most; more than the maximum means the maximum.",
        "required": False,
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
        "style": "form",
        "explode": False,
    },
    "after": {
        "name": "after",
        "in": "query",
        "description": "Where the page before ended, as its link `next` says.",
        "required": False,
        "schema": {"type": "string", "maxLength": 200},
        "style": "form",
        "explode": False,
    },
    "bbox": {
        "name": "bbox",
        "in": "query",
        "description": "Only features that meet this box: west, south, east, north in degrees (WGS 84).",
        "required": False,
        "schema": {
            "type": "array",
            "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}],
            "items": {"type": "number"},
        },
        "style": "form",
        "explode": False,
    },
    "datetime": {
        "name": "datetime",
        "in": "query",
        "description": "Only features of this moment or interval (RFC 3339); those without a time are always there.",
        "required": False,
        "schema": {"type": "string"},
        "style": "form",
        "explode": False,
    },
    "f": {
        "name": "f",
        "in": "query",
        "description": "The format; there is one.",
        "required": False,
        "schema": {"type": "string", "enum": ["json"]},
        "style": "form",
        "explode": False,
    },
}
_LINK = {
    "type": "object",
    "required": ["href", "rel"],
    "properties": {name: {"type": "string"} for name in ("href", "rel", "type", "title")},
}
_LINKS = {"type": "array", "items": {"$ref": "#/components/schemas/link"}}
_TEXTS = {"type": "array", "items": {"type": "string"}}
_SCHEMAS: dict[str, Any] = {
    "link": _LINK,
    "problem": PROBLEM,
    "landingPage": {
        "type": "object",
        "required": ["links"],
        "properties": {"title": {"type": "string"}, "description": {"type": "string"}, "links": _LINKS},
    },
    "confClasses": {"type": "object", "required": ["conformsTo"], "properties": {"conformsTo": _TEXTS}},
    "collection": {
        "type": "object",
        "required": ["id", "links"],
        "properties": {
            "id": {"type": "string"},
            "title": {"type": "string"},
            "description": {"type": "string"},
            "itemType": {"type": "string"},
            "crs": _TEXTS,
            "extent": {"type": "object"},
            "links": _LINKS,
        },
    },
    "collections": {
        "type": "object",
        "required": ["links", "collections"],
        "properties": {
            "links": _LINKS,
            "collections": {"type": "array", "items": {"$ref": "#/components/schemas/collection"}},
        },
    },
    "geometry": {"type": "object", "nullable": True, "required": ["type"], "properties": {"type": {"type": "string"}}},
}


def openapi(base: str, title: str, description: str, collections: Mapping[str, Collection]) -> dict[str, Any]:
    """The definition.

    Parameters
    ----------
    base
        Scheme and host.
    """
    paths = {
        "/": _read("getLandingPage", "What there is", "landingPage"),
        "/conformance": _read("getConformance", "What it conforms to", "confClasses"),
        "/api": {
            "get": {
                "operationId": "getDefinition",
                "summary": "This definition",
                "parameters": [_ref("f")],
                "responses": {"200": {"description": "it", "content": {MEDIA_TYPE: {"schema": {"type": "object"}}}}}
                | _problems("400"),
            }
        },
        "/collections": _read("getCollections", "The collections", "collections"),
    }
    schemas = dict(_SCHEMAS)
    for name, one in collections.items():
        paths[f"/collections/{name}"] = _read(f"describe_{name}", one.title, "collection")
        paths[f"/collections/{name}/items"] = _items(one)
        paths[f"/collections/{name}/items/{{featureId}}"] = _item(one)
        schemas |= _schemas(one)
    return {
        "openapi": "3.0.3",
        "info": {"title": title, "description": description, "version": "1.0.0"},
        "servers": [{"url": f"{base}/ogc"}],
        "paths": paths,
        "components": {
            "parameters": _PARAMETERS,
            "schemas": schemas,
            "responses": {
                "problem": {
                    "description": "what is wrong",
                    "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/problem"}}},
                }
            },
        },
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/parameters/{name}"}


def _problems(*statuses: str) -> dict[str, Any]:
    wrong = {"$ref": "#/components/responses/problem"}
    return dict.fromkeys((*statuses, "404", "429", "500", "503"), wrong)


def _read(operation: str, summary: str, schema: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    responses = {"200": {"description": summary, "content": content}} | _problems("400")
    get = {"operationId": operation, "summary": summary, "parameters": [_ref("f")], "responses": responses}
    return {"get": get}


def _items(one: Collection) -> dict[str, Any]:
    filters = [
        {
            "name": name,
            "in": "query",
            "description": f"Only features whose {name} is this.",
            "required": False,
            "schema": one.properties[name],
            "style": "form",
            "explode": False,
        }
        for name in one.filters
    ]
    content = {GEOJSON: {"schema": {"$ref": f"#/components/schemas/{one.name}FeatureCollection"}}}
    get = {
        "operationId": f"get_{one.name}",
        "summary": one.title,
        "description": one.description,
        "parameters": [*(_ref(name) for name in _PARAMETERS), *filters],
        "responses": {"200": {"description": "features", "content": content}} | _problems("400"),
    }
    return {"get": get}


def _item(one: Collection) -> dict[str, Any]:
    number = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
    content = {GEOJSON: {"schema": {"$ref": f"#/components/schemas/{one.name}Feature"}}}
    get = {
        "operationId": f"get_{one.name}_feature",
        "summary": "One feature",
        "parameters": [number, _ref("f")],
        "responses": {"200": {"description": "it", "content": content}} | _problems("400"),
    }
    return {"get": get}


def _schemas(one: Collection) -> dict[str, Any]:
    properties = {name: {**schema, "nullable": True} for name, schema in one.properties.items()}
    for schema in properties.values():
        # A value that may be null is one of those listed too.
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    feature = {
        "type": "object",
        "required": ["type", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
            "geometry": {"$ref": "#/components/schemas/geometry"},
            "properties": {"type": "object", "properties": properties},
            "links": _LINKS,
        },
    }
    collection = {
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": {"type": "array", "items": {"$ref": f"#/components/schemas/{one.name}Feature"}},
            "links": _LINKS,
            "timeStamp": {"type": "string", "format": "date-time"},
            "numberMatched": {"type": "integer", "minimum": 0},
            "numberReturned": {"type": "integer", "minimum": 0},
        },
    }
    return {f"{one.name}Feature": feature, f"{one.name}FeatureCollection": collection}
