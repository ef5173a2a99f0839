"""Ask the application in this process, where a test sets the clock and nothing has to be started."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from api.application import create
from core.persistence.db import Database
from tests.builders import at
from tests.faults.served_township import ServedTownship

Read = Callable[[], datetime]
DAY = at("2026-03-02")


@dataclass
class Indoors:
    """The application on a township, with a clock that a test sets."""

    township: ServedTownship
    db: Database | None = None
    moment: datetime = DAY

    def __post_init__(self) -> None:
        services = self.township.services
        self.app: Flask = create(
            db=self.db or services.db,
            rules=replace(services.rules),
            settings=services.settings,
            now=lambda: self.moment,
        )

    def get(self, path: str, who: str = "zuzhang") -> TestResponse:
        """Read something below the address of the interface."""
        return self.app.test_client().get(f"/api/v1{path}", headers=self._as(who))

    def ready(self) -> int:
        """Ask whether the program can do its work."""
        return self.app.test_client().get("/readyz").status_code

    def post(self, who: str, path: str, body: Any, **headers: str) -> TestResponse:
        """Send something."""
        return self.app.test_client().post(f"/api/v1{path}", json=body, headers=self._as(who) | headers)

    def register(self, ref: str, *, key: str | None = None, code: str | None = None) -> TestResponse:
        """Register a case, under a key that is the same as the reference unless said otherwise.

        `code` is the receipt code that a phone has made and printed.
        """
        body = {
            "village": "SL",
            "category": "village_org",
            "kind": "problem",
            "own_words": "村里的账没有公布。",
            "client_ref": ref,
            "complainants": [{"name": "田某", **({"receipt_code": code} if code else {})}],
        }
        return self.post("zuyuan", "/cases", body, **{"Idempotency-Key": key or ref})

    def act(self, who: str, number: str, action: str, **fields: Any) -> TestResponse:
        """Take a step or act."""
        return self.post(who, f"/cases/{number}/actions", {"action": action, **fields})

    def upload(self, content: bytes, *, key: str | None = None) -> TestResponse:
        """Send a paper, under a key when one is given."""
        head = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n'
        return self.app.test_client().post(
            "/api/v1/attachments",
            headers=self._as("zuyuan") | ({"Idempotency-Key": key} if key else {}),
            data=f"{head}Content-Type: application/pdf\r\n\r\n".encode() + content + b"\r\n--b--\r\n",
            content_type="multipart/form-data; boundary=b",
        )

    def _as(self, who: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.township.tokens[who]}"}
