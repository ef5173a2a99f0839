"""What the database refuses of invariant 4 of domain.md section 5: steps, entries and what is kept."""

from collections.abc import Callable

import pytest

from cases.models.case import Case
from core.persistence.db import Database
from tests.cases.models.raw_statements import COUNT, ENTRY, MOVE, Try, hold, no, yes

INVARIANT_4 = (
    no(
        "a step that is none",
        "received",
        MOVE.format("state = 'closed', final = true"),
        by="state_moves_by_a_step",
    ),
    no("a state that is none", "received", MOVE.format("state = 'done'"), by="state_moves_by_a_step"),
    no(
        "a step without a version",
        "received",
        "UPDATE cases SET state = 'escalated', last_seq = last_seq + 1",
        by="state_moves_by_a_step",
    ),
    no(
        "a step without an entry",
        "received",
        "UPDATE cases SET state = 'escalated', version = version + 1",
        by="state_moves_by_a_step",
    ),
    no("a change without an entry", "received", "UPDATE cases SET category = 'x'", by="foreign key"),
    no("a promised entry that never comes", "received", COUNT, by="foreign key"),
    yes("a change with its entry", "received", MOVE.format("category = 'industry'"), ENTRY),
    no("a clock changed without an entry", "received", "UPDATE clocks SET cycle = 2", by="foreign key"),
    yes("a clock changed with its entry", "received", "UPDATE clocks SET cycle = 2", COUNT, ENTRY),
    yes("another day to look", "received", "UPDATE clocks SET next_look_on = '2026-03-09'"),
    no("a name without an entry", "received", "UPDATE complainants SET name = '某'", by="foreign key"),
    no("a round changed without an entry", "assigned", "UPDATE rounds SET extended = true", by="foreign key"),
    no(
        "a debt that is deleted",
        "received",
        "UPDATE cases SET category = 'x'",
        "DELETE FROM owed_entries",
        by="owed",
    ),
    no(
        "a debt that is pushed away",
        "received",
        "UPDATE cases SET category = 'x'",
        "UPDATE owed_entries SET seq = 1",
        by="owed",
    ),
    no("a version that falls", "assigned", "UPDATE cases SET version = version - 1", by="counts_upwards"),
    no("a round that falls", "received", "UPDATE cases SET round = 0", by="counts_upwards"),
    no("a skipped number", "received", "UPDATE cases SET last_seq = last_seq + 2", by="counts_upwards"),
    no("another number", "received", "UPDATE cases SET number = 'SL-2026-9999'", by="identity"),
    no("another recorder", "received", "UPDATE cases SET recorded_by_id = NULL", by="identity"),
    no("another day of receipt", "received", "UPDATE cases SET received_on = '2026-01-01'", by="identity"),
    no("a case deleted", "received", "DELETE FROM cases", by="cases_is_kept"),
    no("an entry changed", "received", "UPDATE history SET action = 'x'", by="history_is_kept"),
    no("an entry deleted", "received", "DELETE FROM history", by="history_is_kept"),
    no(
        "an entry that the case does not count",
        "received",
        ENTRY.replace("h.seq = c.last_seq - 1", "h.seq = c.last_seq").replace("c.last_hash", "'own'"),
        by="entry_is_not_of_the_case",
    ),
    no(
        "an entry that begins elsewhere",
        "assigned",
        COUNT,
        ENTRY.replace("'raw', h.to_state", "'raw', 'received'"),
        by="entry_does_not_follow",
    ),
    no(
        "an entry that begins nowhere",
        "assigned",
        COUNT,
        ENTRY.replace("'raw', h.to_state", "'raw', NULL"),
        by="first_has_no_source",
    ),
    no(
        "an entry with a hash before it that is none",
        "assigned",
        COUNT,
        ENTRY.replace("'digest', h.hash", "'digest', 'other'"),
        by="entry_does_not_follow",
    ),
    no("a late round made timely", "assigned", "UPDATE rounds SET late = true", COUNT, ENTRY,
       "UPDATE rounds SET late = false", by="late_is_for_ever"),
    yes("a round made late", "assigned", "UPDATE rounds SET late = true", COUNT, ENTRY),
    no("a round deleted", "received", "DELETE FROM rounds", by="rounds_is_kept"),
    no(
        "a further way to move",
        "received",
        "INSERT INTO workflow_steps SELECT workflow_hash, 'received', 'closed' FROM cases",
        by="definition_is_in_use",
    ),
    no("a way to move deleted", "received", "DELETE FROM workflow_steps", by="workflow_steps_is_kept"),
    no("a state made final", "received", "UPDATE workflow_states SET final = true", by="_is_kept"),
    no("another definition", "received", "UPDATE cases SET workflow_hash = 'x'", by="identity"),
    no("a register entry deleted", "received", "DELETE FROM register_history", by="register_history_is_kept"),
    no(
        "a register entry changed",
        "received",
        "UPDATE register_history SET action = 'x'",
        by="register_history_is_kept",
    ),
    no("another zone", "received", "UPDATE pinned_settings SET value = 'UTC'", by="pinned_settings_is_kept"),
)  # fmt: skip


@pytest.mark.parametrize("one", INVARIANT_4, ids=lambda one: one.name)
def test_the_database_refuses_the_one_and_allows_the_other(
    town: Database, a_case: Callable[..., Case], one: Try
) -> None:
    hold(town, a_case(one.state, category="village_org"), one)
