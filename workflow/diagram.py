"""Draw the life cycle as docs/lifecycle.md from the files that decide it: `python -m workflow.diagram`."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from config import tables
from workflow import lifecycle_tables
from workflow.deadlines import ClockRule, Profile, rules_of
from workflow.definition.model import Definition
from workflow.definition.reader import parse
from workflow.definition.vocabulary import WITHIN

HERE = Path(__file__).resolve().parent.parent
PAGE = HERE / "docs" / "lifecycle.md"

HEAD = """# The life cycle of a case 事项

Made by `python -m workflow.diagram` from version {version} of `config/workflow.toml` and from
`config/deadlines.toml`; a test compares. wd are working days, cd calendar days; the day on which something
begins is not counted.
"""
GUARD_NOTE = (
    "A guard is a question about the case that has to be answered well; a refusal gives its reason by code."
)
REPLY_NOTE = (
    "The reply clock follows no step: it runs for each complainant, from the registration, a joining or a "
    "reopening to the final reply, and every interim reply starts it again."
)
MOVE_NOTE = (
    "*is moved by the step*: escalating grants the time of the period `escalation` (urgent: "
    "`escalation_urgent`), raising that of `raise`, never less than what was left; sending down goes back to "
    "the date before the last escalation and the working days spent above, at least the period `send_down`, "
    "never later than the present date."
)


def render(definition: Definition, profiles: Mapping[str, Profile], periods: Mapping[str, ClockRule]) -> str:
    """Return the whole page: diagram, states, steps, acts, clocks, ladder, profiles and guards."""
    parts = [
        HEAD.format(version=definition.version),
        mermaid(definition),
        "## States\n\n" + lifecycle_tables.states(definition),
        "## Steps\n\n" + lifecycle_tables.steps(definition),
        "## Acts\n\nThey leave the state as it is.\n\n" + lifecycle_tables.acts(definition),
        f"## Clocks\n\n{REPLY_NOTE}\n\n{MOVE_NOTE}\n\n"
        + lifecycle_tables.clocks(definition)
        + "\n\n"
        + lifecycle_tables.lengths(periods),
        "## Handling time, by profile\n\nThe first that fits, from the top.\n\n"
        + lifecycle_tables.handling(profiles),
        "## Ladder\n\n" + lifecycle_tables.ladder(definition),
        f"## Guards\n\n{GUARD_NOTE}\n\n" + lifecycle_tables.guards(),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def mermaid(definition: Definition) -> str:
    """Return the state diagram; steps between the same two states share an arrow."""
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"    {_id(code)}: {state.zh} {code}" for code, state in definition.states.items()]
    arrows: dict[tuple[str, str], list[str]] = {}
    for step in definition.steps.values():
        for source in step.sources or ("[*]",):
            arrows.setdefault((source, step.target), []).append(f"{step.zh} {step.name}")
    lines += [
        f"    {_id(source)} --> {_id(target)}: {'<br/>'.join(names)}"
        for (source, target), names in arrows.items()
    ]
    lines += [f"    {_id(code)} --> [*]" for code, state in definition.states.items() if state.final]
    return "\n".join([*lines, "```"])


def _id(code: str) -> str:
    """Return what the language of the diagram can call a state."""
    return code.replace(WITHIN, "_")


def page(folder: Path) -> str:
    """Return the page of a configuration folder; raise BadTables or BadDefinition for a bad one."""
    decided = tables.read(folder)
    profiles, periods = rules_of(decided)
    return render(parse(decided.workflow_text, decided.workflow_name), profiles, periods)


def main(argv: Sequence[str]) -> int:
    """Write the page, tell with `--check` whether it is up to date, or print that of another folder."""
    parser = argparse.ArgumentParser(prog="python -m workflow.diagram", description=main.__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 when the page is out of date"
    )
    parser.add_argument("--of", type=Path, help="print the page of the configuration in this folder instead")
    asked = parser.parse_args(argv)
    if asked.of is not None:
        print(page(asked.of))
        return 0
    text = page(HERE / "config")
    if asked.check:
        return 0 if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text else 1
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
