"""Look at what a county calls codes: each word is read somewhere, and no two beside each other are the same.

Of two things with the same words, between which people choose, nobody could tell which one is meant.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from cases.intake.coded_actions import CHOICES, INTAKE_CHOICES
from config.marked_text import NOTHING, Bilingual, MarkedText
from config.marked_text import mark as _
from workflow.definition.fields import OPTIONAL
from workflow.definition.model import Definition, Word
from workflow.texts import labels
from workflow.texts.plurals import SAID_OF_SEVERAL, several

Problem = Callable[[tuple[str, ...], MarkedText], None]
Place = tuple[str, ...]
#: Things that stand beside each other on a page: the words of each, by its code, and where they are written.
Together = Mapping[str, tuple[Bilingual | Word, Place]]


def check_codes(definition: Definition, problem: Problem) -> None:
    """Note words for codes that there are not, and those that sentences could not be filled with."""
    for group, words in definition.words.items():
        if group not in labels.RENAMED:
            facts = {"group": group, "known": sorted(labels.RENAMED)}
            problem(("words", group), MarkedText(_("这一组的叫法不能换；能换的是 {known}"), facts))
            continue
        for code in words.keys() - labels.GROUPS[group].keys():
            facts = {"code": code, "known": sorted(labels.GROUPS[group])}
            problem(("words", group, code), MarkedText(_("没有 {code} 这个代码；可以写：{known}"), facts))
        for code, word in words.items():
            _check_blanks(group, code, word, problem)
            _check_many(group, code, word, problem)


def _check_blanks(group: str, code: str, word: Word, problem: Problem) -> None:
    """Note braces, which would be taken for blanks of the sentences; a pattern has its own once."""
    pattern = labels.PATTERNS.get((group, code), "")
    for language, written in word._asdict().items():
        if pattern and language != "many" and written.count(pattern) != 1:
            reason = MarkedText(_("要写一次 {blank}：那里填姓"), {"blank": pattern})
            problem(("words", group, code, language), reason)
        elif set("{}") & set(written.replace(pattern, "")):
            problem(("words", group, code, language), MarkedText(_("叫法里不能有花括号")))


def _check_many(group: str, code: str, word: Word, problem: Problem) -> None:
    """Note a word for several that no sentence says, or that the common rule makes anyway."""
    known = SAID_OF_SEVERAL.get(group, ())
    if word.many and code not in known:
        facts = {"code": code, "known": known or NOTHING}
        reason = MarkedText(_("没有一句话用英文说几个 {code}；这一组里能写 many 的是 {known}"), facts)
        problem(("words", group, code, "many"), reason)
    elif word.many and word.many == several(word.en):
        reason = MarkedText(_("不写也是 {many}，写了不起作用"), {"many": word.many})
        problem(("words", group, code, "many"), reason)


def check_distinct(data: Mapping[str, Any], definition: Definition, problem: Problem) -> None:
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
