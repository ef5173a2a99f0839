import re
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Select, func, select, text

from accounts.registers.users import authenticate
from cases.access.identities import place_of
from cases.configuration.calendar import seed_calendar
from cases.configuration.case_rules import CountyRules
from cases.configuration.definitions import adopt
from cases.history.entries import Entry
from cases.models.case import Case, Clock, Complainant, Reminder, Round
from cases.models.correspondence import ReturnVisit, Unreachable
from cases.sealing import keys_in_use
from cases.verification.verify import verify
from config import tables
from core.errors import Conflict
from core.persistence.db import Base, Database
from core.sealing.personal_keys import PersonalKeys
from core.sealing.sealed_columns import SealedText
from demo.simulate import SWEEP_AT, SimulatedTownship, simulate, story_days
from demo.township import USERS
from notifications.models import Delivery
from roster.models import Household
from tests.builders import CONFIG, FOUNDED
from tests.databases import Databases
from workflow import working_days

TODAY = date(2026, 11, 25)
COUNTED = 194
LEAST_WORKING_DAYS = 45
STATES = {
    "received": 12, "assigned": 38, "escalated": 14, "resolved": 30, "closed": 92, "rejected": 8,
    "withdrawn": 4, "merged": 5, "void": 4,
}  # fmt: skip
#: What differs from run to run: passwords, codes, and whatever is made with a key or over such a thing.
SECRET = {
    "password_hash", "receipt_digest", "hash", "prev_hash", "last_hash", "subject_digest", "case_digest",
    "words_salt", "personal", "digest",
}  # fmt: skip
#: A digest of words with a salt, where the words would stand.
SALTED = re.compile(r"salted:[0-9a-f]{64}")
#: What the telling said at its end, of the database of each engine that it was told into.
AT_THE_END: dict[str, SimulatedTownship] = {}


def ready(database: Database, rules: CountyRules) -> None:
    """Enter what a started installation holds before anything is told."""
    seed = working_days.seed()
    with database.transaction() as session:
        keys_in_use.adopt(session, rules.services.personal_keys.present.id, now=FOUNDED)
        seed_calendar(session, seed.years, seed.days, "notices")
        adopt(session, rules.definition, tables.read(CONFIG).workflow_text, now=FOUNDED)


@pytest.fixture
def seals_folder(tmp_path_factory: pytest.TempPathFactory, backend: str) -> Path:
    """Return the folder that the heads of the told database lie in, the same for every test of an engine."""
    return tmp_path_factory.getbasetemp() / f"told-heads-{backend}"


@pytest.fixture
def told(
    databases: Databases, backend: str, db: Database, project_rules: CountyRules, seals_folder: Path
) -> Iterator[Database]:
    """Yield a copy of a database into which the township was told once."""

    def fill(database: Database) -> None:
        ready(database, project_rules)
        AT_THE_END[backend] = simulate(database, rules=project_rules, today=TODAY, seals_folder=seals_folder)

    databases.template(backend, "told", fill, base="empty")
    yield from databases.lend(backend, "told")


def number(told: Database, statement: Select[Any]) -> int:
    with told.reading() as session:
        return session.scalar(statement) or 0


def test_cases_stand_in_every_state(told: Database) -> None:
    with told.reading() as session:
        rows = session.execute(select(Case.state, func.count()).group_by(Case.state)).all()
    assert {state: number for state, number in rows} == STATES


def test_194_cases_count_and_the_others_stand_beside_them(told: Database) -> None:
    uncounted = ("void", "merged", "withdrawn")
    assert number(told, select(func.count()).where(Case.state.not_in(uncounted))) == COUNTED


def test_all_categories_and_villages_are_there(told: Database, project_rules: CountyRules) -> None:
    assert number(told, select(func.count(Case.category.distinct()))) == len(project_rules.categories)
    assert number(told, select(func.count(Case.village_id.distinct()))) == 3


def test_the_cases_span_at_least_45_working_days_up_to_the_day_before(
    told: Database, project_rules: CountyRules
) -> None:
    with told.reading() as session:
        first, last = session.execute(select(func.min(Case.received_on), func.max(Case.received_on))).one()
        calendar = project_rules.services.calendars.current(session)
    days = story_days(calendar, TODAY)
    assert (days[0], days[-1]) == (first, last)
    assert len(days) >= LEAST_WORKING_DAYS


def test_everything_lies_before_the_day(told: Database, project_rules: CountyRules) -> None:
    midnight = datetime.combine(TODAY, time(), project_rules.zone)
    for column in (Entry.happened_at, Entry.received_at, Entry.stored_at):
        assert number(told, select(func.count()).where(column >= midnight)) == 0


@pytest.mark.parametrize(
    "found",
    [
        select(func.count()).where(Round.late),
        select(func.count()).where(Case.overdue),
        select(func.count()).where(Round.extended),
        select(func.count()).where(Clock.suspended_on.is_not(None)),
        select(func.count()).where(Round.round > 1),
        select(func.count()).where(Unreachable.stands_for == "visit"),
        select(func.count()).where(Unreachable.stands_for == "reply"),
        select(func.count()).where(Complainant.confidential),
        select(func.count()).where(Complainant.anonymous),
        select(func.count()).where(Case.offline),
        select(func.count()).where(Case.urgency == "urgent"),
        select(func.count()).where(Case.profile == "petition"),
        select(func.count()).where(Case.outcome == "planned"),
        select(func.count()).where(ReturnVisit.rating == "dissatisfied"),
        select(func.count()).where(ReturnVisit.rating == "fair"),
        select(func.count(Case.id)).where(Case.accepted.is_(False), Case.state == "assigned"),
        *(select(func.count()).where(Reminder.rung == rung, Reminder.result == "fired")
          for rung in ("remind", "urge", "supervise", "publish", "raise")),
    ],
    ids=str,
)  # fmt: skip
def test_something_of_each_kind_happens(told: Database, found: Select[Any]) -> None:
    assert number(told, found) > 0


def test_several_people_stand_behind_some_cases(told: Database) -> None:
    several = select(Complainant.case_id).group_by(Complainant.case_id).having(func.count() > 1).subquery()
    assert number(told, select(func.count()).select_from(several)) > 0


@pytest.mark.parametrize(
    ("village", "households", "people"), [("SL", 291, 822), ("YY", 482, 1369), ("GG", 351, 1013)]
)
def test_the_register_holds_the_declared_households(
    told: Database, village: str, households: int, people: int
) -> None:
    with told.reading() as session:
        found = session.execute(
            select(func.count(), func.sum(Household.people)).where(Household.key.startswith(f"{village}-"))
        ).one()
    assert tuple(found) == (households, people)


def test_the_township_verifies_and_its_heads_are_kept(
    told: Database, project_rules: CountyRules, seals_folder: Path
) -> None:
    with told.reading() as session:
        assert list(verify(session, rules=project_rules, seals_folder=seals_folder)) == []
    assert (seals_folder / "2026-11-24.json").is_file()


def test_nothing_waits_to_be_sent(told: Database) -> None:
    assert number(told, select(func.count()).select_from(Delivery)) == 0


def test_a_sweep_on_each_morning_fired_the_rungs(told: Database, project_rules: CountyRules) -> None:
    with told.reading() as session:
        fired = session.scalars(select(Entry.received_at).where(Entry.action == "urge")).all()
    assert {moment.astimezone(project_rules.zone).time() for moment in fired} == {SWEEP_AT}


def test_everybody_can_sign_in_with_the_password_given_once(told: Database, backend: str) -> None:
    done = AT_THE_END[backend]
    passwords = done.passwords
    assert done.unfinished == []  # under the rules that come along every story is told to its end
    assert list(passwords) == [row[0] for row in USERS[1:]]
    with told.reading() as session:
        actors = [authenticate(session, username=name, password=word) for name, word in passwords.items()]
    assert [actor.username for actor in actors if actor is not None] == list(passwords)


def test_a_database_that_holds_something_is_left_alone(
    told: Database, project_rules: CountyRules, tmp_path: Path
) -> None:
    with pytest.raises(Conflict, match="not_empty"):
        simulate(told, rules=project_rules, today=TODAY, seals_folder=tmp_path)


@pytest.mark.parametrize("backend", ["sqlite"])  # about what is drawn, not about a database
def test_only_passwords_keys_and_hashes_differ_from_run_to_run(
    told: Database, db: Database, project_rules: CountyRules, tmp_path: Path
) -> None:
    ready(db, project_rules)
    simulate(db, rules=project_rules, today=TODAY, seals_folder=tmp_path)
    keys = project_rules.services.personal_keys
    once, again = dump(told, keys), dump(db, keys)
    assert [name for name in once if once[name] != again[name]] == []


def dump(database: Database, keys: PersonalKeys) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all tables, names and telephones opened, without what is secret or made from it."""
    content: dict[str, list[tuple[Any, ...]]] = {}
    with database.reading() as session:
        for table in Base.metadata.sorted_tables:
            columns = [column for column in table.columns if column.name not in SECRET]
            key = list(table.primary_key.columns)
            by_secret = any(column.name in SECRET for column in key)
            rows = session.execute(select(*columns).order_by(*(columns if by_secret else key)))
            content[table.name] = [
                tuple(
                    keys.open(one, place_of("name" if column.name == "name" else "phone", row.id))
                    if isinstance(one, SealedText)
                    else SALTED.sub("salted", str(one))
                    for column, one in zip(columns, row, strict=True)
                )
                for row in rows
            ]
        assert session.scalar(text("SELECT count(*) FROM cases")) == len(content["cases"])
    return content
