"""Know in whose hands a receipt code is, so that nobody rates their own work by it (domain.md section 2)."""

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import Session

from accounts.models import Unit, User
from cases.history.entries import Entry
from cases.history.read_facts import load_facts, new_owner
from cases.lifecycle.context import CaseContext
from cases.models.case import Complainant
from cases.models.receipt_codes import CodeHolder
from core.persistence.upsert import Upsert
from workflow.definition.model import Definition
from workflow.definition.vocabulary import CaseState

#: What gives a case to a unit that handles it, and what begins the next round.
HANDED_OVER = ("assign", "reassign", "escalate", "raise")
REOPEN = "reopen"


_of_person = select(Complainant.receipt_digest, bindparam("of_unit", type_=Integer), Complainant.id).where(
    Complainant.id == bindparam("of_complainant")
)
HOLD = Upsert(
    lambda insert, _: (
        insert(CodeHolder)
        .from_select(["receipt_digest", "unit_id", "complainant_id"], _of_person)
        .on_conflict_do_nothing()
    )
)


def add_holder(session: Session, complainant_id: int, unit_id: int | None) -> None:
    """Note that a user of a unit was shown somebody's present code or typed it; once is enough."""
    if unit_id is None:
        return
    session.connection().execute(HOLD.on(session), {"of_unit": unit_id, "of_complainant": complainant_id})


def is_known_to_handler(context: CaseContext, person: Complainant) -> bool:
    """Return whether a complainant's code is in the hands of a unit that handled the case in this round.

    So it is where the case is about the unit, or about one of its people: they rate no answer to a complaint
    about themselves.
    """
    holders = set(
        context.session.scalars(
            select(CodeHolder.unit_id).where(CodeHolder.receipt_digest == person.receipt_digest)
        )
    )
    return bool(holders and holders & (_handling_units(context, person) | _named_units(context)))


def _named_units(context: CaseContext) -> set[int]:
    """Return the units that a case is about, and those of the people whom it is about."""
    whose = context.session.scalars(select(User.unit_id).where(User.id.in_(context.named_users)))
    return {*context.named_units, *(whose if context.named_users else ())}


def handing_over(definition: Definition) -> tuple[str, ...]:
    """Name the actions that give a case to a unit, those of a county's own among them."""
    return (*HANDED_OVER, *(step.name for step in definition.steps.values() if step.hands_to))


def _handling_units(context: CaseContext, person: Complainant) -> set[int]:
    """Return the units that were to handle the case in this round; at the door the one that answered.

    The receiving team is none of them while it only has the case in hand to give it on.
    """
    found = {person.handled_by_id} - {None}
    if person.handler_id is not None:
        found.add(context.session.get_one(User, person.handler_id).unit_id)
    codes: set[str] = set()
    entries = context.session.execute(
        select(*(Entry.case_id, Entry.seq, Entry.action, Entry.from_state, Entry.facts, Entry.personal))
        .where(
            Entry.case_id == context.case.id, Entry.action.in_((*handing_over(context.definition), REOPEN))
        )
        .order_by(Entry.seq)
    )
    keys = context.rules.services.personal_keys
    for entry in entries:
        if entry.action == REOPEN:
            # A withdrawal that is taken up again goes on in the same round.
            codes = codes if entry.from_state == CaseState.WITHDRAWN else set()
        elif (facts := load_facts(entry, keys)) is not None and (code := new_owner(facts)) is not None:
            codes.add(code)
    found |= set(context.session.scalars(select(Unit.id).where(Unit.code.in_(codes))))
    return {unit_id for unit_id in found if unit_id is not None}
