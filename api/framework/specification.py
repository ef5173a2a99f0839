"""Describe the interface as OpenAPI 3.1 and route HTTP errors to `api.framework.problems`.

The library answers errors its own way, drops headers such as Allow and turns pages' errors into JSON as well;
this subclass mends each of the three.
"""

import http
import json
from typing import Any

import flask_smorest
from flask import Flask, Response, current_app
from flask_smorest.utils import prepare_response
from marshmallow import Schema, fields
from werkzeug.exceptions import HTTPException

from api.framework import problems
from cases.configuration.case_rules import CountyRules
from wsgi.error_messages import PROBLEMS
from wsgi.schemas.action_schemas import action_schema
from wsgi.schemas.fields import OneOfField

PREFIX = "/api/"
TITLE = "回音 Huiyin"
VERSION = "1"


class ProblemDetails(Schema):
    """Problem details (RFC 9457)."""

    type = fields.String(required=True, metadata={"format": "uri-reference"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(
        required=True,
        metadata={"description": "stable; what a program decides by", "enum": sorted(PROBLEMS)},
    )
    facts = fields.Dict(keys=fields.String(), required=True)
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "with 422: reason codes by the dotted path of the field"},
    )


class Api(flask_smorest.Api):  # type: ignore[misc]  # the library comes without types
    """The library's API object with problem details for errors."""

    ERROR_SCHEMA = ProblemDetails
    DEFAULT_ERROR_RESPONSE_NAME = "DEFAULT_ERROR"

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Answer an HTTP error as a problem, also for an address that is none of ours."""
        return problems.of_http(error)

    def _register_responses(self) -> None:
        """Describe every error as a problem, with the media type it is really sent with."""
        for status in http.HTTPStatus:
            response: dict[str, Any] = {"description": status.phrase}
            if status >= 400:
                response["schema"] = self.ERROR_SCHEMA
            prepare_response(response, self.spec, problems.MEDIA_TYPE)
            self.spec.components.response(status.name, response, lazy=True)
        default = {"description": "Any other error", "schema": self.ERROR_SCHEMA}
        prepare_response(default, self.spec, problems.MEDIA_TYPE)
        self.spec.components.response(self.DEFAULT_ERROR_RESPONSE_NAME, default, lazy=True)

    def _openapi_json(self) -> Response:
        """Serve the description; it is the same for everybody and tells nothing that is secret."""
        return current_app.response_class(
            json.dumps(self.spec.to_dict(), ensure_ascii=False), mimetype="application/json"
        )


def describe_actions(api: Api, rules: CountyRules) -> None:
    """Describe the body of an action as one of those that the present definition knows."""
    definition, schemas = rules.definition, api.spec.components.schemas
    names = [name for name, step in definition.steps.items() if step.sources] + list(definition.acts)
    choices = []
    for name in names:
        shape = type(action_schema(definition, name)).from_dict(
            {"action": OneOfField((name,), required=True)}, name=f"Action_{name}"
        )
        api.spec.components.schema(f"Action_{name}", schema=shape)
        choices.append({"$ref": f"#/components/schemas/Action_{name}"})
    schemas["AnyAction"] = {
        "oneOf": choices,
        "discriminator": {
            "propertyName": "action",
            "mapping": {name: choice["$ref"] for name, choice in zip(names, choices, strict=True)},
        },
    }


def describe_health(api: Api, app: Flask) -> None:
    """Describe what whoever watches the service asks; it stands beside the versions and needs no token."""
    for path, summary, status in (
        ("/healthz", "The process answers", "ok"),
        ("/readyz", "The process can do its work", "ready"),
    ):
        shape = {
            "type": "object",
            "properties": {"status": {"type": "string", "enum": [status]}},
            "required": ["status"],
            "additionalProperties": False,
        }
        answered = {"description": summary, "content": {"application/json": {"schema": shape}}}
        responses: dict[str, Any] = {"200": answered, "default": Api.DEFAULT_ERROR_RESPONSE_NAME}
        if path == "/readyz":
            responses["503"] = http.HTTPStatus.SERVICE_UNAVAILABLE.name
        operation = {"summary": summary, "tags": ["health"], "security": [], "responses": responses}
        rule = next(rule for rule in app.url_map.iter_rules() if rule.rule == path)
        api.spec.path(rule=rule, app=app, operations={"get": operation})


SPEC_OPTIONS: dict[str, Any] = {
    "info": {
        "description": (
            "A ledger in which every matter that villagers raise has an owner, a date and a reply. "
            "Times are RFC 3339 with an offset, dates ISO 8601. Lists are `{items, next}`. "
            "Every POST with a token honours `Idempotency-Key`."
        )
    },
    "components": {
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer", "description": "`tokens issue NAME`"}
        }
    },
    "security": [{"token": []}],
    "servers": [{"url": "/", "description": "this server"}],
}
