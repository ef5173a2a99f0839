"""Four sweepers and four deliverers at once, killed at random: each rung once, no notice lost (T05, T39)."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from sqlalchemy import select

from cases.history.entries import Entry
from cases.models.case import Reminder
from notifications import delivery
from notifications.models import Delivery, Notice
from tests import builders
from tests.builders import at
from tests.faults.served_township import ServedTownship
from tests.patience import PATIENCE
from tests.races import crew
from tests.races.crowd import processes

FOUR = 4
NOW = at("2026-03-24", 9)
#: An action is a statement, a commit or a letter; nobody lives longer than the most of them, while some die.
LEAST, MOST = 5, 90


@dataclass
class Crew:
    """Processes of one kind, of which those that were killed are replaced."""

    township: ServedTownship
    folder: Path
    task: Callable[..., None]
    chance: random.Random
    kills: int
    killed: int = 0
    running: list[BaseProcess] = field(default_factory=list)

    def enlist(self) -> None:
        """Start one more; it is killed some time, as long as not enough were."""
        left = self.chance.randint(LEAST, MOST) if self.killed + len(self.running) < self.kills else 0
        process = processes().Process(
            target=self.task, args=(dict(self.township.environ), str(self.folder), NOW, left)
        )
        process.start()
        self.running.append(process)

    def replace_the_killed(self) -> None:
        """Wait for the next to end, and start another one for each that was killed."""
        assert wait([process.sentinel for process in self.running], timeout=PATIENCE), "nobody ends"
        ended = [process for process in self.running if not process.is_alive()]
        self.running = [process for process in self.running if process not in ended]
        for process in ended:
            process.join()
            if process.exitcode != 0:
                assert process.exitcode == -9
                self.killed += 1
                self.enlist()


@pytest.mark.parametrize(
    ("cases", "kills"),
    [pytest.param(8, 3, id="short"), pytest.param(80, 40, id="long", marks=pytest.mark.proof)],
)
def test_each_rung_fires_once_and_no_letter_is_lost_however_many_are_killed(
    township: ServedTownship, tmp_path: Path, cases: int, kills: int
) -> None:
    with township.db.transaction() as session:
        numbers = [
            builders.a_case(session, township.services.rules, "assigned", category="village_org").number
            for _ in range(cases)
        ]
    sweepers, deliverers = (
        Crew(township, tmp_path, task, random.Random(seed), kills)
        for seed, task in enumerate((crew.sweep, crew.deliver))
    )
    for _ in range(FOUR):
        sweepers.enlist()
        deliverers.enlist()
    while sweepers.running:
        sweepers.replace_the_killed()
    (tmp_path / crew.DONE).touch()
    while deliverers.running:
        deliverers.replace_the_killed()
    every_rung_was_fired_once(township, numbers)
    every_letter_was_sent(township, tmp_path, deliverers.killed)
    assert township.findings() == []
    print(f"\n{sweepers.killed} sweepers and {deliverers.killed} deliverers killed, {cases} cases")


def every_rung_was_fired_once(township: ServedTownship, numbers: list[str]) -> None:
    """All cases are alike, so that each must have the same rungs, entries and notices, each of them once."""
    with township.db.reading() as session:
        rungs = session.execute(select(Reminder.case_id, Reminder.clock, Reminder.rung, Reminder.result))
        entries = session.execute(select(Entry.case_id, Entry.action, Entry.seq))
        told = session.execute(select(Notice.facts, Notice.kind, Notice.user_id)).all()
        by_case = [Counter(case_id for case_id, *_ in rows.all()) for rows in (rungs, entries)]
        urged = session.scalars(select(Reminder.case_id).where(Reminder.rung == "urge")).all()
    for counted in (*by_case, Counter(facts["number"] for facts, *_ in told)):
        assert len(counted) == len(numbers)
        assert len(set(counted.values())) == 1
    assert len(urged) >= len(numbers)
    doubled = Counter((facts["number"], facts.get("clock"), kind, user) for facts, kind, user in told)
    assert set(doubled.values()) == {1}


def every_letter_was_sent(township: ServedTownship, folder: Path, killed: int) -> None:
    """What the killed had claimed is taken over when their lease ends, under the same key."""
    fate = crew.Fate(0)
    box = crew.Postbox(folder / crew.LETTERS, fate)
    later = NOW + 2 * delivery.LEASE + timedelta(minutes=1)
    delivery.deliver(township.db, channels={"smtp": box}, now=later, worker="last")
    sent = Counter((folder / crew.LETTERS).read_text(encoding="utf-8").split())
    with township.db.reading() as session:
        letters = session.execute(select(Delivery.dedupe_key, Delivery.status)).all()
    assert {status for _, status in letters} == {"sent"}
    assert {key for key, _ in letters} == set(sent)
    assert sum(sent.values()) - len(sent) <= killed
