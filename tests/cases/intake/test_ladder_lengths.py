"""A rung that comes before its clock begins, or that its clock never has, is refused with its place."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from cases.intake.ladder_lengths import require_ladders
from config import tables
from config.tables import ClockLength, Tables
from tests.builders import CONFIG
from tests.english import in_english
from tests.rules.sources import ROOT
from workflow.definition.reader import BadDefinition, parse

FILES = [
    CONFIG / "workflow.toml",
    *sorted((ROOT / "docs" / "examples").glob("*/workflow.toml")),
    *sorted((ROOT / "tests" / "rules" / "surface").glob("workflow-*.toml")),
]
HANDLING = 'ladder = ["remind", "urge", "supervise", "publish", "raise"]'
TRIAGE = 'en = "triage"\nladder = ["urge", "supervise"]'


def decided() -> Tables:
    """Return what the files that come along decide."""
    return tables.read(CONFIG)


def said_of(files: Tables) -> str:
    """Return in English why the ladders of a life cycle are refused; nothing where they are not."""
    try:
        require_ladders(files, parse(files.workflow_text, files.workflow_name))
    except BadDefinition as refused:
        return in_english(*refused.problems)
    return ""


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_every_life_cycle_that_comes_along_or_is_stored_has_rungs_in_their_time(
    file: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "files"
    shutil.copytree(CONFIG, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    if (file.parent / "deadlines.toml").exists():
        shutil.copy(file.parent / "deadlines.toml", folder)
        shutil.copy(file.parent / "categories.toml", folder)
    shutil.copy(file, folder / "workflow.toml")
    assert said_of(tables.read(folder)) == ""


@pytest.mark.parametrize(
    ("before", "after", "place", "reason"),
    [
        (
            HANDLING,
            f"{HANDLING}\ndays = {{ remind = -30 }}",
            "clocks.handling.days.remind",
            "30 days before.*: suggestion",
        ),
        ("days = -2\nlonger_than = 3", "days = -5", "clocks.handling.ladder", "5 days before.*: urgent"),
        (
            "days = -2\nlonger_than = 3",
            "days = -5",
            "clocks.reply.ladder",
            "5 days before.*: reply_escalated",
        ),
        (TRIAGE, TRIAGE.replace('["urge"', '["remind", "urge"'), "clocks.triage.ladder", "changes nothing"),
        (TRIAGE, f"{TRIAGE}\ndays = {{ urge = -2 }}", "clocks.triage.days.urge", "2 days before.*: triage_"),
    ],
)
def test_a_rung_before_its_clock_is_refused_with_the_place_of_both(
    before: str, after: str, place: str, reason: str
) -> None:
    files = decided()
    assert before in files.workflow_text
    text = files.workflow_text.replace(before, after)
    said = said_of(replace(files, workflow_text=text, workflow_name="ours.toml"))
    line = next(one for one in said.splitlines() if f" {place}: " in one)
    assert re.search(rf"^ours\.toml:\d+: .*{reason}", line), said
    number = int(line.split(":")[1])
    assert place.split(".")[2] in text.splitlines()[number - 1]


def test_a_shorter_clock_is_held_against_the_ladder_as_well() -> None:
    files = decided()
    short = {**files.periods, "reply_escalated": ClockLength(1, "wd"), "reply": ClockLength(3, "cd")}
    assert "the rung remind is only on clocks longer in days than 3" in said_of(replace(files, periods=short))


def test_what_is_promised_has_no_length() -> None:
    text = decided().workflow_text.replace("days = { remind = -10 }", "days = { remind = -60 }")
    assert said_of(replace(decided(), workflow_text=text)) == ""


def test_urgent_lengths_count_only_where_the_rules_have_them() -> None:
    files = decided()
    text = files.workflow_text.replace(TRIAGE, f"{TRIAGE}\ndays = {{ urge = -2 }}")
    longer = {**files.periods, "triage": ClockLength(3, "wd"), "triage_short": ClockLength(3, "wd")}
    files = replace(files, workflow_text=text, periods=longer)
    assert "triage_urgent" in said_of(files)
    assert said_of(replace(files, workflow_text=text.replace("rules = 3", "rules = 2"))) == ""
