"""类别: the kinds of matter, who usually handles them and how long that may take, as configured."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response

from accounts.permissions import Permission
from core.i18n import mark as _
from web.call import Visit
from web.entry import SIGNED_IN, Pages
from web.rendering import page
from workflow import labels
from workflow.deadlines import Profile

categories = Pages("categories", __name__)
#: Lengths of time, by their unit.
LENGTHS: Mapping[str, str] = {"wd": _("{n} 个工作日"), "cd": _("{n} 天")}
EXTENDED = _("{times} 次，每次最多 {length}")
PERIODS: Mapping[str, str] = {
    "triage": _("受理以后，多久交办"),
    "triage_short": _("退回以后，多久再交办"),
    "accept": _("交办以后，多久接收"),
    "reply": _("多久给群众回一次话"),
    "reply_escalated": _("上报以后，多久给群众回话"),
    "return": _("答复以后，多久回访"),
    "escalation": _("上报以后，至少多久办理"),
    "escalation_urgent": _("急事上报以后，至少多久办理"),
    "raise": _("提级以后，多久办理"),
}


@dataclass(frozen=True)
class Category:
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


@categories.shows("/categories", enter=SIGNED_IN)
def index(visit: Visit) -> Response:
    """Show what is configured; whoever runs the server changes it in the files."""
    profiles = visit.rules.profiles
    rows = [
        Category(
            code=code,
            name=one.zh if visit.language == "zh" else one.en,
            owner=labels.name("unit_kind", one.owner, visit.language) if one.owner else "",
            profile=_name(visit, profiles[one.profile]),
            length=length(visit, profiles[one.profile].days, profiles[one.profile].unit),
            extension=extension(visit, profiles[one.profile]),
        )
        for code, one in visit.rules.categories.items()
    ]
    periods = [
        (visit.translate(PERIODS.get(name, name)), length(visit, rule.days, rule.unit))
        for name, rule in visit.rules.periods.items()
    ]
    folder = visit.parts.settings.config_dir if visit.may(Permission.AREAS_MANAGE) else None
    return page(
        "administration/categories.html",
        rows=rows,
        deadlines=[deadline(visit, profile) for profile in profiles.values()],
        periods=periods,
        files=[str(folder / name) for name in ("categories.toml", "deadlines.toml")] if folder else [],
    )


def deadline(visit: Visit, profile: Profile) -> Deadline:
    """Give a row of the table of handling times."""
    return Deadline(
        name=_name(visit, profile),
        fits=_fits(visit, profile),
        length=length(visit, profile.days, profile.unit),
        extension=extension(visit, profile),
    )


def length(visit: Visit, days: int, unit: str) -> str:
    """Say how long something may take."""
    return visit.say(LENGTHS[unit], n=days)


def extension(visit: Visit, profile: Profile) -> str:
    """Say how often and how far a handling time may be extended."""
    if not profile.extensions:
        return visit.translate(_("不能延期"))
    longest = length(visit, profile.extension_days, profile.extension_unit)
    return visit.say(EXTENDED, times=profile.extensions, length=longest)


def _name(visit: Visit, profile: Profile) -> str:
    return profile.zh if visit.language == "zh" else profile.en


def _fits(visit: Visit, profile: Profile) -> str:
    """Say which matters a row fits."""
    groups = (("urgency", profile.urgencies), ("kind", profile.kinds), ("channel", profile.channels))
    separator = visit.translate(_("、"))
    parts = [
        separator.join(labels.name(group, code, visit.language) for code in sorted(codes))
        for group, codes in groups
        if codes
    ]
    if profile.by_category:
        parts.append(visit.translate(_("按类别")))
    return visit.translate(_("，")).join(parts) or visit.translate(_("其余的"))
