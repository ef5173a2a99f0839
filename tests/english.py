"""Read in English what the program says of a fault, for the tests that name a part of it."""

from typing import Protocol

from config.marked_text import Translate
from core.i18n import translator

ENGLISH = translator("en")


class Said(Protocol):
    """Whatever says itself in a language."""

    def in_words(self, translate: Translate) -> str:
        """Return it in a language."""


def in_english(*said: Said) -> str:
    """Return each in English, one a line."""
    return "\n".join(one.in_words(ENGLISH) for one in said)
