"""Declare a route in one place: its address, who may enter, what it takes and what it gives.

A route cannot be declared without saying who may enter; a test walks all routes for it.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, NoReturn

from flask import Request, Response, request
from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser
from webargs.multidictproxy import MultiDictProxy

from accounts.permissions import Permission
from api import entry
from api.bodies import read_json
from api.fields import Shape
from core.errors import Invalid

View = Callable[..., Response]
LONGEST_NAME_TOLD = 80

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
    "description": "the sender's own name of this submission; repeated, it is answered without another effect",
    "schema": {"type": "string", "minLength": 1, "maxLength": entry.LONGEST_KEY},
}
ETAG = {"ETag": {"description": "the version of the case", "schema": {"type": "string"}}}
LOCATION = {"Location": {"description": "the address of the case", "schema": {"type": "string"}}}
REPLAYED = {
    "Idempotency-Replayed": {
        "description": "`true` when this is the first answer again",
        "schema": {"type": "string", "enum": ["true"]},
    }
}


class Empty(Shape):
    """No member at all."""


class StrictParser(FlaskParser):
    """Read bodies strictly, refuse unknown and repeated names, and refuse with reason codes."""

    DEFAULT_UNKNOWN_BY_LOCATION = dict.fromkeys(FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION)

    def load_json(self, req: Request, schema: Schema) -> Any:
        """Read the body; a route that takes nothing may be called without one."""
        del self
        if isinstance(schema, Empty) and not req.get_data(cache=True):
            return {}
        return read_json(req)

    def load_querystring(self, req: Request, schema: Schema) -> MultiDictProxy:
        """Read the query; a name that stands twice would be understood in two ways."""
        twice = {told(name): ["given_twice"] for name, values in req.args.lists() if len(values) > 1}
        if twice:
            raise Invalid(twice)
        return super().load_querystring(req, schema)  # type: ignore[no-any-return]

    def handle_error(
        self, error: ValidationError, req: Request, schema: Schema, **rest: Any
    ) -> NoReturn:
        """Turn what the schema refuses into the one kind of refusal that carries fields."""
        del self, req, schema, rest
        raise Invalid(flat(error.messages))


def flat(messages: Any) -> dict[str, list[str]]:
    """Give nested messages by dotted path, without the place they were read from."""
    found: dict[str, list[str]] = {}
    for inner in messages.values() if isinstance(messages, dict) else [messages]:
        _collect(inner, "", found)
    return found


def _collect(messages: Any, path: str, found: dict[str, list[str]]) -> None:
    if isinstance(messages, dict):
        for name, inner in messages.items():
            own = "" if name == "_schema" else told(str(name))
            _collect(inner, ".".join(part for part in (path, own) if part), found)
    else:
        found.setdefault(path or "body", []).extend(str(one) for one in messages)


def told(name: str) -> str:
    """Give a member's name short enough to be told back."""
    return name if len(name) <= LONGEST_NAME_TOLD else name[:LONGEST_NAME_TOLD] + "…"


class Noun(Blueprint):  # type: ignore[misc]  # the library comes without types
    """The routes of one noun."""

    ARGUMENTS_PARSER = StrictParser()

    def reads(
        self,
        rule: str,
        *,
        enter: Permission,
        gives: type[Schema],
        query: type[Schema] = Empty,
        headers: Mapping[str, Any] | None = None,
        refuses: Iterable[int] = (),
        media_type: str | None = None,
    ) -> Callable[[View], View]:
        """Declare a GET: `query` are its parameters, `gives` describes the answer."""

        def declared(view: View) -> View:
            described = self.response(200, gives, headers=headers, content_type=media_type)(view)
            described = self.arguments(query, location="query")(described)
            described = self._refusing(described, (401, 403, 503, *refuses))
            return self._declare("GET", rule, entry.reading(described, enter), enter)

        return declared

    def acts(
        self,
        rule: str,
        *,
        enter: Permission,
        gives: type[Schema],
        takes: type[Schema] | Schema = Empty,
        status: int = 201,
        headers: Mapping[str, Any] | None = None,
        parameters: Iterable[Mapping[str, Any]] = (),
        refuses: Iterable[int] = (),
    ) -> Callable[[View], View]:
        """Declare a POST: `takes` is its body, `gives` describes the answer of a success."""

        def declared(view: View) -> View:
            described = self.response(status, gives, headers={**REPLAYED, **(headers or {})})(view)
            described = self.arguments(takes, location="json", required=takes is not Empty)(described)
            described = self.doc(parameters=[IDEMPOTENCY_KEY, *parameters])(without_query(described))
            described = self._refusing(described, (400, 401, 403, 409, 413, 415, 503, *refuses))
            return self._declare("POST", rule, entry.writing(described, enter), enter)

        return declared

    def _refusing(self, view: View, statuses: Iterable[int]) -> View:
        """Describe the errors of a route."""
        for status in statuses:
            view = self.alt_response(status, response=HTTPStatus(status).name)(view)
        return view

    def _declare(self, method: str, rule: str, view: View, enter: Permission) -> View:
        view.enter = enter  # type: ignore[attr-defined]  # what the walk of all routes looks for
        self.add_url_rule(rule, view_func=view, methods=[method])
        return view


def without_query(view: View) -> View:
    """Refuse a query where none is understood."""

    @wraps(view)
    def plain(*values: Any, **path: Any) -> Response:
        if request.args:
            raise Invalid({told(name): ["unknown_member"] for name in request.args})
        return view(*values, **path)

    return plain
