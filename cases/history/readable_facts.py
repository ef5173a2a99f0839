"""Decide what of an entry's facts a reader may see: an allow-list by the kind of each fact.

What a fact names has rights of its own. A kind without a row in `_PERMITTED` is hidden, and with a hidden
reference goes every free word beside it, for whoever wrote the reason may have named the same thing
(domain.md section 1, Roles; decision 0029).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, is_dataclass, replace
from types import NoneType
from typing import Annotated, Any, get_args, get_origin

from msgspec import UNSET, UnsetType

from cases.history.fact_kinds import FactKind, UnknownKind, hints_of
from cases.history.facts import Facts

#: What stands for a value that the reader may not see, until it is left out.
_HIDDEN: Any = object()
Reference = tuple[FactKind, Any]
_IDENTIFYING: dict[type[Facts], bool] = {}


@dataclass(frozen=True)
class KnownReferences:
    """What one reader may know of that facts name: cases by number, units by code, all others by id.

    `everything` is the program itself. `identities` are the complainants of whom the reader may know who they
    are, `everybody` says whether all on the case are among them. `households` says whether household, name
    and telephone in hand may be known; for one entry `about` finds it out.
    """

    cases: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    users: frozenset[int] = frozenset()
    complainants: frozenset[int] = frozenset()
    identities: frozenset[int] = frozenset()
    everybody: bool = False
    households: bool = False
    everything: bool = False

    def permits(self, kind: FactKind, value: Any) -> bool:
        """Return whether the reader may see a fact of this kind; a kind that nobody wrote down is hidden."""
        rule = _PERMITTED.get(kind)
        return rule is not None and (self.everything or rule(self, value))

    def about(self, facts: Facts) -> "KnownReferences":
        """Return the same for one entry: who a complainant is may be read by whoever may know that one."""
        if self.households or not is_identifying(facts):
            return self
        whose = complainants_of(facts)
        return replace(self, households=whose <= self.identities if whose else self.everybody)


_PERMITTED: Mapping[FactKind, Callable[[KnownReferences, Any], bool]] = {
    FactKind.HARMLESS: lambda known, value: True,
    FactKind.FREE_WORDS: lambda known, value: True,
    FactKind.CASE: lambda known, value: value in known.cases,
    FactKind.UNIT: lambda known, value: value in known.units,
    FactKind.USER: lambda known, value: value in known.users,
    FactKind.COMPLAINANT: lambda known, value: int(value) in known.complainants,
    FactKind.HOUSEHOLD: lambda known, value: known.households,
    FactKind.IDENTITY: lambda known, value: known.households,
}
#: What tells who somebody is.
IDENTIFYING = frozenset({FactKind.HOUSEHOLD, FactKind.IDENTITY})
#: What speaks for itself, so that nothing has to be known of it.
PLAIN = frozenset({FactKind.HARMLESS, FactKind.FREE_WORDS})


@dataclass(frozen=True)
class ReadableFacts:
    """Facts without what the reader may not see; `hidden` names the fields that lost something."""

    facts: Facts
    hidden: frozenset[str] = field(default_factory=frozenset)


def readable_facts(facts: Facts, known: KnownReferences) -> ReadableFacts:
    """Leave out of facts what a reader may not see, and the free words beside it.

    Members of lists and mappings are left out one by one; any other field is left out as a whole, as though
    the entry did not have it.
    """
    known = known.about(facts)
    narrowed: dict[str, Any] = {}
    lost: set[FactKind] = set()
    hints = hints_of(type(facts))
    for name, hint in hints.items():
        value = getattr(facts, name)
        kept, whole = _narrow(hint, value, known)
        if not whole:
            narrowed[name] = UNSET if kept is _HIDDEN else kept
            lost |= {kind for kind, one in _found(hint, value) if not known.permits(kind, one)}
    if not narrowed:
        return ReadableFacts(facts)
    beside = {FactKind.FREE_WORDS} if lost else set()
    if FactKind.CASE in lost:  # whom an entry names beside a case is named in that one
        beside |= {FactKind.UNIT, FactKind.USER}
    taken = [name for name, hint in hints.items() if beside & _kinds_in(hint)]
    narrowed |= {name: UNSET for name in taken if getattr(facts, name) is not UNSET}
    return ReadableFacts(replace(facts, **narrowed), frozenset(narrowed))


def is_identifying(facts: Facts) -> bool:
    """Return whether facts of this type tell who a complainant is: household, name or telephone."""
    kind = type(facts)
    if kind not in _IDENTIFYING:
        _IDENTIFYING[kind] = not IDENTIFYING.isdisjoint(_kinds_in(kind))
    return _IDENTIFYING[kind]


def references_of(facts: Facts) -> Iterator[Reference]:
    """List whatever facts name that has rights of its own, each with its kind."""
    for name, hint in hints_of(type(facts)).items():
        yield from (found for found in _found(hint, getattr(facts, name)) if found[0] not in PLAIN)


def complainants_of(facts: Facts) -> frozenset[int]:
    """Return the complainants whom facts name, as numbers."""
    return frozenset(int(value) for kind, value in references_of(facts) if kind is FactKind.COMPLAINANT)


def values_by_kind(told: Iterable[Facts]) -> dict[FactKind, set[Any]]:
    """Gather what several facts name, by kind; complainants as numbers, however they are written."""
    found: dict[FactKind, set[Any]] = {kind: set() for kind in FactKind}
    for facts in told:
        for kind, value in references_of(facts):
            found[kind].add(int(value) if kind is FactKind.COMPLAINANT else value)
    return found


def _kind_of(hint: Any) -> FactKind | None:
    """Find the kind that a type is marked with, if it is marked."""
    if get_origin(hint) is not Annotated:
        return None
    return next((extra for extra in get_args(hint)[1:] if isinstance(extra, FactKind)), None)


def _inner(hint: Any) -> list[Any]:
    """List the types inside a type, without what stands for something that is not there."""
    return [one for one in get_args(hint) if one not in (UnsetType, NoneType, Ellipsis)]


def _kinds_in(hint: Any) -> frozenset[FactKind]:
    """Return all kinds of what a value of a type may hold."""
    kind = _kind_of(hint)
    if kind is not None:
        return frozenset({kind})
    inside = hints_of(hint).values() if is_dataclass(hint) else _inner(hint)
    return frozenset().union(*map(_kinds_in, inside))


def _found(hint: Any, value: Any) -> Iterator[Reference]:
    """List what stands in a value, each with its kind."""
    if value is UNSET or value is None:
        return
    kind = _kind_of(hint)
    if kind is not None:
        yield kind, value
    elif is_dataclass(hint):
        for name, inner in hints_of(hint).items():
            yield from _found(inner, getattr(value, name))
    else:
        yield from (one for inner, part in _parts(hint, value) for one in _found(inner, part))


def _narrow(hint: Any, value: Any, known: KnownReferences) -> tuple[Any, bool]:
    """Return what may be seen of a value, or `_HIDDEN`, and whether that is the whole of it."""
    if value is UNSET or value is None:
        return value, True
    if isinstance(value, tuple | Mapping):
        kept = [part for part in _members(value) if _is_readable(hint, part, known)]
        made = dict(kept) if isinstance(value, Mapping) else tuple(kept)
        return made, len(kept) == len(value)
    readable = all(known.permits(kind, one) for kind, one in _found(hint, value))
    return (value if readable else _HIDDEN), readable


def _is_readable(hint: Any, member: Any, known: KnownReferences) -> bool:
    (whole,) = _inner(hint) if _is_optional(hint) else (hint,)
    found = (one for inner, part in _member_parts(whole, member) for one in _found(inner, part))
    return all(known.permits(kind, one) for kind, one in found)


def _is_optional(hint: Any) -> bool:
    return any(one in (UnsetType, NoneType) for one in get_args(hint))


def _members(value: Any) -> Iterable[Any]:
    return value.items() if isinstance(value, Mapping) else value


def _parts(hint: Any, value: Any) -> Iterator[tuple[Any, Any]]:
    """Pair the parts of a value with their types; raise UnknownKind where the type leaves a choice."""
    if _is_optional(hint):
        inner = _inner(hint)
        if len(inner) != 1:
            raise UnknownKind(str(hint))
        yield inner[0], value
        return
    for member in _members(value) if isinstance(value, tuple | Mapping) else ():
        yield from _member_parts(hint, member)
    if not isinstance(value, tuple | Mapping):
        raise UnknownKind(str(hint))


def _member_parts(hint: Any, member: Any) -> Iterator[tuple[Any, Any]]:
    inner = _inner(hint)
    if isinstance(member, tuple) and len(inner) == len(member):
        yield from zip(inner, member, strict=True)
    else:
        yield from ((one, member) for one in inner)
