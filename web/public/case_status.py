"""查我的事: whoever holds a receipt code sees the one matter, and says whether it is settled.

The code travels in the body of a form alone, never in an address or a log (interfaces.md).
"""

from collections.abc import Mapping

from flask import Response, request

from accounts.sign_in import rate_limits
from cases import public_status
from cases.lifecycle import receipt_codes
from core.errors import NotFound
from core.i18n import mark as _
from web.framework import display_preferences
from web.framework.blueprint import ANYBODY, Form, PageBlueprint, Typed
from web.framework.rendering import page
from web.framework.request_context import PageRequest
from web.public.complainant_ratings import load_surroundings
from workflow.definition.vocabulary import CaseState
from wsgi.addresses import client_address
from wsgi.rate_limits import ADDED_WORDS, WRONG_CODES
from wsgi.schemas.request_schemas import VillagersAddition, VillagersWord
from wsgi.schemas.validation_errors import load_strictly

case_status = PageBlueprint("case_status", __name__)
SHAPE = VillagersWord()
ADDITION = VillagersAddition()
UNKNOWN = _("没有这个回执码，看一看 0 和 O、1 和 I。码里没有这几个字。")
MISSING_RATING = _("请选一个：满意、基本满意或不满意。")
BAD_WORDS = _("写得太长，或者有看不见的字，请改一改。")
TOO_MANY_WORDS = _("今天已经补充了很多次，请明天再来。")
NOT_NOW = _("这一步现在做不了。")
TRIED = _("试得太多了，请过 {minutes} 分钟再查；也可以拿事情的编号，请收下这件事的工作组查。")
NO_WORDS = _("请先写下要补充的话。")
AGAIN = _("正在重新办")
#: What the big sentence says, by state; a matter that is done again says so itself.
HEADLINES: Mapping[str, str] = {
    CaseState.RECEIVED: _("您的事收下了"),
    CaseState.ASSIGNED: _("有人在办了"),
    CaseState.ESCALATED: _("报给上级在办"),
    CaseState.RESOLVED: _("已经答复您了"),
    CaseState.CLOSED: _("您说满意，这个「回」写完了"),
    CaseState.REJECTED: _("这件事不归这里办，已经讲明"),
    CaseState.WITHDRAWN: _("您撤回了这件事"),
    CaseState.VOID: _("这件事登记错了，已作废"),
}
STEPS = {
    "register": _("收下了"),
    "join": _("加进来了"),
    "add_words": _("您补充了"),
    "assign": _("交给{unit}办"),
    "escalate": _("报给{unit}办"),
    "raise": _("提给{unit}办"),
    "answer": _("当场答复您了"),
    "resolve": _("答复您了"),
    "reopen": _("重新办"),
    "confirm": _("您说了满意不满意"),
    "reject": _("讲明不归这里办"),
}


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
    return blank(page_request, code=typed.get("receipt_code")[:20], mistake=mistake)


def not_found(page_request: PageRequest, typed: Typed) -> Response:
    """Show the box again when nothing could be looked up."""
    return too_often(page_request, typed) or blank(
        page_request, code=typed.get("receipt_code")[:20], mistake=NOT_NOW
    )


@case_status.post("/status", enter=ANYBODY, again=not_found)
def show_case(page_request: PageRequest, form: Form) -> Response:
    """Show the matter of a code, or what stood on the page once more in another language or size."""
    chosen = display_preferences.chosen_preferences(form)
    page_request.display = page_request.display.with_choices(chosen)
    response = _find_status(page_request, form, asks=not chosen or form.get("matter") == "yes")
    if chosen:
        display_preferences.store(response, page_request.display, secure=request.is_secure)
    return response


def _find_status(page_request: PageRequest, form: Form, *, asks: bool) -> Response:
    """Show the matter of a code with what is typed; ten wrong ones in a quarter of an hour are the last.

    A code that opened nothing is not asked for again: a change of language must not count as one more.
    """
    code = form.get("receipt_code", "")
    if not asks:
        return blank(page_request, code=code[:20])
    rate_limits.refuse_when_spent(
        page_request.session, limit=WRONG_CODES, subject=client_address(), now=page_request.now
    )
    try:
        matter = public_status.find_public_case(page_request.session, rules=page_request.rules, code=code)
    except NotFound:
        return wrong_code(page_request, code)
    words, more, rating = (form.get(name, "") for name in ("words", "more", "rating"))
    return shown(page_request, matter, code, words=words, more=more, rating=rating)


def blank(
    page_request: PageRequest, *, code: str = "", mistake: str = "", code_status: int = 200
) -> Response:
    """Show the box alone, with what was wrong about the code."""
    del page_request
    return page("public/status.html", status=code_status, matter=None, code=code, mistake=mistake)


def wrong_code(page_request: PageRequest, code: str) -> Response:
    """Count a wrong code and say so; whether there is such a matter is not told otherwise."""
    rate_limits.spend(page_request.session, limit=WRONG_CODES, subject=client_address(), now=page_request.now)
    return blank(page_request, code=code[:20], mistake=UNKNOWN, code_status=404)


def shown(
    page_request: PageRequest,
    matter: public_status.PublicCase,
    code: str,
    *,
    mistake: str = "",
    words: str = "",
    more: str = "",
    rating: str = "",
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
        thanks=thanks,
        beside=load_surroundings(page_request, code),
        headline=AGAIN
        if matter.round > 1 and matter.state == CaseState.RECEIVED
        else HEADLINES[matter.state],
        steps=STEPS,
    )


def again(page_request: PageRequest, typed: Typed) -> Response:
    """Show the matter once more when the rating could not be taken; what was written stays."""
    if waits := too_often(page_request, typed):
        return waits
    code = typed.get("receipt_code")
    try:
        matter = public_status.find_public_case(page_request.session, rules=page_request.rules, code=code)
    except NotFound:
        return blank(page_request, code=code[:20], mistake=UNKNOWN)
    errors = (typed.refusal.errors if typed.refusal else None) or {}
    mistake = MISSING_RATING if "rating" in errors else BAD_WORDS if "words" in errors else NOT_NOW
    return shown(
        page_request, matter, code, mistake=mistake, words=typed.get("words"), rating=typed.get("rating")
    )


@case_status.post("/status/rating", enter=ANYBODY, again=again)
def rate(page_request: PageRequest, form: Form) -> Response:
    """Take the villager's word; a dissatisfied one has the matter done again."""
    rate_limits.refuse_when_spent(
        page_request.session, limit=WRONG_CODES, subject=client_address(), now=page_request.now
    )
    code = form.get("receipt_code", "")
    fields = ("receipt_code", "rating", "words")
    try:
        # The code comes first: whoever is shown the form again with a mistake in it must hold the code.
        public_status.find_complainant(page_request.session, rules=page_request.rules, code=code)
        said = load_strictly(SHAPE, {name: form[name] for name in fields if form.get(name, "").strip()})
        matter = public_status.rate(
            page_request.session,
            rules=page_request.rules,
            code=code,
            rating=said["rating"],
            words=said.get("words", ""),
            now=page_request.now,
        )
    except NotFound:
        return wrong_code(page_request, code)
    return shown(page_request, matter, code, thanks=True)


def more_again(page_request: PageRequest, typed: Typed) -> Response:
    """Show the matter once more when an addition could not be taken; what was written stays."""
    if waits := too_often(page_request, typed):
        return waits
    code = typed.get("receipt_code")
    try:
        matter = public_status.find_public_case(page_request.session, rules=page_request.rules, code=code)
    except NotFound:
        return blank(page_request, code=code[:20], mistake=UNKNOWN)
    errors = (typed.refusal.errors if typed.refusal else None) or {}
    mistake = NOT_NOW
    if typed.refusal is not None and typed.refusal.status == 429:
        mistake = TOO_MANY_WORDS
    elif "more" in errors:
        mistake = BAD_WORDS if typed.get("more").strip() else NO_WORDS
    return shown(page_request, matter, code, mistake=mistake, more=typed.get("more"))


@case_status.post("/status/words", enter=ANYBODY, again=more_again)
def add_words(page_request: PageRequest, form: Form) -> Response:
    """Take what a villager adds while waiting."""
    rate_limits.refuse_when_spent(
        page_request.session, limit=WRONG_CODES, subject=client_address(), now=page_request.now
    )
    code = form.get("receipt_code", "")
    try:
        holder = public_status.find_complainant(page_request.session, rules=page_request.rules, code=code)
        said = load_strictly(ADDITION, {"receipt_code": code, "more": form.get("more", "")})
        rate_limits.spend(
            page_request.session, limit=ADDED_WORDS, subject=f"complainant:{holder}", now=page_request.now
        )
        matter = public_status.add_words(
            page_request.session, rules=page_request.rules, code=code, text=said["more"], now=page_request.now
        )
    except NotFound:
        return wrong_code(page_request, code)
    return shown(page_request, matter, code, thanks=True)
