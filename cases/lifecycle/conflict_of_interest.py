"""Keep a matter away from those it is about, and find the unit that receives and answers for it."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from sqlalchemy import bindparam, select

from accounts.access.actor import SYSTEM
from accounts.access.permissions import Role
from accounts.models import FormerMember, Unit
from accounts.register_values import KnownUnit
from cases.history.facts import TakeNamesFacts
from cases.lifecycle.change import Change, LinkedChange
from cases.lifecycle.context import CaseContext
from cases.lifecycle.loading import load_context
from cases.models.case import Case, Named
from cases.models.named_words import NamedWords
from cases.responsibility.covering_units import in_charge
from cases.responsibility.named_in_matter import NamedInMatter, find_named
from cases.responsibility.receiving_unit import find_receiver
from core.errors import Invalid

ACTIVE_UNIT = select(Unit).where(Unit.code == bindparam("code"), Unit.active)


def find_unit(context: CaseContext, code: str, field_name: str = "unit") -> KnownUnit:
    """Find the active unit with this code; raise Invalid when there is none."""
    over = (unit for unit in context.covering.units.values() if unit.code == code and unit.active)
    unit = next(over, None)
    if unit is not None:
        return unit
    elsewhere = context.session.scalars(ACTIVE_UNIT, {"code": code}).first()
    if elsewhere is None:
        raise Invalid({field_name: ["unknown_unit"]})
    return KnownUnit.of(elsewhere)


def add_named_units_and_users(
    change: Change, *, units: Iterable[str] = (), users: Iterable[str] = ()
) -> None:
    """Note whom a matter is about, as `find_named` finds them; from now on they neither see nor own it.

    A unit that owes the reply hands it over to the next receiving unit, also when all of its people are
    named; one that handles the case must be replaced first. A name of nobody who was found stays open until
    the team leader has settled whom it means: by naming them, where it is the only open one, or by writing it
    once more, when it means nobody here. What was merged into the case names them as well.
    Raises Invalid for a unit that handles the case, Conflict when no other unit can take over.
    """
    context = change.before
    named = find_named(context.session, actor=context.actor, over=context.covering, units=units, users=users)
    add_named(change, named)


def add_named(change: Change, named: NamedInMatter) -> None:
    """Note those whom a matter is about; the refusals are those of `add_named_units_and_users`."""
    context, case = change.before, change.case
    new_units = named.units.keys() - change.named_units
    new_users = named.user_ids - change.named_users
    former = change.former_users | _former_members(context, new_units)
    hidden = change.named_users | new_users | former
    closed = context.covering.closed_by(change.named_units | new_units, hidden)
    if case.owner_id != case.reply_owner_id and case.owner_id in closed - context.closed_units:
        raise Invalid({"named_units" if case.owner_id in new_units else "named_users": ["reassign_first"]})
    _write_named(change, new_units, new_users)
    _note_words(change, named)
    if case.reply_owner_id in closed - context.closed_units:
        _move_reply_duty(change)
    elif case.reply_person_id in new_users:
        case.reply_person_id = in_charge(change.context.staff, case.reply_owner_id)
    _name_in_merged(change)


def require_settled(change: Change, action: str) -> None:
    """Refuse to hand a matter on while a name in it is open: it might mean the new owner."""
    if change.open_names:
        raise change.context.not_open(action, "names_open")


def _note_words(change: Change, named: NamedInMatter) -> None:
    """Keep names of nobody who was found, and settle those of which the team leader says whom they mean."""
    context = change.before
    waiting = {row.words: row for row in _open_rows(context)}
    settles = Role.TEAM_LEADER.value in context.roles
    settled = [waiting[words] for words in named.words if settles and words in waiting]
    if settles and len(waiting) == 1 and (named.units or named.users):
        settled = list(waiting.values())
    _write_words(change, [words for words in named.words if words not in waiting], settled)


def open_names(context: CaseContext) -> list[str]:
    """List the names in a matter of which it is not settled whom they mean."""
    return [row.words for row in _open_rows(context)]


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


def _write_named(change: Change, unit_ids: Iterable[int], user_ids: Iterable[int]) -> None:
    """Note units and users whom a case is about and has not named before."""
    session, case = change.before.session, change.case
    units = {unit_id: change.before.unit(unit_id).code for unit_id in sorted(unit_ids)}
    users = sorted(user_ids)
    session.add_all(Named(case_id=case.id, unit_id=unit_id, user_id=None) for unit_id in units)
    session.add_all(Named(case_id=case.id, unit_id=None, user_id=user_id) for user_id in users)
    change.named_units |= set(units)
    change.named_users |= set(users)
    change.former_users |= _former_members(change.before, units)
    change.recorded.named_units += units.values()
    change.recorded.named_users += users


def _former_members(context: CaseContext, unit_ids: Collection[int]) -> frozenset[int]:
    """Return who was in one of these units when the matter came, or later, and was moved out of it."""
    if not unit_ids:
        return frozenset()
    since = FormerMember.left_at >= context.case.received_at
    found = select(FormerMember.user_id).where(FormerMember.unit_id.in_(unit_ids), since)
    return frozenset(context.session.scalars(found))


def _write_words(change: Change, new: Iterable[str], settled: Iterable[NamedWords]) -> None:
    """Keep names of which it is not settled whom they mean, and those of which it is now."""
    session, case = change.before.session, change.case
    for row in settled:
        row.settled_at = change.before.moment.now
        change.recorded.settled_words.append(row.words)
        change.open_names -= 1
    for words in new:
        session.add(NamedWords(case_id=case.id, words=words, settled_at=None))
        change.recorded.named_words.append(words)
        change.open_names += 1


def _open_rows(context: CaseContext) -> list[NamedWords]:
    """List the names in a matter of which it is not settled whom they mean, in the order of their writing."""
    if not context.open_names:
        return []
    waiting = select(NamedWords).where(NamedWords.case_id == context.case.id, NamedWords.settled_at.is_(None))
    return list(context.session.scalars(waiting.order_by(NamedWords.id)))


def _name_in_merged(change: Change) -> None:
    """Name in the cases that were merged into one whom it came to name; each has an entry of its own.

    Nobody reads a part of what is about them. The names are written for each case, so that whoever asks whom
    it is about asks of that case alone, and one that is split off again keeps those that it was given while
    it was part. They are known by the people whom they brought; where there are none, nothing is asked.
    """
    merged = {person.origin_case_id for person in change.complainants} - {change.case.id}
    if not merged or not change.recorded.names_anybody:
        return
    before = change.before
    numbers = before.session.scalars(select(Case.number).where(Case.id.in_(merged)).order_by(Case.id)).all()
    for number in numbers:
        # Whether or not the one who names may see that part: nothing of it is shown by this.
        found = load_context(
            before.session, actor=SYSTEM, rules=before.rules, number=number, moment=before.moment
        )
        part = Change.of(replace(found, actor=before.actor))
        _take_names(part, change)
        if part.recorded.names_anybody:
            facts = TakeNamesFacts(from_case=change.case.number)
            change.linked_changes.append(LinkedChange(part, "take_names", facts))


def _take_names(part: Change, whole: Change) -> None:
    added_units = whole.named_units - whole.before.named_units
    added_users = whole.named_users - whole.before.named_users
    _write_named(part, added_units - part.named_units, added_users - part.named_users)
    waiting = {row.words: row for row in _open_rows(part.before)}
    new = [words for words in whole.recorded.named_words if words not in waiting]
    settled = [waiting[words] for words in whole.recorded.settled_words if words in waiting]
    _write_words(part, new, settled)
