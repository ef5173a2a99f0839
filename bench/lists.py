"""Measure lists: a page must cost the same however many cases there are."""

import base64
import json
from datetime import datetime

from flask.testing import FlaskClient
from sqlalchemy import func, select

from bench.loaded_installation import API, Figures, Installation, get, median
from cases.models.case import Case

#: Whose list, and its query; DEEP, NUMBER and WORD are put in for each database.
LISTS = (
    ("zuzhang", "first page", ""),
    ("zuzhang", "deep cursor", "&cursor=DEEP"),
    ("zuzhang", "one village", "&village=YY"),
    ("zuzhang", "state received", "&state=received"),
    ("zuzhang", "state closed", "&state=closed"),
    ("zuzhang", "overdue", "&overdue=true"),
    ("zuzhang", "due first", "&sort=due_on"),
    ("zuzhang", "one owner", "&owner=county-water"),
    ("zuzhang", "q a number", "&q=NUMBER"),
    ("zuzhang", "q frequent", "&q=补助"),
    ("zuzhang", "q nowhere", "&q=海底隧道"),
    ("cunwei-yy", "first page", ""),
    ("bumen", "first page", ""),
)


def lists(installation: Installation) -> Figures:
    """Return the median of each list in milliseconds, and the most statements that any of them sends."""
    found: Figures = {}
    clients: dict[str, FlaskClient] = {}
    put_in = _put_in(installation)
    most = 0
    for username, what, query in LISTS:
        client = clients.setdefault(username, installation.client(username))
        for mark, value in put_in.items():
            query = query.replace(mark, value)
        address = f"{API}/cases?limit=50{query}"
        get(client, address)
        installation.statements.clear()
        get(client, address)
        most = max(most, len(installation.statements))
        found[f"list {username} {what}, ms"] = median(lambda: get(client, address))  # noqa: B023
    return {"list, statements at most": float(most), **found}


def _put_in(installation: Installation) -> dict[str, str]:
    """Return a number and a cursor from the middle of all cases."""
    with installation.services.db.reading() as session:
        total = session.scalar(select(func.count()).select_from(Case)) or 0
        statement = select(Case.number, Case.received_at, Case.id).order_by(Case.received_at, Case.id)
        number, received_at, case_id = session.execute(statement.offset(total // 2).limit(1)).one()
    return {"DEEP": _cursor(received_at, case_id), "NUMBER": number}


def _cursor(received_at: datetime, case_id: int) -> str:
    """Write a cursor as a list would."""
    plain = json.dumps(["-received_at", received_at.isoformat(), case_id]).encode()
    return base64.urlsafe_b64encode(plain).decode().rstrip("=")
