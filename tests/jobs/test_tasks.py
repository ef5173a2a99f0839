"""Tasks that have something to decide: which reminder is still wanted, and what is cleared away."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.installation import InstallationClock
from accounts.models import User
from cases.configuration.case_rules import CountyRules
from cases.deadlines import notice_moments, sweep
from cases.lifecycle import take_step
from cases.lifecycle.build_values import build_values
from cases.lifecycle.recipients import ACTION_RECIPIENTS, RUNG_RECIPIENTS
from cases.models.case import Case
from core.persistence.db import Database
from jobs import tasks
from notifications.channels.message import Message
from notifications.kinds import KINDS
from notifications.models import Delivery, Notice
from notifications.restore_guard import last_restore, record_restore
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

    @cached_property
    def clock(self) -> InstallationClock:
        return InstallationClock(self.db)


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
    expected = {"forgotten": 1, "tries": 0, "sign_ins": 0, "quotas": 0}
    assert tasks.delete_expired(Joined(town, rules, {}), now) == expected
    assert tasks.delete_expired(Joined(town, rules, {}), now) == {**expected, "forgotten": 0}


def restored(town: Database, rules: CountyRules, moment: datetime) -> str:
    """Record that this is a copy that was restored at a moment; give the epoch of its messages."""
    with town.transaction() as session:
        chain = rules.services.chain
        record_restore(session, copied_at="2026-03-20T00:00:00+00:00", chain=chain, now=moment, facts={})
        found = last_restore(session)
    assert found is not None
    return found.epoch


@pytest.mark.parametrize(
    ("restored_at", "swept_at", "sends"),
    [
        (at("2026-03-24", 12), at("2026-03-24", 13), False),  # the original urged in the morning
        (at("2026-03-24", 12), at("2026-03-25", 9), False),
        (at("2026-03-23", 20), at("2026-03-24", 9), True),  # nobody has urged yet
    ],
)
def test_what_the_original_has_sent_is_not_sent_again(
    town: Database, rules: CountyRules, a_case: ACase, restored_at: datetime, swept_at: datetime, sends: bool
) -> None:
    a_case("assigned", category="village_org")  # urged in the morning of 2026-03-24
    post = Postbox()
    services = Joined(town, rules, {"smtp": post})
    tasks.deliver(services, at("2026-03-19"))
    post.letters.clear()
    epoch = restored(town, rules, restored_at)
    sweep.sweep(town, rules=rules, now=swept_at)
    with town.reading() as session:
        told = session.scalars(select(func.count()).select_from(Notice).where(Notice.kind == "urge")).one()
    assert told > 0  # in the inbox it stands either way
    tasks.deliver(services, swept_at)
    urged = [letter for letter in post.letters if letter.kind == "urge"]
    assert bool(urged) == sends
    assert all(letter.key.endswith(f":{epoch}") for letter in post.letters)


def test_a_raise_that_the_original_has_sent_is_not_sent_again(
    town: Database, rules: CountyRules, a_case: ACase
) -> None:
    a_case("assigned", category="village_org")
    post = Postbox()
    services = Joined(town, rules, {"smtp": post})
    tasks.deliver(services, at("2026-03-19"))
    post.letters.clear()
    restored(town, rules, at("2026-04-20", 12))
    sweep.sweep(town, rules=rules, now=at("2026-04-20", 13))
    with town.reading() as session:
        assert session.scalars(select(Notice.id).where(Notice.kind == "raised")).first() is not None
    tasks.deliver(services, at("2026-04-20", 13))
    assert [letter.kind for letter in post.letters] == []


def test_what_somebody_does_after_a_restore_is_sent(
    town: Database, rules: CountyRules, a_case: ACase
) -> None:
    post = Postbox()
    services = Joined(town, rules, {"smtp": post})
    epoch = restored(town, rules, at("2026-03-01"))
    a_case("assigned")  # on 2026-03-02
    tasks.deliver(services, at("2026-03-02", 12))
    assert {letter.kind for letter in post.letters} >= {"assigned"}
    assert {letter.key.rpartition(":")[2] for letter in post.letters} == {epoch}


@pytest.mark.parametrize(
    ("kind", "facts", "created", "restored_at", "owed"),
    [
        ("weekly", {"week": "2026-W13"}, at("2026-03-25"), at("2026-03-23", 12), True),
        ("weekly", {"week": "2026-W13"}, at("2026-03-23", 9), at("2026-03-22", 12), False),
        ("calendar_missing", {"year": 2027}, at("2026-11-30"), at("2026-11-29"), True),
        ("calendar_missing", {"year": 2027}, at("2026-12-01", 9), at("2026-11-30"), False),
    ],
)
def test_what_is_said_by_week_or_month_was_owed_from_its_beginning(
    town: Database,
    rules: CountyRules,
    kind: str,
    facts: dict[str, Any],
    created: datetime,
    restored_at: datetime,
    owed: bool,
) -> None:
    notice = Notice(key=f"{kind}:x:1", kind=kind, user_id=1, subject="x", facts=facts, created_at=created)
    with town.reading() as session:
        since = notice_moments.owed_since(session, notice, rules)
    assert since is not None
    assert (since <= restored_at) == owed


#: Notices that hang on an entry, whichever act it is of, and the one that tries a channel.
OF_PEOPLE = frozenset(
    {
        "complainants_changed",
        "date_earlier",
        "left_unit",
        "many_tries",
        "nobody_left",
        "own_action",
        "quota_met",
        "rejected_alone",
        "second_agreed",
        "second_wanted",
        "taken_over",
        "tell_extension",
        "test",
        "work_ended",
    }
)


def test_every_notice_of_the_clock_says_since_when_it_was_owed(town: Database, rules: CountyRules) -> None:
    of_acts = {kind for kind, _ in ACTION_RECIPIENTS.values()} | OF_PEOPLE
    by_clock = set(KINDS) - of_acts - set(RUNG_RECIPIENTS)
    assert {"weekly", "calendar_missing", "records_differ"} <= by_clock
    with town.reading() as session:
        owed = {kind for kind in {*by_clock, "planted"} if since_of(session, kind, rules) is not None}
    assert owed == by_clock


def since_of(session: Session, kind: str, rules: CountyRules) -> datetime | None:
    facts = {"week": "2026-W13", "year": 2027}
    made = Notice(
        key=f"{kind}:x:1", kind=kind, user_id=1, subject="x", facts=facts, created_at=at("2026-03-25")
    )
    return notice_moments.owed_since(session, made, rules)
