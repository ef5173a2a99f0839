"""Say in words what every page refuses alike, whatever was to be done on it."""

from datetime import date

from core.i18n import mark as _
from web.framework.request_context import PageRequest
from wsgi.error_responses import ErrorResponse

CLOCK_RAN_AHEAD = _(
    "服务器的时钟比最新的记录（{day}）慢，什么都没有丢，只是暂时不能存。请告诉管理员核对时钟。"
)


def clock_words(page_request: PageRequest, refusal: ErrorResponse) -> str | None:
    """Say that nothing is written until the clock is right again, with the day; None for other refusals."""
    if refusal.facts.get("reason") != "clock_ran_ahead":
        return None
    return page_request.say(CLOCK_RAN_AHEAD, day=page_request.day(date.fromisoformat(refusal.facts["day"])))
