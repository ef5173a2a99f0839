"""Walk every route as somebody of 杉岭村 who asks for what belongs to 养鱼村.

Nothing of the other village can be seen, counted, listed, searched, changed or guessed at: each question
about a thing there is answered like the same question about a thing that does not exist. The walk is made
from the application's own map of addresses, so that a new route without its questions fails.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import User
from api.specification import PREFIX
from cases.complainants import Person
from cases.models import Case, Complainant
from notifications.models import Notice
from tests.api.conftest import Caller, Told, app, call, client, clock, settings, token, with_role

__all__ = ["app", "call", "client", "clock", "settings", "token", "with_role"]

Call = Callable[[str], Caller]
MakeCase = Callable[..., Case]

SECRET_WORDS = "鱼塘边的老井干了"
SECRET_NAME = "向秀英"
#: What must never stand in an answer to somebody of 杉岭村.
MARKS = ("YY-", "养鱼", "committee-YY", SECRET_WORDS, SECRET_NAME, "向大贵", "139****", "13900001234")
ROLES = ("committee", "member", "team_leader", "coordinator", "department", "leader", "auditor")
PUBLIC = {"GET /healthz", "GET /readyz", f"GET {PREFIX}v1/openapi.json"}
UNKNOWN_CASE = "YY-2026-9999"
UNKNOWN_FILE = "0" * 32
PDF = b"%PDF-1.4 \xe4\xba\x95"


@dataclass
class World:
    """What there is in both villages, and the person of 杉岭村 who asks."""

    asks: Caller
    own_case: str
    their_case: str
    their_complainant: int
    their_file: str
    their_notice: int
    their_cursor: str
    definition_actions: tuple[str, ...]


@dataclass(frozen=True)
class Twin:
    """One question asked twice: of a thing in the other village, and of a thing that does not exist."""

    about: str
    foreign: str
    unknown: str
    ask: Callable[[str], Told]


def get(world: World, path: str, name: str, foreign: str, unknown: str, **rest: str) -> Twin:
    return Twin(
        f"{path}?{name}", foreign, unknown, lambda value: world.asks.get(path, **{name: value, **rest})
    )


def list_questions(world: World, path: str) -> Iterator[Twin]:
    yield get(world, path, "village", "YY", "ZZ")
    yield get(world, path, "owner", "committee-YY", "committee-ZZ")


def cases_list(world: World) -> Iterator[Twin]:
    yield from list_questions(world, "/cases")
    yield get(world, "/cases", "q", SECRET_WORDS, "没有这样的话")
    yield get(world, "/cases", "q", world.their_case, UNKNOWN_CASE)


def complainants_list(world: World) -> Iterator[Twin]:
    yield from list_questions(world, "/complainants")
    yield get(world, "/complainants", "q", SECRET_WORDS, "没有这样的话")


def households_list(world: World) -> Iterator[Twin]:
    yield get(world, "/households", "village", "YY", "ZZ")
    yield get(world, "/households", "q", "向大贵", "没有这个人")
    yield get(world, "/households", "q", "YY-03-017", "YY-99-999")
    yield get(world, "/households", "village", "YY", "ZZ", raised="true")


def figures(world: World) -> Iterator[Twin]:
    yield get(world, "/rates", "area", "YY", "ZZ")
    yield get(world, "/rates", "area", "MA", "ZZ")
    yield get(world, "/rates", "area", "SX", "ZZ")


def one_case(world: World) -> Iterator[Twin]:
    yield Twin("case", world.their_case, UNKNOWN_CASE, lambda number: world.asks.get(f"/cases/{number}"))


def one_history(world: World) -> Iterator[Twin]:
    yield Twin(
        "history", world.their_case, UNKNOWN_CASE, lambda number: world.asks.get(f"/cases/{number}/history")
    )


def one_file(world: World) -> Iterator[Twin]:
    yield Twin("file", world.their_file, UNKNOWN_FILE, lambda one: world.asks.get(f"/attachments/{one}"))


def one_notice(world: World) -> Iterator[Twin]:
    yield Twin("notice", str(world.their_notice), "999999", lambda one: world.asks.post(f"/inbox/{one}/read"))


def registrations(world: World) -> Iterator[Twin]:
    def body(**fields: Any) -> dict[str, Any]:
        return {
            "village": "SL",
            "category": "roads",
            "kind": "problem",
            "own_words": "路坏了。",
            "client_ref": "probe",
            "complainants": [{"name": "覃某"}],
            **fields,
        }

    def register(**fields: Any) -> Told:
        return world.asks.post("/cases", body(**fields))

    yield Twin("village", "YY", "ZZ", lambda code: register(village=code))
    yield Twin("household", "YY-03-017", "YY-99-999", lambda key: register(complainants=[{"household": key}]))
    yield Twin("file", world.their_file, UNKNOWN_FILE, lambda one: register(attachments=[one]))


def actions(world: World) -> Iterator[Twin]:
    for action in world.definition_actions:
        yield Twin(action, world.their_case, UNKNOWN_CASE, partial(world.asks.act, action=action))
    own = world.own_case
    yield Twin(
        "merge into",
        world.their_case,
        UNKNOWN_CASE,
        lambda number: world.asks.act(own, "merge", into=number, reason="同一件事"),
    )
    yield Twin(
        "relate to", world.their_case, UNKNOWN_CASE, lambda number: world.asks.act(own, "relate", to=number)
    )
    yield Twin(
        "attach",
        world.their_file,
        UNKNOWN_FILE,
        lambda one: world.asks.act(own, "attach", attachments=[one]),
    )
    yield Twin(
        "their complainant",
        str(world.their_complainant),
        "999999",
        lambda one: world.asks.act(own, "reveal", complainant=int(one), reason="要打电话"),
    )
    yield Twin(
        "join a household",
        "YY-03-017",
        "YY-99-999",
        lambda key: world.asks.act(own, "join", complainant={"household": key}, own_words="我也一样。"),
    )


def nothing_to_name(world: World) -> Iterator[Twin]:
    """Give no question: the route takes nothing that could name a thing of the other village."""
    del world
    return iter(())


QUESTIONS: Mapping[str, Callable[[World], Iterator[Twin]]] = {
    "GET /api/v1/cases": cases_list,
    "POST /api/v1/cases": registrations,
    "GET /api/v1/cases/<number:number>": one_case,
    "GET /api/v1/cases/<number:number>/history": one_history,
    "POST /api/v1/cases/<number:number>/actions": actions,
    "GET /api/v1/complainants": complainants_list,
    "GET /api/v1/households": households_list,
    "GET /api/v1/rates": figures,
    "POST /api/v1/attachments": nothing_to_name,
    "GET /api/v1/attachments/<number:attachment_id>": one_file,
    "GET /api/v1/inbox": nothing_to_name,
    "POST /api/v1/inbox/<int(max=2147483647):notice_id>/read": one_notice,
}
#: Lists, asked without any question as well.
LISTS = ("/cases", "/complainants", "/households", "/rates", "/inbox")


def routes(application: Flask) -> set[str]:
    return {
        f"{method} {rule.rule}"
        for rule in application.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


@pytest.fixture
def world(call: Call, a_case: MakeCase, town: Any, rules: Any) -> World:
    """Fill both villages; the notice is one that somebody of 养鱼村 got."""
    own = a_case("received", village="SL")
    theirs = a_case(
        "assigned",
        village="YY",
        own_words=SECRET_WORDS,
        complainants=(Person(household="YY-03-017", name=SECRET_NAME),),
        recorded_by="cunwei-yy",
    )
    a_case("closed", village="YY", own_words=SECRET_WORDS)
    stored = call("cunwei-yy").upload(PDF, "养鱼.pdf", "application/pdf").json["id"]
    call("cunwei-yy").act(theirs, "attach", attachments=[stored])
    with town.reading() as session:
        complainant = session.scalars(select(Complainant.id).where(Complainant.case_id == theirs.id)).one()
        notice = _notice_of(session, "cunwei-yy")
    return World(
        asks=call("cunwei-sl"),
        own_case=own.number,
        their_case=theirs.number,
        their_complainant=complainant,
        their_file=stored,
        their_notice=notice,
        their_cursor=call("zuzhang").get("/cases", limit=1).json["next"],
        definition_actions=(*rules.definition.steps, *rules.definition.acts),
    )


def _notice_of(session: Session, username: str) -> int:
    return (
        session.scalars(
            select(Notice.id).join(User, User.id == Notice.user_id).where(User.username == username)
        ).first()
        or 0
    )


def test_every_route_has_its_questions(app: Flask) -> None:
    assert routes(app) - PUBLIC == set(QUESTIONS)


@pytest.mark.parametrize("role", ROLES)
def test_a_thing_of_the_other_village_is_answered_like_one_that_does_not_exist(
    world: World, with_role: Callable[[str, str], None], role: str
) -> None:
    with_role("cunwei-sl", role)
    told_apart = []
    for route, questions in QUESTIONS.items():
        for twin in questions(world):
            foreign, unknown = twin.ask(twin.foreign), twin.ask(twin.unknown)
            alike = shape(foreign, twin.foreign) == shape(unknown, twin.unknown)
            if not alike or leaks(foreign, twin.foreign):
                told_apart.append((route, twin.about, foreign.text, unknown.text))
    assert told_apart == []


@pytest.mark.parametrize("role", ROLES)
def test_no_list_and_no_figure_holds_anything_of_the_other_village(
    world: World, with_role: Callable[[str, str], None], role: str
) -> None:
    with_role("cunwei-sl", role)
    answers = [world.asks.get(path) for path in LISTS]
    answers += [world.asks.get(path, limit=200) for path in LISTS if path != "/rates"]
    answers.append(world.asks.get("/cases", cursor=world.their_cursor))
    answers.append(world.asks.get(f"/cases/{world.own_case}"))
    assert [answer.text for answer in answers if leaks(answer, "")] == []


@pytest.mark.parametrize("role", [role for role in ROLES if role != "department"])
def test_the_figures_of_ones_scope_are_those_of_ones_village(
    world: World, with_role: Callable[[str, str], None], role: str
) -> None:
    with_role("cunwei-sl", role)
    whole, village = (world.asks.get("/rates", **query).json["rates"] for query in ({}, {"area": "SL"}))
    assert counts(whole) == counts(village)
    assert counts(whole)["answered"] == (0, 1)


def test_nothing_of_the_other_village_was_changed_by_asking(
    world: World, call: Call, with_role: Callable[[str, str], None]
) -> None:
    before = call("zuzhang").get(f"/cases/{world.their_case}").json
    for role in ROLES:
        with_role("cunwei-sl", role)
        for questions in QUESTIONS.values():
            for twin in questions(world):
                twin.ask(twin.foreign)
    assert call("zuzhang").get(f"/cases/{world.their_case}").json == before
    unread = call("cunwei-yy").get("/inbox", unread="true").json["items"]
    assert world.their_notice in {notice["id"] for notice in unread}


def test_a_key_of_somebody_in_the_other_village_repeats_nothing(world: World, call: Call) -> None:
    key = {"Idempotency-Key": "shared"}
    body = {
        "village": "YY",
        "category": "roads",
        "kind": "problem",
        "own_words": SECRET_WORDS,
        "client_ref": "theirs",
        "complainants": [{"name": SECRET_NAME}],
    }
    call("cunwei-yy").post("/cases", body, headers=key)
    answer = world.asks.post("/cases", body, headers=key)
    assert (answer.status_code, leaks(answer, "")) == (409, [])


def test_the_one_named_in_a_matter_is_answered_as_if_it_did_not_exist(call: Call, a_case: MakeCase) -> None:
    """Whatever the role and the area: here it is the coordinator of the whole township."""
    number = a_case(named_users=("xiangzhen",)).number
    answers = [
        call("xiangzhen").get(f"/cases/{number}"),
        call("xiangzhen").get(f"/cases/{number}/history"),
        call("xiangzhen").act(number, "note", text="看看"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert call("xiangzhen").get("/cases").json["items"] == []
    assert counts(call("xiangzhen").get("/rates").json["rates"])["answered"] == (0, 0)


def shape(answer: Told, name: str) -> tuple[int, str]:
    """Give an answer without the name that was asked for."""
    return answer.status_code, re.sub(rf"\b{re.escape(name)}\b", "NAME", answer.text)


def leaks(answer: Told, asked: str) -> list[str]:
    """Give what an answer tells of the other village, beside the name that was asked for."""
    text = answer.text.replace(asked, "") if asked else answer.text
    return [mark for mark in MARKS if mark in text]


def counts(rates: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    return {code: (rate["numerator"], rate["denominator"]) for code, rate in rates.items()}
