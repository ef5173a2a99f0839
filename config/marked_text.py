"""A sentence to be translated where it is read: a Chinese text, marked, with its facts by name."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Translate = Callable[[str], str]


def mark(text: str) -> str:
    """Mark a text for translation; whoever shows it translates."""
    return text


class MessageWithLimits(str):
    """A message that is looked up with its blanks; whoever translates it fills some of them in."""

    limits: Mapping[str, object]

    def __str__(self) -> str:
        return self.fill(self[:])

    def fill(self, translated: str) -> str:
        """Return a translation of the message with the limits in their blanks; other blanks stay."""
        for name, limit in self.limits.items():
            translated = translated.replace(f"{{{name}}}", str(limit))
        return translated


def with_limits(message: str, **limits: object) -> str:
    """Return a message that names limits of the code, each in a blank, instead of repeating them.

    It goes wherever a message goes and is looked up like any other. Not for what is kept in a database: what
    is read back from there has lost its limits.
    """
    named = MessageWithLimits(message)
    named.limits = limits
    return named


#: The catalogue of each language answers with the name of its language.
LANGUAGE = mark("zh")
COMMA = mark("、")
NOTHING = "—"


class Bilingual(NamedTuple):
    """The same words in Chinese and in English."""

    zh: str
    en: str


@dataclass(frozen=True)
class MarkedText:
    """A sentence to be translated, and what stands in its braces.

    A fact is a text, a number, a day, a name in both languages, another such sentence, or several of these.
    """

    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.in_words(str)

    def in_words(self, translate: Translate) -> str:
        """Return the sentence in a language."""
        facts = {name: _in_words(fact, translate) for name, fact in self.facts.items()}
        return translate(self.text).format(**facts)

    def to_json(self) -> dict[str, Any]:
        """Return it in a form that JSON holds and `from_json` reads; days and such become texts."""
        return {"text": self.text, "facts": {name: _to_json(fact) for name, fact in self.facts.items()}}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "MarkedText":
        """Return what `to_json` wrote."""
        return cls(stored["text"], {name: _from_json(fact) for name, fact in stored["facts"].items()})


def _in_words(fact: Any, translate: Translate) -> str:
    if isinstance(fact, MarkedText):
        return fact.in_words(translate)
    if isinstance(fact, Bilingual):
        return fact.zh if translate(LANGUAGE) == "zh" else fact.en
    if _is_several(fact):
        return translate(COMMA).join(_in_words(one, translate) for one in fact) or NOTHING
    return NOTHING if fact is None else str(fact)


def _to_json(fact: Any) -> Any:
    if isinstance(fact, MarkedText):
        return fact.to_json()
    if isinstance(fact, Bilingual):
        return fact._asdict()
    if _is_several(fact):
        return [_to_json(one) for one in fact]
    return fact if fact is None or isinstance(fact, int) else str(fact)


def _from_json(stored: Any) -> Any:
    if isinstance(stored, Mapping):
        return Bilingual(**stored) if "zh" in stored else MarkedText.from_json(stored)
    return [_from_json(one) for one in stored] if isinstance(stored, list) else stored


def _is_several(fact: Any) -> bool:
    return isinstance(fact, Collection) and not isinstance(fact, str | bytes)
