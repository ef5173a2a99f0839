from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NoReturn

import pytest

import app
from cli.framework.context import table
from cli.main import build_parser, main
from core.i18n import translator
from tests.builders import PERSONAL_KEY
from tests.cli.conftest import SECRET, Command

COMMANDS = (
    "run", "serve", "jobs run", "jobs once", "jobs list", "sweep", "report rates", "verify", "reads", "check",
    "users add", "users password", "users disable", "users forget-code", "users postpone-code", "users list",
    "users setup-code", "users roles", "users release-openid", "users confirm",
    "tokens issue", "tokens revoke", "tokens list",
    "areas import", "units import", "units close", "roster import", "cases import", "calendar enter",
    "people forget", "people export", "keys list", "keys rotate",
    "db upgrade", "db check", "db recount", "clock accept", "backup", "restore",
)  # fmt: skip


def unneeded(environ: Mapping[str, str]) -> NoReturn:
    raise AssertionError("the program need not be composed for this")


def run(*argv: str, **environ: str) -> int:
    return main(argv, assemble=unneeded, create_app=app.create_app, environ=environ)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_without_a_database(
    command: str, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*command.split(), "--help", HUIYIN_LANGUAGE=language) == 0
    assert command.split()[-1] in capsys.readouterr().out


def commands(parser: ArgumentParser, path: str = "") -> Iterator[str]:
    inner = [action for action in parser._actions if isinstance(action, _SubParsersAction)]
    if not inner:
        yield path
    for action in inner:
        for name, below in action.choices.items():
            yield from commands(below, f"{path} {name}".strip())


def test_the_table_above_names_every_command() -> None:
    assert set(commands(build_parser(translator("zh")))) == {*COMMANDS, "test"}


@pytest.mark.parametrize(
    "line",
    [
        "",
        "nonsense",
        "users",
        "users add",
        "sweep --today tomorrow",
        "jobs once nonsense",
        "serve --workers 0",
        "run --port 70000",
        "tokens issue zuyuan --days 0",
        "report rates --from 2026-02-30",
    ],
)
def test_bad_usage_ends_with_2_and_names_the_help(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*line.split()) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "--help" in said.err


@pytest.mark.parametrize(
    ("line", "form"),
    [
        ("sweep --today tomorrow", "YYYY-MM-DD"),
        ("report rates --to 2026-02-30", "YYYY-MM-DD"),
        ("run --port 70000", "0 … 65535"),
        ("serve --workers 0", "1 … 64"),
        ("report rates --out figures.txt", ".xlsx, .csv, .json"),
    ],
)
def test_a_value_that_does_not_fit_is_answered_with_the_form_that_does(
    line: str, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*line.split()) == 2
    assert form in capsys.readouterr().err


def test_every_problem_of_the_settings_is_told_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {
        "HUIYIN_DATA_DIR": str(tmp_path),
        "HUIYIN_DATABASE_URL": "mysql://nobody",
        "HUIYIN_LANGUAGE": "fr",
        "HUIYIN_SECRET_KEY": "short",
        "HUIYIN_NONSENSE": "1",
    }
    assert main(["sweep"], assemble=app.assemble, create_app=app.create_app, environ=environ) == 1
    said = capsys.readouterr().err
    assert all(name.removeprefix("HUIYIN_") in said for name in environ if not name.endswith("DATA_DIR"))


def test_without_a_key_a_command_says_where_one_comes_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {"HUIYIN_DATA_DIR": str(tmp_path)}
    assert main(["users", "list"], assemble=app.assemble, create_app=app.create_app, environ=environ) == 1
    assert "db upgrade" in capsys.readouterr().err


def test_a_database_without_tables_is_told_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {
        "HUIYIN_DATA_DIR": str(tmp_path),
        "HUIYIN_SECRET_KEY": SECRET,
        "HUIYIN_PERSONAL_KEY": PERSONAL_KEY,
    }
    assert main(["users", "list"], assemble=app.assemble, create_app=app.create_app, environ=environ) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_server_that_is_not_there_is_told_without_the_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {
        "HUIYIN_DATA_DIR": str(tmp_path),
        "HUIYIN_SECRET_KEY": SECRET,
        "HUIYIN_PERSONAL_KEY": PERSONAL_KEY,
        "HUIYIN_DATABASE_URL": "postgresql://somebody:hidden-word@127.0.0.1:1/huiyin",
    }
    assert main(["users", "list"], assemble=app.assemble, create_app=app.create_app, environ=environ) == 1
    said = capsys.readouterr().err
    assert "HUIYIN_DATABASE_URL" in said
    assert "hidden-word" not in said


def test_words_come_in_the_chosen_language(in_town: Command) -> None:
    assert "没有找到" in in_town("report", "rates", "--area", "NOWHERE").err
    assert "not found" in in_town("report", "rates", "--area", "NOWHERE", LANGUAGE="en").err.lower()


def test_columns_stand_below_each_other_though_characters_are_wide() -> None:
    assert table([("杉岭村", "1"), ("SL", None)]) == ["杉岭村  1", "SL"]


@pytest.mark.parametrize("line", ["report rates --out {place}/figures.csv", "backup {place}/copy"])
def test_a_place_that_cannot_be_written_is_named_without_a_trace(
    command: Command, tmp_path: Path, line: str
) -> None:
    place = tmp_path / "a-file"
    place.write_text("in the way", encoding="utf-8")
    result = command(*line.format(place=place).split())
    assert (result.code, str(place) in result.err) == (1, True)
