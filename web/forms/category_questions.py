"""Ask the further questions of a category, read what was answered, and show it on the page of a case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cases.intake.category_answers import LONGEST, questions_of
from cases.vocabulary import FORGOTTEN
from config.questions import ASKS_FOR, Question
from core.i18n import mark as _
from core.normalization.visibility import is_blank
from web.forms.controls import YES, Choice, Control, Mistakes, typed_number
from web.forms.longest_texts import LONGEST_NUMBER
from web.framework.blueprint import Form, Typed
from web.framework.request_context import PageRequest

NO = "no"
PREFIX = "answers."
WISH = PREFIX + ASKS_FOR.key
#: How a form asks for each kind of answer.
CONTROLS: Mapping[str, str] = {
    "text": "long",
    "number": "number",
    "choice": "choice",
    "yes_no": "choice",
    "date": "date",
}


@dataclass(frozen=True)
class Answered:
    """One question with its answer in words; `said` tells that the words are the villager's."""

    question: str
    words: str
    said: bool


def controls_of(page_request: PageRequest, typed: Typed, mistakes: Mistakes) -> dict[str, Control]:
    """Return the controls of what is asked about the category that was typed, what is wanted first."""
    return {
        PREFIX + question.key: Control(
            name=PREFIX + question.key,
            kind="voice" if question is ASKS_FOR else CONTROLS[question.kind],
            label=_worded(page_request, question),
            hint=page_request.translate(_("照他说的写")) if question is ASKS_FOR else "",
            required=question.required,
            value=typed.get(PREFIX + question.key),
            choices=_choices(page_request, question),
            mistakes=mistakes.by_field.get(PREFIX + question.key, ()),
            longest=LONGEST_NUMBER if question.kind == "number" else LONGEST,
        )
        for question in questions_of(page_request.rules, typed.get("category"))
    }


def answers_in(page_request: PageRequest, form: Form) -> dict[str, Any]:
    """Return what a form answers, as a program would send it; what cannot be read stays as it was typed."""
    given = {}
    for question in questions_of(page_request.rules, form.get("category", "")):
        typed = form.get(PREFIX + question.key, "")
        if not is_blank(typed):
            given[question.key] = _read(question, typed)
    return given


def answered(page_request: PageRequest, category: str, answers: Mapping[str, Any]) -> list[Answered]:
    """Return the answers to a case in the order in which they are asked, what is no longer asked last."""
    asked = {question.key: question for question in questions_of(page_request.rules, category)}
    order = [key for key in asked if key in answers] + sorted(answers.keys() - asked.keys())
    return [
        _answered(page_request, asked.get(key) or _elsewhere(page_request, key), key, answers[key])
        for key in order
    ]


def _answered(page_request: PageRequest, question: Question | None, key: str, value: Any) -> Answered:
    if question is None:
        return Answered(key, _in_words(page_request, value), False)
    words = next((_worded(page_request, one) for one in question.choices if one.code == value), None)
    if words is None:
        is_day = question.kind == "date" and isinstance(value, str) and value != FORGOTTEN
        words = page_request.day(date.fromisoformat(value)) if is_day else _in_words(page_request, value)
    return Answered(_worded(page_request, question), words, question is ASKS_FOR)


def _elsewhere(page_request: PageRequest, key: str) -> Question | None:
    """Find a question that another category asks: the matter may have been put into another one since."""
    every = (one for category in page_request.rules.categories.values() for one in category.questions)
    return next((one for one in every if one.key == key), None)


def _in_words(page_request: PageRequest, value: Any) -> str:
    if isinstance(value, bool):
        return page_request.translate(_("是") if value else _("不是"))
    return str(value)


def _worded(page_request: PageRequest, one: Any) -> str:
    """Return the words of a question or of one of its choices in the reader's language."""
    words: str = one.zh if page_request.language == "zh" else one.en
    return words[:1].upper() + words[1:]


def _choices(page_request: PageRequest, question: Question) -> Sequence[Choice]:
    if question.kind == "yes_no":
        return [Choice(YES, page_request.translate(_("是"))), Choice(NO, page_request.translate(_("不是")))]
    return [Choice(one.code, _worded(page_request, one)) for one in question.choices]


def _read(question: Question, typed: str) -> Any:
    if question.kind == "number":
        return typed_number(typed)
    if question.kind == "yes_no":
        return {YES: True, NO: False}.get(typed, typed)
    return typed if question.kind == "text" else typed.strip()
