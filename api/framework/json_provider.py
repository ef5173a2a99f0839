"""Write JSON: Chinese as it is, compact, and times with the offset of the county's zone."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from flask import Flask
from flask.json.provider import JSONProvider

from api.framework.language import translate
from cases.vocabulary import MARKS_SHOWN

#: A time is told with the offset of the county's zone, which only the application knows.
OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_APPEND_NEWLINE
MARKS = {mark.encode(): words for mark, words in MARKS_SHOWN.items()}


class Json(JSONProvider):
    """The application's JSON: `write` for answers; `loads` is never used on what strangers send."""

    def __init__(self, app: Flask, zone: ZoneInfo) -> None:
        super().__init__(app)
        self._zone = zone

    def write(self, value: Any) -> bytes:
        """Write a value in UTF-8 with a line end; what JSON has no form for raises TypeError.

        In place of words that are gone or do not open it says so, in the reader's language.
        """
        written = orjson.dumps(value, default=self._plain, option=OPTIONS)
        for mark, words in MARKS.items():
            if mark in written:
                written = written.replace(mark, orjson.dumps(translate()(words))[1:-1])
        return written

    def dumps(self, obj: Any, **options: Any) -> str:
        """Write a value as text, for Flask and its test client."""
        del options
        return self.write(obj).decode().rstrip("\n")

    def loads(self, s: str | bytes, **options: Any) -> Any:
        """Read a value that the program itself wrote."""
        del options
        return orjson.loads(s)

    def _plain(self, value: object) -> str:
        if isinstance(value, datetime):
            return value.astimezone(self._zone).isoformat()
        if isinstance(value, date):
            return value.isoformat()
        raise TypeError(f"{type(value).__name__} has no JSON form")
