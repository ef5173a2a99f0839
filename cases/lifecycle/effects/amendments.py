"""Correct a slip of the pen, and add what belongs to a case: relations, notes, files."""

from collections.abc import Sequence

from sqlalchemy import select, update

from cases.access.case_numbers import find_number
from cases.access.visibility import visible
from cases.history.amendment_facts import (
    AmendFacts,
    AmendHouseholdFacts,
    AmendIdentityFacts,
    AmendNamedFacts,
    AmendWordsFacts,
)
from cases.history.facts import (
    AddedWordsFacts,
    AttachFacts,
    NoFacts,
    RelateFacts,
)
from cases.history.facts_json import new_salt, words_digest
from cases.lifecycle import clocks
from cases.lifecycle.action_values import AddWordsValues, AmendValues, AttachValues, NoteValues, RelateValues
from cases.lifecycle.change import Change
from cases.lifecycle.conflict_of_interest import add_named_units_and_users
from cases.lifecycle.context import CaseContext
from cases.lifecycle.effects.identity import amend_identity, amended_complainant
from cases.lifecycle.effects.profile_changes import follow_profile
from cases.models.case import Case, Related
from cases.models.correspondence import AddedWords, Attachment, Note
from config.vocabulary import CaseKind, Urgency
from core.errors import Invalid
from roster.households import in_village
from roster.models import Household

LISTS = {"named_units": "units", "named_users": "users"}
#: The columns of a case that can be corrected.
AMENDED_COLUMNS = ("category", "kind", "urgency", "own_words")
IDENTITY = frozenset({"name", "phone"})


def amend(
    context: CaseContext, change: Change, values: AmendValues
) -> AmendFacts | AmendHouseholdFacts | AmendNamedFacts | AmendIdentityFacts:
    """Correct one field of a case; the old value is kept in the history.

    A profile that changes by it never lengthens a running deadline.
    """
    if values.field in LISTS:
        add_named_units_and_users(change, **{LISTS[values.field]: [values.value]})
        return AmendNamedFacts(reason=values.reason, field=values.field)
    if values.field == "household":
        return _amend_household(change, values)
    if values.field in IDENTITY:
        return amend_identity(change, values)
    return _amend_column(context, change, values)


def note(context: CaseContext, change: Change, values: NoteValues) -> NoFacts:
    """Write an internal remark; a villager never sees it."""
    by_id, received_at = context.actor.user_id, context.moment.now
    change.add_record(Note(case_id=change.case.id, text=values.text, by_id=by_id, received_at=received_at))
    return NoFacts()


def add_words(context: CaseContext, change: Change, values: AddWordsValues) -> AddedWordsFacts:
    """Keep what a villager adds while waiting; the words first said stay as they are."""
    person = context.complainant(values.complainant)
    added = AddedWords(
        case_id=change.case.id,
        complainant_id=person.id,
        text=values.text,
        received_at=context.moment.now,
    )
    change.add_record(added)
    return AddedWordsFacts(complainant=person.id, added=words_digest(added.text))


def relate(context: CaseContext, change: Change, values: RelateValues) -> RelateFacts:
    """Say that two cases have to do with each other."""
    session, case = context.session, context.case
    number = find_number(session, actor=context.actor, typed=values.to, village_id=case.village_id)
    other = session.scalars(visible(select(Case), context.actor).where(Case.number == number)).first()
    if other is None:
        raise Invalid({"to": ["unknown_case"]})
    if other.id == case.id:
        raise Invalid({"to": ["same_case"]})
    low, high = sorted((case.id, other.id))
    if session.get(Related, (low, high)) is None:
        change.add_record(Related(case_id=low, other_id=high, reason=values.reason))
    return RelateFacts(to=other.number, reason=values.reason)


def attach(context: CaseContext, change: Change, values: AttachValues) -> AttachFacts:
    """Hang files that were uploaded before on the case."""
    del context
    attach_files(change, values.attachments)
    return AttachFacts()


def attach_files(change: Change, ids: Sequence[str], field_name: str = "attachments") -> None:
    """Put uploaded files with the case; only the one who uploaded them may, and only once."""
    if not ids:
        return
    session = change.before.session
    found = session.execute(
        update(Attachment)
        .where(
            Attachment.id.in_(ids),
            Attachment.case_id.is_(None),
            Attachment.uploaded_by_id == change.before.actor.user_id,
        )
        .values(case_id=change.case.id)
        .returning(Attachment.id, Attachment.sha256)
        .execution_options(synchronize_session=False)
    ).all()
    if len(found) != len(set(ids)):
        raise Invalid({field_name: ["unknown_attachment"]})
    change.has_records = True
    change.recorded.attachments = {row.id: row.sha256 for row in found}


def _amend_column(context: CaseContext, change: Change, values: AmendValues) -> AmendFacts:
    choices_of = (tuple(context.rules.categories), tuple(CaseKind), tuple(Urgency), None)
    allowed = dict(zip(AMENDED_COLUMNS, choices_of, strict=True))
    name, value = values.field, values.value
    if name not in allowed:
        raise Invalid({"field": ["cannot_be_amended"]})
    choices = allowed[name]
    if not value or (choices is not None and value not in choices):
        raise Invalid({"value": ["not_a_choice"]})
    before: str = getattr(change.case, name)
    was_urgent = clocks.is_exact(context)
    setattr(change.case, name, value)
    if name == "own_words":
        change.case.words_salt = new_salt()
        for person in change.complainants:
            if person.own_words == before:
                person.own_words = value
    else:
        follow_profile(change, was_urgent=was_urgent)
        for clock in change.clocks.values():  # an urgent matter is urged on days on which others are not
            clocks.schedule_next_check(change, clock)
    kind = AmendWordsFacts if name == "own_words" else AmendFacts
    return kind(reason=values.reason, field=name, before=before, after=value)


def _amend_household(change: Change, values: AmendValues) -> AmendHouseholdFacts:
    context = change.before
    person = amended_complainant(change, values)
    household = context.session.scalars(
        select(Household).where(Household.key == values.value, in_village(context.village.path))
    ).first()
    if household is None:
        raise Invalid({"value": ["unknown_household"]})
    before, person.household_id = person.household_id, household.id
    person.anonymous = False
    return AmendHouseholdFacts(
        reason=values.reason,
        field=values.field,
        complainant=person.id,
        before=before,
        after=household.id,
    )
