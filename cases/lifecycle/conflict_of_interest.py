"""Keep a matter away from those it is about, and find the unit that receives and answers for it."""

from collections.abc import Iterable

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from accounts.models import Area, Unit, User
from accounts.registers.units import covering
from accounts.vocabulary import RECEIVING_KINDS
from cases.lifecycle.context import Work
from cases.models.case import Named
from cases.responsibility.covering_units import in_charge
from cases.responsibility.receiving_unit import find_receiver
from core.errors import Invalid

ACTIVE_UNIT = select(Unit).where(Unit.code == bindparam("code"), Unit.active)


def find_unit(work: Work, code: str, field_name: str = "unit") -> Unit:
    """Give the active unit with this code; raise Invalid when there is none."""
    over = (unit for unit in work.over.units.values() if unit.code == code and unit.active)
    unit = next(over, None) or work.session.scalars(ACTIVE_UNIT, {"code": code}).first()
    if unit is None:
        raise Invalid({field_name: ["unknown_unit"]})
    work.units[unit.id] = unit
    return unit


def name_parties(work: Work, *, units: Iterable[str] = (), users: Iterable[str] = ()) -> None:
    """Note the units and users a matter is about; from now on they neither see nor own it.

    A unit that owes the reply hands it over to the next receiving unit; one that handles the case must be
    replaced first. Raises Invalid for unknown ones and Conflict when no other unit can take over.
    """
    for code in units:
        unit = find_unit(work, code, "named_units")
        if unit.id in work.named_units:
            continue
        if work.case.owner_id != work.case.reply_owner_id and unit.id == work.case.owner_id:
            raise Invalid({"named_units": ["reassign_first"]})
        work.session.add(Named(case_id=work.case.id, unit_id=unit.id, user_id=None))
        work.named_units = work.named_units | {unit.id}
        work.facts.setdefault("named_units", []).append(code)
        if unit.id == work.case.reply_owner_id:
            _move_reply_duty(work)
    for username in users:
        user = _user(work, username)
        if user.id in work.named_users:
            continue
        work.session.add(Named(case_id=work.case.id, unit_id=None, user_id=user.id))
        work.named_users = work.named_users | {user.id}
        work.facts.setdefault("named_users", []).append(user.id)
        if user.id == work.case.reply_person_id:
            work.case.reply_person_id = in_charge(work.staff, work.case.reply_owner_id)


def receiving_unit(
    session: Session, *, unit_id: int | None, village: Area, besides: frozenset[int | None]
) -> Unit:
    """Give the unit that receives a village's matters, as `reception.receiver` chooses it."""
    units = covering(session, village.path, RECEIVING_KINDS)
    return find_receiver(units, unit_id=unit_id, village=village, besides=besides)


def ensure_reply_owner(work: Work) -> None:
    """Name another unit that owes the reply when the one that did has been closed meanwhile."""
    if not work.unit(work.case.reply_owner_id).active:
        _move_reply_duty(work)


def _move_reply_duty(work: Work) -> None:
    case = work.case
    with_the_team = case.owner_id == case.reply_owner_id
    handling = None if with_the_team else case.owner_id
    unit = receiving_unit(
        work.session, unit_id=None, village=work.village, besides=work.named_units | {handling}
    )
    case.reply_owner_id = unit.id
    case.reply_person_id = in_charge(work.staff, unit.id)
    if with_the_team:
        work.own(unit.id)


def _user(work: Work, username: str) -> User:
    user = work.session.scalars(select(User).where(User.username == username)).first()
    if user is None:
        raise Invalid({"named_users": ["unknown_user"]})
    return user
