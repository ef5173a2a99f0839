"""Correct a slip of the pen, and add what belongs to a case: relations, notes, files."""

from datetime import date
from typing import Any

from sqlalchemy import select, update

from cases.access.visibility import visible
from cases.lifecycle import clocks
from cases.lifecycle.conflict_of_interest import name_parties
from cases.lifecycle.context import Work
from cases.models.case import Case, Related
from cases.models.correspondence import AddedWords, Attachment, Note
from cases.persistence import search_index
from config.vocabulary import CaseKind, Urgency
from core.chain import row_digest
from core.errors import Invalid
from roster.households import in_village
from roster.models import Household
from workflow import deadlines

LISTS = {"named_units": "units", "named_users": "users"}


def amend(work: Work, values: dict[str, Any]) -> None:
    """Correct one field of a case; the old value is kept in the history.

    A profile that changes by it never lengthens a running deadline.
    """
    name, value = values["field"], values["value"]
    if name in LISTS:
        name_parties(work, **{LISTS[name]: [value]})
        work.facts["field"] = name
    elif name == "household":
        _amend_household(work, value)
    else:
        _amend_column(work, name, value)
    work.facts["reason"] = values["reason"]


def note(work: Work, values: dict[str, Any]) -> None:
    """Write an internal remark; a villager never sees it."""
    work.file(
        Note(case_id=work.case.id, text=values["text"], by_id=work.actor.user_id, received_at=work.moment.now)
    )


def add_words(work: Work, values: dict[str, Any]) -> None:
    """Keep what a villager adds while waiting; the words first said stay as they are."""
    person = work.complainant(values["complainant"])
    added = AddedWords(
        case_id=work.case.id, complainant_id=person.id, text=values["text"], received_at=work.moment.now
    )
    work.file(added)
    work.facts.update(complainant=person.id, added=row_digest({"text": added.text}))


def relate(work: Work, values: dict[str, Any]) -> None:
    """Say that two cases have to do with each other."""
    other = work.session.scalars(visible(select(Case), work.actor).where(Case.number == values["to"])).first()
    if other is None:
        raise Invalid({"to": ["unknown_case"]})
    if other.id == work.case.id:
        raise Invalid({"to": ["same_case"]})
    low, high = sorted((work.case.id, other.id))
    if work.session.get(Related, (low, high)) is None:
        work.file(Related(case_id=low, other_id=high, reason=values.get("reason") or ""))
    work.facts["to"] = other.number


def attach(work: Work, values: dict[str, Any]) -> None:
    """Hang files that were uploaded before on the case."""
    attach_files(work, values["attachments"])


def attach_files(work: Work, ids: list[str]) -> None:
    """Give uploaded files to the case; only the one who uploaded them may, and only once."""
    if not ids:
        return
    found = work.session.execute(
        update(Attachment)
        .where(
            Attachment.id.in_(ids),
            Attachment.case_id.is_(None),
            Attachment.uploaded_by_id == work.actor.user_id,
        )
        .values(case_id=work.case.id)
        .returning(Attachment.id, Attachment.sha256)
        .execution_options(synchronize_session=False)
    ).all()
    if len(found) != len(set(ids)):
        raise Invalid({"attachments": ["unknown_attachment"]})
    work.any_papers = True
    work.facts["attachments"] = {row.id: row.sha256 for row in found}


def _amend_column(work: Work, name: str, value: Any) -> None:
    allowed = {
        "category": tuple(work.rules.categories),
        "kind": tuple(CaseKind),
        "urgency": tuple(Urgency),
        "own_words": None,
    }
    if name not in allowed:
        raise Invalid({"field": ["cannot_be_amended"]})
    choices = allowed[name]
    if not isinstance(value, str) or not value or (choices is not None and value not in choices):
        raise Invalid({"value": ["not_a_choice"]})
    before = getattr(work.case, name)
    setattr(work.case, name, value)
    work.facts.update(field=name, before=before, after=value)
    if name == "own_words":
        for person in work.complainants:
            if person.own_words == before:
                person.own_words = value
                search_index.change(work.session.connection(), person.id, before=before, after=value)
    else:
        _follow_profile(work)
        for clock in work.clocks.values():
            clocks.schedule_next_check(
                work, clock
            )  # an urgent matter is urged on days on which others are not


def _amend_household(work: Work, value: Any) -> None:
    if len(work.complainants) != 1:
        raise Invalid({"field": ["more_than_one_complainant"]})
    household = work.session.scalars(
        select(Household).where(Household.key == value, in_village(work.village.path))
    ).first()
    if household is None:
        raise Invalid({"value": ["unknown_household"]})
    person = work.complainants[0]
    work.facts.update(field="household", before=person.household_id, after=household.id)
    person.household_id = household.id
    person.anonymous = False


def _follow_profile(work: Work) -> None:
    """Apply the profile that now fits, unless it would make a running handling date later."""
    case, rules = work.case, work.rules
    profile = deadlines.choose_profile(
        rules.profiles,
        urgency=case.urgency,
        kind=case.kind,
        category_profile=rules.categories[case.category].profile,
        channel=case.channel,
    )
    case.profile = profile.code
    clock = work.clocks.get("handling")
    if clock is None or not clock.running or clock.moves or clock.basis.get("profile") is None:
        return
    basis = clocks.handling_basis(work, start=date.fromisoformat(clock.basis["start"]))
    due_on = clocks.date_of(work, basis)
    if due_on < work.today:
        # The shorter deadline would have passed already: it counts from the day on which it became known.
        basis = clocks.handling_basis(work)
        due_on = clocks.date_of(work, basis)
    if due_on < clock.due_on:
        clocks.record_lateness(work)
        clock.basis, clock.due_on = basis, due_on
        clocks.schedule_next_check(work, clock)
