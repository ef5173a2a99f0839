"""What an entry says is a value: each of its fields tells what it is, and every action has its own."""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import pytest

from cases.configuration.case_rules import CountyRules
from cases.history import facts as of
from cases.history.fact_kinds import FactKind, Harmless, UnknownKind, Words, kinds_of
from cases.history.facts import Facts
from cases.history.facts_json import AMENDED, FACTS, KINDS, BadFacts, from_json, to_json
from cases.history.own_facts import OwnFacts
from cases.history.read_facts import exact_facts, fact_column, load_facts
from cases.models.case import Case
from cases.queries.case_history import history_view
from core.persistence.db import Database
from tests.builders import PERSONAL_KEYS, actor_named
from tests.cases.breaking_in import break_in
from tests.cases.history.stored_facts import Stored
from tests.rules.sources import product, tree
from workflow.texts.labels import ENTRIES

DAY = "2026-03-02"


@dataclass(frozen=True, kw_only=True)
class WithoutKind(Facts):
    """A value whose field does not say what it is."""

    name: str


@dataclass(frozen=True, kw_only=True)
class WithTwoKinds(Facts):
    """A value whose field says two things."""

    name: Annotated[Words, FactKind.USER]


@dataclass(frozen=True, kw_only=True)
class WithoutKindInside(Facts):
    """A value whose field says what half of it is."""

    dates: dict[str, Harmless[str]]


def test_every_action_has_a_value_for_its_facts(project_rules: CountyRules) -> None:
    definition = project_rules.definition
    rungs = {rung.code for clock in definition.clocks.values() for rung in clock.ladder}
    assert {*definition.steps, *definition.acts, *rungs, *ENTRIES} == FACTS.keys()


def test_every_field_says_what_it_is() -> None:
    kinds = {kind for kinds in KINDS.values() for found in kinds.values() for kind in found}
    assert kinds == set(FactKind)
    assert set(KINDS) == {*FACTS.values(), *AMENDED.values(), OwnFacts}


#: What names somebody after the registration.
NAMING = ("AssignFacts", "AmendNamedFacts", "TakeNamesFacts")


def test_what_somebody_said_or_wrote_is_free_words() -> None:
    words = {
        (kind.__name__, name)
        for kind, kinds in KINDS.items()
        for name, found in kinds.items()
        if FactKind.FREE_WORDS in found and name != "reason"
    }
    assert words == {
        ("EscalateFacts", "report"),
        ("WithdrawFacts", "words"),
        ("AttemptFacts", "words"),
        ("UnreachableFacts", "words"),
        ("UnreachableFacts", "recorded"),
        *((kind, "named_words") for kind in ("RegisterFacts", *NAMING)),
        *((kind, "settled_words") for kind in NAMING),
        ("AmendFacts", "before"),
        ("AmendFacts", "after"),
        ("AmendWordsFacts", "after"),
        ("OwnFacts", "words"),
    }


@pytest.mark.parametrize("kind", [WithoutKind, WithTwoKinds, WithoutKindInside])
def test_a_field_that_does_not_say_what_it_is_is_refused(kind: type[Facts]) -> None:
    with pytest.raises(UnknownKind, match=kind.__name__):
        kinds_of(kind)


def test_facts_are_written_under_the_keys_that_they_are_read_from() -> None:
    stored = {"reason": "要拨款", "due_dates": {"handling": [DAY, "2026-03-09"]}}
    facts = from_json("extend", stored)
    assert isinstance(facts, of.MovedReasonFacts)
    assert from_json("extend", to_json(facts)) == facts
    assert exact_facts(Stored("extend", stored), PERSONAL_KEYS) == facts


@pytest.mark.parametrize(
    ("action", "stored"),
    [
        ("assign", {"unit": "team"}),
        ("assign", {"unit": 7, "binding": False}),
        ("praise", {"praise": "好", "words": "好"}),
        ("accept", []),
        ("amend", {"field": ["kind"]}),
    ],
)
def test_facts_of_another_form_are_not_taken_for_those_of_the_action(action: str, stored: object) -> None:
    with pytest.raises(BadFacts):
        from_json(action, stored)
    assert load_facts(Stored(action, stored), PERSONAL_KEYS) is None


def test_an_entry_that_says_more_than_its_action_records_is_not_exact() -> None:
    with pytest.raises(BadFacts):
        exact_facts(Stored("accept", {"praise": "好"}), PERSONAL_KEYS)


def test_a_column_of_a_statement_is_named_by_a_field() -> None:
    assert fact_column(of.RungFacts, "clock") is not None
    with pytest.raises(LookupError, match="RungFacts has no watch"):
        fact_column(of.RungFacts, "watch")


def test_of_an_entry_that_says_something_else_the_interface_tells_the_rest(
    town: Database, a_case: Callable[..., Case]
) -> None:
    case = a_case("assigned")
    break_in(town, """UPDATE history SET facts = '{"field": "household", "after": 7}' WHERE seq = 2""")
    with town.reading() as session:
        entries = history_view(
            session, keys=PERSONAL_KEYS, actor=actor_named(session, "zuyuan"), number=case.number
        )
    assert [(entry["action"], bool(entry["facts"])) for entry in entries] == [
        ("register", True),
        ("assign", False),
        ("accept", False),
    ]


def by_key(program: ast.AST) -> list[int]:
    """Return the lines on which the facts of an entry are read by a key, past the value that they make."""
    found = []
    for node in ast.walk(program):
        if isinstance(node, ast.Subscript) or (isinstance(node, ast.Attribute) and node.attr == "get"):
            read = node.value
        else:
            continue
        if not isinstance(read, ast.Attribute) or read.attr != "facts":
            continue
        if ast.unparse(read.value).split(".")[-1] == "entry":
            found.append(node.lineno)
    return found


def test_nobody_reads_the_facts_of_an_entry_by_a_key() -> None:
    assert {str(place): lines for place in product() if (lines := by_key(tree(place)))} == {}


@pytest.mark.parametrize(
    "text", ['entry.facts["unit"]', 'entry.facts.get("unit")', 'read.entry.facts["unit"]']
)
def test_facts_that_are_read_by_a_key_are_named(text: str) -> None:
    assert by_key(ast.parse(text)) == [1]
