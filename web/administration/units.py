"""单位: the organisations that can own a case; entering, correcting and closing them."""

from functools import partial

from flask import Response, redirect, request, url_for

from accounts.access.permissions import Permission
from accounts.models import Area, Unit
from accounts.registers import area_unit_editing, unit_list
from accounts.registers.unit_imports import COLUMNS, PHONE
from accounts.registers.unit_list import PlacedUnit
from accounts.registers.units import check_close, close_unit, find_managed_unit, is_managed
from cases.responsibility.dependent_matters import DependentMatters
from cases.responsibility.open_duties import in_use
from config.vocabulary import UnitKind
from core.errors import DomainError
from web.administration import choices
from web.administration.areas import UPPER
from web.administration.stale_form import require_unchanged, version_of_form
from web.forms.controls import Choice, mistakes_of
from web.forms.register_forms import Field, build_controls, load_recorded
from web.framework.blueprint import Form, PageBlueprint, Typed, requires
from web.framework.rendering import page
from web.framework.request_context import PageRequest
from wsgi.error_responses import error_response_of

units = PageBlueprint("units", __name__)
ENTER = requires(Permission.AREAS_MANAGE)
TYPED = (*COLUMNS, PHONE)


@units.get("/units", enter=ENTER)
def index(page_request: PageRequest) -> Response:
    """List the units by place, those that are closed last."""
    rows = unit_list.list_by_place(page_request.session, actor=page_request.actor)
    groups: dict[str, list[PlacedUnit]] = {}
    for row in rows:
        if row.unit.active:
            groups.setdefault(row.place, []).append(row)
    closed = [row for row in rows if not row.unit.active]
    return page("administration/units.html", groups=groups, closed=closed)


@units.get("/units/new", enter=ENTER)
def form(page_request: PageRequest) -> Response:
    """Show the form for a new unit."""
    return _form(page_request, Typed())


def _form(page_request: PageRequest, typed: Typed) -> Response:
    area = request.args.get("area", "")
    fields = [Field("name", "line"), Field("code", "line"), *_fields(page_request, area=area)]
    fields.append(Field(PHONE, "line", required=False))
    return page(
        "administration/unit_form.html",
        typed=typed,
        controls=build_controls(page_request, typed, "unit", fields),
        general=mistakes_of(page_request, typed.refusal).general,
    )


@units.post("/units", enter=ENTER, again=_form, redisplay=_form)
def add(page_request: PageRequest, form: Form) -> Response:
    """Enter a new unit."""
    values = {name: form.get(name, "").strip() for name in TYPED}
    area_unit_editing.add_unit(
        page_request.session,
        actor=page_request.actor,
        matters=DependentMatters(page_request.session, page_request.actor),
        chain=page_request.rules.services.chain,
        values=values,
        now=page_request.now,
    )
    return _to(values["code"], "unit_added")


@units.get("/units/<unit>", enter=ENTER)
def show(page_request: PageRequest, unit: str) -> Response:
    """Show one unit."""
    return _shown(page_request, Typed(), unit, tried="")


def _shown(page_request: PageRequest, typed: Typed, unit: str, *, tried: str) -> Response:
    one, place, superior = _load_unit(page_request, unit)
    fields = [
        Field("name", "line", one.name),
        *_fields(page_request, kind=one.kind, area=place.code, superior=superior, but=one.code),
        Field(PHONE, "line", one.phone or "", required=False),
    ]
    entries = load_recorded(page_request, "unit", one.id)
    return page(
        "administration/unit.html",
        one=one,
        place=place,
        superior=superior,
        superior_opens=superior is not None
        and is_managed(page_request.session, page_request.actor, superior),
        typed=typed,
        controls=build_controls(page_request, typed if tried == "correct" else Typed(), "unit", fields),
        general=mistakes_of(page_request, typed.refusal).general,
        people=unit_list.list_members(page_request.session, one),
        entries=entries,
        seen=version_of_form(typed, entries),
    )


@units.post("/units/<unit>", enter=ENTER, again=partial(_shown, tried="correct"))
def correct(page_request: PageRequest, form: Form, unit: str) -> Response:
    """Correct name, kind, area, superior and telephone."""
    one, _place, _superior = _load_unit(page_request, unit)
    require_unchanged(page_request, form, "unit", one.id)
    values = {**{name: form.get(name, "").strip() for name in TYPED}, "code": one.code}
    area_unit_editing.correct_unit(
        page_request.session,
        actor=page_request.actor,
        matters=DependentMatters(page_request.session, page_request.actor),
        chain=page_request.rules.services.chain,
        values=values,
        now=page_request.now,
    )
    return _to(unit, "saved")


@units.get("/units/<unit>/close", enter=ENTER)
def preview_close(page_request: PageRequest, unit: str) -> Response:
    """Show what closing a unit means, before it is done; it cannot be undone."""
    one, _place, _superior = _load_unit(page_request, unit)
    if not one.active:
        return _to(unit, "unit_closed")
    try:
        check_close(one, partial(in_use, page_request.session))
    except DomainError as error:
        refusal = error_response_of(error)
        response = _shown(page_request, Typed(refusal=refusal), unit, tried="close")
        response.status_code = refusal.status
        return response
    people = unit_list.count_members(page_request.session, one)
    return page("administration/unit_closing.html", one=one, people=people)


@units.post("/units/<unit>/close", enter=ENTER, again=partial(_shown, tried="close"))
def close(page_request: PageRequest, form: Form, unit: str) -> Response:
    """Close a unit that owes nothing any more."""
    del form
    close_unit(
        page_request.session,
        actor=page_request.actor,
        chain=page_request.rules.services.chain,
        code=unit,
        in_use=partial(in_use, page_request.session),
        now=page_request.now,
    )
    return _to(unit, "unit_closed")


def _load_unit(page_request: PageRequest, code: str) -> tuple[Unit, Area, Unit | None]:
    """Return a unit within the person's reach with its area and superior."""
    unit, area = find_managed_unit(page_request.session, actor=page_request.actor, code=code)
    return unit, area, unit_list.find_superior(page_request.session, unit)


def _fields(
    page_request: PageRequest, *, kind: str = "", area: str = "", superior: Unit | None = None, but: str = ""
) -> list[Field]:
    also = (superior.code, superior.name) if superior is not None else None
    kinds = [Choice(code, page_request.called("unit_kind", code)) for code in UnitKind]
    return [
        Field("kind", "choice", kind, choices=kinds),
        Field("area", "select", area, choices=choices.list_areas(page_request, UPPER)),
        Field(
            "superior",
            "select",
            superior.code if superior is not None else "",
            required=False,
            choices=choices.list_units(page_request, but=but, also=also),
        ),
    ]


def _to(unit: str, done: str) -> Response:
    return redirect(url_for("units.show", unit=unit, done=done), code=303)  # type: ignore[return-value]
