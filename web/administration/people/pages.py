"""人员: who may sign in, in which unit and role; passwords, second factors, and letting people go."""

from functools import partial

from flask import Response, redirect, request, url_for

from accounts.access.permissions import GRANTABLE, Permission, Role
from accounts.registers import user_changes, user_list, users
from accounts.registers.administrators import held_power, proposals
from accounts.registers.user_list import ListedUser
from accounts.sign_in import sessions, tokens
from accounts.sign_in.first_steps import is_factor_required
from accounts.sign_in.passwords import generate_password
from cases.responsibility.able_people import count_depending_matters
from core.errors import Forbidden
from core.normalization.typed_numbers import read_whole_number
from core.text import LONGEST_NAME
from notifications import second_administrator
from web.administration import choices
from web.administration.people.limits_met import met_limits
from web.administration.stale_form import require_unchanged, version_of_form
from web.forms.controls import YES, Choice, mistakes_of
from web.forms.register_forms import Field, build_controls, checkbox_value, load_recorded
from web.framework.blueprint import Form, PageBlueprint, Typed, requires
from web.framework.rendering import page
from web.framework.request_context import PageRequest

people = PageBlueprint("people", __name__)
ENTER = requires(Permission.USERS_MANAGE)
#: In the order in which they are offered.
ROLES = tuple(role for role in Role if role in GRANTABLE)
MOST_PAGES = 100_000


@people.get("/people", enter=ENTER)
def index(page_request: PageRequest) -> Response:
    """List people by place and unit."""
    q, unit = (request.args.get(name, "").strip()[:LONGEST_NAME] for name in ("q", "unit"))
    number = _page_number(request.args.get("page", ""))
    found = user_list.list_people(page_request.session, actor=page_request.actor, q=q, unit=unit, page=number)
    groups: dict[str, list[ListedUser]] = {}
    for one in found.items:
        groups.setdefault(one.unit_name, []).append(one)
    return page(
        "administration/people.html",
        groups=groups,
        q=q,
        unit=unit,
        number=number,
        more=found.more,
        met=[] if q or unit or number > 1 else met_limits(page_request),
        waiting=proposals.list_open(page_request.session, actor=page_request.actor, now=page_request.now),
    )


@people.get("/people/new", enter=ENTER)
def form(page_request: PageRequest) -> Response:
    """Show the form for somebody new."""
    return _form(page_request, Typed())


def _form(page_request: PageRequest, typed: Typed) -> Response:
    fields = [
        Field("name", "line"),
        Field("username", "line"),
        Field("unit", "select", choices=choices.list_units(page_request), value=request.args.get("unit", "")),
        Field("roles", "several", choices=_roles(page_request)),
        Field("head", "tick", required=False),
        Field("email", "line", required=False),
        Field("password", "secret", required=False),
        *([Field("no_password", "tick", required=False)] if page_request.provider_name else ()),
    ]
    return page(
        "administration/person_form.html",
        typed=typed,
        controls=build_controls(page_request, typed, "person", fields),
        general=mistakes_of(page_request, typed.refusal).general,
    )


@people.post("/people", enter=ENTER, again=_form, redisplay=_form)
def add(page_request: PageRequest, form: Form) -> Response:
    """Add somebody; a password that the program makes is shown this once."""
    given = form.get("password", "")
    username = form.get("username", "").strip().lower()
    none = form.get("no_password") == YES and bool(page_request.provider_name) and not given
    password = None if none else given or generate_password(username)
    user = users.add_user(
        page_request.session,
        actor=page_request.actor,
        chain=page_request.rules.services.chain,
        username=username,
        name=form.get("name", "").strip(),
        unit=form.get("unit", ""),
        roles=form.getlist("roles"),
        password=password,
        email=form.get("email", "").strip() or None,
        head=form.get("head") == YES,
        profile=page_request.services.settings.profile,
        now=page_request.now,
    )
    second_administrator.tell_waiting(page_request.session, username=user.username, now=page_request.now)
    if given or password is None:
        return to_person(user.username, "person_added")
    return password_shown(page_request, user.username, password)


@people.get("/people/<username>", enter=ENTER)
def show(page_request: PageRequest, username: str) -> Response:
    """Show one person."""
    return render_person(page_request, Typed(), username, tried="")


def render_person(page_request: PageRequest, typed: Typed, username: str, *, tried: str) -> Response:
    """Show one person, with what was typed into the form that was tried."""
    session, actor, now = page_request.session, page_request.actor, page_request.now
    one = user_list.find_person(session, actor=actor, username=username)
    units = choices.list_units(page_request, also=(one.unit, one.unit_name))
    fields = [
        Field("name", "line", one.name),
        Field("unit", "select", one.unit, choices=units),
        Field("roles", "several", choices=_roles(page_request), values=one.roles),
        Field("head", "tick", checkbox_value(one.head), required=False),
        Field("email", "line", one.email or "", required=False),
    ]
    secret = [Field("password", "secret", required=False)]
    postponing = [Field("days", "count"), Field("reason", "line")]
    entries = load_recorded(page_request, "user", one.id)
    return page(
        "administration/person.html",
        one=one,
        typed=typed,
        tried=tried,
        controls=build_controls(page_request, typed if tried == "change" else Typed(), "person", fields),
        secret=build_controls(page_request, typed if tried == "password" else Typed(), "person", secret),
        later=build_controls(page_request, typed if tried == "postpone" else Typed(), "person", postponing),
        is_factor_required=is_factor_required(
            frozenset(one.roles), page_request.services.entry_rules(page_request.now)
        ),
        general=mistakes_of(page_request, typed.refusal).general,
        oneself=one.id == page_request.actor.user_id,
        devices=len(sessions.list_devices(page_request.session, user_id=one.id, now=page_request.now)),
        tokens=tokens.list_own(page_request.session, user_id=one.id, now=page_request.now),
        entries=entries,
        seen=version_of_form(typed, entries),
        waiting=proposals.list_open(
            page_request.session, actor=page_request.actor, now=page_request.now, username=username
        ),
        is_guarded=held_power.needs_second(session, actor=actor, user_id=one.id, roles=one.roles, now=now),
        me=page_request.actor.user_id,
    )


@people.post("/people/<username>", enter=ENTER, again=partial(render_person, tried="change"))
def change(page_request: PageRequest, form: Form, username: str) -> Response:
    """Change name, unit, roles and address."""
    one = user_list.find_person(page_request.session, actor=page_request.actor, username=username)
    require_unchanged(page_request, form, "user", one.id)
    user_changes.change_user(
        page_request.session,
        actor=page_request.actor,
        chain=page_request.rules.services.chain,
        username=username,
        name=form.get("name", "").strip(),
        unit=form.get("unit", ""),
        roles=form.getlist("roles"),
        email=form.get("email", "").strip() or None,
        head=form.get("head") == YES,
        count_matters=partial(count_depending_matters, page_request.session, page_request.actor),
        profile=page_request.services.settings.profile,
        now=page_request.now,
    )
    waits = second_administrator.tell_waiting(page_request.session, username=username, now=page_request.now)
    return to_person(username, "person_proposed" if waits else "saved")


@people.post("/people/<username>/password", enter=ENTER, again=partial(render_person, tried="password"))
def password(page_request: PageRequest, form: Form, username: str) -> Response:
    """Set another password for somebody; every sign-in of theirs ends, and their tokens unless they stay."""
    if username == page_request.actor.username:
        raise Forbidden(reasons=["oneself"])  # one's own asks for the present one, in 我的
    given = form.get("password", "")
    fresh = given or generate_password(username)
    users.set_password(
        page_request.session,
        actor=page_request.actor,
        chain=page_request.rules.services.chain,
        username=username,
        password=fresh,
        now=page_request.now,
        tokens_stay=form.get("tokens_stay") == YES,
        profile=page_request.services.settings.profile,
    )
    return to_person(username, "person_password") if given else password_shown(page_request, username, fresh)


@people.post("/people/<username>/disable", enter=ENTER, again=partial(render_person, tried="disable"))
def disable(page_request: PageRequest, form: Form, username: str) -> Response:
    """Let somebody go."""
    del form
    users.disable(
        page_request.session,
        actor=page_request.actor,
        chain=page_request.rules.services.chain,
        username=username,
        count_matters=partial(count_depending_matters, page_request.session, page_request.actor),
        now=page_request.now,
    )
    return to_person(username, "person_disabled")


@people.post("/people/<username>/enable", enter=ENTER, again=partial(render_person, tried="enable"))
def enable(page_request: PageRequest, form: Form, username: str) -> Response:
    """Let somebody back in, who then needs a new password."""
    del form
    user_changes.enable(
        page_request.session,
        actor=page_request.actor,
        chain=page_request.rules.services.chain,
        username=username,
        now=page_request.now,
    )
    return to_person(username, "person_enabled")


@people.post("/people/<username>/forget-code", enter=ENTER, again=partial(render_person, tried="forget"))
def forget_code(page_request: PageRequest, form: Form, username: str) -> Response:
    """Take a second factor away, as when the telephone is lost."""
    del form
    users.forget_code(
        page_request.session,
        actor=page_request.actor,
        chain=page_request.rules.services.chain,
        username=username,
        now=page_request.now,
    )
    return to_person(username, "person_code")


@people.post("/people/<username>/tokens/<row(api_tokens):token_id>/revoke", enter=ENTER)
def revoke_token(page_request: PageRequest, form: Form, username: str, token_id: int) -> Response:
    """Take somebody's token back."""
    del form
    tokens.revoke(
        page_request.session,
        actor=page_request.actor,
        chain=page_request.rules.services.chain,
        token_id=token_id,
        now=page_request.now,
    )
    return to_person(username, "token_revoked")


@people.post("/people/<username>/postpone-code", enter=ENTER, again=partial(render_person, tried="postpone"))
def postpone_code(page_request: PageRequest, form: Form, username: str) -> Response:
    """Let somebody go without a second factor that the roles require, for some days."""
    user_changes.postpone_factor(
        page_request.session,
        actor=page_request.actor,
        chain=page_request.rules.services.chain,
        username=username,
        days=read_whole_number(form.get("days", "")) or 0,
        reason=form.get("reason", "").strip(),
        today=page_request.today,
        now=page_request.now,
    )
    return to_person(username, "person_postponed")


def to_person(username: str, done: str) -> Response:
    """Lead back to the page of a person, which says what was done."""
    return redirect(url_for("people.show", username=username, done=done), code=303)  # type: ignore[return-value]


def password_shown(page_request: PageRequest, username: str, password: str) -> Response:
    """Show a password that the program made, this one time, and whether the roles still wait."""
    one = user_list.find_person(page_request.session, actor=page_request.actor, username=username)
    waiting = proposals.list_open(
        page_request.session, actor=page_request.actor, now=page_request.now, username=username
    )
    return page("administration/password.html", one=one, password=password, waiting=waiting)


def _roles(page_request: PageRequest) -> list[Choice]:
    """Return the roles that one person can hold in this installation, in the order in which they stand."""
    fits = page_request.services.settings.profile.fits
    return [
        Choice(role.value, page_request.called("role", role.value))
        for role in ROLES
        if fits(frozenset({role.value}))
    ]


def _page_number(given: str) -> int:
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 6 else 1
    return min(max(number, 1), MOST_PAGES)
