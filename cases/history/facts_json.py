"""Write the facts of each action as the database keeps them, and read them back."""

import re
from collections.abc import Mapping
from typing import Any, cast

import msgspec

from cases.history import facts as of
from cases.history.amendment_facts import AmendFacts, AmendHouseholdFacts, AmendIdentityFacts, AmendNamedFacts
from cases.history.contact_facts import AttemptFacts, UnreachableFacts
from cases.history.fact_kinds import FactKind, kinds_of
from cases.history.facts import Facts
from cases.history.own_facts import OwnFacts
from config.marked_text import MarkedText
from config.marked_text import mark as _

#: Fields, types and places, as msgspec names them in its English sentences.
_QUOTED = re.compile(r"`([^`]+)`")


class BadFacts(ValueError):
    """Say that what stands in the database is not what an action of this name records, and why."""

    def __init__(self, reason: MarkedText) -> None:
        super().__init__(str(reason))
        self.reason = reason


#: The value of each action; `amend` has one for what it corrects (`AMENDED`), else the one here.
FACTS: Mapping[str, type[Facts]] = {
    "register": of.RegisterFacts,
    "answer": of.OutcomeFacts,
    "assign": of.AssignFacts,
    "return": of.ReturnFacts,
    "escalate": of.EscalateFacts,
    "raise": of.RungFacts,
    "send_down": of.MovedReasonFacts,
    "resolve": of.OutcomeFacts,
    "confirm": of.ConfirmFacts,
    "reopen": of.ReopenFacts,
    "close_reviewed": of.ReasonFacts,
    "reject": of.RejectFacts,
    "withdraw": of.WithdrawFacts,
    "merge": of.MergeFacts,
    "unmerge": of.UnmergeFacts,
    "void": of.ReasonFacts,
    "accept": of.NoFacts,
    "reassign": of.ReassignFacts,
    "request_extension": of.ExtensionRequestFacts,
    "extend": of.MovedReasonFacts,
    "refuse_extension": of.ReasonFacts,
    "request_reject": of.ReasonFacts,
    "refuse_reject": of.ReasonFacts,
    "request_suspend": of.SuspensionRequestFacts,
    "refuse_suspend": of.ReasonFacts,
    "suspend": of.SuspendFacts,
    "resume": of.MovedReasonFacts,
    "reply": of.ReplyFacts,
    "join": of.JoinFacts,
    "amend": AmendFacts,
    "reissue_receipt": of.ComplainantReasonFacts,
    "attempt": AttemptFacts,
    "unreachable": UnreachableFacts,
    "relate": of.RelateFacts,
    "note": of.NoFacts,
    "add_words": of.AddedWordsFacts,
    "attach": of.AttachFacts,
    "reveal": of.ComplainantReasonFacts,
    "absorb": of.AbsorbFacts,
    "release": of.ReleaseFacts,
    "take_names": of.TakeNamesFacts,
    "recalculated": of.RecalculatedFacts,
    "remind": of.RungFacts,
    "urge": of.RungFacts,
    "supervise": of.RungFacts,
    "publish": of.RungFacts,
}
AMENDED: Mapping[str, type[Facts]] = {
    "household": AmendHouseholdFacts,
    "name": AmendIdentityFacts,
    "phone": AmendIdentityFacts,
    "named_units": AmendNamedFacts,
    "named_users": AmendNamedFacts,
}
#: What each field of each value is, read from its type; a field that does not say it is refused here.
KINDS: Mapping[type[Facts], Mapping[str, frozenset[FactKind]]] = {
    kind: kinds_of(kind) for kind in dict.fromkeys([*FACTS.values(), *AMENDED.values(), OwnFacts])
}


def facts_type(action: str, stored: Mapping[str, Any]) -> type[Facts]:
    """Find the value that an entry of this action holds; one that the program has not is the county's own.

    Whether the definition of its case has an action of this name, `verify` asks.
    """
    if action == "amend" and isinstance(stored.get("field"), str):
        return AMENDED.get(stored["field"], AmendFacts)
    return FACTS.get(action, OwnFacts)


def to_json(facts: Facts) -> dict[str, Any]:
    """Write facts as the object that the database keeps and the chain hashes."""
    return cast(dict[str, Any], msgspec.to_builtins(facts))


def from_json(action: str, stored: Any) -> Facts:
    """Read the facts of an entry; raise BadFacts where they are not what the action records."""
    if not isinstance(stored, Mapping):
        raise BadFacts(MarkedText(_("写的不是一组事实")))
    try:
        return msgspec.convert(stored, facts_type(action, stored))
    except msgspec.ValidationError as error:
        parts = _QUOTED.findall(str(error))
        raise BadFacts(MarkedText(_("写的不合这个动作该记的：{parts}"), {"parts": parts})) from error
