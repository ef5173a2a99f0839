"""Every unique key that a client or a command may send twice is read again when somebody else was first."""

import ast

import pytest
from sqlalchemy import UniqueConstraint

import app
from core.persistence.db import Base
from tests.rules.sources import name, product, tree, where

assert app.__doc__  # importing brings every table along

#: Keys that a client or a command repeats, each with what finds the first one when it is read again.
REPEATED = {
    ("cases", ("client_ref",)): "registration gives the same case",
    ("kept_answers", ("user_id", "key")): "the first answer is given again",
    ("complainants", ("receipt_digest",)): "a code that was printed twice is refused by field",
    ("case_named", ("case_id", "unit_id")): "naming again changes nothing",
    ("case_named", ("case_id", "user_id")): "naming again changes nothing",
    ("case_relations", ("case_id", "other_id")): "relating again changes nothing",
    ("households", ("key",)): "importing again changes nothing",
    ("households", ("village_id", "group_no", "number")): "importing again changes nothing",
    ("areas", ("code",)): "importing again changes nothing, a form is told `area_code_taken`",
    ("areas", ("path",)): "follows from the code",
    ("units", ("code",)): "importing again changes nothing, a form is told `unit_code_taken`",
    ("users", ("username",)): "told `username_taken`",
    ("register_history", ("subject_kind", "subject_id", "seq")): "the next entry takes the next number",
    ("register_history", ("hash",)): "hangs on the number",
    ("calendar_days", ("day",)): "a notice is compared anew with the rows there are",
    ("calendar_years", ("year",)): "a notice is compared anew with the rows there are",
    ("pinned_settings", ("name",)): "a pinned setting is compared",
    ("second_factors", ("user_id",)): "proposed anew, or refused when it is in use",
    ("workflow_definitions", ("hash",)): "adopting again changes nothing",
    ("workflow_states", ("hash", "state")): "comes with its definition",
    ("workflow_states", ("hash", "state", "final")): "comes with its definition",
    ("workflow_steps", ("hash", "source", "target")): "comes with its definition",
}
#: Keys that nobody repeats, or whose statement says itself what is done with a second one.
OTHERS = {
    ("api_tokens", ("token_hash",)): "256 random bits",
    ("sign_ins", ("secret_hash",)): "random bits",
    ("openid_bindings", ("user_id",)): "looked for before, and again where two come in at once",
    ("openid_bindings", ("issuer", "subject")): "looked for before, and again where two come in at once",
    ("passkeys", ("credential_id",)): "looked for before; drawn by the device",
    ("cases", ("number",)): "reserved by a row that is locked",
    ("number_serials", ("village_id", "year")): "on conflict the next serial",
    ("notices", ("key",)): "on conflict nothing",
    ("deliveries", ("dedupe_key",)): "follows from the notice",
    ("daily_tallies", ("village_id", "day")): "written by one job, on conflict added",
    ("tallies", ("village_id", "category")): "written by one job, on conflict added",
    ("tallied_cases", ("case_id",)): "written by one job",
    ("heads", ("day",)): "written by one job, on conflict nothing",
    ("heads", ("hash",)): "written by one job, on conflict nothing",
    ("tries", ("limit", "subject")): "on conflict counted",
    ("quota_counts", ("day", "user_id", "quota")): "on conflict added",
    (
        "user_proposals",
        ("user_id", "act"),
    ): "of a user whose unit's row is locked, in the place of the one before",
    ("case_answers", ("case_id", "key")): "written with a new case",
    ("clocks", ("case_id", "clock")): "of a case whose row is locked",
    ("rounds", ("case_id", "round")): "of a case whose row is locked",
    ("history", ("case_id", "seq")): "of a case whose row is locked",
    ("history", ("hash",)): "hangs on the number",
    ("owed_entries", ("case_id", "seq")): "of a case whose row is locked",
    ("self_ratings", ("complainant_id", "round", "case_id")): "of a case whose row is locked",
    ("code_holders", ("receipt_digest", "unit_id")): "on conflict nothing, or written with a new case",
    ("late_entries", ("case_id", "seq")): "written with an entry of a case whose row is locked",
    ("late_seals", ("seq",)): "written by one job",
    ("late_seals", ("hash",)): "written by one job",
    ("late_seals", ("gap", "day")): "written by one job",
    ("reminders", ("case_id", "clock", "cycle", "rung")): "of a case whose row is locked",
}
#: Where a door opens a transaction that is not made anew, and why.
ONCE = {
    "api/framework/limits.py": "counts tries, on conflict",
    "web/framework/blueprint.py": "notes that somebody is there, an update",
    "wsgi/guessing/code_gate.py": "counts tries, on conflict",
    "wsgi/readiness.py": "a heartbeat, on conflict",
    "wsgi/uploads.py": "counts what is being uploaded, on conflict",
    "cli/backup/backup.py": "writes no row that anybody else writes",
    "cli/check/configuration_changes.py": "is taken back",
    "jobs/tasks.py": "runs again at the next tick",
}


def keys() -> set[tuple[str, tuple[str, ...]]]:
    """List every unique key of the models but for the numbers that a database gives its rows itself."""
    found = set()
    for table in Base.metadata.sorted_tables:
        columns = [tuple(one.columns) for one in table.constraints if isinstance(one, UniqueConstraint)]
        columns += [tuple(index.columns) for index in table.indexes if index.unique]
        primary = tuple(table.primary_key.columns)
        if tuple(column.name for column in primary) != ("id",):
            columns.append(primary)
        found |= {(table.name, tuple(column.name for column in key)) for key in columns}
    return found


def test_every_unique_key_is_one_that_is_repeated_or_has_a_reason() -> None:
    assert set(REPEATED) | set(OTHERS) == keys()
    assert not set(REPEATED) & set(OTHERS)


def once(module: ast.Module) -> list[ast.Call]:
    """Find where a module opens a writing transaction that is not made anew for a unique key."""
    return [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "transaction"
        and not node.args
    ]


def test_a_door_makes_a_change_anew_when_somebody_else_was_first() -> None:
    doors = [
        place for place in product() if name(place).split("/")[0] in {"api", "web", "wsgi", "cli", "jobs"}
    ]
    found = {name(place): [where(place, node) for node in once(tree(place))] for place in doors}
    assert {path for path, places in found.items() if places} == set(ONCE)


@pytest.mark.parametrize("planted", ["with services.db.transaction() as session:\n    pass"])
def test_another_transaction_of_a_door_would_be_found(planted: str) -> None:
    assert len(once(ast.parse(planted))) == 1
