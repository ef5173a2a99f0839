"""Say how a person's scope narrows cases; the narrowing itself is done by accounts.access.policy alone."""

from collections.abc import Callable
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, union
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from accounts.access import policy
from accounts.access.actor import SYSTEM, Actor
from accounts.access.permissions import Permission, Scope
from accounts.models import Area, FormerMember, User
from cases.models.case import Case, CaseOwner, Named
from cases.models.named_words import NamedWords

Ts = TypeVarTuple("Ts")


def _owned_by(unit_id: Any) -> ColumnElement[bool]:
    # Asked of each case on the way through a list, for a department may have owned very many.
    return exists().where(CaseOwner.case_id == Case.id, CaseOwner.unit_id == unit_id).correlate(Case)


def _names(viewer: policy.Viewer | Actor) -> ColumnElement[bool]:
    known = [
        column == value
        for column, value in ((Named.unit_id, viewer.unit_id), (Named.user_id, viewer.user_id))
        if value is not None  # else SQLAlchemy would ask for the rows that name nobody of that sort
    ]
    return or_(false(), *known)


def _of_former_unit(user_id: Any) -> ColumnElement[bool]:
    """Join a row of the named to the unit that somebody was in when the matter came, or later."""
    return and_(
        FormerMember.unit_id == Named.unit_id,
        FormerMember.user_id == user_id,
        FormerMember.left_at >= Case.received_at,
    )


def _named(viewer: policy.Viewer) -> ColumnElement[bool]:
    # Asked of each case that is shown, for those that name somebody grow with all cases.
    names = _names(viewer)
    if viewer.user_id is not None:
        names = or_(names, exists().where(_of_former_unit(viewer.user_id)).correlate(Case, Named))
    return exists().where(Named.case_id == Case.id, names).correlate(Case)


def hides_from(user_id: int) -> ColumnElement[bool]:
    """Keep the cases that name a user, or a unit that the user was moved out of."""
    named = or_(Named.user_id == user_id, exists().where(_of_former_unit(user_id)).correlate(Case, Named))
    return exists().where(Named.case_id == Case.id, named).correlate(Case)


class _InAreas(FunctionElement[bool]):
    """The cases of the villages that some areas cover, in the words in which each database is quickest.

    SQLite asks it of each case on the way through a list. PostgreSQL finds the villages once; asked in that
    way it would go through the cases once for every village.
    """

    name = "in_areas"
    inherit_cache = True

    def __init__(self, covered: ColumnElement[bool]) -> None:
        asked = exists().where(Area.id == Case.village_id, covered).correlate(Case)
        found = func.array(select(Area.id).where(covered).scalar_subquery())
        super().__init__(asked, Case.village_id == func.any(found))


@compiles(_InAreas, "sqlite")
def _on_sqlite(element: _InAreas, compiler: SQLCompiler, **options: Any) -> str:
    asked, _ = element.clauses
    return compiler.process(asked, **options)


@compiles(_InAreas, "postgresql")
def _on_postgresql(element: _InAreas, compiler: SQLCompiler, **options: Any) -> str:
    _, listed = element.clauses
    return compiler.process(listed, **options)


def _in_areas(path: Any) -> ColumnElement[bool]:
    return _InAreas(policy.below(Area.path, path))


def _in_village(village_id: Any) -> ColumnElement[bool]:
    inside: ColumnElement[bool] = Case.village_id == village_id
    return inside


def _open_names(viewer: policy.Viewer) -> ColumnElement[bool]:
    waits = exists().where(NamedWords.case_id == Case.id, NamedWords.settled_at.is_(None)).correlate(Case)
    if Scope.OPEN_NAMES_RECEIVED in viewer.scopes:
        return and_(waits, Case.reply_owner_id != viewer.unit_id)
    return waits


REACH = policy.RowScope(
    in_areas=_in_areas, in_village=_in_village, owned_by=_owned_by, named=_named, open_names=_open_names
)


def visible(statement: Select[*Ts], actor: Actor) -> Select[*Ts]:
    """Narrow a statement over cases to what this person may know of."""
    return policy.within(statement, actor, REACH)


def counted_for(statement: Select[*Ts], actor: Actor) -> Select[*Ts]:
    """Narrow a statement to the cases whose number this person may be told, which lists none of them.

    Whoever reads no case is told how many there are, but for those that name them: a colleague who reads
    the others would know how many these are.
    """
    if policy.permits(actor, Permission.CASES_READ):
        return visible(statement, actor)
    return statement.where(Case.id.not_in(hidden_from(actor)))


def told_number(actor: Actor, count: Callable[[Actor], int]) -> int | None:
    """Return how many there are as far as somebody may be told, from what counts those that one may count.

    It is 0 only where there are none at all, and None where there are some and no number may be told.
    """
    return (count(actor) or None) if count(SYSTEM) else 0


def number_of(statement: Select[*Ts], most: int) -> Select[int]:
    """Return a statement that counts the rows of another, and goes no further than `most`."""
    return select(func.count()).select_from(statement.limit(most).subquery())


def has_area_scope(actor: Actor) -> bool:
    """Return whether this person may know of all cases of some places, but for those in `hidden_from`."""
    scopes = policy.effective_scopes(actor)
    return bool(scopes) and (Scope.EVERYTHING in scopes or Scope.OWNED not in scopes)


def hidden_from(actor: Actor) -> Select[int]:
    """Return a statement for the cases that this person must not know of wherever they are."""
    scopes = policy.effective_scopes(actor)
    statement = select(Named.case_id).where(_names(actor))
    if Scope.EVERYTHING in scopes:
        return statement.where(false())
    hidden = [statement]
    if actor.user_id is not None:
        former = select(Named.case_id).join(Case, Case.id == Named.case_id)
        hidden.append(former.join(FormerMember, _of_former_unit(actor.user_id)))
    if Scope.OPEN_NAMES in scopes:
        return select(union(*hidden).subquery().c[0])
    waits = select(Case.id).join(NamedWords, NamedWords.case_id == Case.id)
    waits = waits.where(NamedWords.settled_at.is_(None))
    if Scope.OPEN_NAMES_RECEIVED in scopes:
        waits = waits.where(Case.reply_owner_id != actor.unit_id)
    return select(union(*hidden, waits).subquery().c[0])


def numbers_hidden_from(actor: Actor) -> Select[str]:
    """Return a statement for the numbers of `hidden_from`, for what knows cases by their numbers alone."""
    return select(Case.number).where(Case.id.in_(hidden_from(actor)))


def list_hidden_numbers(session: Session, actor: Actor) -> frozenset[str]:
    """Return the numbers of the cases that this person must not know of wherever they are."""
    return frozenset(session.scalars(numbers_hidden_from(actor)))


def names_user(session: Session, *, number: str, user_id: int) -> bool:
    """Return whether a case is about a user or the user's unit, or may be, while a name is open."""
    unit_id, roles = session.execute(select(User.unit_id, User.roles).where(User.id == user_id)).one()
    actor = Actor(user_id, "", unit_id, None, "/", frozenset(roles))
    found = select(Case.id).where(Case.number == number, Case.id.in_(hidden_from(actor)))
    return session.scalars(found).first() is not None


def visible_to(statement: Select[*Ts], scopes: frozenset[Scope]) -> Select[*Ts]:
    """Narrow a statement for whoever has these scopes; executed with their `policy.scope_parameters`."""
    return policy.within_scopes(statement, scopes, REACH)
