"""The levels of areas and the kinds of installations; those of units are named in `config.vocabulary`."""

from enum import StrEnum

from config.vocabulary import UnitKind


class AreaLevel(StrEnum):
    """The level of an area, from the top down."""

    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"
    GROUP = "group"


class InstallationKind(StrEnum):
    """Whether an installation is for real or a sample to try and train with (domain.md section 1)."""

    LIVE = "live"
    SAMPLE = "sample"


#: The kinds of units that receive what is registered; without one of each nothing could be handled.
RECEIVING_KINDS = (UnitKind.TEAM, UnitKind.TOWNSHIP)
#: The kinds that receive a matter which is about all of those.
HIGHER_KINDS = (UnitKind.LEADING_GROUP,)


class ProposedAct(StrEnum):
    """What of a user's account waits for a second administrator."""

    ROLES = "roles"
    PASSWORD = "password"


class ProposalOutcome(StrEnum):
    """How a proposal ended: agreed to, not agreed to, taken back, or in the place of a later one."""

    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
