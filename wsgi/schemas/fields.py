"""The fields that bodies and queries are made of; each refuses with a reason code instead of a sentence.

marshmallow's own fields take too much: NUL and halves of characters in text, 5.9 and "5" as numbers, times
without a zone (threats.md section 1, finding 9). Every text here has a greatest length and every number a
range.
"""

import math
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields
from marshmallow.validate import Length, OneOf, Range

from cases.intake.category_answers import FIRST_YEAR, LAST_YEAR, LONGEST
from core.persistence.row_ids import LARGEST_ID
from core.text import clean, is_longer, problem_of, problem_of_name, problem_of_required
from workflow.limits import DECIMALS, LARGEST_ANSWER, LARGEST_NUMBER, LONGEST_TEXT

MOST_ANSWERS, LONGEST_KEY = 50, 40
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def says(reason: str, **more: str) -> Any:
    """Return the reason codes of a field instead of sentences; `reason` is that of a wrong type."""
    always = {"required": "required", "null": "null_not_allowed", "validator_failed": "invalid"}
    return {**always, "invalid": reason, "invalid_utf8": reason, "format": reason, "type": reason, **more}


class StrictSchema(Schema):
    """An object with exactly the declared members; anything else is refused."""

    error_messages = {"unknown": "unknown_member", "type": "not_an_object"}  # noqa: RUF012  # as the base


class TextLength(Length):
    """A greatest length that holds for a text as it is searched, too (`core.text.is_longer`)."""

    def __call__(self, value: Any) -> Any:
        """Return a text of a fitting length; raise ValidationError for another one."""
        super().__call__(value)
        if self.max is not None and is_longer(value, self.max):
            raise ValidationError(self.error or "")
        return value


class Text(fields.String):
    """Words as somebody wrote them: kept as sent, with line ends made LF.

    What is around them does not count towards `shortest`.
    """

    def __init__(self, *, shortest: int = 1, longest: int = LONGEST_TEXT, **rest: Any) -> None:
        within = TextLength(min=shortest, max=longest, error="length_out_of_range")
        super().__init__(validate=within, error_messages=says("not_a_text"), **rest)
        self.shortest = shortest

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **rest: Any) -> str:
        text = clean(super()._deserialize(value, attr, data, **rest))
        problem = problem_of_required(text)
        if problem is not None:
            raise ValidationError(problem)
        if len(text.strip()) < self.shortest:
            raise ValidationError("too_short")
        return text


class Name(fields.String):
    """A name, number or code: one line without signs that cannot be seen."""

    def __init__(self, *, longest: int = 64, **rest: Any) -> None:
        within = TextLength(min=1, max=longest, error="length_out_of_range")
        super().__init__(validate=within, error_messages=says("not_a_text"), **rest)
        self.longest = longest

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **rest: Any) -> str:
        text = super()._deserialize(value, attr, data, **rest)
        problem = problem_of_name(text, self.longest)
        if problem is not None:
            raise ValidationError(problem)
        return text


class OneOfField(fields.String):
    """One of a few codes."""

    def __init__(self, choices: Iterable[str], **rest: Any) -> None:
        one_of = OneOf(tuple(choices), error="not_a_choice")
        super().__init__(validate=one_of, error_messages=says("not_a_text"), **rest)


class JsonInteger(fields.Integer):
    """A whole number of a body: 3 and 3.0, but neither 3.5 nor true nor "3"."""

    def __init__(self, *, least: int = 1, most: int = LARGEST_ID, **rest: Any) -> None:
        within = Range(min=least, max=most, error="out_of_range")
        super().__init__(validate=within, error_messages=says("not_a_whole_number"), **rest)

    def _validated(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
            raise self.make_error("invalid", input=value)
        return int(value)


class JsonNumber(fields.Float):
    """A number of a body, on either side of zero: whole, or with no more than so many decimals."""

    def __init__(
        self,
        *,
        least: float = -LARGEST_NUMBER,
        most: float = LARGEST_NUMBER,
        whole: bool = False,
        **rest: Any,
    ) -> None:
        within = Range(min=least, max=most, error="number_beyond_limits")
        described: Any = {"metadata": {"type": "integer"}} if whole else {}
        super().__init__(validate=within, error_messages=says("not_a_number"), **described, **rest)
        self.whole = whole

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **rest: Any
    ) -> int | float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.make_error("invalid", input=value)
        if self.whole and value != int(value):
            raise ValidationError("not_a_whole_number")
        if round(value, DECIMALS) != value:
            raise ValidationError("too_many_decimals")
        return int(value) if value == int(value) else value


class QueryInteger(fields.Integer):
    """A whole number of a query, in plain digits."""

    def __init__(self, *, least: int, most: int, **rest: Any) -> None:
        within = Range(min=least, max=most, error="out_of_range")
        super().__init__(validate=within, error_messages=says("not_a_whole_number"), **rest)

    def _validated(self, value: Any) -> int:
        if not (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10):
            raise self.make_error("invalid", input=value)
        return int(value)


class JsonBoolean(fields.Boolean):
    """True or false of a body, and nothing that merely looks like it."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(error_messages=says("not_true_or_false"), **rest)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **rest: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class QueryBoolean(fields.Boolean):
    """The word true or false of a query."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(error_messages=says("not_true_or_false"), **rest)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **rest: Any) -> bool:
        if value not in ("true", "false"):
            raise self.make_error("invalid", input=value)
        return bool(value == "true")


class AwareDateTime(fields.AwareDateTime):
    """A time with an offset; without one nobody knows which moment is meant."""

    def __init__(self, **rest: Any) -> None:
        reasons = says("not_a_time_with_offset", invalid_awareness="not_a_time_with_offset")
        super().__init__(format="iso", error_messages=reasons, **rest)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **rest: Any
    ) -> datetime:
        if not isinstance(value, str) or not RFC_3339.fullmatch(value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        moment = super()._deserialize(value, attr, data, **rest)
        if not FIRST_YEAR < moment.year < LAST_YEAR:  # a year of room for the change to UTC
            raise ValidationError("out_of_range")
        return moment


class Date(fields.Date):
    """A day as YYYY-MM-DD; `described` says in the description of the API what else is asked of it."""

    def __init__(self, *, described: str = "", **rest: Any) -> None:
        said: Any = {"metadata": {"description": described}} if described else {}
        super().__init__(format="iso", error_messages=says("not_a_day"), **said, **rest)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **rest: Any) -> date:
        if not isinstance(value, str) or not ISO_DAY.fullmatch(value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        day = super()._deserialize(value, attr, data, **rest)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValidationError("out_of_range")
        return day


class ListField(fields.List[Any]):
    """A list with a greatest length."""

    def __init__(self, inner: fields.Field[Any], *, least: int = 0, most: int = 50, **rest: Any) -> None:
        within = Length(min=least, max=most, error="length_out_of_range")
        super().__init__(inner, validate=within, error_messages=says("not_a_list"), **rest)


class Nested(fields.Nested):
    """An object inside an object."""

    def __init__(self, shape: type[Schema], **rest: Any) -> None:
        super().__init__(shape, error_messages=says("not_an_object"), **rest)


class Answers(fields.Dict):
    """Answers by the keys of their questions; which there are, only the category tells."""

    def __init__(self, **rest: Any) -> None:
        kinds, bounds = ["string", "number", "boolean"], {"minimum": 0, "maximum": LARGEST_ANSWER}
        scalar = fields.Raw(metadata={"type": kinds, "maxLength": LONGEST, **bounds})
        described = {
            "description": "by question of the category; `asks_for` is what the villager wants done",
            "maxProperties": MOST_ANSWERS,
        }
        reasons = says("not_an_object")
        super().__init__(values=scalar, metadata=described, error_messages=reasons, **rest)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **rest: Any
    ) -> dict[str, Any]:
        del attr, data, rest
        if not isinstance(value, dict):
            raise self.make_error("invalid")
        if len(value) > MOST_ANSWERS:
            raise ValidationError("length_out_of_range")
        errors = {key: problem for key, given in value.items() if (problem := _problem_of_answer(key, given))}
        if errors:
            raise ValidationError({key: [problem] for key, problem in errors.items()})
        return dict(value)


def _problem_of_answer(key: str, given: Any) -> str | None:
    """Return the reason why nothing could be asked by this key, or why this is no answer to any question."""
    if problem_of_name(key, LONGEST_KEY):
        return "unknown_question"
    if isinstance(given, str):
        return problem_of(given) or ("length_out_of_range" if is_longer(given, LONGEST) else None)
    return None if isinstance(given, bool | int | float) else "not_a_choice"
