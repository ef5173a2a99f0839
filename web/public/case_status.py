"""查我的事: whoever holds a receipt code sees the one matter, and says whether it is settled.

The code travels in the body of a form alone, never in an address or a log (interfaces.md).
"""

from collections.abc import Callable
from typing import Any

from flask import Response, request

from accounts.sign_in import rate_limits
from cases import public_actions, public_status
from cases.access import receipt_codes
from cases.lifecycle.code_holders import add_holder
from cases.public_ratings import load_surroundings
from core.errors import NotFound
from core.i18n import mark as _
from core.normalization.visibility import is_blank
from web.framework import cookies, display_preferences
from web.framework.blueprint import ANYBODY, Form, PageBlueprint, Typed
from web.framework.rendering import page
from web.framework.request_context import PageRequest
from web.public import status_words
from web.public.gate import WITH_CODE, asks
from wsgi.guessing import code_gate, throttles
from wsgi.rate_limits import ADDED_WORDS, WRONG_CODES
from wsgi.schemas.request_schemas import VillagersAddition, VillagersDemand, VillagersWord
from wsgi.schemas.validation_errors import load_strictly

case_status = PageBlueprint("case_status", __name__)
SHAPE = VillagersWord()
ADDITION = VillagersAddition()
DEMAND = VillagersDemand()
UNKNOWN = _("没有这个回执码，看一看 0 和 O、1 和 I。码里没有这几个字。")
MISSING_RATING = _("请选一个：满意、基本满意或不满意。")
BAD_WORDS = _("写得太长，或者有看不见的字，请改一改。")
TOO_MANY_WORDS = _("今天已经补充了很多次，请明天再来。")
NOT_NOW = _("这一步现在做不了。")
TRIED = _("试得太多了，请过 {minutes} 分钟再查；也可以拿事情的编号，请收下这件事的{unit_kind.team}查。")
NO_WORDS = _("请先写下要补充的话。")
NO_REASON = _("请写一句为什么要重新办。")


@case_status.get("/status", enter=ANYBODY)
def status(page_request: PageRequest) -> Response:
    """Show the box for the code."""
    return blank(page_request)


def too_often(page_request: PageRequest, typed: Typed) -> Response | None:
    """Show the box and how long to wait, when it is wrong codes that were too many."""
    refusal = typed.refusal
    if refusal is None or refusal.facts.get("limit") != WRONG_CODES.name:
        return None
    mistake = page_request.say(TRIED, minutes=refusal.minutes)
    return blank(page_request, code=typed.get("receipt_code")[: receipt_codes.LONGEST_TYPED], mistake=mistake)


def not_found(page_request: PageRequest, typed: Typed) -> Response:
    """Show the box again when nothing could be looked up."""
    return too_often(page_request, typed) or blank(
        page_request, code=typed.get("receipt_code")[: receipt_codes.LONGEST_TYPED], mistake=NOT_NOW
    )


@case_status.post("/status", enter=WITH_CODE, again=not_found)
def show_case(page_request: PageRequest, form: Form) -> Response:
    """Show the matter of a code, or what stood on the page once more in another language or size."""
    chosen = display_preferences.chosen_preferences(form)
    page_request.display = page_request.display.with_choices(chosen)
    response = _find_status(page_request, form)
    if chosen:
        display_preferences.store(response, page_request.display, secure=request.is_secure)
    return response


def _find_status(page_request: PageRequest, form: Form) -> Response:
    """Show the matter of a code with what is typed."""
    code = form.get("receipt_code", "")
    if not asks(form):
        return blank(page_request, code=code[: receipt_codes.LONGEST_TYPED])
    words, more, rating, demand = (form.get(name, "") for name in ("words", "more", "rating", "demand"))
    return _opened(
        page_request,
        code,
        lambda _holder: shown(
            page_request,
            _find(page_request, code),
            code,
            words=words,
            more=more,
            rating=rating,
            demand=demand,
        ),
    )


def _opened(page_request: PageRequest, code: str, act: Callable[[int], Response]) -> Response:
    """Do what a code is typed for, with the id of the complainant who holds it; a wrong one is counted.

    The code comes before what else is wrong: whoever is shown a form again with a mistake in it must hold the
    code. Where somebody signed in types it, it is in the hands of their unit from then on; else the device is
    known from then on as one on which the code was right.
    """
    try:
        holder = public_status.find_complainant(page_request.session, rules=page_request.rules, code=code)
    except NotFound:
        return wrong_code(page_request, code)
    if page_request.who is not None:
        add_holder(page_request.session, holder, page_request.who.actor.unit_id)
        return act(holder)
    response = act(holder)
    cookies.remember_device(response, page_request.rules, [code_gate.holder_of_code(code)], page_request.now)
    return response


def _find(page_request: PageRequest, code: str) -> public_status.PublicCase:
    return public_status.find_public_case(
        page_request.session, rules=page_request.rules, code=code, now=page_request.now
    )


def _round_of(form: Form) -> int | None:
    """Return the round in which a form was shown, by which one that is sent again is known."""
    given = form.get("round", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 6 else None


def blank(
    page_request: PageRequest, *, code: str = "", mistake: str = "", code_status: int = 200
) -> Response:
    """Show the box alone, with what was wrong about the code."""
    del page_request
    return page("public/status.html", status=code_status, matter=None, code=code, mistake=mistake)


def wrong_code(page_request: PageRequest, code: str) -> Response:
    """Count a wrong code and say so; whether there is such a matter is not told otherwise."""
    throttles.count(page_request.session, throttles.wrong_code_tries(), now=page_request.now)
    return blank(page_request, code=code[: receipt_codes.LONGEST_TYPED], mistake=UNKNOWN, code_status=404)


def shown(
    page_request: PageRequest,
    matter: public_status.PublicCase,
    code: str,
    *,
    mistake: str = "",
    words: str = "",
    more: str = "",
    rating: str = "",
    demand: str = "",
    thanks: bool = False,
) -> Response:
    """Show a matter."""
    plain = receipt_codes.read_code(code)
    return page(
        "public/status.html",
        status=422 if mistake else 200,
        matter=matter,
        code=receipt_codes.grouped(plain) if plain else code,
        mistake=mistake,
        words=words,
        more=more,
        rating=rating,
        demand=demand,
        thanks=thanks,
        beside=load_surroundings(page_request.session, rules=page_request.rules, code=code),
        headline=status_words.headline(page_request, matter),
        handling=list(status_words.handling_sentences(page_request, matter)),
        waits_late=status_words.waits_late(matter),
        events=[(status_words.event_words(page_request, event), event) for event in matter.happened],
        entered=lambda event: list(status_words.entered_sentences(page_request, event)),
    )


def _shown_again(page_request: PageRequest, typed: Typed, mistake: str, **written: Any) -> Response:
    """Show the matter once more when something could not be taken; what was written stays."""
    if waits := too_often(page_request, typed):
        return waits
    code = typed.get("receipt_code")
    try:
        matter = _find(page_request, code)
    except NotFound:
        return blank(page_request, code=code[: receipt_codes.LONGEST_TYPED], mistake=UNKNOWN)
    return shown(page_request, matter, code, mistake=mistake, **written)


def _errors(typed: Typed) -> set[str]:
    return set((typed.refusal.errors if typed.refusal else None) or ())


def again(page_request: PageRequest, typed: Typed) -> Response:
    """Show the matter once more when the rating could not be taken."""
    errors = _errors(typed)
    mistake = MISSING_RATING if "rating" in errors else BAD_WORDS if "words" in errors else NOT_NOW
    return _shown_again(page_request, typed, mistake, words=typed.get("words"), rating=typed.get("rating"))


@case_status.post("/status/rating", enter=WITH_CODE, again=again)
def rate(page_request: PageRequest, form: Form) -> Response:
    """Take the villager's word; a dissatisfied one has the matter done again."""
    code = form.get("receipt_code", "")
    fields = ("receipt_code", "rating", "words")

    def act(_holder: int) -> Response:
        said = load_strictly(SHAPE, {name: form[name] for name in fields if not is_blank(form.get(name, ""))})
        rated = public_actions.rate(
            page_request.session,
            rules=page_request.rules,
            code=code,
            rating=said["rating"],
            words=said.get("words", ""),
            now=page_request.now,
            round_no=_round_of(form),
        )
        return shown(page_request, rated.matter, code, thanks=True)

    return _opened(page_request, code, act)


def reopen_again(page_request: PageRequest, typed: Typed) -> Response:
    """Show the matter once more when it could not be taken up again."""
    demand = typed.get("demand")
    mistake = NOT_NOW
    if "words" in _errors(typed):
        mistake = NO_REASON if is_blank(demand) else BAD_WORDS
    return _shown_again(page_request, typed, mistake, demand=demand)


@case_status.post("/status/reopen", enter=WITH_CODE, again=reopen_again)
def reopen(page_request: PageRequest, form: Form) -> Response:
    """Take the matter up again, on the demand of its villager."""
    code = form.get("receipt_code", "")

    def act(_holder: int) -> Response:
        said = load_strictly(DEMAND, {"receipt_code": code, "words": form.get("demand", "")})
        matter = public_actions.reopen(
            page_request.session,
            rules=page_request.rules,
            code=code,
            words=said["words"],
            now=page_request.now,
            round_no=_round_of(form),
        )
        return shown(page_request, matter, code, thanks=True)

    return _opened(page_request, code, act)


def more_again(page_request: PageRequest, typed: Typed) -> Response:
    """Show the matter once more when an addition could not be taken."""
    more = typed.get("more")
    mistake = NOT_NOW
    if typed.refusal is not None and typed.refusal.status == 429:
        mistake = TOO_MANY_WORDS
    elif "more" in _errors(typed):
        mistake = NO_WORDS if is_blank(more) else BAD_WORDS
    return _shown_again(page_request, typed, mistake, more=more)


@case_status.post("/status/words", enter=WITH_CODE, again=more_again)
def add_words(page_request: PageRequest, form: Form) -> Response:
    """Take what a villager adds while waiting."""
    code = form.get("receipt_code", "")

    def act(holder: int) -> Response:
        said = load_strictly(ADDITION, {"receipt_code": code, "more": form.get("more", "")})
        rate_limits.spend(
            page_request.session, limit=ADDED_WORDS, subject=f"complainant:{holder}", now=page_request.now
        )
        matter = public_actions.add_words(
            page_request.session, rules=page_request.rules, code=code, text=said["more"], now=page_request.now
        )
        return shown(page_request, matter, code, thanks=True)

    return _opened(page_request, code, act)
