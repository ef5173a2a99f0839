"""No statement that people wait for takes longer than it may; then they are told to ask for less."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app import create_app
from config.settings import HERE
from core.i18n import catalogue
from core.persistence import statement_limit
from core.persistence.db import Database
from core.persistence.statement_limit import is_overtime, limit_statements
from tests.builders import PERSONAL_KEY
from web.framework.refusals import BY_REASON
from web.framework.request_context import EXTENSION
from wsgi.error_messages import detail_of
from wsgi.error_responses import error_response_of

#: Seconds that are too few for the long statement on any machine, and enough for the short one on a busy one.
LIMIT = 0.1
ROWS = 3_000_000
LONG = text(
    f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS}) SELECT count(*) FROM n"
)
SHORT = text("SELECT 1")


@pytest.fixture
def limited(db: Database) -> Iterator[Database]:
    """Open the same database with a limit for its statements."""
    again = Database(db.url.render_as_string(hide_password=False))
    limit_statements(again.engine, LIMIT)
    yield again
    again.dispose()


def test_a_statement_that_takes_too_long_ends_and_the_next_one_is_answered(limited: Database) -> None:
    for opening in (limited.reading, limited.transaction):
        with pytest.raises(OperationalError) as caught, opening() as session:
            session.execute(LONG)
        assert is_overtime(caught.value.orig)
        with opening() as session:
            assert session.scalar(SHORT) == 1


def test_a_database_without_a_limit_lets_it_take_its_time(db: Database) -> None:
    with db.reading() as session:
        assert session.scalar(LONG) == ROWS


def test_what_took_too_long_is_answered_as_that_in_both_languages(limited: Database) -> None:
    with pytest.raises(OperationalError) as caught, limited.reading() as session:
        session.execute(LONG)
    refused = error_response_of(caught.value)
    assert (refused.status, refused.code, refused.facts) == (503, "unavailable", {"reason": "took_too_long"})
    assert "Retry-After" in refused.headers
    words = {detail_of(refused.code, refused.facts), BY_REASON["took_too_long"]}
    assert len(words) == 1
    assert words <= catalogue("en").keys()


@pytest.mark.one_database
def test_whoever_serves_people_has_the_limit_and_a_job_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environ = {
        "HUIYIN_DATA_DIR": str(tmp_path),
        "HUIYIN_SECRET_KEY": "a key for tests, which is long enough",
        "HUIYIN_PERSONAL_KEY": PERSONAL_KEY,
        "HUIYIN_CONFIG_DIR": str(HERE),
        "HUIYIN_DATABASE_URL": f"sqlite:///{tmp_path.as_posix()}/served.db",
    }
    monkeypatch.setattr(statement_limit, "MOST_SECONDS", 0.001)
    served = create_app(environ)
    applications = [cast(Flask, one) for one in (served.people, served.programs)]
    for application in applications:
        (db,) = {known.db for known in application.extensions.values() if hasattr(known, "db")}
        with pytest.raises(OperationalError) as caught, db.reading() as session:
            session.execute(LONG)
        assert is_overtime(caught.value.orig)
        db.dispose()
    assert EXTENSION in applications[0].extensions
