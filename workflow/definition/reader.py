"""Read a definition of the life cycle, and refuse a bad one with place and reason."""

import hashlib
import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from config.reading import ConfigProblem, Document, Table
from workflow.definition import parser, validation
from workflow.definition.model import Definition
from workflow.definition.rule_sets import FIRST, RULE_SETS

KEYS = (
    "name",
    "version",
    "rules",
    "initial",
    "states",
    "steps",
    "acts",
    "clocks",
    "rungs",
    "fields",
    "words",
)


class BadDefinition(Exception):
    """Say why a definition is refused: every problem with its place, and the first one by itself."""

    def __init__(self, problems: list[ConfigProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
        self.place, self.reason = problems[0]


#: Looks further at a definition whose parts are right by themselves, and notes what it finds.
Check = Callable[[Table, Definition], None]


def parse(body: str, place: str, check: Check | None = None) -> Definition:
    """Read the TOML text of a definition; `place` is the name its problems are reported under.

    What `check` finds is told first, with what is wrong with the whole.

    Without it the same text is the same definition again, of which much is remembered elsewhere.

    Raises BadDefinition when a state, role, relation, guard, clock or unit kind is unknown, when a state is
    unreachable or leads nowhere, or when anything else of domain.md section 2 does not hold.
    """
    return _known(body, place) if check is None else _read(body, place, check)


@lru_cache(maxsize=16)
def _known(body: str, place: str) -> Definition:
    return _read(body, place, None)


def _read(body: str, place: str, check: Check | None) -> Definition:
    document = Document(body, place)
    root = document.read()
    _refuse(document)
    root.only(*KEYS)
    name, version = root.text("name"), root.integer("version", least=1, most=1_000_000)
    rules = root.integer("rules", least=FIRST, most=max(RULE_SETS), default=FIRST)
    rungs = parser.load_rungs(root)
    clocks = parser.load_clocks(root, rungs)
    states = parser.load_states(root, clocks)
    initial = root.choice("initial", states, parser.STATE)
    steps, acts = parser.load_actions(root, states, clocks)
    words = parser.load_words(root)
    # What is asked about the whole makes sense only of parts that are right by themselves.
    _refuse(document)
    definition = Definition(
        name=name,
        version=version,
        hash=_digest(root.data),
        initial=initial,
        states=states,
        steps=steps,
        acts=acts,
        clocks=clocks,
        rungs=rungs,
        words=words,
        rules=RULE_SETS[rules],
    )
    if check is not None:
        check(root, definition)
    validation.check(root, initial=initial, states=states, steps=steps, clocks=clocks)
    _refuse(document)
    return definition


def _refuse(document: Document) -> None:
    if document.problems:
        raise BadDefinition(document.problems)


def _digest(data: dict[str, Any]) -> str:
    """Return the SHA-256 of the content, which comments, spacing and the order of tables do not change."""
    canonical = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
