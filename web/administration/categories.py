"""类别: the kinds of matter, who usually handles them and how long that may take, as configured."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response

from accounts.access.permissions import Permission
from core.i18n import mark as _
from web.framework.blueprint import SIGNED_IN, PageBlueprint
from web.framework.rendering import page
from web.framework.request_context import PageRequest
from workflow.deadlines import Profile

categories = PageBlueprint("categories", __name__)
#: Lengths of time, by their unit.
LENGTHS: Mapping[str, str] = {"wd": _("{n} 个工作日"), "cd": _("{n} 天")}
EXTENDED = _("{times} 次，每次最多 {length}")
PERIODS: Mapping[str, str] = {
    "triage": _("受理以后，多久交办"),
    "triage_short": _("退回以后，多久再交办"),
    "accept": _("交办以后，多久接收"),
    "reply": _("多久给{term.complainant}回一次话"),
    "reply_escalated": _("上报以后，多久给{term.complainant}回话"),
    "return": _("答复以后，多久回访"),
    "escalation": _("上报以后，至少多久办理"),
    "escalation_urgent": _("急事上报以后，至少多久办理"),
    "raise": _("提级以后，多久办理"),
    "send_down": _("退回下级以后，多久办理"),
    "triage_urgent": _("急事受理以后，多久交办"),
    "accept_urgent": _("急事交办以后，多久接收"),
    "word": _("排进计划的，多久说一次进展"),
}


@dataclass(frozen=True)
class CategoryLine:
    """A category as the page shows it."""

    code: str
    name: str
    owner: str
    profile: str
    length: str
    extension: str


@dataclass(frozen=True)
class Deadline:
    """A row of the table of handling times: the first that fits a matter counts."""

    name: str
    fits: str
    length: str
    extension: str


@categories.get("/categories", enter=SIGNED_IN)
def index(page_request: PageRequest) -> Response:
    """Show what is configured; whoever runs the server changes it in the files."""
    profiles = page_request.rules.profiles
    rows = [
        CategoryLine(
            code=code,
            name=one.zh if page_request.language == "zh" else one.en,
            owner=page_request.called("unit_kind", one.owner) if one.owner else "",
            profile=_name(page_request, profiles[one.profile]),
            length=length(page_request, profiles[one.profile].days, profiles[one.profile].unit),
            extension=extension(page_request, profiles[one.profile]),
        )
        for code, one in page_request.rules.categories.items()
    ]
    periods = [
        (page_request.translate(PERIODS[name]), length(page_request, rule.days, rule.unit))
        for name, rule in page_request.rules.periods.items()
    ]
    folder = page_request.services.settings.config_dir if page_request.may(Permission.AREAS_MANAGE) else None
    return page(
        "administration/categories.html",
        rows=rows,
        deadlines=[deadline(page_request, profile) for profile in profiles.values()],
        periods=periods,
        files=[str(folder / name) for name in ("categories.toml", "deadlines.toml")] if folder else [],
    )


def deadline(page_request: PageRequest, profile: Profile) -> Deadline:
    """Return a row of the table of handling times."""
    return Deadline(
        name=_name(page_request, profile),
        fits=_fits(page_request, profile),
        length=length(page_request, profile.days, profile.unit),
        extension=extension(page_request, profile),
    )


def length(page_request: PageRequest, days: int, unit: str) -> str:
    """Say how long something may take."""
    return page_request.say(LENGTHS[unit], n=days)


def extension(page_request: PageRequest, profile: Profile) -> str:
    """Say how often and how far a handling time may be extended."""
    if not profile.extensions:
        return page_request.translate(_("不能延期"))
    longest = length(page_request, profile.extension_days, profile.extension_unit)
    return page_request.say(EXTENDED, times=profile.extensions, length=longest)


def _name(page_request: PageRequest, profile: Profile) -> str:
    return profile.zh if page_request.language == "zh" else profile.en


def _fits(page_request: PageRequest, profile: Profile) -> str:
    """Say which matters a row fits."""
    groups = (("urgency", profile.urgencies), ("kind", profile.kinds), ("channel", profile.channels))
    separator = page_request.translate(_("、"))
    parts = [
        separator.join(page_request.called(group, code) for code in sorted(codes))
        for group, codes in groups
        if codes
    ]
    if profile.by_category:
        parts.append(page_request.translate(_("按类别")))
    return page_request.translate(_("，")).join(parts) or page_request.translate(_("其余的"))
