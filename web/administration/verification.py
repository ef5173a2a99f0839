"""核对: hold the records against every rule that must never break, and show what was found."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response

from accounts.access.permissions import Permission
from accounts.registers.area_list import covers_everything
from cases.access.visibility import list_hidden_numbers
from cases.history import daily_seals
from cases.verification import nightly_check
from cases.verification.verify import Finding, verify
from config.marked_text import MarkedText
from core.errors import Forbidden, TooMany
from core.i18n import mark as _
from web.framework.blueprint import Form, PageBlueprint, requires
from web.framework.rendering import page
from web.framework.request_context import PageRequest

verification_pages = PageBlueprint("verification", __name__)
ENTER = requires(Permission.AREAS_MANAGE, Permission.AUDIT_READ)
#: How far back one may look; None is everything.
SPANS: Mapping[str, timedelta | None] = {
    "week": timedelta(days=7),
    "month": timedelta(days=31),
    "all": None,
}
#: A page is not waited for longer; the command has all the time in the world.
LONGEST = timedelta(seconds=60)
MOST_SHOWN = 200
#: One at a time: two would take each other's time.
_TURN = threading.Lock()

#: What each rule says, by the name under which a finding is reported.
RULES: Mapping[str, str] = {
    "owner_and_dates": _("没办完的事都有承办单位和期限"),
    "answers": _("办结的事对每位{term.complainant}都有答复"),
    "due_dates": _("期限的每次变动都有说明"),
    "states": _("状态只按流程变动，每步一条记录"),
    "rungs": _("催办、督办各只一次"),
    "overdue_marks": _("没到期的不算超期，没到日子的不催"),
    "covering": _("承办单位管得到那个{level.village}"),
    "able_owner": _("承办和答复的单位都有能办的人"),
    "facts": _("每条记录写的都合那一步"),
    "chain": _("事项的记录链没有断，没有改"),
    "case_row": _("事项和最后一条记录一致"),
    "words_told": _("答复的话没有改过"),
    "forgotten": _("按保存期限删除的都有记录，该删的都删了"),
    "visits": _("回访的记录没有改过"),
    "attempts": _("没联系上的记录没有改过"),
    "words_heard": _("{term.complainant}的原话没有改过"),
    "words_added": _("{term.complainant}补充的话没有改过"),
    "answers_given": _("登记时的追问和回答没有改过"),
    "files": _("附件都在，没有改过"),
    "tallies": _("每件事都按现状计入汇总"),
    "search": _("每件事都能按现在的话找到"),
    "sealed": _("姓名和电话都已封存，打得开，按电话找得到"),
    "sums": _("汇总数等于各件事相加"),
    "heads": _("每日封存没有改过"),
    "clock": _("时钟走回去以后补的记录都有说明"),
    "registers": _("各种名册和设置的记录没有改过"),
    "definitions": _("流程的定义没有改过"),
    "guards": _("数据库的守卫都在"),
    "unique": _("没有重复的事项和通知"),
    "orphans": _("没有指向空处的记录"),
}


class _Enough(Exception):
    """Say that the time is over."""


@dataclass
class Result:
    """What was found, and whether the time sufficed; of how many cases is not for those whom some name."""

    span: str
    findings: list[Finding]
    in_time: bool = True
    more: bool = False


@dataclass(frozen=True)
class NightlyView:
    """The last nightly check: when it ran, and what it found."""

    run_at: datetime
    findings: list[Finding]
    more: bool


@verification_pages.get("/checking", enter=ENTER)
def index(page_request: PageRequest) -> Response:
    """Offer the check."""
    return _page(page_request, None)


@verification_pages.preview("/checking", enter=ENTER)
def check(page_request: PageRequest, form: Form) -> Response:
    """Run the check and show what it found; nothing is written."""
    if not _may_see_everything(page_request):
        raise Forbidden()
    span = form.get("span", "")
    if not _TURN.acquire(blocking=False):
        raise TooMany(retry_after=int(LONGEST.total_seconds()))
    try:
        return _page(page_request, _run(page_request, span if span in SPANS else "week"))
    finally:
        _TURN.release()


def _run(page_request: PageRequest, span: str) -> Result:
    reach, started = SPANS[span], page_request.services.now()
    result = Result(span, [])
    hidden = list_hidden_numbers(page_request.session, page_request.actor)

    def progress(number: int) -> None:
        del number
        if page_request.services.now() - started > LONGEST:
            raise _Enough

    # A session of its own: the check sees the database as of one moment, from its first statement on.
    with page_request.services.db.reading() as session:
        try:
            for finding in verify(
                session,
                rules=page_request.rules,
                seals_folder=page_request.services.settings.data_dir / daily_seals.FOLDER,
                since=_since(page_request.now, reach),
                now=page_request.now,
                progress=progress,
            ):
                if len(result.findings) == MOST_SHOWN:
                    result.more = True
                    break
                result.findings.append(_shown(finding, hidden))
        except _Enough:
            result.in_time = False
    return result


def _shown(finding: Finding, hidden: frozenset[str]) -> Finding:
    """Leave out which matter it is, and what is wrong with it, where the matter is about the reader."""
    return Finding(finding.rule, None, MarkedText("")) if finding.case in hidden else finding


def _since(now: datetime, reach: timedelta | None) -> datetime | None:
    return None if reach is None else now - reach


def _known(page_request: PageRequest, findings: Sequence[Finding]) -> list[Finding]:
    """Leave out what lies in matters that name the reader."""
    actor = page_request.actor
    return nightly_check.known_to(
        page_request.session, findings, user_id=actor.user_id, unit_id=actor.unit_id
    )


def _nightly(page_request: PageRequest) -> NightlyView | None:
    """Load the last nightly check for those who may see everything."""
    last = nightly_check.last_run(page_request.session) if _may_see_everything(page_request) else None
    if last is None:
        return None
    findings = _known(page_request, [Finding.from_json(one) for one in last.findings])
    return NightlyView(last.run_at, findings, last.found > len(last.findings))


def _page(page_request: PageRequest, result: Result | None) -> Response:
    if result is not None:
        result.findings = _known(page_request, result.findings)
    return page(
        "administration/verification.html",
        result=result,
        nightly=_nightly(page_request),
        translate=page_request.translate,
        rules=RULES,
        longest_seconds=int(LONGEST.total_seconds()),
        spans=[(code, _span_words(page_request, reach)) for code, reach in SPANS.items()],
        may_run=_may_see_everything(page_request),
    )


def _span_words(page_request: PageRequest, reach: timedelta | None) -> str:
    if reach is None:
        return page_request.translate(_("全部"))
    return page_request.say(_("{days} 天里有动静的"), days=reach.days)


def _may_see_everything(page_request: PageRequest) -> bool:
    """Return whether no area lies outside the person's: findings may be anywhere."""
    return covers_everything(page_request.session, page_request.actor)
