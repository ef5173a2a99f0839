"""单位: the organisations that can own a case; entering, correcting and closing them."""

from functools import partial
from typing import Any

from flask import Response, redirect, request, url_for
from sqlalchemy import func, select

from accounts import entering, policy
from accounts.models import UNIT_KINDS, Area, Unit, User
from accounts.permissions import Permission
from accounts.units import check_close, close_unit, known
from cases.duties import in_use
from core.errors import DomainError
from door.refusals import refusal_of
from web.administration import choices
from web.administration.areas import UPPER
from web.administration.drawing import Field, drawn, recorded
from web.administration.seen import require_unchanged, seen
from web.call import Visit
from web.entry import Form, Pages, Typed, whoever
from web.forms import Choice, mistakes_of
from web.rendering import page
from workflow import labels

units = Pages("units", __name__)
ENTER = whoever(Permission.AREAS_MANAGE)
COLUMNS = ("code", "name", "kind", "area", "superior")


@units.shows("/units", enter=ENTER)
def index(visit: Visit) -> Response:
    """List the units by place, those that are closed last."""
    users = select(func.count()).where(User.unit_id == Unit.id, User.active).correlate(Unit)
    rows = visit.session.execute(
        policy.within_areas(
            select(Unit, Area.name.label("place"), users.scalar_subquery().label("users")),
            visit.actor,
            Area.path,
        )
        .join(Area, Area.id == Unit.area_id)
        .order_by(~Unit.active, Area.path, Unit.code)
    ).all()
    groups: dict[str, list[Any]] = {}
    for row in rows:
        if row.Unit.active:
            groups.setdefault(row.place, []).append(row)
    closed = [row for row in rows if not row.Unit.active]
    return page("administration/units.html", groups=groups, closed=closed)


@units.shows("/units/new", enter=ENTER)
def form(visit: Visit) -> Response:
    """Show the form for a new unit."""
    return _form(visit, Typed())


def _form(visit: Visit, typed: Typed) -> Response:
    area = request.args.get("area", "")
    fields = [Field("name", "line"), Field("code", "line"), *_fields(visit, area=area)]
    return page(
        "administration/unit_form.html",
        typed=typed,
        controls=drawn(visit, typed, "unit", fields),
        general=mistakes_of(visit, typed.refusal).general,
    )


@units.does("/units", enter=ENTER, again=_form, relook=_form)
def add(visit: Visit, form: Form) -> Response:
    """Enter a new unit."""
    values = {name: form.get(name, "").strip() for name in COLUMNS}
    entering.add_unit(visit.session, actor=visit.actor, chain=visit.rules.chain, values=values, now=visit.now)
    return _to(values["code"], "unit_added")


@units.shows("/units/<unit>", enter=ENTER)
def show(visit: Visit, unit: str) -> Response:
    """Show one unit."""
    return _shown(visit, Typed(), unit, tried="")


def _shown(visit: Visit, typed: Typed, unit: str, *, tried: str) -> Response:
    one, place, superior = _found(visit, unit)
    fields = [
        Field("name", "line", one.name),
        *_fields(visit, kind=one.kind, area=place.code, superior=superior, but=one.code),
    ]
    entries = recorded(visit, "unit", one.id)
    people = select(User.username, User.name, User.head).where(User.unit_id == one.id, User.active)
    return page(
        "administration/unit.html",
        one=one,
        place=place,
        superior=superior,
        typed=typed,
        controls=drawn(visit, typed if tried == "correct" else Typed(), "unit", fields),
        general=mistakes_of(visit, typed.refusal).general,
        people=visit.session.execute(people.order_by(User.username)).all(),
        entries=entries,
        seen=seen(typed, entries),
    )


@units.does("/units/<unit>", enter=ENTER, again=partial(_shown, tried="correct"))
def correct(visit: Visit, form: Form, unit: str) -> Response:
    """Correct name, kind, area and superior."""
    one, _place, _superior = _found(visit, unit)
    require_unchanged(visit, form, "unit", one.id)
    values = {**{name: form.get(name, "").strip() for name in COLUMNS}, "code": one.code}
    entering.correct_unit(
        visit.session, actor=visit.actor, chain=visit.rules.chain, values=values, now=visit.now
    )
    return _to(unit, "saved")


@units.shows("/units/<unit>/close", enter=ENTER)
def look_at_close(visit: Visit, unit: str) -> Response:
    """Show what closing a unit means, before it is done; it cannot be undone."""
    one, _place, _superior = _found(visit, unit)
    if not one.active:
        return _to(unit, "unit_closed")
    try:
        check_close(one, partial(in_use, visit.session))
    except DomainError as error:
        refusal = refusal_of(error)
        response = _shown(visit, Typed(refusal=refusal), unit, tried="close")
        response.status_code = refusal.status
        return response
    people = select(func.count()).where(User.unit_id == one.id, User.active)
    return page("administration/unit_closing.html", one=one, people=visit.session.scalars(people).one())


@units.does("/units/<unit>/close", enter=ENTER, again=partial(_shown, tried="close"))
def close(visit: Visit, form: Form, unit: str) -> Response:
    """Close a unit that owes nothing any more."""
    del form
    close_unit(
        visit.session,
        actor=visit.actor,
        chain=visit.rules.chain,
        code=unit,
        in_use=partial(in_use, visit.session),
        now=visit.now,
    )
    return _to(unit, "unit_closed")


def _found(visit: Visit, code: str) -> tuple[Unit, Area, Unit | None]:
    """Give a unit within the person's reach with its area and superior."""
    unit, area = known(visit.session, actor=visit.actor, code=code)
    return unit, area, visit.session.get(Unit, unit.superior_id) if unit.superior_id is not None else None


def _fields(
    visit: Visit, *, kind: str = "", area: str = "", superior: Unit | None = None, but: str = ""
) -> list[Field]:
    also = (superior.code, superior.name) if superior is not None else None
    kinds = [Choice(code, labels.name("unit_kind", code, visit.language)) for code in UNIT_KINDS]
    return [
        Field("kind", "choice", kind, choices=kinds),
        Field("area", "select", area, choices=choices.areas(visit, UPPER)),
        Field(
            "superior",
            "select",
            superior.code if superior is not None else "",
            required=False,
            choices=choices.units(visit, but=but, also=also),
        ),
    ]


def _to(unit: str, done: str) -> Response:
    return redirect(url_for("units.show", unit=unit, done=done), code=303)  # type: ignore[return-value]
