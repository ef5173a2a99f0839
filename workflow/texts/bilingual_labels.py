"""Name what a definition has in both languages at once, for texts whose reader is not known yet.

A code that the definition has not stands for itself: such codes are what a check of the records finds.
"""

from config.marked_text import Bilingual
from workflow.definition.model import Definition
from workflow.texts import labels


def state(definition: Definition, code: str | None) -> Bilingual | None:
    """Return the names of a state, or None for none."""
    found = definition.states.get(code or "")
    return _code(code) if found is None else Bilingual(found.zh, found.en)


def clock(definition: Definition, code: str | None) -> Bilingual | None:
    """Return the names of a clock, or None for none."""
    found = definition.clocks.get(code or "")
    return _code(code) if found is None else Bilingual(found.zh, found.en)


def action(definition: Definition, code: str) -> Bilingual:
    """Return the names of a step, an act, a rung or another entry of the history."""
    return Bilingual(labels.action(definition, code, "zh"), labels.action(definition, code, "en"))


def name(group: str, code: str) -> Bilingual:
    """Return the words of a code of a group of `labels`."""
    return Bilingual(labels.name(group, code, "zh"), labels.name(group, code, "en"))


def called(definition: Definition, group: str, code: str) -> Bilingual:
    """Return the words of a code of a group of `labels` as a definition calls it."""
    words = (labels.called(definition, group, code, language) for language in ("zh", "en"))
    return Bilingual(*words)


def _code(code: str | None) -> Bilingual | None:
    return None if code is None else Bilingual(code, code)
