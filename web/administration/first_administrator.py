"""第一次使用: whoever runs the server gives its code and becomes the first administrator."""

from flask import Response, redirect, request, url_for

from accounts.registers import first_administrator, unit_list
from accounts.registers.first_administrator import FirstAdministrator
from accounts.sign_in import rate_limits, sessions
from accounts.sign_in.rate_limits import Limit
from accounts.vocabulary import AreaLevel
from core.errors import Conflict
from core.i18n import mark as _
from web.account.device_names import device_of
from web.account.sign_in import remember_device, render_form, set_session_cookie
from web.forms.controls import NOT_NOW, Choice, mistakes_of
from web.forms.register_forms import Field, build_controls
from web.framework.blueprint import ANYBODY, Form, PageBlueprint, Typed
from web.framework.rendering import page
from web.framework.request_context import PageRequest
from wsgi.error_messages import REGISTERS
from wsgi.guessing import throttles
from wsgi.rate_limits import QUARTER

setup_pages = PageBlueprint("first_administrator", __name__)
WRONG_CODES = Limit("set_up_codes", 20, QUARTER)
#: The areas that an installation can begin with.
TOPS = (AreaLevel.COUNTY, AreaLevel.TOWNSHIP)
WRONG = _("代码不对。它印在服务器启动时的屏幕上，也可以用命令 users setup-code 再看。")
TOO_OFTEN = _("试得太多了，请过一会儿再来。")


@setup_pages.get("/setup", enter=ANYBODY)
def code(page_request: PageRequest) -> Response:
    """Ask for the code, as long as there is nobody."""
    if not first_administrator.is_open(page_request.session):
        return redirect("/")  # type: ignore[return-value]
    return _code_asked()


def _code_again(page_request: PageRequest, typed: Typed) -> Response:
    """Ask for the code again, say that it was tried too often, or that somebody was quicker."""
    if not first_administrator.is_open(page_request.session):
        return _late(page_request, typed)
    tried = typed.refusal is not None and typed.refusal.code == "too_many"
    return _code_asked(mistake=TOO_OFTEN if tried else NOT_NOW, given=typed.get("code"))


def _late(page_request: PageRequest, typed: Typed) -> Response:
    """Lead whoever comes too late to where one signs in; a second click finds the name that was given."""
    del page_request
    username = typed.get("username").strip().lower()
    return render_form(onward="/", mistake=REGISTERS["set_up_already"], username=username)


@setup_pages.post("/setup/code", enter=ANYBODY, again=_code_again)
def check(page_request: PageRequest, form: Form) -> Response:
    """Show the form to whoever knows the code."""
    refused = _refused(page_request, form)
    return refused if refused is not None else _shown(page_request, Typed(), form.get("code", ""))


def _again(page_request: PageRequest, typed: Typed) -> Response:
    """Show the form again with what was typed, or say that somebody was quicker."""
    if not first_administrator.is_open(page_request.session):
        return _late(page_request, typed)
    if typed.refusal is not None and typed.refusal.code == "too_many":
        # Nobody has proved to know the code: what the form lists is not for strangers.
        return _code_again(page_request, typed)
    return _shown(page_request, typed, typed.get("code"))


@setup_pages.post("/setup", enter=ANYBODY, again=_again)
def begin(page_request: PageRequest, form: Form) -> Response:
    """Make the first administrator, who is signed in at once."""
    if page_request.who is not None:
        return _founded()  # the form was sent twice: who it made is signed in
    refused = _refused(page_request, form)
    if refused is not None:
        return refused
    given = FirstAdministrator(
        **{
            name: form.get(name, "").strip()
            for name in ("level", "area_name", "area_code", "unit_name", "unit_code", "unit", "name")
        },
        username=form.get("username", "").strip().lower(),
        password=form.get("password", ""),
        again=form.get("again", ""),
    )
    user = first_administrator.create_first_administrator(
        page_request.session,
        chain=page_request.rules.services.chain,
        founding=given,
        profile=page_request.services.settings.profile,
        now=page_request.now,
    )
    secret = sessions.create(
        page_request.session,
        user_id=user.id,
        device=device_of(request.headers.get("User-Agent", "")),
        own_device=False,
        half=False,
        profile=page_request.services.settings.profile,
        now=page_request.now,
    )
    response = _founded()
    set_session_cookie(response, secret, own_device=False)
    remember_device(page_request, response, user.username)
    return response


def _founded() -> Response:
    """Lead the first administrator to what is next."""
    return redirect(url_for("administration.overview", done="founded"), code=303)  # type: ignore[return-value]


def _refused(page_request: PageRequest, form: Form) -> Response | None:
    """Return what is answered to whoever comes too late or does not know the code; a wrong one is counted."""
    if not first_administrator.is_open(page_request.session):
        raise Conflict("set_up_already")
    tries = throttles.of_address(WRONG_CODES)
    rate_limits.refuse_when_any_spent(page_request.session, tries, now=page_request.now)
    if first_administrator.is_setup_code(
        page_request.session, page_request.rules.services.receipt_key, form.get("code", "")
    ):
        return None
    throttles.count(page_request.session, tries, now=page_request.now)
    return _code_asked(mistake=WRONG, given=form.get("code", ""), status=422)


def _code_asked(*, mistake: str = "", given: str = "", status: int = 200) -> Response:
    """Ask for the code; one that opens nothing is no secret and stays, for a slip of one letter."""
    return page("first_administrator/code.html", status=status, mistake=mistake, given=given)


def _shown(page_request: PageRequest, typed: Typed, code: str) -> Response:
    levels = [Choice(level, page_request.called("level", level)) for level in TOPS]
    units = unit_list.list_every_active_unit(page_request.session)
    place = [
        Field("level", "choice", AreaLevel.COUNTY.value, choices=levels),
        Field("area_name", "line"),
        Field("area_code", "line"),
        Field("unit_name", "line"),
        Field("unit_code", "line", "office"),
    ]
    known = [Field("unit", "select", choices=[Choice(one.code, one.name) for one in units])]
    person = [
        Field("name", "line"),
        Field("username", "line", "admin"),
        Field("password", "secret"),
        Field("again", "secret"),
    ]
    return page(
        "first_administrator/form.html",
        typed=typed,
        code=code,
        places=build_controls(page_request, typed, "set_up", known if units else place),
        person=build_controls(page_request, typed, "set_up", person),
        general=mistakes_of(page_request, typed.refusal).general,
    )
