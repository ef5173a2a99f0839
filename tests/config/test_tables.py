"""What a county decides in files is read; every mistake is named with file and line, all at once."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from config import tables
from config.tables import BadTables
from tests.english import in_english

CONFIG = Path(__file__).resolve().parents[2] / "config"

NOTICE = """\
notice = { year = 2027, name = "国办发明电〔2026〕1号" }
holidays = [
  { from = 2027-01-01, to = 2027-01-03, name = "元旦" },
  { from = 2027-02-05, to = 2027-02-11, name = "春节" },
]
working = [
  { day = 2027-01-09, name = "元旦调休" },
]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the project's own files, to be changed."""
    for name in ("workflow.toml", "deadlines.toml", "categories.toml"):
        shutil.copy(CONFIG / name, tmp_path / name)
    (tmp_path / "calendar").mkdir()
    return tmp_path


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def line_of(file: Path, text: str) -> int:
    body = file.read_text(encoding="utf-8")
    return body[: body.index(text)].count("\n") + 1


def test_the_ten_categories_have_their_profiles() -> None:
    found = {code: row.profile for code, row in tables.read(CONFIG).categories.items()}
    assert found == {
        "reforestation": "village",
        "drinking_water": "village",
        "irrigation": "works",
        "building_land": "works",
        "roads": "works",
        "industry": "village",
        "social_security": "village",
        "electricity": "village",
        "household_papers": "village",
        "village_org": "village",
    }


def test_the_profiles_stand_in_the_order_in_which_they_are_tried() -> None:
    assert list(tables.read(CONFIG).profiles) == [
        "urgent",
        "consultation",
        "suggestion",
        "petition",
        "works",
        "village",
    ]


def test_the_text_of_the_life_cycle_is_handed_on_unread(folder: Path) -> None:
    (folder / "workflow.toml").write_text("anything", encoding="utf-8")
    assert tables.read(folder).workflow_text == "anything"


def test_the_project_has_no_calendar_of_its_own() -> None:
    assert tables.read(CONFIG).calendar == ()


def test_a_notice_is_read_with_its_days(folder: Path) -> None:
    (folder / "calendar" / "2027.toml").write_text(NOTICE, encoding="utf-8")
    (file,) = tables.read(folder).calendar
    assert (file.name, file.year, file.notice) == ("2027.toml", 2027, "国办发明电〔2026〕1号")
    assert len(file.days) == 11
    assert (date(2027, 2, 11), False, "春节") in file.days
    assert (date(2027, 1, 9), True, "元旦调休") in file.days


def test_days_of_the_countys_own_need_no_notice(folder: Path) -> None:
    text = 'holidays = [{ from = 2026-04-19, to = 2026-04-20, name = "三月三" }]\n'
    (folder / "calendar" / "ours.toml").write_text(text, encoding="utf-8")
    (file,) = tables.read(folder).calendar
    assert file.year is None
    assert [day for day, _, _ in file.days] == [date(2026, 4, 19), date(2026, 4, 20)]


#: The file, the text replaced, what comes instead, a text on the line that is named, a part of the reason.
SPOILED = {
    "two categories of one name": (
        "categories.toml",
        'zh = "用电"',
        'zh = "产业发展"  # again',
        "# again",
        "industry is called that already",
    ),
    "a profile of no category": (
        "deadlines.toml",
        '[[profiles]]\ncode = "village"',
        '[[profiles]]  # spare\ncode = "spare"\nzh = "备"\nen = "spare"\n'
        'days = 3\nunit = "wd"\nby_category = true\n\n'
        '[[profiles]]\ncode = "village"',
        "# spare",
        "no category of categories.toml has the profile spare",
    ),
    "a list without anything": (
        "categories.toml",
        'owner = "committee"\n\n[categories.social_security]',
        'owner = "committee"\nquestions = []\n\n[categories.social_security]',
        "questions = []",
        "it is empty and changes nothing",
    ),
    "an unknown period": (
        "deadlines.toml",
        "accept = {",
        "sleep = {",
        "sleep",
        "no period is called 'sleep'",
    ),
    "a missing period": (
        "deadlines.toml",
        'accept = { days = 2, unit = "wd" }\n',
        "",
        "[periods]",
        "the period 'accept' is missing",
    ),
    "no days at all": (
        "deadlines.toml",
        "accept = { days = 2",
        "accept = { days = 0",
        "accept",
        "not between",
    ),
    "an unknown unit": (
        "deadlines.toml",
        'accept = { days = 2, unit = "wd"',
        'accept = { days = 2, unit = "weeks"',
        "weeks",
        "no unit is called 'weeks'",
    ),
    "a text for a number": (
        "deadlines.toml",
        "accept = { days = 2",
        'accept = { days = "two"',
        "two",
        "write a whole number",
    ),
    "an unknown kind": (
        "deadlines.toml",
        '["consultation"]',
        '["gossip"]',
        "gossip",
        "no kind is called 'gossip'",
    ),
    "an unknown channel": (
        "deadlines.toml",
        '["petition"]',
        '["radio"]',
        "radio",
        "no channel is called 'radio'",
    ),
    "an unknown urgency": ("deadlines.toml", '["urgent"]', '["asap"]', "asap", "no urgency is called 'asap'"),
    "an unknown condition": (
        "deadlines.toml",
        "when = { channel",
        "when = { weather",
        "weather",
        "there is no such key",
    ),
    "a profile that fits everything too early": (
        "deadlines.toml",
        "by_category = true\n",
        "",
        'code = "works"',
        "only the last profile",
    ),
    "a last profile with a condition": (
        "deadlines.toml",
        'en = "village matter"\n',
        'en = "village matter"\nby_category = true\n',
        'code = "village"',
        "the last profile must fit everything",
    ),
    "a profile given twice": (
        "deadlines.toml",
        'code = "petition"',
        'code = "suggestion"\n# again',
        "# again",
        "stands here twice",
    ),
    "a code that is none": (
        "deadlines.toml",
        'code = "petition"',
        'code = "信访"',
        "信访",
        "a code has small letters",
    ),
    "an extension without a length": (
        "deadlines.toml",
        'extension_days = 10\nextension_unit = "wd"\n',
        "",
        'code = "village"',
        "'extension_days' is missing",
    ),
    "a length without an extension": (
        "deadlines.toml",
        'unit = "wd"\nextensions = 1\nextension_days = 10',
        'unit = "wd"\nextension_days = 10',
        'code = "village"',
        "not that there is one",
    ),
    "an unknown key of a profile": (
        "deadlines.toml",
        "extension_days = 10",
        "extension_days = 10\nmood = 1",
        "mood",
        "there is no such key",
    ),
    "an unknown table": ("deadlines.toml", "[periods]", "[odd]\n[periods]", "[odd]", "there is no such key"),
    "broken TOML": ("deadlines.toml", "[periods]", "[periods", "[periods", "no TOML"),
    "a category of an unknown profile": (
        "categories.toml",
        'profile = "works"',
        'profile = "castle"',
        "castle",
        "no profile by category is called 'castle'",
    ),
    "a category of a profile that does not go by category": (
        "categories.toml",
        'profile = "works"',
        'profile = "urgent"',
        '"urgent"',
        "no profile by category is called 'urgent'",
    ),
    "a category without a name": (
        "categories.toml",
        'zh = "农田灌溉"\n',
        "",
        "[categories.irrigation]",
        "'zh' is missing",
    ),
    "a category of an unknown owner": (
        "categories.toml",
        'owner = "department"',
        'owner = "king"',
        '"king"',
        "no kind of unit is called 'king'",
    ),
}


@pytest.mark.parametrize("what", SPOILED)
def test_a_mistake_is_named_with_file_line_and_reason(folder: Path, what: str) -> None:
    name, old, new, place, reason = SPOILED[what]
    change(folder / name, old, new)
    with pytest.raises(BadTables) as refused:
        tables.read(folder)
    found = [problem for problem in refused.value.problems if reason in in_english(problem.reason)]
    assert found, refused.value.problems
    line = line_of(folder / name, place)
    # A profile is a table in a list: its line is that of its head, one above its code.
    lines = {line, line - 1} if place.startswith(("code", "# again")) else {line}
    assert found[0].place in {f"{folder / name}:{one}" for one in lines}


SPOILED_DAYS = {
    "the wrong way round": ("to = 2027-02-11", "to = 2027-02-01", "in order"),
    "a holiday of a year": ("to = 2027-02-11", "to = 2028-02-11", "in order"),
    "a day of another year": ("day = 2027-01-09", "day = 2029-01-09", "is not a day of 2027"),
    "a time": ("day = 2027-01-09", "day = 2027-01-09T08:00:00", "without a time"),
    "a text for a date": ("day = 2027-01-09", 'day = "2027-01-09"', "write a date"),
    "a day given twice": ("day = 2027-01-09", "day = 2027-01-02", "stands in 2027.toml already"),
    "a holiday without a name": (', name = "春节"', "", "'name' is missing"),
    "an unknown key": ("working = [", "closed = [", "there is no such key"),
    "a year far away": ("year = 2027", "year = 1999", "not between"),
}


@pytest.mark.parametrize("what", SPOILED_DAYS)
def test_a_mistake_in_the_calendar_is_named(folder: Path, what: str) -> None:
    old, new, reason = SPOILED_DAYS[what]
    file = folder / "calendar" / "2027.toml"
    file.write_text(NOTICE, encoding="utf-8")
    change(file, old, new)
    with pytest.raises(BadTables) as refused:
        tables.read(folder)
    assert reason in in_english(*refused.value.problems)
    assert all(problem.place.startswith(str(file)) for problem in refused.value.problems)


def test_two_files_may_not_hold_the_notice_of_one_year(folder: Path) -> None:
    (folder / "calendar" / "a.toml").write_text(NOTICE, encoding="utf-8")
    (folder / "calendar" / "b.toml").write_text(NOTICE.splitlines()[0] + "\n", encoding="utf-8")
    with pytest.raises(BadTables) as refused:
        tables.read(folder)
    assert "the notice of 2027 stands in a.toml already" in in_english(*refused.value.problems)


def test_every_problem_of_every_file_is_told_at_once(folder: Path) -> None:
    change(folder / "deadlines.toml", "accept = { days = 2", "accept = { days = 0")
    change(folder / "categories.toml", 'profile = "works"', 'profile = "castle"')
    (folder / "workflow.toml").unlink()
    (folder / "calendar" / "bad.toml").write_bytes("name = '村'".encode("gb18030"))
    with pytest.raises(BadTables) as refused:
        tables.read(folder)
    files = {Path(problem.place.split(":")[0]).name for problem in refused.value.problems}
    assert files == {"deadlines.toml", "categories.toml", "workflow.toml", "bad.toml"}
    told = in_english(*refused.value.problems)
    assert "cannot be read" in told
    assert "not UTF-8" in told


def test_a_file_saved_with_a_byte_order_mark_is_read(folder: Path) -> None:
    file = folder / "categories.toml"
    file.write_text(file.read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert len(tables.read(folder).categories) == 10


def test_a_huge_file_is_refused(folder: Path) -> None:
    (folder / "categories.toml").write_text("#" * 2_000_000, encoding="utf-8")
    with pytest.raises(BadTables) as refused:
        tables.read(folder)
    assert "longer than" in in_english(*refused.value.problems)
