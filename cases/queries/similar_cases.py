"""Find open matters of a village that may be the one somebody is just writing down."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from accounts.access.actor import Actor
from cases.configuration.case_rules import CountyRules
from cases.queries.case_list import list_cases
from cases.queries.filter_values import find_known_area
from cases.queries.filters import in_states
from cases.vocabulary import OPEN_STATES

#: Only the newest are looked at: what was raised before them is hardly the same matter.
NEWEST = 200
SHOWN = 3
LEAST_WORDS = 4
#: The part of the written pairs of characters that must stand in the other matter too.
LEAST_ALIKE = 0.3


def find_similar(
    session: Session, *, actor: Actor, rules: CountyRules, village: str, words: str, now: datetime
) -> list[Mapping[str, Any]]:
    """Return at most three open cases of the village whose words are like these, the likest first.

    Alike is what shares pairs of neighbouring characters; nothing is found for fewer than four characters.
    """
    area = find_known_area(session, actor, village)
    written = pairs(words)
    if area is None or not is_enough(words) or not written:
        return []
    found = list_cases(
        session,
        actor=actor,
        rules=rules,
        filters={"village": area},
        now=now,
        where=[in_states(*OPEN_STATES)],
        limit=NEWEST,
    )
    scored = [(len(written & pairs(item["own_words"])) / len(written), item) for item in found.items]
    near = sorted((one for one in scored if one[0] >= LEAST_ALIKE), key=lambda one: -one[0])
    return [item for _, item in near[:SHOWN]]


def is_enough(words: str) -> bool:
    """Return whether enough is written to look for what is like it."""
    return len(words.strip()) >= LEAST_WORDS


def pairs(text: str) -> set[str]:
    """Return the pairs of neighbouring characters that stand in the words of a text."""
    kept = "".join(char if char.isalnum() else " " for char in text)
    return {word[at : at + 2] for word in kept.split() for at in range(len(word) - 1)}
