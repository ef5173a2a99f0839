"""Test how the outbox is carried out, with failures, crashes and many at once."""

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Barrier, Lock

import pytest
from sqlalchemy import select

from core.i18n import translator
from core.persistence.db import Database
from notifications.channels.message import Channel, DeliveryRefused, Message
from notifications.channels.smtp import SmtpChannel
from notifications.delivery import LEASE, LONGEST_PAUSE, MOST_TRIES, DeliveryResult, Wanted, deliver, pause
from notifications.kinds import Wording
from notifications.models import Delivery, Notice
from tests.notifications.post_office import NOW, deliveries, free_port, post_office, tell
from tests.patience import PATIENCE
from tests.statements import statements


@dataclass
class Slot:
    """Take letters, unless told to fail; what was taken is kept."""

    taken: list[Message] = field(default_factory=list)
    failures: dict[str, Exception] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def send(self, letter: Message) -> None:
        if letter.address in self.failures:
            raise self.failures[letter.address]
        with self.lock:
            self.taken.append(letter)


def run(
    db: Database,
    channel: Channel,
    *,
    after: timedelta = timedelta(0),
    wanted: Wanted | None = None,
    worker: str = "one",
    limit: int = 1000,
) -> DeliveryResult:
    channels: Mapping[str, Channel] = {"smtp": channel}
    return deliver(
        db, channels=channels, now=NOW + after, worker=worker, wanted=wanted, limit=limit, tick=lambda: 0.0
    )


def the_one(db: Database) -> Delivery:
    [only] = deliveries(db)
    return only


def test_what_waits_is_sent_and_marked(town: Database) -> None:
    tell(town, "zuzhang", "zuyuan")
    slot = Slot()
    assert run(town, slot) == DeliveryResult(sent=2)
    assert {letter.address for letter in slot.taken} == {"zuzhang@example.org", "zuyuan@example.org"}
    assert {(one.status, one.sent_at, one.lease_by) for one in deliveries(town)} == {("sent", NOW, None)}


def test_what_was_sent_is_not_sent_again(town: Database) -> None:
    tell(town, "zuzhang")
    slot = Slot()
    run(town, slot)
    assert run(town, slot, after=timedelta(days=9)) == DeliveryResult()
    assert len(slot.taken) == 1


def test_a_quiet_outbox_costs_one_small_question_and_no_lock(town: Database) -> None:
    with statements(town) as seen:
        run(town, Slot())
    assert len(seen) == 1
    assert "FOR UPDATE" not in seen[0]


def test_a_letter_waits_for_its_channel(town: Database) -> None:
    tell(town, "zuzhang")
    assert deliver(town, channels={}, now=NOW, worker="one") == DeliveryResult()
    assert the_one(town).status == "pending"


def test_no_more_is_sent_than_asked_for(town: Database) -> None:
    tell(town, "zuzhang", "zuyuan", "xiangzhen")
    slot = Slot()
    assert run(town, slot, limit=2).sent == 2


def test_a_mail_reaches_a_real_server(town: Database) -> None:
    tell(town, "zuzhang")
    with post_office() as office:
        channel = SmtpChannel(office.url, "huiyin@example.org", Wording(translator("zh")))
        assert run(town, channel).sent == 1
    assert office.mails[0]["To"] == "zuzhang@example.org"


def test_an_address_refused_for_good_is_dead_at_once_with_the_reason(town: Database) -> None:
    tell(town, "zuzhang", "zuyuan")
    with post_office() as office:
        office.refusals["zuzhang@example.org"] = "550 no such person"
        channel = SmtpChannel(office.url, "huiyin@example.org", Wording(translator("zh")))
        assert run(town, channel) == DeliveryResult(sent=1, dead=1)
    by_address = {one.address: one for one in deliveries(town)}
    assert by_address["zuzhang@example.org"].status == "dead"
    assert by_address["zuzhang@example.org"].last_error == "550 no such person"


def test_what_fails_for_now_is_tried_again_later_under_the_same_message_id(town: Database) -> None:
    tell(town, "zuzhang")
    with post_office() as office:
        office.end_of_data = "451 try again later"
        channel = SmtpChannel(office.url, "huiyin@example.org", Wording(translator("zh")))
        assert run(town, channel) == DeliveryResult(failed=1)
        assert run(town, channel) == DeliveryResult()
        office.end_of_data = None
        assert run(town, channel, after=timedelta(minutes=2)) == DeliveryResult(sent=1)
    one = the_one(town)
    assert (one.status, one.attempts) == ("sent", 2)
    assert office.mails[0]["Message-ID"] == f"<{one.dedupe_key.replace(':', '.')}@example.org>"


def test_a_server_that_is_down_loses_nothing(town: Database) -> None:
    tell(town, "zuzhang")
    port = free_port()
    channel = SmtpChannel(f"smtp://127.0.0.1:{port}", "huiyin@example.org", Wording(translator("zh")))
    assert run(town, channel) == DeliveryResult(failed=1)
    with post_office(port) as office:
        assert run(town, channel, after=timedelta(minutes=2)) == DeliveryResult(sent=1)
    assert len(office.mails) == 1


def test_a_crash_over_one_letter_does_not_stop_the_others(town: Database) -> None:
    tell(town, "zuzhang", "zuyuan")
    slot = Slot(failures={"zuzhang@example.org": KeyError("a place in the text")})
    assert run(town, slot) == DeliveryResult(sent=1, failed=1)
    assert "KeyError" in str({one.last_error for one in deliveries(town)})


def test_what_fails_again_and_again_is_dead_and_says_why(town: Database) -> None:
    tell(town, "zuzhang")
    slot = Slot(failures={"zuzhang@example.org": DeliveryRefused("451 busy", permanent=False)})
    results = [run(town, slot, after=timedelta(hours=3 * number)) for number in range(MOST_TRIES + 1)]
    assert (results[MOST_TRIES - 2].failed, results[MOST_TRIES - 1].dead) == (1, 1)
    assert results[MOST_TRIES] == DeliveryResult()
    one = the_one(town)
    assert (one.status, one.attempts, one.last_error) == ("dead", MOST_TRIES, "451 busy")


def test_pauses_grow_to_two_hours_and_are_shaken() -> None:
    assert timedelta(seconds=45) <= pause(1) <= timedelta(seconds=75)
    assert pause(3) > pause(1)
    assert pause(MOST_TRIES) <= LONGEST_PAUSE * 1.25
    assert len({pause(5) for _ in range(20)}) > 1


def test_a_notice_that_lost_its_reason_is_dropped(town: Database) -> None:
    tell(town, "zuzhang", "zuyuan", kind="urge", clock="handling")
    slot = Slot()
    with town.reading() as session:
        keep = session.scalars(select(Notice.id).limit(1)).one()
    result = run(town, slot, wanted=lambda _, notice: notice.id == keep)
    assert result == DeliveryResult(sent=1, dropped=1)
    assert Counter(one.status for one in deliveries(town)) == {"sent": 1, "dropped": 1}


def test_no_transaction_is_open_while_a_letter_is_sent(town: Database) -> None:
    tell(town, "zuzhang")

    class Writing:
        """Write to the database while sending, as another person would."""

        def send(self, _letter: Message) -> None:
            with ThreadPoolExecutor(1) as pool:
                pool.submit(tell, town, "zuyuan", key="meanwhile").result(timeout=PATIENCE)

    assert run(town, Writing(), limit=1).sent == 1


def test_a_claim_that_is_never_marked_is_taken_over_when_the_lease_ends(town: Database) -> None:
    tell(town, "zuzhang")

    class Killed:
        """Die in the middle of sending."""

        def send(self, _letter: Message) -> None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(town, Killed())
    assert the_one(town).status == "sending"
    slot = Slot()
    assert run(town, slot, after=LEASE - timedelta(seconds=1), worker="two") == DeliveryResult()
    assert run(town, slot, after=LEASE, worker="two") == DeliveryResult(sent=1)
    assert the_one(town).attempts == 2


def test_who_lost_the_lease_marks_nothing(town: Database) -> None:
    tell(town, "zuzhang")
    second = Slot()

    class Slow:
        """Come back after another worker has taken over and failed."""

        def send(self, letter: Message) -> None:
            second.failures[letter.address] = DeliveryRefused("550 no", permanent=True)
            with ThreadPoolExecutor(1) as pool:
                pool.submit(run, town, second, after=LEASE, worker="two").result(timeout=PATIENCE)

    assert run(town, Slow()) == DeliveryResult()
    assert the_one(town).status == "dead"


def test_a_letter_that_kills_every_worker_is_given_up(town: Database) -> None:
    tell(town, "zuzhang")
    with town.transaction() as session:
        one = session.scalars(select(Delivery)).one()
        one.status, one.attempts = "sending", MOST_TRIES
        one.lease_by, one.lease_until = "gone", NOW
    slot = Slot()
    assert run(town, slot) == DeliveryResult(dead=1)
    assert (slot.taken, the_one(town).status) == ([], "dead")


def test_leases_last_as_long_as_a_slow_run(town: Database) -> None:
    tell(town, "zuzhang", "zuyuan")
    seconds = iter(range(0, 100_000, 60))
    deliver(town, channels={"smtp": Slot()}, now=NOW, worker="one", tick=lambda: float(next(seconds)))
    assert all(one.sent_at is not None and one.sent_at > NOW for one in deliveries(town))


def test_many_workers_at_once_send_each_letter_once(town: Database) -> None:
    for number in range(30):
        tell(town, "zuzhang", "zuyuan", key=f"case:{number}")
    slot, barrier = Slot(), Barrier(4)

    def work(number: int) -> DeliveryResult:
        barrier.wait(timeout=PATIENCE)
        return run(town, slot, worker=f"worker-{number}")

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(work, range(4)))
    assert sum(result.sent for result in results) == 60
    assert max(Counter(letter.key for letter in slot.taken).values()) == 1
    assert {one.status for one in deliveries(town)} == {"sent"}
