"""Hand the reply duty on when the unit that owes it has become the handler (domain.md section 2).

Whoever handles a matter does not also answer for it: the duty moves to the next receiving unit above. Where
there is none it stays, and the return visit is paid by somebody of another unit.
"""

from accounts.models import Unit
from cases.lifecycle.change import Change
from cases.lifecycle.context import CaseContext
from cases.responsibility.covering_units import in_charge
from config.vocabulary import UnitKind

RECEIVING_ABOVE = frozenset({UnitKind.TEAM, UnitKind.TOWNSHIP, UnitKind.LEADING_GROUP})


def hand_on_reply_duty(change: Change) -> None:
    """Move the reply duty up when the owner owes the replies as well."""
    case = change.case
    if not change.before.definition.rules.team_may_handle or case.owner_id != case.reply_owner_id:
        return
    unit = _next_receiver(change.context)
    if unit is None:
        return
    case.reply_owner_id = unit.id
    case.reply_person_id = in_charge(change.context.staff, unit.id)
    change.recorded.reply_owner = unit.code


def _next_receiver(context: CaseContext) -> Unit | None:
    """Find the nearest unit above the owner that could owe the replies; one without people is passed over."""
    return next(
        (
            unit
            for unit in context.superiors
            if unit.kind in RECEIVING_ABOVE
            and unit.active
            and unit.id not in context.named_units
            and context.has_able(unit.id)
        ),
        None,
    )
