"""A life cycle in which a matter comes to stand still whoever there is, is refused with its place."""

import pytest

from cases.intake.read_definition import read_definition
from tests.english import in_english
from tests.rules.test_smaller_definitions import without
from tests.workflow.samples import CONFIG
from workflow.definition.reader import BadDefinition
from workflow.ways_on import situations

TEXT = (CONFIG / "workflow.toml").read_text(encoding="utf-8")
RESOLVES = 'en = "reply and resolve"\nto = "resolved"\nwho = [\n  { from = ["assigned", "escalated"]'


def refused(text: str) -> str:
    """Return in English why a text is refused."""
    with pytest.raises(BadDefinition) as found:
        read_definition(text, "workflow.toml")
    return in_english(*found.value.problems)


def test_a_state_that_only_some_situations_can_leave_is_refused_with_its_line() -> None:
    said = refused(without("confirm"))
    line = 1 + without("confirm").splitlines().index("[states.resolved]")
    assert (
        f"workflow.toml:{line}: states.resolved: matters in the state replied and resolved have no way on"
        in said
    )


def test_a_row_without_one_of_its_states_is_refused() -> None:
    assert RESOLVES in TEXT
    said = refused(TEXT.replace(RESOLVES, RESOLVES.replace('"assigned", "escalated"', '"assigned"')))
    assert "states.escalated: matters in the state escalated have no way on while this does not hold" in said
    assert "some unit above can take it, not sent down by this level this round" in said


def test_conditions_that_cannot_be_walked_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(situations, "MOST_SITUATIONS", 8)
    other = f"{TEXT}\n# not walked before\n"
    assert "the steps from received have too many conditions: more than" in refused(other)
