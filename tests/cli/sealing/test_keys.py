"""Whoever runs it is told which key seals, which may go, and what is wrong with one, by ids alone."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import app
from cases.configuration.case_rules import CountyRules
from cases.models.case import Case
from cli.framework.services import ProgramServices
from core.persistence.db import Database
from core.sealing import key_file
from core.sealing.personal_keys import PersonalKeys
from tests.builders import PERSONAL_KEY, PERSONAL_KEYS
from tests.cases.breaking_in import break_in
from tests.cli.conftest import SECRET, Command, Done

ACase = Callable[..., Case]
Run = Callable[..., Done]
COMING = "a key that is to come after that of the tests"


@pytest.fixture
def with_keys(run_main: Run, town: Database, rules: CountyRules) -> Run:
    """Run a command on the township with keys of its own."""

    def run(keys: PersonalKeys, *argv: str) -> Done:
        def assemble(environ: dict[str, str]) -> ProgramServices:
            joined = app.assemble(environ)
            joined.db.dispose()
            given = replace(joined.rules, services=rules.with_services(personal_keys=keys).services)
            return replace(joined, rules=given, db=town)

        settings = {
            "DATABASE_URL": town.url.render_as_string(hide_password=False),
            "SECRET_KEY": SECRET,
            "PERSONAL_KEY": PERSONAL_KEY,
        }
        return run_main(assemble, argv, "", settings)

    return run


@pytest.fixture
def kept(tmp_path: Path) -> PersonalKeys:
    place = tmp_path / key_file.NAME
    place.write_text(f"{PERSONAL_KEY}\n", encoding="ascii")
    return PersonalKeys(place=place)


def test_a_rotation_says_what_was_done_what_may_go_and_where_the_new_key_is(
    with_keys: Run, kept: PersonalKeys, a_case: ACase
) -> None:
    a_case("closed")
    former = kept.present.id
    done = with_keys(kept, "keys", "rotate")
    assert done.code == 0, done.err
    assert f"密钥 {former} 已换下" in done.out
    assert f"已用密钥 {kept.present.id} 重新封存" in done.out
    assert str(kept.place) in done.err
    listed = with_keys(kept, "keys", "list").out.splitlines()
    assert [line.split()[0] for line in listed[1:]] == [kept.present.id, former]
    assert "正在使用" in listed[1]
    assert "已换下" in listed[2]
    assert kept.place is not None
    for key in key_file.read(kept.place):
        assert key not in done.out + done.err + "".join(listed)


def test_where_the_key_is_given_a_rotation_asks_for_a_second_run(with_keys: Run, a_case: ACase) -> None:
    a_case()
    both = PersonalKeys([COMING, PERSONAL_KEY])
    listed = with_keys(both, "keys", "list")
    assert f"{both.present.id}" in listed.out
    assert "还没有用过" in listed.out
    assert "keys rotate" in listed.err
    refused = with_keys(both, "users", "list")
    assert (refused.code, "keys rotate" in refused.err) == (1, True)
    first, second = (with_keys(both, "keys", "rotate") for _ in range(2))
    assert "再运行一次" in first.out
    assert f"密钥 {PERSONAL_KEYS.present.id} 已换下" in second.out
    third = with_keys(both, "keys", "rotate")
    assert (third.code, "HUIYIN_PERSONAL_KEY_FALLBACKS" in third.err) == (1, True)


def test_without_a_key_that_is_in_use_nothing_starts_and_the_key_is_named(
    with_keys: Run, a_case: ACase
) -> None:
    a_case()
    for command in (("users", "list"), ("keys", "rotate"), ("verify",)):
        refused = with_keys(PersonalKeys([COMING]), *command)
        assert (refused.code, PERSONAL_KEYS.present.id in refused.err) == (1, True)
    checked = with_keys(PersonalKeys([COMING]), "check")
    assert (checked.code, PERSONAL_KEYS.present.id in checked.err) == (1, True)


def test_the_check_says_that_all_is_sealed_and_how_much_is_not(
    in_town: Command, town: Database, a_case: ACase
) -> None:
    a_case()
    sealed = f"姓名和电话已用密钥 {PERSONAL_KEYS.present.id} 封存"
    assert sealed in in_town("check").out
    break_in(town, "UPDATE complainants SET name = '田某'")  # as an earlier program beside this one does
    said = in_town("check").out
    assert (sealed in said, "有 1 行" in said, "keys rotate" in said) == (False, True, True)
