"""Act on several cases at once, each for itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import Response, url_for
from werkzeug.datastructures import MultiDict

from accounts.access.permissions import Permission
from cases.lifecycle import take_step
from cases.lifecycle.action_values import ActionValues, AssignValues, NoValues
from cases.lifecycle.unit_choices import unit_choices
from config.marked_text import with_limits
from core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, Stale, Unavailable
from core.i18n import mark as _
from web.forms.controls import mistakes_of
from web.framework.blueprint import RACES, Form, PageBlueprint, Typed, requires
from web.framework.rendering import local_path, page
from web.framework.request_context import PageRequest

bulk_actions = PageBlueprint("bulk_actions", __name__)
ACTORS = requires(Permission.CASES_ACT)
#: One page of a list.
MOST = 50
#: What a form over a list sends beside the filters of the list.
BESIDE = frozenset({"chosen", "unit", "action", "once", "back"})
ACTIONS = ("assign", "accept")
SOMEBODY_FASTER = _("刚才有人动过这件事，请打开看看")


@dataclass(frozen=True)
class BulkResult:
    """What became of one case: done, or the reasons why not."""

    number: str
    done: bool
    reasons: Sequence[str] = ()


def refused(page_request: PageRequest, typed: Typed) -> Response:
    """Say what has to be chosen; nothing was done."""
    errors = (typed.refusal.errors if typed.refusal else None) or {}
    words = {
        "chosen": with_limits(_("先选要一起办的事，一次最多 {most} 件。"), most=MOST),
        "unit": _("请选交办给哪个单位。"),
    }
    return page(
        "cases/bulk_action.html",
        status=422 if errors else typed.refusal.status if typed.refusal else 200,
        outcomes=[],
        mistakes=[
            *(page_request.translate(words[name]) for name in errors if name in words),
            *mistakes_of(page_request, typed.refusal).general,
        ],
        action="",
        back=_back(typed.form),
    )


@bulk_actions.post("/cases/together", enter=ACTORS, again=refused)
def act(page_request: PageRequest, form: Form) -> Response:
    """Take one step on each chosen case; what one case does not allow does not hold back the others."""
    action = form.get("action", "")
    if action not in ACTIONS:
        raise Invalid({"action": ["not_a_choice"]})
    chosen = sorted(
        set(selected_cases(form))
    )  # always in the same order, so that two at once do not wait crosswise
    if not 1 <= len(chosen) <= MOST:
        raise Invalid({"chosen": ["length_out_of_range"]})
    outcomes = [_one(page_request, action, form, number, version) for number, version in chosen]
    return page("cases/bulk_action.html", outcomes=outcomes, mistakes=[], action=action, back=_back(form))


def _one(page_request: PageRequest, action: str, form: Form, number: str, version: int) -> BulkResult:
    """Act on one case inside a savepoint, and say what became of it."""
    try:
        with page_request.session.begin_nested():
            context = take_step.load_for_action(
                page_request.session,
                actor=page_request.actor,
                rules=page_request.rules,
                number=number,
                now=page_request.now,
            )
            values: ActionValues = NoValues()
            if action == "assign":
                take_step.require_open(context, action)
                given = form.get("unit", "")
                units = unit_choices(context, action)
                if not given and not units:
                    raise Invalid({"unit": ["required"]})
                values = AssignValues(unit=given or units[0].code)
            take_step.apply_action(context, action, values, version)
    except (Stale, *RACES):
        return BulkResult(number, done=False, reasons=[page_request.translate(SOMEBODY_FASTER)])
    except Unavailable:
        raise  # nothing can be written now, whichever case it is
    except DomainError as error:
        return BulkResult(number, done=False, reasons=_reasons(page_request, error))
    return BulkResult(number, done=True)


def _reasons(page_request: PageRequest, error: DomainError) -> list[str]:
    """Say in words why one case stayed as it was."""
    if isinstance(error, NotFound):
        return [page_request.translate(_("您看不到这件事"))]
    if isinstance(error, Conflict | Forbidden):
        codes = error.facts.get("reasons") or []
        known = [page_request.called("reason", code) for code in codes]
        return known or [page_request.translate(_("这一步现在做不了。"))]
    return [page_request.translate(_("不能交给这个单位"))]


def selected_cases(form: MultiDict[str, str]) -> Iterator[tuple[str, int]]:
    """Read what the boxes of a list say: the number of a case and the version that was seen."""
    for text in form.getlist("chosen"):
        number, _colon, version = text.partition(":")
        if number and len(number) <= 40 and version.isascii() and version.isdigit() and len(version) < 10:
            yield number, int(version)


def _back(form: Form) -> str:
    return local_path(form.get("back", "")) or url_for("cases.index")
