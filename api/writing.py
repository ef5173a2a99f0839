"""Write JSON: Chinese as it is, compact, and times with the offset of the county's zone."""

import json
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from flask.json.provider import JSONProvider


class Json(JSONProvider):
    """The application's JSON: `dumps` for answers; `loads` is never used on what strangers send."""

    def __init__(self, app: Flask, zone: ZoneInfo) -> None:
        super().__init__(app)
        self._zone = zone

    def dumps(self, obj: Any, **options: Any) -> str:
        """Write a value; NaN is refused because it is not JSON."""
        options.setdefault("ensure_ascii", False)
        options.setdefault("separators", (",", ":"))
        return json.dumps(obj, allow_nan=False, default=self._plain, **options)

    def loads(self, s: str | bytes, **options: Any) -> Any:
        """Read a value that the program itself wrote."""
        return json.loads(s, **options)

    def _plain(self, value: object) -> str:
        if isinstance(value, datetime):
            return value.astimezone(self._zone).isoformat()
        if isinstance(value, date):
            return value.isoformat()
        raise TypeError(f"{type(value).__name__} has no JSON form")
