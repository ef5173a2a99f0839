"""核对: hold the database against the rules that must never break, and show what was found."""

from datetime import UTC, datetime, time, timedelta
from itertools import islice

from flask import Response, request
from sqlalchemy import func, select

from accounts.permissions import Permission
from cases import heads
from cases.history import Entry
from cases.verify import verify
from core.i18n import mark as _
from web.call import Visit
from web.entry import Pages, whoever
from web.rendering import page

checking = Pages("checking", __name__)
#: How many days back is looked at, with its words; 0 is everything.
SPANS = ((1, _("今天")), (7, _("近 7 天")), (30, _("近 30 天")), (0, _("全部")))
#: More than so many entries take minutes, and are better looked at by the command at night.
MOST_ENTRIES = 100_000
SHOWN = 100


@checking.shows("/checking", enter=whoever(Permission.USERS_MANAGE))
def index(visit: Visit) -> Response:
    """Offer to check; with `days` in the address, check what was entered since then and show the result."""
    chosen = request.args.get("days", "")
    days = next((days for days, _words in SPANS if str(days) == chosen), None)
    if days is None:
        return page("county/checking.html", spans=SPANS, days=None)
    since = (
        datetime.combine(visit.today - timedelta(days=days - 1), time(), visit.rules.zone) if days else None
    )
    entries = _entries(visit, since)
    too_many = entries > MOST_ENTRIES
    found = [] if too_many else _findings(visit, since)
    return page(
        "county/checking.html",
        spans=SPANS,
        days=days,
        entries=entries,
        too_many=too_many,
        findings=found[:SHOWN],
        more=len(found) > SHOWN,
    )


def _entries(visit: Visit, since: datetime | None) -> int:
    """Count the entries that would be looked at."""
    statement = select(func.count()).select_from(Entry)
    if since is not None:
        statement = statement.where(Entry.stored_at >= since.astimezone(UTC))
    return visit.session.scalar(statement) or 0


def _findings(visit: Visit, since: datetime | None) -> list[tuple[str, str, str]]:
    """Give what breaks a rule: the case, the rule and what is wrong, one more than is shown at most."""
    found = verify(
        visit.session,
        rules=visit.rules,
        heads_folder=visit.parts.settings.data_dir / heads.FOLDER,
        since=since.astimezone(UTC) if since is not None else None,
    )
    return [(one.case or "", one.rule, one.detail) for one in islice(found, SHOWN + 1)]
