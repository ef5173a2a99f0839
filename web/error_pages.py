"""Answer every error as a page that says what to do, with a way back; what was typed stays on it."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from flask import Flask, Response, g, redirect, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from accounts.sign_in.first_steps import FirstStep
from cases.models.correspondence import LARGEST_FILE_MB
from config.marked_text import with_limits
from core.i18n import mark as _
from web.account.kept_form import KeptForm
from web.account.sign_in import render_sign_in_again
from web.framework import display_preferences
from web.framework.blueprint import ANYBODY, SignInFirst, admit
from web.framework.refusals import reason_words
from web.framework.rendering import local_path, page
from web.framework.request_context import PageRequest, page_services
from web.framework.uploads import MOST_FILES
from wsgi import error_responses
from wsgi.concurrency_limit import turned_away
from wsgi.error_messages import WRONG_FILE
from wsgi.error_responses import ErrorResponse
from wsgi.schemas.request_schemas import LONGEST_SEARCH

#: What is never written into a page again.
SECRETS = frozenset({"password", "present", "fresh", "again", "code", "passkey"})
#: The title and the sentence of each status; what the refusal itself says in words comes from elsewhere.
WORDS: Mapping[int, tuple[str, str]] = {
    400: (_("这一页打不开"), _("地址或填的内容有误，请从上一页再来一次。")),
    403: (_("这件事不归您做"), _("您的角色不能做这一步。请找{role.team_leader}或{role.coordinator}。")),
    404: (_("没有这一页"), _("地址可能写错了，或者这件事不归您看。")),
    405: (_("这一页打不开"), _("请从上一页的按钮进来。")),
    409: (_("别人先了一步"), _("刚才有人改了同一处。请回去看看现在的样子。")),
    413: (
        _("内容太大"),
        with_limits(
            _("照片和文件一次最多 {files} 个，一共不超过 {megabytes} MB。"),
            files=MOST_FILES,
            megabytes=LARGEST_FILE_MB,
        ),
    ),
    422: (_("有几处要改"), _("请回去核对填的内容。")),
    429: (_("试得太多了"), _("请过一会儿再来。")),
    500: (_("系统出错了"), _("已经记下来了，会有人查。请再试一次；还不行，把下面的编号告诉管理员。")),
    415: (_("这个文件收不了"), _("只收照片（JPEG、PNG）和 PDF，请换一个")),
    503: (_("现在存不了"), _("数据库或磁盘这会儿不可靠，什么都没有丢。请过一会儿再试。")),
}
#: Where what is missing is done.
FIRST_PAGES = {
    FirstStep.PASSWORD: "profile.first_password",
    FirstStep.SECOND_FACTOR: "second_factor.second_factor",
}
TRY_LATER = _("请过 {minutes} 分钟再来。")
#: The last part of the names of fields in which people write sentences.
WRITTEN = frozenset({"text", "reason", "words", "own_words", "value", "more"})
LONG_SEARCH = with_limits(_("要找的词最多 {most} 个字。请写短一点再找。"), most=LONGEST_SEARCH)
ANOTHER_SITE = _("这一步不是从本系统的页面点来的，没有照办。请在本系统里再做一次。")


def install(app: Flask) -> None:
    """Let every error be answered from here."""
    error_responses.install(app, error_page)
    app.register_error_handler(HTTPException, of_http)
    app.register_error_handler(SignInFirst, of_stranger)


def of_http(error: HTTPException) -> AnyResponse:
    """Answer what Flask and werkzeug refuse; a redirect stays one."""
    if error.code is not None and error.code < 400:
        return error.get_response()
    return error_page(error_responses.error_response_of(error))


def of_stranger(error: SignInFirst) -> AnyResponse:
    """Lead somebody who is not signed in to where one signs in, and back afterwards with what was typed."""
    if error.missing is not None:
        return redirect(url_for(FIRST_PAGES[error.missing]))
    if error.who is not None:
        return redirect(url_for("sign_in.code"))
    if request.method == "POST":
        known, shown = page_services(), g.page_request
        with known.db.reading() as session:
            return render_sign_in_again(
                replace(shown, session=session), KeptForm(request.path, typed_of_request())
            )
    back = local_path(request.full_path.rstrip("?")) or "/"
    return redirect(url_for("sign_in.form", next=None if back == "/" else back))


def error_page(refusal: ErrorResponse) -> Response:
    """Show a refusal as a page."""
    _ensure_page_request()
    status = refusal.status if refusal.status in WORDS else 500 if refusal.status >= 500 else 400
    title, detail = WORDS[status]
    reasons = refusal.facts.get("reasons") or []
    response = page(
        "errors/error.html",
        status=refusal.status,
        title=title,
        detail=_detail(refusal, detail),
        reasons=[reason for reason in reasons if reason != "another_site"],
        number=error_responses.request_id() if refusal.status >= 500 else "",
        typed=_worth_keeping(refusal),
        written=WRITTEN,
    )
    for name, value in refusal.headers.items():
        response.headers[name] = value
    return response


def _detail(refusal: ErrorResponse, usual: str) -> str:
    page_request: PageRequest = g.page_request
    if "another_site" in (refusal.facts.get("reasons") or []):
        return page_request.translate(ANOTHER_SITE)
    if "length_out_of_range" in (refusal.errors or {}).get("q", ()):
        return page_request.translate(LONG_SEARCH)
    said = reason_words(page_request, refusal)
    if said is not None:
        return said
    if refusal.code == "unsupported_type" and "allowed" in refusal.facts:
        return page_request.translate(WRONG_FILE)
    if "retry_after" in refusal.facts and refusal.status == 429:
        return page_request.say(TRY_LATER, minutes=refusal.minutes)
    return page_request.translate(usual)


def _worth_keeping(refusal: ErrorResponse) -> MultiDict[str, str] | None:
    """Return what was sent when it may be sent again as it is and somebody wrote something in it."""
    if request.method != "POST" or refusal.status not in (409, 429, 503):
        return None
    typed = typed_of_request()
    return (
        typed
        if any(len(value) > 1 for name, value in typed.items() if name.split(".")[-1] in WRITTEN)
        else None
    )


def typed_of_request() -> MultiDict[str, str]:
    """Return what was sent with the present form, without anything secret."""
    try:
        form = request.form
    except HTTPException:  # it is the form itself that cannot be read
        return MultiDict()
    return MultiDict([(name, value) for name, value in form.items(multi=True) if name not in SECRETS])


def _ensure_page_request() -> None:
    """Let an error be shown that came before anybody was let in, with the way on for whoever is signed in."""
    if "page_request" in g:
        return
    known = page_services()
    g.page_request = PageRequest(known, None, known.now(), display_preferences.of_request(request))  # type: ignore[arg-type]  # none is read
    if turned_away(request.environ):
        return  # who that is, only the database could tell
    with suppress(SQLAlchemyError), known.db.reading() as session:
        admit(known, session, ANYBODY)
