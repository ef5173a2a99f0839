"""Build what tests need: a small invented township, its people as actors, and cases in any state."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.actor import Actor
from accounts.models import Area, Unit, User
from roster.models import Household

ZONE = ZoneInfo("Asia/Shanghai")
FOUNDED = datetime(2025, 1, 6, 1, tzinfo=UTC)
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
    """Give a moment of a day, written 2026-03-02, in the county's time."""
    found = date.fromisoformat(day)
    return datetime(found.year, found.month, found.day, hour, minute, tzinfo=ZONE).astimezone(UTC)


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
            code=code, name=name, kind=kind, area_id=areas[area].id, superior_id=over.id if over else None
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
    password_hash = PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1).hash(PASSWORD)
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


def actor_named(session: Session, username: str) -> Actor:
    """Give a user of the township as the one who acts."""
    statement = (
        select(User, Unit, Area)
        .join(Unit, Unit.id == User.unit_id)
        .join(Area, Area.id == Unit.area_id)
        .where(User.username == username)
    )
    user, unit, area = session.execute(statement).one()
    return Actor(user.id, user.username, unit.id, unit.code, area.path, frozenset(user.roles))
