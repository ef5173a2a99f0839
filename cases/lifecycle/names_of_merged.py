"""Name in what was merged into a case whom it names: nobody reads a part of what is about them.

The names are written for each case (domain.md section 1, Roles), so that everybody who asks whom a case is
about needs to ask of that case alone. A case that is split off again keeps those that it was given while it
was part: it was one matter when they were named.
"""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import select

from accounts.access.actor import SYSTEM
from cases.history.facts import TakeNamesFacts
from cases.lifecycle.change import Change, LinkedChange
from cases.lifecycle.context import CaseContext
from cases.lifecycle.loading import load_context
from cases.models.case import Case, Named
from cases.models.named_words import NamedWords


def write_named(change: Change, unit_ids: Iterable[int], user_ids: Iterable[int]) -> None:
    """Note units and users whom a case is about and has not named before."""
    session, case = change.before.session, change.case
    units = {unit_id: change.before.unit(unit_id).code for unit_id in sorted(unit_ids)}
    users = sorted(user_ids)
    session.add_all(Named(case_id=case.id, unit_id=unit_id, user_id=None) for unit_id in units)
    session.add_all(Named(case_id=case.id, unit_id=None, user_id=user_id) for user_id in users)
    change.named_units |= set(units)
    change.named_users |= set(users)
    change.recorded.named_units += units.values()
    change.recorded.named_users += users


def write_words(change: Change, new: Iterable[str], settled: Iterable[NamedWords]) -> None:
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


def open_rows(context: CaseContext) -> list[NamedWords]:
    """List the names in a matter of which it is not settled whom they mean, in the order of their writing."""
    if not context.open_names:
        return []
    waiting = select(NamedWords).where(NamedWords.case_id == context.case.id, NamedWords.settled_at.is_(None))
    return list(context.session.scalars(waiting.order_by(NamedWords.id)))


def name_in_merged(change: Change) -> None:
    """Name in the cases that were merged into one whom it came to name; each has an entry of its own.

    They are known by the people whom they brought, so a case that nothing was merged into asks nothing.
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
    write_named(part, added_units - part.named_units, added_users - part.named_users)
    waiting = {row.words: row for row in open_rows(part.before)}
    new = [words for words in whole.recorded.named_words if words not in waiting]
    settled = [waiting[words] for words in whole.recorded.settled_words if words in waiting]
    write_words(part, new, settled)
