"""No fixed sentence says how many days a county gives: it names the date, or is filled in where it is shown.

What stands in `deadlines.toml` and `workflow.toml` a county may change. Days that the code decides stand in a
sentence only beside their constant here.
"""

import re

import pytest

from accounts.sign_in import sessions
from cases.lifecycle import contact_attempts
from cases.lifecycle.effects import extensions
from config import county_days
from config.marked_text import Bilingual
from core.i18n import EN, translator
from tests.rules.test_translations import messages
from workflow import guards
from workflow.texts import guard_names, reasons

FIGURES = {figure: number for number, figure in enumerate("零一两三四五六七八九十")} | {"二": 2, "十五": 15}
WORDS = {"two": 2, "three": 3, "five": 5, "seven": 7, "eight": 8, "ten": 10, "fifteen": 15, "sixty": 60}
CHINESE = re.compile(r"(\d+|[一二两三四五六七八九十]+)\s*(?:个工作日|工作日|天|日内)")
ENGLISH = re.compile(rf"\b(\d+|{'|'.join(WORDS)})\s+(?:working days|calendar days|days)\b")
#: Sentences that say days which the code decides, by a part of them, with the constant.
DECIDED_BY_CODE = {
    "最多 90 天": extensions.LONGEST_SUSPENSION.days,
    "最多中止 90 天": extensions.LONGEST_SUSPENSION.days,
    "办完不超过 90 天": guards.REOPEN_WITHIN.days,
    "前后至少隔七天": contact_attempts.LEAST_SPAN.days,
    "七天不用再登录": sessions.OWN.days,
    "一个假期最多 31 天": county_days.LONGEST_HOLIDAY.days,
}
#: A day that is no period: the one that is meant, the first, the last.
ONE = re.compile(r"[这前哪那过行到]一天|第[一二]天|最后一天|选一个工作日")


def numbers(chinese: str, english: str) -> list[int]:
    """Return the days that a sentence says, in either language."""
    found = [FIGURES.get(one) or int(one) for one in CHINESE.findall(ONE.sub("", chinese))]
    return found + [WORDS.get(one) or int(one) for one in ENGLISH.findall(english)]


def sentences() -> dict[str, str]:
    """Return every sentence that is fixed in code or template, with its English."""
    english = translator(EN)
    return {chinese: english(chinese) for chinese in messages()} | {
        words.zh: words.en
        for module in (reasons, guard_names)
        for table in vars(module).values()
        if isinstance(table, dict)
        for words in table.values()
        if isinstance(words, Bilingual)
    }


def said_by_code(chinese: str) -> int | None:
    return next((days for part, days in DECIDED_BY_CODE.items() if part in chinese), None)


def test_no_sentence_says_days_that_a_county_decides() -> None:
    wrong = {
        chinese: said
        for chinese, english in sentences().items()
        if (said := numbers(chinese, english)) and set(said) != {said_by_code(chinese)}
    }
    assert wrong == {}


def test_every_sentence_that_says_days_of_the_code_is_there() -> None:
    texts = list(sentences())
    assert [part for part in DECIDED_BY_CODE if not any(part in text for text in texts)] == []


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("三个工作日内把进展告诉群众", "tell them"),
        ("十五天内还要再回话", "another word is due"),
        ("还要再回话", "another word is due within fifteen days"),
        ("办不了的 2 个工作日内可以退回", "return it"),
    ],
)
def test_days_in_a_sentence_are_found(chinese: str, english: str) -> None:
    assert numbers(chinese, english) != []
