"""Ask the small questions before a step or act: each gives None, or the code of what stands in the way."""

from collections.abc import Callable, Mapping

from workflow.limits import AMEND_WITHIN, EXPLANATIONS, REOPEN_WITHIN, RETURNS_A_ROUND, SUSPENSIONS_A_ROUND
from workflow.situation import Situation

Guard = Callable[[Situation], str | None]


def accept_pending(case: Situation) -> str | None:
    """Ask whether the owning unit has still to take the case on."""
    return None if case.pending_accept else "already_accepted"


def return_window_open(case: Situation) -> str | None:
    """Ask whether the days in which a unit may give a case back are not over."""
    open_still = case.return_until is not None and case.today <= case.return_until
    return None if open_still else "return_window_over"


def returns_left(case: Situation) -> str | None:
    """Ask whether the case may be given back once more in this round."""
    return None if case.returns < RETURNS_A_ROUND else "returned_twice"


def assignment_not_reserved(case: Situation) -> str | None:
    """Ask whether the matter was not returned so often that only a coordinator assigns it."""
    return None if case.returns < RETURNS_A_ROUND else "binding_needed"


def not_binding(case: Situation) -> str | None:
    """Ask whether the present assignment may be contested."""
    return "binding_assignment" if case.binding else None


def has_superior(case: Situation) -> str | None:
    """Ask whether some unit above the owner can take the case over."""
    return None if case.has_superior else "no_superior"


def not_sent_down_here(case: Situation) -> str | None:
    """Ask whether this level has not yet sent the case down in this round."""
    return "already_sent_down" if case.sent_down_here else None


def reopen_window_open(case: Situation) -> str | None:
    """Ask whether the case was closed no longer ago than villagers may ask for it again."""
    return None if case.today <= case.entered_on + REOPEN_WITHIN else "reopen_window_over"


def objection_left(case: Situation) -> str | None:
    """Ask whether a villager may object by code: not to a second rejection, nor to a close after review."""
    return "appeal_only" if case.appeal_only else None


def reopened_before(case: Situation) -> str | None:
    """Ask whether the case is in a later round than its first."""
    return None if case.round > 1 else "not_reopened"


def explained_twice(case: Situation) -> str | None:
    """Ask whether enough rounds ended in an explanation why it cannot be done."""
    return None if case.explained_rounds >= EXPLANATIONS else "not_explained_twice"


def dissatisfaction_recorded(case: Situation) -> str | None:
    """Ask whether a villager's dissatisfaction stands on record."""
    return None if case.dissatisfied else "no_dissatisfaction"


def reject_requested(case: Situation) -> str | None:
    """Ask whether the team leader has asked not to take the case up."""
    return None if case.reject_requested else "reject_not_requested"


def no_reject_requested(case: Situation) -> str | None:
    """Ask whether no request to reject waits for its answer."""
    return "reject_already_requested" if case.reject_requested else None


def nothing_merged_in(case: Situation) -> str | None:
    """Ask whether no other case lives on in this one; its complainants would be lost sight of."""
    return "has_merged_complainants" if case.merged_in else None


def target_open(case: Situation) -> str | None:
    """Ask whether the case this one was merged into is still open."""
    return None if case.target_open else "target_not_open"


def handling_running(case: Situation) -> str | None:
    """Ask whether the handling clock runs."""
    return None if case.handling_due_on is not None else "handling_not_running"


def before_expiry(case: Situation) -> str | None:
    """Ask whether the handling date has not passed; more time is a matter of before, not after."""
    passed = case.handling_due_on is not None and case.handling_due_on < case.today
    return "deadline_passed" if passed else None


def extensions_left(case: Situation) -> str | None:
    """Ask whether the profile allows one more extension."""
    if case.extensions_allowed == 0:
        return "no_extension_in_profile"
    return None if case.extensions < case.extensions_allowed else "extensions_used_up"


def no_extension_requested(case: Situation) -> str | None:
    """Ask whether no request for more time waits for its answer."""
    return "extension_already_requested" if case.extension_requested else None


def extension_requested(case: Situation) -> str | None:
    """Ask whether a request for more time waits for its answer."""
    return None if case.extension_requested else "no_extension_requested"


def not_suspended(case: Situation) -> str | None:
    """Ask whether the handling clock does not stand still already."""
    return "already_suspended" if case.suspended else None


def suspended(case: Situation) -> str | None:
    """Ask whether the handling clock stands still."""
    return None if case.suspended else "not_suspended"


def no_suspension_requested(case: Situation) -> str | None:
    """Ask whether no request to pause the clock waits for its answer."""
    return "suspension_already_requested" if case.suspension_requested else None


def suspension_requested(case: Situation) -> str | None:
    """Ask whether a request to pause the clock waits for its answer."""
    return None if case.suspension_requested else "no_suspension_requested"


def suspensions_left(case: Situation) -> str | None:
    """Ask whether the handling clock may be suspended once more in this round."""
    return None if case.suspensions < SUSPENSIONS_A_ROUND else "suspended_twice"


def visit_or_promised_day(case: Situation) -> str | None:
    """Ask whether a return visit is left to record, or the promised day of what was planned has come."""
    early = case.promised_on is not None and case.today < case.promised_on
    return "before_promised_day" if early and not case.unvisited else None


def somebody_unanswered(case: Situation) -> str | None:
    """Ask whether a complainant still waits for the final reply of this round."""
    return None if case.unanswered else "nobody_waits"


def attempts_enough(case: Situation) -> str | None:
    """Ask whether somebody has been sought so often that those attempts and two of today are enough."""
    return case.attempts_missing


def somebody_unvisited(case: Situation) -> str | None:
    """Ask whether a complainant still waits for the return visit of this round."""
    return None if case.unvisited else "nobody_waits"


def within_a_day(case: Situation) -> str | None:
    """Ask whether the case was written down today or yesterday."""
    return None if case.today <= case.recorded_on + AMEND_WITHIN else "amend_window_over"


def names_settled(case: Situation) -> str | None:
    """Ask whether it is settled whom every name in the matter means; the new owner might be meant."""
    return "names_open" if case.open_names else None


def number_to_show(case: Situation) -> str | None:
    """Ask whether there may be a number on the case that the person may know."""
    return "confidential" if case.numbers_hidden else None


def second_person_decides(case: Situation) -> str | None:
    """Ask whether the person did not ask for the rejection that waits, where another one could decide."""
    return "second_person_needed" if case.second_person_needed else None


#: Guards that hold whatever the definition says; `assign` may settle names itself.
ALWAYS: Mapping[str, tuple[str, ...]] = {
    "escalate": ("names_settled",),
    "reassign": ("names_settled",),
    "merge": ("names_settled",),
    "reject": ("second_person_decides",),
    "reveal": ("number_to_show",),
}
#: The same for whatever step of a county's own hands a case on.
HANDING_ON = ("names_settled",)
#: Reasons that speak of the person and not of the case: waiting does not take them away.
OF_THE_PERSON = frozenset({"confidential"})
GUARDS: Mapping[str, Guard] = {
    guard.__name__: guard
    for guard in (
        accept_pending,
        return_window_open,
        returns_left,
        assignment_not_reserved,
        not_binding,
        has_superior,
        not_sent_down_here,
        reopen_window_open,
        objection_left,
        reopened_before,
        explained_twice,
        dissatisfaction_recorded,
        reject_requested,
        no_reject_requested,
        nothing_merged_in,
        target_open,
        handling_running,
        before_expiry,
        extensions_left,
        no_extension_requested,
        extension_requested,
        not_suspended,
        suspended,
        suspensions_left,
        no_suspension_requested,
        suspension_requested,
        visit_or_promised_day,
        somebody_unanswered,
        somebody_unvisited,
        attempts_enough,
        within_a_day,
        names_settled,
        number_to_show,
        second_person_decides,
    )
}
