"""Say in words to a villager how the matter stands: the headline, what is late, what was done about it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cases.public_events import PublicEvent
from cases.public_status import PublicCase, days_late
from cases.vocabulary import CONTENT_RATINGS, OPEN_STATES
from core.i18n import mark as _
from web.framework.entered_words import ENTERED, entered_words
from web.framework.rendering import headed, label
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
    "amend": _("更正以后改了日子"),
    "absorb": _("和同样的事并到一起办"),
    "unmerge": _("又分出来单独办"),
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
#: What is said of the same entries to whom nobody could reach, and the big sentence after it.
UNREACHED: Mapping[str, str] = {
    "answer": _("有了结果，没有联系上您"),
    "resolve": _("有了结果，没有联系上您"),
    "reject": _("定了不归这里办，没有联系上您"),
    "confirm": _("回访没有联系上您"),
}
NOT_TOLD = _("有了结果，还没有联系上您")
TOLD_STATES = frozenset({CaseState.RESOLVED, CaseState.REJECTED})
SOME_UNIT = _("有关单位")
#: What an entry moved, by how many days and to which day.
LATER = _("往后 {n} 天，最迟 {day}")
EARLIER = _("提前 {n} 天，最迟 {day}")
#: A day that was said and has passed, while the matter waits and after it has ended, and the day said since.
HANDLING_LATE = _("办理期限是 {day}，晚了 {n} 天。")
HANDLING_WAS_LATE = _("办理期限是 {day}，一共晚了 {n} 天。")
NEXT_LATE = _("后来说好 {day} 办好，也晚了 {n} 天。")
HANDLING_DUE = _("最迟 {day} 办好")
PROMISED = _("答应 {day} 办好")
PROMISE_LATE = _("答应 {day} 办好，晚了 {n} 天。")


@dataclass(frozen=True)
class DateSentence:
    """A sentence about a day that was said to the villager, and whether that day has passed."""

    words: str
    late: bool


def headline(page_request: PageRequest, matter: PublicCase) -> str:
    """Return the big sentence: that the promised day has passed comes before everything else."""
    if matter.reply_late_days:
        return page_request.say(REPLY_LATE, n=matter.reply_late_days)
    if matter.reopened and matter.state == CaseState.RECEIVED:
        return page_request.translate(AGAIN)
    if matter.state == CaseState.CLOSED and matter.rating not in CONTENT_RATINGS:
        return page_request.translate(CLOSED)
    if matter.state in TOLD_STATES and _last_result_unreached(matter):
        return page_request.translate(NOT_TOLD)
    own = matter.state_words
    return own[page_request.language] if own is not None else page_request.translate(HEADLINES[matter.state])


def _last_result_unreached(matter: PublicCase) -> bool:
    results = [event for event in matter.happened if event.action in UNREACHED and event.action != "confirm"]
    return bool(results) and results[-1].unreached


def handling_sentences(page_request: PageRequest, matter: PublicCase) -> Iterator[DateSentence]:
    """Say by when the matter is, or was, to be handled and for which day it was promised, and what passed."""
    missed_on, due_on, promised_on = matter.handling_missed_on, matter.handling_due_on, matter.promised_on
    if missed_on is not None:
        late = HANDLING_LATE if matter.state in OPEN_STATES else HANDLING_WAS_LATE
        day = page_request.deadline(missed_on)
        yield DateSentence(page_request.say(late, day=day, n=matter.handling_late_days), late=True)
    if due_on is not None and due_on != missed_on:
        day, days = page_request.deadline(due_on), days_late(due_on, page_request.today)
        words = (
            page_request.say(NEXT_LATE, day=day, n=days) if days else page_request.say(HANDLING_DUE, day=day)
        )
        yield DateSentence(words, late=days > 0)
    if promised_on is not None:
        day, days = page_request.day(promised_on), matter.promised_late_days
        words = (
            page_request.say(PROMISE_LATE, day=day, n=days) if days else page_request.say(PROMISED, day=day)
        )
        yield DateSentence(words, late=days > 0)


def waits_late(matter: PublicCase) -> bool:
    """Return whether something that the villager still waits for is past the day that was said."""
    handled_late = matter.handling_missed_on is not None and matter.state in OPEN_STATES
    return handled_late or matter.reply_late_days > 0 or matter.promised_late_days > 0


def event_words(page_request: PageRequest, event: PublicEvent) -> str:
    """Say what happened, and what it moved by how many days and to which day."""
    words = _what_happened(page_request, event)
    if event.promised_on is not None:
        more = page_request.say(PROMISED, day=page_request.day(event.promised_on))
    elif event.due_on is not None and event.days:
        day = page_request.deadline(event.due_on)
        more = page_request.say(LATER if event.days > 0 else EARLIER, n=abs(event.days), day=day)
    else:
        return words
    return page_request.translate(_("，")).join((words, more))


def entered_sentences(page_request: PageRequest, event: PublicEvent) -> Iterator[str]:
    """Yield what was entered there and villagers may read, field by field."""
    for one in event.entered:
        choices = {one.value: one.words} if one.words is not None else {}
        value = entered_words(page_request, one.type, one.value, choices)
        yield page_request.say(ENTERED, label=headed(one.label[page_request.language]), value=value)


def _what_happened(page_request: PageRequest, event: PublicEvent) -> str:
    if event.action_words is not None:
        return event.action_words[page_request.language]
    if event.clock_words is not None:
        clock = event.clock_words[page_request.language]
    else:
        clock = label("clock", event.clock) if event.clock else ""
    return page_request.say(
        (UNREACHED if event.unreached else EVENTS)[event.action],
        unit=event.unit or page_request.translate(SOME_UNIT),
        clock=clock,
    )
