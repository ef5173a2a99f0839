"""What each step and act takes from whoever does it: a value for each action, checked for its types."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class ComplainantEntry:
    """Who raises a matter, as it was entered; anonymous without name, phone and household.

    `phone_as_written` says that a person was asked about a number that cannot be dialled and stands by it.
    """

    household: str | None = None
    name: str | None = None
    phone: str | None = None
    confidential: bool = False
    receipt_code: str | None = None
    phone_as_written: bool = False


@dataclass(frozen=True)
class ReplyEntry:
    """Words told to one complainant, and by which channel."""

    complainant: int
    channel: str
    text: str


@dataclass(frozen=True)
class WrittenReportEntry:
    """The written report (书面汇报) that an escalation needs."""

    number: str
    addressee: str
    sent_on: date


@dataclass(frozen=True)
class AttemptEntry:
    """One failed attempt to reach somebody; `at` is when, where it is told afterwards."""

    mode: str
    at: datetime | None = None
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class ActionValues:
    """What an action takes beside the case, the person and the moment."""


@dataclass(frozen=True, kw_only=True)
class NoValues(ActionValues):
    """Nothing (accept)."""


@dataclass(frozen=True, kw_only=True)
class ReasonValues(ActionValues):
    """Why."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class OptionalReasonValues(ActionValues):
    """Why, if anything is said of it (resume)."""

    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class OutcomeValues(ActionValues):
    """The outcome of a round, with the final replies that are told with it (answer, resolve)."""

    outcome: str
    promised_on: date | None = None
    replies: tuple[ReplyEntry, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AssignValues(ActionValues):
    """The unit that is to handle, by code; `binding` takes away its right to return the matter."""

    unit: str
    binding: bool = False
    named_units: tuple[str, ...] = ()
    named_users: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class UnitReasonValues(ReasonValues):
    """A unit by code, and why (return: the one proposed; reassign)."""

    unit: str


@dataclass(frozen=True, kw_only=True)
class EscalateValues(UnitReasonValues):
    """The higher unit, why, and the written report to it."""

    report: WrittenReportEntry


@dataclass(frozen=True, kw_only=True)
class RaiseValues(ActionValues):
    """The clock whose last rung raises the matter, and its cycle; only the sweep names them, no door."""

    clock: str | None = None
    cycle: int | None = None


@dataclass(frozen=True, kw_only=True)
class ConfirmValues(ActionValues):
    """A return visit to one complainant; nothing was heard where a record of attempts stands for it."""

    complainant: int
    heard: bool | None = None
    rating: str | None = None
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class ReopenValues(ReasonValues):
    """Why a matter begins again, and whose dissatisfaction it is."""

    complainant: int | None = None
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class RejectValues(ReasonValues):
    """Why a matter is not taken up, and what each complainant is told."""

    replies: tuple[ReplyEntry, ...] = ()


@dataclass(frozen=True, kw_only=True)
class WithdrawValues(ActionValues):
    """The words with which it is taken back, who recorded them, and whose they are by id."""

    words: str
    recorded_by: str
    complainants: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MergeValues(ReasonValues):
    """The number of the case that this one goes up in, and why."""

    into: str


@dataclass(frozen=True, kw_only=True)
class ExtensionValues(ReasonValues):
    """The later handling date, and why."""

    due_on: date


@dataclass(frozen=True, kw_only=True)
class SuspendValues(ReasonValues):
    """The day until which the handling clock stands still, and why."""

    until: date


@dataclass(frozen=True, kw_only=True)
class ReplyValues(ActionValues):
    """A reply to one complainant."""

    complainant: int
    channel: str
    text: str
    final: bool


@dataclass(frozen=True, kw_only=True)
class AttemptValues(ActionValues):
    """Whom somebody tried to reach in vain, in which way, and what happened."""

    complainant: int
    mode: str
    words: str


@dataclass(frozen=True, kw_only=True)
class UnreachableValues(ActionValues):
    """Whom nobody could reach, with words for the record, and attempts that are recorded with it."""

    complainant: int
    text: str = ""
    attempts: tuple[AttemptEntry, ...] = ()


@dataclass(frozen=True, kw_only=True)
class JoinValues(ActionValues):
    """A further complainant, with own words."""

    complainant: ComplainantEntry
    own_words: str


@dataclass(frozen=True, kw_only=True)
class AmendValues(ReasonValues):
    """The field that is corrected, its new value, and whose it is where a matter has several complainants."""

    field: str
    value: str
    complainant: int | None = None
    phone_as_written: bool = False


@dataclass(frozen=True, kw_only=True)
class OwnValues(ActionValues):
    """What an action of the county's own takes: what was entered, by the names of its fields."""

    given: Mapping[str, Any]


def with_phone_as_written(values: ActionValues) -> ActionValues:
    """Return values whose telephone is kept as it was written, because whoever wrote it was asked."""
    if isinstance(values, AmendValues):
        return replace(values, phone_as_written=True)
    if isinstance(values, JoinValues):
        return replace(values, complainant=replace(values.complainant, phone_as_written=True))
    return values


@dataclass(frozen=True, kw_only=True)
class ReissueValues(OptionalReasonValues):
    """Whose slip was lost."""

    complainant: int


@dataclass(frozen=True, kw_only=True)
class RelateValues(OptionalReasonValues):
    """The number of the case that this one has to do with."""

    to: str


@dataclass(frozen=True, kw_only=True)
class NoteValues(ActionValues):
    """An internal remark."""

    text: str


@dataclass(frozen=True, kw_only=True)
class AddWordsValues(ActionValues):
    """What a complainant adds."""

    complainant: int
    text: str


@dataclass(frozen=True, kw_only=True)
class AttachValues(ActionValues):
    """Files that were uploaded before, by id."""

    attachments: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RevealValues(ReasonValues):
    """Whose number is to be shown, and why."""

    complainant: int
