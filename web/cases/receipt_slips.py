"""Make receipt slips: what was taken down, who answers and by when, the code, and the way to look it up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Response, request, url_for
from markupsafe import Markup

from cases.lifecycle.change import ActionResult
from cases.public_status import contact_of, days_late
from core.i18n import mark as _
from core.web_addresses import is_own_machine
from web.framework.qr_code import qr_picture
from web.framework.rendering import page
from web.framework.request_context import PageRequest

OWN_MACHINE = _(
    "二维码写的是 {address}，只有这台电脑打得开，{role.villager}的手机打不开。"
    "请用手机也打得开的网址打开本系统再打印，并请管理员把它设为 HUIYIN_PUBLIC_URL。"
)
OF_BROWSER = _(
    "二维码写的是您浏览器里的网址 {address}。{role.villager}的手机打得开它，"
    "就请管理员设 HUIYIN_PUBLIC_URL={address}；打不开，请设一个打得开的。"
)


@dataclass(frozen=True)
class ReceiptSlip:
    """One slip, for one complainant; without name, phone and house number.

    `received_on` is the day on which this complainant came, and `late_days` by how many days the reply is
    late, on a slip that is written anew.
    `team` is whom the villager may ask, by `phone` where there is one: the unit that owes the reply, which
    never is the one that handles the matter, for that must not come to know the code (domain.md section 2).
    """

    code: str
    groups: tuple[str, str]
    number: str
    words: str
    place: str
    category: str
    owner: str
    due_on: date | None
    late_days: int
    received_on: date
    picture: Markup
    base: str
    team: str
    phone: str | None


def build_slips(page_request: PageRequest, result: ActionResult) -> list[ReceiptSlip]:
    """Return the slips of the complainants whose codes exist in this answer alone."""
    context, codes, base = result.context, result.codes, base_of(page_request)
    case = context.case
    team = contact_of(context)
    owner = context.unit(case.owner_id) if case.owner_id is not None else context.unit(case.reply_owner_id)
    return [
        ReceiptSlip(
            code=codes[person.id],
            groups=(codes[person.id][:5], codes[person.id][-5:]),
            number=case.number,
            words=person.own_words,
            place=case.village_name,
            category=case.category,
            owner=owner.name,
            due_on=person.reply_due_on,
            late_days=days_late(person.reply_due_on, page_request.today),
            received_on=person.joined_at.astimezone(page_request.rules.zone).date(),
            picture=qr_picture(address(base, codes[person.id])),
            base=base,
            team=team.name,
            phone=team.phone,
        )
        for person in context.complainants
        if person.id in codes
    ]


def render_slips(
    page_request: PageRequest, result: ActionResult, *, registered: bool, withheld: bool = False
) -> Response:
    """Show the slips, this one time, of a matter just registered or of one that has a new code.

    `withheld` says that the registrar gets neither number nor code: the matter is about the own unit.
    """
    slips = build_slips(page_request, result)
    return page(
        "cases/slip.html",
        slips=slips,
        number=None if withheld else result.case.number,
        registered=registered,
        warning=warning_of(page_request, slips),
    )


def base_of(page_request: PageRequest) -> str:
    """Return the address under which villagers find this installation, else the one that the browser used."""
    return page_request.services.settings.public_url or request.host_url.rstrip("/")


def address(base: str, code: str) -> str:
    """Return the address of the villager's page, with the code where no server sees it: in the fragment."""
    return f"{base}{url_for('case_status.status')}#{code}"


def warning_of(page_request: PageRequest, slips: Sequence[ReceiptSlip]) -> str:
    """Say what is wrong about the address in the pictures; an empty text where a good one is set."""
    if not slips:
        return ""
    base = slips[0].base
    if is_own_machine(base):
        return page_request.say(OWN_MACHINE, address=base)
    return "" if page_request.services.settings.public_url else page_request.say(OF_BROWSER, address=base)
