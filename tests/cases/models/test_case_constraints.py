"""What the database refuses of invariants 1 and 2 of domain.md section 5: owners, dates, answers."""

from collections.abc import Callable

import pytest

from cases.models.case import Case
from core.persistence.db import Database
from tests.cases.models.raw_statements import (
    ENTRY,
    FINAL,
    FURTHER,
    MOVE,
    REPLY,
    RESOLVED,
    SETTLED,
    UNDATED,
    UNREACHABLE,
    Try,
    hold,
    no,
    yes,
)

INVARIANT_1 = (
    no("an open case without owner", "received", "UPDATE cases SET owner_id = NULL", by="open_is_owned"),
    no("an open case without date", "received", "UPDATE cases SET due_on = NULL", by="open_is_owned"),
    no(
        "a case without reply owner",
        "received",
        "UPDATE cases SET reply_owner_id = NULL",
        by="reply_owner_id",
    ),
    no("a state that is neither open nor final", "received", "UPDATE cases SET final = NULL", by="final"),
    no(
        "a final state called open",
        "closed",
        "UPDATE cases SET final = false, owner_id = reply_owner_id, due_on = '2026-03-09'",
        by="foreign key",
    ),
    no(
        "an open state called final",
        "received",
        FINAL.replace("'withdrawn'", "'received'"),
        ENTRY,
        by="foreign key",
    ),
    no(
        "a final case with a date", "closed", "UPDATE cases SET due_on = '2026-03-09'", by="final_has_no_date"
    ),
    no(
        "a final case with a handling date",
        "closed",
        "UPDATE cases SET handling_due_on = '2026-03-09'",
        by="final_has_no_date",
    ),
    no("a final case whose clock runs", "received", UNDATED, FINAL, ENTRY, by="date_still_running"),
    no("a final case with a reply date", "received", SETTLED, FINAL, ENTRY, by="date_still_running"),
    yes("a final case without dates", "received", SETTLED, UNDATED, FINAL, ENTRY),
    no(
        "no reply date while a complainant waits",
        "received",
        MOVE.format("reply_due_on = NULL"),
        ENTRY,
        by="reply_date_missing",
    ),
    yes(
        "no reply date when all are answered",
        "received",
        REPLY.format(round="c.round", final="true"),
        MOVE.format("reply_due_on = NULL"),
        ENTRY,
    ),
    yes(
        "no reply date when the others are unreachable",
        "received",
        UNREACHABLE.format(stands_for="'reply'"),
        MOVE.format("reply_due_on = NULL"),
        ENTRY,
    ),
)

INVARIANT_2 = (
    no("resolved without a reply", "assigned", RESOLVED, ENTRY, by="reply_missing"),
    yes("resolved with a reply", "assigned", REPLY.format(round="c.round", final="true"), RESOLVED, ENTRY),
    no(
        "resolved with an interim reply",
        "assigned",
        REPLY.format(round="c.round", final="false"),
        RESOLVED,
        ENTRY,
        by="reply_missing",
    ),
    no(
        "resolved with the reply of another round",
        "assigned",
        REPLY.format(round="c.round + 1", final="true"),
        RESOLVED,
        ENTRY,
        by="reply_missing",
    ),
    yes("resolved as unreachable", "assigned", UNREACHABLE.format(stands_for="'reply'"), RESOLVED, ENTRY),
    no(
        "resolved with a record for the visit",
        "assigned",
        UNREACHABLE.format(stands_for="'visit'"),
        RESOLVED,
        ENTRY,
        by="reply_missing",
    ),
    no(
        "resolved with one of two unanswered",
        "assigned",
        REPLY.format(round="c.round", final="true"),
        FURTHER.format(due="due_on"),
        RESOLVED,
        ENTRY,
        by="reply_missing",
    ),
    no(
        "a further complainant on a resolved case",
        "resolved",
        FURTHER.format(due="due_on"),
        MOVE.format("overdue = overdue"),
        ENTRY,
        by="reply_",
    ),
    no("a further complainant without an entry", "resolved", FURTHER.format(due="due_on"), by="foreign key"),
    no(
        "a resolved case put into another round",
        "resolved",
        MOVE.format("round = round + 1"),
        ENTRY,
        by="reply_",
    ),
    no("a reply that is emptied", "resolved", "UPDATE replies SET text = ''", by="replies_is_kept"),
    no("a reply made interim", "resolved", "UPDATE replies SET final = false", by="replies_is_kept"),
    no("a reply that is deleted", "resolved", "DELETE FROM replies", by="replies_is_kept"),
    no("a complainant deleted", "received", "DELETE FROM complainants", by="complainants_is_kept"),
    no(
        "an unreachable record without what it stands for",
        "assigned",
        UNREACHABLE.format(stands_for="NULL"),
        by="stands_for",
    ),
    no(
        "an answered complainant without a time",
        "assigned",
        "UPDATE complainants SET answered_round = 1, answered_at = NULL",
        by="answered_has_a_time",
    ),
)


@pytest.mark.parametrize("one", [*INVARIANT_1, *INVARIANT_2], ids=lambda one: one.name)
def test_the_database_refuses_the_one_and_allows_the_other(
    town: Database, a_case: Callable[..., Case], one: Try
) -> None:
    hold(town, a_case(one.state, category="village_org"), one)
