"""Fill in the sentences about an entry's facts with names, days and words instead of ids and codes."""

import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date
from functools import cache
from typing import Any

from msgspec import UNSET

from cases.history.contact_facts import TriedFact
from cases.history.fact_kinds import FactKind, kinds_of
from cases.history.facts import ExtensionRequestFacts, ReplyFact
from cases.history.facts_json import KINDS
from cases.queries.fact_names import FactNames
from core.i18n import mark as _
from web.framework.request_context import PageRequest
from web.timeline.fact_words import (
    ATTEMPT_FOR,
    FIELDS,
    KEYS,
    NOT_RAISED,
    SENTENCES,
    STANDS_FOR,
    VOCABULARY,
    Sentence,
)
from workflow.definition.model import Definition
from workflow.texts import labels

#: A reply or an attempt inside facts is told like facts, with sentences of its own.
FIELD_KINDS: Mapping[type[Any], Mapping[str, frozenset[FactKind]]] = {
    **KINDS,
    ReplyFact: kinds_of(ReplyFact),
    TriedFact: kinds_of(TriedFact),
}
#: What is said of a code that no vocabulary names: somebody changed the database, or the file that had it.
UNKNOWN = _("不认识的内容")
SOME_UNIT = _("有关单位")
SOME_USER = _("有关的人")
SOMEBODY = _("一位{role.villager}")
HOUSEHOLD = _("{group} {level.group} {number} {term.household}")
AND = _("、")
#: Columns of a case whose codes have names, and the facts that hold such a code when one was corrected.
CODED = frozenset({"category", "kind", "urgency"})
AMENDED_VALUES = frozenset({"before", "after"})
#: Lists of people of whom the number is told: those who left with a merge are not known here any more.
COUNTED = "complainants"
#: Codes that only entries of the history have.
OWN: Mapping[str, Mapping[str, str]] = {
    "stands_for": STANDS_FOR,
    "attempt_for": ATTEMPT_FOR,
    "field": FIELDS,
    "not_raised": NOT_RAISED,
}


class FactRenderer:
    """The sentences about facts of a case for one reader, who knows these families and names."""

    def __init__(
        self, page_request: PageRequest, families: Mapping[int, str], names: FactNames, definition: Definition
    ) -> None:
        self.page_request = page_request
        self.families = families
        self.names = names
        self.definition = definition

    @property
    def several(self) -> bool:
        """Return whether more than one complainant stands on the case, so that it must say who is meant."""
        return len(self.families) > 1

    def render(
        self, facts: Any, *, hidden: frozenset[str] = frozenset(), beside: Mapping[str, str] | None = None
    ) -> Iterator[str]:
        """Yield the sentences about facts, the special ones first; `beside` fills in what is no fact."""
        known = {name: text for name, text in (beside or {}).items() if text}
        for each in fields(facts):
            if each.name not in hidden and (text := self._text(facts, each.name)):
                known[each.name] = text
        for kind in type(facts).__mro__:
            for sentence in SENTENCES.get(kind, ()):
                if sentence.several and not self.several:
                    continue
                if sentence.when is None or sentence.when(facts):
                    yield from self._each(facts, sentence) if sentence.each else self._one(sentence, known)

    def family(self, complainant: int) -> str:
        """Name a complainant as the reader may know them."""
        return self.families.get(complainant) or self.page_request.translate(SOMEBODY)

    def unit(self, code: str) -> str:
        """Name a unit."""
        return self.names.units.get(code) or self.page_request.translate(SOME_UNIT)

    def user(self, user_id: int) -> str:
        """Name somebody with an account."""
        return self.names.users.get(user_id) or self.page_request.translate(SOME_USER)

    def _one(self, sentence: Sentence, known: Mapping[str, str]) -> Iterator[str]:
        blanks = blanks_of(sentence)
        if blanks <= known.keys():
            yield self.page_request.say(sentence.words, **{name: known[name] for name in blanks})

    def _each(self, facts: Any, sentence: Sentence) -> Iterator[str]:
        moved = getattr(facts, sentence.each)
        for key, (before, after) in sorted({} if moved is UNSET else moved.items()):
            if before == after:  # it was counted anew and stayed
                continue
            named = self._clock(key) if KEYS[sentence.each] == "clock" else self.family(int(key))
            yield self.page_request.say(
                sentence.words,
                before=self.page_request.deadline(before),
                after=self.page_request.deadline(after),
                **{KEYS[sentence.each]: named},
            )

    def _text(self, facts: Any, name: str) -> str:
        """Return the words for one fact, or nothing for one that has no words of its own."""
        value = getattr(facts, name)
        if value is UNSET or value is None or isinstance(value, (bool, Mapping)):
            return ""
        for kind in type(facts).__mro__:
            if (kind, name) in VOCABULARY:
                return self._word(VOCABULARY[kind, name], value)
        (what, *others) = FIELD_KINDS[type(facts)][name]
        if others:
            return ""
        if name == COUNTED:
            return str(len(value))
        return self._joined([self._named(what, facts, name, one) for one in _all(value)])

    def _named(self, what: FactKind, facts: Any, name: str, value: Any) -> str:
        if what is FactKind.UNIT:
            return self.unit(value)
        if what is FactKind.USER:
            return self.user(value)
        if what is FactKind.COMPLAINANT:
            return self.family(value)
        if what is FactKind.HOUSEHOLD:
            return self._household(value)
        if isinstance(value, date):
            is_deadline = isinstance(facts, ExtensionRequestFacts)
            return self.page_request.deadline(value) if is_deadline else self.page_request.day(value)
        if name in AMENDED_VALUES and getattr(facts, "field", None) in CODED:
            words = self.page_request.called(facts.field, value)
            return words if words != value else self.page_request.translate(UNKNOWN)
        return str(value)

    def _household(self, household: int) -> str:
        if household not in self.names.households:
            return self.page_request.translate(SOMEBODY)
        group, number = self.names.households[household]
        return self.page_request.say(HOUSEHOLD, group=group, number=number)

    def _word(self, group: str, code: str) -> str:
        """Name a code; one that no vocabulary has is told as unknown, for no code is for people to read."""
        own = OWN.get(group, {})
        if code in own:
            return self.page_request.translate(own[code])
        if group == "clock":
            return self._clock(code)
        known = labels.GROUPS.get("reason" if group == "not_raised" else group, {})
        if code not in known:
            return self.page_request.translate(UNKNOWN)
        named = "reason" if group == "not_raised" else group
        return labels.called(self.definition, named, code, self.page_request.language)

    def _clock(self, code: str) -> str:
        if code not in self.definition.clocks:
            return self.page_request.translate(UNKNOWN)
        return labels.clock(self.definition, code, self.page_request.language)

    def _joined(self, texts: Sequence[str]) -> str:
        return self.page_request.translate(AND).join(texts)


def blanks_of(sentence: Sentence) -> frozenset[str]:
    """Name the blanks in a sentence that facts fill in; its nouns, such as `{term.complainant}`, are none."""
    return _blanks(sentence.words)


@cache
def _blanks(words: str) -> frozenset[str]:
    return frozenset(name for _, name, _, _ in string.Formatter().parse(labels.NOUN.sub("", words)) if name)


def _all(value: Any) -> Sequence[Any]:
    return value if isinstance(value, tuple) else (value,)
