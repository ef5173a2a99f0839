"""Join two cases about one matter, and undo it."""

from typing import Any

from sqlalchemy import select

from cases.lifecycle import clocks
from cases.lifecycle.context import Work
from cases.lifecycle.loading import load_context
from cases.models.case import Case, Complainant
from cases.vocabulary import OPEN_STATES
from core.errors import Conflict, Invalid, NotFound


def merge(work: Work, values: dict[str, Any]) -> None:
    """Move the complainants with their reply duties to another open case of the same village.

    Their receipt codes answer for the target from now on; the target gets an entry of its own.
    """
    target = _target(work, values["into"])
    if target.case.id == work.case.id:
        raise Invalid({"into": ["same_case"]})
    if target.case.village_id != work.case.village_id:
        raise Invalid({"into": ["another_village"]})
    if not (work.named_units <= target.named_units and work.named_users <= target.named_users):
        # Whoever this case is about must not read it as handler of the other (domain.md section 1, Roles).
        raise Invalid({"into": ["names_fewer"]})
    if target.case.state not in OPEN_STATES:
        raise Conflict(
            "action_not_open",
            action="merge",
            reasons=["target_not_open"],
            state=work.case.state,
            version=work.case.version,
        )
    moved = [person.id for person in work.complainants]
    for person in work.complainants:
        person.case_id = target.case.id
        _owe_reply(work, person)
    clocks.lift_suspension(work)
    target.complainants += work.complainants
    work.complainants = []
    work.case.merged_into_id = target.case.id
    work.facts.update(into=target.case.number, reason=values["reason"], complainants=moved)
    target.facts.update(merged=work.case.number, complainants=moved)
    work.also.append((target, "absorb"))


def unmerge(work: Work, values: dict[str, Any]) -> None:
    """Move the complainants back to the case they came from, which is received again."""
    number = work.session.scalars(select(Case.number).where(Case.id == work.case.merged_into_id)).one()
    target = _target(work, number)
    back = [person for person in target.complainants if person.origin_case_id == work.case.id]
    target.complainants = [person for person in target.complainants if person not in back]
    for person in back:
        person.case_id = work.case.id
        _owe_reply(work, person)
    work.complainants = back
    work.any_papers = True  # what they added meanwhile lies in the file again
    work.case.merged_into_id = None
    work.case.accepted = False
    work.own(work.case.reply_owner_id)
    work.facts.update(reason=values["reason"], from_case=number)
    target.facts.update(released=work.case.number, complainants=[person.id for person in back])
    work.also.append((target, "release"))


def _owe_reply(work: Work, person: Complainant) -> None:
    """Let a complainant wait for a reply on another case: until the date that runs, or one begun today."""
    person.answered_round = person.visited_round = None
    if person.reply_due_on is None:
        person.reply_basis = clocks.period(work, "reply")
        person.reply_due_on = clocks.date_of(work, person.reply_basis)


def _target(work: Work, number: str) -> Work:
    try:
        return load_context(
            work.session, actor=work.actor, rules=work.rules, number=number, moment=work.moment
        )
    except NotFound:
        raise Invalid({"into": ["unknown_case"]}) from None
