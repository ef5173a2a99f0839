"""Make receipt slips: what was taken down, who answers and by when, the code, and the way to look it up."""

from dataclasses import dataclass
from datetime import date

from flask import request, url_for
from markupsafe import Markup

from cases.lifecycle.change import ActionResult
from web.framework.qr_code import qr_picture
from web.framework.request_context import PageRequest


@dataclass(frozen=True)
class ReceiptSlip:
    """One slip, for one complainant; without name, phone and house number.

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
    received_on: date
    picture: Markup
    team: str
    phone: str | None


def build_slips(page_request: PageRequest, result: ActionResult) -> list[ReceiptSlip]:
    """Return the slips of the complainants whose codes exist in this answer alone."""
    context, codes = result.context, result.codes
    case = context.case
    team = context.unit(case.reply_owner_id)
    owner = context.unit(case.owner_id) if case.owner_id is not None else team
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
            received_on=case.received_on,
            picture=qr_picture(address(page_request, codes[person.id])),
            team=team.name,
            phone=team.phone,
        )
        for person in context.complainants
        if person.id in codes
    ]


def address(page_request: PageRequest, code: str) -> str:
    """Return the address of the villager's page, with the code where no server sees it: in the fragment."""
    base = page_request.services.settings.public_url or request.host_url.rstrip("/")
    return f"{base}{url_for('case_status.status')}#{code}"
