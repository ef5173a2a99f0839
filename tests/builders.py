"""Build what tests need: a small invented township, its people as actors, and cases in any state."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accounts.access.actor import SYSTEM, Actor
from accounts.fixed_settings import fixed_zone
from accounts.history import RegisterChange, record_all
from accounts.models import Area, Unit, User
from cases.configuration.calendar import Calendars, seed_calendar
from cases.configuration.case_rules import CaseServices, CountyRules, categories_of
from cases.configuration.definitions import Definitions, adopt
from cases.history.clock_guard import ClockGuard
from cases.intake import registration, submission
from cases.lifecycle import take_step
from cases.lifecycle.action_values import ComplainantEntry
from cases.lifecycle.build_values import build_values
from cases.models.case import Case, Complainant
from cases.sealing import keys_in_use
from config import tables
from core.chain import Chain
from core.clock import CLOCK_GUARD
from core.files.store import FileStore
from core.persistence import migrations
from core.persistence.db import Database
from core.sealing.personal_keys import PersonalKeys
from roster.models import Household
from tests.databases import Databases
from workflow import deadlines, working_days
from workflow.definition.reader import parse

CONFIG = Path(__file__).resolve().parent.parent / "config"
ZONE = ZoneInfo("Asia/Shanghai")
FOUNDED = datetime(2025, 1, 6, 1, tzinfo=UTC)
#: With it the first serials of the villages below are ordinary ones, so that a story can say its numbers.
ORDINARY_FIRST = b"a key for the numbers of tests, 681571"
PERSONAL_KEY = "a key for the names and telephones of tests"
PERSONAL_KEYS = PersonalKeys([PERSONAL_KEY])
PASSWORD = "渠水年年到田头-2026"

#: Code, name, level, parent, declared mu, groups, households and people.
AREAS = (
    ("SX", "示范县", "county", None, None, None, None, None),
    ("MA", "马鞍乡", "township", "SX", None, None, None, None),
    ("SL", "杉岭村", "village", "MA", 637, 5, 291, 822),
    ("YY", "养鱼村", "village", "MA", 737, 12, 482, 1369),
    ("GG", "高观村", "village", "MA", 705, 7, 351, 1013),
)
#: Code, name, kind, area, superior.
UNITS = (
    ("leading-group", "示范县走访工作领导小组", "leading_group", "SX", None),
    ("county-office", "示范县走访办", "department", "SX", "leading-group"),
    ("county-water", "示范县水利局", "department", "SX", "leading-group"),
    ("township-MA", "马鞍乡人民政府", "township", "MA", "county-office"),
    ("team", "驻马鞍乡工作组", "team", "MA", "leading-group"),
    ("committee-SL", "杉岭村两委", "committee", "SL", "township-MA"),
    ("committee-YY", "养鱼村两委", "committee", "YY", "township-MA"),
    ("committee-GG", "高观村两委", "committee", "GG", "township-MA"),
)
#: User name, name, unit, role, head of the unit.
USERS = (
    ("zuyuan", "组员小周", "team", "member", False),
    ("zuzhang", "组长老秦", "team", "team_leader", True),
    ("cunwei-sl", "杉岭村支书", "committee-SL", "committee", True),
    ("cunwei-yy", "养鱼村支书", "committee-YY", "committee", True),
    ("cunwei-gg", "高观村支书", "committee-GG", "committee", True),
    ("xiangzhen", "马鞍乡联络员", "township-MA", "coordinator", True),
    ("bumen", "水利局经办", "county-water", "department", True),
    ("lingdao", "领导小组组长", "leading-group", "leader", True),
    ("jiandu", "监督员", "leading-group", "auditor", False),
    ("guanli", "管理员", "county-office", "admin", False),
)
#: Key, group, number, head, phone; the village's code begins the key.
HOUSEHOLDS = (
    ("SL-01-001", 1, 1, "田老根", "13800002046"),
    ("SL-02-005", 2, 5, "覃二妹", None),
    ("YY-03-017", 3, 17, "向大贵", "13900001234"),
    ("GG-07-002", 7, 2, "彭桂香", "13700005678"),
)


def at(day: str, hour: int = 10, minute: int = 0) -> datetime:
    """Return a moment of a day, written 2026-03-02, in the county's time."""
    found = date.fromisoformat(day)
    return datetime(found.year, found.month, found.day, hour, minute, tzinfo=ZONE).astimezone(UTC)


def accept_given_moments(database: Database, rules: CountyRules) -> None:
    """Let no moment that a test gives lie ahead of the clock, whatever the clock of the machine says."""
    database.info[CLOCK_GUARD] = ClockGuard(lambda: at("2099-12-31"), rules.zone)


def found_township(session: Session) -> None:
    """Enter the areas, units, users and some households; everybody has the same password and an address."""
    areas: dict[str | None, Area] = {}
    for code, name, level, parent, mu, groups, households, people in AREAS:
        above = areas.get(parent)
        areas[code] = Area(
            code=code,
            name=name,
            level=level,
            parent_id=above.id if above else None,
            path=f"{above.path if above else '/'}{code}/",
            land_mu=mu,
            groups_declared=groups,
            households_declared=households,
            population_declared=people,
        )
        session.add(areas[code])
        session.flush()  # the areas below need the id
    units: dict[str | None, Unit] = {}
    for code, name, kind, area, superior in UNITS:
        over = units.get(superior)
        units[code] = Unit(
            code=code,
            name=name,
            kind=kind,
            area_id=areas[area].id,
            superior_id=over.id if over else None,
        )
        session.add(units[code])
        session.flush()  # the units below need the id
    _add_users(session, units)
    for key, group_no, number, head, phone in HOUSEHOLDS:
        village = areas[key[:2]]
        session.add(
            Household(
                key=key, village_id=village.id, group_no=group_no, number=number, head=head, phone=phone
            )
        )


def _add_users(session: Session, units: dict[str | None, Unit]) -> None:
    # Cheaper than the program's own hashes, for everybody in the tests signs in with it.
    password_hash = PasswordHasher(memory_cost=8, time_cost=1, parallelism=1).hash(PASSWORD)
    for username, name, unit, role, head in USERS:
        session.add(
            User(
                username=username,
                name=name,
                email=f"{username}@example.org",
                unit_id=units[unit].id,
                roles=[role],
                head=head,
                password_hash=password_hash,
                created_at=FOUNDED,
            )
        )


def add_deputies(session: Session) -> None:
    """Give team and township a second one with the rights of a team leader, for matters about the first.

    For matters about team and township at once somebody of the county pays the return visit.
    """
    for username, roles in (
        ("zuyuan", ["member", "team_leader"]),
        ("xiangzhen", ["coordinator", "leader"]),
        ("bumen", ["department", "coordinator"]),
    ):
        session.execute(update(User).where(User.username == username).values(roles=roles))


def actor_named(session: Session, username: str) -> Actor:
    """Return a user of the township as the one who acts."""
    statement = (
        select(User, Unit, Area)
        .join(Unit, Unit.id == User.unit_id)
        .join(Area, Area.id == Unit.area_id)
        .where(User.username == username)
    )
    user, unit, area = session.execute(statement).one()
    roles = frozenset(user.roles)
    return Actor(user.id, user.username, unit.id, unit.code, area.path, roles, area.village_id)


def read_rules(files: Path, folder: Path = CONFIG) -> CountyRules:
    """Read a configuration, the project's own by default; keys are for tests, files go below `files`."""
    decided = tables.read(folder)
    profiles, periods = deadlines.rules_of(decided)
    return CountyRules(
        definition=parse(decided.workflow_text, decided.workflow_name),
        profiles=profiles,
        periods=periods,
        categories=categories_of(decided),
        zone=ZONE,
        services=CaseServices(
            definitions=Definitions(),
            calendars=Calendars(),
            chain=Chain("test", {"test": b"a key for tests alone"}),
            receipt_key=b"a key for the codes of tests",
            number_key=ORDINARY_FIRST,
            personal_keys=PERSONAL_KEYS,
            files=FileStore(files),
        ),
    )


def prepare_town(databases: Databases, backend: str, rules: CountyRules) -> None:
    """Make the templates of an empty migrated database and of one that holds the small township."""

    def fill(database: Database) -> None:
        settle(database, rules)

    databases.template(backend, "empty", migrations.upgrade)
    databases.template(backend, "town", fill, base="empty")


def settle(database: Database, rules: CountyRules, folder: Path = CONFIG) -> None:
    """Enter what a started installation with a configuration holds, then the township."""
    seed = working_days.seed()
    with database.transaction() as session:
        fixed_zone(session, rules.zone, chain=rules.services.chain, now=FOUNDED)
        keys_in_use.adopt(session, PERSONAL_KEYS.present.id, now=FOUNDED)
        seed_calendar(session, seed.years, seed.days, "notices")
        adopt(session, rules.definition, tables.read(folder).workflow_text, now=FOUNDED)
        found_township(session)
        _register(session, rules)


def _register(session: Session, rules: CountyRules) -> None:
    """Let every row of the registers have the history without which `verify` would name it."""
    session.flush()  # the history speaks of rows by their ids
    kinds: dict[str, Any] = {"area": Area, "unit": Unit, "user": User, "household": Household}
    for kind, model in kinds.items():
        changes = [RegisterChange(kind, row.id, "created", {}, row) for row in session.scalars(select(model))]
        record_all(session, chain=rules.services.chain, actor=SYSTEM, changes=changes, now=FOUNDED)


#: Who does what, one after the other, from a registered case to each state.
WAYS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "received": (),
    "assigned": (("zuzhang", "assign"), ("committee", "accept")),
    "escalated": (("zuzhang", "assign"), ("committee", "accept"), ("committee", "escalate")),
    "resolved": (("zuzhang", "assign"), ("committee", "accept"), ("committee", "resolve")),
    "closed": (
        ("zuzhang", "assign"),
        ("committee", "accept"),
        ("committee", "resolve"),
        ("zuyuan", "confirm"),
    ),
    "rejected": (("zuzhang", "request_reject"), ("lingdao", "reject")),
    "withdrawn": (("zuzhang", "withdraw"),),
    "void": (("lingdao", "void"),),
}
_serial = count(1)


def a_case(
    session: Session,
    rules: CountyRules,
    state: str = "received",
    *,
    village: str = "SL",
    now: datetime | None = None,
    complainants: tuple[ComplainantEntry, ...] = (ComplainantEntry(name="田某", phone="13800002046"),),
    recorded_by: str = "zuyuan",
    **fields: Any,
) -> Case:
    """Register a case and bring it into a state by the steps of the life cycle, one a minute.

    The complaint is about a broken ditch, received on 2 March 2026 unless said otherwise; `fields` go into
    the intake.
    """
    moment = now or at("2026-03-02")
    given: dict[str, Any] = {
        "category": "irrigation",
        "kind": "problem",
        "own_words": "水渠塌了一段，下田浇不上水。",
        "client_ref": f"test-{next(_serial)}",
        **fields,
    }
    made = registration.register(
        session,
        actor=actor_named(session, recorded_by),
        rules=rules,
        intake=submission.Intake(village=village, complainants=complainants, **given),
        now=moment,
    )
    for minute, (who, action) in enumerate(WAYS[state], start=1):
        take_step.take_step(
            session,
            actor=actor_named(session, f"cunwei-{village.lower()}" if who == "committee" else who),
            rules=rules,
            number=made.case.number,
            action=action,
            values=build_values(action, fields_of(session, made.case, action)),
            now=moment + timedelta(minutes=minute),
        )
    return made.case


def fields_of(session: Session, case: Case, action: str) -> dict[str, Any]:
    """Return fields with which an action on the way succeeds."""
    people = list(
        session.scalars(select(Complainant.id).where(Complainant.case_id == case.id).order_by(Complainant.id))
    )
    replies = [{"complainant": person, "channel": "door", "text": "水渠修好了。"} for person in people]
    fields: dict[str, dict[str, Any]] = {
        "assign": {"unit": f"committee-{case.number[:2]}"},
        "escalate": {
            "unit": "township-MA",
            "reason": "要乡里拨款",
            "report": {"number": "1 号", "addressee": "马鞍乡人民政府", "sent_on": case.received_on},
        },
        "resolve": {"outcome": "solved", "replies": replies},
        "confirm": {
            "complainant": people[0],
            "heard": True,
            "rating": "satisfied",
            "words": "水到田了",
        },
        "request_reject": {"reason": "不归这里管", "replies": replies},
        "reject": {"reason": "不归这里管", "replies": replies},
        "withdraw": {"words": "不反映了", "recorded_by": "zuyuan"},
        "void": {"reason": "登记错了"},
    }
    return fields.get(action, {})
