"""Test the table of roles and permissions."""

import pytest

from accounts.access.actor import SYSTEM, Actor
from accounts.access.permissions import GRANTABLE, ROLE_PERMISSIONS, ROLE_SCOPES, Permission, Role, Scope
from accounts.access.policy import permits, require
from config.profiles import SEPARATE
from core.errors import Forbidden

P = Permission


def actor(*roles: str) -> Actor:
    return Actor(1, "somebody", 1, "unit", "/SX/", frozenset(roles))


def test_every_role_has_a_row() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.MEMBER, {P.CASES_READ, P.CASES_REGISTER, P.CASES_ACT}),
        (Role.TEAM_LEADER, {P.CASES_READ, P.CASES_REGISTER, P.CASES_ACT}),
        (Role.COMMITTEE, {P.CASES_READ, P.CASES_REGISTER, P.CASES_ACT}),
        (Role.COORDINATOR, {P.CASES_READ, P.CASES_ACT}),
        (Role.DEPARTMENT, {P.CASES_READ, P.CASES_ACT}),
        (Role.LEADER, {P.CASES_READ, P.CASES_ACT}),
        (Role.AUDITOR, {P.CASES_READ}),
        (Role.ADMIN, set()),
        (Role.GUEST, {P.CASES_REGISTER}),
        (Role.SYSTEM_ADMIN, set()),
        (Role.SECURITY_ADMIN, set()),
        (Role.AUDIT_ADMIN, set()),
        (Role.VILLAGER, {P.CASES_ACT}),
    ],
)
def test_what_a_role_may_do_with_cases(role: Role, allowed: set[Permission]) -> None:
    assert ROLE_PERMISSIONS[role] & {P.CASES_READ, P.CASES_REGISTER, P.CASES_ACT} == allowed


MANAGING = {P.USERS_MANAGE, P.AREAS_MANAGE, P.ROSTER_IMPORT, P.CALENDAR_EDIT}


@pytest.mark.parametrize("role", sorted(GRANTABLE - {Role.ADMIN, *SEPARATE}))
def test_only_administrators_manage_anything(role: Role) -> None:
    assert not ROLE_PERMISSIONS[role] & MANAGING


def test_three_administrators_share_what_one_may_do_and_the_audit_and_none_does_what_another_does() -> None:
    hands = [ROLE_PERMISSIONS[Role(role)] - {P.INBOX_READ} for role in sorted(SEPARATE)]
    assert frozenset().union(*hands) == MANAGING | {P.AUDIT_READ}
    assert sum(map(len, hands)) == len(MANAGING) + 1


def test_a_role_that_may_read_cases_says_how_far() -> None:
    readers = {role for role, allowed in ROLE_PERMISSIONS.items() if P.CASES_READ in allowed}
    assert readers <= set(ROLE_SCOPES)


def test_administrators_and_guests_reach_no_case() -> None:
    assert not actor("admin", "guest").scopes


def test_several_roles_add_up() -> None:
    both = actor("admin", "auditor")
    assert permits(both, P.USERS_MANAGE)
    assert permits(both, P.CASES_READ)


@pytest.mark.parametrize("roles", [(), ("emperor",), ("",)])
def test_a_role_that_is_not_in_the_table_allows_nothing(roles: tuple[str, ...]) -> None:
    assert not actor(*roles).permissions


def test_the_program_itself_may_do_everything_everywhere() -> None:
    assert SYSTEM.permissions == frozenset(Permission)
    assert SYSTEM.scopes == {Scope.EVERYTHING}


def test_a_refusal_names_the_permission() -> None:
    with pytest.raises(Forbidden) as refusal:
        require(actor("guest"), P.CASES_READ)
    assert refusal.value.facts == {"permission": "cases_read"}
