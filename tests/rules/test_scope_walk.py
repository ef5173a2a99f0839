"""Walk every route as somebody of 杉岭村 who asks for what belongs to 养鱼村.

Nothing of the other village can be seen, counted, listed, searched, changed or guessed at: each question
about a thing there is answered like the same question about a thing that does not exist. The walk is made
from the application's own map of addresses, so that a new route without its questions fails.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import User
from api.framework.specification import PREFIX
from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case, Complainant
from notifications.models import Notice
from tests.api.conftest import (
    Caller,
    JsonAnswer,
    app,
    call,
    client,
    clock,
    described,
    settings,
    token,
    with_role,
)
from tests.external import external_id
from tests.rules.scope_questions import QUESTIONS, SECRET_WORDS, World

__all__ = ["app", "call", "client", "clock", "described", "settings", "token", "with_role"]

pytestmark = pytest.mark.one_database

Call = Callable[[str], Caller]
MakeCase = Callable[..., Case]

SECRET_NAME = "向秀英"
#: What must never stand in an answer to somebody of 杉岭村.
MARKS = ("YY-", "养鱼", "committee-YY", SECRET_WORDS, SECRET_NAME, "向大贵", "139****", "13900001234")
ROLES = ("committee", "member", "team_leader", "coordinator", "department", "leader", "auditor")
#: Open to anybody: nothing of a case is told there but to whoever holds its receipt code.
PUBLIC = {
    "GET /healthz",
    "GET /readyz",
    f"GET {PREFIX}v1/openapi.json",
    f"POST {PREFIX}v1/public/status",
    f"POST {PREFIX}v1/public/rating",
    f"POST {PREFIX}v1/public/reopen",
}
PDF = b"%PDF-1.4 \xe4\xba\x95"
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
        complainants=(ComplainantEntry(household="YY-03-017", name=SECRET_NAME),),
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
        their_complainant=external_id(rules, Complainant.__tablename__, complainant),
        their_file=stored,
        their_notice=external_id(rules, Notice.__tablename__, notice),
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


def shape(answer: JsonAnswer, name: str) -> tuple[int, str]:
    """Return an answer without the name that was asked for."""
    return answer.status_code, re.sub(rf"\b{re.escape(name)}\b", "NAME", answer.text)


def leaks(answer: JsonAnswer, asked: str) -> list[str]:
    """Return what an answer tells of the other village, beside the name that was asked for."""
    text = answer.text.replace(asked, "") if asked else answer.text
    return [mark for mark in MARKS if mark in text]


def counts(rates: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    return {code: (rate["numerator"], rate["denominator"]) for code, rate in rates.items()}
