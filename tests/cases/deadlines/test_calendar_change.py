"""Entering a year's notice: dates that reach into the year follow, and none becomes overdue by it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from accounts.access.actor import Actor
from accounts.history import RegisterEntry
from accounts.models import User
from cases.configuration.case_rules import CountyRules
from cases.deadlines import sweep
from cases.deadlines.calendar_change import MovedDate, enter_notice, preview_notice
from cases.deadlines.notice_days import NoticeDay
from cases.history.entries import Entry
from cases.lifecycle import take_step
from cases.lifecycle.build_values import build_values
from cases.models.case import Case, Clock, Complainant, Named
from cases.models.reference import CalendarDay, CalendarYear
from cases.verification.verify import verify
from core.persistence.db import Database
from notifications.models import Notice
from tests.builders import at
from workflow.statutory_holidays import days_off

NOTICE = "关于2027年部分节假日安排的通知"
#: An invented notice: New Year's Day with two days more, two Saturdays at work for it.
LONGER = (
    NoticeDay(date(2027, 1, 1), False, "元旦"),
    NoticeDay(date(2027, 1, 4), False, "元旦"),
    NoticeDay(date(2027, 1, 5), False, "元旦"),
    NoticeDay(date(2027, 1, 23), True, "元旦调休"),
    NoticeDay(date(2027, 1, 30), True, "元旦调休"),
)
#: An invented notice with the same holiday and a Saturday and Sunday at work right after it.
SHORTER = (
    NoticeDay(date(2027, 1, 1), False, "元旦"),
    NoticeDay(date(2027, 1, 9), True, "元旦调休"),
    NoticeDay(date(2027, 1, 10), True, "元旦调休"),
)
Enter = Callable[..., list[MovedDate]]


@pytest.fixture
def enter(town: Database, rules: CountyRules, actor: Callable[[str], Actor]) -> Enter:
    """Enter a notice for 2027 as the administrator, in the middle of December unless said otherwise."""

    def entering(
        days: tuple[NoticeDay, ...], *, now: str = "2026-12-15", notice: str = NOTICE
    ) -> list[MovedDate]:
        with town.transaction() as session:
            return enter_notice(
                session,
                actor=actor("guanli"),
                rules=rules,
                year=2027,
                days=days,
                notice=notice,
                now=at(now),
                without=days_off(2027),
            )

    return entering


def dates(db: Database, case: Case) -> dict[str, date]:
    with db.reading() as session:
        clocks = session.scalars(select(Clock).where(Clock.case_id == case.id, Clock.running))
        return {clock.clock: clock.due_on for clock in clocks}


def entries(db: Database, case: Case) -> list[str]:
    with db.reading() as session:
        return list(session.scalars(select(Entry.action).where(Entry.case_id == case.id).order_by(Entry.seq)))


def faults(db: Database, rules: CountyRules) -> list[object]:
    with db.reading() as session:
        return list(verify(session, rules=rules))


@pytest.fixture
def december_case(a_case: Callable[..., Case]) -> Case:
    """Return a case assigned on 15 December 2026 whose fifteen working days end in January 2027."""
    return a_case("assigned", category="village_org", now=at("2026-12-15"))


def test_a_date_moves_by_the_days_off_that_the_notice_names(
    town: Database, december_case: Case, enter: Enter
) -> None:
    assert dates(town, december_case)["handling"] == date(2027, 1, 6)
    moved = enter(LONGER)
    assert MovedDate(december_case.number, "handling", date(2027, 1, 6), date(2027, 1, 8)) in moved
    assert dates(town, december_case)["handling"] == date(2027, 1, 8)


def test_the_case_row_the_round_and_the_clock_say_the_same_afterwards(
    town: Database, rules: CountyRules, december_case: Case, enter: Enter
) -> None:
    enter(LONGER)
    assert faults(town, rules) == []
    with town.reading() as session:
        case = session.get_one(Case, december_case.id)
        assert (case.due_on, case.handling_due_on) == (date(2027, 1, 8), date(2027, 1, 8))
        assert case.version == december_case.version + 1


def test_a_case_whose_date_moved_has_an_entry_that_says_so(
    town: Database, december_case: Case, enter: Enter
) -> None:
    enter(LONGER)
    with town.reading() as session:
        history = select(Entry).where(Entry.case_id == december_case.id).order_by(Entry.seq)
        entry = session.scalars(history).all()[-1]
    assert entry.action == "recalculated"
    assert (entry.facts["notice"], entry.facts["year"]) == (NOTICE, 2027)
    assert entry.facts["due_dates"]["handling"] == ["2027-01-06", "2027-01-08"]


def test_a_case_that_ends_before_the_year_is_left_alone(
    town: Database, a_case: Callable[..., Case], enter: Enter
) -> None:
    early = a_case("assigned", category="village_org", now=at("2026-11-02"))
    before = entries(town, early)
    assert not [one for one in enter(LONGER) if one.case == early.number]
    assert entries(town, early) == before


def test_a_closed_case_is_left_alone(
    town: Database, rules: CountyRules, a_case: Callable[..., Case], enter: Enter
) -> None:
    closed = a_case("closed", category="village_org", now=at("2026-12-15"))
    before = entries(town, closed)
    enter(LONGER)
    assert entries(town, closed) == before
    assert faults(town, rules) == []


def test_a_date_that_would_fall_before_today_is_today(
    town: Database, rules: CountyRules, a_case: Callable[..., Case], enter: Enter
) -> None:
    case = a_case("assigned", category="village_org", now=at("2026-12-22"))
    assert dates(town, case)["handling"] == date(2027, 1, 13)
    enter(SHORTER, now="2027-01-12")
    assert dates(town, case)["handling"] == date(2027, 1, 12)
    assert faults(town, rules) == []
    with town.reading() as session:
        assert not session.get_one(Case, case.id).overdue


def test_a_date_that_has_passed_does_not_move_further_back(
    town: Database, rules: CountyRules, a_case: Callable[..., Case], enter: Enter
) -> None:
    case = a_case("assigned", category="village_org", now=at("2026-12-22"))
    enter(SHORTER, now="2027-01-20")
    assert dates(town, case)["handling"] == date(2027, 1, 13)
    assert faults(town, rules) == []


def test_every_complainant_s_reply_date_follows(
    town: Database, rules: CountyRules, a_case: Callable[..., Case], enter: Enter
) -> None:
    case = a_case("assigned", category="village_org", now=at("2026-12-18"))
    assert dates(town, case)["reply"] == date(2027, 1, 4)
    enter(LONGER)
    assert dates(town, case)["reply"] == date(2027, 1, 6)
    with town.reading() as session:
        due = session.scalars(select(Complainant.reply_due_on).where(Complainant.case_id == case.id)).all()
    assert due == [date(2027, 1, 6)]
    assert faults(town, rules) == []


def test_a_reply_date_that_would_fall_before_today_is_not_overdue(
    town: Database, rules: CountyRules, a_case: Callable[..., Case], enter: Enter
) -> None:
    case = a_case("assigned", category="village_org", now=at("2026-12-18"))
    enter(LONGER)
    assert dates(town, case)["reply"] == date(2027, 1, 6)
    enter(SHORTER, now="2027-01-05")
    assert dates(town, case)["reply"] == date(2027, 1, 5)
    assert faults(town, rules) == []


def test_a_corrected_notice_moves_the_date_again(
    town: Database, rules: CountyRules, december_case: Case, enter: Enter
) -> None:
    enter(LONGER)
    enter(SHORTER)
    assert dates(town, december_case)["handling"] == date(2027, 1, 6)
    assert faults(town, rules) == []


def test_the_same_notice_again_moves_nothing(town: Database, december_case: Case, enter: Enter) -> None:
    enter(LONGER)
    before = entries(town, december_case)
    assert enter(LONGER) == []
    assert entries(town, december_case) == before


def test_an_extension_after_the_notice_stays_where_it_was_granted(
    town: Database, rules: CountyRules, december_case: Case, enter: Enter, actor: Callable[[str], Actor]
) -> None:
    enter(LONGER)
    with town.transaction() as session:
        take_step.take_step(
            session,
            actor=actor("xiangzhen"),
            rules=rules,
            number=december_case.number,
            action="extend",
            values=build_values("extend", {"due_on": date(2027, 1, 15), "reason": "要等水退"}),
            now=at("2026-12-16"),
        )
    enter(SHORTER, now="2026-12-17")
    assert dates(town, december_case)["handling"] == date(2027, 1, 15)
    assert faults(town, rules) == []


def test_the_preview_names_what_entering_moves_and_changes_nothing(
    town: Database, rules: CountyRules, december_case: Case, enter: Enter, actor: Callable[[str], Actor]
) -> None:
    with town.reading() as session:
        seen = preview_notice(
            session, actor=actor("guanli"), rules=rules, year=2027, days=LONGER, now=at("2026-12-15")
        )
    assert dates(town, december_case)["handling"] == date(2027, 1, 6)
    moved = enter(LONGER)
    assert seen.dates == [(one.clock, one.before, one.after) for one in moved]
    assert (seen.cases, seen.whose) == (1, [])


@pytest.mark.parametrize(
    "reader", ["admin 0 1", "admin 1 0", "admin,coordinator 1 0", "admin,auditor 0 1", "department 0 0"]
)
def test_the_preview_tells_whoever_reads_cases_of_those_alone_that_they_may_know(
    town: Database, rules: CountyRules, december_case: Case, enter: Enter, actor: Any, reader: str
) -> None:
    roles = {*reader.split()[0].split(","), "admin"}
    named, cases = (int(one) for one in reader.split()[1:])
    who = replace(actor("xiangzhen"), roles=frozenset(roles))
    with town.transaction() as session:
        if named:
            session.add(Named(case_id=december_case.id, user_id=who.user_id))
        session.flush()
        seen = preview_notice(session, actor=who, rules=rules, year=2027, days=LONGER, now=at("2026-12-15"))
    assert (seen.cases, bool(seen.dates)) == (cases, bool(cases))
    assert {one.case for one in seen.whose} == ({december_case.number} if cases and len(roles) > 1 else set())
    assert len(enter(LONGER)) > 0


def test_the_calendar_holds_the_notice_and_counts_its_revisions(town: Database, enter: Enter) -> None:
    enter(LONGER)
    enter(SHORTER, notice="更正")
    with town.reading() as session:
        year = session.get_one(CalendarYear, 2027)
        days = session.scalars(select(CalendarDay.day).where(CalendarDay.day >= date(2027, 1, 1)))
        assert (year.notice, year.revision) == ("更正", 2)
        assert sorted(days) == [one.day for one in SHORTER]


def test_entering_stands_in_the_history_of_the_registers(town: Database, enter: Enter) -> None:
    enter(LONGER)
    with town.reading() as session:
        entry = session.scalars(select(RegisterEntry).where(RegisterEntry.subject_kind == "calendar")).one()
        assert (entry.subject_id, entry.action, entry.facts["before"]) == ("2027", "notice", None)
        assert entry.facts["after"]["2027-01-23"] is True


def test_a_clock_that_stopped_under_the_old_calendar_stays_explained(
    town: Database, rules: CountyRules, a_case: Callable[..., Case], enter: Enter
) -> None:
    a_case("resolved", category="village_org", now=at("2026-12-15"))
    enter(LONGER)
    enter(SHORTER)
    assert faults(town, rules) == []


def test_a_case_that_was_merged_meanwhile_keeps_its_date_when_released(
    town: Database,
    rules: CountyRules,
    december_case: Case,
    a_case: Callable[..., Case],
    enter: Enter,
    actor: Callable[[str], Actor],
) -> None:
    other = a_case("assigned", category="village_org", now=at("2026-12-15"))

    def take(who: str, action: str, **values: object) -> None:
        with town.transaction() as session:
            take_step.take_step(
                session,
                actor=actor(who),
                rules=rules,
                number=december_case.number,
                action=action,
                values=build_values(action, values),
                now=at("2026-12-16"),
            )

    take("zuzhang", "merge", into=other.number, reason="同一条渠")
    enter(LONGER, now="2026-12-16")
    take("lingdao", "unmerge", reason="不是一条渠")
    assert dates(town, december_case)["handling"] == date(2027, 1, 6)
    assert faults(town, rules) == []


def test_whose_date_becomes_earlier_by_a_notice_is_told(
    town: Database, december_case: Case, enter: Enter
) -> None:
    enter(LONGER)
    enter(SHORTER)
    with town.reading() as session:
        told = session.execute(
            select(User.username, Notice.facts)
            .join(User, User.id == Notice.user_id)
            .where(Notice.kind == "date_earlier", Notice.subject == december_case.number)
        ).all()
        day = dates(town, december_case)["handling"].isoformat()
        assert {(row.username, row.facts["due_on"]) for row in told if row.facts["clock"] == "handling"} == {
            ("cunwei-sl", day)
        }


def test_the_ladder_is_counted_by_the_new_days(
    town: Database, rules: CountyRules, december_case: Case, enter: Enter
) -> None:
    enter(LONGER)
    reminded = [
        day
        for day in (date(2026, 12, 16) + timedelta(days=offset) for offset in range(30))
        if any(
            row["clock"] == "handling" and row["rung"] == "remind"
            for row in sweep.sweep(town, rules=rules, now=at(day.isoformat())).fired
        )
    ]
    assert reminded == [date(2027, 1, 6)]
