"""Whoever a sentence to the public names can do what it says, in every state in which it is read.

A code is a key: a villager is never sent with it to the unit that handles the matter (domain.md section 2).
What is said is read from the pages as they are shown; what is never shown in a test is read from the source.
"""

import ast
import re
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.access.actor import SYSTEM
from accounts.models import Unit, User
from accounts.registers import area_unit_editing
from accounts.registers.open_matters import NO_MATTERS
from cases.access import receipt_codes
from cases.configuration.case_rules import CountyRules
from cases.lifecycle.action_values import ComplainantEntry
from cases.lifecycle.guard_facts import build_situation
from cases.lifecycle.loading import load_for_reading
from cases.models.case import Case
from config.vocabulary import UnitKind
from core.errors import NotFound
from core.persistence.db import Database
from tests.builders import WAYS, actor_named, at
from tests.rules.sources import files, name, tree
from tests.web.conftest import Browser
from tests.web.test_application_journeys import hidden
from workflow import machine

#: The words by which a sentence names somebody, and the kinds of units that they stand for.
WHO = {
    "村委会": {UnitKind.COMMITTEE},
    "村两委": {UnitKind.COMMITTEE},
    "村干部": {UnitKind.COMMITTEE},
    "工作组": {UnitKind.TEAM, UnitKind.TOWNSHIP},
    "乡镇": {UnitKind.TOWNSHIP},
    "乡里": {UnitKind.TOWNSHIP},
    "部门": {UnitKind.DEPARTMENT},
    "上级": {UnitKind.LEADING_GROUP},
    "领导": {UnitKind.LEADING_GROUP},
}
#: Blanks that are filled with the unit that owes the reply.
TEAM = "{team}"
#: What somebody is asked to do, by the word for it, and the action of the life cycle; `read` opens the case.
READ = "read"
DOES = {"补": "reissue_receipt", "查": READ, "重新办": "reopen"}
#: What names somebody without sending anybody there.
SENDS_NOBODY = {"报给上级在办": "who has the matter"}
STATES = sorted(WAYS)
TEAM_PHONE = "08341234567"

Open = Callable[..., Browser]


def sentences(text: str) -> Iterator[str]:
    """Return the sentences of a text, without tags."""
    for one in re.split(r"[。；\n]", re.sub(r"<[^>]*>", "", text)):
        if one.strip():
            yield one.strip()


def actions_of(sentence: str) -> set[str]:
    """Return what somebody is asked to do in a sentence."""
    return {action for word, action in DOES.items() if word in sentence}


def written() -> Iterator[str]:
    """Return every sentence that is written for the public, also one that is hardly ever shown."""
    for place in files():
        path = name(place)
        if path.startswith("web/public/") and path.endswith(".py"):
            for node in ast.walk(tree(place)):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_":
                    yield from sentences(ast.literal_eval(node.args[0]))
        elif path.startswith("web/templates/public/") or path == "web/templates/cases/slip.html":
            for said in re.findall(r'_\("([^"]+)"', place.read_text(encoding="utf-8")):
                yield from sentences(said)


def can(session: Session, rules: CountyRules, case: Case, unit: Unit, action: str) -> bool:
    """Return whether somebody of a unit can do on a case what a sentence says they will."""
    for username in session.scalars(select(User.username).where(User.unit_id == unit.id, User.active)):
        actor = actor_named(session, username)
        try:
            context = load_for_reading(
                session, actor=actor, rules=rules, number=case.number, now=at("2026-03-03")
            )
        except NotFound:
            continue
        found = (
            machine.availability(context.definition, build_situation(context), action)
            if (action != READ)
            else None
        )
        if found is None or found.allowed:
            return True
    return False


def broken(session: Session, rules: CountyRules, case: Case, text: str) -> list[str]:
    """Return the sentences of a page or slip of a case that name somebody who cannot do what they say."""
    team = session.get_one(Unit, case.reply_owner_id)
    every = session.scalars(select(Unit).where(Unit.active)).all()
    found = []
    for said in sentences(text):
        named = {unit.id: unit for unit in every if unit.name in said}
        if not named:
            kinds = {kind for word, of in WHO.items() if word in said for kind in of}
            named = {unit.id: unit for unit in every if unit.kind in kinds}
            named = {team.id: team} if team.id in named and "收下这件事" in said else named
        found += [
            said
            for action in sorted(actions_of(said))
            for unit in named.values()
            if not can(session, rules, case, unit, action)
        ]
    return found


@pytest.fixture(autouse=True)
def called(town: Database, rules: CountyRules) -> None:
    """Enter a telephone of the team."""
    team = {
        "code": "team",
        "name": "驻马鞍乡工作组",
        "kind": "team",
        "area": "MA",
        "superior": "leading-group",
    }
    with town.transaction() as session:
        area_unit_editing.correct_unit(
            session,
            actor=SYSTEM,
            matters=NO_MATTERS,
            chain=rules.services.chain,
            values={**team, "phone": TEAM_PHONE},
            now=at("2026-03-01"),
        )


@pytest.mark.parametrize("state", STATES)
def test_whoever_the_villager_s_page_names_can_do_what_it_says(
    browser: Open, town: Database, rules: CountyRules, a_case: Callable[..., Case], state: str
) -> None:
    code = receipt_codes.new_code()
    case = a_case(state, complainants=(ComplainantEntry(name="田某", receipt_code=code),))
    shown = browser().post("/status", receipt_code=code).text
    with town.reading() as session:
        assert broken(session, rules, case, shown) == []
    assert "别把码告诉办这件事的单位" in shown
    assert (TEAM_PHONE in shown) == (state != "void")


def test_whoever_the_slip_names_can_do_what_it_says(
    browser: Open, town: Database, rules: CountyRules, a_case: Callable[..., Case]
) -> None:
    case, person = a_case("received"), browser("zuyuan")
    address = f"/cases/{case.number}"
    shown = person.get(address)
    slip = person.post(
        f"{address}/actions",
        action="reissue_receipt",
        version=hidden(shown, "version"),
        complainant=hidden(shown, "complainant"),
        reason="丢了",
    ).text
    assert f"驻马鞍乡工作组的电话 {TEAM_PHONE} 报编号 {case.number}，请他们查" in slip
    assert "别把码告诉办这件事的单位" in slip
    with town.reading() as session:
        assert broken(session, rules, case, slip) == []


def test_what_is_said_before_there_is_a_code_and_after_too_many_holds(
    browser: Open, town: Database, rules: CountyRules, a_case: Callable[..., Case]
) -> None:
    case, stranger = a_case("assigned"), browser()
    blank = stranger.get("/status").text
    for _ in range(11):
        refused = stranger.post("/status", receipt_code="ABCDEFGHJK").text
    assert "收下这件事的工作组查" in refused
    with town.reading() as session:
        assert broken(session, rules, case, blank + refused) == []


def test_every_sentence_that_names_somebody_says_what_they_do() -> None:
    unsaid = [
        said
        for said in written()
        if any(word in said for word in (*WHO, TEAM)) and not actions_of(said) and said not in SENDS_NOBODY
    ]
    assert unsaid == []
    assert any(TEAM in said for said in written())


@pytest.mark.parametrize(
    "planted",
    ["回执丢了，到村委会补一张。", "不会扫，打杉岭村两委的电话，请他们补一张。"],
)
def test_a_sentence_that_sends_somebody_to_the_unit_that_handles_it_is_found(
    town: Database, rules: CountyRules, a_case: Callable[..., Case], planted: str
) -> None:
    case = a_case("assigned")
    with town.reading() as session:
        assert broken(session, rules, case, planted) != []
