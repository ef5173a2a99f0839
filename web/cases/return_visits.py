"""回访: read the reply aloud, ask whether the villager is satisfied, and close the matter or do it again."""

from typing import Any

from flask import Response, redirect, url_for

from accounts.access.permissions import Permission
from cases.lifecycle import take_step
from cases.vocabulary import CONTENT_RATINGS
from core.errors import Invalid
from core.normalization.visibility import is_blank
from web.cases.case_page import CasePage, build_case_page
from web.forms.action_forms import heard_or_not
from web.forms.controls import YES, Choice, Control, build_control, mistakes_of, version_of
from web.forms.drawing import complainant_value
from web.framework.blueprint import Form, PageBlueprint, Typed, requires
from web.framework.rendering import page
from web.framework.request_context import PageRequest
from workflow.definition.vocabulary import Rating
from wsgi.schemas.action_schemas import load_values
from wsgi.schemas.external import MOST_DIGITS

return_visits = PageBlueprint("return_visits", __name__)
ACTORS = requires(Permission.CASES_ACT)


@return_visits.get("/cases/<number:number>/revisit", enter=ACTORS)
def form(page_request: PageRequest, number: str) -> Response:
    """Show what a return visit needs: the reply in large type, and what the villager says to it."""
    return render_form(page_request, Typed(), number)


def render_form(page_request: PageRequest, typed: Typed, number: str) -> Response:
    """Show it, with what was typed and not taken."""
    found = build_case_page(page_request, number, typed)
    everybody = found.view["complainants"]
    waiting = [person for person in everybody if not person["visited"]]
    if not waiting and "confirm" in found.may:
        waiting = everybody  # what was planned is asked about again once its day has come
    promised_on = found.view["promised_on"]
    return page(
        "cases/return_visit.html",
        typed=typed,
        found=found,
        waiting=waiting,
        told=_final_replies(found),
        early=promised_on if promised_on and page_request.today < promised_on else None,
        controls=_controls(page_request, typed, found, waiting),
        open={"confirm", "reopen"} & found.may,
    )


@return_visits.post("/cases/<number:number>/revisit", enter=ACTORS, again=render_form, redisplay=render_form)
def record(page_request: PageRequest, form: Form, number: str) -> Response:
    """Record the return visit: whoever is satisfied closes the matter, for others it is done again."""
    context = take_step.load_for_action(
        page_request.session,
        actor=page_request.actor,
        rules=page_request.rules,
        number=number,
        now=page_request.now,
    )
    person, heard, rating = form.get("complainant", ""), form.get("heard", ""), form.get("rating", "")
    words = form.get("words", "").strip()
    missing: dict[str, list[str]] = {}
    if not person.isascii() or not person.isdigit() or len(person) > MOST_DIGITS:
        missing["complainant"] = ["required"]
    if heard not in (YES, "no"):
        missing["heard"] = ["required"]
    if rating not in tuple(Rating):
        missing["rating"] = ["required"]
    content = heard == YES and rating in CONTENT_RATINGS
    if not content and is_blank(words):
        missing["words"] = ["required"]
    if missing:
        raise Invalid(missing)
    values: dict[str, Any] = {"complainant": int(person), "words": None if is_blank(words) else words}
    if content:
        action, values = "confirm", {**values, "heard": True, "rating": rating}
    else:
        action, values = "reopen", {**values, "reason": words}
    loaded = load_values(context.definition, action, values)
    take_step.apply_action(context, action, loaded, version_of(form))
    address = url_for("case.show", number=number, done=action)
    return redirect(address, code=303)  # type: ignore[return-value]


def _final_replies(found: CasePage) -> dict[int, str]:
    """Return the last words told to each complainant."""
    return {reply["complainant"]: reply["text"] for reply in found.view["replies"] if reply["final"]}


def _controls(
    page_request: PageRequest, typed: Typed, found: CasePage, waiting: list[dict[str, Any]]
) -> dict[str, Control]:
    mistakes = mistakes_of(page_request, typed.refusal)
    people = [Choice(complainant_value(person["id"]), found.families[person["id"]]) for person in waiting]
    ratings = [Choice(code, page_request.called("rating", code)) for code in Rating]
    made = {
        "complainant": ("hidden" if len(people) == 1 else "choice", people),
        "heard": ("choice", heard_or_not(page_request)),
        "rating": ("choice", ratings),
        "words": ("voice", []),
    }
    return {
        name: build_control(
            page_request,
            typed,
            mistakes,
            action="confirm",
            name=name,
            kind=kind,
            required=name != "words",
            choices=choices,
            value=people[0].value if name == "complainant" and len(people) == 1 else "",
        )
        for name, (kind, choices) in made.items()
    }
