"""What the model knows of the small township: who works where, and which unit stands above which."""

from collections.abc import Mapping

from tests.builders import UNITS, USERS

ROLE: Mapping[str, str] = {username: role for username, _, _, role, _ in USERS}
UNIT_OF: Mapping[str, str] = {username: unit for username, _, unit, _, _ in USERS}
KIND: Mapping[str, str] = {code: kind for code, _, kind, _, _ in UNITS}
ABOVE: Mapping[str, str | None] = {code: above for code, _, _, _, above in UNITS}
#: The roles whose holders act on cases.
ACTING = frozenset(ROLE.values()) - {"auditor", "admin", "guest"}
VILLAGES = ("SL", "YY")
#: The one who may only read and the one who sees no case at all are tried as well.
PEOPLE = tuple(ROLE)
RECORDERS = ("zuyuan", "zuzhang", "cunwei-sl")
STAFF: Mapping[str, frozenset[str]] = {
    unit: frozenset(who for who, of in UNIT_OF.items() if of == unit) for unit in KIND
}
#: Who takes a village's matters in: the first that is not named in one and has somebody left.
RECEIVERS = ("team", "township-MA", "leading-group")


def closed_by(named: set[str]) -> set[str]:
    """Return the units that cannot own a matter that names these units and people."""
    emptied = {unit for unit, people in STAFF.items() if people and people <= named}
    return {unit for unit in KIND if unit in named} | emptied


def covers(unit: str, village: str) -> bool:
    return KIND[unit] != "committee" or unit == f"committee-{village}"


def chain(unit: str | None) -> list[str]:
    """Return the units above one, nearest first."""
    found: list[str] = []
    above = ABOVE[unit] if unit is not None else None
    while above is not None:
        found.append(above)
        above = ABOVE[above]
    return found
