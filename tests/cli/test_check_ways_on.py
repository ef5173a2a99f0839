"""What `check` tells of matters that have no way on for anybody who is there."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from accounts.models import User
from cases.configuration.case_rules import CountyRules
from cases.configuration.definitions import adopt
from config.settings import HERE
from core.persistence.db import Database
from tests.builders import FOUNDED, a_case, add_deputies
from tests.cli.conftest import Command
from tests.rules.test_smaller_definitions import without
from workflow.definition.reader import parse


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Return a copy of the configuration folder to change."""
    folder = tmp_path / "other"
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return folder


def test_every_village_with_deputies_has_a_way_on(in_town: Command, town: Database) -> None:
    assert "! 反映工作组的组长的事：「已受理」的事在这些条件不成立时" in in_town("check").out
    with town.transaction() as session:
        add_deputies(session)
    assert "✓ 没办完的事都有往下走的路，3 个村都核过" in in_town("check").out
    assert "every open matter has a way on; 3 villages were walked" in in_town("check", LANGUAGE="en").out


def test_before_there_are_units_the_ways_on_go_by_roles_alone(command: Command) -> None:
    assert command("db", "upgrade").code == 0
    done = command("check")
    assert (done.code, "✓ 没办完的事都有往下走的路；还没有能收件的村" in done.out) == (0, True)


def test_a_county_is_told_of_its_own_words(command: Command, other: Path) -> None:
    words = '[words.level]\nvillage = { zh = "病区", en = "ward" }\n'
    flow = other / "workflow.toml"
    flow.write_text(flow.read_text(encoding="utf-8") + words, encoding="utf-8")
    assert command("db", "upgrade", CONFIG_DIR=str(other)).code == 0
    assert "还没有能收件的病区，只按角色核过" in command("check", CONFIG_DIR=str(other)).out
    english = command("check", CONFIG_DIR=str(other), LANGUAGE="en").out
    assert "nobody receives matters of any ward yet" in english


def test_who_is_missing_for_a_way_on_is_told_and_does_not_fail(in_town: Command, town: Database) -> None:
    with town.transaction() as session:
        session.execute(update(User).where(User.username == "zuzhang").values(active=False))
    done = in_town("check")
    assert done.code == 0
    assert "! 「已受理」的事在这些条件不成立时（反映的是谁都认清了）没有往下走的路" in done.out
    assert "往下走的路，3 个村" not in done.out


def test_a_running_life_cycle_without_a_way_on_fails_and_an_older_one_is_told(
    in_town: Command, town: Database, rules: CountyRules, other: Path
) -> None:
    body = without("confirm")
    (other / "workflow.toml").write_text(body, encoding="utf-8")
    with town.transaction() as session:  # as a version of the program that did not ask yet has done it
        definition = parse(body, "workflow.toml")
        adopt(session, definition, body, now=FOUNDED)
        older = replace(rules, definition=definition)
        a_case(session, older, "assigned")
    done = in_town("check", CONFIG_DIR=str(other))
    assert done.code == 1
    assert "states.resolved" not in done.err
    assert "✗ 「已答复办结」的事在这些条件不成立时" in done.err
    done = in_town("check")
    assert done.code == 0
    assert f"! 按流程 huiyin 第 {definition.version} 版办的旧事：「已答复办结」的事" in done.out
