"""Whatever shows somebody a case or its people leaves a line in the security log: no page goes unrecorded.

The walk is made from the maps of addresses of both applications. Somebody who may enter nearly everywhere
asks for everything there is; where a matter stands in the answer, a line must have been written that names
it. A new page is walked as soon as it has an address, and one with an unknown part in it fails.
"""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.access.permissions import GRANTABLE, Role
from accounts.models import User
from accounts.security_log.writer import FOLDER
from api.framework.specification import PREFIX
from cases.configuration.case_rules import CountyRules
from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case
from config.settings import Settings
from core.persistence.db import Database
from tests.api.conftest import Caller, Clock, app, call, client, clock, described, token
from tests.web.conftest import ORIGIN, assets, browser, built, pages, settings
from web import application
from web.framework.blueprint import SIGNED_IN, PageBlueprint
from web.framework.request_context import PageRequest

__all__ = ["app", "browser", "built", "call", "client", "clock", "described", "pages", "settings", "token"]


WORDS, NAME, PHONE = "鱼塘边的老井干了三天", "向秀英", "13900001234"
#: Who stands in the register of households for the complainant's.
HEAD = "向大贵"
ASKER = "zuzhang"
PDF = b"%PDF-1.4 \xe4\xba\x95"
#: What tells somebody the number of a matter and nothing of it: that they were told something, or that a
#: rule does not hold for it.
NUMBER_ALONE = {f"GET {PREFIX}v1/inbox", "GET /me/notices"}
#: Routes of which one knows that they show the matter: the walk is not blind.
SHOW_IT = {
    *(f"GET {PREFIX}v1/{path}" for path in ("cases", "complainants", "households")),
    *(f"GET {PREFIX}v1/cases/<number:number>{more}" for more in ("", "/history")),
    f"GET {PREFIX}v1/attachments/<number:attachment_id>",
    *("GET /cases", "GET /cases/<number:number>", "GET /cases/export", "GET /complainants", "GET /todo"),
    *("GET /villages/<string(maxlength=40):code>", "GET /attachments/<number:attachment_id>"),
    *("POST /register/likely", "POST /cases/<number:number>/actions"),
    f"POST {PREFIX}v1/cases/<number:number>/actions",
}


@dataclass
class Matter:
    """The matter that is looked for, and what stands for each part of an address and each question."""

    number: str
    person: int
    file: str
    asker: Caller

    @property
    def parts(self) -> dict[str, Any]:
        return {
            **{"number": self.number, "attachment_id": self.file, "code": "YY", "area": "YY"},
            **{"unit": "committee-YY", "username": "cunwei-yy", "year": 2026},
        }

    @property
    def questions(self) -> dict[str, dict[str, Any]]:
        """What is sent beside the GETs: numbers that are revealed, and what may be the same matter."""
        reveal = {"action": "reveal", "complainant": self.person, "reason": "要打电话"}
        return {
            f"POST {PREFIX}v1/cases/<number:number>/actions": reveal,
            "POST /cases/<number:number>/actions": {**reveal, "complainant": str(self.person)},
            "POST /register/likely": {"village": "YY", "own_words": WORDS},
        }

    def sent_to(self, route: str) -> dict[str, Any]:
        """Return what is sent with a question: JSON to programs, a form with the present version to pages."""
        asked = self.questions.get(route)
        if asked is None:
            return {}
        if route.startswith(f"POST {PREFIX}"):
            return {"json": asked}
        seen = self.asker.get(f"/cases/{self.number}").json["version"] if "action" in asked else None
        return {"data": asked if seen is None else {**asked, "version": seen}}

    def stands_in(self, content: bytes) -> bool:
        """Return whether an answer tells of the matter or of whoever raised it."""
        marks = (WORDS, NAME, PHONE, HEAD, self.number)
        texts = [content, PDF] if content == PDF else [*_opened(content)]
        return content == PDF or any(mark.encode() in text for mark in marks for text in texts)


def _opened(content: bytes) -> Iterator[bytes]:
    yield content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as sheets:
            yield from map(sheets.read, sheets.namelist())


@pytest.fixture
def matter(town: Database, call: Callable[[str], Caller], a_case: Callable[..., Case]) -> Matter:
    everything = sorted(role.value for role in GRANTABLE - {Role.DEPARTMENT, Role.GUEST})
    with town.transaction() as session:
        session.scalars(select(User).where(User.username == ASKER)).one().roles = everything
    person = ComplainantEntry(household="YY-03-017", name=NAME, phone=PHONE)
    made = a_case(village="YY", own_words=WORDS, complainants=(person,))
    asker = call(ASKER)
    stored = asker.upload(PDF, "井.pdf", "application/pdf").json["id"]
    asker.act(made, "attach", attachments=[stored])
    shown = asker.get(f"/cases/{made.number}").json
    return Matter(made.number, shown["complainants"][0]["id"], stored, asker)


def routes(application: Flask, matter: Matter) -> Iterator[tuple[str, str, str]]:
    """Yield what is asked of an application: its name in the map, the method and the address."""
    adapter = application.url_map.bind("localhost")
    for rule in application.url_map.iter_rules():
        for method in ("GET", "POST"):
            route = f"{method} {rule.rule}"
            if method in (rule.methods or ()) and (method == "GET" or route in matter.questions):
                parts = {name: matter.parts[name] for name in rule.arguments}
                yield route, method, adapter.build(rule.endpoint, parts, method=method)


def walk(
    client: FlaskClient, matter: Matter, settings: Settings, **headers: str
) -> tuple[set[str], set[str]]:
    """Return the routes of an application that show the matter, and those of them that left no line."""
    showing, unrecorded = set(), set()
    for route, method, address in routes(client.application, matter):
        sent = matter.sent_to(route)
        before = recorded(settings, matter)
        response = client.open(address, method=method, headers=headers, buffered=True, **sent)
        if matter.stands_in(response.get_data()):
            showing.add(route)
            if recorded(settings, matter) == before:
                unrecorded.add(route)
    return showing, unrecorded


def recorded(settings: Settings, matter: Matter) -> int:
    """Count the lines that name the matter, or the register of households."""
    written = b"".join(place.read_bytes() for place in (settings.data_dir / FOLDER).iterdir())
    return written.count(matter.number.encode()) + written.count(b'"event":"households"')


def signed_in(application: Flask) -> FlaskClient:
    client = application.test_client()
    form = {"username": ASKER, "password": "渠水年年到田头-2026"}
    assert client.post("/sign-in", data=form, headers=ORIGIN).status_code == 303
    return client


def test_whatever_shows_a_case_or_its_people_leaves_a_line(
    matter: Matter, app: Flask, pages: Flask, token: Callable[[str], str], settings: Settings
) -> None:
    bearer = {"Authorization": f"Bearer {token(ASKER)}"}
    of_programs = walk(app.test_client(), matter, settings, **bearer)
    of_people = walk(signed_in(pages), matter, settings, **ORIGIN)
    showing, unrecorded = (one | other for one, other in zip(of_programs, of_people, strict=True))
    assert unrecorded == NUMBER_ALONE & showing
    assert SHOW_IT - showing == set()


def test_a_new_page_that_shows_a_case_and_leaves_no_line_is_found(
    matter: Matter,
    town: Database,
    rules: CountyRules,
    settings: Settings,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    planted = PageBlueprint("planted", __name__)

    @planted.get("/planted/<number:number>", enter=SIGNED_IN)
    def show(page_request: PageRequest, number: str) -> Response:
        words = page_request.session.scalars(select(Case.own_words).where(Case.number == number)).one()
        return Response(words)

    monkeypatch.setattr(application, "NOUNS", (*application.NOUNS, planted))
    with_it = application.create(db=town, rules=rules, settings=settings, now=clock, assets=assets)
    _showing, unrecorded = walk(signed_in(with_it), matter, settings, **ORIGIN)
    assert unrecorded - NUMBER_ALONE == {"GET /planted/<number:number>"}
