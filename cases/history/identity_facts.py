"""What an entry of the history says about who somebody is; see `cases.history.facts`."""

from dataclasses import dataclass

from cases.history.fact_kinds import ComplainantId, Harmless, Identity
from cases.history.facts import ReasonFacts


@dataclass(frozen=True, kw_only=True)
class AmendIdentityFacts(ReasonFacts):
    """The name or the telephone of a complainant was corrected; a number stands here masked."""

    field: Harmless[str]
    complainant: ComplainantId
    before: Identity | None
    after: Identity
