"""Say how a person's scope narrows cases; the narrowing itself is done by accounts.access.policy alone."""

from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, exists, false, func, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import Scope
from accounts.models import Area
from cases.models.case import Case, CaseOwner, Named

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


def _named(viewer: policy.Viewer) -> ColumnElement[bool]:
    # Asked of each case that is shown, for those that name somebody grow with all cases.
    return exists().where(Named.case_id == Case.id, _names(viewer)).correlate(Case)


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


REACH = policy.RowScope(in_areas=_in_areas, in_village=_in_village, owned_by=_owned_by, named=_named)


def visible(statement: Select[*Ts], actor: Actor) -> Select[*Ts]:
    """Narrow a statement over cases to what this person may know of."""
    return policy.within(statement, actor, REACH)


def number_of(statement: Select[*Ts], most: int) -> Select[int]:
    """Return a statement that counts the rows of another, and goes no further than `most`."""
    return select(func.count()).select_from(statement.limit(most).subquery())


def has_area_scope(actor: Actor) -> bool:
    """Return whether this person may know of all cases of some places, but for those in `hidden_from`."""
    scopes = policy.effective_scopes(actor)
    return bool(scopes) and (Scope.EVERYTHING in scopes or Scope.OWNED not in scopes)


def hidden_from(actor: Actor) -> Select[int]:
    """Return a statement for the cases that this person must not know of wherever they are."""
    statement = select(Named.case_id).where(_names(actor))
    return statement.where(false()) if Scope.EVERYTHING in policy.effective_scopes(actor) else statement


def visible_to(statement: Select[*Ts], scopes: frozenset[Scope]) -> Select[*Ts]:
    """Narrow a statement for whoever has these scopes; executed with their `policy.scope_parameters`."""
    return policy.within_scopes(statement, scopes, REACH)
