"""日历: the working days by year; a notice is entered after a look at the dates of open cases it moves."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TypeVar

from flask import Response, redirect, url_for

from accounts.access import policy
from accounts.access.permissions import Permission
from cases.configuration.calendar import find_year, list_years, named_days
from cases.configuration.calendar_history import SUBJECT
from cases.configuration.missing_notices import missing_years
from cases.deadlines.calendar_change import MovedDate, Preview, enter_notice, preview_notice
from cases.deadlines.notice_days import FIRST_YEAR, LAST_YEAR, NoticeDay, missing_statutory_days
from cases.models.reference import CalendarYear
from core.errors import DomainError, Invalid, NotFound
from core.i18n import mark as _
from core.text import problem_of_name
from web.administration import notice_text
from web.administration.stale_form import require_unchanged, version_of_form
from web.forms.controls import mistakes_of
from web.forms.longest_texts import LONGEST_NOTICE
from web.forms.register_forms import Field, build_controls, load_recorded
from web.framework.blueprint import Form, PageBlueprint, Typed, requires
from web.framework.rendering import page
from web.framework.request_context import PageRequest
from workflow.texts import labels
from workflow.working_days import SOURCE
from wsgi.error_responses import error_response_of

Found = TypeVar("Found")

working_days = PageBlueprint("working_days", __name__)
ENTER = requires(Permission.CALENDAR_EDIT)
#: How many moved dates are named one by one; all of them are counted.
NAMED = 50
#: How many years are offered: the earlier ones change nothing any more.
YEARS_BACK = 2
BROUGHT_ALONG = _("国务院的放假通知，程序自带")


@dataclass(frozen=True)
class Effect:
    """What entering a notice does to open cases: dates by clock, later and earlier, and the first of them.

    `of_reader` says that these are the cases that the reader may see, which need not be all.
    """

    of_reader: bool
    cases: int
    later: int
    earlier: int
    by_clock: list[tuple[str, int]]
    named: list[MovedDate]
    more: int


@working_days.get("/calendar", enter=ENTER)
def index(page_request: PageRequest) -> Response:
    """List the years whose notice is entered, and those that are missing."""
    first = page_request.today.year - YEARS_BACK
    rows = list_years(page_request.session, since=first)
    known = {row.year for row in rows}
    coming = [year for year in (page_request.today.year, page_request.today.year + 1) if year not in known]
    return page(
        "administration/calendar.html",
        rows=[(row, _named(page_request, row)) for row in rows],
        missing=missing_years(page_request.session, page_request.today),
        coming=coming,
    )


@working_days.get("/calendar/<int(max=9999):year>", enter=ENTER)
def show(page_request: PageRequest, year: int) -> Response:
    """Show the days of a year, to be changed."""
    return _shown(page_request, Typed(), year)


def _shown(page_request: PageRequest, typed: Typed, year: int) -> Response:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFound(year=year)
    row = find_year(page_request.session, year)
    days = named_days(page_request.session, year)
    holidays, working = notice_text.written(year, days)
    fields = [
        Field("notice", "line", _named(page_request, row) if row is not None else ""),
        Field("holidays", "long", holidays, required=False),
        Field("working", "long", working, required=False),
    ]
    mistakes = mistakes_of(page_request, typed.refusal)
    entries = load_recorded(page_request, SUBJECT, year)
    return page(
        "administration/calendar_year.html",
        year=year,
        row=row,
        typed=typed,
        controls=build_controls(page_request, typed, "calendar", fields),
        general=mistakes.general,
        entries=entries,
        seen=version_of_form(typed, entries),
    )


@working_days.preview("/calendar/<int(max=9999):year>/look", enter=ENTER)
def preview(page_request: PageRequest, form: Form, year: int) -> Response:
    """Show what a notice would move, before it is entered; or the form again, for whoever goes back to it."""
    if form.get("back"):
        return _shown(page_request, Typed(form), year)
    try:
        require_unchanged(page_request, form, SUBJECT, year)
        days, _name = _days(form, year), _read_name(form)
        found = _naming_lines(
            days,
            partial(
                preview_notice,
                page_request.session,
                actor=page_request.actor,
                rules=page_request.rules,
                year=year,
                days=days,
                now=page_request.now,
            ),
        )
    except DomainError as error:
        refusal = error_response_of(error)
        response = _shown(page_request, Typed(form, refusal), year)
        response.status_code = refusal.status
        return response
    off = [one for one in days if not one.working]
    return page(
        "administration/calendar_effect.html",
        year=year,
        form=form,
        off=len(off),
        at_work=len(days) - len(off),
        effect=_effect(page_request, found),
        missing=missing_statutory_days(year, days),
    )


@working_days.post("/calendar/<int(max=9999):year>", enter=ENTER, again=_shown)
def enter(page_request: PageRequest, form: Form, year: int) -> Response:
    """Enter a notice; the dates that it moves follow, each with an entry in its case's history."""
    require_unchanged(page_request, form, SUBJECT, year)
    days = _days(form, year)
    _naming_lines(
        days,
        partial(
            enter_notice,
            page_request.session,
            actor=page_request.actor,
            rules=page_request.rules,
            year=year,
            days=days,
            notice=_read_name(form),
            now=page_request.now,
            without=_confirmed(form),
        ),
    )
    return redirect(url_for("working_days.show", year=year, done="calendar"), code=303)  # type: ignore[return-value]


def _named(page_request: PageRequest, row: CalendarYear) -> str:
    """Return the name of a year's notice; what the program brought has one in the reader's language."""
    return page_request.translate(BROUGHT_ALONG) if row.notice == SOURCE else row.notice


def _read_name(form: Form) -> str:
    """Return the name that is given to a notice; raise Invalid for what cannot be one."""
    notice = form.get("notice", "").strip()
    problem = problem_of_name(notice, LONGEST_NOTICE)
    if problem is not None:
        raise Invalid({"notice": [problem]})
    return notice


def _days(form: Form, year: int) -> list[NoticeDay]:
    return notice_text.read(year, form.get("holidays", ""), form.get("working", ""))


def _confirmed(form: Form) -> frozenset[date]:
    """Return the statutory days that were confirmed to be missing; what is no day confirms nothing."""
    try:
        return frozenset(date.fromisoformat(day) for day in form.get("without", "").split())
    except ValueError:
        return frozenset()


def _naming_lines(days: list[NoticeDay], act: Callable[[], Found]) -> Found:
    """Call a verb that names days by their place in the list, and name the field and the day instead."""
    try:
        return act()
    except Invalid as error:
        places = [(name.split("."), codes) for name, codes in error.errors.items()]
        for (first, *rest), codes in places:
            if first == "days" and not rest:
                raise Invalid({"holidays": codes}, **error.facts) from error
            if first == "days" and rest[0].isdigit():
                day = days[int(rest[0])]
                field = "working" if day.working else "holidays"
                raise Invalid({field: codes}, day=day.day.isoformat()) from error
        raise


def _effect(page_request: PageRequest, found: Preview) -> Effect:
    definition = page_request.rules.definition
    counted = Counter(clock for clock, _before, _after in found.dates)
    return Effect(
        of_reader=policy.permits(page_request.actor, Permission.CASES_READ),
        cases=found.cases,
        later=sum(after > before for _clock, before, after in found.dates),
        earlier=sum(after < before for _clock, before, after in found.dates),
        by_clock=[
            (labels.clock(definition, clock, page_request.language), number)
            for clock, number in counted.most_common()
        ],
        named=found.whose[:NAMED],
        more=max(0, len(found.whose) - NAMED),
    )
