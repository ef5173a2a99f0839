"""Find by trying which fields of a situation a question reads, and which of their values make a difference.

So a new guard, and a new field of `Situation`, are walked without a list that somebody has to extend.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache
from itertools import product
from typing import Any, cast, get_type_hints

from workflow.situation import Situation

#: A guard, or a condition of what can be: whatever it answers, the answers alone are compared.
Question = Callable[[Situation], Any]

#: The day of every situation. Nothing that is counted in days reaches over `AGES`.
DAY = date(2026, 3, 2)
AGES = timedelta(days=1000)
PAST, FUTURE = DAY - AGES, DAY + AGES
#: Higher than any limit that a guard counts up to; a test asks each guard whether it is.
COUNTS = range(4)
#: What a text stands for that says what is missing.
SOMETHING = "something"

#: The first value of each is how a matter begins.
VALUES_OF_TYPES: Mapping[Any, tuple[Any, ...]] = {
    bool: (False, True),
    bool | None: (None, False, True),
    int: tuple(COUNTS),
    date: (DAY, PAST, FUTURE),
    date | None: (None, PAST, DAY, FUTURE),
    str | None: (None, SOMETHING),
}
#: What says whose situation it is and when: the walk goes through these itself.
GIVEN: Mapping[str, Any] = {"state": "", "today": DAY, "roles": frozenset(), "relations": frozenset()}


@lru_cache(maxsize=1)
def values_of_fields() -> dict[str, tuple[Any, ...]]:
    """Return the values of each field that varies, by its type; KeyError for a type that has none."""
    hints = get_type_hints(Situation)
    return {name: VALUES_OF_TYPES[kind] for name, kind in hints.items() if name not in GIVEN}


@lru_cache(maxsize=1)
def plain_situation() -> Situation:
    """Return the situation in which every field is as a matter begins."""
    begins = {"round": 1, "complainants": 1, "unanswered": 1, "unvisited": 1}
    first = {name: values[0] for name, values in values_of_fields().items()}
    return Situation(**{**first, **begins, **GIVEN})


@lru_cache(maxsize=512)
def fields_read(question: Question) -> frozenset[str]:
    """Return the fields of a situation that a question reads, on whatever branch."""
    found = frozenset[str]()
    while True:
        seen = set(found)
        for situation in _vary(found):
            question(cast("Situation", _Recorder(situation, seen)))
        if seen == found:
            return found - GIVEN.keys()
        found = frozenset(seen)


def answers(question: Question, field: str, value: Any) -> tuple[Any, ...]:
    """Return what a question answers while one field has a value and the others that it reads have all."""
    others = fields_read(question) - {field}
    return tuple(question(situation._replace(**{field: value})) for situation in _vary(others))


def values_that_differ(field: str, values: Iterable[Any], questions: Iterable[Question]) -> dict[Any, Any]:
    """Return for each value the first one of which all questions say the same, whatever else is so.

    Days are apart from none: they pass.
    """
    asked = [question for question in questions if field in fields_read(question)]
    first: dict[tuple[Any, ...], Any] = {}
    return {
        value: first.setdefault(
            (isinstance(value, date), *(answers(question, field, value) for question in asked)), value
        )
        for value in values
    }


def _vary(fields: Iterable[str]) -> Iterator[Situation]:
    """Yield the plain situation with every combination of the values of some fields."""
    values = values_of_fields()
    varied = sorted(set(fields) & values.keys())
    for combination in product(*(values[name] for name in varied)):
        yield plain_situation()._replace(**dict(zip(varied, combination, strict=True)))


class _Recorder:
    """Answer as a situation does, and note which fields were asked for."""

    def __init__(self, situation: Situation, seen: set[str]) -> None:
        self._situation, self._seen = situation, seen

    def __getattr__(self, name: str) -> Any:
        self._seen.add(name)
        return getattr(self._situation, name)
