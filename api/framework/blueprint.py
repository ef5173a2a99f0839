"""Declare a route in one place: its address, who may enter, what it takes and what it answers.

A route cannot be declared without saying who may enter; a test walks all routes for it.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any

from flask import Response, g
from flask_smorest import Blueprint
from marshmallow import Schema

from accounts.access.permissions import Permission
from api.framework import request_handling
from api.framework.parsing import Empty, StrictParser, without_query
from api.framework.request_context import SHAPES

View = Callable[..., Response]

IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "the version that was seen, as given by ETag; another one now is answered with 412",
    "schema": {"type": "string", "maxLength": 40},
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "the sender's own name of this submission; sent again, it has no other effect",
    "schema": {"type": "string", "minLength": 1, "maxLength": request_handling.LONGEST_KEY},
}
ONE_FILE = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
                "required": ["file"],
                "additionalProperties": False,
            }
        }
    },
}
ETAG = {"ETag": {"description": "the version of the case", "schema": {"type": "string"}}}
LOCATION = {
    "Location": {
        "description": "the address of the case, unless its number is withheld",
        "schema": {"type": "string"},
    }
}
REPLAYED = {
    "Idempotency-Replayed": {
        "description": "`true` when this is the first answer again",
        "schema": {"type": "string", "enum": ["true"]},
    }
}


class ApiBlueprint(Blueprint):  # type: ignore[misc]  # the library comes without types
    """The routes of one noun."""

    ARGUMENTS_PARSER = StrictParser()

    def get(
        self,
        rule: str,
        *,
        permission: Permission,
        response: type[Schema],
        query: type[Schema] = Empty,
        headers: Mapping[str, Any] | None = None,
        errors: Iterable[int] = (),
    ) -> Callable[[View], View]:
        """Declare a GET: `query` are its parameters, `response` describes the answer."""

        def declared(view: View) -> View:
            described = self.response(200, response, headers=headers)(_shaped(view, response))
            described = self.arguments(query(), location="query")(described)
            described = self._refusing(described, (401, 403, 429, 503, *errors))
            return self._declare("GET", rule, request_handling.reading(described, permission), permission)

        return declared

    def post(
        self,
        rule: str,
        *,
        permission: Permission,
        response: type[Schema] | Mapping[str, Any],
        body: type[Schema] | Schema = Empty,
        status: int = 201,
        again: str = "",
        headers: Mapping[str, Any] | None = None,
        parameters: Iterable[Mapping[str, Any]] = (),
        errors: Iterable[int] = (),
    ) -> Callable[[View], View]:
        """Declare a POST: `body` is what it takes, `response` describes the answer of a success.

        `again` says when a success is answered with 200 although the first one was 201.
        """

        def declared(view: View) -> View:
            shaped = _shaped(view, response)
            described = self.response(status, response, headers={**REPLAYED, **(headers or {})})(shaped)
            if again:
                told = {"schema": response, "headers": headers, "description": again, "success": True}
                described = self.alt_response(200, **told)(described)
            schema = body() if isinstance(body, type) else body  # made anew for each request, it costs time
            described = self.arguments(schema, location="json", required=body is not Empty)(described)
            described = self.doc(parameters=[IDEMPOTENCY_KEY, *parameters])(without_query(described))
            described = self._refusing(described, (400, 401, 403, 409, 413, 415, 429, 503, *errors))
            return self._declare("POST", rule, request_handling.writing(described, permission), permission)

        return declared

    def public_post(
        self,
        rule: str,
        *,
        body: type[Schema],
        response: type[Schema],
        writes: bool,
        errors: Iterable[int] = (),
    ) -> Callable[[View], View]:
        """Declare a POST for villagers, who hold no token but a receipt code."""

        def declared(view: View) -> View:
            described = self.response(200, response)(_shaped(view, response))
            described = self.arguments(body(), location="json")(described)
            described = self.doc(security=[])(without_query(described))
            described = self._refusing(described, (400, 404, 413, 415, 429, 503, *errors))
            return self._declare("POST", rule, request_handling.villagers(described, writes=writes), ())

        return declared

    def post_file(
        self, rule: str, *, permission: Permission, response: type[Schema]
    ) -> Callable[[View], View]:
        """Declare a POST of one file, as multipart."""

        def declared(view: View) -> View:
            described = self.response(201, response, headers=REPLAYED)(_shaped(view, response))
            described = self.doc(parameters=[IDEMPOTENCY_KEY], requestBody=ONE_FILE)(without_query(described))
            described = self._refusing(described, (400, 401, 403, 409, 413, 415, 422, 429, 503))
            return self._declare("POST", rule, request_handling.uploading(described, permission), permission)

        return declared

    def get_file(
        self, rule: str, *, permission: request_handling.Enter, media_types: Iterable[str]
    ) -> Callable[[View], View]:
        """Declare a GET that answers with a file of one of the types."""

        def declared(view: View) -> View:
            described = view
            for media_type in media_types:
                file = {"type": "string", "contentMediaType": media_type}
                described = self.response(200, file, content_type=media_type)(described)
            described = self.arguments(Empty(), location="query")(described)
            described = self._refusing(described, (401, 403, 404, 429, 503))
            return self._declare("GET", rule, request_handling.reading(described, permission), permission)

        return declared

    def _refusing(self, view: View, statuses: Iterable[int]) -> View:
        """Describe the errors of a route; each would put a function around the view that does nothing."""
        described = view
        for status in statuses:
            described = self.alt_response(status, response=HTTPStatus(status).name)(described)
        view._apidoc = described._apidoc  # type: ignore[attr-defined]  # where the library keeps what it says
        return view

    def _declare(self, method: str, rule: str, view: View, permission: request_handling.Enter) -> View:
        view.enter = permission  # type: ignore[attr-defined]  # what the walk of all routes looks for
        self.add_url_rule(rule, view_func=view, methods=[method])
        return view


def _shaped(view: View, response: type[Schema] | Mapping[str, Any]) -> View:
    """Let an answer of a view leave in the form of its shape, or of the one that it has of several."""
    shapes = response["anyOf"] if isinstance(response, Mapping) else [response]

    @wraps(view)
    def shaped(*values: Any, **path: Any) -> Response:
        setattr(g, SHAPES, shapes)
        return view(*values, **path)

    return shaped
