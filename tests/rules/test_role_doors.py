"""Every door that can change roles, or open a guarded account, goes by the rule of two administrators.

Roles are written in a few functions alone; whoever calls one of them says who acts. A further place that
writes roles, or a further caller, is found and has to be thought about.
"""

import ast
from collections.abc import Iterator, Mapping

import pytest

from accounts.access.permissions import GRANTABLE, GUARDED_ROLES, ROLE_PERMISSIONS, Permission, Role
from tests.rules.sources import name, product, tree

#: Where roles, passwords and places of users are written, and how each is kept to the rule.
WRITERS: Mapping[str, str] = {
    "accounts/registers/users.py add_user roles": "asks needs_second, and proposes",
    "accounts/sign_in/used_passwords.py give password_hash": "called by those below alone",
    "accounts/registers/user_changes.py change_user roles": "asks needs_second, and proposes",
    "accounts/registers/user_changes.py enable password_hash": "takes the password away",
    "accounts/registers/administrators/proposals.py agree roles": "asks require_other",
    "accounts/registers/users.py add_user unit_id": "roles there are asked for by the place",
    "accounts/registers/user_changes.py change_user unit_id": "asks needs_second of the place, and refuses",
    "accounts/registers/unit_imports.py import_units area_id": "asks needs_second of the place, and refuses",
    "accounts/registers/area_changes.py _follow area_id": "from one area to another of its level alone",
}
#: Who calls them, and in whose name. The server's own is whoever runs it: recorded as such.
CALLERS: Mapping[str, str] = {
    "web/administration/people/pages.py add_user": "page_request.actor",
    "web/administration/people/pages.py change_user": "page_request.actor",
    "web/administration/people/pages.py set_password": "page_request.actor",
    "web/account/profile.py set_password": "page_request.actor",
    "web/administration/people/second_administrator.py agree": "page_request.actor",
    "accounts/registers/first_administrator.py add_user": "SYSTEM",
    "cli/accounts/users.py add_user": "SYSTEM",
    "cli/accounts/users.py change_user": "SYSTEM",
    "cli/accounts/users.py set_password": "SYSTEM",
    "cli/accounts/users.py agree": "SYSTEM",
    "demo/township.py add_user": "SYSTEM",
}
#: Who gives a password, and how each is kept to the rule.
GIVERS: Mapping[str, str] = {
    "accounts/registers/users.py add_user": "a new account, which has no guarded role yet",
    "accounts/registers/users.py set_password": "asks needs_second, and refuses",
    "accounts/registers/administrators/proposals.py agree": "asks require_other",
}
#: Whom no profile binds: it makes a sample.
WITHOUT_PROFILE = {"demo/township.py add_user"}
COLUMNS = frozenset({"roles", "password_hash", "unit_id", "area_id"})
WRITING = frozenset({"add_user", "change_user", "set_password", "agree"})


def functions(module: ast.Module) -> Iterator[ast.FunctionDef]:
    yield from (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef))


def targets(node: ast.AST) -> Iterator[ast.expr]:
    """Yield what a statement assigns to, one by one."""
    given = node.targets if isinstance(node, ast.Assign) else []
    for target in given:
        yield from target.elts if isinstance(target, ast.Tuple) else [target]


def written(module: ast.Module) -> set[str]:
    """Return the functions that write roles or password of a user, each with the column."""
    found = set()
    for function in functions(module):
        for node in ast.walk(function):
            for target in targets(node):
                if isinstance(target, ast.Attribute) and target.attr in COLUMNS:
                    found.add(f"{function.name} {target.attr}")
            called = (
                getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
            )
            if isinstance(node, ast.Call) and called in ("User", "values", "update"):
                found |= {f"{function.name} {one.arg}" for one in node.keywords if one.arg in COLUMNS}
    return found


def callers(module: ast.Module) -> dict[str, str]:
    """Return which of the writing functions a module calls, and in whose name."""
    found = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            given = {one.arg: ast.unparse(one.value) for one in node.keywords}
            if called in WRITING and "actor" in given:
                found[called] = given["actor"] if "profile" in given else f"{given['actor']}, any profile"
    return found


def givers(module: ast.Module) -> set[str]:
    """Return the functions of a module that give a password."""
    return {
        function.name
        for function in functions(module)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "used_passwords.give"
    }


def test_roles_and_passwords_are_written_where_two_are_asked_for() -> None:
    found = {f"{name(place)} {what}" for place in product() for what in written(tree(place))}
    assert {one for one in found if not one.startswith("migrations/")} == set(WRITERS)


def test_whoever_writes_roles_says_who_acts_and_a_command_acts_as_the_server() -> None:
    found = {
        f"{name(place)} {what}": actor for place in product() for what, actor in callers(tree(place)).items()
    }
    unbound = {where for where, actor in found.items() if actor.endswith("any profile")}
    assert {where: actor.partition(",")[0] for where, actor in found.items()} == dict(CALLERS)
    assert unbound == WITHOUT_PROFILE


def test_a_password_is_given_where_two_are_asked_for() -> None:
    assert {f"{name(place)} {who}" for place in product() for who in givers(tree(place))} == set(GIVERS)


@pytest.mark.parametrize(
    "planted",
    [
        "def take_over(user):\n    user.roles = ['leader']",
        "def take_over(user):\n    user.name, user.roles = 'x', ['leader']",
        "def take_over(session):\n    session.add(User(username='x', roles=['auditor']))",
        "def take_over(session):\n    session.execute(update(User).values(roles=['admin']))",
        "def carry(unit, county):\n    unit.area_id = county.id",
        "def carry(user, office):\n    user.unit_id = office.id",
        "def take_over(user):\n    user.password_hash = hash_password('known to me')",
    ],
)
def test_a_further_place_that_writes_roles_or_a_password_is_found(planted: str) -> None:
    assert written(ast.parse(planted)) != set()


def test_a_further_caller_is_found() -> None:
    planted = "def bring_in(rows):\n    users.add_user(session, actor=SYSTEM, roles=row['roles'])"
    assert callers(ast.parse(planted)) == {"add_user": "SYSTEM, any profile"}


def test_every_role_that_reads_beyond_its_unit_s_work_or_manages_accounts_is_guarded() -> None:
    """A role that comes later is looked at: who manages people, audits, or decides alone, takes two."""
    powers = {Permission.USERS_MANAGE, Permission.AREAS_MANAGE, Permission.AUDIT_READ}
    mighty = {role.value for role in GRANTABLE if ROLE_PERMISSIONS[role] & powers} | {Role.LEADER.value}
    assert mighty == GUARDED_ROLES
