"""Measure pages: what they cost however many cases there are, and what the first one weighs on a phone.

The search plans stand here as well: `python -m bench.pages ADDRESS` prints how a database finds two words.
"""

import gzip
import re
import sys
from collections.abc import Iterator
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select, text

from accounts.models import User
from accounts.sign_in import sessions
from bench.loaded_installation import Figures, Installation, get, median
from cases.models.case import Case
from cases.persistence import search_index
from core.persistence.db import Database
from web.application import create
from workflow.definition.vocabulary import CaseState

#: Whose page, and where it lies.
PAGES = (
    ("lingdao", "/dashboard"),
    ("lingdao", "/dashboard?area=YY"),
    ("lingdao", "/villages/YY"),
    ("zuzhang", "/todo"),
    ("cunwei-yy", "/todo"),
    ("zuzhang", "/cases"),
    ("zuzhang", "/cases?overdue=true"),
    ("zuzhang", "/cases?q=补助"),
    ("zuzhang", "/register"),
    ("cunwei-yy", "CASE"),
)
PHONE = ("cunwei-yy", "/todo")
ASSET = re.compile(r'(?:href|src)="(/static/[^"]+)"')
WORDS = ("漏水", "低保")


def pages(installation: Installation) -> Figures:
    """Return the median of each page in milliseconds, and the most statements that any of them sends."""
    found: Figures = {}
    clients: dict[str, FlaskClient] = {}
    most = 0
    for username, path in PAGES:
        client = clients.setdefault(username, signed_in(installation, username))
        address = f"/cases/{_number(installation)}" if path == "CASE" else path
        get(client, address)
        installation.statements.clear()
        get(client, address)
        most = max(most, len(installation.statements))
        found[f"page {username} {path}, ms"] = median(lambda: get(client, address))  # noqa: B023
    found["page, statements at most"] = float(most)
    found["first page of a phone, KB"] = _weight(clients[PHONE[0]], PHONE[1]) / 1024
    return found


def signed_in(installation: Installation, username: str) -> FlaskClient:
    """Return a browser of somebody who is signed in."""
    services, now = installation.services, installation.now
    app = create(
        db=services.db, rules=services.rules, settings=services.settings, now=lambda: installation.now
    )
    with services.db.transaction() as session:
        user_id = session.scalars(select(User.id).where(User.username == username)).one()
        began = now - timedelta(seconds=1)
        secret = sessions.create(
            session,
            user_id=user_id,
            device="bench",
            own_device=True,
            half=False,
            now=began,
        )
    client = app.test_client()
    client.set_cookie("huiyin", secret)
    return client


def _number(installation: Installation) -> str:
    """Return the number of a case that is with a committee."""
    with installation.services.db.reading() as session:
        return session.scalars(
            select(Case.number).where(Case.number.like("YY-%"), Case.state == CaseState.ASSIGNED).limit(1)
        ).one()


def _weight(client: FlaskClient, path: str) -> int:
    """Return the bytes of a page with all it asks for, as a browser gets them compressed."""
    page = get(client, path)
    weight = len(gzip.compress(page.data))
    for address in sorted(set(ASSET.findall(page.get_data(as_text=True)))):
        weight += len(client.get(address, headers={"Accept-Encoding": "br, gzip"}).data)
    return weight


def plans(db: Database) -> Iterator[str]:
    """Yield how the database goes about finding each of two words, line by line."""
    with db.reading() as session:
        for word in WORDS:
            asked = select(Case.id).where(Case.id.in_(search_index.matching_cases(word)))
            written = str(asked.compile(session.connection(), compile_kwargs={"literal_binds": True}))
            explain = "EXPLAIN QUERY PLAN" if db.is_sqlite else "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF)"
            yield word
            for row in session.execute(text(f"{explain} {written}".replace(":", r"\:"))):
                yield f"    {row[-1]}"


if __name__ == "__main__":
    for line in plans(Database(sys.argv[1])):
        print(line)
