"""Whether verify finds nothing in a sound database, however it came to be what it is."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from accounts.access.actor import Actor
from cases import public_actions
from cases.access import receipt_codes
from cases.configuration.case_rules import CountyRules
from cases.deadlines import sweep
from cases.history import daily_seals
from cases.lifecycle import take_step
from cases.lifecycle.action_values import ComplainantEntry
from cases.lifecycle.build_values import build_values
from cases.models.case import Case
from cases.verification.verify import verify
from core.persistence.db import Database
from tests.builders import at
from tests.cases.scenes import MORNING, SCENES, set_scene
from tests.statements import statements


@pytest.mark.parametrize("name", SCENES)
def test_a_case_that_came_into_any_state_by_steps_breaks_no_rule(
    town: Database, rules: CountyRules, name: str
) -> None:
    with town.transaction() as session:
        set_scene(session, rules, name)
    with town.reading() as session:
        assert list(verify(session, rules=rules)) == []


def test_no_entry_is_left_owing(town: Database, rules: CountyRules) -> None:
    with town.transaction() as session:
        set_scene(session, rules, "closed")
    with town.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM owed_entries")) == 0


def test_a_case_swept_for_weeks_breaks_no_rule(
    town: Database, rules: CountyRules, a_case: Callable[..., Case]
) -> None:
    a_case("assigned")
    for day in range(40):
        sweep.sweep(town, rules=rules, now=MORNING + timedelta(days=day))
    with town.reading() as session:
        assert list(verify(session, rules=rules)) == []


def test_sealed_days_with_their_files_break_no_rule(
    town: Database, rules: CountyRules, a_case: Callable[..., Case], tmp_path: Path
) -> None:
    a_case("assigned")
    a_case("received", now=at("2026-03-04"))
    daily_seals.seal(town, rules=rules, folder=tmp_path, now=at("2026-03-06"))
    with town.reading() as session:
        assert list(verify(session, rules=rules, seals_folder=tmp_path)) == []


def test_statements_do_not_grow_with_the_cases(
    town: Database, rules: CountyRules, a_case: Callable[..., Case]
) -> None:
    def asked() -> int:
        with town.reading() as session, statements(town) as sent:
            assert list(verify(session, rules=rules)) == []
        return len(sent)

    a_case("closed")
    a_case("assigned")
    few = asked()
    for _ in range(6):
        a_case("closed")
    assert asked() == few


def test_since_looks_only_at_cases_with_a_newer_entry(
    town: Database, rules: CountyRules, a_case: Callable[..., Case]
) -> None:
    a_case("closed")
    a_case("received", now=at("2026-03-05"))
    seen: list[int] = []
    with town.reading() as session:
        assert list(verify(session, rules=rules, since=at("2026-03-04"), progress=seen.append)) == []
    assert seen == [1]


def test_words_that_a_villager_added_twice_break_no_rule(
    town: Database, rules: CountyRules, a_case: Callable[..., Case]
) -> None:
    code = receipt_codes.new_code()
    a_case("assigned", complainants=(ComplainantEntry(name="田某", receipt_code=code),))
    for words, day in (("昨天又塌了一段。", "2026-03-03"), ("今天路也断了。", "2026-03-04")):
        with town.transaction() as session:
            public_actions.add_words(session, rules=rules, code=code, text=words, now=at(day))
    with town.reading() as session:
        assert list(verify(session, rules=rules)) == []


def test_several_complainants_joined_merged_and_released_break_no_rule(
    town: Database, rules: CountyRules, a_case: Callable[..., Case], actor: Callable[[str], Actor]
) -> None:
    two = (ComplainantEntry(name="田某", phone="13800002046"), ComplainantEntry(name="覃某"))
    first, second = a_case("received", complainants=two), a_case("assigned")
    with town.transaction() as session:
        for who, number, action, values in (
            ("zuzhang", first.number, "join", {"complainant": {"name": "向某"}, "own_words": "我家也断水。"}),
            ("zuzhang", first.number, "merge", {"into": second.number, "reason": "同一条渠"}),
            (
                "zuzhang",
                second.number,
                "amend",
                {"field": "own_words", "value": "渠塌了。", "reason": "笔误"},
            ),
            ("lingdao", first.number, "unmerge", {"reason": "不是一条渠"}),
        ):
            take_step.take_step(
                session,
                actor=actor(who),
                rules=rules,
                number=number,
                action=action,
                values=build_values(action, values),
                now=at("2026-03-03"),
            )
    with town.reading() as session:
        assert list(verify(session, rules=rules)) == []
