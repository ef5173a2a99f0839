"""One complaint through its whole life: what is written, who is told and which dates run, step by step."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from accounts.models import User
from cases.configuration.case_rules import CountyRules
from cases.deadlines import sweep
from cases.deadlines.ladder_rungs import SweepResult
from cases.intake import registration, submission
from cases.lifecycle import take_step
from cases.lifecycle.action_values import ComplainantEntry
from cases.lifecycle.build_values import build_values
from cases.models.case import Case, Clock
from cases.queries import case_detail, case_history
from cases.verification import verify
from core.errors import Conflict, Forbidden
from core.persistence.db import Database
from notifications.models import Notice
from tests.builders import PERSONAL_KEYS, actor_named

ZONE = ZoneInfo("Asia/Shanghai")


def at(month: int, day: int, hour: int = 10) -> datetime:
    """Return a moment of the spring of 2026, in the county's time."""
    return datetime(2026, month, day, hour, tzinfo=ZONE).astimezone(UTC)


class Tale:
    """Tell a story in one line a step, and look at what came of it."""

    def __init__(self, db: Database, rules: CountyRules) -> None:
        self.db, self.rules = db, rules
        self.number = ""
        self.seen = 0

    def register(self, who: str, when: datetime, **fields: Any) -> None:
        with self.db.transaction() as session:
            made = registration.register(
                session,
                actor=actor_named(session, who),
                rules=self.rules,
                intake=submission.Intake(**fields),
                now=when,
            )
            self.number = made.case.number
            assert len(made.codes) == len(fields["complainants"])

    def act(self, who: str, when: datetime, action: str, **values: Any) -> None:
        with self.db.transaction() as session:
            take_step.take_step(
                session,
                actor=actor_named(session, who),
                rules=self.rules,
                number=self.number,
                action=action,
                values=build_values(action, values),
                now=when,
            )

    def sweep(self, when: datetime) -> SweepResult:
        return sweep.sweep(self.db, rules=self.rules, now=when)

    def view(self, who: str, when: datetime) -> dict[str, Any]:
        with self.db.reading() as session:
            return case_detail.case_view(
                session, actor=actor_named(session, who), rules=self.rules, number=self.number, now=when
            )

    def case(self) -> Case:
        with self.db.reading() as session:
            return session.scalars(select(Case).where(Case.number == self.number)).one()

    def dates(self) -> dict[str, date]:
        """Return the dates of the clocks that run."""
        with self.db.reading() as session:
            rows = session.execute(
                select(Clock.clock, Clock.due_on)
                .join(Case, Case.id == Clock.case_id)
                .where(Case.number == self.number, Clock.running)
            )
            return {name: due_on for name, due_on in rows}

    def complainants(self) -> list[int]:
        return [person["id"] for person in self.view("zuzhang", at(3, 2))["complainants"]]

    def told(self) -> set[tuple[str, str]]:
        """Return who was told what since this was last asked."""
        with self.db.reading() as session:
            rows = session.execute(
                select(Notice.id, User.username, Notice.kind)
                .join(User, User.id == Notice.user_id)
                .where(Notice.id > self.seen)
                .order_by(Notice.id)
            ).all()
        self.seen = max([self.seen, *(row.id for row in rows)])
        return {(row.username, row.kind) for row in rows}

    def entries(self) -> list[str]:
        with self.db.reading() as session:
            found = case_history.history_view(
                session, keys=PERSONAL_KEYS, actor=actor_named(session, "zuzhang"), number=self.number
            )
        assert [entry["seq"] for entry in found] == list(range(1, len(found) + 1))
        return [entry["action"] for entry in found]


def both(tale: Tale, text: str) -> list[dict[str, Any]]:
    """Return the same final words for both complainants."""
    return [
        {"complainant": person, "channel": "door", "text": f"{text}（{place}）"}
        for place, person in enumerate(tale.complainants(), start=1)
    ]


def test_a_complaint_is_urged_extended_escalated_reopened_and_at_last_confirmed(
    town: Database, rules: CountyRules
) -> None:
    tale = Tale(town, rules)

    # Registered at a visit on a Monday: triage in 3 working days, a reply in 15 days.
    tale.register(
        "zuyuan",
        at(3, 2),
        village="SL",
        category="village_org",
        kind="problem",
        own_words="村口的路灯坏了两个月，晚上老人出门看不见路。",
        client_ref="story-1",
        complainants=(ComplainantEntry(name="田某", phone="13800002046"),),
    )
    assert tale.case().state == "received"
    assert tale.dates() == {"triage": date(2026, 3, 5), "reply": date(2026, 3, 17)}
    assert tale.told() == {("zuzhang", "registered")}

    # A neighbour says the same in words of their own.
    tale.act("zuyuan", at(3, 3, 9), "join", complainant={"name": "覃某"}, own_words="我家门前也是黑的。")
    first, second = tale.complainants()

    # Assigned: 15 working days for the handling, 2 for accepting.
    tale.act("zuzhang", at(3, 3), "assign", unit="committee-SL")
    assert tale.dates() == {
        "accept": date(2026, 3, 5),
        "handling": date(2026, 3, 24),
        "reply": date(2026, 3, 17),
    }
    assert ("cunwei-sl", "assigned") in tale.told()

    # Not accepted in time: urged on the first working day after, once.
    swept = tale.sweep(at(3, 6, 9))
    assert swept.flagged == [tale.number]
    assert swept.fired == [{"case": tale.number, "clock": "accept", "cycle": 1, "rung": "urge"}]
    assert tale.sweep(at(3, 6, 11)).fired == []
    assert tale.case().overdue
    assert tale.told() == {("cunwei-sl", "urge"), ("zuzhang", "urge")}

    # Accepted: nothing is late any more.
    tale.act("cunwei-sl", at(3, 6), "accept")
    assert not tale.case().overdue
    assert tale.case().accepted
    assert "accept" not in tale.dates()

    # An interim word to each of the two gives 15 days from then; a Saturday moves to the Monday after.
    for person in (first, second):
        tale.act(
            "zuyuan", at(3, 13), "reply", complainant=person, channel="phone", text="在排。", final=False
        )
    assert tale.dates()["reply"] == date(2026, 3, 30)

    # More time is asked for and granted within the limit of 10 working days; the villagers are to be told.
    with pytest.raises(Forbidden):
        tale.act("cunwei-sl", at(3, 16), "extend", due_on=date(2026, 4, 3), reason="等配件")
    tale.told()
    tale.act("cunwei-sl", at(3, 16), "request_extension", due_on=date(2026, 4, 3), reason="等配件")
    assert ("xiangzhen", "extension_requested") in tale.told()
    tale.act("xiangzhen", at(3, 16, 15), "extend", due_on=date(2026, 4, 3), reason="同意，配件在路上")
    assert tale.dates()["handling"] == date(2026, 4, 3)
    assert {("cunwei-sl", "extension_granted"), ("zuyuan", "tell_extension")} <= tale.told()

    # Escalated with a written report: 60 days from now, and an interim reply owed within 3 working days.
    tale.act(
        "cunwei-sl",
        at(3, 20),
        "escalate",
        unit="township-MA",
        reason="要动用乡里的专款",
        report={"number": "杉村〔2026〕3 号", "addressee": "马鞍乡", "sent_on": date(2026, 3, 20)},
    )
    assert tale.case().state == "escalated"
    assert tale.dates() == {"handling": date(2026, 5, 19), "reply": date(2026, 3, 25)}
    assert ("xiangzhen", "escalated") in tale.told()
    for person in (first, second):
        tale.act(
            "zuyuan", at(3, 24), "reply", complainant=person, channel="door", text="报乡里了。", final=False
        )
    assert tale.dates()["reply"] == date(2026, 4, 8)

    # Resolving needs a final reply to each of the two.
    with pytest.raises(Conflict) as refused:
        tale.act("xiangzhen", at(4, 2), "resolve", outcome="solved", replies=both(tale, "灯装好了")[:1])
    assert refused.value.facts["reasons"] == ["reply_missing"]
    tale.act("xiangzhen", at(4, 2), "resolve", outcome="solved", replies=both(tale, "灯装好了"))
    assert tale.case().state == "resolved"
    assert tale.dates() == {"return": date(2026, 4, 9)}
    assert {("zuyuan", "resolved"), ("zuzhang", "resolved")} <= tale.told()

    # Whoever handled it does not pay the return visit; a dissatisfied villager is not confirmed but reopened.
    with pytest.raises(Forbidden):
        tale.act("xiangzhen", at(4, 7), "confirm", complainant=first, heard=True, rating="satisfied")
    with pytest.raises(Conflict) as unhappy:
        tale.act("zuyuan", at(4, 7), "confirm", complainant=first, heard=True, rating="dissatisfied")
    assert unhappy.value.facts["reasons"] == ["use_reopen"]
    tale.told()
    tale.act("zuyuan", at(4, 7), "reopen", complainant=first, reason="只亮了一盏", words="还有一盏没亮")
    assert (tale.case().state, tale.case().round) == ("received", 2)
    assert tale.dates() == {"triage": date(2026, 4, 10), "reply": date(2026, 4, 22)}
    assert {("zuzhang", "reopened"), ("xiangzhen", "reopened")} <= tale.told()

    # The second round: clocks anew, resolved, and confirmed by both.
    tale.act("zuzhang", at(4, 8), "assign", unit="committee-SL")
    assert tale.dates()["handling"] == date(2026, 4, 29)
    tale.act("cunwei-sl", at(4, 9), "accept")
    tale.act("cunwei-sl", at(4, 15), "resolve", outcome="solved", replies=both(tale, "另一盏也亮了"))
    assert tale.dates() == {"return": date(2026, 4, 22)}
    tale.act(
        "zuyuan", at(4, 17), "confirm", complainant=first, heard=True, rating="satisfied", words="亮堂了"
    )
    assert tale.case().state == "resolved"
    tale.act("zuzhang", at(4, 17, 11), "confirm", complainant=second, heard=True, rating="fair", words="还行")
    closed = tale.case()
    assert (closed.state, closed.rating, closed.due_on) == ("closed", "fair", None)
    assert tale.dates() == {}

    assert tale.entries() == [
        "register", "join", "assign", "urge", "accept", "reply", "reply", "request_extension", "extend",
        "escalate", "reply", "reply", "resolve",
        "reopen", "assign", "accept", "resolve", "confirm", "confirm",
    ]  # fmt: skip
    with town.reading() as session:
        assert list(verify.verify(session, rules=rules)) == []
