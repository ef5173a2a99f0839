"""Keep a matter away from those it is about, and find the unit that receives and answers for it."""

from collections.abc import Iterable

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from accounts.models import Area, Unit, User
from accounts.registers.units import covering
from accounts.vocabulary import RECEIVING_KINDS
from cases.lifecycle.change import Change
from cases.lifecycle.context import CaseContext
from cases.models.case import Named
from cases.responsibility.covering_units import in_charge
from cases.responsibility.receiving_unit import find_receiver
from core.errors import Invalid

ACTIVE_UNIT = select(Unit).where(Unit.code == bindparam("code"), Unit.active)


def find_unit(context: CaseContext, code: str, field_name: str = "unit") -> Unit:
    """Find the active unit with this code; raise Invalid when there is none."""
    over = (unit for unit in context.covering.units.values() if unit.code == code and unit.active)
    unit = next(over, None) or context.session.scalars(ACTIVE_UNIT, {"code": code}).first()
    if unit is None:
        raise Invalid({field_name: ["unknown_unit"]})
    return unit


def add_named_units_and_users(
    change: Change, *, units: Iterable[str] = (), users: Iterable[str] = ()
) -> None:
    """Note the units and users a matter is about; from now on they neither see nor own it.

    A unit that owes the reply hands it over to the next receiving unit; one that handles the case must be
    replaced first. The same holds for a unit in which everybody is named. Raises Invalid for unknown ones and
    Conflict when no other unit can take over.
    """
    context, case = change.before, change.case
    for code in units:
        unit = find_unit(context, code, "named_units")
        if unit.id in change.named_units:
            continue
        if case.owner_id != case.reply_owner_id and unit.id == case.owner_id:
            raise Invalid({"named_units": ["reassign_first"]})
        context.session.add(Named(case_id=case.id, unit_id=unit.id, user_id=None))
        change.named_units |= {unit.id}
        change.recorded.named_units.append(code)
        if unit.id == case.reply_owner_id:
            _move_reply_duty(change)
    for username in users:
        user = _user(context, username)
        if user.id in change.named_users:
            continue
        context.session.add(Named(case_id=case.id, unit_id=None, user_id=user.id))
        change.named_users |= {user.id}
        change.recorded.named_users.append(user.id)
        _require_able(change)
        if user.id == case.reply_person_id:
            case.reply_person_id = in_charge(change.context.staff, case.reply_owner_id)


def receiving_unit(
    session: Session, *, unit_id: int | None, village: Area, besides: frozenset[int | None]
) -> Unit:
    """Return the unit that receives a village's matters, as `receiving_unit.find_receiver` chooses it."""
    units = covering(session, village.path, RECEIVING_KINDS)
    return find_receiver(units, unit_id=unit_id, village=village, besides=besides)


def ensure_reply_owner(change: Change) -> None:
    """Name another unit that owes the reply when the one that did has been closed meanwhile, or is empty."""
    unit_id = change.case.reply_owner_id
    if not change.before.unit(unit_id).active or not change.context.has_able(unit_id):
        _move_reply_duty(change)


def _require_able(change: Change) -> None:
    """Let no unit have the case in which everybody is named; raises Invalid for the one that handles it."""
    context, case = change.context, change.case
    if case.owner_id not in (None, case.reply_owner_id) and not context.has_able(case.owner_id):
        raise Invalid({"named_users": ["reassign_first"]})
    if not context.has_able(case.reply_owner_id):
        _move_reply_duty(change)


def _move_reply_duty(change: Change) -> None:
    context, case = change.before, change.case
    with_the_team = case.owner_id == case.reply_owner_id
    handling = None if with_the_team else case.owner_id
    idle = {unit_id for unit_id in context.covering.units if not change.context.has_able(unit_id)}
    besides = change.named_units | {handling} | idle
    unit = receiving_unit(context.session, unit_id=None, village=context.village, besides=besides)
    case.reply_owner_id = unit.id
    case.reply_person_id = in_charge(change.context.staff, unit.id)
    if with_the_team:
        change.set_owner(unit.id)


def _user(context: CaseContext, username: str) -> User:
    user = context.session.scalars(select(User).where(User.username == username)).first()
    if user is None:
        raise Invalid({"named_users": ["unknown_user"]})
    return user
