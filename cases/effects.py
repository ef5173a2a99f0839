"""Say what each step and act of the life cycle does besides moving the state: one row for each."""

from collections.abc import Callable, Mapping
from typing import Any

from cases import amendments, closing, complainants, merging, ownership, replies, revisits
from cases.work import Work

Effect = Callable[[Work, dict[str, Any]], None]

EFFECTS: Mapping[str, Effect] = {
    "answer": replies.answer,
    "assign": ownership.assign,
    "return": ownership.give_back,
    "escalate": ownership.escalate,
    "raise": ownership.raise_up,
    "send_down": ownership.send_down,
    "resolve": replies.resolve,
    "confirm": revisits.confirm,
    "reopen": revisits.reopen,
    "close_reviewed": revisits.close_reviewed,
    "reject": closing.reject,
    "withdraw": closing.withdraw,
    "merge": merging.merge,
    "unmerge": merging.unmerge,
    "void": closing.void,
    "accept": ownership.accept,
    "reassign": ownership.reassign,
    "request_extension": ownership.request_extension,
    "extend": ownership.extend,
    "refuse_extension": ownership.refuse_extension,
    "request_reject": closing.request_reject,
    "refuse_reject": closing.refuse_reject,
    "suspend": ownership.suspend,
    "resume": ownership.resume,
    "reply": replies.reply,
    "join": complainants.join,
    "amend": amendments.amend,
    "reissue_receipt": complainants.reissue_receipt,
    "unreachable": revisits.unreachable,
    "relate": amendments.relate,
    "note": amendments.note,
    "add_words": amendments.add_words,
    "attach": amendments.attach,
    "reveal": complainants.reveal,
}
