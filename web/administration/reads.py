"""谁看过: who read a case, or what somebody read, for auditors."""

from datetime import UTC, datetime

from flask import Response, request

from accounts.access.permissions import Permission
from accounts.registers.user_validation import LONGEST_USERNAME
from accounts.security_log.reader import SPAN
from accounts.security_log.words import EVENT_WORDS
from accounts.security_log.writer import FOLDER, KEPT
from cases.access.case_numbers import full_number
from cases.queries.recorded_reads import RecordedReads, reads_of_case, reads_of_user
from core.errors import NotFound
from web.framework.blueprint import PageBlueprint, requires
from web.framework.rendering import page
from web.framework.request_context import PageRequest

reads = PageBlueprint("reads", __name__)
ENTER = requires(Permission.AUDIT_READ)
LONGEST_NUMBER = 64


@reads.get("/reads", enter=ENTER)
def index(page_request: PageRequest) -> Response:
    """Show who read the case that is asked for, or what the user read; without either, ask."""
    number = full_number(request.args.get("case", "").strip()[:LONGEST_NUMBER])
    username = request.args.get("user", "").strip().lower()[:LONGEST_USERNAME]
    before = _before(page_request)
    found, unknown = None, False
    if number or username:
        try:
            found = _find(page_request, number, username, before)
        except NotFound:
            unknown = True  # one that names the reader as well as one that there is not
    return page(
        "administration/reads.html",
        status=404 if unknown else 200,
        found=found,
        unknown=unknown,
        number=number,
        username=username,
        words=EVENT_WORDS,
        longest_number=LONGEST_NUMBER,
        before=before,
        earlier=found.earlier.isoformat() if found is not None and found.earlier is not None else None,
        kept_days=KEPT.days,
        span_days=SPAN.days,
    )


def _find(page_request: PageRequest, number: str, username: str, before: datetime) -> RecordedReads:
    session, actor = page_request.session, page_request.actor
    folder = page_request.services.settings.data_dir / FOLDER
    if number:
        return reads_of_case(session, actor=actor, folder=folder, number=number, before=before)
    keys = page_request.rules.services.receipt_keys
    return reads_of_user(session, actor=actor, folder=folder, keys=keys, username=username, before=before)


def _before(page_request: PageRequest) -> datetime:
    """Return the moment that a look begins at: the present one, or an earlier one from the link to it."""
    try:
        given = datetime.fromisoformat(request.args.get("before", ""))
    except ValueError:
        return page_request.now
    earliest = page_request.now - KEPT - SPAN
    return min(max(given, earliest), page_request.now) if given.tzinfo is UTC else page_request.now
