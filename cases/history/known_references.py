"""Find out what one reader may know of that the facts of some entries name, in one statement or none."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, cast, literal, null, or_, select, union_all
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import Scope
from accounts.models import Area, Unit, User
from cases.access.confidentiality import known_to, knows_everybody
from cases.access.visibility import visible
from cases.history.fact_kinds import FactKind
from cases.history.facts import Facts
from cases.history.readable_facts import KnownReferences, complainants_of, is_identifying, values_by_kind
from cases.models.case import Case, Complainant

#: The parts of the statement.
KINDS = ("case", "complainant", "identity", "unknown", "unit", "user")
_NO_TEXT, _NO_NUMBER = cast(null(), String).label("text"), cast(null(), Integer).label("number")


def load_known_references(
    session: Session,
    *,
    actor: Actor,
    told: Iterable[Facts],
    case: Case,
    known: KnownReferences | None = None,
) -> KnownReferences:
    """Say which of the cases, units, users and complainants in these facts a person may know.

    A case is known by `visible`, a complainant by the case they are on or came with, a unit when it works
    within or over the person's area or over the village of the case, a user by the unit; who a complainant
    is, by `known_to`. `case` is one that the person sees, `known` what the caller has in hand already and
    that is not asked for.
    """
    if Scope.EVERYTHING in policy.effective_scopes(actor):
        return KnownReferences(everything=True)
    known, told = known or KnownReferences(), list(told)
    named = values_by_kind(told)
    all_known = knows_everybody(actor)
    identifying = [] if all_known else [complainants_of(facts) for facts in told if is_identifying(facts)]
    units = frozenset(named[FactKind.UNIT]) - known.units
    users = frozenset(named[FactKind.USER]) - known.users
    cases = frozenset(named[FactKind.CASE]) - {case.number}
    people = frozenset(named[FactKind.COMPLAINANT]) - known.complainants
    parts = []
    if cases:
        parts.append(_part("case", text=Case.number, actor=actor).where(Case.number.in_(cases)))
    on_case = or_(Complainant.case_id == Case.id, Complainant.origin_case_id == Case.id)
    if people:
        part = _part("complainant", number=Complainant.id, actor=actor).join(Complainant, on_case)
        parts.append(part.where(Complainant.id.in_(people)))
    if whose := frozenset().union(*identifying) - known.complainants:
        part = _part("identity", number=Complainant.id, actor=actor).join(Complainant, on_case)
        parts.append(part.where(Complainant.id.in_(whose), known_to(actor)))
    if nameless := not all(identifying):
        part = _part("unknown", number=Complainant.id).select_from(Case).join(Complainant, on_case)
        parts.append(part.where(Case.id == case.id, ~known_to(actor)))
    if units:
        parts.append(_part("unit", text=Unit.code).where(Unit.code.in_(units), _near(actor, case)))
    if users:
        part = _part("user", number=User.id).join(Unit, Unit.id == User.unit_id)
        parts.append(part.where(User.id.in_(users), _near(actor, case)))
    rows = list(session.execute(union_all(*parts))) if parts else []
    found: dict[str, set[Any]] = {kind: set() for kind in KINDS}
    for kind, text, number in rows:
        found[kind].add(number if text is None else text)
    return KnownReferences(
        cases=frozenset({case.number}) | found["case"],
        units=known.units | found["unit"],
        users=known.users | found["user"],
        complainants=known.complainants | found["complainant"],
        identities=known.identities | found["identity"],
        everybody=nameless and not found["unknown"],
        households=all_known,
    )


def _part(kind: str, *, text: Any = _NO_TEXT, number: Any = _NO_NUMBER, actor: Actor | None = None) -> Any:
    """Return one kind's part of the statement; with an actor it is narrowed to the cases that they see."""
    statement = select(literal(kind).label("kind"), text.label("text"), number.label("number"))
    return visible(statement.select_from(Case), actor) if actor is not None else statement


def _near(actor: Actor, case: Case) -> ColumnElement[bool]:
    """Keep units within or over the person's area, or over the village of a case."""
    village = select(Area.path).where(Area.id == case.village_id).scalar_subquery()
    place = select(Area.path).where(Area.id == Unit.area_id).correlate(Unit).scalar_subquery()
    near = [policy.below(village, place)]
    if actor.area_path:
        near += [policy.below(place, actor.area_path), policy.below(literal(actor.area_path), place)]
    return or_(*near)
