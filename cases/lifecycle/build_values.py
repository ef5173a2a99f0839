"""Make the values of an action of the fields that a door has loaded by the definition."""

from collections.abc import Mapping
from typing import Any

import msgspec

from cases.lifecycle import action_values
from cases.lifecycle.action_values import ActionValues
from core.errors import Invalid

#: What each step and act takes.
VALUES: Mapping[str, type[ActionValues]] = {
    "answer": action_values.OutcomeValues,
    "assign": action_values.AssignValues,
    "return": action_values.UnitReasonValues,
    "escalate": action_values.EscalateValues,
    "raise": action_values.RaiseValues,
    "send_down": action_values.ReasonValues,
    "resolve": action_values.OutcomeValues,
    "confirm": action_values.ConfirmValues,
    "reopen": action_values.ReopenValues,
    "close_reviewed": action_values.ReasonValues,
    "reject": action_values.RejectValues,
    "withdraw": action_values.WithdrawValues,
    "merge": action_values.MergeValues,
    "unmerge": action_values.ReasonValues,
    "void": action_values.ReasonValues,
    "accept": action_values.NoValues,
    "reassign": action_values.UnitReasonValues,
    "request_extension": action_values.ExtensionValues,
    "extend": action_values.ExtensionValues,
    "refuse_extension": action_values.ReasonValues,
    "request_reject": action_values.RejectValues,
    "refuse_reject": action_values.ReasonValues,
    "request_suspend": action_values.SuspendValues,
    "refuse_suspend": action_values.ReasonValues,
    "suspend": action_values.SuspendValues,
    "resume": action_values.OptionalReasonValues,
    "reply": action_values.ReplyValues,
    "attempt": action_values.AttemptValues,
    "unreachable": action_values.UnreachableValues,
    "join": action_values.JoinValues,
    "amend": action_values.AmendValues,
    "reissue_receipt": action_values.ReissueValues,
    "relate": action_values.RelateValues,
    "note": action_values.NoteValues,
    "add_words": action_values.AddWordsValues,
    "attach": action_values.AttachValues,
    "reveal": action_values.RevealValues,
}


def build_values(action: str, fields: Mapping[str, Any]) -> ActionValues:
    """Make the value of an action of the fields that a door has loaded; null is the same as left out.

    An action without code takes what the definition says; whether there is one of this name is asked where it
    would be done. Raises Invalid by field for what is missing or of another type.
    """
    if action not in VALUES:
        return action_values.OwnValues(given=_given(fields))
    try:
        return msgspec.convert(_given(fields), VALUES[action])
    except msgspec.ValidationError as error:
        raise Invalid(_problem(str(error))) from error


def _given(value: Any) -> Any:
    """Leave out what is null, also inside of objects and lists."""
    if isinstance(value, Mapping):
        return {name: _given(one) for name, one in value.items() if one is not None}
    return [_given(one) for one in value] if isinstance(value, list | tuple) else value


def _problem(said: str) -> dict[str, list[str]]:
    """Read which field the library refused: `… required field `x` - at `$.report``, `… - at `$.unit``."""
    what, _, place = said.partition(" - at ")
    path = place.strip("`").removeprefix("$").replace("[", ".").replace("]", "").strip(".")
    missing = what.split("`")[1] if "missing required field" in what else ""
    name = ".".join(part for part in (path, missing) if part)
    return {name or "action": ["required" if missing else "not_a_choice"]}
