"""What was forgotten verifies, and whatever was changed, left or put back behind it is named."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from accounts.access.actor import SYSTEM
from cases.configuration.case_rules import CountyRules
from cases.history.entries import Entry
from cases.models.case import Case
from cases.retention.forgetting import forget
from cases.statistics import tallies
from core.persistence.db import Database
from tests import builders
from tests.builders import at
from tests.cases.breaking_in import break_in, found
from tests.databases import Fill

NOW = at("2026-09-01")
LEFT = """UPDATE history SET personal = '[[["words"], "00", "又写上"]]' WHERE seq = 1"""
#: The rule that names it, and what is done to a forgotten case.
BROKEN = (
    ("forgotten", "UPDATE replies SET text = '又写上'"),
    ("words_told", "UPDATE replies SET text = '又写上'"),
    ("words_told", "DELETE FROM replies"),
    ("forgotten", "UPDATE return_visits SET words = '又写上'"),
    ("forgotten", "UPDATE complainants SET name = '又写上'"),
    ("forgotten", "UPDATE complainants SET phone = '13812344321'"),
    ("words_heard", "UPDATE complainants SET own_words = '又写上'"),
    ("case_row", "UPDATE cases SET own_words = '又写上'"),
    ("forgotten", "UPDATE cases SET own_words = '又写上'"),
    ("answers_given", """UPDATE case_answers SET value = '"又写上"'"""),
    ("forgotten", """UPDATE rounds SET extension_request = '{"reason": "又写上"}'"""),
    ("facts", LEFT),
    ("chain", "UPDATE history SET facts = '{}' WHERE action = 'forget'"),
    ("forgotten", "DELETE FROM history WHERE action = 'forget'"),
    ("facts", "UPDATE history SET action = 'note' WHERE action = 'forget'"),
)


@pytest.fixture
def gone(town_with: Callable[[str, Fill], Database], project_rules: CountyRules) -> Database:
    """Return a township with one case that was forgotten."""

    def fill(database: Database) -> None:
        with database.transaction() as session:
            answers = {"asks_for": "把账贴出来。"}
            builders.a_case(session, project_rules, "closed", category="village_org", answers=answers)
        forget(
            database,
            rules=project_rules,
            before=at("2026-06-01").date(),
            now=NOW,
            clear=lambda session, numbers: None,
        )
        tallies.tally(database, zone=project_rules.zone)

    return town_with("forgotten", fill)


def test_a_forgotten_case_is_sound_and_its_entry_is_the_programs_own(
    gone: Database, rules: CountyRules
) -> None:
    assert found(gone, rules, now=NOW) == set()
    with gone.reading() as session:
        entry = session.scalars(select(Entry).where(Entry.action == "forget")).one()
        assert entry.actor_id is SYSTEM.user_id


@pytest.mark.parametrize(("rule", "statement"), BROKEN, ids=lambda value: str(value)[:60])
def test_what_was_changed_left_or_put_back_is_named(
    gone: Database, rules: CountyRules, rule: str, statement: str
) -> None:
    with gone.reading() as session:
        number = session.scalars(select(Case.number)).one()
    break_in(gone, statement)
    assert (rule, number) in found(gone, rules, now=NOW)
