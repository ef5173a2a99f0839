"""Tasks that have something to decide: which reminder is still wanted, and what is cleared away."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from accounts.models import User
from cases.configuration.case_rules import CountyRules
from cases.deadlines import sweep
from cases.lifecycle import take_step
from cases.lifecycle.build_values import build_values
from cases.models.case import Case
from core.persistence.db import Database
from jobs import tasks
from notifications.channels.message import Message
from notifications.models import Delivery
from tests.builders import actor_named, at, fields_of
from wsgi.models import StoredAnswer

ACase = Callable[..., Case]


@dataclass
class Postbox:
    """A channel that keeps what it is given."""

    letters: list[Message] = field(default_factory=list)

    def send(self, letter: Message) -> None:
        self.letters.append(letter)


@dataclass(frozen=True)
class Joined:
    """The services that a task needs."""

    db: Database
    rules: CountyRules
    channels: dict[str, Any]
    settings: Any = None


def test_a_reminder_that_lost_its_reason_is_not_sent(
    town: Database, rules: CountyRules, a_case: ACase
) -> None:
    case = a_case("assigned", category="village_org")
    post = Postbox()
    services = Joined(town, rules, {"smtp": post})
    tasks.deliver(services, at("2026-03-19"))
    sweep.sweep(town, rules=rules, now=at("2026-03-24"))
    with town.transaction() as session:
        take_step.take_step(
            session,
            actor=actor_named(session, "cunwei-sl"),
            rules=rules,
            number=case.number,
            action="resolve",
            values=build_values("resolve", fields_of(session, case, "resolve")),
            now=at("2026-03-24", 11),
        )
    post.letters.clear()
    done = tasks.deliver(services, at("2026-03-24", 12))
    kinds = {letter.kind for letter in post.letters}
    assert "urge" not in kinds
    assert "resolved" in kinds
    assert done["dropped"] > 0


def test_a_reminder_that_is_still_wanted_is_sent_once(
    town: Database, rules: CountyRules, a_case: ACase
) -> None:
    a_case("assigned", category="village_org")
    post = Postbox()
    services = Joined(town, rules, {"smtp": post})
    sweep.sweep(town, rules=rules, now=at("2026-03-24"))
    tasks.deliver(services, at("2026-03-24", 12))
    urged = [letter.address for letter in post.letters if letter.facts.get("clock") == "handling"]
    assert sorted(urged) == ["cunwei-sl@example.org", "zuzhang@example.org"]
    assert tasks.deliver(services, at("2026-03-24", 13))["sent"] == 0


def test_nothing_is_sent_without_a_channel_and_nothing_is_lost(
    town: Database, rules: CountyRules, a_case: ACase
) -> None:
    a_case("assigned")
    assert tasks.deliver(Joined(town, rules, {}), at("2026-03-02", 12))["sent"] == 0
    with town.reading() as session:
        waiting = session.scalar(
            select(func.count()).select_from(Delivery).where(Delivery.status == "pending")
        )
    assert waiting


def test_answers_kept_for_repetition_are_forgotten_after_90_days(town: Database, rules: CountyRules) -> None:
    now = at("2026-06-30")
    with town.transaction() as session:
        user_id = session.scalars(select(User.id).order_by(User.id)).first()
        session.add_all(
            StoredAnswer(
                user_id=user_id,
                key=f"{days}",
                fingerprint="x",
                replays=0,
                claimed_at=now - timedelta(days=days),
            )
            for days in (89, 91)
        )
    assert tasks.delete_expired(Joined(town, rules, {}), now) == {"forgotten": 1, "tries": 0, "sign_ins": 0}
    assert tasks.delete_expired(Joined(town, rules, {}), now) == {"forgotten": 0, "tries": 0, "sign_ins": 0}
