"""What an entry says when something that was written down was corrected, or forgotten; see `facts`."""

from dataclasses import dataclass
from datetime import date

from msgspec import UNSET, UnsetType

from cases.history.fact_kinds import (
    ComplainantId,
    Harmless,
    HouseholdId,
    Identity,
    UnitCode,
    UserId,
    Words,
)
from cases.history.facts import Facts, MovedReasonFacts, ReasonFacts


@dataclass(frozen=True, kw_only=True)
class AmendFacts(MovedReasonFacts):
    """A column of the case was corrected."""

    field: Harmless[str]
    before: Words
    after: Words


@dataclass(frozen=True, kw_only=True)
class AmendWordsFacts(AmendFacts):
    """The own words of a matter were corrected, often because they told who speaks: the former ones are read,
    with the reason beside them, by whoever may know who everybody on the matter is.
    """

    before: Identity


@dataclass(frozen=True, kw_only=True)
class AmendHouseholdFacts(ReasonFacts):
    """The household of a complainant was corrected; older entries do not say whose."""

    field: Harmless[str]
    complainant: ComplainantId | UnsetType = UNSET
    before: HouseholdId | None
    after: HouseholdId


@dataclass(frozen=True, kw_only=True)
class AmendNamedFacts(ReasonFacts):
    """A matter was found to be about somebody not named before, or whom a name means was settled."""

    field: Harmless[str]
    named_units: tuple[UnitCode, ...] | UnsetType = UNSET
    named_users: tuple[UserId, ...] | UnsetType = UNSET
    named_words: tuple[Words, ...] | UnsetType = UNSET
    settled_words: tuple[Words, ...] | UnsetType = UNSET


@dataclass(frozen=True, kw_only=True)
class AmendIdentityFacts(ReasonFacts):
    """The name or the telephone of a complainant was corrected; a number stands here masked."""

    field: Harmless[str]
    complainant: ComplainantId
    before: Identity | None
    after: Identity


@dataclass(frozen=True, kw_only=True)
class ForgetFacts(Facts):
    """Words and persons of the matter were forgotten; nothing of it had come in from the day `before` on.

    `entries` is how many entries had words beside them, `plain` how many of earlier versions keep theirs.
    """

    before: Harmless[date]
    entries: Harmless[int]
    plain: Harmless[int] | UnsetType = UNSET
