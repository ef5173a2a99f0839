"""Whoever a case comes to name is named in what was merged into it, and stays so where that leaves again."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, select

from accounts.models import Unit
from cases.access.visibility import numbers_hidden_from, visible
from cases.configuration.case_rules import CountyRules
from cases.history.entries import Entry
from cases.models.case import Case, Named
from cases.queries.case_detail import case_view
from cases.queries.case_history import load_history
from cases.verification.verify import verify
from core.errors import NotFound
from core.persistence.db import Database
from tests.builders import PERSONAL_KEYS, actor_named, at

ACase = Callable[..., Case]
Act = Callable[..., None]
MERGED_ON, NAMED_ON, LATER = "2026-03-03", "2026-03-04", "2026-03-05"
#: Every way in which somebody comes to be named in a matter that is there already.
AMEND_UNIT = ("amend", {"field": "named_units", "value": "committee-SL", "reason": "说的是村委会"})
AMEND_USER = ("amend", {"field": "named_users", "value": "cunwei-sl", "reason": "说的是支书"})
AMEND_WORDS = ("amend", {"field": "named_units", "value": "老支书家", "reason": "还不知道是谁"})
ASSIGN = ("assign", {"unit": "county-water", "named_units": ("committee-SL",)})
WAYS = [AMEND_UNIT, AMEND_USER, AMEND_WORDS, ASSIGN]


def sees(db: Database, rules: CountyRules, who: str, case: Case) -> bool:
    """Return whether somebody finds a case; the row, the number and the page must say the same."""
    with db.reading() as session:
        actor = actor_named(session, who)
        listed = session.scalars(visible(select(Case.id), actor).where(Case.id == case.id)).first()
        hidden = case.number in set(session.scalars(numbers_hidden_from(actor)))
        try:
            case_view(session, actor=actor, rules=rules, number=case.number, now=at(LATER))
        except NotFound:
            shown = False
        else:
            shown = True
    assert (listed is not None) == shown == (not hidden)
    return shown


def sound(db: Database, rules: CountyRules) -> bool:
    with db.reading() as session:
        return list(verify(session, rules=rules)) == []


def merged(a_case: ACase, act: Act, into: Case | None = None) -> tuple[Case, Case]:
    case, target = a_case(own_words="支书把水泥拉回家了"), into or a_case()
    act("zuzhang", case.number, "merge", MERGED_ON, into=target.number, reason="同一件事")
    return case, target


@pytest.mark.parametrize(("action", "values"), WAYS, ids=["unit", "user", "words", "assign"])
def test_whoever_is_named_in_a_case_reads_nothing_that_was_merged_into_it(
    town: Database, rules: CountyRules, a_case: ACase, act: Act, action: str, values: dict[str, Any]
) -> None:
    case, target = merged(a_case, act)
    assert sees(town, rules, "cunwei-sl", case)
    act("zuzhang", target.number, action, NAMED_ON, **values)
    assert not sees(town, rules, "cunwei-sl", target)
    assert not sees(town, rules, "cunwei-sl", case)
    assert sees(town, rules, "zuzhang", case)
    assert sound(town, rules)


def test_it_holds_for_each_of_several_that_were_merged_into_one(
    town: Database, rules: CountyRules, a_case: ACase, act: Act
) -> None:
    first, target = merged(a_case, act)
    second, _ = merged(a_case, act, target)
    act("zuzhang", target.number, "amend", NAMED_ON, **AMEND_UNIT[1])
    assert not any(sees(town, rules, "cunwei-sl", case) for case in (first, second, target))
    assert sound(town, rules)


def test_a_case_that_is_split_off_keeps_the_names_that_it_was_given_while_it_was_part(
    town: Database, rules: CountyRules, a_case: ACase, act: Act
) -> None:
    case, target = merged(a_case, act)
    act("zuzhang", target.number, "amend", NAMED_ON, **AMEND_UNIT[1])
    act("lingdao", case.number, "unmerge", LATER, reason="不是一件事")
    assert not sees(town, rules, "cunwei-sl", case)
    assert sound(town, rules)


def test_a_case_that_left_before_is_not_named_in(
    town: Database, rules: CountyRules, a_case: ACase, act: Act
) -> None:
    case, target = merged(a_case, act)
    act("lingdao", case.number, "unmerge", MERGED_ON, reason="不是一件事")
    act("zuzhang", target.number, "amend", NAMED_ON, **AMEND_UNIT[1])
    assert sees(town, rules, "cunwei-sl", case)


def test_a_name_that_is_settled_is_settled_in_what_was_merged_too(
    town: Database, rules: CountyRules, a_case: ACase, act: Act
) -> None:
    case, target = merged(a_case, act)
    act("zuzhang", target.number, "amend", NAMED_ON, **AMEND_WORDS[1])
    act("zuzhang", target.number, "amend", LATER, **AMEND_WORDS[1])
    assert sees(town, rules, "cunwei-sl", target)
    assert sees(town, rules, "cunwei-sl", case)
    assert sound(town, rules)


def test_a_team_that_is_named_meanwhile_does_not_answer_for_what_is_split_off(
    town: Database, rules: CountyRules, a_case: ACase, act: Act
) -> None:
    case, target = merged(a_case, act)
    act("zuzhang", target.number, "amend", NAMED_ON, field="named_units", value="team", reason="说的是工作队")
    act("lingdao", case.number, "unmerge", LATER, reason="不是一件事")
    with town.reading() as session:
        row = session.get_one(Case, case.id)
        assert {session.get_one(Unit, unit).code for unit in (row.owner_id, row.reply_owner_id)} == {
            "township-MA"
        }
    assert sound(town, rules)


def test_the_history_of_the_part_says_who_was_named_and_where_to_those_alone_who_know_the_whole(
    town: Database, a_case: ACase, act: Act
) -> None:
    case = a_case()
    act("zuzhang", case.number, "assign", "2026-03-02", unit="county-water")  # sees it ever after
    target = a_case()
    act("zuzhang", case.number, "merge", MERGED_ON, into=target.number, reason="同一件事")
    act("zuzhang", target.number, "amend", NAMED_ON, **AMEND_UNIT[1])
    told: dict[str, Any] = {}
    with town.reading() as session:
        for who in ("zuzhang", "bumen"):
            entries = load_history(
                session, keys=PERSONAL_KEYS, actor=actor_named(session, who), number=case.number
            )
            (told[who],) = (read for read in entries if read.entry.action == "take_names")
    facts = told["zuzhang"].facts
    assert (facts.from_case, facts.named_units) == (target.number, ("committee-SL",))
    assert told["bumen"].hidden == {"from_case", "named_units"}
    assert told["bumen"].says_nothing


def test_a_name_is_written_once_and_what_is_named_already_has_no_entry(
    town: Database, a_case: ACase, act: Act
) -> None:
    case, target = merged(a_case, act)
    for day in (NAMED_ON, LATER):
        act("zuzhang", target.number, "amend", day, **AMEND_UNIT[1])
    with town.reading() as session:
        assert len(session.scalars(select(Named.id).where(Named.case_id == case.id)).all()) == 1
        actions = list(session.scalars(select(Entry.action).where(Entry.case_id == case.id)))
    assert actions.count("take_names") == 1


def test_naming_where_nothing_was_merged_in_asks_nothing_more(
    town: Database, a_case: ACase, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    event.listen(town.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    plain, named = a_case(), a_case()
    asked.clear()
    act("zuzhang", named.number, "amend", NAMED_ON, **AMEND_UNIT[1])
    usual = len(asked)
    monkeypatch.setattr("cases.lifecycle.conflict_of_interest._name_in_merged", lambda change: None)
    asked.clear()
    act("zuzhang", plain.number, "amend", NAMED_ON, **AMEND_UNIT[1])
    assert len(asked) == usual
