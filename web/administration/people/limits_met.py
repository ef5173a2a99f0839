"""Who met a limit of what one user may do in a day, for the page of people."""

from typing import Any

from accounts.quotas import counting
from notifications.kinds import QUOTAS
from web.framework.request_context import PageRequest


def met_limits(page_request: PageRequest) -> list[dict[str, Any]]:
    """Say who met a limit of a day lately, of what, and how often more was refused."""
    found = counting.list_met(page_request.session, actor=page_request.actor, today=page_request.today)
    return [
        {
            "username": one.username,
            "name": one.name,
            "day": page_request.day(one.day),
            "what": page_request.translate(QUOTAS[one.quota]),
            "refused": one.refused,
        }
        for one in found
    ]
