"""What an entry says of an action that a county added to its life cycle by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from msgspec import UNSET, UnsetType

from cases.history.fact_kinds import DueDates, FileDigest, Harmless, UnitCode, UserId, Words
from cases.history.facts import Facts


@dataclass(frozen=True, kw_only=True)
class OwnFacts(Facts):
    """What was entered, each under the name of its field, by what the field holds, and the unit it went to.

    What the fields and their choices are called stands in the definition of the case.
    """

    words: Mapping[Harmless[str], Words] | UnsetType = UNSET
    dates: Mapping[Harmless[str], Harmless[date]] | UnsetType = UNSET
    choices: Mapping[Harmless[str], Harmless[str]] | UnsetType = UNSET
    numbers: Mapping[Harmless[str], Harmless[int | float]] | UnsetType = UNSET
    ticks: Mapping[Harmless[str], Harmless[bool]] | UnsetType = UNSET
    units: Mapping[Harmless[str], UnitCode] | UnsetType = UNSET
    users: Mapping[Harmless[str], UserId] | UnsetType = UNSET
    attachments: Mapping[Harmless[str], FileDigest] | UnsetType = UNSET
    unit: UnitCode | UnsetType = UNSET
    reply_owner: UnitCode | UnsetType = UNSET
    due_dates: DueDates = UNSET
