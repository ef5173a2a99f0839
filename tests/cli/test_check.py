"""What `check` and `db` tell of an installation."""

import re
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text

from cases.models.case import Case, Clock
from config.settings import HERE, SETTINGS
from core.persistence.db import Database
from notifications import kinds
from tests.builders import at
from tests.cli.conftest import SECRET, Command, Done

ACase = Callable[..., Case]


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Return a copy of the configuration folder to change."""
    folder = tmp_path / "other"
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return folder


def change(place: Path, before: str, after: str) -> None:
    content = place.read_text(encoding="utf-8")
    assert before in content
    place.write_text(content.replace(before, after), encoding="utf-8")


def test_every_setting_is_listed_and_no_secret_shown(in_town: Command) -> None:
    done = in_town("check", SMTP_URL="smtp://user:hidden-word@localhost:25", MAIL_FROM="h@example.org")
    assert all(f"HUIYIN_{setting.name}" in done.out for setting in SETTINGS)
    assert "hidden-word" not in done.out + done.err
    assert SECRET not in done.out + done.err


def test_warnings_alone_do_not_fail(in_town: Command) -> None:
    done = in_town("check")
    assert done.code == 0
    assert "!" in done.out  # no mail, and nothing has run yet


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "没有设 HUIYIN_PUBLIC_URL"),
        ("http://127.0.0.1:8000", "只有本机打得开"),
        ("https://huiyin.example.cn", ""),
    ],
)
def test_whether_a_telephone_can_open_the_picture_on_a_slip_is_said(
    in_town: Command, address: str, words: str
) -> None:
    done = in_town("check", **({"PUBLIC_URL": address} if address else {}))
    assert done.code == 0
    assert words in done.out
    assert ("手机打不开" in done.out) == bool(words)
    assert "没有登记给村民打的电话，回执上印不出来：team" in done.out


def test_every_problem_is_told_at_once(in_town: Command, other: Path) -> None:
    change(other / "categories.toml", 'profile = "works"', 'profile = "nonsense"')
    change(other / "deadlines.toml", "days", "dayz")
    done = in_town("check", CONFIG_DIR=str(other))
    assert done.code == 1
    assert "categories.toml" in done.err
    assert "deadlines.toml" in done.err


def test_a_bad_life_cycle_is_named_with_its_place(in_town: Command, other: Path) -> None:
    change(other / "workflow.toml", 'initial = "received"', 'initial = "nowhere"')
    done = in_town("check", CONFIG_DIR=str(other))
    assert done.code == 1
    assert "workflow.toml:" in done.err


def test_a_database_behind_the_program_is_told(in_town: Command, town: Database) -> None:
    with town.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    done = in_town("check")
    assert done.code == 1
    assert "db upgrade" in done.err


def test_a_database_ahead_of_the_program_is_told_and_does_not_fail(in_town: Command, town: Database) -> None:
    with town.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        session.execute(text("CREATE TABLE further_things (id INTEGER PRIMARY KEY)"))
    done = in_town("check")
    assert (done.code, "9999" in done.out, "db upgrade" in done.err) == (0, True, False)
    upgraded = in_town("db", "upgrade")
    assert (upgraded.code, "9999" in upgraded.out) == (0, True)


def test_another_zone_than_the_first_is_told(in_town: Command) -> None:
    done = in_town("check", TIMEZONE="Europe/Berlin")
    assert done.code == 1
    assert "Asia/Shanghai" in done.err


def test_an_equal_configuration_changes_nothing(in_town: Command, a_case: ACase, other: Path) -> None:
    a_case("assigned")
    a_case("escalated")
    done = in_town("check", "--config", str(other))
    assert done.code == 0
    assert "不影响" in done.out


def test_a_life_cycle_without_a_state_in_use_strands_its_cases(
    in_town: Command, a_case: ACase, other: Path
) -> None:
    case = a_case("escalated")
    without_escalation(other / "workflow.toml")
    done = in_town("check", "--config", str(other))
    assert done.code == 1
    assert f"{case.number} (escalated)" in done.err


def without_escalation(place: Path) -> None:
    """Take the state out of a life cycle, and with it the steps, the rung and the fields of it alone."""
    content = place.read_text(encoding="utf-8")
    gone = ("states.escalated", "steps.escalate", "steps.raise", "steps.send_down", "rungs.raise")
    for table in (*gone, *(f"fields.{name}" for name in ("report", "number", "addressee", "sent_on"))):
        content = re.sub(rf"(?ms)^\[{re.escape(table)}\]$.*?(?=^\[|^#|\Z)", "", content)
    for word in ("escalated", "raise"):
        content = content.replace(f', "{word}"', "").replace(f'"{word}", ', "")
    place.write_text(content, encoding="utf-8")


def given_notice(folder: Path) -> None:
    """Add a notice that has two days more off at the beginning of 2027."""
    (folder / "calendar" / "2027.toml").write_text(
        'notice = { year = 2027, name = "国办发明电〔2026〕7号" }\n'
        'holidays = [{ from = 2027-01-01, to = 2027-01-05, name = "元旦" }]\n',
        encoding="utf-8",
    )


def reused_version(folder: Path) -> None:
    """Change the life cycle without a new version."""
    change(folder / "workflow.toml", 'en = "return"', 'en = "give back"')


def next_version(folder: Path) -> None:
    """Change the life cycle and raise its version."""
    reused_version(folder)
    content = (folder / "workflow.toml").read_text(encoding="utf-8")
    version = int(content.split("version = ")[1].split("\n")[0])
    change(folder / "workflow.toml", f"version = {version}", f"version = {version + 1}")


def renamed_state(folder: Path) -> None:
    """Take away a state in which a case stands."""
    content = (folder / "workflow.toml").read_text(encoding="utf-8")
    (folder / "workflow.toml").write_text(content.replace("escalated", "reported"), encoding="utf-8")


def shorter_profile(folder: Path) -> None:
    """Give new matters of the village less time."""
    change(folder / "deadlines.toml", "days = 15", "days = 10")


def no_reminder(folder: Path) -> None:
    """Give replies no more time than that from which on there is a reminder."""
    change(folder / "deadlines.toml", "reply = { days = 15", "reply = { days = 3")


def renamed_profile(folder: Path) -> None:
    """Call a profile by another code."""
    for name in ("deadlines.toml", "categories.toml"):
        place = folder / name
        place.write_text(place.read_text(encoding="utf-8").replace('"works"', '"works2"'), encoding="utf-8")


def renamed_category(folder: Path) -> None:
    """Call a category by another code."""
    change(folder / "categories.toml", "categories.village_org", "categories.villagers")


def broken_table(folder: Path) -> None:
    """Write nonsense into a file."""
    change(folder / "deadlines.toml", "days", "dayz")


def running_dates(db: Database) -> dict[str, str]:
    """Read every running date, by number of the case and clock."""
    with db.reading() as session:
        rows = session.execute(
            select(Case.number, Clock.clock, Clock.due_on)
            .join(Case, Case.id == Clock.case_id)
            .where(Clock.running)
        )
        return {f"{number} 的「{kinds.CLOCKS[clock]}期限": day.isoformat() for number, clock, day in rows}


def announced(done: Done) -> dict[str, tuple[str, str]]:
    """Read the dates that `check` says will move."""
    found = re.findall(r"! (.+?)」会从 (\S+) 变为 (\d{4}-\d\d-\d\d)", done.out)
    return {what: (before, after) for what, before, after in found}


@pytest.mark.parametrize(
    "edit",
    [
        None,
        given_notice,
        reused_version,
        next_version,
        renamed_state,
        renamed_profile,
        renamed_category,
        shorter_profile,
        no_reminder,
        broken_table,
    ],
    ids=lambda edit: edit.__name__ if edit else "identical",
)
def test_what_is_said_of_a_configuration_is_what_a_start_with_it_does(
    in_town: Command,
    town: Database,
    a_case: ACase,
    other: Path,
    stopped: Callable[[datetime], None],
    edit: Callable[[Path], None] | None,
) -> None:
    a_case("escalated", now=at("2026-11-16"), village="SL")
    a_case("assigned", now=at("2026-12-15"), category="village_org", village="YY")
    a_case("received", now=at("2026-12-15"), village="GG")
    stopped(at("2026-12-16"))
    if edit:
        edit(other)
    before = running_dates(town)
    said = in_town("check", "--config", str(other))
    assert running_dates(town) == before
    started = in_town("db", "upgrade", CONFIG_DIR=str(other))
    after = running_dates(town)
    assert said.code == started.code
    assert announced(said) == {key: (day, after[key]) for key, day in before.items() if after[key] != day}
    assert bool(announced(said)) == (edit is given_notice)
    assert ("不影响未办完的事项" in said.out) == (said.code == 0 and edit is not given_notice)
    assert in_town("check", CONFIG_DIR=str(other)).code == started.code
    taken = edit in (None, given_notice, next_version, shorter_profile)
    assert (started.code == 0) == taken


def test_a_channel_that_is_not_configured_cannot_be_tried(in_town: Command) -> None:
    done = in_town("check", "--send", "smtp")
    assert done.code == 1
    assert "smtp" in done.err


def test_the_inbox_needs_no_test(in_town: Command) -> None:
    done = in_town("check", "--send", "inbox")
    assert done.code == 0
    assert "站内收件箱不经过别处" in done.out


@pytest.mark.parametrize(
    ("language", "key", "missing"),
    [
        ("zh", "periods.triage.dayz：不认识这一项", "periods.triage：缺少「days」"),
        ("en", "periods.triage.dayz: there is no such key", "periods.triage: 'days' is missing"),
    ],
)
def test_a_folder_is_refused_in_the_language_of_the_command(
    in_town: Command, other: Path, language: str, key: str, missing: str
) -> None:
    change(other / "deadlines.toml", "days", "dayz")
    said = in_town("check", CONFIG_DIR=str(other), LANGUAGE=language).err
    assert f"{other / 'deadlines.toml'}:" in said
    assert key in said
    assert missing in said


@pytest.mark.parametrize(("language", "words"), [("zh", "写一个整数"), ("en", "write a whole number")])
def test_a_bad_setting_hides_no_other_problem(
    in_town: Command, other: Path, language: str, words: str
) -> None:
    change(other / "deadlines.toml", "days", "dayz")
    done = in_town("check", PROXY_HOPS="many", CONFIG_DIR=str(other), LANGUAGE=language)
    assert done.code == 1
    assert words in done.err
    assert "deadlines.toml" in done.err


def test_another_key_than_the_first_is_told(command: Command) -> None:
    assert command("db", "upgrade").code == 0
    done = command("check", SECRET_KEY="k" * 40)
    assert done.code == 1
    assert "用另一个密钥" in done.err


@pytest.mark.parametrize(
    "argv",
    [
        ("sweep",),
        ("jobs", "once", "sweep"),
        ("jobs", "run"),
        ("verify",),
        ("serve", "--port", "0"),
        ("run", "--port", "0"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [("SECRET_KEY", "k" * 40, "用另一个密钥"), ("TIMEZONE", "Europe/Berlin", "按 Asia/Shanghai 计日")],
)
def test_nothing_works_on_a_database_of_another_installation(
    command: Command, argv: tuple[str, ...], setting: str, value: str, words: str
) -> None:
    assert command("db", "upgrade").code == 0
    done = command(*argv, **{setting: value})
    assert done.code == 1
    assert words in done.err


def test_a_channel_that_does_not_answer_is_told(in_town: Command) -> None:
    done = in_town("check", "--send", "smtp", SMTP_URL="smtp://127.0.0.1:1", MAIL_FROM="h@example.org")
    assert done.code == 1
    assert "smtp 没有发出" in done.err


def test_a_sound_database_equals_the_models(in_town: Command) -> None:
    assert in_town("db", "check").code == 0


def test_a_column_too_many_is_named(in_town: Command, town: Database) -> None:
    with town.transaction() as session:
        session.execute(text("ALTER TABLE case_notes ADD COLUMN surplus integer"))
    done = in_town("db", "check")
    assert done.code == 1
    assert "surplus" in done.err


def test_upgrading_again_changes_nothing(in_town: Command, town: Database) -> None:
    assert in_town("db", "upgrade").code == 0
    with town.reading() as session:
        before = session.scalar(text("SELECT count(*) FROM register_history"))
    assert in_town("db", "upgrade").code == 0
    with town.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM register_history")) == before


def test_wrong_sums_are_found_and_counted_anew(in_town: Command, town: Database, a_case: ACase) -> None:
    a_case("closed")
    assert in_town("jobs", "once", "tally").code == 0
    with town.transaction() as session:
        session.execute(text("UPDATE tallies SET answered = 4711"))
    done = in_town("verify")
    assert done.code == 1
    assert "tallies 里 SL 的 irrigation：不等于各件事相加" in done.err
    assert "1 件" in in_town("db", "recount").out
    assert in_town("verify").code == 0


def test_a_unit_with_open_matters_and_nobody_to_act_on_them_is_named(
    in_town: Command, town: Database, a_case: ACase
) -> None:
    a_case("assigned", village="GG")
    with town.transaction() as session:
        session.execute(text("UPDATE users SET active = :no WHERE username = 'cunwei-gg'"), {"no": False})
    done = in_town("check")
    assert done.code == 1
    assert "高观村两委（committee-GG）有 1 件没办完的事，那里没有能办的人" in done.err


def test_the_last_person_who_may_act_on_open_matters_is_not_disabled(in_town: Command, a_case: ACase) -> None:
    a_case("assigned", village="GG")
    done = in_town("users", "disable", "cunwei-gg")
    assert done.code == 1
    assert "1 件没办完的事只有高观村支书能办" in done.err
