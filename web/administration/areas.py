"""区域: the tree of places; entering, correcting, and merging or renaming them from a day."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from flask import Response, redirect, request, url_for
from werkzeug.datastructures import MultiDict

from accounts.access import policy
from accounts.access.permissions import Permission
from accounts.models import Area
from accounts.registers import area_changes, area_list, area_unit_editing
from accounts.registers.area_list import ListedArea
from accounts.registers.areas import TOTALS
from accounts.vocabulary import AreaLevel
from cases.responsibility.dependent_matters import DependentMatters
from cases.responsibility.open_duties import open_in
from core.errors import DomainError
from roster.households import count_in
from web.administration import choices
from web.administration.stale_form import require_unchanged, version_of_form
from web.forms.controls import Choice, mistakes_of
from web.forms.register_forms import Field, build_controls, load_recorded
from web.framework.blueprint import Form, PageBlueprint, Typed, requires
from web.framework.rendering import page
from web.framework.request_context import PageRequest
from wsgi.error_responses import error_response_of

areas = PageBlueprint("areas", __name__)
ENTER = requires(Permission.AREAS_MANAGE)
#: The levels that have something below them.
LEVELS = tuple(AreaLevel)
UPPER = LEVELS[:-1]
#: The totals that stand beside those of the register of households.
OF_THE_REGISTER = ("groups_declared", "households_declared")
#: What is looked at before it is done, with the fields of its form.
PREVIEWED = {"rename": ("new_name", "new_code", "on"), "merge": ("into", "on")}


@areas.get("/areas", enter=ENTER)
def index(page_request: PageRequest) -> Response:
    """Show the tree down to the villages."""
    branches: list[tuple[ListedArea, list[ListedArea]]] = []
    for row in area_list.list_current_areas(page_request.session, actor=page_request.actor, levels=UPPER):
        if row.level == AreaLevel.VILLAGE and branches and row.path.startswith(branches[-1][0].path):
            branches[-1][1].append(row)
        else:
            branches.append((row, []))
    return page("administration/areas.html", branches=branches)


@areas.get("/areas/new", enter=ENTER)
def form(page_request: PageRequest) -> Response:
    """Show the form for a new area."""
    return _form(page_request, Typed())


def _form(page_request: PageRequest, typed: Typed) -> Response:
    parent = request.args.get("parent", "")
    fields = [
        Field("parent", "select", parent, required=False, choices=choices.list_areas(page_request, UPPER)),
        Field("level", "choice", _level_below(page_request, parent), choices=_levels(page_request)),
        Field("name", "line"),
        Field("code", "line"),
        *_totals(page_request),
    ]
    return page(
        "administration/area_form.html",
        typed=typed,
        controls=build_controls(page_request, typed, "area", fields),
        general=mistakes_of(page_request, typed.refusal).general,
    )


@areas.post("/areas", enter=ENTER, again=_form, redisplay=_form)
def add(page_request: PageRequest, form: Form) -> Response:
    """Enter a new area."""
    values = {name: form.get(name, "").strip() for name in ("code", "name", "level", "parent", *TOTALS)}
    area_unit_editing.add_area(
        page_request.session,
        actor=page_request.actor,
        matters=DependentMatters(page_request.session, page_request.actor),
        chain=page_request.rules.services.chain,
        values=values,
        now=page_request.now,
    )
    return _to(values["code"].upper(), "area_added")


@areas.get("/areas/<area>", enter=ENTER)
def show(page_request: PageRequest, area: str) -> Response:
    """Show one area: what lies in it, what it was called before, and what can be done with it.

    Whoever looked at a change and does not make it finds what they typed.
    """
    tried = request.args.get("tried", "")
    if tried not in PREVIEWED:
        return _shown(page_request, Typed(), area, tried="")
    return _shown(page_request, Typed(MultiDict(request.args.items(multi=True))), area, tried=tried)


def _shown(page_request: PageRequest, typed: Typed, area: str, *, tried: str) -> Response:
    one = area_changes.find_area(page_request.session, actor=page_request.actor, code=area)
    around = area_list.load_surroundings(page_request.session, one)
    today = page_request.today.isoformat()
    same_level = choices.list_areas(page_request, (one.level,), but=one.code)

    def form_of(name: str, fields: list[Field]) -> Any:
        return build_controls(page_request, typed if tried == name else Typed(), "area", fields)

    entries = load_recorded(page_request, "area", one.id)
    return page(
        "administration/area.html",
        one=one,
        around=around,
        opens=lambda place: policy.covers(page_request.actor, place.path),
        typed=typed,
        tried=tried,
        correct=form_of(
            "correct",
            [
                Field("name", "line", one.name),
                *_totals(page_request, one),
            ],
        ),
        rename=form_of(
            "rename",
            [
                Field("new_name", "line"),
                Field("new_code", "line"),
                Field("on", "date", today),
            ],
        ),
        merge=form_of(
            "merge",
            [Field("into", "select", choices=same_level), Field("on", "date", today)],
        ),
        can_merge=bool(same_level),
        has_below=one.level in UPPER,
        general=mistakes_of(page_request, typed.refusal).general,
        entries=entries,
        seen=version_of_form(typed if tried == "correct" else Typed(), entries),
    )


@areas.post("/areas/<area>", enter=ENTER, again=partial(_shown, tried="correct"))
def correct(page_request: PageRequest, form: Form, area: str) -> Response:
    """Correct a slip in the name, or the declared totals."""
    one = area_changes.find_area(page_request.session, actor=page_request.actor, code=area)
    require_unchanged(page_request, form, "area", one.id)
    above = area_list.find_parent(page_request.session, one)
    values = {
        "code": one.code,
        "name": form.get("name", "").strip(),
        "level": one.level,
        "parent": above.code if above is not None else "",
        **{name: form[name].strip() for name in TOTALS if name in form},
    }
    area_unit_editing.correct_area(
        page_request.session,
        actor=page_request.actor,
        matters=DependentMatters(page_request.session, page_request.actor),
        chain=page_request.rules.services.chain,
        values=values,
        now=page_request.now,
    )
    return _to(area, "saved")


@areas.get("/areas/<area>/rename", enter=ENTER)
def preview_rename(page_request: PageRequest, area: str) -> Response:
    """Show what a new name would bring along, before it is given."""
    given = request.args
    name = given.get("new_name", "").strip()
    check = partial(area_changes.check_rename, new_code=_code(given), new_name=name)
    return _preview(page_request, area, "rename", check)


@areas.post("/areas/<area>/rename", enter=ENTER, again=partial(_shown, tried="rename"))
def rename(page_request: PageRequest, form: Form, area: str) -> Response:
    """Let an area go on under another name."""
    area_changes.rename_area(
        page_request.session,
        actor=page_request.actor,
        chain=page_request.rules.services.chain,
        code=area,
        new_code=_code(form),
        new_name=form.get("new_name", "").strip(),
        on=_day(form),
        today=page_request.today,
        now=page_request.now,
    )
    return _to(_code(form), "area_renamed")


@areas.get("/areas/<area>/merge", enter=ENTER)
def preview_merge(page_request: PageRequest, area: str) -> Response:
    """Show what merging would bring along, before it is done."""
    matters, into = DependentMatters(page_request.session, page_request.actor), request.args.get("into", "")
    check = partial(area_changes.check_merge, matters=matters, into=into)
    return _preview(page_request, area, "merge", check)


@areas.post("/areas/<area>/merge", enter=ENTER, again=partial(_shown, tried="merge"))
def merge(page_request: PageRequest, form: Form, area: str) -> Response:
    """Merge an area into another."""
    into = form.get("into", "")
    area_changes.merge_area(
        page_request.session,
        actor=page_request.actor,
        matters=DependentMatters(page_request.session, page_request.actor),
        chain=page_request.rules.services.chain,
        code=area,
        into=into,
        on=_day(form),
        today=page_request.today,
        now=page_request.now,
    )
    return _to(into, "area_merged")


def _preview(page_request: PageRequest, area: str, what: str, check: Callable[..., Any]) -> Response:
    """Show the consequences of a change that is sound, or else the form again with what is wrong."""
    given: Form = MultiDict(request.args.items(multi=True))
    one = area_changes.find_area(page_request.session, actor=page_request.actor, code=area)
    try:
        after = check(
            page_request.session,
            actor=page_request.actor,
            code=area,
            on=_day(given),
            today=page_request.today,
        )
    except DomainError as error:
        refusal = error_response_of(error)
        response = _shown(page_request, Typed(given, refusal), area, tried=what)
        response.status_code = refusal.status
        return response
    return page(
        "administration/succession.html",
        one=one,
        what=what,
        on=_day(given),
        name=given.get("new_name", "").strip() if after is None else after.name,
        code=_code(given) if after is None else after.code,
        given={name: given.get(name, "") for name in PREVIEWED[what]},
        reach=area_changes.count_dependents(page_request.session, one),
        households=count_in(page_request.session, one.path),
        cases_of_reader=policy.permits(page_request.actor, Permission.CASES_READ),
        cases=open_in(page_request.session, one.path, actor=page_request.actor),
    )


def _to(area: str, done: str) -> Response:
    return redirect(url_for("areas.show", area=area, done=done), code=303)  # type: ignore[return-value]


def _code(given: Form) -> str:
    return given.get("new_code", "").strip().upper()


def _day(given: Form) -> date | None:
    """Return the day that a form says, or None for anything that is no day."""
    try:
        return date.fromisoformat(given.get("on", ""))
    except ValueError:
        return None


def _totals(page_request: PageRequest, one: Area | None = None) -> list[Field]:
    """Return the declared totals; groups and households where a register is kept, or one was declared."""
    found = []
    for name in TOTALS:
        value = None if one is None else getattr(one, name)
        if name not in OF_THE_REGISTER or value is not None or page_request.asks_for_households:
            found.append(Field(name, "count", "" if value is None else str(value), required=False))
    return found


def _levels(page_request: PageRequest) -> list[Choice]:
    return [Choice(level, page_request.called("level", level)) for level in LEVELS]


def _level_below(page_request: PageRequest, parent: str) -> str:
    """Suggest the level right below an area."""
    level = area_list.find_level(page_request.session, parent)
    return LEVELS[LEVELS.index(level) + 1] if level in UPPER else ""
