"""管理: what is set up and what is next; where whoever administers begins."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, url_for

from accounts.census import Census, census
from accounts.permissions import Permission
from cases.calendar_watch import missing_years
from core.i18n import mark as _
from roster.households import number_in
from web.call import Visit
from web.entry import Pages, whoever
from web.rendering import page
from workflow import labels

administration = Pages("administration", __name__)


@dataclass(frozen=True)
class Step:
    """One thing to set up: whether it is done, what there is, what is missing, and where it is done."""

    done: bool
    title: str
    there_is: str
    missing: Sequence[str]
    address: str
    action: str


@administration.shows("/administration", enter=whoever(Permission.USERS_MANAGE, Permission.AREAS_MANAGE))
def overview(visit: Visit) -> Response:
    """Show the list of what is done and what is next, and the way to everything else."""
    found = census(visit.session, actor=visit.actor)
    steps = [
        _areas(visit, found),
        _units(visit, found),
        _people(visit, found),
        _households(visit, found),
        _calendar(visit),
        _administrators(visit, found),
    ]
    following = next((step for step in steps if not step.done), None)
    return page("administration/overview.html", steps=steps, following=following)


def _areas(visit: Visit, found: Census) -> Step:
    say = visit.say
    return Step(
        done=found.villages > 0,
        title=visit.translate(_("区域")),
        there_is=say(
            _("{townships} 个乡镇，{villages} 个村"), townships=found.townships, villages=found.villages
        ),
        missing=[] if found.villages else [visit.translate(_("至少要有一个村，才能登记事项"))],
        address=url_for("areas.index"),
        action=visit.translate(_("登记区域")),
    )


def _units(visit: Visit, found: Census) -> Step:
    missing = [
        visit.say(_("还没有{kind}"), kind=labels.name("unit_kind", kind, visit.language))
        for kind in found.missing_kinds
    ]
    if found.villages_without_committee:
        missing.append(visit.say(_("{n} 个村没有村两委"), n=found.villages_without_committee))
    return Step(
        done=not missing,
        title=visit.translate(_("单位")),
        there_is=visit.say(_("{n} 个单位"), n=found.units),
        missing=missing,
        address=url_for("units.index"),
        action=visit.translate(_("登记单位")),
    )


def _people(visit: Visit, found: Census) -> Step:
    missing = []
    if found.missing_roles:
        names = (labels.name("role", role, visit.language) for role in found.missing_roles)
        missing.append(visit.say(_("还没有人是{roles}"), roles=visit.translate(_("、")).join(names)))
    if found.units_without_people:
        missing.append(visit.say(_("{n} 个单位没有人"), n=found.units_without_people))
    if found.people_without_password:
        missing.append(visit.say(_("{n} 个人没有密码，登录不了"), n=found.people_without_password))
    return Step(
        done=not missing,
        title=visit.translate(_("人员")),
        there_is=visit.say(_("{n} 个人"), n=found.people),
        missing=missing,
        address=url_for("people.index"),
        action=visit.translate(_("登记人员")),
    )


def _households(visit: Visit, found: Census) -> Step:
    number = number_in(visit.session, visit.actor.area_path)
    return Step(
        done=number > 0,
        title=visit.translate(_("户册")),
        there_is=visit.say(_("{n} 户"), n=number),
        missing=[] if number else [visit.translate(_("用命令 roster import 导入户册表格"))],
        address="",
        action="",
    )


def _calendar(visit: Visit) -> Step:
    missing = missing_years(visit.session, visit.today)
    return Step(
        done=not missing,
        title=visit.translate(_("日历")),
        there_is=visit.translate(_("放假通知录到哪年，期限就准到哪年")),
        missing=[visit.say(_("{year} 年的放假通知还没有录入"), year=year) for year in missing],
        address=url_for("working_days.index"),
        action=visit.translate(_("看日历")),
    )


def _administrators(visit: Visit, found: Census) -> Step:
    missing = []
    alone = found.administrators < 2
    if alone:
        missing.append(visit.translate(_("只有一位管理员：自己的角色和停用要另一位来改")))
    if found.administrators_without_code:
        missing.append(visit.say(_("{n} 位管理员没有用动态码"), n=found.administrators_without_code))
    return Step(
        done=not missing,
        title=visit.translate(_("管理员")),
        there_is=visit.say(_("{n} 位管理员"), n=found.administrators),
        missing=missing,
        address=url_for("people.form") if alone else url_for("me.second_factor"),
        action=visit.translate(_("加一位管理员") if alone else _("用动态码")),
    )
