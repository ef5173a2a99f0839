"""登记: take a complaint down at the desk, show what may be the same matter, and give the slip."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response, request
from werkzeug.datastructures import MultiDict

from accounts.access import policy
from accounts.access.permissions import Permission
from accounts.models import User
from cases.intake import registration
from cases.intake.submission import Intake
from cases.lifecycle import take_step
from cases.lifecycle.action_values import with_phone_as_written
from cases.queries import similar_cases
from cases.vocabulary import REPLY_OUTCOMES
from config.vocabulary import CaseKind, IntakeChannel, Urgency
from core.errors import Conflict, Invalid
from core.normalization.visibility import is_blank
from web.cases.receipt_slips import render_slips
from web.cases.rows import case_rows
from web.forms.category_questions import WISH, answers_in, controls_of
from web.forms.choices import villages_of
from web.forms.controls import (
    PHONE_AS_WRITTEN,
    YES,
    Choice,
    Control,
    Mistakes,
    build_control,
    mistakes_of,
    phone_confirmation,
    with_offset,
)
from web.forms.naming import FEW, load_over_village, named_in, naming_controls
from web.framework import uploads
from web.framework.blueprint import Form, PageBlueprint, Typed, requires
from web.framework.form_key import KEY_FIELD
from web.framework.rendering import page
from web.framework.request_context import PageRequest
from workflow.definition.vocabulary import ReplyChannel
from wsgi.schemas.action_schemas import load_values
from wsgi.schemas.external import external_id
from wsgi.schemas.request_schemas import LikelyQuery, NewCase
from wsgi.schemas.validation_errors import load_strictly

register = PageBlueprint("register", __name__)
ENTER = requires(Permission.CASES_REGISTER)
SHAPE, LIKELY = NewCase(), LikelyQuery()
ANSWERERS = frozenset({"member", "team_leader"})


@register.get("/register", enter=ENTER)
def form(page_request: PageRequest) -> Response:
    """Show the form."""
    return render_registration(page_request, Typed())


def render_registration(page_request: PageRequest, typed: Typed) -> Response:
    """Show the form with what was typed and not taken."""
    asked = controls_of(page_request, typed, mistakes_of(page_request, typed.refusal))
    return page(
        "register/form.html",
        typed=typed,
        controls={**_controls(page_request, typed), **asked},
        wish=WISH,
        questions=[one for name, one in asked.items() if name != WISH],
        general=mistakes_of(page_request, typed.refusal).general,
        may_answer=bool(page_request.actor.roles & ANSWERERS),
        named=_named(page_request, typed),
        **_likely_to(page_request, typed),
    )


@register.get("/register/questions", enter=ENTER)
def further(page_request: PageRequest) -> Response:
    """Show what a category asks beside what everybody is asked."""
    chosen = Typed(MultiDict({"category": request.args.get("category", "")}))
    asked = controls_of(page_request, chosen, Mistakes())
    return page("register/questions.html", questions=[one for name, one in asked.items() if name != WISH])


@register.get("/register/named", enter=ENTER)
def nameable(page_request: PageRequest) -> Response:
    """Show who may be named in a matter of a village."""
    chosen = Typed(MultiDict({"village": request.args.get("village", "")}))
    return page("register/named.html", named=_named(page_request, chosen))


@register.preview("/register/questions", enter=ENTER)
def ask(page_request: PageRequest, form: Form) -> Response:
    """Show the form again with what the category asks and who said the same, where no script fetches it."""
    return render_registration(page_request, Typed(form))


@register.preview("/register/likely", enter=requires(Permission.CASES_READ))
def likely_ones(page_request: PageRequest, form: Form) -> Response:
    """Show the open matters of the same village that may be the one being written down.

    They are asked for by a form, though nothing changes: what somebody complains of stands in no address.
    """
    asked = load_strictly(LIKELY, {name: value for name, value in form.items() if not is_blank(value)})
    return page("register/likely.html", **_likely(page_request, asked))


@register.post("/register", enter=ENTER, again=render_registration, redisplay=render_registration)
def create(page_request: PageRequest, form: Form) -> Response:
    """Make a case of what was written down, and show the slip with the code, this one time."""
    body = _body(page_request, form)
    made = registration.register(
        page_request.session,
        actor=page_request.actor,
        rules=page_request.rules,
        intake=body,
        now=page_request.now,
    )
    if made.result is None:
        raise Conflict("client_ref_reused", client_ref=body.client_ref)
    return render_slips(page_request, made.result, registered=True, withheld=made.withheld)


def render_registration_again(page_request: PageRequest, typed: Typed, number: str) -> Response:
    """Show the form again when the villager could not be put on a matter."""
    del number
    return render_registration(page_request, typed)


@register.post("/register/join/<number:number>", enter=ENTER, again=render_registration_again)
def join(page_request: PageRequest, form: Form, number: str) -> Response:
    """Put the villager on an open matter as a further complainant, with own words and an own code."""
    context = take_step.load_for_action(
        page_request.session,
        actor=page_request.actor,
        rules=page_request.rules,
        number=number,
        now=page_request.now,
    )
    given = {"complainant": _person(form), "own_words": form.get("own_words", "")}
    context = uploads.attach_files(page_request, context) or context
    values = load_values(context.definition, "join", given)
    if form.get(PHONE_AS_WRITTEN) == YES:
        values = with_phone_as_written(values)
    result = take_step.apply_action(context, "join", values)
    return render_slips(page_request, result, registered=False)


def _likely_to(page_request: PageRequest, typed: Typed) -> dict[str, Any]:
    """Return what a form shows of matters that may be the same, whatever is wrong with what was typed."""
    if not policy.permits(page_request.actor, Permission.CASES_READ):
        return {"may_search": False}
    written = {name: typed.get(name) for name in ("village", "own_words") if not is_blank(typed.get(name))}
    try:
        asked = load_strictly(LIKELY, written)
    except Invalid:
        asked = {}
    return {"may_search": True, **_likely(page_request, asked)}


def _likely(page_request: PageRequest, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the open matters that may be the same, and whether enough is written to look for any."""
    village, words = asked.get("village", ""), asked.get("own_words", "")
    if not village or not similar_cases.is_enough(words):
        return {"searched": False, "rows": []}
    found = similar_cases.find_similar(
        page_request.session,
        actor=page_request.actor,
        rules=page_request.rules,
        village=village,
        words=words,
        now=page_request.now,
    )
    return {"searched": True, "rows": case_rows(page_request, found)}


def _own_reference(page_request: PageRequest, form: Form) -> str:
    """Return by what a form that is sent twice is known: its key, and whose it is."""
    sender = external_id(User.__tablename__, page_request.actor.user_id or 0)
    return f"page-{sender}-{form.get(KEY_FIELD, '')}"[:100]


def _body(page_request: PageRequest, form: Form) -> Intake:
    """Return what the intake takes; raise Invalid for what is wrong."""
    given: dict[str, Any] = {
        name: form[name].strip()
        for name in ("village", "category", "kind", "urgency", "channel")
        if not is_blank(form.get(name, ""))
    }
    given |= {
        "own_words": form.get("own_words", ""),
        "client_ref": _own_reference(page_request, form),
        "complainants": [_person(form)],
        **named_in(form),
    }
    if form.get("happened_at", "").strip():
        given["happened_at"] = with_offset(form["happened_at"], page_request.rules.zone)
    answers = answers_in(page_request, form)
    if answers:
        given["answers"] = answers
    if form.get("reply.outcome") or not is_blank(form.get("reply.text", "")):
        given["reply"] = {
            "outcome": form.get("reply.outcome", ""),
            "channel": form.get("reply.channel", ""),
            "text": form.get("reply.text", ""),
            **({"promised_on": form["reply.promised_on"]} if form.get("reply.promised_on") else {}),
        }
    body = load_strictly(SHAPE, {"channel": IntakeChannel.WALK_IN.value, **given})
    for person in body["complainants"]:
        person[PHONE_AS_WRITTEN] = form.get(PHONE_AS_WRITTEN) == YES
    return Intake.from_body({**body, "attachments": uploads.store_files(page_request)})


def _person(form: Form) -> dict[str, Any]:
    """Return who raises the matter, as a program would send it."""
    given = {name: form.get(f"complainant.{name}", "").strip() for name in ("household", "name", "phone")}
    known = {name: value for name, value in given.items() if not is_blank(value)}
    return {**known, "confidential": form.get("complainant.confidential") == YES}


def _named(page_request: PageRequest, typed: Typed) -> list[Control]:
    """Draw whom the matter may be about: those over the village that was chosen, or the only one there is."""
    villages = villages_of(page_request)
    usual = villages[0].code if len(villages) == 1 else ""
    over = load_over_village(page_request, typed.get("village", usual) or usual)
    return naming_controls(page_request, typed, mistakes_of(page_request, typed.refusal), over, "register")


def _field(name: str) -> str:
    """Return the form's name of a field of the body."""
    return name.replace("complainants.0.", "complainant.")


def _controls(page_request: PageRequest, typed: Typed) -> dict[str, Control]:
    mistakes = mistakes_of(page_request, _with_form_names(typed).refusal)
    villages = villages_of(page_request)
    choices = {
        "village": [Choice(one.code, one.name) for one in villages],
        "category": [
            Choice(code, page_request.called("category", code)) for code in page_request.rules.categories
        ],
        "kind": [Choice(code, page_request.called("kind", code)) for code in CaseKind],
        "urgency": [Choice(code, page_request.called("urgency", code)) for code in Urgency],
        "channel": [Choice(code, page_request.called("channel", code)) for code in IntakeChannel],
        "reply.outcome": [Choice(code, page_request.called("outcome", code)) for code in REPLY_OUTCOMES],
        "reply.channel": [Choice(code, page_request.called("reply_channel", code)) for code in ReplyChannel],
    }
    usual = {
        "village": villages[0].code if len(villages) == 1 else "",
        "kind": CaseKind.PROBLEM.value,
        "urgency": Urgency.NORMAL.value,
        "channel": IntakeChannel.WALK_IN.value,
        "reply.channel": ReplyChannel.DOOR.value,
    }
    kinds = {
        **dict.fromkeys(choices, "choice"),
        "village": "choice" if len(villages) <= FEW else "select",
        "own_words": "voice",
        "complainant.household": "line",
        "complainant.name": "line",
        "complainant.phone": "line",
        "complainant.confidential": "tick",
        "files": "files",
        "happened_at": "datetime",
        "reply.text": "voice",
        "reply.promised_on": "date",
    }
    required = {"village", "category", "kind", "own_words"}
    if not page_request.asks_for_households:
        del kinds["complainant.household"]
    asked = phone_confirmation(page_request, typed, action="register", field="complainant.phone")
    return ({PHONE_AS_WRITTEN: asked} if asked is not None else {}) | {
        name: build_control(
            page_request,
            typed,
            mistakes,
            action="register",
            name=name,
            kind=kind,
            required=name in required,
            choices=choices.get(name, ()),
            value=usual.get(name, ""),
            household=f"{villages[0].code if villages else 'YY'}-03-017",
        )
        for name, kind in kinds.items()
    }


def _with_form_names(typed: Typed) -> Typed:
    """Return what was refused with the form's names, where the intake named places of its own."""
    if typed.refusal is None or not typed.refusal.errors:
        return typed
    errors = {_field(name): codes for name, codes in typed.refusal.errors.items()}
    return Typed(typed.form, replace(typed.refusal, errors=errors))
