"""Say in words what every page refuses alike, whatever was to be done on it."""

from collections.abc import Mapping
from datetime import date

from core.i18n import mark as _
from web.framework.request_context import PageRequest
from wsgi.error_messages import INFECTED, OWN_PLACES, SCANNER_SILENT, TOOK_TOO_LONG, UNKNOWN_HOST
from wsgi.error_responses import ErrorResponse
from wsgi.quotas.words import sentence

CLOCK_RAN_AHEAD = _(
    "服务器的时钟比最新的记录（{day}）慢，什么都没有丢，只是暂时不能存。请告诉管理员核对时钟。"
)
NO_PLACE = _("这会儿同时来的人太多，什么都没有存。请稍等片刻，再试一次。")
#: What is said of a refusal by its reason, instead of what its status says by itself.
BY_REASON: Mapping[str, str] = {
    "no_place": NO_PLACE,
    "unknown_host": UNKNOWN_HOST,
    "infected": INFECTED,
    "scanner_silent": SCANNER_SILENT,
    "took_too_long": TOOK_TOO_LONG,
    "own_places": OWN_PLACES,
}


def reason_words(page_request: PageRequest, refusal: ErrorResponse) -> str | None:
    """Say why something was refused, where the usual sentence would mislead; None for other refusals.

    Of a clock that ran ahead: that nothing is written until it is right again, with the day; of a limit of a
    day which one, how much it is and when there is more.
    """
    if "again_on" in refusal.facts:
        said = sentence(refusal.facts, page_request.day(date.fromisoformat(refusal.facts["again_on"])))
        return said.in_words(page_request.translate) if said else None
    reason = str(refusal.facts.get("reason"))
    if reason != "clock_ran_ahead":
        return page_request.translate(BY_REASON[reason]) if reason in BY_REASON else None
    return page_request.say(CLOCK_RAN_AHEAD, day=page_request.day(date.fromisoformat(refusal.facts["day"])))
