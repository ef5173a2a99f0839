"""Refuse the same words for two things between which people choose: nobody could tell which one is meant."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from cases.intake.coded_actions import CHOICES, INTAKE_CHOICES
from config.marked_text import Bilingual, MarkedText
from config.marked_text import mark as _
from workflow.definition.fields import OPTIONAL
from workflow.definition.model import Definition
from workflow.texts import labels

Problem = Callable[[tuple[str, ...], MarkedText], None]
Place = tuple[str, ...]
#: Things that stand beside each other on a page: the words of each, by its code, and where they are written.
Together = Mapping[str, tuple[Bilingual, Place]]


def check_words(data: Mapping[str, Any], definition: Definition, problem: Problem) -> None:
    """Note in each language two states, values of a choice or fields of an action with the same words."""
    for together in _standing_together(data, definition):
        for language in Bilingual._fields:
            first: dict[str, str] = {}
            for code, (words, place) in together.items():
                said = getattr(words, language)
                if said in first:
                    facts = {"words": said, "other": first[said]}
                    problem(
                        (*place, language), MarkedText(_("「{words}」已经是 {other} 的叫法，分不清"), facts)
                    )
                first.setdefault(said, code)


def _standing_together(data: Mapping[str, Any], definition: Definition) -> Iterator[Together]:
    yield {
        code: (Bilingual(state.zh, state.en), ("states", code)) for code, state in definition.states.items()
    }
    for choice in (*CHOICES.values(), *INTAKE_CHOICES.values()):
        own = definition.words.get(choice.group, {})
        yield {
            code: (own.get(code, labels.GROUPS[choice.group][code]), ("words", choice.group, code))
            for code in (map(str, choice.values) if choice.group else ())
        }
    for entry, field in data.get("fields", {}).items():
        yield {
            value: (Bilingual(words["zh"], words["en"]), ("fields", entry, "words", value))
            for value, words in field.get("words", {}).items()
        }
    for kind in ("steps", "acts"):
        for action in data.get(kind, {}).values():
            yield _fields_of(action.get("fields", ()), data["fields"])


def _fields_of(named: Sequence[str], fields: Mapping[str, Mapping[str, Any]]) -> Together:
    entries = [word.removesuffix(OPTIONAL) for word in named]
    return {
        entry: (Bilingual(fields[entry]["zh"], fields[entry]["en"]), ("fields", entry))
        for entry in entries
        if "zh" in fields[entry]
    }
