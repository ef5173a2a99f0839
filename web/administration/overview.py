"""管理: what is set up and what is next; where whoever administers begins."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, url_for

from accounts.access.permissions import Permission
from accounts.registers.setup_status import SetupStatus, load_setup_status
from cases.configuration.missing_notices import missing_years
from cases.responsibility.able_people import find_units_on_paper
from cases.responsibility.dead_ends import dead_ends_in_words, load_register
from core.i18n import mark as _
from roster.households import count_in
from web.framework.blueprint import PageBlueprint, requires
from web.framework.rendering import page
from web.framework.request_context import PageRequest

administration = PageBlueprint("administration", __name__)


@dataclass(frozen=True)
class SetupStep:
    """One thing to set up: whether it is done, what there is, what is missing, and where it is done.

    `standing_still` says one by one which open matters would have no way on. What is optional and not there
    is not called done, and does not stand in the way either.
    """

    done: bool
    title: str
    there_is: str
    missing: Sequence[str]
    address: str
    action: str
    standing_still: Sequence[str] = ()
    optional: bool = False


@administration.get("/administration", enter=requires(Permission.USERS_MANAGE, Permission.AREAS_MANAGE))
def overview(page_request: PageRequest) -> Response:
    """Show the list of what is done and what is next, and the way to everything else."""
    found = load_setup_status(page_request.session, actor=page_request.actor)
    steps = [
        _areas(page_request, found),
        _units(page_request, found),
        _people(page_request, found),
        _households(page_request, found),
        _calendar(page_request),
        _administrators(page_request, found),
    ]
    following = next((step for step in steps if not step.done), None)
    return page("administration/overview.html", steps=steps, following=following)


def _areas(page_request: PageRequest, found: SetupStatus) -> SetupStep:
    say = page_request.say
    return SetupStep(
        done=found.villages > 0,
        title=page_request.translate(_("区域")),
        there_is=say(
            _("{townships} 个{level.township}，{villages} 个{level.village}"),
            townships=found.townships,
            villages=found.villages,
        ),
        missing=[]
        if found.villages
        else [page_request.translate(_("至少要有一个{level.village}，才能登记事项"))],
        address=url_for("areas.index"),
        action=page_request.translate(_("登记区域")),
    )


def _units(page_request: PageRequest, found: SetupStatus) -> SetupStep:
    missing = [
        page_request.say(_("还没有{kind}"), kind=page_request.called("unit_kind", kind))
        for kind in found.missing_kinds
    ]
    if found.villages_without_committee:
        missing.append(
            page_request.say(
                _("{n} 个{level.village}没有{unit_kind.committee}"), n=found.villages_without_committee
            )
        )
    return SetupStep(
        done=not missing,
        title=page_request.translate(_("单位")),
        there_is=page_request.say(_("{n} 个单位"), n=found.units),
        missing=missing,
        address=url_for("units.index"),
        action=page_request.translate(_("登记单位")),
    )


def _people(page_request: PageRequest, found: SetupStatus) -> SetupStep:
    missing, standing_still = [], []
    if found.missing_roles:
        names = (page_request.called("role", role) for role in found.missing_roles)
        missing.append(
            page_request.say(_("还没有人是{roles}"), roles=page_request.translate(_("、")).join(names))
        )
    if found.units_without_people:
        empty = page_request.translate(_("、")).join(found.units_without_people)
        missing.append(page_request.say(_("这些单位没有人：{names}"), names=empty))
    missing += [
        page_request.say(_("{name}有 {n} 件没办完的事，那里没有能办的人"), name=unit.name, n=unit.matters)
        for unit in find_units_on_paper(
            page_request.session, page_request.actor.area_path, actor=page_request.actor
        )
    ]
    if not found.missing_roles:
        register = load_register(page_request.session, page_request.actor.area_path)
        dead_ends = dead_ends_in_words(page_request.rules.definition, register)
        standing_still = [sentence.in_words(page_request.translate) for sentence in dead_ends]
    if standing_still:
        missing.append(page_request.say(_("有的事会停在半路，没有人能往下办：{n} 种"), n=len(standing_still)))
    if found.people_without_password:
        missing.append(page_request.say(_("{n} 个人没有密码，登录不了"), n=found.people_without_password))
    return SetupStep(
        done=not missing,
        title=page_request.translate(_("人员")),
        there_is=page_request.say(_("{n} 个人"), n=found.people),
        missing=missing,
        address=url_for("people.index"),
        action=page_request.translate(_("登记人员")),
        standing_still=standing_still,
    )


def _households(page_request: PageRequest, found: SetupStatus) -> SetupStep:
    number = count_in(page_request.session, page_request.actor.area_path)
    return SetupStep(
        done=True,
        title=page_request.translate(_("{term.household}册")),
        there_is=page_request.say(_("{n} {term.household}"), n=number)
        if number
        else page_request.translate(
            _("可以没有：登记时就不问{term.household}号。有表格，用命令 roster import 导入")
        ),
        missing=[],
        address="",
        action="",
        optional=not number,
    )


def _calendar(page_request: PageRequest) -> SetupStep:
    missing = missing_years(page_request.session, page_request.today)
    return SetupStep(
        done=not missing,
        title=page_request.translate(_("日历")),
        there_is=page_request.translate(_("放假通知录到哪年，期限就准到哪年")),
        missing=[page_request.say(_("{year} 年的放假通知还没有录入"), year=year) for year in missing],
        address=url_for("working_days.index"),
        action=page_request.translate(_("看日历")),
    )


def _administrators(page_request: PageRequest, found: SetupStatus) -> SetupStep:
    missing = []
    alone = found.administrators < 2
    if alone:
        missing.append(page_request.translate(_("只有一位管理员：自己的角色和停用要另一位来改")))
    if found.administrators_without_code:
        missing.append(page_request.say(_("{n} 位管理员没有用动态码"), n=found.administrators_without_code))
    return SetupStep(
        done=not missing,
        title=page_request.translate(_("管理员")),
        there_is=page_request.say(_("{n} 位管理员"), n=found.administrators),
        missing=missing,
        address=url_for("people.form") if alone else url_for("second_factor.second_factor"),
        action=page_request.translate(_("加一位管理员") if alone else _("用动态码")),
    )
