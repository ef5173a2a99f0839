"""A case is changed in one way: effects write, and what follows from it stands in `commit_change` alone."""

import ast

import pytest

from tests.rules.sources import name, product, tree, where

COMMIT = "cases/lifecycle/commit_change.py"
#: What belongs to the order of committing, by the function that does it, and who else may call it.
PARTS = {
    "clocks.update_answers": {COMMIT},
    "update_dates": {COMMIT},
    "entries.link": {COMMIT},
    # The API tells facts under the keys that they are kept by.
    "facts_json.to_json": {COMMIT, "cases/queries/case_history.py"},
    "recipients.notifications_of": {COMMIT},
    # The sweep writes the entries of many cases together, each made by `commit_change`.
    "entries.add": {COMMIT, "cases/deadlines/sweep_writers.py"},
    # An effect may need the rows to stand: what names a new case, and the files put with it.
    "write_change": {COMMIT, "cases/intake/registration.py"},
}
#: Columns of a case that `commit_change` alone raises, and the chain with it.
RAISED = {"version": {COMMIT}, "last_seq": {COMMIT}, "last_hash": {"cases/history/entries.py"}}


def called(node: ast.AST) -> str | None:
    """Name the part of committing that a node calls."""
    if not isinstance(node, ast.Call):
        return None
    function = node.func
    last = getattr(function, "attr", getattr(function, "id", ""))
    owner = getattr(getattr(function, "value", None), "id", "")
    for part in PARTS:
        if part in {last, f"{owner}.{last}"}:
            return part
    return None


def raised(node: ast.AST) -> str | None:
    """Name the column of a case that a node sets."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    for target in targets if isinstance(node, ast.Assign | ast.AugAssign) else []:
        if isinstance(target, ast.Attribute) and target.attr in RAISED:
            return target.attr
    return None


def compositions(module: ast.Module, path: str) -> list[ast.AST]:
    """Find where a module does by itself what committing is made of."""
    found = []
    for node in ast.walk(module):
        part, column = called(node), raised(node)
        if (part and path not in PARTS[part]) or (column and path not in RAISED[column]):
            found.append(node)
    return found


def test_nothing_but_commit_change_settles_answers_dates_version_and_entry() -> None:
    found = [
        where(place, node)
        for place in product()
        if name(place).split("/")[0] in {"cases", "web", "api", "jobs", "demo", "cli"}
        for node in compositions(tree(place), name(place))
    ]
    assert found == []


@pytest.mark.parametrize(
    "planted",
    [
        "clocks.update_answers(change)",
        "update_dates(change)",
        "case.version += 1",
        "case.last_seq = 3",
        "entries.add(session, [entry])",
        "outbox.enqueue_all(session, recipients.notifications_of(context, action), now=now)",
    ],
)
def test_another_composition_would_be_seen(planted: str) -> None:
    assert compositions(ast.parse(planted), "cases/intake/another.py") != []


def test_a_context_is_frozen_and_computes_nothing_once() -> None:
    module = tree(next(place for place in product() if name(place) == "cases/lifecycle/context.py"))
    decorators = [
        ast.unparse(one)
        for node in ast.walk(module)
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
        for one in node.decorator_list
    ]
    assert [one for one in decorators if "cached" in one] == []
    assert decorators.count("dataclass(frozen=True)") == 2
