"""Examine what stands on receipt slips: an address that telephones can open, and a number to call."""

from sqlalchemy import select

from accounts.models import Unit
from cli.check.findings import Findings
from cli.framework.context import Context
from cli.framework.services import ProgramServices
from config.vocabulary import UnitKind
from core.web_addresses import is_own_machine


def check_slips(found: Findings, services: ProgramServices, context: Context) -> None:
    """Say whether a villager's telephone can open the picture on a slip, and who has no number to print."""
    _ = context.county_words
    address = services.settings.public_url
    if not address:
        found.warn(
            _(
                "没有设 HUIYIN_PUBLIC_URL：回执的二维码用打印时浏览器里的地址，"
                "默认的 127.0.0.1 手机打不开；请设成{role.villager}的手机打得开的网址"
            )
        )
    elif is_own_machine(address):
        found.warn(
            _("HUIYIN_PUBLIC_URL 是 {address}，只有本机打得开，回执的二维码手机打不开").format(
                address=address
            )
        )
    with services.db.reading() as session:
        silent = session.scalars(
            select(Unit.code)
            .where(Unit.active, Unit.kind == UnitKind.TEAM, Unit.phone.is_(None))
            .order_by(Unit.code)
        ).all()
    if silent:
        found.warn(
            _("这些{unit_kind.team}没有登记给{role.villager}打的电话，回执上印不出来：{units}").format(
                units=_("、").join(silent)
            )
        )
    elif address and not is_own_machine(address):
        found.ok(_("回执"))
