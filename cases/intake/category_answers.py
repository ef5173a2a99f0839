"""Keep what was answered to the questions of a category, and what the villager asks for.

Answers are taken down with the matter and stay as they are. They are words of the villager like any other and
are shown to whoever may see the case.
"""

import math
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from msgspec import UNSET, UnsetType

from cases.configuration.case_rules import CountyRules
from cases.lifecycle.change import Change
from cases.models.correspondence import CategoryAnswer
from config.questions import ASKS_FOR, Question
from core.chain import row_digest
from core.errors import Invalid
from core.text import clean, is_longer, problem_of_required
from workflow.limits import LARGEST_ANSWER

LONGEST = 1000  # characters
FIRST_YEAR, LAST_YEAR = 1900, 2199


def questions_of(rules: CountyRules, category: str) -> tuple[Question, ...]:
    """Return what is asked about a matter of a category: what the villager asks for, then the rest."""
    known = rules.categories.get(category)
    return (ASKS_FOR, *(known.questions if known is not None else ()))


def validate_answers(
    rules: CountyRules, category: str, given: Mapping[str, Any], *, imported: bool
) -> dict[str, Any]:
    """Return the answers as they are kept; raise Invalid by `answers.KEY` for what does not fit its question.

    Imported history may leave required questions unanswered, for nobody was asked.
    """
    questions = {question.key: question for question in questions_of(rules, category)}
    errors = {f"answers.{key}": ["unknown_question"] for key in given if key not in questions}
    kept: dict[str, Any] = {}
    for key, question in questions.items():
        if key not in given:
            if question.required and not imported:
                errors[f"answers.{key}"] = ["required"]
            continue
        try:
            kept[key] = VALIDATORS[question.kind](question, given[key])
        except _Unfit as unfit:
            errors[f"answers.{key}"] = [unfit.reason]
    if errors:
        raise Invalid(errors)
    return kept


def store(change: Change, answers: Mapping[str, Any]) -> dict[str, str] | UnsetType:
    """Keep the answers to a new case; give for its entry what shows later that they are the same."""
    if not answers:
        return UNSET
    change.new_rows += [
        CategoryAnswer(case_id=change.case.id, key=key, value=value) for key, value in answers.items()
    ]
    change.answers = dict(answers)
    return {key: answer_digest(key, value) for key, value in answers.items()}


def answer_digest(key: str, value: Any) -> str:
    """Return the digest by which an answer is known in the history."""
    return row_digest({"key": key, "value": value})


class _Unfit(Exception):
    """Say why an answer does not fit its question."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _text(question: Question, value: Any) -> str:
    del question
    if not isinstance(value, str):
        raise _Unfit("not_a_text")
    text = clean(value)
    problem = problem_of_required(text)
    if problem is not None:
        raise _Unfit(problem)
    if is_longer(text, LONGEST):
        raise _Unfit("length_out_of_range")
    return text


def _number(question: Question, value: Any) -> int | float:
    """Take a number that is not negative; a whole one stays whole, however it was written."""
    del question
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Unfit("not_a_number")
    if isinstance(value, float) and not math.isfinite(value):
        raise _Unfit("not_a_number")
    if not 0 <= value <= LARGEST_ANSWER:
        raise _Unfit("number_out_of_range")
    return int(value) if value == int(value) else value


def _choice(question: Question, value: Any) -> str:
    if not isinstance(value, str) or value not in {option.code for option in question.choices}:
        raise _Unfit("not_a_choice")
    return value


def _yes_no(question: Question, value: Any) -> bool:
    del question
    if not isinstance(value, bool):
        raise _Unfit("not_true_or_false")
    return value


def _date(question: Question, value: Any) -> str:
    del question
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        day = None
    if day is None:
        raise _Unfit("not_a_day")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise _Unfit("out_of_range")
    return day.isoformat()


VALIDATORS: Mapping[str, Callable[[Question, Any], Any]] = {
    "text": _text,
    "number": _number,
    "choice": _choice,
    "yes_no": _yes_no,
    "date": _date,
}
