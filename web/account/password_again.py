"""Ask for the password again before anything changes of what somebody signs in with, and count wrong ones.

Whoever came by the provider signs in there anew instead, which counts for some minutes.
"""

from accounts.registers import users
from accounts.sign_in import passwords, rate_limits
from accounts.sign_in.passwords import verify_password
from accounts.sign_in.rate_limits import Limit
from config.marked_text import with_limits
from config.profiles import MLPS
from core.i18n import mark as _
from web.forms.field_labels import mistake
from web.framework.blueprint import Form, Typed
from web.framework.request_context import PageRequest
from wsgi.error_responses import ErrorResponse
from wsgi.rate_limits import QUARTER

#: Guesses at the present password by whoever sits at a computer that somebody left signed in.
PASSWORD_TRIES = Limit("own_password", 10, QUARTER)
PROVE_AGAIN = {"present": ["prove_again"]}
#: What is refused of a password or a code, beside what every text is.
WEAK = {
    "too_short": with_limits(_("至少 {least} 个字"), least=passwords.LEAST),
    "too_long": with_limits(_("最多 {most} 个字"), most=passwords.MOST),
    "contains_username": _("不要包含用户名"),
    "too_simple": _("字太单一，请换一个"),
    "too_common": _("太常见，容易被猜到"),
    "too_few_kinds": with_limits(_("小写、大写、数字、符号，至少要有 {n} 种"), n=MLPS.least_kinds),
    "used_before": _("最近用过，请换一个"),
    "same_as_before": _("要和现在的密码不一样"),
    "wrong_password": _("现在的密码不对"),
    "prove_again": _("请先再证明一次是您"),
    "not_the_same": _("两次填的不一样"),
    "wrong_passkey": _("这把通行密钥没有成，请再来一次"),
    "not_a_name": _("请起一个名字"),
    "wrong_code": _("动态码不对，请等手机上换一个再填"),
}


def refuse_wrong_password(page_request: PageRequest, form: Form) -> ErrorResponse | None:
    """Return why a form is not taken whose `present` is not the person's password, or None.

    It is to be answered and not raised: the count of a wrong guess must stay. Raises TooMany.
    """
    if page_request.proves_at_provider:
        return None if page_request.is_proved else ErrorResponse(422, "invalid", errors=PROVE_AGAIN)
    user = users.load_user(page_request.session, page_request.actor.user_id or 0)
    session, subject, now = page_request.session, f"user:{user.id}", page_request.now
    rate_limits.refuse_when_spent(session, limit=PASSWORD_TRIES, subject=subject, now=now)
    if verify_password(form.get("present", ""), user.password_hash):
        return None
    rate_limits.spend(session, limit=PASSWORD_TRIES, subject=subject, now=now)
    return ErrorResponse(422, "invalid", errors={"present": ["wrong_password"]})


def mistakes_in_words(page_request: PageRequest, typed: Typed) -> dict[str, str]:
    """Say what was wrong, by field."""
    errors = (typed.refusal.errors or {}) if typed.refusal else {}
    return {
        name: page_request.translate(
            WEAK.get(codes[0]) or mistake(codes[0], page_request.language) or codes[0]
        )
        for name, codes in errors.items()
    }
