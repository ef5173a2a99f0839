"""Ask the provider of OpenID Connect what it says of itself, and say what stands in the way of signing in."""

from collections.abc import Mapping

from accounts.openid.client import OpenIdClient
from accounts.openid.refusals import ProviderSilent, Silence
from cli.check.findings import Findings
from cli.framework.context import Context
from cli.framework.services import ProgramServices
from core import clock
from core.i18n import mark as _

WORDS: Mapping[Silence, str] = {
    Silence.UNREACHABLE: _("没有答复，或者证书不可信"),
    Silence.STATUS: _("那里没有 OpenID Connect 的说明，核对地址"),
    Silence.TOO_LARGE: _("答复太大"),
    Silence.UNREADABLE: _("答复读不懂"),
    Silence.BUSY: _("没有答复，或者证书不可信"),
    Silence.ISSUER: _("它自称的签发者和设置的不是同一个，要一字不差"),
    Silence.ADDRESSES: _("它给的地址不全，或者不是 https"),
    Silence.ALGORITHMS: _("它不用非对称签名（RS、PS、ES），或者不会 PKCE"),
    Silence.CLIENT: _("它不收 client_secret_basic，也不收 client_secret_post"),
}
#: Behind the address in browsers; it has to be registered there.
BACK = "/sign-in/openid"


def check_openid(found: Findings, services: ProgramServices, context: Context) -> None:
    """Say whether people can come by the provider that is set, and to where it has to send them back."""
    translate, settings = context.words, services.settings.openid
    if settings is None:
        return
    client, now = OpenIdClient(settings), clock.now()
    try:
        client.metadata(now)
        client.keys(now)
    except ProviderSilent as silent:
        words = translate(_("{issuer}：{why}；这段时间只能用密码登录"))
        found.fail(words.format(issuer=settings.issuer, why=translate(WORDS[silent.reason])))
        return
    words = translate(_("统一身份认证：{issuer}，在那里登记的回来的地址是 {back}"))
    back = (services.settings.public_url or "https://…") + BACK
    found.ok(words.format(issuer=settings.issuer, back=back))
