"""Compare answers with what the OpenAPI document says about them: status, media type and every member."""

from copy import deepcopy
from functools import lru_cache
from typing import Any

from flask import Flask
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from werkzeug.test import TestResponse

ROOT = "urn:test:openapi"


def check(app: Flask, response: TestResponse) -> None:
    """Fail when an answer below /api/v1 is not one that the document describes."""
    request = response.request
    adapter = app.url_map.bind("localhost")
    with app.app_context():
        rule, _ = adapter.match(request.path, method=request.method, return_rule=True)
    operation = document(app)["paths"][openapi_path(str(rule))][request.method.lower()]
    answers = operation["responses"]
    described = answers.get(str(response.status_code)) or answers["default"]
    described = resolved(app, described)
    content = described["content"]
    assert response.mimetype in content, f"{response.mimetype} is not described: {list(content)}"
    if str(response.mimetype).endswith("json"):
        validator(app, pointer=content[response.mimetype]["schema"]).validate(response.json)
    for name in described.get("headers", {}):
        withheld = name == "Location" and (response.json or {}).get("number") is None
        optional = name == "Idempotency-Replayed" or withheld
        assert optional or name in response.headers, f"the header {name} is missing"


def document(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI document of an application."""
    return _document(app)


@lru_cache(maxsize=1)
def _document(app: Flask) -> dict[str, Any]:
    found: dict[str, Any] = app.test_client().get("/api/v1/openapi.json").json or {}
    return found


def openapi_path(rule: str) -> str:
    """Write a rule of Flask as the document writes it."""
    parts = [part.split(":")[-1] for part in rule.replace("<", "{").replace(">", "}").split("/")]
    return "/".join("{" + part.lstrip("{") if part.endswith("}") else part for part in parts)


def resolved(app: Flask, described: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference to a response of the components."""
    if "$ref" not in described:
        return described
    found: dict[str, Any] = document(app)["components"]["responses"][described["$ref"].split("/")[-1]]
    return found


@lru_cache(maxsize=1)
def registry(app: Flask) -> Registry[Any]:
    """Return the document with every object closed, so that what is not described shows."""
    strict = deepcopy(document(app))
    for schema in strict["components"]["schemas"].values():
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
    resource: Resource[Any] = DRAFT202012.create_resource(strict)
    made: Registry[Any] = Registry().with_resource(ROOT, resource)
    return made


def validator(app: Flask, pointer: dict[str, Any]) -> Draft202012Validator:
    """Make a validator of a schema whose references point into the document."""
    absolute = _absolute(pointer)
    return Draft202012Validator(absolute, registry=registry(app))


def _absolute(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {key: f"{ROOT}{value}" if key == "$ref" else _absolute(value) for key, value in schema.items()}
    return [_absolute(one) for one in schema] if isinstance(schema, list) else schema
