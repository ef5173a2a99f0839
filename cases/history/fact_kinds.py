"""What a fact of the history is: what a reader may see of it hangs on that, and nothing is said unasked."""

from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from datetime import date
from enum import StrEnum
from types import NoneType
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from msgspec import UnsetType

T = TypeVar("T")


class FactKind(StrEnum):
    """What a fact is, when it is asked who may read it."""

    FREE_WORDS = "free_words"
    CASE = "case"
    UNIT = "unit"
    USER = "user"
    HOUSEHOLD = "household"
    COMPLAINANT = "complainant"
    #: Who somebody is: a name, a masked number.
    IDENTITY = "identity"
    HARMLESS = "harmless"


Words = Annotated[str, FactKind.FREE_WORDS]
CaseNumber = Annotated[str, FactKind.CASE]
UnitCode = Annotated[str, FactKind.UNIT]
UserId = Annotated[int, FactKind.USER]
HouseholdId = Annotated[int, FactKind.HOUSEHOLD]
ComplainantId = Annotated[int, FactKind.COMPLAINANT]
Identity = Annotated[str, FactKind.IDENTITY]
#: An id as the key of a JSON object, which is a text.
ComplainantKey = Annotated[str, FactKind.COMPLAINANT]
Harmless = Annotated[T, FactKind.HARMLESS]
#: A digest of words that stand elsewhere: it proves them and tells nothing.
Digest = Annotated[str, FactKind.HARMLESS]
#: The dates of clocks, by their names, before and after.
DueDates = Mapping[Harmless[str], tuple[Harmless[date], Harmless[date]]] | UnsetType


class UnknownKind(TypeError):
    """Say that the type of a field does not tell, once and exactly, what the fact is."""


def kinds_of(facts: type) -> Mapping[str, frozenset[FactKind]]:
    """Return for each field of a value all kinds of what stands in it; raise UnknownKind for one without.

    A field that holds a dataclass, a list or a mapping has the kinds of everything that is inside.
    """
    hints = get_type_hints(facts, include_extras=True)
    return {name: frozenset(_kinds(hint, f"{facts.__name__}.{name}")) for name, hint in hints.items()}


def _kinds(hint: Any, place: str) -> Iterator[FactKind]:
    if get_origin(hint) is Annotated:
        told = [extra for extra in get_args(hint)[1:] if isinstance(extra, FactKind)]
        if len(told) != 1:
            raise UnknownKind(place)
        yield told[0]
    elif is_dataclass(hint) and isinstance(hint, type):
        for kinds in kinds_of(hint).values():
            yield from kinds
    else:
        inner = [one for one in get_args(hint) if one not in (UnsetType, NoneType, Ellipsis)]
        if not inner:
            raise UnknownKind(place)
        for one in inner:
            yield from _kinds(one, place)
