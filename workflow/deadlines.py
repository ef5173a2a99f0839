"""Compute the due dates of clocks and profiles, and tell each in words.

A clock keeps a basis and the moves that changed its date since; its date is what `replay` makes of both.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from config.tables import Tables
from workflow.due_dates import due, replay
from workflow.explanation import explain

__all__ = ["ClockRule", "Profile", "choose_profile", "due", "explain", "replay", "rules_of"]


@dataclass(frozen=True, slots=True)
class ClockRule:
    """The length of a clock: so many working days (`wd`) or calendar days (`cd`)."""

    days: int
    unit: str


@dataclass(frozen=True, slots=True)
class Profile:
    """How long handling may take for some kind of matter, and by how much that may be extended."""

    code: str
    zh: str
    en: str
    days: int
    unit: str
    extensions: int = 0
    extension_days: int = 0
    extension_unit: str = ""
    urgencies: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    by_category: bool = False

    def fits(self, *, urgency: str, kind: str, category_profile: str, channel: str) -> bool:
        """Return whether everything that this profile asks for holds."""
        return (
            (not self.urgencies or urgency in self.urgencies)
            and (not self.kinds or kind in self.kinds)
            and (not self.channels or channel in self.channels)
            and (not self.by_category or category_profile == self.code)
        )


def rules_of(tables: Tables) -> tuple[dict[str, Profile], dict[str, ClockRule]]:
    """Return the profiles, in the order in which they are tried, and the named periods of the files."""
    profiles = {code: Profile(**asdict(row)) for code, row in tables.profiles.items()}
    periods = {name: ClockRule(row.days, row.unit) for name, row in tables.periods.items()}
    return profiles, periods


def choose_profile(
    profiles: Mapping[str, Profile], *, urgency: str, kind: str, category_profile: str, channel: str
) -> Profile:
    """Return the first profile that fits a matter; the last one of the files fits everything."""
    return next(
        profile
        for profile in profiles.values()
        if profile.fits(urgency=urgency, kind=kind, category_profile=category_profile, channel=channel)
    )
