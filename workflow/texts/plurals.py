"""Say in English of several what is said of one: by the common rule, where no file has another word."""

from collections.abc import Mapping

from accounts.access.permissions import Role
from accounts.vocabulary import AreaLevel
from config.vocabulary import UnitKind

HISSES = ("s", "x", "z", "ch", "sh")
VOWELS = ("a", "e", "i", "o", "u")
#: The codes of which a sentence speaks in English as of several; of others it would be read nowhere.
SAID_OF_SEVERAL: Mapping[str, tuple[str, ...]] = {
    "level": (AreaLevel.TOWNSHIP, AreaLevel.VILLAGE, AreaLevel.GROUP),
    "unit_kind": (UnitKind.TEAM,),
    "role": (Role.COORDINATOR, Role.AUDITOR, Role.LEADER, Role.VILLAGER),
    "term": ("complainant", "household"),
}


def several(word: str) -> str:
    """Return an English noun for several, as the common rule makes it: wards, branches, counties."""
    if word.lower().endswith(HISSES):
        return f"{word}es"
    if word[-1:].lower() == "y" and word[-2:-1].lower() not in VOWELS:
        return f"{word[:-1]}ies"
    return f"{word}s"


def of_several(word: str, apostrophe: str) -> str:
    """Return a word for several with the apostrophe of what belongs to them: readers', children's."""
    return f"{word}{apostrophe}s" if apostrophe and not word.lower().endswith("s") else f"{word}{apostrophe}"
