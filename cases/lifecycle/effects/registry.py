"""Say what each step and act of the life cycle does besides moving the state: one row for each."""

from collections.abc import Callable, Mapping
from typing import Any

from cases.history.facts import Facts
from cases.lifecycle.change import Change
from cases.lifecycle.context import CaseContext
from cases.lifecycle.effects import (
    amendments,
    assignment,
    closing,
    complainants,
    escalation,
    extensions,
    merging,
    replies,
    return_visits,
    unreachable,
)

#: The case to read, the change to make, and what the action takes (its type is in `VALUES`); gives the facts.
Effect = Callable[[CaseContext, Change, Any], Facts]

EFFECTS: Mapping[str, Effect] = {
    "answer": replies.answer,
    "assign": assignment.assign,
    "return": assignment.return_case,
    "escalate": escalation.escalate,
    "raise": escalation.raise_case,
    "send_down": escalation.send_down,
    "resolve": replies.resolve,
    "confirm": return_visits.confirm,
    "reopen": return_visits.reopen,
    "close_reviewed": return_visits.close_reviewed,
    "reject": closing.reject,
    "withdraw": closing.withdraw,
    "merge": merging.merge,
    "unmerge": merging.unmerge,
    "void": closing.void,
    "accept": assignment.accept,
    "reassign": assignment.reassign,
    "request_extension": extensions.request_extension,
    "extend": extensions.extend,
    "refuse_extension": extensions.refuse_extension,
    "request_reject": closing.request_reject,
    "refuse_reject": closing.refuse_reject,
    "request_suspend": extensions.request_suspend,
    "refuse_suspend": extensions.refuse_suspend,
    "suspend": extensions.suspend,
    "resume": extensions.resume,
    "reply": replies.reply,
    "join": complainants.join,
    "amend": amendments.amend,
    "reissue_receipt": complainants.reissue_receipt,
    "attempt": unreachable.attempt,
    "unreachable": unreachable.unreachable,
    "relate": amendments.relate,
    "note": amendments.note,
    "add_words": amendments.add_words,
    "attach": amendments.attach,
    "reveal": complainants.reveal,
}
