"""Say what somebody has to do before anything else: choose a password, set a second factor up.

Pages and calls ask here, so that no token leads past what a page would ask for. In a sample nothing is asked
(domain.md section 1).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from config.profiles import ORDINARY, SecurityProfile


class FirstStep(StrEnum):
    """What is missing, in the order in which it is asked for."""

    PASSWORD = "password_given"
    SECOND_FACTOR = "second_factor_missing"


@dataclass(frozen=True)
class EntryFacts:
    """What is known of whoever comes in: who chose the password, and whether there is a second factor.

    `vouched` says that a second factor was given at the provider that let the person in.
    `password_since` is the day on which the password was chosen; None for whoever has none.
    """

    password_given: bool
    has_second_factor: bool
    postponed_until: date | None
    password_since: date | None = None
    vouched: bool = False

    @property
    def lacks_factor(self) -> bool:
        """Return whether there is no second factor, neither here nor at the provider."""
        return not self.has_second_factor and not self.vouched


@dataclass(frozen=True)
class EntryRules:
    """What an installation asks for today; `factor_roles` are those that must have a second factor."""

    factor_roles: Collection[str]
    is_sample: bool
    today: date
    profile: SecurityProfile = ORDINARY


def password_since(has_password: bool, set_at: datetime | None, created_at: datetime) -> date | None:
    """Return since when a password is in use, at the latest; None for whoever has none."""
    return (set_at or created_at).date() if has_password else None


def is_factor_required(roles: frozenset[str], rules: EntryRules) -> bool:
    """Return whether one of the roles must have a second factor, postponed or not."""
    asked = {*rules.factor_roles, *rules.profile.factor_roles}
    return bool(roles.intersection(asked)) and not rules.is_sample


def is_password_old(facts: EntryFacts, rules: EntryRules) -> bool:
    """Return whether a password was in use for longer than the profile lets one be."""
    days = rules.profile.password_days
    return (
        days is not None
        and facts.password_since is not None
        and (rules.today - facts.password_since).days >= days
    )


def days_postponed(roles: frozenset[str], facts: EntryFacts, rules: EntryRules) -> int | None:
    """Return for how many days from today a missing second factor is not asked for; None where it is none."""
    until = facts.postponed_until
    waits = is_factor_required(roles, rules) and facts.lacks_factor and until is not None
    return (until - rules.today).days + 1 if waits and until is not None and until >= rules.today else None


def missing_step(roles: frozenset[str], facts: EntryFacts, rules: EntryRules) -> FirstStep | None:
    """Return what must be done before anything else, or None."""
    if rules.is_sample:
        return None
    if facts.password_given or is_password_old(facts, rules):
        return FirstStep.PASSWORD
    asked = is_factor_required(roles, rules) and facts.lacks_factor
    return FirstStep.SECOND_FACTOR if asked and days_postponed(roles, facts, rules) is None else None
