"""`reads`: who read a case, what a user read, on the command line."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from accounts.models import User
from accounts.security_log.writer import FOLDER, SecurityLog
from cases.models.case import Case
from core.persistence.db import Database
from tests.builders import at
from tests.cli.conftest import Command

pytestmark = pytest.mark.one_database

READ = at("2026-03-03", 9)


@pytest.fixture
def number(
    a_case: Callable[..., Case], town: Database, tmp_path: Path, stopped: Callable[[datetime], None]
) -> str:
    """Let somebody have read a case, two months and a day before now, and again an hour before now."""
    made = a_case(named_users=("jiandu",)).number
    with town.reading() as session:
        user_id = session.scalars(select(User.id).where(User.username == "zuzhang")).one()
    line = {
        "event": "case",
        "user": user_id,
        "from": "abc",
        "route": "/cases",
        "status": 200,
        "numbers": [made],
    }
    log = SecurityLog(tmp_path / "var" / FOLDER)
    log.write([line], READ)
    log.write([{**line, "event": "list", "numbers": [made, "SL-2026-0002"]}], at("2026-05-04", 8))
    stopped(at("2026-05-04", 9))
    return made


def test_everybody_who_read_a_case_is_listed_as_far_back_as_is_kept(in_town: Command, number: str) -> None:
    done = in_town("reads", "--case", number.lower())
    assert (done.code, done.err) == (0, "")
    assert [line.split()[:4] for line in done.out.splitlines()] == [
        ["2026-05-04", "08:00:00", "zuzhang", "在列表里看到"],
        ["2026-03-03", "09:00:00", "zuzhang", "打开了事项"],
    ]


def test_what_a_user_read_is_told_as_json(in_town: Command, number: str) -> None:
    told = json.loads(in_town("reads", "--user", "zuzhang", "--json").out)
    assert [(one["event"], one["user"], one["name"]) for one in told] == [
        ("list", "zuzhang", "组长老秦"),
        ("case", "zuzhang", "组长老秦"),
    ]
    assert told[1] == {
        "at": "2026-03-03T01:00:00+00:00",
        "event": "case",
        "user": "zuzhang",
        "name": "组长老秦",
        "numbers": [number],
        "from": "abc",
        "route": "/cases",
        "status": 200,
        "request_id": "",
        "way": None,
        "again": False,
        "lost": 0,
    }


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (("--case", "SL-2026-9999"), 1),
        (("--user", "nobody"), 1),
        ((), 2),
        (("--case", "1", "--user", "a"), 2),
    ],
)
def test_what_there_is_not_is_refused(
    in_town: Command, number: str, given: tuple[str, ...], code: int
) -> None:
    assert in_town("reads", *given).code == code


def test_a_user_who_read_nothing_is_said(in_town: Command, number: str) -> None:
    done = in_town("reads", "--user", "lingdao")
    assert (done.code, done.out, done.err) == (0, "", "没有这样的记录。\n")


def test_the_job_removes_what_was_kept_long_enough_and_a_rehearsal_only_says_so(
    in_town: Command, number: str, tmp_path: Path, stopped: Callable[[datetime], None]
) -> None:
    folder = tmp_path / "var" / FOLDER
    for day, left in (("2026-09-01", 2), ("2026-09-03", 1)):
        stopped(at("2026-05-04", 9))
        rehearsed = json.loads(in_town("jobs", "once", "reads", "--today", day).out)
        assert len(list(folder.iterdir())) == 2
        stopped(at(day, 9))
        told = json.loads(in_town("jobs", "once", "reads").out)
        assert len(list(folder.iterdir())) == left
        assert rehearsed["removed_days"] == told["removed_days"]
