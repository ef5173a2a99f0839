"""Say how strict an installation is with accounts: as usual, or as GB/T 22239-2019 asks of level 2.

The usual rules are those of ASVS 5.0, which forbids rules of composition and passwords that must change by
the calendar; 等级保护 asks for both, so that one installation follows the one or the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

#: The three administrators of whom nobody is two, in a profile that separates them.
SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN = "system_admin", "security_admin", "audit_admin"
SEPARATE = frozenset({SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN})


@dataclass(frozen=True)
class SecurityProfile:
    """The rules for accounts that differ between profiles.

    `separates` says that three administrators take the place of one. A password has at least so many of four
    kinds of characters, lasts so many days, and is none of the last ones. A sign-in lasts so long, or so long
    without use, on a device of one's own too unless `own_devices`; after so many wrong passwords in so long
    the name is shut from that address.
    """

    name: str
    separates: bool
    least_kinds: int
    password_days: int | None
    remembered: int
    lasts: timedelta
    idle: timedelta
    own_devices: bool
    most_wrong: int
    wrong_within: timedelta

    @property
    def factor_roles(self) -> frozenset[str]:
        """Return the roles that must have a second factor whatever a setting says."""
        return SEPARATE if self.separates else frozenset()

    @property
    def first_roles(self) -> tuple[str, ...]:
        """Return the roles of the first administrator, who enters all others."""
        return (SECURITY_ADMIN,) if self.separates else ("admin",)

    def fits(self, roles: frozenset[str]) -> bool:
        """Return whether one person can hold these roles together in this profile."""
        if not self.separates:
            return not roles & SEPARATE
        return "admin" not in roles and (not roles & SEPARATE or len(roles) == 1)


ORDINARY = SecurityProfile(
    name="ordinary",
    separates=False,
    least_kinds=1,
    password_days=None,
    remembered=0,
    lasts=timedelta(hours=12),
    idle=timedelta(hours=2),
    own_devices=True,
    most_wrong=10,
    wrong_within=timedelta(minutes=15),
)
MLPS = SecurityProfile(
    name="mlps",
    separates=True,
    least_kinds=3,
    password_days=90,
    remembered=3,
    lasts=timedelta(hours=8),
    idle=timedelta(minutes=30),
    own_devices=False,
    most_wrong=5,
    wrong_within=timedelta(minutes=30),
)
PROFILES: Mapping[str, SecurityProfile] = MappingProxyType({one.name: one for one in (ORDINARY, MLPS)})
