"""How long a matter may be handled, by its profile (domain.md section 3)."""

from tests.model.matter import Matter

WORKS = frozenset({"roads", "irrigation", "building_land"})
#: Days and unit of the handling clock of each profile.
LENGTH = {
    "urgent": (3, "cd"),
    "consultation": (3, "wd"),
    "suggestion": (13, "wd"),
    "petition": (60, "cd"),
    "works": (60, "cd"),
    "village": (15, "wd"),
}
#: Days and unit of what the one extension of a profile may add; the others have none.
MORE_TIME = {"petition": (30, "cd"), "works": (30, "cd"), "village": (10, "wd")}


def profile_of(case: Matter) -> str:
    if case.urgency == "urgent":
        return "urgent"
    if case.kind in ("consultation", "suggestion", "opinion"):
        return "suggestion" if case.kind == "opinion" else case.kind
    if case.channel == "petition":
        return "petition"
    return "works" if case.category in WORKS else "village"
