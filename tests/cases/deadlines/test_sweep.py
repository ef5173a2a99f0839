"""The sweep: each rung once, whoever looks and however often, and nothing at all for what is not due."""

import threading
from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy import func, select

from accounts.models import User
from cases.configuration.case_rules import CountyRules
from cases.deadlines import sweep as case_sweep
from cases.deadlines.ladder_rungs import SweepResult
from cases.intake import registration, submission
from cases.lifecycle import take_step
from cases.lifecycle.action_values import ComplainantEntry
from cases.lifecycle.build_values import build_values
from cases.models.case import Case, CaseOwner, Clock, Complainant, Reminder
from core.persistence.db import Database
from notifications.models import Notice
from tests.builders import actor_named, at
from tests.statements import statements

ACase = Callable[..., Case]
SWEEPERS = 4

#: The days of an assigned case's handling clock: assigned on Monday 2 March, due on Monday 23 March.
DUE = date(2026, 3, 23)
RUNG_DAYS = {
    "remind": "2026-03-19",
    "urge": "2026-03-24",
    "supervise": "2026-03-26",
    "publish": "2026-04-02",
    "raise": "2026-04-07",
}


def sweep(town: Database, rules: CountyRules, day: str, hour: int = 9) -> SweepResult:
    return case_sweep.sweep(town, rules=rules, now=at(day, hour))


def fired(result: SweepResult, clock: str = "handling") -> list[str]:
    return [row["rung"] for row in result.fired if row["clock"] == clock]


def act(
    town: Database, rules: CountyRules, number: str, who: str, action: str, now: datetime, **values: object
) -> None:
    with town.transaction() as session:
        take_step.take_step(
            session,
            actor=actor_named(session, who),
            rules=rules,
            number=number,
            action=action,
            values=build_values(action, values),
            now=now,
        )


def case_of(town: Database, number: str) -> Case:
    with town.reading() as session:
        return session.scalars(select(Case).where(Case.number == number)).one()


@pytest.fixture
def assigned(a_case: ACase) -> Case:
    return a_case("assigned", category="village_org")


def test_the_handling_clock_of_the_example_is_due_as_the_table_says(assigned: Case) -> None:
    assert assigned.handling_due_on == DUE


@pytest.mark.parametrize("rung", RUNG_DAYS)
def test_a_rung_fires_on_its_day_and_not_before(
    town: Database, rules: CountyRules, assigned: Case, rung: str
) -> None:
    days = sorted(day for day in RUNG_DAYS.values() if day < RUNG_DAYS[rung])
    seen = [one for day in days for one in fired(sweep(town, rules, day))]
    assert rung not in seen
    assert rung in fired(sweep(town, rules, RUNG_DAYS[rung]))


def test_a_second_sweep_of_the_same_morning_does_nothing(
    town: Database, rules: CountyRules, assigned: Case
) -> None:
    sweep(town, rules, RUNG_DAYS["urge"])
    again = sweep(town, rules, RUNG_DAYS["urge"])
    assert (again.fired, again.skipped, again.flagged, again.raised) == ([], [], [], [])


@pytest.mark.parametrize(("hour", "minute", "expected"), [(8, 29, 0), (8, 30, 1)])
def test_no_rung_fires_before_half_past_eight(
    town: Database, rules: CountyRules, assigned: Case, hour: int, minute: int, expected: int
) -> None:
    found = case_sweep.sweep(town, rules=rules, now=at(RUNG_DAYS["remind"], hour, minute))
    assert len(fired(found)) == expected


def test_a_day_off_lets_rungs_wait_for_the_next_working_morning(
    town: Database, rules: CountyRules, assigned: Case
) -> None:
    sweep(town, rules, RUNG_DAYS["publish"])
    assert fired(sweep(town, rules, "2026-04-05")) == []  # Sunday of the tomb-sweeping days
    assert fired(sweep(town, rules, "2026-04-08")) == ["raise"]


@pytest.mark.parametrize(("urgency", "expected"), [("urgent", ["urge"]), ("normal", [])])
def test_only_an_urgent_case_is_urged_on_a_saturday(
    town: Database, rules: CountyRules, a_case: ACase, urgency: str, expected: list[str]
) -> None:
    # Three calendar days from Tuesday end on Friday; the other case has a triage date on that Friday.
    a_case(
        "assigned" if urgency == "urgent" else "received",
        category="village_org",
        urgency=urgency,
        now=at("2026-03-03"),
    )
    found = sweep(town, rules, "2026-03-07")
    assert [row["rung"] for row in found.fired if row["clock"] in ("handling", "triage")] == expected


def test_a_case_that_goes_on_on_a_saturday_is_reminded_on_monday(
    town: Database, rules: CountyRules, assigned: Case
) -> None:
    until = date(2026, 3, 14)
    act(town, rules, assigned.number, "xiangzhen", "suspend", at("2026-03-04"), until=until, reason="等水退")
    found = sweep(town, rules, "2026-03-14")  # the reminder of the reply was due on Friday
    assert (found.resumed, found.fired) == ([assigned.number], [])
    assert "remind" in fired(sweep(town, rules, "2026-03-16"), "reply")


def test_after_an_outage_only_the_highest_rung_of_a_clock_is_sent(
    town: Database, rules: CountyRules, assigned: Case
) -> None:
    found = sweep(town, rules, "2026-04-03")
    skipped = [row["rung"] for row in found.skipped if row["clock"] == "handling"]
    assert fired(found) == ["publish"]
    assert skipped == ["remind", "urge", "supervise"]
    with town.reading() as session:
        told = session.scalars(select(Notice.kind).where(Notice.kind.in_(RUNG_DAYS))).all()
        kept = dict(
            session.execute(select(Reminder.rung, Reminder.result).where(Reminder.clock == "handling")).all()
        )
    assert set(told) <= {"publish"}
    assert kept == {"remind": "skipped", "urge": "skipped", "supervise": "skipped", "publish": "fired"}


def test_reminders_leave_the_version_alone_and_raising_does_not(
    town: Database, rules: CountyRules, assigned: Case
) -> None:
    before = case_of(town, assigned.number).version
    for rung in ("remind", "urge", "supervise", "publish"):
        sweep(town, rules, RUNG_DAYS[rung])
    assert case_of(town, assigned.number).version == before
    found = sweep(town, rules, RUNG_DAYS["raise"])
    assert found.raised == [assigned.number]
    assert case_of(town, assigned.number).version == before + 1


def test_raising_makes_the_superior_the_owner_once(
    town: Database, rules: CountyRules, assigned: Case
) -> None:
    for day in RUNG_DAYS.values():
        sweep(town, rules, day)
    sweep(town, rules, RUNG_DAYS["raise"])
    with town.reading() as session:
        owners = session.scalar(
            select(func.count()).select_from(CaseOwner).where(CaseOwner.case_id == assigned.id)
        )
    assert owners == 3  # the team, the committee, the township


def test_the_overdue_flag_comes_with_the_first_working_day_after_and_goes_with_the_clock(
    town: Database, rules: CountyRules, assigned: Case
) -> None:
    assert not case_of(town, assigned.number).overdue
    found = sweep(town, rules, RUNG_DAYS["urge"])
    assert found.flagged == [assigned.number]
    assert case_of(town, assigned.number).overdue
    reply = [{"complainant": _complainant(town, assigned), "channel": "door", "text": "修好了。"}]
    act(
        town,
        rules,
        assigned.number,
        "cunwei-sl",
        "resolve",
        at("2026-03-24", 14),
        outcome="solved",
        replies=reply,
    )
    assert not case_of(town, assigned.number).overdue


def _complainant(town: Database, case: Case) -> int:
    with town.reading() as session:
        return session.scalars(select(Complainant.id).where(Complainant.case_id == case.id)).one()


def test_nothing_due_means_no_write_and_a_constant_number_of_statements(
    town: Database, rules: CountyRules, a_case: ACase
) -> None:
    a_case("assigned")
    with statements(town) as few:
        sweep(town, rules, "2026-03-03")
    for _ in range(5):
        a_case("assigned")
    with statements(town) as many:
        sweep(town, rules, "2026-03-03")
    assert len(few) == len(many)
    assert [line for line in many if not line.lstrip().startswith("SELECT")] == []


def test_an_imported_case_is_not_swept_until_somebody_acts_on_it(town: Database, rules: CountyRules) -> None:
    with town.transaction() as session:
        made = registration.register(
            session,
            actor=actor_named(session, "zuyuan"),
            rules=rules,
            intake=submission.Intake(
                village="SL",
                category="village_org",
                kind="problem",
                own_words="水渠塌了。",
                client_ref="from-elsewhere",
                complainants=(ComplainantEntry(name="田某"),),
            ),
            now=at("2026-03-02"),
            imported=True,
        )
    quiet = sweep(town, rules, "2026-04-15")
    act(town, rules, made.case.number, "zuzhang", "note", at("2026-04-15", 14), text="已去看过")
    loud = sweep(town, rules, "2026-04-16")
    assert (quiet.fired, quiet.flagged, loud.flagged) == ([], [], [made.case.number])


def test_a_suspended_case_goes_on_by_itself_on_the_day(
    town: Database, rules: CountyRules, assigned: Case
) -> None:
    act(
        town,
        rules,
        assigned.number,
        "xiangzhen",
        "suspend",
        at("2026-03-04"),
        until=date(2026, 3, 12),
        reason="等水退",
    )
    assert sweep(town, rules, "2026-03-11").resumed == []
    assert sweep(town, rules, "2026-03-12").resumed == [assigned.number]
    with town.reading() as session:
        clock = session.get_one(Clock, (assigned.id, "handling"))
    assert (clock.resume_on, clock.due_on) == (None, date(2026, 3, 31))


def test_a_case_that_becomes_urgent_is_urged_on_the_very_next_day(
    town: Database, rules: CountyRules, a_case: ACase
) -> None:
    case = a_case(now=at("2026-03-03"))
    act(
        town,
        rules,
        case.number,
        "zuzhang",
        "amend",
        at("2026-03-05"),
        field="urgency",
        value="urgent",
        reason="断水",
    )
    # Triage is due on Friday 6 March; for what is not urgent the next day were Monday.
    assert fired(sweep(town, rules, "2026-03-07"), "triage") == ["urge"]


@pytest.mark.parametrize("rung", ["urge", "raise"])
def test_many_sweepers_at_once_fire_each_rung_once(
    town: Database, rules: CountyRules, a_case: ACase, rung: str
) -> None:
    cases = [a_case("assigned", category="village_org") for _ in range(6)]
    start = threading.Barrier(SWEEPERS)
    results: list[SweepResult] = []

    def look() -> None:
        start.wait()
        results.append(sweep(town, rules, RUNG_DAYS[rung]))

    threads = [threading.Thread(target=look) for _ in range(SWEEPERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [number for result in results for number in result.failed] == []
    fired_by_all = [row["case"] for result in results for row in result.fired if row["clock"] == "handling"]
    assert sorted(fired_by_all) == sorted(case.number for case in cases)
    with town.reading() as session:
        kept = session.scalar(
            select(func.count())
            .select_from(Reminder)
            .where(Reminder.clock == "handling", Reminder.rung == rung, Reminder.result == "fired")
        )
    assert kept == len(cases)


def told_of(town: Database, kind: str) -> set[str]:
    """Return who was told of a notice of this kind."""
    with town.reading() as session:
        rows = select(User.username).join(Notice, Notice.user_id == User.id).where(Notice.kind == kind)
        return set(session.scalars(rows))


def test_after_an_outage_everybody_is_told_whom_a_skipped_rung_would_have_told(
    town: Database, rules: CountyRules, a_case: Callable[..., Case]
) -> None:
    a_case("assigned", category="village_org")
    swept = sweep(town, rules, "2026-04-02")
    fired = [row["rung"] for row in swept.fired if row["clock"] == "handling"]
    assert fired == ["publish"]
    assert {"cunwei-sl", "zuzhang", "xiangzhen", "lingdao"} <= told_of(town, "publish")


def test_a_raise_after_an_outage_is_told_to_those_whom_the_rungs_before_it_would_have_told(
    town: Database, rules: CountyRules, a_case: Callable[..., Case]
) -> None:
    a_case("assigned", category="village_org")
    swept = sweep(town, rules, "2026-04-08")
    assert swept.raised != []
    assert {"xiangzhen", "zuzhang", "cunwei-sl", "lingdao"} <= told_of(town, "raised")
