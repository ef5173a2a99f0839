"""Translate what people read; message ids are the Chinese words, so that Chinese needs no catalogue."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

from config.marked_text import MessageWithLimits

Translate = Callable[[str], str]
ZH, EN = "zh", "en"
LANGUAGES = (ZH, EN)
CATALOGUES = Path(__file__).resolve().parent.parent / "translations"


def mark(message: str) -> str:
    """Mark a Chinese text for translation where it is written; it is translated where it is read."""
    return message


#: What is said of a date in a year without a notice, where it has a place of its own (domain.md section 2).
PROVISIONAL = mark("暂按周末推算")
PROVISIONAL_DATE = mark("{date}（暂按周末推算）")


def mark_provisional(text: str, *, provisional: bool, translate: Translate) -> str:
    """Return the words of a date, with what is said of one that the notice of a year may still move."""
    return translate(PROVISIONAL_DATE).format(date=text) if provisional else text


class Translator:
    """Look texts up in one catalogue; a text that is missing there stays Chinese."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        self._messages = messages

    def __call__(self, message: str) -> str:
        """Return the translation of a message id."""
        found = self._messages.get(message) or message[:]
        return message.fill(found) if isinstance(message, MessageWithLimits) else found


def catalogue(language: str, folder: Path = CATALOGUES) -> dict[str, str]:
    """Read the catalogue of a language: message ids and their translations, entries marked fuzzy left out."""
    place = folder / language / "LC_MESSAGES" / "messages.po"
    with place.open("rb") as stream:
        messages = read_po(stream, locale=language)
    return {
        message.id: message.string
        for message in messages
        if isinstance(message.id, str)
        and message.id
        and isinstance(message.string, str)
        and not message.fuzzy
    }


@cache
def translator(language: str) -> Translate:
    """Return the function that turns a Chinese message id into a language, `zh` or `en`.

    Raises ValueError for a language that there is no catalogue of.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no catalogue for {language!r}")
    return str if language == ZH else Translator(catalogue(language))
