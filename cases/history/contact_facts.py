"""What an entry says of attempts to reach somebody, as values like those of `facts`."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from msgspec import UNSET, UnsetType

from cases.history.fact_kinds import ComplainantId, Harmless, Words
from cases.history.facts import Facts


@dataclass(frozen=True)
class TriedFact:
    """One attempt that was recorded together with the record of being unreachable."""

    mode: Harmless[str]
    words: Words


@dataclass(frozen=True, kw_only=True)
class AttemptFacts(Facts):
    """Somebody tried to reach a complainant, in vain: what it would have been for, how, and what happened."""

    complainant: ComplainantId
    stands_for: Harmless[str]
    mode: Harmless[str]
    words: Words


@dataclass(frozen=True, kw_only=True)
class UnreachableFacts(Facts):
    """One complainant could not be reached; it stands for their final reply or their return visit.

    `words` are those of the team leader who accepts it, `recorded` the attempts that were recorded with it.
    """

    complainant: ComplainantId
    stands_for: Harmless[str]
    attempts: Harmless[int]
    words: Words | UnsetType = UNSET
    recorded: tuple[TriedFact, ...] | UnsetType = UNSET

    def with_recorded(self, recorded: Iterable[TriedFact]) -> "UnreachableFacts":
        """Return the same with attempts, or without any as it is."""
        found = tuple(recorded)
        return replace(self, recorded=found) if found else self
