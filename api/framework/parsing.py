"""Read bodies, queries and uploads strictly, and refuse with reason codes by field."""

from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

from flask import Request, Response, request
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser
from webargs.multidictproxy import MultiDictProxy
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import UnsupportedMediaType

from api.framework.strict_json import read_json
from core.errors import Invalid
from wsgi.files import MOST_UPLOAD_BYTES
from wsgi.schemas.fields import StrictSchema
from wsgi.schemas.validation_errors import flatten_errors, path_text

View = Callable[..., Response]


class Empty(StrictSchema):
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
        twice = {path_text(name): ["given_twice"] for name, values in req.args.lists() if len(values) > 1}
        if twice:
            raise Invalid(twice)
        return super().load_querystring(req, schema)  # type: ignore[no-any-return]

    def handle_error(self, error: ValidationError, req: Request, schema: Schema, **rest: Any) -> NoReturn:
        """Turn what the schema refuses into the one kind of refusal that carries fields."""
        del self, req, schema, rest
        raise Invalid(flatten_errors(error.messages))


def without_query(view: View) -> View:
    """Refuse a query where none is understood."""

    @wraps(view)
    def plain(*values: Any, **path: Any) -> Response:
        if request.args:
            raise Invalid({path_text(name): ["unknown_member"] for name in request.args})
        return view(*values, **path)

    return plain


def paging(query: dict[str, Any]) -> dict[str, Any]:
    """Take out of a query what says where the list goes on."""
    return {name: query.pop(name) for name in ("limit", "cursor") if name in query}


def read_upload(asked: Request) -> FileStorage:
    """Return the one file of a multipart body; raise Invalid for none, several or anything beside it."""
    if asked.mimetype != "multipart/form-data":
        raise UnsupportedMediaType
    asked.max_content_length = MOST_UPLOAD_BYTES
    asked.max_form_parts = 10
    files = [upload for _, uploads in asked.files.lists() for upload in uploads]
    wrong = {path_text(name or ""): ["unknown_member"] for name in asked.form}  # a part may lack a name
    if len(files) != 1:
        wrong["file"] = ["required" if not files else "given_twice"]
    if wrong:
        raise Invalid(wrong)
    return files[0]
