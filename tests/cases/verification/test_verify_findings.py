"""Each rule of verify, broken by somebody who may switch the guards off, and found with case and rule."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from accounts.access.actor import Actor
from cases import attachments
from cases.attachments import IncomingFile
from cases.configuration.case_rules import CountyRules
from cases.deadlines import sweep
from cases.lifecycle import take_step
from cases.lifecycle.build_values import build_values
from cases.models.case import Case
from cases.statistics import tallies
from cases.verification.verify import RULES
from core.persistence.db import Database
from tests import builders
from tests.builders import at
from tests.cases.breaking_in import break_in, findings, found
from tests.cases.models.raw_statements import COUNT, ENTRY, FURTHER, REMINDED
from tests.databases import Fill
from tests.english import in_english

Make = Callable[..., Case]


ADDED = (
    "INSERT INTO added_words (case_id, complainant_id, text, received_at)"
    " SELECT case_id, id, '我没有说过', joined_at FROM complainants"
)
MORE_FACTS = """UPDATE history SET facts = '{"complainants": [1], "words": "x", "more": 1}' WHERE seq = 1"""

#: The rule, the state of the case, what is done to it.
BROKEN: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("owner_and_dates", "assigned", ("UPDATE cases SET final = true",)),
    ("owner_and_dates", "closed", ("UPDATE cases SET handling_due_on = '2026-03-09'",)),
    ("owner_and_dates", "closed", ("UPDATE clocks SET running = true WHERE clock = 'reply'",)),
    ("owner_and_dates", "closed", ("UPDATE complainants SET reply_due_on = '2026-03-09'",)),
    ("owner_and_dates", "received", ("UPDATE cases SET reply_due_on = NULL",)),
    ("owner_and_dates", "received", ("DELETE FROM complainants",)),
    ("answers", "resolved", ("DELETE FROM replies",)),
    ("answers", "resolved", ("UPDATE replies SET final = false",)),
    ("answers", "closed", ("UPDATE cases SET round = 2",)),
    ("answers", "resolved", (FURTHER.format(due="NULL"),)),
    ("answers", "assigned", ("UPDATE complainants SET answered_round = 1, answered_at = joined_at",)),
    ("answers", "closed", ("DELETE FROM return_visits",)),
    ("due_dates", "assigned", ("UPDATE clocks SET due_on = '2026-12-31' WHERE clock = 'handling'",)),
    ("due_dates", "assigned", ("UPDATE cases SET due_on = '2026-12-31'",)),
    ("due_dates", "assigned", ("UPDATE cases SET handling_due_on = '2026-12-31'",)),
    ("due_dates", "assigned", ("UPDATE cases SET overdue = true",)),
    ("due_dates", "assigned", ("UPDATE complainants SET reply_due_on = '2026-12-31'",)),
    ("due_dates", "assigned", ("UPDATE rounds SET handling_due_on = '2026-12-31'",)),
    ("due_dates", "assigned", ("DELETE FROM rounds",)),
    ("due_dates", "resolved", ("UPDATE clocks SET due_on = '2026-12-31' WHERE clock = 'handling'",)),
    ("due_dates", "assigned", ("UPDATE clocks SET basis = '[]'",)),
    ("due_dates", "assigned", ("INSERT INTO calendar_days VALUES ('2026-03-10', false, '假', 'x')",)),
    ("states", "received", ("UPDATE cases SET state = 'escalated'",)),
    ("states", "assigned", ("DELETE FROM history WHERE seq = 2",)),
    ("states", "assigned", ("DELETE FROM history WHERE seq = 3",)),
    ("states", "assigned", ("UPDATE history SET to_state = 'closed' WHERE seq = 2",)),
    ("states", "assigned", ("UPDATE history SET action = 'note' WHERE seq = 2",)),
    ("rungs", "received", (REMINDED.format(cycle=1, rung="'urge'"),)),
    (
        "covering",
        "assigned",
        ("UPDATE cases SET owner_id = (SELECT id FROM units WHERE code = 'committee-GG')",),
    ),
    (
        "covering",
        "assigned",
        ("INSERT INTO case_named (case_id, unit_id) SELECT id, owner_id FROM cases",),
    ),
    ("able_owner", "assigned", ("UPDATE users SET roles = '[\"auditor\"]' WHERE username = 'cunwei-sl'",)),
    ("facts", "assigned", ('UPDATE history SET facts = \'{"unit": "county-water"}\' WHERE seq = 2',)),
    ("facts", "received", ("UPDATE history SET facts = '[]' WHERE seq = 1",)),
    ("facts", "resolved", ("UPDATE history SET action = 'praise' WHERE seq = 2",)),
    ("facts", "received", (MORE_FACTS,)),
    ("chain", "assigned", ('UPDATE history SET facts = \'{"unit": "county-water"}\' WHERE seq = 2',)),
    ("chain", "assigned", ("UPDATE history SET received_at = stored_at, actor_id = 2 WHERE seq = 1",)),
    ("chain", "assigned", ("UPDATE history SET prev_hash = 'x' WHERE seq = 2",)),
    ("chain", "assigned", ("UPDATE history SET key_id = 'lost' WHERE seq = 2",)),
    ("chain", "assigned", (COUNT, ENTRY)),
    ("case_row", "received", ("UPDATE cases SET own_words = '没有这回事'",)),
    ("case_row", "received", ("UPDATE cases SET last_hash = 'x'",)),
    ("case_row", "closed", ("UPDATE cases SET rating = 'fair'",)),
    ("case_row", "received", ("DELETE FROM history",)),
    ("words_told", "resolved", ("UPDATE replies SET text = '已经办好'",)),
    ("words_told", "resolved", ("UPDATE replies SET channel = 'phone'",)),
    ("words_told", "resolved", ("DELETE FROM replies",)),
    (
        "words_told",
        "resolved",
        (
            "INSERT INTO replies (case_id, complainant_id, round, final, channel, text, said_at, received_at)"
            " SELECT case_id, complainant_id, round, final, channel, text, said_at, received_at FROM replies",
        ),
    ),
    ("visits", "closed", ("UPDATE return_visits SET rating = 'fair'",)),
    ("visits", "closed", ("DELETE FROM return_visits",)),
    ("words_heard", "received", ("UPDATE complainants SET own_words = '没有这回事'",)),
    ("words_heard", "received", ("DELETE FROM complainants",)),
    ("words_added", "received", (ADDED,)),
    ("answers_given", "received", ("UPDATE case_answers SET value = '\"算了。\"'",)),
    ("answers_given", "received", ("UPDATE case_answers SET key = 'place'",)),
    ("answers_given", "received", ("DELETE FROM case_answers",)),
    (
        "answers_given",
        "received",
        ("INSERT INTO case_answers (case_id, key, value) SELECT id, 'place', '1' FROM cases",),
    ),
    ("words_heard", "received", (FURTHER.format(due="due_on"),)),
    ("forgotten", "closed", ("UPDATE return_visits SET words = '\ufdd0'",)),
    ("forgotten", "received", ("UPDATE complainants SET name = '\ufdd0'",)),
    ("tallies", "resolved", ("UPDATE tallied_cases SET answered = 0",)),
    ("tallies", "resolved", ("UPDATE tallied_cases SET answered_on = NULL",)),
    ("tallies", "assigned", ("UPDATE tallied_cases SET late_after = '2026-12-31'",)),
    ("tallies", "assigned", ("UPDATE clocks SET running = false",)),
    ("tallies", "assigned", ("UPDATE cases SET category = 'roads'",)),
    ("tallies", "assigned", ("DELETE FROM tallied_cases",)),
    ("search", "resolved", ("DELETE FROM search_texts WHERE kind = 'reply'",)),
    ("search", "assigned", ("UPDATE search_texts SET searched = '别的话'",)),
    ("sealed", "received", ("UPDATE complainants SET name = '田某'",)),
    ("sealed", "received", ("UPDATE complainants SET phone = name",)),
    ("sealed", "received", ("UPDATE complainants SET phone_end_digest = 'another'",)),
    ("orphans", "received", ("UPDATE complainants SET household_id = 4711",)),
    ("orphans", "received", ("UPDATE cases SET state = 'nowhere'",)),
)


@pytest.fixture
def with_a_case(
    town_with: Callable[[str, Fill], Database], project_rules: CountyRules, state: str
) -> Database:
    """Return a township with one case, which is brought into each state once and then copied."""

    def fill(database: Database) -> None:
        with database.transaction() as session:
            answers = {"asks_for": "把账贴出来。"}
            builders.a_case(session, project_rules, state, category="village_org", answers=answers)
        tallies.tally(database, zone=project_rules.zone)

    return town_with(f"found {state}", fill)


@pytest.mark.parametrize(("rule", "state", "statements"), BROKEN, ids=lambda value: str(value)[:60])
def test_a_broken_rule_is_found_with_its_case(
    with_a_case: Database, rules: CountyRules, rule: str, statements: tuple[str, ...]
) -> None:
    with with_a_case.reading() as session:
        case = session.scalars(select(Case)).one()
    break_in(with_a_case, *statements, id=case.id)
    assert (rule, case.number) in found(with_a_case, rules)


def test_every_rule_of_a_case_is_tried_here() -> None:
    elsewhere = {"attempts", "files", "overdue_marks"}  # `attempts` in effects/test_unreachable.py
    assert {rule for rule, _, _ in BROKEN} >= set(RULES) - elsewhere


def test_a_mark_that_runs_ahead_of_its_day_is_found(town: Database, rules: CountyRules, a_case: Make) -> None:
    late, sound = a_case("assigned", category="village_org"), a_case("assigned", category="village_org")
    in_time = at("2026-03-24")
    sweep.sweep(town, rules=rules, now=in_time)
    assert findings(town, rules, now=in_time) == []
    early = findings(town, rules, now=at("2026-03-20"))  # as after a sweep of a day to come
    assert {(one.rule, one.case) for one in early} == {
        ("overdue_marks", late.number),
        ("overdue_marks", sound.number),
    }
    assert any("the rung “urging” of the clock of" in in_english(one.detail) for one in early)


def test_a_forged_mark_of_being_overdue_is_found(town: Database, rules: CountyRules, a_case: Make) -> None:
    case = a_case("assigned", category="village_org")
    break_in(town, "UPDATE clocks SET overdue = true WHERE clock = 'handling' AND case_id = :id", id=case.id)
    assert ("overdue_marks", case.number) in found(town, rules, now=at("2026-03-04"))


def test_only_the_case_that_was_touched_is_named(town: Database, rules: CountyRules, a_case: Make) -> None:
    sound, broken = a_case("resolved"), a_case("resolved")
    break_in(town, "UPDATE replies SET text = '已经办好' WHERE case_id = :id", id=broken.id)
    named = {one.case for one in findings(town, rules)}
    assert named == {broken.number}
    assert sound.number not in named


@pytest.mark.parametrize("harm", ["changed", "lost"])
def test_an_attachment_whose_file_was_touched_is_found(
    town: Database, rules: CountyRules, a_case: Make, actor: Callable[[str], Actor], harm: str
) -> None:
    case = a_case("received")
    place = hang_a_file(town, rules, actor("zuzhang"), case)
    assert findings(town, rules) == []
    if harm == "lost":
        place.unlink()
    else:
        place.write_bytes(b"%PDF-1.7 another")
    assert found(town, rules) == {("files", case.number)}


def test_an_attachment_that_was_exchanged_is_found(
    town: Database, rules: CountyRules, a_case: Make, actor: Callable[[str], Actor]
) -> None:
    case = a_case("received")
    hang_a_file(town, rules, actor("zuzhang"), case)
    break_in(town, "UPDATE attachments SET id = 'another'")
    assert found(town, rules) == {("files", case.number)}


def hang_a_file(town: Database, rules: CountyRules, actor: Actor, case: Case) -> Path:
    with town.transaction() as session:
        stored = attachments.store(
            session,
            actor=actor,
            rules=rules,
            file=IncomingFile("application/pdf", "信.pdf", b"%PDF-1.7 a letter"),
            now=at("2026-03-03"),
        )
        take_step.take_step(
            session,
            actor=actor,
            rules=rules,
            number=case.number,
            action="attach",
            values=build_values("attach", {"attachments": [stored.id]}),
            now=at("2026-03-03"),
        )
        return rules.services.files.path(stored.sha256)


def test_a_rung_that_was_forgotten_is_found(town: Database, rules: CountyRules, a_case: Make) -> None:
    case = a_case("received")
    sweep.sweep(town, rules=rules, now=at("2026-03-02") + timedelta(days=7))
    assert findings(town, rules) == []
    break_in(town, "DELETE FROM reminders")
    assert found(town, rules) == {("rungs", case.number)}


def test_a_case_that_somebody_deleted_is_named_by_its_number(
    town: Database, rules: CountyRules, a_case: Make
) -> None:
    gone, stays = (
        a_case(recorded_by="zuzhang"),
        a_case(),
    )  # nobody was told of the first: its recorder leads the team
    break_in(town, f"DELETE FROM cases WHERE id = {gone.id}")
    named = {one.case for one in findings(town, rules) if one.rule == "orphans"}
    assert gone.number in named
    assert stays.number not in named
