"""Simulate the life of the sample township through the services: day by day, swept every morning."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from accounts.access.actor import Actor
from accounts.models import Area
from accounts.registers.users import actor_of
from cases.configuration.case_rules import CountyRules
from cases.deadlines import sweep
from cases.history import daily_seals
from cases.intake import registration
from cases.lifecycle import take_step
from cases.lifecycle.build_values import build_values
from core.errors import Conflict, DomainError
from core.persistence.db import Database
from demo import step_values
from demo.planning import Planner, Story
from demo.scenarios import COMMITTEE, LAST, ScenarioAction
from demo.scene_needs import UnfinishedStory, required_answers
from demo.township import USERS, create_township
from workflow.working_days import WorkingCalendar

SEED = 194
DAYS = LAST + 1
SWEEP_AT = time(9)
#: A day is sealed some minutes after its end, when everything that began before midnight has been written.
SEALED_AT = time(0, 5)
#: The first thing of a story on a day happens in the first hour, the next in the next, and so on.
HOURS = (10, 11, 14, 15, 16, 17)


#: What the rules refuse, and what a step looks for that an earlier refusal has not left.
REFUSALS = (DomainError, LookupError, NoResultFound)


@dataclass(frozen=True)
class SimulatedStep:
    """One step of one story, at the moment at which it is by_day."""

    at: datetime
    story: Story
    step: ScenarioAction


@dataclass(frozen=True)
class SimulatedTownship:
    """The password of each user, and the stories that ended because the rules refused a step."""

    passwords: dict[str, str]
    unfinished: list[UnfinishedStory]


def simulate(
    db: Database,
    *,
    rules: CountyRules,
    today: date,
    seals_folder: Path,
    seed: int = SEED,
    left_out: Collection[str] = (),
) -> SimulatedTownship:
    """Fill an empty database with the sample township as it stands in the morning of a day.

    The password of each user exists in this answer alone. What is by_day depends on the day and the seed
    only; passwords, keys and hashes differ from run to run. Everything lies before `today`. Under rules of a
    county's own, a story ends at the step that they refuse, and its matter stays as it is; the kinds of
    stories named in `left_out` are not told. Raises Conflict `not_empty` for a database that holds an area
    already.
    """
    rng = Random(seed)
    with db.reading() as session:
        if session.scalars(select(Area.id).limit(1)).first() is not None:
            raise Conflict("not_empty")
        days = story_days(rules.services.calendars.current(session), today)
    opening = datetime.combine(days[0], time(8), rules.zone)
    with db.transaction() as session:
        passwords, homes = create_township(session, rules=rules, rng=rng, now=opening)
    with db.reading() as session:
        actors = {row[0]: actor_of(session, row[0]) for row in USERS[1:]}
    stories = Planner(rules, rng, homes, left_out).plan()
    simulator = _Simulator(rules, rng, {name: actor for name, actor in actors.items() if actor is not None})
    _simulate_days(db, simulator, events(stories, days, rules), first=days[0], today=today)
    daily_seals.seal(db, rules=rules, folder=seals_folder, now=datetime.combine(today, SEALED_AT, rules.zone))
    return SimulatedTownship(passwords, list(simulator.ended.values()))


def story_days(calendar: WorkingCalendar, today: date) -> list[date]:
    """Return the working days that are by_day, the oldest first; the last is the one before today."""
    days: list[date] = []
    day = today
    while len(days) < DAYS:
        day -= timedelta(days=1)
        if calendar.is_working(day):
            days.append(day)
    return days[::-1]


def events(stories: list[Story], days: list[date], rules: CountyRules) -> dict[date, list[SimulatedStep]]:
    """Return what happens on each day, in order; what a story would do after the last day is left out."""
    by_day: defaultdict[date, list[SimulatedStep]] = defaultdict(list)
    for story in stories:
        begun = len(days) - 1 - story.age
        slots: defaultdict[int, int] = defaultdict(int)
        for step in story.shape.steps:
            place = begun + step.day
            if place >= len(days):
                continue
            moment = time(HOURS[slots[step.day]], story.serial % 60)
            slots[step.day] += 1
            by_day[days[place]].append(
                SimulatedStep(datetime.combine(days[place], moment, rules.zone), story, step)
            )
    return {
        day: sorted(list_, key=lambda event: (event.at, event.story.serial)) for day, list_ in by_day.items()
    }


def _simulate_days(
    db: Database,
    simulator: "_Simulator",
    by_day: dict[date, list[SimulatedStep]],
    *,
    first: date,
    today: date,
) -> None:
    """Simulate every day, also those on which only clocks run, each in one transaction after its sweep."""
    day = first
    while day < today:
        sweep.sweep(db, rules=simulator.rules, now=datetime.combine(day, SWEEP_AT, simulator.rules.zone))
        if day in by_day:
            with db.transaction() as session:
                for event in by_day[day]:
                    simulator.apply(session, event)
        day += timedelta(days=1)


class _Simulator:
    """Hand each event to the service that does it, in the name of the person of the story."""

    def __init__(self, rules: CountyRules, rng: Random, actors: dict[str, Actor]) -> None:
        self.rules = rules
        self._rng = rng
        self._actors = actors
        self._numbers: dict[int, str] = {}
        #: By the serial of a story, where it was refused.
        self.ended: dict[int, UnfinishedStory] = {}

    def apply(self, session: Session, event: SimulatedStep) -> None:
        """Do what an event says, unless its story has ended; one that is refused leaves nothing behind."""
        if event.story.serial in self.ended:
            return
        act = self._register if event.step.action == "register" else self._step
        try:
            with session.begin_nested():
                act(session, event)
        except REFUSALS as refused:
            reasons = refused.facts.get("reasons", ()) if isinstance(refused, DomainError) else ()
            self.ended[event.story.serial] = UnfinishedStory(
                event.story.shape, event.step.action, tuple(reasons)
            )

    def _register(self, session: Session, event: SimulatedStep) -> None:
        answers = required_answers(self.rules, event.story.matter.category)
        made = registration.register(
            session,
            actor=self._actor(event),
            rules=self.rules,
            intake=step_values.build_intake(event.story, event.step, event.at, answers),
            now=event.at,
        )
        self._numbers[event.story.serial] = made.case.number

    def _step(self, session: Session, event: SimulatedStep) -> None:
        story = event.story
        scene = step_values.Scene(
            session=session,
            rules=self.rules,
            rng=self._rng,
            story=story,
            step=event.step,
            number=self._numbers[story.serial],
            now=event.at,
            other=self._numbers[story.into.serial] if story.into else "",
        )
        for values in step_values.build_fields(scene):
            take_step.take_step(
                session,
                actor=self._actor(event),
                rules=self.rules,
                number=scene.number,
                action=event.step.action,
                values=build_values(event.step.action, values),
                now=event.at,
            )

    def _actor(self, event: SimulatedStep) -> Actor:
        who = event.step.who
        return self._actors[f"{who}-{event.story.village.lower()}" if who == COMMITTEE else who]
