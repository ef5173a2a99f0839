"""The page about the life cycle is what the files say."""

from tests.workflow.samples import CONFIG, SMALL, project_definition
from workflow import diagram
from workflow.definition.reader import parse


def test_the_page_is_up_to_date() -> None:
    assert diagram.PAGE.read_text(encoding="utf-8") == diagram.page(CONFIG), (
        "the life cycle has changed: run `python -m workflow.diagram`"
    )


def test_checking_writes_nothing_and_finds_the_page_up_to_date() -> None:
    before = diagram.PAGE.stat().st_mtime_ns
    assert diagram.main(["--check"]) == 0
    assert diagram.PAGE.stat().st_mtime_ns == before


def test_the_diagram_has_every_state_and_every_step() -> None:
    drawn = diagram.mermaid(project_definition())
    definition = project_definition()
    for code, state in definition.states.items():
        assert f"    {code}: {state.zh} {code}\n" in drawn
    for step in definition.steps.values():
        assert f"{step.zh} {step.name}" in drawn


def test_steps_between_the_same_states_share_an_arrow() -> None:
    drawn = diagram.mermaid(project_definition())
    assert "    assigned --> escalated: 上报 escalate<br/>提级 raise\n" in drawn


def test_another_definition_gives_another_diagram() -> None:
    drawn = diagram.mermaid(parse(SMALL, "small.toml"))
    assert drawn.splitlines() == [
        "```mermaid",
        "stateDiagram-v2",
        "    received: 已受理 received",
        "    assigned: 已交办 assigned",
        "    closed: 已归档 closed",
        "    [*] --> received: 登记 register",
        "    received --> assigned: 交办 assign",
        "    received --> closed: 归档 close",
        "    assigned --> closed: 归档 close",
        "    closed --> [*]",
        "```",
    ]
