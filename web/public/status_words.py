"""Say in words to a villager how the matter stands: the headline, what is late, what was done about it."""

from collections.abc import Mapping

from cases.public_events import PublicEvent
from cases.public_status import PublicCase
from cases.vocabulary import CONTENT_RATINGS
from core.i18n import mark as _
from web.framework.rendering import label
from web.framework.request_context import PageRequest
from workflow.definition.vocabulary import CaseState

AGAIN = _("正在重新办")
CLOSED = _("这件事归档了")
REPLY_LATE = _("回话晚了 {n} 天")
#: What the big sentence says, by state; a matter that is done again or late says so itself.
HEADLINES: Mapping[str, str] = {
    CaseState.RECEIVED: _("您的事收下了"),
    CaseState.ASSIGNED: _("有人在办了"),
    CaseState.ESCALATED: _("报给上级在办"),
    CaseState.RESOLVED: _("已经答复您了"),
    CaseState.CLOSED: _("您说满意，这个「回」写完了"),
    CaseState.REJECTED: _("这件事不归这里办，已经讲明"),
    CaseState.WITHDRAWN: _("您撤回了这件事"),
    CaseState.VOID: _("这件事登记错了，已作废"),
}
#: What happened, by the name of the entry; the blanks are filled from the event.
EVENTS: Mapping[str, str] = {
    "register": _("收下了"),
    "join": _("加进来了"),
    "add_words": _("您补充了"),
    "assign": _("交给{unit}办"),
    "reassign": _("改由{unit}办"),
    "return": _("退回来，重新交办"),
    "send_down": _("退回来，重新交办"),
    "escalate": _("报给{unit}办"),
    "raise": _("提给{unit}办"),
    "extend": _("准了延期"),
    "suspend": _("中止计时"),
    "resume": _("恢复计时"),
    "recalculated": _("放假通知改了日子"),
    "urge": _("{clock}过了，催办了"),
    "supervise": _("{clock}过了，督办了"),
    "publish": _("{clock}过了，通报了"),
    "answer": _("当场答复您了"),
    "resolve": _("答复您了"),
    "reopen": _("重新办"),
    "confirm": _("您说了满意不满意"),
    "close_reviewed": _("复核以后归档了"),
    "reject": _("讲明不归这里办"),
    "withdraw": _("撤回了"),
}
SOME_UNIT = _("有关单位")
#: What an entry moved, by how many days and to which day.
LATER = _("往后 {n} 天，最迟 {day}")
EARLIER = _("提前 {n} 天，最迟 {day}")


def headline(page_request: PageRequest, matter: PublicCase) -> str:
    """Return the big sentence: that the promised day has passed comes before everything else."""
    if matter.reply_late_days:
        return page_request.say(REPLY_LATE, n=matter.reply_late_days)
    if matter.round > 1 and matter.state == CaseState.RECEIVED:
        return page_request.translate(AGAIN)
    if matter.state == CaseState.CLOSED and matter.rating not in CONTENT_RATINGS:
        return page_request.translate(CLOSED)
    return page_request.translate(HEADLINES[matter.state])


def event_words(page_request: PageRequest, event: PublicEvent) -> str:
    """Say what happened, and what it moved by how many days and to which day."""
    words = page_request.say(
        EVENTS[event.action],
        unit=event.unit or page_request.translate(SOME_UNIT),
        clock=label("clock", event.clock) if event.clock else "",
    )
    if event.due_on is None or not event.days:
        return words
    moved = page_request.say(
        LATER if event.days > 0 else EARLIER, n=abs(event.days), day=page_request.deadline(event.due_on)
    )
    return page_request.translate(_("，")).join((words, moved))
