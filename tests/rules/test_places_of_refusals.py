"""Every refusal of a life cycle names the entry it is about: its line, or that of the table that lacks it.

Each is planted: those that the tests of the loader plant, and those below. A refusal that nothing plants is
found by its words in the code, one that names more than its entry by the place it gives.
"""

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from cases.intake.ladder_lengths import require_ladders
from cases.intake.read_definition import read_definition
from config import tables
from config.lines import Path, line_of, locate
from config.marked_text import MarkedText
from config.reading import Document
from tests.builders import CONFIG
from tests.cases.intake import test_own_entries, test_read_definition, test_who_rows
from tests.rules.sources import ROOT, tree
from tests.workflow import test_definition
from tests.workflow.samples import SMALL
from workflow.definition.reader import BadDefinition, parse
from workflow.ways_on import situations

TEXT = (CONFIG / "workflow.toml").read_text(encoding="utf-8")
OWN = test_own_entries.TEXT
#: Whatever looks at a life cycle and refuses it.
LOOKED_AT = (
    *sorted((ROOT / "workflow" / "definition").glob("*.py")),
    *sorted((ROOT / "workflow" / "ways_on").glob("*.py")),
    *sorted((ROOT / "cases" / "intake").glob("*.py")),
)
#: Functions of these modules whose sentences are no refusals of a file, or a part of one; and why.
NO_REFUSALS = {
    "named_dead_end_in_words": "said of the registers",
    "nobody_receives_in_words": "said of the registers",
    "_named": "a part of a sentence",
    "_when": "a part of a sentence",
    "_who": "a part of a sentence",
    "_people": "a part of a sentence",
    "_where": "a part of a sentence",
}
#: A refusal that no plant shows, and why.
NOT_PLANTED = {
    "「{state}」的事走不到办完，只在几个状态之间来回{where}": "said of a place as every dead end is",
}
#: What is said of the whole file: that a key is not there.
ABSENT = "缺少「{key}」"
#: Keys that stand in no table, so that the file is all there is around them.
OF_THE_FILE = frozenset({"name", "version", "rules", "initial"})
#: Lists of rows: a refusal names the row, or says of all of them together that they are too few.
ROWS = "who"
OF_ALL_ROWS = frozenset({"没有角色能做这一步", "谁也做不了：这些条件不会一起成立：{guards}"})
WORDS = '\n[words.{group}]\n{code} = {{ zh = "读者", en = "reader", {more} }}\n'
ROW = '{ from = ["*"], roles = ["member"], relations = ["in_scope"] }'
NOTE = 'en = "note"\nwho = ['
RESOLVES = 'en = "reply and resolve"\nto = "resolved"\nwho = [\n  { from = ["assigned", "escalated"]'
RAISE = '[steps.raise]\nzh = "提级"\nen = "raise"\nto = "escalated'


def words(group: str, code: str, more: str) -> str:
    return OWN + WORDS.format(group=group, code=code, more=more)


def gone(name: str) -> str:
    """Return our life cycle without a table."""
    return re.sub(rf"(?ms)^\[{re.escape(name)}\]$.*?(?=^\[)", "", TEXT)


def with_more(table: str, line: str, text: str = TEXT) -> str:
    """Return a life cycle with a line more in a table."""
    return text.replace(f"[{table}]\n", f"[{table}]\n{line}\n", 1)


#: What the tests of the loader do not plant in their tables, in the small life cycle and in the whole ones.
FURTHER_SMALL = {
    "too many rows": SMALL.replace(f"who = [{ROW}]", "who = [\n" + f"{ROW},\n" * 30 + "]"),
    "too many states": SMALL
    + "".join(f'\n[states.s{n}]\nzh = "一"\nen = "s"\nfinal = true\n' for n in range(60)),
    "no beginning": SMALL[: SMALL.index("[steps.register]")] + SMALL[SMALL.index("[steps.assign]") :],
}
FURTHER = {
    "no step to raise by": gone("steps.raise"),
    "no step that takes what a field brings": gone("steps.answer"),
    "no act that is needed": gone("acts.reply"),
    "several as the rule makes it": words("term", "complainant", 'many = "readers"'),
    "several of whom nothing is said": words("role", "guest", 'many = "staff"'),
    "a blank in words": words("term", "complainant", 'many = "{n} staff"'),
    "a name without its place": words("term", "family", 'many = "x"'),
    "words of a choice at its field": with_more("fields.urgency", 'words.urgent = { zh = "急", en = "now" }'),
    "words of a choice without any": with_more("fields.field", 'words.name = { zh = "名", en = "called" }'),
    "a key that the type does not read": with_more("fields.binding", 'values = ["a"]'),
    "two ways up": OWN.replace(RAISE, f"{RAISE}.by_itself").replace(
        "[states.resolved]",
        '[states."escalated.by_itself"]\nzh = "已提"\nen = "raised"\nowner = "higher_unit"\n'
        'unit_kinds = ["team", "township", "department", "leading_group"]\nclock = "handling"\n\n'
        "[states.resolved]",
    ),
    "final within what is open": OWN.replace(
        "[steps.register]",
        '[states."assigned.gone"]\nzh = "没了"\nen = "gone"\nfinal = true\n\n[steps.register]',
    ).replace('to = "void"', 'to = "assigned.gone"'),
    "no way on": TEXT.replace(RESOLVES, RESOLVES.replace('"assigned", "escalated"', '"assigned"')),
    "guards that exclude each other": TEXT.replace(
        NOTE, NOTE.replace("who", 'guards = ["suspended", "not_suspended"]\nwho')
    ),
    "a guard that waits for an act": gone("acts.request_suspend").replace(
        NOTE, NOTE.replace("who", 'guards = ["suspension_requested"]\nwho')
    ),
    "a guard that asks nothing without an act": gone("steps.return"),
    "a guard that asks nothing there": TEXT.replace(
        NOTE + '\n  { from = ["*"]',
        NOTE.replace("who", 'guards = ["somebody_unvisited"]\nwho') + '\n  { from = ["received"]',
    ),
    "a guard that never holds there": TEXT.replace(
        NOTE + '\n  { from = ["*"]',
        NOTE.replace("who", 'guards = ["target_open"]\nwho') + '\n  { from = ["closed"]',
    ),
}
LADDERS = ('ladder = ["remind", "urge", "supervise"]', 'ladder = ["urge", "supervise"]\ndays = { urge = -9 }')
TRIAGE = 'en = "triage"\nladder = ["urge", "supervise"]'


def said_by_the_code() -> dict[str, str]:
    """Return every sentence with which the modules refuse a file, with where it stands."""
    found: dict[str, str] = {}
    for place in LOOKED_AT:
        for function in ast.walk(tree(place)):
            if isinstance(function, ast.FunctionDef) and function.name not in NO_REFUSALS:
                found |= {said: f"{place.name}: {function.name}" for said in refusals_in(function)}
    return found


def refusals_in(function: ast.AST) -> Iterator[str]:
    """Yield the sentences of a function that are said of a place: all but those that name a thing."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "MarkedText":
            said = node.args[0]
            if isinstance(said, ast.Call) and not ends_as_a_name(said.args[0].value):  # type: ignore[attr-defined]
                yield said.args[0].value  # type: ignore[attr-defined]


def ends_as_a_name(said: str) -> bool:
    """Return whether words are those of a kind of code, which stand within a sentence."""
    return said.endswith("代码")


def has_its_place(said: str, path: Path, text: str) -> bool:
    """Return whether a refusal names its entry: its line has the key, or it is not there at all."""
    if not path:
        return said == ABSENT
    if len(path) == 1:
        return path[0] in OF_THE_FILE or path[0] not in KINDS
    if path[-1] == ROWS and rows_of(path, text) and said not in OF_ALL_ROWS:
        return False
    line, places = line_of(locate(text), path), locate(text)
    if line is None:
        return not any(path[0] == one[0] for one in places)  # the kind of table is not there at all
    known = max((size for size in range(1, len(path) + 1) if path[:size] in places), default=0)
    rest = [key for key in path[known:] if isinstance(key, str)]
    lacking = not resolves(path, text)
    return lacking or all(key in text.splitlines()[line - 1] for key in rest)


KINDS = frozenset({"states", "steps", "acts", "clocks", "rungs", "fields", "words"})


def value_at(path: Path, text: str) -> Any:
    value: Any = tomllib.loads(text)
    for key in path:
        value = value[key]
    return value


def resolves(path: Path, text: str) -> bool:
    try:
        value_at(path, text)
    except (LookupError, TypeError):
        return False
    return True


def rows_of(path: Path, text: str) -> bool:
    return resolves(path, text) and bool(value_at(path, text))


class Seen(list[tuple[str, Path, str]]):
    """What was refused while something was planted: the words, the place, and the text of the file."""

    def plant(self, text: str, read: Callable[[str, str], object] = read_definition) -> None:
        """Read a text that is refused, for that is what it was planted for."""
        with pytest.raises(BadDefinition):
            read(text, "ours.toml")


def with_deadlines(text: str, place: str) -> None:
    """Hold the ladders of a life cycle against the lengths that come along."""
    files = replace(tables.read(CONFIG), workflow_text=text, workflow_name=place)
    require_ladders(files, parse(text, place))


@pytest.fixture(scope="module")
def seen() -> Seen:
    """Plant everything once, and keep what was refused."""
    found, first = Seen(), Document.problem

    def problem(document: Document, path: Path, reason: MarkedText) -> None:
        found.append((reason.text, path, document.text))
        first(document, path, reason)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Document, "problem", problem)
        for before, after, *_ in test_definition.SPOILED.values():
            found.plant(SMALL.replace(before, after, 1), parse)
        for text in FURTHER_SMALL.values():
            found.plant(text, parse)
        for before, after, *_ in (*test_read_definition.SPOILED.values(), *test_who_rows.SPOILED.values()):
            found.plant(TEXT.replace(before, after, 1))
        for what, (before, after, *_) in test_own_entries.SPOILED.items():
            found.plant(OWN.replace(before, after) + test_own_entries.MORE.get(what, ""))
        for text in FURTHER.values():
            found.plant(text)
        for ladder in LADDERS:
            found.plant(TEXT.replace(TRIAGE, f'en = "triage"\n{ladder}'), with_deadlines)
        patched.setattr(situations, "MOST_SITUATIONS", 8)
        found.plant(f"{TEXT}\n# too many conditions\n")
    return found


def test_every_refusal_is_planted(seen: Seen) -> None:
    planted = {said for said, _, _ in seen} | NOT_PLANTED.keys()
    assert {said: where for said, where in said_by_the_code().items() if said not in planted} == {}


def test_every_refusal_names_the_entry_it_is_about(seen: Seen) -> None:
    assert {(said, path) for said, path, text in seen if not has_its_place(said, path, text)} == set()


def test_what_is_let_through_is_there() -> None:
    functions = {one.name for place in LOOKED_AT for one in ast.walk(tree(place)) if hasattr(one, "name")}
    assert NO_REFUSALS.keys() <= functions
    assert NOT_PLANTED.keys() <= said_by_the_code().keys()
    assert len(said_by_the_code()) > 60


@pytest.mark.parametrize("path", [(), ("states",), ("steps",), ("steps", "assign", "who")])
def test_a_refusal_of_a_whole_table_is_found(path: Path) -> None:
    assert not has_its_place("planted", path, TEXT)


@pytest.mark.parametrize(
    "path", [("version",), ("steps", "assign", "who", 0, "roles"), ("steps", "assign", "hands_to")]
)
def test_a_refusal_of_an_entry_or_of_one_that_is_lacking_is_taken(path: Path) -> None:
    assert has_its_place("planted", path, TEXT)


def test_a_refusal_that_nothing_plants_is_found() -> None:
    planted = ast.parse('def f(problem): problem(("states",), MarkedText(_("这里不对"), {}))')
    assert list(refusals_in(planted)) == ["这里不对"]
    assert "这里不对" not in said_by_the_code()
