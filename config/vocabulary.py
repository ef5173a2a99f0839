"""The values that the files of a county name, and the whole program with them, in the order of the forms."""

from enum import StrEnum


class CaseKind(StrEnum):
    """What somebody wants who raises a matter."""

    PROBLEM = "problem"
    OPINION = "opinion"
    SUGGESTION = "suggestion"
    CONSULTATION = "consultation"
    HELP = "help"
    DISPUTE = "dispute"


class Urgency(StrEnum):
    """How pressing a matter is."""

    NORMAL = "normal"
    URGENT = "urgent"


class IntakeChannel(StrEnum):
    """The way by which a matter was raised."""

    VISIT = "visit"
    WALK_IN = "walk_in"
    PHONE = "phone"
    HOTLINE = "hotline"
    PETITION = "petition"
    LETTER = "letter"
    ONLINE = "online"


class UnitKind(StrEnum):
    """What kind of organisation a unit is."""

    TEAM = "team"
    COMMITTEE = "committee"
    TOWNSHIP = "township"
    DEPARTMENT = "department"
    LEADING_GROUP = "leading_group"
