"""A case is made in one place and its state moved in one; whatever else would do either is found."""

import ast

import pytest

from tests.rules.names import Names, names_of
from tests.rules.sources import name, product, tree, where

MADE_BY, MOVED_BY = "cases/intake/registration.py", "cases/lifecycle/commit_change.py"
CASE = "cases.models.case.Case"
#: What takes the class of a case to ask for cases; anything else that is given it could make one.
ASKING = {"aliased", "correlate", "get", "get_one", "join", "outerjoin", "select", "select_from"}
#: Beside the arguments without a name: `with_for_update(of=Case)`.
ASKING_BY_NAME = {"with_for_update"}
#: What writes rows, or says what is to be written.
WRITING = {
    *("bulk_insert_mappings", "bulk_update_mappings", "execute", "insert_rows", "on_conflict_do_update"),
    *("setattr", "update", "update_rows", "values"),
}
#: Columns of the same name in other tables, written by these.
OTHER_STATES = {"cases/configuration/definitions.py": "the states of a definition are rows"}


def last_name(node: ast.AST) -> str:
    """Return the last name of an expression like `datetime` or `dt.datetime`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def is_state(node: ast.AST | None) -> bool:
    """Return whether an expression names the column: its text, or the column itself."""
    if isinstance(node, ast.Constant):
        return node.value == "state"
    return isinstance(node, ast.Attribute) and node.attr == "state"


def writes_state(node: ast.AST) -> bool:
    """Return whether a node changes something called state, in memory or by a statement of its own."""
    if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return any(sets_state(part) for target in targets for part in ast.walk(target))
    if isinstance(node, ast.Constant):
        words = node.value.lower().split() if isinstance(node.value, str) else []
        return words[:2] == ["update", "cases"] and any(word.startswith("state") for word in words)
    if not isinstance(node, ast.Call) or last_name(node.func) not in WRITING:
        return False
    if last_name(node.func) == "setattr":
        return len(node.args) > 1 and is_state(node.args[1])
    if any(keyword.arg == "state" for keyword in node.keywords):
        return True
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    dictionaries = [part for one in given for part in ast.walk(one) if isinstance(part, ast.Dict)]
    return any(is_state(key) for one in dictionaries for key in one.keys)


def sets_state(target: ast.AST) -> bool:
    """Return whether a target is the state of anything but the object whose own code this is."""
    if isinstance(target, ast.Attribute):
        return target.attr == "state" and last_name(target.value) != "self"
    if not isinstance(target, ast.Subscript) or not is_state(target.slice):
        return False
    held = target.value
    return last_name(held) == "__dict__" or (isinstance(held, ast.Call) and last_name(held.func) == "vars")


def makes_a_case(node: ast.AST, names: Names) -> bool:
    """Return whether a node makes a case, or hands the class to something that could."""
    if not isinstance(node, ast.Call):
        return False
    if names.path(node.func) == CASE or last_name(node.func) == "Case":
        return True
    called = last_name(node.func)
    handed = [] if called in ASKING else list(node.args)
    handed += [keyword.value for keyword in node.keywords if called not in ASKING_BY_NAME]
    return any(isinstance(one, ast.Name | ast.Attribute) and names.path(one) == CASE for one in handed)


def test_a_cases_state_is_written_by_the_one_function_that_moves_it() -> None:
    found = [
        where(place, node)
        for place in product()
        if name(place) not in {MOVED_BY, *OTHER_STATES} and name(place).split("/")[0] != "migrations"
        for node in ast.walk(tree(place))
        if writes_state(node)
    ]
    assert found == []


def test_a_case_is_made_by_intake_alone() -> None:
    found = [
        where(place, node)
        for place in product()
        if name(place) != MADE_BY
        for names in [Names(tree(place), names_of)]
        for node in ast.walk(tree(place))
        if makes_a_case(node, names)
    ]
    assert found == []


@pytest.mark.parametrize(
    "planted",
    [
        "case.state = 'closed'",
        "context.case.state, other = 'closed', 1",
        "setattr(case, 'state', 'closed')",
        "vars(case)['state'] = 'closed'",
        "case.__dict__['state'] = 'closed'",
        "session.execute(update(Case).values(state='closed'))",
        "session.execute(update(Case).values({'state': 'closed'}))",
        "session.execute(update(Case).values({Case.state: 'closed'}))",
        "session.execute(update(Case), [{'id': 1, 'state': 'closed'}])",
        "session.query(Case).update({Case.state: 'closed'})",
        "statement.on_conflict_do_update(set_={'state': 'closed'})",
        "update_rows(session, Case, [{'state': 'closed'}])",
        "session.execute(text('UPDATE cases SET state = :state'))",
    ],
)
def test_another_writer_of_states_is_found(planted: str) -> None:
    assert any(writes_state(node) for node in ast.walk(ast.parse(planted)))


@pytest.mark.parametrize(
    "harmless",
    [
        "self.state = 'open'",
        "select(Case.id).where(Case.state == 'closed')",
        "shown = {'state': case.state}",
        "link = url_for('cases.index', state='closed')",
    ],
)
def test_whoever_reads_a_state_is_left_alone(harmless: str) -> None:
    assert not any(writes_state(node) for node in ast.walk(ast.parse(harmless)))


IMPORTED = "from cases.models.case import Case\nfrom cases.models import case as tables\n"


@pytest.mark.parametrize(
    "planted",
    [
        "Case(number='SL-2026-0001')",
        "made(Case, number='SL-2026-0001')",
        "partial(Case, state='received')",
        "build(kind=Case)",
        "tables.Case(number='SL-2026-0001')",
        "Matter = Case\nMatter(number='SL-2026-0001')",
        "insert(Case)",
    ],
)
def test_another_maker_of_cases_is_found(planted: str) -> None:
    module = ast.parse(IMPORTED + planted)
    assert any(makes_a_case(node, Names(module)) for node in ast.walk(module))


@pytest.mark.parametrize("harmless", ["select(Case)", "session.get(Case, 3)", "with_for_update(of=Case)"])
def test_whoever_asks_for_cases_is_left_alone(harmless: str) -> None:
    module = ast.parse(IMPORTED + harmless)
    assert not any(makes_a_case(node, Names(module)) for node in ast.walk(module))
