"""Whatever verify finds, and every reason why a file is refused, is said in the reader's language.

Such a text is made where the fault is found and read elsewhere. So it is marked Chinese with an English one
in the catalogue, and its facts stand in the braces of both.
"""

import ast
import re
from collections.abc import Iterator
from typing import get_type_hints

import pytest

from cases.verification.verify import RULES
from config.marked_text import MarkedText
from core.i18n import catalogue
from tests.rules.sources import ROOT, name, product, tree
from tests.rules.test_translations import MARKS, blanks

MADE_BY = {"MarkedText", "SettingProblem"}
#: It only makes again what stands in JSON, and has been made by others.
ITS_OWN = "config/marked_text.py"
#: Where the faults of records and files are found: nothing there is yielded or noted as a plain text.
FINDERS = ("cases/verification/", "cases/history/", "workflow/definition/", "config/")
#: Characters and the signs between them.
CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(module: ast.Module) -> list[Function]:
    return [node for node in ast.walk(module) if isinstance(node, Function)]


def marked_text(node: ast.AST) -> str | None:
    """Return the text inside `_(…)` or `mark(…)`, or None for anything else."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
        inner = node.args[0]
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            return inner.value
    return None


def tables(modules: list[ast.Module]) -> dict[str, ast.Dict]:
    """Return the tables that stand at the head of modules, by name."""
    return {
        target.id: node.value
        for module in modules
        for node in module.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }


def texts_of(argument: ast.expr, known: dict[str, ast.Dict]) -> list[str] | None:
    """Return the texts that an argument may be, or None where one of them is not marked.

    An empty one says nothing, in any language: what a reader may not know is left out like that.
    """
    if isinstance(argument, ast.Constant) and argument.value == "":
        return []
    if isinstance(argument, ast.Subscript):
        whole = argument.value
        table = known.get(whole.attr if isinstance(whole, ast.Attribute) else getattr(whole, "id", ""))
        found = [marked_text(value) for value in table.values] if table else [None]
    else:
        found = [marked_text(argument)]
    texts = [text for text in found if text is not None]
    return texts if len(texts) == len(found) else None


def keys(table: ast.Dict) -> set[str]:
    return {str(key.value) for key in table.keys if isinstance(key, ast.Constant)}


def facts_of(call: ast.Call, scope: ast.AST, module: ast.Module) -> set[str] | None:
    """Return the names of the facts: a table, a table with a name, or that which a function returns."""
    if len(call.args) < 2:
        return set()
    facts = call.args[1]
    if isinstance(facts, ast.Dict):
        return keys(facts)
    if isinstance(facts, ast.Name):
        given = [
            node.value
            for node in ast.walk(scope)
            if isinstance(node, ast.Assign)
            and node.lineno <= call.lineno
            and any(isinstance(target, ast.Name) and target.id == facts.id for target in node.targets)
        ]
        facts = max(given, key=lambda node: node.lineno, default=facts)
        if isinstance(facts, ast.Dict):
            return keys(facts)
    if isinstance(facts, ast.Call) and isinstance(facts.func, ast.Name):
        for function in functions(module):
            last = function.body[-1]
            if function.name == facts.func.id and isinstance(last, ast.Return):
                return keys(last.value) if isinstance(last.value, ast.Dict) else None
    return None


def makings(module: ast.Module) -> Iterator[tuple[ast.Call, ast.AST]]:
    """Yield every making of such a text, with the innermost function around it."""
    scopes: list[ast.AST] = [module, *functions(module)]
    around = {id(inner): scope for scope in scopes for inner in ast.walk(scope)}
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MADE_BY:
            yield node, around[id(node)]


def badly_made(module: ast.Module, known: dict[str, ast.Dict], english: dict[str, str]) -> list[str]:
    """Return what is wrong with each such text of a module."""
    wrong = []
    for call, scope in makings(module):
        texts, facts = texts_of(call.args[0], known), facts_of(call, scope, module)
        if texts is None:
            wrong.append(f"{call.lineno}: not marked")
        for text in texts or ():
            if not CHINESE.search(text):
                wrong.append(f"{call.lineno}: no Chinese: {text}")
            if text not in english:
                wrong.append(f"{call.lineno}: no English: {text}")
            if facts is None or not blanks(text) | blanks(english.get(text, "")) <= facts:
                wrong.append(f"{call.lineno}: its facts are not those of its braces: {text}")
    return wrong


def is_plain(node: ast.AST | None) -> bool:
    """Return whether a node is a text that was written down without a mark."""
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def plain_texts(module: ast.Module) -> list[str]:
    """Return where a fault is yielded, noted or made a finding of as a plain text."""
    wrong = []
    for node in ast.walk(module):
        said: list[ast.expr | None] = []
        if isinstance(node, ast.Yield):
            said = list(node.value.elts[1:]) if isinstance(node.value, ast.Tuple) else [node.value]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            said = list({"Finding": node.args[2:3], "ConfigProblem": node.args[1:2]}.get(node.func.id, []))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            is_noted = node.func.attr == "problem"
            of_path = is_noted and bool(node.args) and isinstance(node.args[0], ast.Tuple)
            said = list(node.args[1:2] if of_path else node.args[:1]) if is_noted else []
        wrong += [f"{one.lineno}: {ast.unparse(one)}" for one in said if one is not None and is_plain(one)]
    return wrong


def test_every_fault_is_said_in_both_languages_with_the_same_facts() -> None:
    modules = {name(place): tree(place) for place in product() if name(place) != ITS_OWN}
    known, english = tables(list(modules.values())), catalogue("en")
    wrong = {place: badly_made(module, known, english) for place, module in modules.items()}
    assert {place: faults for place, faults in wrong.items() if faults} == {}
    assert sum(1 for module in modules.values() for _ in makings(module)) > 100


def test_no_fault_is_found_as_a_plain_text() -> None:
    modules = {name(place): tree(place) for place in product() if name(place).startswith(FINDERS)}
    wrong = {place: plain_texts(module) for place, module in modules.items()}
    assert {place: faults for place, faults in wrong.items() if faults} == {}


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_of_a_case_finds_marked_texts(rule: str) -> None:
    assert get_type_hints(RULES[rule])["return"] == Iterator[MarkedText]


#: What is planted in a rule of its own, and what is to be said of it.
PLANTED = {
    'MarkedText("{number} entries", {"number": 1})': "not marked",
    "MarkedText(said)": "not marked",
    'MarkedText(_("no history"))': "no Chinese",
    'MarkedText(_("这一句没有英文"))': "no English",
    'MarkedText(_("第 {seq} 条记录被改过"))': "its facts",
    'MarkedText(_("第 {seq} 条记录被改过"), {"number": 1})': "its facts",
    'MarkedText(_("第 {seq} 条记录被改过"), said)': "its facts",
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_text_that_is_badly_made_is_seen(planted: str) -> None:
    module = ast.parse(f"def rule(said):\n    yield {planted}")
    [wrong, *_] = badly_made(module, {}, catalogue("en"))
    assert PLANTED[planted] in wrong


@pytest.mark.parametrize(
    "planted",
    [
        'yield f"entry {seq} was changed"',
        'yield "no history"',
        'yield number, f"entry {seq} counts as late"',
        'yield Finding("heads", None, "lost")',
        'table.problem("there is no such key", key)',
        'document.problem(("states", code), f"no way to {code}")',
        'problems.append(ConfigProblem(place, f"longer than {most}"))',
    ],
)
def test_a_fault_that_is_a_plain_text_is_seen(planted: str) -> None:
    assert plain_texts(ast.parse(f"def rule():\n    {planted}")) != []


def test_a_fault_with_its_marked_text_is_taken() -> None:
    said = 'yield MarkedText(_("第 {seq} 条记录被改过"), {"seq": 1})'
    module = ast.parse(f"def rule():\n    {said}")
    assert (badly_made(module, {}, catalogue("en")), plain_texts(module)) == ([], [])


def test_the_rule_looks_into_what_is_there() -> None:
    assert all((ROOT / place).is_dir() for place in FINDERS)
