"""A clock that jumps, and a scheduler that slept: order, dates and mails stay right (threats.md T19, T21)."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from cases.deadlines import sweep as case_sweep
from cases.history.entries import Entry
from cases.models.case import Case, Reminder
from notifications import delivery
from notifications.channels.message import Message
from notifications.models import Delivery, Notice
from tests.builders import at
from tests.faults.indoors import Indoors
from tests.faults.served_township import ServedTownship

BACK, AHEAD = timedelta(hours=-2), timedelta(days=3)
START = at("2026-03-02")
#: Assigned on Monday 2 March, due on Monday 23 March: the day of `urge`, and three days later of `supervise`.
URGED, SUPERVISED = at("2026-03-24", 9), at("2026-03-27", 9)


@dataclass
class Postbox:
    """A channel that keeps what it is given."""

    letters: list[Message] = field(default_factory=list)

    def send(self, letter: Message) -> None:
        self.letters.append(letter)


def indoors(township: ServedTownship) -> Indoors:
    return Indoors(township, moment=START)


def assigned(inside: Indoors, ref: str = "one") -> str:
    number = str((inside.register(ref).json or {})["number"])
    assert inside.act("zuzhang", number, "assign", unit="committee-SL").status_code == 200
    return number


def sweep(township: ServedTownship, now: datetime) -> list[str]:
    done = case_sweep.sweep(township.db, rules=township.services.rules, now=now)
    assert done.failed == []
    return sorted(f"{row['clock']} {row['rung']}" for row in done.fired)


def test_entries_stand_in_the_order_of_events_however_the_clock_jumps(township: ServedTownship) -> None:
    inside = indoors(township)
    number = assigned(inside)
    done = ["register", "assign"]
    for jump, who, action, fields in (
        (BACK, "cunwei-sl", "accept", {}),
        (AHEAD, "zuzhang", "note", {"text": "看过了"}),
        (BACK, "cunwei-sl", "note", {"text": "在修"}),
        (timedelta(), "cunwei-sl", "escalate", ESCALATION),
    ):
        inside.moment = START + jump
        answer = inside.act(who, number, action, **fields)
        assert answer.status_code == 200, answer.json
        done.append(action)
    with township.db.reading() as session:
        kept = session.scalars(
            select(Entry.action).join(Case, Case.id == Entry.case_id).order_by(Entry.seq)
        ).all()
    assert kept == done
    assert township.findings() == []
    assert inside.ready() == 200


ESCALATION = {
    "unit": "township-MA",
    "reason": "要乡里拨款",
    "report": {"number": "1 号", "addressee": "马鞍乡人民政府", "sent_on": "2026-03-02"},
}


def test_a_clock_three_days_ahead_and_back_again_fires_no_rung_twice(township: ServedTownship) -> None:
    assigned(indoors(township))
    early = sweep(township, URGED + AHEAD)
    assert "handling supervise" in early
    assert sweep(township, URGED) == []
    assert sweep(township, URGED + BACK) == []
    assert sweep(township, URGED + AHEAD) == []
    assert township.findings() == []


def test_after_three_days_asleep_there_is_one_catching_up_and_no_flood(township: ServedTownship) -> None:
    inside = indoors(township)
    numbers = [assigned(inside, ref) for ref in ("one", "two", "three")]
    sweep(township, URGED + BACK)  # half past seven is too early: the scheduler falls asleep before its hour
    fired = Counter(sweep(township, SUPERVISED))
    assert fired["handling supervise"] == len(numbers)
    assert "handling urge" not in fired
    assert sweep(township, SUPERVISED) == []
    with township.db.reading() as session:
        skipped = session.scalar(
            select(func.count()).where(Reminder.clock == "handling", Reminder.result == "skipped")
        )
        most = session.scalars(
            select(func.count())
            .where(Notice.created_at == SUPERVISED)
            .group_by(Notice.user_id, Notice.subject, Notice.facts["clock"].as_string())
        ).all()
    assert skipped == 2 * len(numbers)
    assert max(most) == 1
    assert township.findings() == []


def test_a_lease_taken_while_the_clock_was_ahead_does_not_hold_a_letter_back(
    township: ServedTownship,
) -> None:
    assigned(indoors(township))
    with township.db.transaction() as session:
        session.execute(
            update(Delivery).values(
                status="sending",
                attempts=1,
                lease_by="dead",
                lease_until=START + AHEAD + delivery.LEASE,
            )
        )
    box = Postbox()
    delivery.deliver(township.db, channels={"smtp": box}, now=START + timedelta(minutes=30), worker="w")
    assert box.letters


def test_a_pause_begun_while_the_clock_was_ahead_does_not_hold_a_letter_back(
    township: ServedTownship,
) -> None:
    assigned(indoors(township))
    with township.db.transaction() as session:
        session.execute(update(Delivery).values(attempts=1, next_at=START + AHEAD))
    box = Postbox()
    delivery.deliver(township.db, channels={"smtp": box}, now=START + timedelta(minutes=30), worker="w")
    assert box.letters
