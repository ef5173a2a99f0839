"""What `check` and `db` tell of an installation."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from cases.models.case import Case
from config.settings import HERE, SETTINGS
from core.persistence.db import Database
from tests.cli.conftest import SECRET, Command

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


def test_a_shorter_profile_is_told_with_the_cases_it_concerns(
    in_town: Command, a_case: ACase, other: Path
) -> None:
    case = a_case("assigned", category="village_org")
    change(other / "deadlines.toml", "days = 15", "days = 10")
    done = in_town("check", "--config", str(other))
    (line,) = [line for line in done.out.splitlines() if f"{case.number} 的办理期限" in line]
    assert "2026-03-23" in line
    assert "2026-03-16" in line


def test_a_life_cycle_without_a_state_in_use_strands_its_cases(
    in_town: Command, a_case: ACase, other: Path
) -> None:
    case = a_case("escalated")
    content = (other / "workflow.toml").read_text(encoding="utf-8")
    (other / "workflow.toml").write_text(content.replace("escalated", "reported"), encoding="utf-8")
    done = in_town("check", "--config", str(other))
    assert done.code == 1
    assert f"{case.number} (escalated)" in done.err


def test_a_channel_that_is_not_configured_cannot_be_tried(in_town: Command) -> None:
    done = in_town("check", "--send", "smtp")
    assert done.code == 1
    assert "smtp" in done.err


def test_the_inbox_needs_no_test(in_town: Command) -> None:
    done = in_town("check", "--send", "inbox")
    assert done.code == 0
    assert "站内收件箱不经过别处" in done.out


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
    assert "tallies of village" in done.out + done.err
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
