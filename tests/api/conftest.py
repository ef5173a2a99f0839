"""Put the interface for programs before the small township, with a token for everybody."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from accounts.access.actor import SYSTEM
from accounts.models import User
from accounts.sign_in import tokens
from api.application import attach_services, create
from cases.configuration.case_rules import CountyRules
from cases.models.case import Case
from config.settings import Settings, load
from core.persistence.db import Database
from tests.api import contract
from tests.builders import at

NOW = at("2026-03-03", 9)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.moment = NOW

    def __call__(self) -> datetime:
        return self.moment


class JsonAnswer(Protocol):
    """An answer, as far as tests look at it."""

    status_code: int
    data: bytes
    mimetype: str | None
    headers: Headers

    @property
    def json(self) -> Any:
        """Return what the JSON says."""

    @property
    def text(self) -> str:
        """Return the answer as text."""


class Caller:
    """Somebody with a token who calls the interface."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client = client
        self.token = token

    def get(self, path: str, *, headers: Any = None, **query: Any) -> JsonAnswer:
        """Read something; the whole answer is taken in, so that a file it came from is closed."""
        given = {"headers": self._headers(headers), "query_string": query or None}
        return self._checked(self.client.get(f"/api/v1{path}", buffered=True, **given))

    def open(self, address: str) -> JsonAnswer:
        """Follow an address that an answer gave."""
        return self._checked(self.client.get(address, headers=self._headers(None)))

    def post(self, path: str, body: Any = None, *, headers: Mapping[str, str] | None = None) -> JsonAnswer:
        sent = {} if body is None else {"json": body}
        return self._checked(self.client.post(f"/api/v1{path}", headers=self._headers(headers), **sent))

    def raw(self, path: str, data: bytes, content_type: str = "application/json") -> JsonAnswer:
        """Post bytes as they are."""
        return self._checked(
            self.client.post(
                f"/api/v1{path}", headers=self._headers(None), data=data, content_type=content_type
            )
        )

    def act(self, case: Case | str, action: str, *, version: int | None = None, **fields: Any) -> JsonAnswer:
        number = case if isinstance(case, str) else case.number
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        return self.post(f"/cases/{number}/actions", {"action": action, **fields}, headers=headers)

    def upload(
        self, content: bytes, name: str, media_type: str, *, headers: Mapping[str, str] | None = None
    ) -> JsonAnswer:
        """Send one file; written by hand, because the client leaves temporary files open."""
        head = f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        body = f"{head}Content-Type: {media_type}\r\n\r\n".encode() + content + b"\r\n--b--\r\n"
        return self._checked(
            self.client.post(
                "/api/v1/attachments",
                headers=self._headers(headers),
                data=body,
                content_type="multipart/form-data; boundary=b",
            )
        )

    def _checked(self, response: TestResponse) -> JsonAnswer:
        """Compare every answer with the document on the way."""
        contract.check(self.client.application, response)
        return cast(JsonAnswer, response)

    def _headers(self, more: Mapping[str, str] | None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **(more or {})}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load({"HUIYIN_DATA_DIR": str(tmp_path), "HUIYIN_LEAST_FREE_MB": "1"})


@pytest.fixture(scope="session")
def described(project_rules: CountyRules, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Make the application once: describing its routes takes longer than most tests."""
    folder = tmp_path_factory.mktemp("described")
    settings = load({"HUIYIN_DATA_DIR": str(folder), "HUIYIN_LEAST_FREE_MB": "1"})
    nowhere = Database(settings.database_url)
    return create(db=nowhere, rules=project_rules, settings=settings, now=Clock())


@pytest.fixture
def app(described: Flask, town: Database, rules: CountyRules, settings: Settings, clock: Clock) -> Flask:
    attach_services(described, db=town, rules=rules, settings=settings, now=clock)
    return described


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def token(town: Database, rules: CountyRules) -> Callable[..., str]:
    """Return a token of a user; it lasts longer than any test."""

    def issue(username: str, **given: Any) -> str:
        with town.transaction() as session:
            user = session.scalars(select(User).where(User.username == username)).one()
            return tokens.issue(
                session,
                actor=SYSTEM,
                user=user,
                label="test",
                now=NOW,
                chain=rules.services.chain,
                **{"days": tokens.MOST_DAYS, **given},
            )

    return issue


@pytest.fixture
def call(client: FlaskClient, token: Callable[[str], str]) -> Callable[[str], Caller]:
    """Return somebody who calls, by user name."""
    known: dict[str, Caller] = {}

    def somebody(username: str) -> Caller:
        if username not in known:
            known[username] = Caller(client, token(username))
        return known[username]

    return somebody


@pytest.fixture
def submission() -> Callable[..., dict[str, Any]]:
    """Return the body of a registration; what a test cares about it says."""

    def make(**fields: Any) -> dict[str, Any]:
        return {
            "village": "SL",
            "category": "irrigation",
            "kind": "problem",
            "own_words": "水渠塌了一段，下田浇不上水。",
            "client_ref": "phone-1",
            "complainants": [{"name": "田某", "phone": "13800002046"}],
            **fields,
        }

    return make


@pytest.fixture
def with_role(town: Database) -> Callable[[str, str], None]:
    """Set another role for a user."""

    def change(username: str, role: str) -> None:
        with town.transaction() as session:
            session.scalars(select(User).where(User.username == username)).one().roles = [role]

    return change
