"""What handing a case on by a step of a county's own brings with it: what every assignment does."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import Unit
from cases.configuration.case_rules import CountyRules
from cases.configuration.definitions import adopt
from cases.intake.read_definition import read_definition
from cases.lifecycle import take_step
from cases.lifecycle.action_values import ComplainantEntry
from cases.lifecycle.build_values import build_values
from cases.lifecycle.code_holders import is_known_to_handler
from cases.lifecycle.loading import load_for_reading
from cases.models.case import Case, Clock
from core.errors import Conflict, Invalid
from core.persistence.db import Database
from tests.builders import FOUNDED, a_case, accept_given_moments, actor_named, at
from tests.rules.test_own_steps import BODY

LATER = at("2026-03-02", 18)


@pytest.fixture
def own(town: Database, rules: CountyRules) -> CountyRules:
    definition = read_definition(BODY, "workflow.toml")
    accept_given_moments(town, rules)
    with town.transaction() as session:
        adopt(session, definition, BODY, now=FOUNDED)
    return replace(rules, definition=definition)


def take(session: Session, rules: CountyRules, case: Case, action: str, **given: Any) -> Case:
    return take_step.take_step(
        session,
        actor=actor_named(session, "lingdao"),
        rules=rules,
        number=case.number,
        action=action,
        values=build_values(action, given),
        now=LATER,
    ).case


def code_of(session: Session, unit_id: int | None) -> str:
    return session.scalars(select(Unit.code).where(Unit.id == unit_id)).one()


def test_a_team_that_handles_a_matter_itself_owes_no_reply(town: Database, own: CountyRules) -> None:
    with town.transaction() as session:
        case = take(session, own, a_case(session, own), "received_to_assigned_handed", to_whom="team")
        assert code_of(session, case.owner_id) == "team"
        assert code_of(session, case.reply_owner_id) == "leading-group"


def test_whoever_must_accept_has_not_and_whoever_need_not_has(town: Database, own: CountyRules) -> None:
    with town.transaction() as session:
        case = a_case(session, own, "assigned")
        given = take(session, own, case, "assigned_to_assigned_mine_handed", to_whom="county-water")
        clock = session.get_one(Clock, (case.id, "accept"))
        assert (given.accepted, clock.running) == (False, True)
        back = take(session, own, given, "assigned_mine_to_received", remark="退回来")
        assert (back.accepted, code_of(session, back.owner_id)) == (False, "team")
        assert not session.get_one(Clock, (case.id, "accept")).running


def test_nobody_is_handed_what_they_have(town: Database, own: CountyRules) -> None:
    with town.transaction() as session:
        case = a_case(session, own, "assigned")
        with pytest.raises(Invalid) as refused:
            take(session, own, case, "assigned_to_assigned_handed", to_whom="committee-SL")
        assert refused.value.errors == {"to_whom": ["already_owner"]}


def test_nothing_is_handed_on_while_a_name_is_not_settled(town: Database, own: CountyRules) -> None:
    with town.transaction() as session:
        case = a_case(session, own, named_units=("老支书家",))
        with pytest.raises(Conflict) as refused:
            take_step.take_step(
                session,
                actor=actor_named(session, "zuzhang"),
                rules=own,
                number=case.number,
                action="received_to_assigned_handed",
                values=build_values("received_to_assigned_handed", {"to_whom": "committee-SL"}),
                now=LATER,
            )
        assert refused.value.facts["reasons"] == ["names_open"]


def test_a_unit_that_got_a_matter_by_an_own_step_does_not_rate_its_own_work(
    town: Database, own: CountyRules
) -> None:
    person = ComplainantEntry(name="田某", phone="13800002046")
    with town.transaction() as session:
        case = a_case(session, own, complainants=(person,))
        take(session, own, case, "received_to_assigned_handed", to_whom="team")
        take(session, own, case, "assigned_to_assigned_handed", to_whom="committee-SL")
        context = load_for_reading(
            session, actor=actor_named(session, "lingdao"), rules=own, number=case.number, now=LATER
        )
        assert is_known_to_handler(context, context.complainants[0])
