"""Read JSON bodies strictly: what two readers could read differently is refused (threats.md T54, T55)."""

import json
import math
from typing import Any, NoReturn

from flask import Request
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from wsgi.error_messages import MOST_BODY_MB

MOST_BYTES = MOST_BODY_MB * 1_000_000
DEEPEST = 32
LONGEST_NUMBER = 20


def read_json(request: Request) -> Any:
    """Return the value that the body holds.

    The size is limited before anything is read, by the application's setting. Raises the HTTP errors 413 for
    a body that is too large, 415 for another type than JSON and 400 for anything that is not strict JSON.
    """
    raw = request.get_data(cache=True)
    if request.mimetype != "application/json" or _charset(request) != "utf-8":
        raise UnsupportedMediaType
    return parse(raw)


def parse(raw: bytes) -> Any:
    """Parse UTF-8 JSON; refuse duplicate names, NaN, numbers beyond 64 bits and nesting deeper than 32."""
    try:
        value = STRICT.decode(raw.decode("utf-8"))
        _check_depth(value)
    except (ValueError, RecursionError):
        raise BadRequest from None
    return value


def _charset(request: Request) -> str:
    return request.mimetype_params.get("charset", "utf-8").lower()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    for name in found:
        name.encode()  # half a character in a name could not be told back in the answer
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError("the number is too large")
    return value


def _integer(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER or not -(2**63) <= int(digits) < 2**63:
        raise ValueError("the number is too large")
    return int(digits)


STRICT = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_refuse, parse_float=_float, parse_int=_integer
)


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise ValueError("nested too deep")


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
