"""What an entry of the history says: a value for each action, through which everybody writes and reads it.

The names of the fields are the keys in the database and stay for ever. Each field says by its type what it
is: free words, a reference to something that has rights of its own, or harmless (`fact_kinds`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from msgspec import UNSET, UnsetType

from cases.history.fact_kinds import (
    CaseNumber,
    ComplainantId,
    ComplainantKey,
    Digest,
    DueDates,
    FileDigest,
    Harmless,
    UnitCode,
    UserId,
    Words,
)


@dataclass(frozen=True)
class ReplyFact:
    """One reply of an entry: to whom, whether it was final, how it was told, and a digest of its words."""

    complainant: ComplainantId
    final: Harmless[bool]
    channel: Harmless[str]
    words: Digest


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What every entry may say beside its action; a field that is left out has no key in the database."""


@dataclass(frozen=True, kw_only=True)
class RegisterFacts(Facts):
    """A matter was taken down: whose it is, digests of the words and answers, files, and whom it is about.

    By its `number` a case is still called whose row somebody deleted; entries of earlier versions have none.
    """

    complainants: tuple[ComplainantId, ...]
    number: CaseNumber | UnsetType = UNSET
    words: Digest
    answers: Mapping[Harmless[str], Digest] | UnsetType = UNSET
    attachments: Mapping[Harmless[str], FileDigest] | UnsetType = UNSET
    named_units: tuple[UnitCode, ...] | UnsetType = UNSET
    named_users: tuple[UserId, ...] | UnsetType = UNSET
    named_words: tuple[Words, ...] | UnsetType = UNSET


@dataclass(frozen=True, kw_only=True)
class OutcomeFacts(Facts):
    """The round has an outcome (answer, resolve), with the replies that came with it."""

    outcome: Harmless[str]
    promised_on: Harmless[date] | UnsetType = UNSET
    replies: tuple[ReplyFact, ...] | UnsetType = UNSET


@dataclass(frozen=True, kw_only=True)
class ReplyFacts(Facts):
    """Somebody was told something."""

    replies: tuple[ReplyFact, ...]


@dataclass(frozen=True, kw_only=True)
class AssignFacts(Facts):
    """A unit became the owner; `binding` says that it cannot give the matter back."""

    unit: UnitCode
    binding: Harmless[bool]
    named_units: tuple[UnitCode, ...] | UnsetType = UNSET
    named_users: tuple[UserId, ...] | UnsetType = UNSET
    reply_owner: UnitCode | UnsetType = UNSET
    named_words: tuple[Words, ...] | UnsetType = UNSET
    settled_words: tuple[Words, ...] | UnsetType = UNSET


@dataclass(frozen=True, kw_only=True)
class NoFacts(Facts):
    """The action says everything (accept, note)."""


@dataclass(frozen=True, kw_only=True)
class ReasonFacts(Facts):
    """Why it was done."""

    reason: Words


@dataclass(frozen=True, kw_only=True)
class MovedReasonFacts(ReasonFacts):
    """Why it was done, and which dates it moved."""

    due_dates: DueDates = UNSET


@dataclass(frozen=True, kw_only=True)
class ReturnFacts(MovedReasonFacts):
    """A unit gave the matter back and said who ought to have it."""

    proposed_unit: UnitCode


@dataclass(frozen=True, kw_only=True)
class ReassignFacts(ReasonFacts):
    """Another unit became the owner."""

    unit: UnitCode
    reply_owner: UnitCode | UnsetType = UNSET


@dataclass(frozen=True, kw_only=True)
class EscalateFacts(MovedReasonFacts):
    """A matter was reported to a higher unit, with a written report of this number."""

    unit: UnitCode
    report: Words
    reply_owner: UnitCode | UnsetType = UNSET


@dataclass(frozen=True, kw_only=True)
class ExtensionRequestFacts(ReasonFacts):
    """More time was asked for."""

    due_on: Harmless[date]


@dataclass(frozen=True, kw_only=True)
class SuspensionRequestFacts(ReasonFacts):
    """The owner asked for the clock to stand still."""

    until: Harmless[date]


@dataclass(frozen=True, kw_only=True)
class SuspendFacts(MovedReasonFacts):
    """The handling clock stands still until a day."""

    until: Harmless[date]


@dataclass(frozen=True, kw_only=True)
class RungFacts(Facts):
    """A rung of a clock: fired, skipped for a higher one, or not applicable in this cycle.

    A `raise` that fired names the new owner; one that could not carries the code of what stood in the way.
    """

    clock: Harmless[str]
    cycle: Harmless[int]
    skipped: Harmless[bool]
    not_applicable: Harmless[bool] | UnsetType = UNSET
    reason: Harmless[str] | UnsetType = UNSET
    unit: UnitCode | UnsetType = UNSET
    due_dates: DueDates = UNSET
    reply_owner: UnitCode | UnsetType = UNSET


@dataclass(frozen=True, kw_only=True)
class ConfirmFacts(Facts):
    """A return visit to one complainant; without a rating where a record of attempts stands for it.

    `self_rated` says that it was none: a rating by a code that the handling unit knows.
    """

    complainant: ComplainantId
    rating: Harmless[str] | UnsetType = UNSET
    self_rated: Harmless[bool] | UnsetType = UNSET


@dataclass(frozen=True, kw_only=True)
class ReopenFacts(ReasonFacts):
    """The next round began; it keeps whose dissatisfaction, or whose demand by a code, it was."""

    complainant: ComplainantId | UnsetType = UNSET
    rating: Harmless[str] | UnsetType = UNSET


@dataclass(frozen=True, kw_only=True)
class RejectFacts(ReasonFacts):
    """A matter was not taken up, and everybody was told."""

    replies: tuple[ReplyFact, ...] | UnsetType = UNSET


@dataclass(frozen=True, kw_only=True)
class WithdrawFacts(Facts):
    """The complainants took the matter back, in these words, which this user recorded."""

    words: Words
    recorded_by: UserId
    due_dates: DueDates = UNSET


@dataclass(frozen=True, kw_only=True)
class MergeFacts(MovedReasonFacts):
    """A matter went up in another one, with its complainants."""

    into: CaseNumber
    complainants: tuple[ComplainantId, ...]


@dataclass(frozen=True, kw_only=True)
class AbsorbFacts(Facts):
    """Another matter went up in this one."""

    merged: CaseNumber
    complainants: tuple[ComplainantId, ...]
    due_dates: DueDates = UNSET


@dataclass(frozen=True, kw_only=True)
class UnmergeFacts(ReasonFacts):
    """A matter stands by itself again."""

    from_case: CaseNumber


@dataclass(frozen=True, kw_only=True)
class ReleaseFacts(Facts):
    """Another matter left this one."""

    released: CaseNumber
    complainants: tuple[ComplainantId, ...]


@dataclass(frozen=True, kw_only=True)
class TakeNamesFacts(Facts):
    """The matter that this one went up in was found to be about somebody, and so this one is."""

    from_case: CaseNumber
    named_units: tuple[UnitCode, ...] | UnsetType = UNSET
    named_users: tuple[UserId, ...] | UnsetType = UNSET
    named_words: tuple[Words, ...] | UnsetType = UNSET
    settled_words: tuple[Words, ...] | UnsetType = UNSET


@dataclass(frozen=True, kw_only=True)
class JoinFacts(Facts):
    """Somebody else raised the same matter."""

    complainant: ComplainantId
    words: Digest


@dataclass(frozen=True, kw_only=True)
class ComplainantReasonFacts(ReasonFacts):
    """Something was done about one complainant, and why (a new slip, a number shown)."""

    complainant: ComplainantId


@dataclass(frozen=True, kw_only=True)
class AddedWordsFacts(Facts):
    """A villager added something."""

    complainant: ComplainantId
    added: Digest


@dataclass(frozen=True, kw_only=True)
class RelateFacts(Facts):
    """Two matters have to do with each other, and why; older entries leave the reason with the relation."""

    to: CaseNumber
    reason: Words | UnsetType = UNSET


@dataclass(frozen=True, kw_only=True)
class AttachFacts(Facts):
    """Files were put with the matter, each with the hash of its content."""

    attachments: Mapping[Harmless[str], FileDigest] | UnsetType = UNSET


@dataclass(frozen=True, kw_only=True)
class RecalculatedFacts(Facts):
    """A notice of the working days moved dates of clocks and of replies."""

    year: Harmless[int]
    notice: Harmless[str]
    due_dates: DueDates = UNSET
    reply_dates: Mapping[ComplainantKey, tuple[Harmless[date], Harmless[date]]] | UnsetType = UNSET
