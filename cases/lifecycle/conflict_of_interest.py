"""Keep a matter away from those it is about, and find the unit that receives and answers for it."""

from collections.abc import Iterable

from sqlalchemy import bindparam, select

from accounts.access.permissions import Role
from accounts.models import Unit
from cases.lifecycle.change import Change
from cases.lifecycle.context import CaseContext
from cases.models.case import Named
from cases.models.named_words import NamedWords
from cases.responsibility.covering_units import in_charge
from cases.responsibility.named_in_matter import NamedInMatter, find_named
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
    """Note whom a matter is about, as `find_named` finds them; from now on they neither see nor own it.

    A unit that owes the reply hands it over to the next receiving unit, also when all of its people are
    named; one that handles the case must be replaced first. A name of nobody who was found stays open until
    the team leader has settled whom it means: by naming them, where it is the only open one, or by writing it
    once more, when it means nobody here. Raises Invalid for a unit that handles the case, Conflict when no
    other unit can take over.
    """
    context = change.before
    named = find_named(context.session, actor=context.actor, over=context.covering, units=units, users=users)
    add_named(change, named)


def add_named(change: Change, named: NamedInMatter) -> None:
    """Note those whom a matter is about; the refusals are those of `add_named_units_and_users`."""
    context, case = change.before, change.case
    session = context.session
    new_units = {unit_id: code for unit_id, code in named.units.items() if unit_id not in change.named_units}
    new_users = named.user_ids - change.named_users
    change.named_units |= set(new_units)
    change.named_users |= new_users
    closed = change.context.closed_units
    if case.owner_id != case.reply_owner_id and case.owner_id in closed - context.closed_units:
        raise Invalid({"named_units" if case.owner_id in new_units else "named_users": ["reassign_first"]})
    session.add_all(Named(case_id=case.id, unit_id=unit_id, user_id=None) for unit_id in sorted(new_units))
    session.add_all(Named(case_id=case.id, unit_id=None, user_id=user_id) for user_id in sorted(new_users))
    change.recorded.named_units += [code for _, code in sorted(new_units.items())]
    change.recorded.named_users += sorted(new_users)
    _note_words(change, named)
    if case.reply_owner_id in closed - context.closed_units:
        _move_reply_duty(change)
    elif case.reply_person_id in new_users:
        case.reply_person_id = in_charge(change.context.staff, case.reply_owner_id)


def require_settled(change: Change, action: str) -> None:
    """Refuse to hand a matter on while a name in it is open: it might mean the new owner."""
    if change.open_names:
        raise change.context.not_open(action, "names_open")


def _note_words(change: Change, named: NamedInMatter) -> None:
    """Keep names of nobody who was found, and settle those of which the team leader says whom they mean."""
    context, case = change.before, change.case
    session = context.session
    waiting = {row.words: row for row in _open_words(context)} if context.open_names else {}
    settles = Role.TEAM_LEADER.value in context.roles
    settled = [waiting[words] for words in named.words if settles and words in waiting]
    if settles and len(waiting) == 1 and (named.units or named.users):
        settled = list(waiting.values())
    for row in settled:
        row.settled_at = context.moment.now
    change.recorded.settled_words += [row.words for row in settled]
    new = [words for words in named.words if words not in waiting]
    session.add_all(NamedWords(case_id=case.id, words=words, settled_at=None) for words in new)
    change.recorded.named_words += new
    change.open_names += len(new) - len(settled)


def open_names(context: CaseContext) -> list[str]:
    """List the names in a matter of which it is not settled whom they mean."""
    return [row.words for row in _open_words(context)] if context.open_names else []


def _open_words(context: CaseContext) -> list[NamedWords]:
    waiting = select(NamedWords).where(NamedWords.case_id == context.case.id, NamedWords.settled_at.is_(None))
    return list(context.session.scalars(waiting.order_by(NamedWords.id)))


def ensure_reply_owner(change: Change) -> None:
    """Name another unit that owes the reply when the one that did has been closed meanwhile, or is empty."""
    unit_id = change.case.reply_owner_id
    if not change.before.unit(unit_id).active or not change.context.has_able(unit_id):
        _move_reply_duty(change)


def _move_reply_duty(change: Change) -> None:
    context, case = change.before, change.case
    with_the_team = case.owner_id == case.reply_owner_id
    handling = None if with_the_team else case.owner_id
    unit = find_receiver(
        context.covering,
        unit_id=None,
        village=context.village,
        closed=change.context.closed_units,
        besides=frozenset({handling}),
    )
    case.reply_owner_id = unit.id
    case.reply_person_id = in_charge(change.context.staff, unit.id)
    if unit.id in change.context.closed_units:
        change.notices.append(("nobody_left", {}))
    if with_the_team:
        change.set_owner(unit.id)
