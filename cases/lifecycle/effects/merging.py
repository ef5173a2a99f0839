"""Join two cases about one matter, and undo it."""

from sqlalchemy import select

from cases.access.case_numbers import find_number
from cases.history.facts import AbsorbFacts, MergeFacts, ReleaseFacts, UnmergeFacts
from cases.lifecycle import clocks
from cases.lifecycle.action_values import MergeValues, ReasonValues
from cases.lifecycle.change import Change, LinkedChange
from cases.lifecycle.conflict_of_interest import ensure_reply_owner, require_settled
from cases.lifecycle.context import CaseContext
from cases.lifecycle.loading import load_context
from cases.models.case import Case, Complainant
from cases.vocabulary import OPEN_STATES
from core.errors import Invalid, NotFound


def merge(context: CaseContext, change: Change, values: MergeValues) -> MergeFacts:
    """Move the complainants with their reply duties to another open case of the same village.

    Their receipt codes answer for the target from now on; the target gets an entry of its own.
    """
    require_settled(change, "merge")
    typed, village_id = values.into, context.case.village_id
    number = find_number(context.session, actor=context.actor, typed=typed, village_id=village_id)
    other = _load_target(context, number)
    if other.case.id == context.case.id:
        raise Invalid({"into": ["same_case"]})
    if other.case.village_id != context.case.village_id:
        raise Invalid({"into": ["another_village"]})
    if not (context.named_units <= other.named_units and context.named_users <= other.named_users):
        # Whoever this case is about must not read it as handler of the other (domain.md section 1, Roles).
        raise Invalid({"into": ["names_fewer"]})
    if other.case.stage not in OPEN_STATES:
        raise context.not_open("merge", "target_not_open")
    target = Change.of(other)
    moved = tuple(person.id for person in change.complainants)
    for person in change.complainants:
        person.case_id = other.case.id
        _owe_reply(target, person)
    clocks.lift_suspension(change)
    _take_earlier_dates(change, target)
    target.complainants += change.complainants
    change.complainants = []
    change.case.merged_into_id = other.case.id
    absorbed = AbsorbFacts(merged=context.case.number, complainants=moved)
    change.linked_changes.append(LinkedChange(target, "absorb", absorbed))
    return MergeFacts(reason=values.reason, into=other.case.number, complainants=moved)


def unmerge(context: CaseContext, change: Change, values: ReasonValues) -> UnmergeFacts:
    """Move the complainants back to the case they came from, which is received again.

    It keeps whoever was named meanwhile; a unit that is none to answer for it any more hands that on.
    """
    case = change.case
    number = context.session.scalars(select(Case.number).where(Case.id == case.merged_into_id)).one()
    target = Change.of(_load_target(context, number))
    back = [person for person in target.complainants if person.origin_case_id == case.id]
    target.complainants = [person for person in target.complainants if person not in back]
    for person in back:
        person.case_id = case.id
        _owe_reply(change, person)
    change.complainants = back
    change.has_records = True  # what they added meanwhile lies in the file again
    case.merged_into_id = None
    case.accepted = False
    ensure_reply_owner(change)
    change.set_owner(case.reply_owner_id)
    released = ReleaseFacts(released=case.number, complainants=tuple(person.id for person in back))
    change.linked_changes.append(LinkedChange(target, "release", released))
    return UnmergeFacts(reason=values.reason, from_case=number)


def _take_earlier_dates(change: Change, target: Change) -> None:
    """Let the target be sorted and handled by the earlier of both dates (domain.md section 2).

    Whoever was assigned one of the two handles the other as well: its date begins to run if it did not.
    """
    if not target.before.definition.rules.merge_takes_earlier:
        return
    for name in ("triage", "handling"):
        merged = change.clocks.get(name)
        if merged is None or not merged.running:
            continue
        clock = target.clocks.get(name)
        if name == "handling" and (clock is None or not clock.running):
            clocks.start(target, name, clocks.handling_basis(target.before))
            clock = target.clocks[name]
        if clock is not None and clock.running and merged.due_on < clock.due_on:
            clocks.move(target, name, {"why": "merge", "to": merged.due_on.isoformat()})


def _owe_reply(change: Change, person: Complainant) -> None:
    """Let a complainant wait for a reply on another case: until the date that runs, or one begun today."""
    person.answered_round = person.visited_round = None
    if person.reply_due_on is None:
        person.reply_basis = clocks.period(change.before, "reply")
        person.reply_due_on = clocks.date_of(change.before, person.reply_basis)


def _load_target(context: CaseContext, number: str) -> CaseContext:
    try:
        return load_context(
            context.session,
            actor=context.actor,
            rules=context.rules,
            number=number,
            moment=context.moment,
        )
    except NotFound:
        raise Invalid({"into": ["unknown_case"]}) from None
