"""A clock that ran ahead: nothing is written until it is right, or until somebody accepts the gap."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from cases.configuration.case_rules import CountyRules
from cases.history import daily_seals
from cases.history.clock_guard import ClockGuard, accept_gap, accepted_gaps
from cases.history.entries import Entry
from cases.history.late_entries import LateEntry, LateSeal
from cases.lifecycle import take_step
from cases.lifecycle.build_values import build_values
from cases.models.case import Case
from core.clock import CLOCK_GUARD
from core.errors import Conflict, Unavailable
from core.persistence.db import Database
from tests.builders import actor_named, at
from tests.cases.breaking_in import break_in, findings
from tests.english import in_english

Make = Callable[..., Case]


class Machine:
    """A machine with a clock of its own, on which people work."""

    def __init__(self, db: Database, rules: CountyRules, folder: Path) -> None:
        self.db, self.rules, self.folder = db, rules, folder
        self.moment = at("2026-03-02")

    def set(self, moment: datetime) -> None:
        """Put the clock right, or wrong; what was seen before is believed no longer."""
        self.moment = moment
        self.db.info[CLOCK_GUARD] = ClockGuard(lambda: self.moment, self.rules.zone)

    def note(self, case: Case) -> None:
        with self.db.transaction() as session:
            take_step.take_step(
                session,
                actor=actor_named(session, "zuzhang"),
                rules=self.rules,
                number=case.number,
                action="note",
                values=build_values("note", {"text": "看过了。"}),
                now=self.moment,
            )

    def seal(self) -> list[date]:
        return daily_seals.seal(self.db, rules=self.rules, folder=self.folder, now=self.moment)

    def accept(self) -> None:
        with self.db.transaction() as session:
            accept_gap(session, reason="换了电池", chain=self.rules.services.chain, now=self.moment)

    def found(self, **options: Any) -> list[tuple[str, str]]:
        given = findings(self.db, self.rules, seals_folder=self.folder, now=self.moment, **options)
        return [(one.rule, in_english(one.detail)) for one in given]

    def moments(self, case: Case) -> list[datetime]:
        with self.db.reading() as session:
            rows = select(Entry.received_at).where(Entry.case_id == case.id).order_by(Entry.seq)
            return list(session.scalars(rows))


@pytest.fixture
def machine(town: Database, rules: CountyRules, tmp_path: Path) -> Iterator[Machine]:
    yield Machine(town, rules, tmp_path / "heads")
    town.info.clear()


def test_within_five_minutes_nothing_happens_and_no_entry_lies_before_the_last(
    machine: Machine, a_case: Make
) -> None:
    case = a_case("received", now=at("2026-03-02"))
    machine.set(at("2026-03-02") - timedelta(minutes=5))
    machine.note(case)
    assert machine.moments(case) == [at("2026-03-02"), at("2026-03-02")]
    assert machine.found() == []


@pytest.mark.parametrize("back", [timedelta(minutes=6), timedelta(hours=2), timedelta(days=3)])
def test_a_clock_behind_the_history_writes_and_seals_nothing(
    machine: Machine, a_case: Make, back: timedelta
) -> None:
    case = a_case("received", now=at("2026-03-06", 0, 30))  # the clock ran ahead over midnight
    machine.set(at("2026-03-06", 0, 31))
    a_case("received", now=machine.moment)
    machine.set(machine.moment - back)
    with pytest.raises(Unavailable) as refused:
        machine.note(case)
    assert refused.value.facts == {"reason": "clock_ran_ahead", "day": "2026-03-06"}
    assert machine.seal() == []
    machine.set(at("2026-03-06", 0, 40))  # the clock has come there
    machine.note(case)
    assert machine.found() == []


def test_a_process_that_sees_its_clock_go_back_looks_again_at_once(machine: Machine, a_case: Make) -> None:
    case = a_case("received", now=at("2026-03-02"))
    machine.set(at("2026-03-03"))
    machine.note(case)
    machine.moment = at("2026-03-02")  # in the same process
    with pytest.raises(Unavailable):
        machine.note(case)


def test_a_day_that_was_sealed_too_early_stops_writing_too(machine: Machine, a_case: Make) -> None:
    case = a_case("received", now=at("2026-03-02"))
    machine.set(at("2026-03-03", 0, 30))
    assert machine.seal() == [date(2026, 3, 2)]
    machine.set(at("2026-03-02", 22))
    with pytest.raises(Unavailable):
        machine.note(case)


def run_ahead(machine: Machine, a_case: Make) -> Case:
    """Let the clock run ahead by four days, with a case and seals, and come back to noon of the second."""
    case = a_case("received", now=at("2026-03-02"))
    machine.set(at("2026-03-06", 9))
    machine.note(case)
    assert machine.seal() == [date(2026, 3, day) for day in range(2, 6)]
    machine.set(at("2026-03-02", 12))
    return case


def test_an_accepted_gap_lets_people_work_and_verify_knows_it(machine: Machine, a_case: Make) -> None:
    case = run_ahead(machine, a_case)
    machine.accept()
    machine.set(machine.moment)
    machine.note(case)
    other = a_case("received", now=machine.moment)
    assert machine.moments(case)[-1] == at("2026-03-06", 9)  # not dated before the case's last
    assert machine.moments(other) == [at("2026-03-02", 12)]
    assert machine.found() == []
    machine.set(at("2026-03-03", 12))
    assert machine.seal() == []  # those days are sealed; what came late is sealed apart
    with machine.db.reading() as session:
        seals = session.scalars(select(LateSeal)).all()
        assert [(seal.gap, seal.day, seal.entries) for seal in seals] == [(1, date(2026, 3, 2), 2)]
    assert machine.found() == []
    machine.set(at("2026-03-08", 12))  # the gap is over
    machine.note(case)
    assert machine.seal() == [date(2026, 3, 6), date(2026, 3, 7)]
    with machine.db.reading() as session:
        assert len(session.scalars(select(LateEntry)).all()) == 2
    assert machine.found() == []


def test_a_clock_that_runs_ahead_again_within_the_gap_is_seen(machine: Machine, a_case: Make) -> None:
    case = run_ahead(machine, a_case)
    machine.accept()
    machine.set(at("2026-03-04", 9))
    machine.note(case)
    machine.set(at("2026-03-03", 9))
    with pytest.raises(Unavailable):
        machine.note(case)
    machine.accept()
    machine.set(at("2026-03-03", 9))
    machine.note(case)
    with machine.db.reading() as session:
        assert [gap.number for gap in accepted_gaps(session)] == [1, 2]
        assert list(session.scalars(select(LateEntry.gap).order_by(LateEntry.seq))) == [1, 2]
    machine.set(at("2026-03-10", 9))
    machine.seal()
    assert machine.found() == []


def test_nothing_is_accepted_while_the_clock_is_right(machine: Machine, a_case: Make) -> None:
    a_case("received", now=at("2026-03-02"))
    machine.set(at("2026-03-02", 12))
    with pytest.raises(Conflict, match="clock_is_right"):
        machine.accept()


def test_what_came_after_the_seal_is_told_from_what_is_missing(machine: Machine, a_case: Make) -> None:
    case = a_case("assigned", now=at("2026-03-02"))
    machine.set(at("2026-03-04"))
    machine.seal()
    late = a_case("received", now=at("2026-03-02", 20)) if machine.db.info.pop(CLOCK_GUARD) else case
    assert [detail for rule, detail in machine.found() if rule == "heads"] == [
        "2026-03-02: 1 entries stored that day came after the seal (a clock that went back, "
        "or entries put in by hand)"
    ]
    break_in(machine.db, "DELETE FROM history WHERE case_id = :id", id=late.id)
    break_in(machine.db, "DELETE FROM history WHERE case_id = :id AND seq = 2", id=case.id)
    assert "2026-03-02: entries that were sealed are missing or were changed" in [
        detail for rule, detail in machine.found() if rule == "heads"
    ]


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("DELETE FROM late_entries", "heads"),  # what came late now stands in a sealed day
        ("UPDATE late_entries SET gap = 7", "clock"),
        ("UPDATE history SET stored_at = '2026-03-20T00:00:00.000000Z' WHERE seq = 3", "heads"),
        ("UPDATE late_seals SET entries = 3", "heads"),
        ("DELETE FROM late_seals", "heads"),
        ("UPDATE late_seals SET key_id = 'lost'", "heads"),
        ("INSERT INTO late_entries (case_id, seq, gap) SELECT case_id, 1, 1 FROM late_entries", "heads"),
    ],
)
def test_what_is_done_to_late_entries_is_found(
    machine: Machine, a_case: Make, statement: str, rule: str
) -> None:
    case = run_ahead(machine, a_case)
    machine.accept()
    machine.set(machine.moment)
    machine.note(case)
    machine.set(at("2026-03-03", 12))
    machine.seal()
    assert machine.found() == []
    break_in(
        machine.db, statement.replace(".000000Z", ".000000+00" if not machine.db.is_sqlite else ".000000Z")
    )
    assert rule in {name for name, _ in machine.found()}
