"""Canaries go in through every route, the jobs and whatever fails; nothing written holds one of them."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError, OperationalError

import app
from accounts.access.actor import SYSTEM
from accounts.installation import InstallationClock
from accounts.registers import users
from cases.configuration.case_rules import CountyRules
from cases.models.case import Case
from config.settings import Settings
from core import logs
from core.persistence.db import Database
from jobs import schedule
from notifications.channels.message import DeliveryRefused, Message
from tests import builders
from tests.api import canaries
from tests.api.canaries import CODE, FILE_NAME, HEAD, NAME, OTHER_PHONE, PHONE, REPLY, TOKEN, WORDS
from tests.api.conftest import Caller
from tests.api.test_application_routes import private
from tests.builders import PERSONAL_KEY, at
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
#: A Wednesday at ten: every job has something to look at, the digest as well, which is written on Mondays
#: from half past eight and reads nothing before.
WORKING_HOUR = at("2026-03-04")
Call = Callable[[str], Caller]
Written = Callable[[], str]
FIELDS: dict[str, Any] = {
    "village": "SL",
    "category": "irrigation",
    "kind": "problem",
    "own_words": WORDS,
    "client_ref": "canary-1",
    "complainants": [{"name": NAME, "phone": PHONE, "receipt_code": CODE}],
}


@pytest.fixture
def written(capfd: pytest.CaptureFixture[str]) -> Iterator[Written]:
    """Yield all that was written meanwhile, to standard output and standard error."""
    seen: list[str] = []

    def everything() -> str:
        seen.extend(capfd.readouterr())
        return "".join(seen)

    with logs.as_json_lines():
        yield everything


@contextmanager
def failing(db: Database, error: Exception) -> Iterator[None]:
    """Let every statement fail with an error that quotes what it was given."""

    def fail(*_: Any) -> None:
        raise error

    event.listen(db.engine, "before_cursor_execute", fail)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", fail)


#: What is asked of every route: a good token and one that nobody holds, words in each place that takes some.
BODIES: tuple[dict[str, Any], ...] = (
    {"json": FIELDS},
    {"json": {**FIELDS, "own_words": {"text": WORDS}, NAME: PHONE}},
    {"json": {"action": "note", "text": WORDS}},
    {"json": {"action": WORDS, "name": NAME}},
    {"data": f'{{"own_words": "{WORDS}'.encode(), "content_type": "application/json"},
    {"data": WORDS.encode(), "content_type": "text/plain"},
)


def walk(app: Flask, client: FlaskClient, token: str, case: str) -> list[int]:
    """Call every route in every way; give the statuses."""
    statuses = []
    for method, rule, _ in private(app):
        for target in (case, PHONE, f"{NAME}{PHONE}"):
            path = "/".join(target if part.startswith("<") else part for part in rule.split("/"))
            for query in ("", f"?q={NAME}&household={PHONE}", f"?village={WORDS}&cursor={CODE}"):
                for body in BODIES if method == "POST" else ({},):
                    for shown in (token, TOKEN[:46]):
                        answer = client.open(path + query, method=method, headers=headers(shown), **body)
                        statuses.append(answer.status_code)
    return statuses


def headers(token: str) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {token}",
        "X-Request-Id": PHONE,
        "User-Agent": f"phone/1 {PHONE}\u202e".encode().decode("latin-1"),
        "Idempotency-Key": f"{PHONE}-{CODE}",
        "X-Forwarded-For": PHONE,
        "Cookie": f"session={TOKEN}",
    }


def test_requests_of_every_kind_write_nothing_private(
    app: Flask, client: FlaskClient, call: Call, a_case: Callable[..., Case], written: Written
) -> None:
    case, token = a_case("assigned").number, call("zuzhang").token
    statuses = walk(app, client, token, case)
    assert {200, 401, 404, 415, 422, 429} <= set(statuses)
    assert not {status for status in statuses if status >= 500}
    told = written()
    assert told.count('"event": "request"') == len(statuses)
    assert canaries.found_in(told, (token,)) == set()


def test_a_complaint_from_beginning_to_end_writes_nothing_private(
    call: Call, written: Written, app: Flask
) -> None:
    del app
    made = call("zuyuan").post("/cases", FIELDS).json
    number, person = made["number"], made["complainants"][0]["id"]
    upload = f"%PDF-1.4 {WORDS}".encode()
    file = call("zuyuan").upload(upload, FILE_NAME, "application/pdf").json["id"]
    assert call("zuzhang").act(number, "assign", unit="committee-SL").status_code == 200
    assert call("cunwei-sl").act(number, "accept").status_code == 200
    replies = [{"complainant": person, "channel": "door", "text": REPLY}]
    steps = (
        ("zuzhang", "join", {"complainant": {"name": HEAD, "phone": OTHER_PHONE}, "own_words": WORDS}),
        ("zuzhang", "reveal", {"complainant": person, "reason": WORDS}),
        ("zuzhang", "reissue_receipt", {"complainant": person, "reason": WORDS}),
        ("cunwei-sl", "resolve", {"outcome": "solved", "replies": replies, "text": WORDS}),
        ("cunwei-sl", "reply", {"complainant": person, "channel": "door", "text": REPLY, "final": True}),
    )
    answers = [call(who).act(number, action, **fields) for who, action, fields in steps]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 422, 200]
    for path in (f"/cases/{number}", f"/cases/{number}/history", f"/attachments/{file}", "/households"):
        assert call("zuzhang").get(path).status_code in (200, 404)
    codes = [made["complainants"][0]["receipt_code"], *(found["receipt_code"] for found in new(answers))]
    assert canaries.found_in(written(), tuple(codes)) == set()


def new(answers: list[Any]) -> list[dict[str, Any]]:
    """Return the people of answers that tell a code."""
    people = [person for answer in answers for person in answer.json.get("complainants", [])]
    return [person for person in people if person.get("receipt_code")]


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("INSERT", {"phone": PHONE}, Exception(f"Key (phone)=({PHONE}) {WORDS}")),
        IntegrityError("INSERT", {"phone": PHONE}, Exception(f"Key (name)=({NAME}) already exists")),
        RuntimeError(f"{NAME} {PHONE} {CODE} {canaries.PASSWORD}"),
        OSError(28, f"No space left: {FILE_NAME}"),
        OSError(2, FILE_NAME),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_fails_writes_nothing_private(
    app: Flask, call: Call, town: Database, written: Written, error: Exception
) -> None:
    caller = call("zuzhang")
    before = app.config["PROPAGATE_EXCEPTIONS"]
    app.config["PROPAGATE_EXCEPTIONS"] = False
    try:
        with failing(town, error):
            statuses = {caller.post("/cases", FIELDS).status_code, caller.get("/cases", q=NAME).status_code}
    finally:
        app.config["PROPAGATE_EXCEPTIONS"] = before
    assert statuses <= {409, 500, 503}
    told = written()
    assert type(error).__name__ in told
    assert canaries.found_in(told) == set()


class Gateway:
    """A mail server that quotes what it was sent."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def send(self, letter: Message) -> None:
        del letter
        raise self.error


@dataclass(frozen=True)
class Joined:
    """The services that jobs need."""

    db: Database
    rules: CountyRules
    settings: Settings
    channels: dict[str, Any]

    @cached_property
    def clock(self) -> InstallationClock:
        return InstallationClock(self.db)


@pytest.mark.parametrize(
    "error",
    [DeliveryRefused(f"550 {canaries.ADDRESS} {PHONE}", permanent=False), RuntimeError(f"{NAME} {PHONE}")],
)
@pytest.mark.parametrize("broken", [False, True], ids=["sound", "broken"])
def test_the_jobs_write_nothing_private(
    town: Database,
    rules: CountyRules,
    settings: Settings,
    a_case: Callable[..., Case],
    written: Written,
    stopped: Callable[[datetime], None],
    error: Exception,
    broken: bool,
) -> None:
    stopped(WORKING_HOUR)
    a_case("assigned", own_words=WORDS, category="village_org")
    with town.transaction() as session:
        session.execute(text("UPDATE deliveries SET address = :address"), {"address": canaries.ADDRESS})
    services = Joined(town, rules, settings, {"smtp": Gateway(error)})
    for job in schedule.JOBS:
        if broken:
            with failing(town, RuntimeError(f"{NAME} {PHONE} {WORDS}")):
                schedule._run_logged(job, services)
        else:
            schedule._run_logged(job, services)
    told = written()
    assert told.count("failed") >= (len(schedule.JOBS) if broken else 0)
    assert canaries.found_in(told) == set()


START = "import sys, app; sys.exit(app.main(sys.argv[1:], assemble=app.assemble, create_app=app.create_app))"


@pytest.mark.parametrize("command", [("run",), ("serve", "--workers", "2")], ids=["run", "serve"])
def test_the_running_program_writes_json_lines_and_nothing_private(
    db: Database, tmp_path: Path, command: tuple[str, ...]
) -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("HUIYIN_")} | {
        "HUIYIN_DATABASE_URL": db.url.render_as_string(hide_password=False),
        "HUIYIN_DATA_DIR": str(tmp_path / "var"),
        "HUIYIN_SECRET_KEY": canaries.SECRET,
        "HUIYIN_PERSONAL_KEY": PERSONAL_KEY,
        "HUIYIN_SMTP_URL": f"smtp://huiyin:{canaries.GATEWAY}@127.0.0.1:9",
        "HUIYIN_MAIL_FROM": canaries.ADDRESS,
        "PYTHONUTF8": "1",
    }
    services = app.assemble(environ)
    builders.settle(db, services.rules)
    with services.db.transaction() as session:
        users.set_password(
            session,
            actor=SYSTEM,
            chain=services.rules.services.chain,
            username="zuzhang",
            password=canaries.PASSWORD,
            now=builders.FOUNDED,
        )
    services.db.dispose()
    with subprocess.Popen(
        [sys.executable, "-c", START, *command, "--port", "0"],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        address = next(word for word in said.split() if word.startswith("http")).rstrip("，;")
        ask(address)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    events = [json.loads(line)["event"] for line in err.splitlines()]
    assert events.count("request") >= 3
    assert canaries.found_in(said + out + err) == set()


def ask(address: str) -> None:
    """Send some requests, and some that are none."""
    for path, body in ((f"/api/v1/cases?q={PHONE}", None), ("/api/v1/cases", FIELDS), (f"/{PHONE}", None)):
        data = None if body is None else json.dumps(body).encode()
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(
                urllib.request.Request(address + path, data, headers(TOKEN[:46])), timeout=PATIENCE
            )
    host, port = address.removeprefix("http://").split(":")
    for broken in (
        f"GET /{PHONE} HTTP/9\r\n\r\n",
        f"{NAME}\r\n\r\n",
        f"POST /{PHONE} HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    ):
        with socket.create_connection((host, int(port)), timeout=PATIENCE) as sent:
            sent.sendall(broken.encode())
            sent.recv(1000)
