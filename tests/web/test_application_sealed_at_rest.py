"""Who complains goes in through every door, and stands nowhere in the clear: no table, no file, no backup."""

import json
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text

from cases.configuration.case_rules import CountyRules
from cases.history import daily_seals
from cases.importing.report import CasesImport
from cases.models.case import Case
from cases.verification.verify import verify
from core.normalization.search_terms import pairs_of
from core.persistence import database_backup
from core.persistence.db import Database
from core.persistence.revisions import OUTSIDE_MODELS
from tests.api.conftest import Caller, app, call, client, described, submission, token
from tests.builders import at
from tests.cases.breaking_in import break_in
from tests.cases.conftest import take
from tests.cases.importing.message_sheet import PLAIN
from tests.external import external_id
from tests.web.conftest import Browser, Page
from tests.web.test_application_journeys import hidden

__all__ = ["app", "call", "client", "described", "submission", "take", "token"]

#: A name and a telephone for each door, which stand in nobody's words and in no register.
DOORS = ("interface", "joined", "amended", "page", "joined on a page", "amended on a page", "imported")
NAMES = dict(
    zip(DOORS, ("欧阳金翎", "司徒玉麟", "上官芸", "诸葛槐", "慕容藕", "夏侯荻", "皇甫苇"), strict=True)
)
PHONES = {door: f"1375550193{place}" for place, door in enumerate(DOORS)}


#: What an earlier version wrote beside an entry.
CLEAR_WORDS = """UPDATE history SET personal = '[[["reason"], "00", "慕容藕"]]'"""


def clear_places(db: Database, folder: Path, told: Iterable[str]) -> set[str]:
    """Return every table and column, and every file below a folder, in which one of some texts stands.

    The index of words is looked into on PostgreSQL; both databases are given the same terms.
    """
    forms = {form for one in told for form in (one, json.dumps(one)[1:-1], *pairs_of(one)[:1])}
    found = set()
    with db.reading() as session:
        known = inspect(session.connection())
        for table in known.get_table_names():
            if db.is_sqlite and table in OUTSIDE_MODELS:
                continue
            names = [one["name"] for one in known.get_columns(table)]
            for row in session.execute(text(f'SELECT * FROM "{table}"')):
                for name, value in zip(names, row, strict=True):
                    said = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
                    found |= {f"{table}.{name}" for form in forms if form in said}
    found |= {
        place.relative_to(folder).as_posix()
        for place in folder.rglob("*")
        if place.is_file() and any(form.encode() in place.read_bytes() for form in forms)
    }
    return found


def person(door: str) -> dict[str, str]:
    return {"name": NAMES[door], "phone": PHONES[door]}


def of_page(door: str) -> dict[str, str]:
    return {f"complainant.{name}": value for name, value in person(door).items()}


def act(browser: Browser, number: str, **fields: str) -> Page:
    page = browser.get(f"/cases/{number}")
    given = {name: hidden(page, name) for name in ("version", "once")}
    return browser.post(f"/cases/{number}/actions", **given, **fields)


@pytest.fixture
def everybody(
    town: Database,
    rules: CountyRules,
    call: Callable[[str], Caller],
    browser: Callable[..., Browser],
    take: Callable[..., CasesImport],
    submission: Callable[..., dict[str, Any]],
    tmp_path: Path,
) -> Database:
    """Return a township in which somebody came in through every door, and was read, told and counted."""
    member, leader = call("zuyuan"), call("zuzhang")
    made = member.post(
        "/cases", submission(complainants=[person("interface")]), headers={"Idempotency-Key": "one"}
    )
    assert made.status_code == 201
    number, first = made.json["number"], made.json["complainants"][0]["id"]
    assert leader.act(number, "join", complainant=person("joined"), own_words="我家也是").status_code == 200
    for field, value in person("amended").items():
        changed = leader.act(number, "amend", field=field, value=value, reason="记错了", complainant=first)
        assert changed.status_code == 200
    assert leader.act(number, "reveal", complainant=first, reason="要打电话").status_code == 200

    visitor = browser("zuyuan")
    fields = {"village": "SL", "category": "roads", "kind": "problem", "own_words": "路灯不亮，三天了。"}
    form = visitor.get("/register")
    assert visitor.post("/register", once=hidden(form, "once"), **fields, **of_page("page")).status == 200
    with town.reading() as session:
        on_page = session.scalars(text("SELECT number FROM cases ORDER BY id DESC LIMIT 1")).one()
    form = visitor.get("/register")
    joined = visitor.post(
        f"/register/join/{on_page}",
        once=hidden(form, "once"),
        own_words="我家门口也不亮。",
        **of_page("joined on a page"),
    )
    assert joined.status == 200
    with town.reading() as session:
        last = session.scalars(text("SELECT max(id) FROM complainants")).one()
    outside = str(external_id(rules, "complainants", last))
    for field, value in person("amended on a page").items():
        amended = {"action": "amend", "field": field, "value": value, "reason": "记错了"}
        assert act(browser("zuzhang"), on_page, **amended, complainant=outside).status == 303
    assert take([{**PLAIN, "留言用户": NAMES["imported"]}]).created == 1
    for address in ("/todo", "/cases", f"/cases/{number}", f"/cases/{on_page}"):
        assert browser("zuzhang").get(address).status == 200
    daily_seals.seal(town, rules=rules, folder=tmp_path / "heads", now=at("2026-03-04"))
    with town.reading() as session:
        assert list(verify(session, rules=rules)) == []
    return town


def test_who_complains_stands_in_no_table_and_in_no_file(everybody: Database, tmp_path: Path) -> None:
    (tmp_path / "messages.xlsx").unlink()  # the sheet that was imported is not ours
    if everybody.is_sqlite:
        database = Path(str(everybody.url.database))
        for place in database.parent.glob(f"{database.name}*"):
            (tmp_path / place.name).write_bytes(place.read_bytes())
    (tmp_path / "backup").mkdir()
    with database_backup.snapshot(everybody, tmp_path / "backup"):
        pass
    assert clear_places(everybody, tmp_path, [*NAMES.values(), *PHONES.values()]) == set()


def test_everybody_can_be_read_by_whoever_may(everybody: Database, call: Callable[[str], Caller]) -> None:
    told = []
    for case in call("jiandu").get("/cases").json["items"]:
        told += call("jiandu").get(f"/cases/{case['number']}").json["complainants"]
    names = {one["name"] for one in told}
    assert names == {NAMES[door] for door in DOORS if door not in ("interface", "joined on a page")}
    assert {one["phone"][-1] for one in told if one["phone"]} == set("1235")


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("UPDATE complainants SET name = :told WHERE id = 1", "complainants.name"),
        ("UPDATE cases SET profile = :told WHERE id = 1", "cases.profile"),
        (CLEAR_WORDS, "history.personal"),
    ],
)
def test_a_name_in_the_clear_is_found_in_whatever_table_it_stands(
    town: Database, a_case: Callable[..., Case], tmp_path: Path, statement: str, place: str
) -> None:
    a_case()
    assert clear_places(town, tmp_path, ["慕容藕"]) == set()
    break_in(town, statement, told="慕容藕")
    assert clear_places(town, tmp_path, ["慕容藕"]) == {place}


def test_a_name_in_the_clear_is_found_in_a_file(town: Database, tmp_path: Path) -> None:
    (tmp_path / "security").mkdir()
    (tmp_path / "security" / f"{date(2026, 3, 2)}.jsonl").write_text(json.dumps({"who": "慕容藕"}))
    assert clear_places(town, tmp_path, ["慕容藕"]) == {"security/2026-03-02.jsonl"}
