"""Name the guards that the migrations put into the database, so that a missing one is noticed."""

from sqlalchemy import text
from sqlalchemy.orm import Session

#: Guards of one rule each; what they do stands in migrations/guards.
RULES = (
    "case_answers_owe_an_entry",
    "cases_begin_received",
    "cases_count_upwards",
    "cases_keep_identity",
    "cases_move_by_a_step",
    "cases_owe_an_entry",
    "clocks_new_owe_an_entry",
    "clocks_owe_an_entry",
    "complainants_know_their_key",
    "complainants_new_know_their_key",
    "complainants_new_owe_an_entry",
    "complainants_owe_an_entry",
    "contact_attempts_owe_an_entry",
    "history_describes_the_case",
    "history_finds_a_complainant",
    "history_finds_a_reply_date",
    "history_finds_no_date_running",
    "history_finds_the_answers",
    "history_follows",
    "history_forgets_in_the_open",
    "history_is_untallied",
    "history_know_their_key",
    "history_moves_by_a_step",
    "history_new_know_their_key",
    "history_settles_what_was_owed",
    "owed_entries_are_fixed",
    "owed_entries_stay",
    "replies_owe_an_entry",
    "return_visits_owe_an_entry",
    "rounds_new_owe_an_entry",
    "rounds_owe_an_entry",
    "rounds_stay_late",
    "self_ratings_owe_an_entry",
    "unreachable_records_owe_an_entry",
    "workflow_states_are_closed",
    "workflow_steps_are_closed",
)
#: SQLite's own: it can replace a row without deleting it in the eyes of its triggers.
SQLITE_RULES = ("cases_not_replaced", "history_not_replaced")
#: Tables whose rows stay for ever.
PERMANENT_TABLES = (
    "case_named",
    "case_named_words",
    "cases",
    "clocks",
    "complainants",
    "number_serials",
    "rounds",
    "written_reports",
)
#: Tables whose rows stay for ever as they are, but for words that are forgotten with an entry that says so.
FIXED = (
    "case_answers",
    "case_notes",
    "case_owners",
    "code_holders",
    "contact_attempts",
    "heads",
    "history",
    "late_entries",
    "late_seals",
    "pinned_settings",
    "register_history",
    "reminders",
    "replies",
    "return_visits",
    "self_ratings",
    "unreachable_records",
    "workflow_definitions",
    "workflow_states",
    "workflow_steps",
)


def expected_triggers(dialect: str) -> frozenset[str]:
    """Return the names of all guards that a database of this kind must have."""
    names = {
        *RULES,
        *(f"{table}_stay" for table in (*PERMANENT_TABLES, *FIXED)),
        *(f"{table}_never_change" for table in FIXED),
    }
    if dialect == "sqlite":
        return frozenset(names | set(SQLITE_RULES))
    return frozenset(names | {f"{table}_are_not_truncated" for table in (*PERMANENT_TABLES, *FIXED)})


def missing_triggers(session: Session) -> list[str]:
    """Return the guards that are not there, or that somebody has switched off."""
    dialect = session.get_bind().dialect.name
    if dialect == "sqlite":
        asked = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        asked = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    return sorted(expected_triggers(dialect) - set(session.scalars(text(asked))))
