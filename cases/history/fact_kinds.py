"""What a fact of the history is: what a reader may see of it hangs on that, and nothing is said unasked."""

from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from datetime import date
from enum import Enum, StrEnum, auto
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

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


class Kept(Enum):
    """What is kept of a fact when the words of a person are forgotten, where its kind does not say it."""

    #: It goes with the words: whoever guesses them could prove by it that they were said.
    FORGETTABLE = auto()


#: A step into the facts of an entry as they stand in the database: a key or a place in a list.
Path = tuple[str | int, ...]
#: Kinds of facts that are personal words, kept beside the entry (domain.md section 5).
PERSONAL = frozenset({FactKind.FREE_WORDS, FactKind.IDENTITY})
#: The types of fields that were read, by what they are the fields of.
_HINTS: dict[Any, Mapping[str, Any]] = {}

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
#: A digest of words that stand elsewhere: it proves them, and tells nothing to whoever does not guess them.
Digest = Annotated[str, FactKind.HARMLESS, Kept.FORGETTABLE]
#: A digest of what a file holds; it stays when words are forgotten.
FileDigest = Annotated[str, FactKind.HARMLESS]
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


def personal_paths(hint: Any, stored: Any, path: Path = ()) -> Iterator[Path]:
    """Yield where personal words stand in facts that were written for the database, in order.

    `hint` is the type of the facts, `stored` the object of JSON that was made of them.
    """
    if stored is None or not holds_personal(hint):
        return
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        yield path
    elif origin in (Union, UnionType):
        for one in inner:
            yield from personal_paths(one, stored, path)
    elif isinstance(hint, type) and is_dataclass(hint):
        for name, one in hints_of(hint).items():
            yield from personal_paths(one, stored.get(name), (*path, name))
    elif isinstance(stored, Mapping):
        for key, value in stored.items():
            yield from personal_paths(inner[-1], value, (*path, key))
    else:
        for place, value in enumerate(stored):
            one = inner[0] if Ellipsis in inner else inner[place]
            yield from personal_paths(one, value, (*path, place))


def hints_of(facts: Any) -> Mapping[str, Any]:
    """Return the types of the fields of a value, with what marks them.

    To read them costs more than all that is done with them, so it is done once.
    """
    if facts not in _HINTS:
        _HINTS[facts] = get_type_hints(facts, include_extras=True)
    return _HINTS[facts]


def holds_personal(hint: Any) -> bool:
    """Return whether a value of this type may hold personal words."""
    return _holds(hint)


@cache
def _holds(hint: Any) -> bool:
    if get_origin(hint) is Annotated:
        told = get_args(hint)[1:]
        return Kept.FORGETTABLE in told or any(kind in PERSONAL for kind in told)
    whole = isinstance(hint, type) and is_dataclass(hint)
    inside = hints_of(hint).values() if whole else get_args(hint)
    return any(_holds(one) for one in inside)
