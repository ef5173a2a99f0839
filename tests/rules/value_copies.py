"""Find copies of what stands once: lists of values, bare values in comparisons, and limits of one name."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import chain, pairwise

from accounts.vocabulary import AreaLevel
from cases.vocabulary import LAST_OUTCOMES, StandsFor
from config.vocabulary import CaseKind, IntakeChannel, UnitKind, Urgency
from workflow.definition.vocabulary import AttemptMode, CaseState, Outcome, Rating, ReplyChannel

ENUMS: tuple[type[StrEnum], ...] = (
    *(CaseState, CaseKind, IntakeChannel, ReplyChannel, Urgency, Outcome, Rating),
    *(UnitKind, AttemptMode, AreaLevel, StandsFor),
)
#: What a variable, an attribute, a key or an argument of this name holds.
MEANINGS: Mapping[str, frozenset[str]] = {
    "state": frozenset(CaseState),
    "kind": frozenset((*CaseKind, *UnitKind)),
    "unit_kind": frozenset(UnitKind),
    "urgency": frozenset(Urgency),
    "channel": frozenset((*IntakeChannel, *ReplyChannel)),
    "outcome": frozenset(LAST_OUTCOMES),
    "last_outcome": frozenset(LAST_OUTCOMES),
    "rating": frozenset(Rating),
    "mode": frozenset(AttemptMode),
    "level": frozenset(AreaLevel),
    "stands_for": frozenset(StandsFor),
}
Found = Iterator[tuple[int, str]]
#: What a limit is made with, beside plain numbers and texts.
MAKERS = frozenset({"timedelta", "time", "date", "frozenset", "compile"})


def text_of(node: ast.AST | None) -> str | None:
    """Return the text of a bare literal."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def texts_of(nodes: Iterable[ast.AST | None]) -> list[str]:
    """Return the bare texts among some expressions."""
    return [text for node in nodes if (text := text_of(node)) is not None]


def copied_lists(module: ast.Module) -> Found:
    """Find literals of which two or more are all the texts that they hold, and values of one enum."""
    for node in ast.walk(module):
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            texts = set(texts_of(node.elts))
        elif isinstance(node, ast.Dict):
            texts = set(texts_of(node.keys))
        elif isinstance(node, ast.MatchOr):
            texts = set(texts_of(one.value for one in node.patterns if isinstance(one, ast.MatchValue)))
        else:
            continue
        for enum in ENUMS:
            if len(texts) > 1 and texts <= set(enum):
                yield node.lineno, f"{enum.__name__}: {', '.join(sorted(texts))}"


def meaning_of(node: ast.AST) -> frozenset[str]:
    """Return the values that an expression may have by its last name: as in `x["state"]`."""
    name = ""
    if isinstance(node, ast.Attribute):
        name = node.attr
    elif isinstance(node, ast.Name):
        name = node.id
    elif isinstance(node, ast.Subscript):
        name = text_of(node.slice) or ""
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
        name = (text_of(node.args[0]) if node.args else None) or ""
    return MEANINGS.get(name, frozenset())


def pairs(node: ast.AST) -> Iterator[tuple[frozenset[str], ast.AST]]:
    """Yield what is compared with, put into or handed to something, with the values that this may have."""
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        for one, other in pairwise(sides):
            yield from ((meaning_of(one), other), (meaning_of(other), one))
    elif isinstance(node, ast.Assign):
        yield from ((meaning_of(target), node.value) for target in node.targets)
    elif isinstance(node, ast.AnnAssign) and node.value is not None:
        yield meaning_of(node.target), node.value
    elif isinstance(node, ast.Match):
        patterns = chain.from_iterable(ast.walk(case.pattern) for case in node.cases)
        yield from (
            (meaning_of(node.subject), one.value) for one in patterns if isinstance(one, ast.MatchValue)
        )
    elif isinstance(node, ast.Dict):
        yield from (
            (MEANINGS.get(text_of(key) or "", frozenset()), value)
            for key, value in zip(node.keys, node.values, strict=True)
        )
    elif isinstance(node, ast.Call):
        yield from ((MEANINGS.get(word.arg or "", frozenset()), word.value) for word in node.keywords)
        if isinstance(node.func, ast.Attribute) and node.func.attr in {"in_", "not_in"}:
            yield from ((meaning_of(node.func.value), one) for one in node.args)


def bare_values(module: ast.Module) -> Found:
    """Find bare texts that are compared with, or given to, something that holds values of an enum."""
    for node in ast.walk(module):
        for values, given in pairs(node):
            inner = given.elts if isinstance(given, ast.Tuple | ast.List | ast.Set) else [given]
            branches = [[one.body, one.orelse] if isinstance(one, ast.IfExp) else [one] for one in inner]
            for text in texts_of(chain.from_iterable(branches)):
                if text in values:
                    yield getattr(node, "lineno", 0), text


def limits(module: ast.Module) -> Iterator[tuple[str, str, int]]:
    """Yield the constants of a module that are made of literals alone: name, value as written, line."""
    for node in module.body:
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            targets, value = [node.target], node.value
        else:
            continue
        if not _is_literal(value):
            continue
        for target in targets:
            if isinstance(target, ast.Name) and target.id.isupper():
                yield target.id, ast.dump(value), node.lineno
            elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                for name, part in zip(target.elts, value.elts, strict=False):
                    if isinstance(name, ast.Name) and name.id.isupper():
                        yield name.id, ast.dump(part), node.lineno


def _is_literal(value: ast.expr) -> bool:
    made = [node for node in ast.walk(value) if isinstance(node, ast.Call)]
    makers = {id(node) for call in made for node in ast.walk(call.func)}
    names = (node for node in ast.walk(value) if isinstance(node, ast.Name | ast.Attribute))
    return all(_last(call.func) in MAKERS for call in made) and all(id(node) in makers for node in names)


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def limits_twice(modules: Mapping[str, ast.Module]) -> list[str]:
    """Find limits of one name and one value in different modules."""
    places: dict[tuple[str, str], list[str]] = defaultdict(list)
    for file, module in modules.items():
        for name, value, line in limits(module):
            places[name, value].append(f"{file}:{line}")
    return [f"{name}: {', '.join(found)}" for (name, _), found in places.items() if len(found) > 1]
