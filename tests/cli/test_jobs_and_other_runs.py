"""Jobs, sweep, figures and verify on the command line."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from cases.models.case import Case
from cases.models.reference import CalendarYear
from core.persistence.db import Database
from core.tables.reader import read_table
from jobs.schedule import JOBS
from tests.builders import PERSONAL_KEY, at
from tests.cli.conftest import SECRET, Command
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
ACase = Callable[..., Case]


Stop = Callable[[datetime], None]


def test_a_sweep_prints_what_it_did(in_town: Command, a_case: ACase, stopped: Stop) -> None:
    case = a_case("assigned", category="village_org")
    stopped(at("2026-03-24"))
    done = in_town("sweep", "--today", "2026-03-24", "--json")
    told = json.loads(done.out)
    assert done.code == 0
    assert sorted(told) == ["fired", "flagged", "raised", "rehearsal", "skipped", "today"]
    assert (told["today"], told["flagged"], told["raised"]) == ("2026-03-24", [case.number], [])
    assert {"case": case.number, "clock": "handling", "cycle": 1, "rung": "urge"} in told["fired"]
    assert json.loads(in_town("sweep", "--today", "2026-03-24", "--json").out)["fired"] == []


def test_a_sweep_says_it_in_words_too(in_town: Command, a_case: ACase, stopped: Stop) -> None:
    case = a_case("assigned", category="village_org")
    stopped(at("2026-03-24"))
    said = in_town("sweep", "--today", "2026-03-24").out
    assert f"超期：{case.number}" in said
    assert "演练" not in said


def test_a_sweep_of_another_day_says_that_it_is_a_rehearsal(
    in_town: Command, a_case: ACase, stopped: Stop
) -> None:
    case = a_case("assigned", category="village_org")
    stopped(at("2026-03-10"))
    done = in_town("sweep", "--today", "2026-03-24")
    assert "这是演练" in done.out
    assert f"超期：{case.number}" in done.out
    again = json.loads(in_town("sweep", "--today", "2026-03-24", "--json").out)
    assert (again["rehearsal"], again["flagged"]) == (True, [case.number])  # the first one left nothing


@pytest.mark.parametrize("name", [job.name for job in JOBS])
def test_every_job_can_be_run_by_hand_twice(in_town: Command, a_case: ACase, name: str) -> None:
    a_case("assigned")
    assert in_town("jobs", "once", name, "--today", "2026-03-24").code == 0
    assert in_town("jobs", "once", name, "--today", "2026-03-24").code == 0


def test_jobs_are_listed(in_town: Command) -> None:
    assert [line.split()[0] for line in in_town("jobs", "list").out.splitlines()] == [
        job.name for job in JOBS
    ]


def test_figures_come_as_json_with_their_lists(in_town: Command, a_case: ACase) -> None:
    a_case("closed", village="YY")
    told = json.loads(in_town("report", "rates", "--area", "YY", "--from", "2026-03-01", "--json").out)
    assert (told["area"], told["from"], told["to"]) == ("YY", "2026-03-01", None)
    closed = told["rates"]["closed"]
    assert (closed["numerator"], closed["denominator"], closed["value"]) == (1, 1, 1.0)
    assert closed["numerator_list"].startswith("/api/v1/cases?village=YY&received_from=2026-03-01&")


def test_few_cases_are_printed_as_a_fraction(in_town: Command, a_case: ACase) -> None:
    a_case("closed")
    (line,) = [line for line in in_town("report", "rates").out.splitlines() if line.startswith("归档率")]
    assert line.split()[-1] == "1/1"


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_figures_are_written_to_a_table(in_town: Command, a_case: ACase, tmp_path: Path, ending: str) -> None:
    a_case("closed")
    place = tmp_path / f"rates.{ending}"
    assert in_town("report", "rates", "--out", str(place)).code == 0
    found = {values["代码"]: str(values["分母"]) for _, values in read_table(place).rows}
    assert found["closed"] == "1"


def test_figures_are_written_to_json(in_town: Command, tmp_path: Path) -> None:
    place = tmp_path / "rates.json"
    assert in_town("report", "rates", "--out", str(place)).code == 0
    assert "answered" in json.loads(place.read_text(encoding="utf-8"))["rates"]


def test_a_sound_database_verifies(in_town: Command, a_case: ACase) -> None:
    a_case("closed")
    assert in_town("verify").code == 0
    assert json.loads(in_town("verify", "--json").out) == {"sound": True, "findings": []}


def edit_behind_the_back(town: Database, statement: str) -> None:
    """Change a row as somebody could who owns the database: without its triggers, which are put back."""
    with town.transaction() as session:
        if not town.is_sqlite:
            session.execute(text("SET LOCAL session_replication_role = replica"))
            session.execute(text(statement))
            return
        triggers = session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        for name, _ in triggers:
            session.execute(text(f"DROP TRIGGER {name}"))
        session.execute(text(statement))
        for _, sql in triggers:
            session.connection().exec_driver_sql(sql)


def test_an_edited_row_is_named_by_verify(in_town: Command, town: Database, a_case: ACase) -> None:
    case = a_case("received")
    edit_behind_the_back(town, f"UPDATE cases SET category = 'industry' WHERE id = {case.id}")
    done = in_town("verify", "--json")
    findings = json.loads(done.out)["findings"]
    assert done.code == 1
    assert case.number in {finding["case"] for finding in findings}
    assert case.number in in_town("verify").err


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "事项在第 1 条记录之后被改过"), ("en", "the case row was changed after entry 1")],
)
def test_verify_says_what_is_wrong_in_the_language_of_the_command(
    in_town: Command, town: Database, a_case: ACase, language: str, said: str
) -> None:
    case = a_case("received")
    edit_behind_the_back(town, f"UPDATE cases SET category = 'industry' WHERE id = {case.id}")
    assert f"{case.number}  case_row: {said}" in in_town("verify", LANGUAGE=language).err.splitlines()
    findings = json.loads(in_town("verify", "--json", LANGUAGE=language).out)["findings"]
    assert {"rule": "case_row", "case": case.number, "detail": said} in findings


def test_a_notice_is_entered_from_a_file(in_town: Command, town: Database, tmp_path: Path) -> None:
    place = tmp_path / "2027.toml"
    place.write_text(
        'notice = { year = 2027, name = "关于2027年的通知" }\n'
        'holidays = [\n  { from = 2027-01-01, to = 2027-01-03, name = "元旦" },\n]\n',
        encoding="utf-8",
    )
    assert "会移动 0 个期限" in in_town("calendar", "enter", str(place), "--dry-run").out
    refused = in_town("calendar", "enter", str(place))
    assert (refused.code, "2027-02-05 2027-02-08 2027-04-05" in refused.err) == (1, True)
    with town.reading() as session:
        assert session.get(CalendarYear, 2027) is None
    assert in_town("calendar", "enter", str(place), "--confirm-missing").code == 0
    with town.reading() as session:
        assert session.get(CalendarYear, 2027) is not None


def test_dates_that_a_notice_moves_say_which_of_them_may_still_change(
    in_town: Command, a_case: Callable[..., Case], tmp_path: Path
) -> None:
    case = a_case("assigned", category="village_org", now=at("2026-12-25"))
    place = tmp_path / "2027.toml"
    place.write_text(
        'notice = { year = 2027, name = "关于2027年的通知" }\n'
        'holidays = [\n  { from = 2027-01-01, to = 2027-01-05, name = "元旦" },\n]\n',
        encoding="utf-8",
    )
    done = in_town("calendar", "enter", str(place), "--dry-run").out
    handling = next(line for line in done.splitlines() if line.split()[:2] == [case.number, "handling"])
    before, after = handling.split("→")
    assert "（暂按周末推算）" in before
    assert "（暂按周末推算）" not in after


def test_a_notice_with_mistakes_is_refused_with_their_places(in_town: Command, tmp_path: Path) -> None:
    place = tmp_path / "2027.toml"
    place.write_text("notice = { year = 2027 }\nnonsense = 1\n", encoding="utf-8")
    done = in_town("calendar", "enter", str(place))
    assert done.code == 1
    assert "2027.toml:2" in done.err


RUN_JOBS = """
import sys, app
sys.exit(app.main(["jobs", "run"], assemble=app.assemble, create_app=app.create_app))
"""


def test_the_schedule_ends_cleanly_when_it_is_told_to(db: Database, tmp_path: Path) -> None:
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HUIYIN_")},
        "HUIYIN_DATABASE_URL": db.url.render_as_string(hide_password=False),
        "HUIYIN_DATA_DIR": str(tmp_path / "var"),
        "HUIYIN_SECRET_KEY": SECRET,
        "HUIYIN_PERSONAL_KEY": PERSONAL_KEY,
        "PYTHONUTF8": "1",
    }
    command = [sys.executable, "-c", RUN_JOBS]
    with subprocess.Popen(command, cwd=ROOT, env=environ, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        begun = running.stderr.readline()
        running.send_signal(signal.SIGTERM)
        said = running.stderr.read()
        assert running.wait(timeout=PATIENCE) == 0
    assert json.loads(begun)["jobs"] == len(JOBS)
    assert "Traceback" not in said


def test_a_gap_of_the_clock_is_accepted_with_a_reason(in_town: Command, a_case: ACase, stopped: Stop) -> None:
    a_case("received", now=at("2026-03-06"))
    stopped(at("2026-03-07"))
    assert "不用说明" in in_town("clock", "accept", "--reason", "换了电池").err
    stopped(at("2026-03-02"))
    assert in_town("clock", "accept", "--reason", " ").code == 1
    done = in_town("clock", "accept", "--reason", "换了电池")
    assert (done.code, "2026-03-06 10:00" in done.out) == (0, True)
    assert in_town("verify").code == 0
