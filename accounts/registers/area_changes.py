"""Merge and rename areas from a day: the old one keeps its row and its name, the new one takes over.

What lies in the old area goes on in the new one at once: the areas below it and its units. The old area
itself then lies below the new one, so that whoever is in charge there still has its open cases.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import Permission
from accounts.history import RegisterChange, record_all
from accounts.models import Area, Unit, User
from accounts.registers.areas import by_code, changes_of, end_area, plain, update_paths
from accounts.registers.import_cells import CODE, LONGEST_CODE
from accounts.registers.open_matters import OpenMatters, refusal_of
from core.chain import Chain
from core.clock import ONE_DAY
from core.errors import Conflict, Invalid, NotFound
from core.text import plain as plain_text
from core.text import problem_of_name

#: A day before this is a slip of the pen: no matter is older.
EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True)
class AreaDependents:
    """What goes over to the new area: areas below, units, and the active users of those units."""

    areas: int
    units: int
    users: int


def find_area(session: Session, *, actor: Actor, code: str) -> Area:
    """Return an area within the person's authority; raise NotFound for any other."""
    policy.require(actor, Permission.AREAS_MANAGE)
    area = by_code(session, code)
    if area is None or not policy.covers(actor, area.path):
        raise NotFound(area=code)
    return area


def count_dependents(session: Session, area: Area) -> AreaDependents:
    """Count what would go over to another area."""
    count = select(func.count())
    units = select(Unit.id).where(Unit.area_id == area.id, Unit.active)
    return AreaDependents(
        session.scalars(count.select_from(Area).where(Area.parent_id == area.id)).one(),
        session.scalars(count.select_from(Unit).where(Unit.area_id == area.id, Unit.active)).one(),
        session.scalars(count.select_from(User).where(User.unit_id.in_(units), User.active)).one(),
    )


def check_merge(
    session: Session,
    *,
    actor: Actor,
    matters: OpenMatters,
    code: str,
    into: str,
    on: date | None,
    today: date,
) -> Area:
    """Return the area that would take over; raise Invalid with every field that is wrong.

    It is wrong too when units above the old area have open matters of it and do not cover the new one.
    """
    area = _living(session, actor, code)
    after = by_code(session, into)
    errors = _wrong_day(area, on, today)
    if after is None or not policy.covers(actor, after.path) or after.valid_until is not None:
        errors["into"] = ["unknown_area"]
    elif after.id == area.id or after.level != area.level:
        errors["into"] = ["not_of_the_same_level"]
    number = matters.moved(area.path, f"{after.path}{area.code}/") if after and not errors else 0
    if number != 0:
        errors["into"] = [refusal_of("matters_of_old_parent", number)]
    if errors or after is None:
        raise Invalid(errors, **_days(area, on), **({} if number is None else {"matters": number}))
    return after


def merge_area(
    session: Session,
    *,
    actor: Actor,
    matters: OpenMatters,
    chain: Chain,
    code: str,
    into: str,
    on: date | None,
    today: date,
    now: datetime,
) -> None:
    """Merge an area into another one of its level from a day on, at the latest today."""
    after = check_merge(session, actor=actor, matters=matters, code=code, into=into, on=on, today=today)
    area = _living(session, actor, code)
    _follow(session, actor=actor, chain=chain, area=area, after=after, on=on or today, now=now)


def check_rename(
    session: Session, *, actor: Actor, code: str, new_code: str, new_name: str, on: date | None, today: date
) -> None:
    """Raise Invalid with every field that is wrong, and Conflict `area_code_taken`."""
    area = _living(session, actor, code)
    errors = _wrong_day(area, on, today)
    problem = problem_of_name(new_name)
    if problem is not None:
        errors["new_name"] = [problem]
    if not CODE.fullmatch(new_code) or len(new_code) > LONGEST_CODE:
        errors["new_code"] = ["not_an_area_code"]
    if errors:
        raise Invalid(errors, **_days(area, on))
    if by_code(session, new_code) is not None:
        raise Conflict("area_code_taken", area=new_code)


def rename_area(
    session: Session,
    *,
    actor: Actor,
    chain: Chain,
    code: str,
    new_code: str,
    new_name: str,
    on: date | None,
    today: date,
    now: datetime,
) -> None:
    """Let an area go on under another name and code from a day on; what is older keeps the old name."""
    new_code = plain_text(new_code).upper()
    check_rename(session, actor=actor, code=code, new_code=new_code, new_name=new_name, on=on, today=today)
    area = _living(session, actor, code)
    above = session.get(Area, area.parent_id) if area.parent_id is not None else None
    after = Area(
        code=new_code,
        name=new_name,
        level=area.level,
        parent_id=area.parent_id,
        path=f"{above.path if above is not None else '/'}{new_code}/",
        valid_from=on,
        land_mu=area.land_mu,
        groups_declared=area.groups_declared,
        households_declared=area.households_declared,
        population_declared=area.population_declared,
    )
    session.add(after)
    session.flush()  # the entry names the area by its id
    facts = {"code": new_code, "name": [area.name, new_name], "instead_of": code}
    created = RegisterChange("area", after.id, "renamed", facts, after)
    record_all(session, chain=chain, actor=actor, changes=[created], now=now)
    _follow(session, actor=actor, chain=chain, area=area, after=after, on=on or today, now=now)


def _living(session: Session, actor: Actor, code: str) -> Area:
    area = find_area(session, actor=actor, code=code)
    if area.valid_until is not None:
        raise Conflict("area_has_ended", name=area.name, until=area.valid_until.isoformat())
    return area


def _wrong_day(area: Area, on: date | None, today: date) -> dict[str, list[str]]:
    if on is None:
        return {"on": ["required"]}
    if on > today:
        return {"on": ["not_yet"]}
    if on < EARLIEST:
        return {"on": ["out_of_range"]}
    if area.valid_from is not None and on <= area.valid_from:
        return {"on": ["before_start"]}
    return {}


def _days(area: Area, on: date | None) -> dict[str, str]:
    """Return the days that a refusal is told with."""
    days = {"day": on, "start": area.valid_from}
    return {name: day.isoformat() for name, day in days.items() if day is not None}


def _follow(
    session: Session, *, actor: Actor, chain: Chain, area: Area, after: Area, on: date, now: datetime
) -> None:
    """End one area and hand everything in it to the other."""
    end_area(
        session,
        actor=actor,
        chain=chain,
        code=area.code,
        until=on - ONE_DAY,
        successor=after.code,
        now=now,
    )
    every = list(session.scalars(select(Area)))
    before = {one.id: plain(one) for one in every}
    for below in every:
        if below.parent_id == area.id:
            below.parent_id = after.id
    area.parent_id = after.id
    update_paths(every)
    record_all(session, chain=chain, actor=actor, changes=list(changes_of(every, before)), now=now)
    units = list(session.scalars(select(Unit).where(Unit.area_id == area.id).order_by(Unit.id)))
    for unit in units:
        unit.area_id = after.id
    moved = [
        RegisterChange("unit", unit.id, "changed", {"area": [area.code, after.code]}, unit) for unit in units
    ]
    record_all(session, chain=chain, actor=actor, changes=moved, now=now)
