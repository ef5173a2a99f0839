"""Found the sample township: its places, units, people and households, through the county's own verbs."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from accounts.access.actor import SYSTEM
from accounts.registers.areas import import_areas
from accounts.registers.open_matters import NO_MATTERS
from accounts.registers.unit_imports import import_units
from accounts.registers.users import add_user
from accounts.sign_in.passwords import generate_password
from accounts.vocabulary import AreaLevel
from cases.configuration.case_rules import CountyRules
from demo.sample_households import SampleHousehold, create_households
from roster.imports import import_roster

Table = Sequence[Sequence[Any]]

AREAS: Table = (
    (
        "code",
        "name",
        "level",
        "parent",
        "land_mu",
        "groups_declared",
        "households_declared",
        "population_declared",
    ),
    ("SX", "示范县", "county", None, None, None, None, None),
    ("MA", "马鞍乡", "township", "SX", None, None, None, None),
    ("SL", "杉岭村", "village", "MA", 637, 5, 291, 822),
    ("YY", "养鱼村", "village", "MA", 737, 12, 482, 1369),
    ("GG", "高观村", "village", "MA", 705, 7, 351, 1013),
)
#: The codes of all places; with them a sample made by an earlier version is known.
AREA_CODES = tuple(row[0] for row in AREAS[1:])
UNITS: Table = (
    ("code", "name", "kind", "area", "superior", "phone"),
    ("leading-group", "示范县走访工作领导小组", "leading_group", "SX", None, None),
    ("county-office", "示范县走访工作办公室", "department", "SX", "leading-group", None),
    ("county-water", "示范县水利局", "department", "SX", "county-office", None),
    ("township-MA", "马鞍乡人民政府", "township", "MA", "county-office", "08341234560"),
    ("team", "驻马鞍乡工作组", "team", "MA", "township-MA", "08341234567"),
    ("committee-SL", "杉岭村两委", "committee", "SL", "township-MA", None),
    ("committee-YY", "养鱼村两委", "committee", "YY", "township-MA", None),
    ("committee-GG", "高观村两委", "committee", "GG", "township-MA", None),
)
USERS: Table = (
    ("username", "name", "unit", "role", "head"),
    ("zuyuan", "组员", "team", "member", False),
    ("zuzhang", "组长", "team", "team_leader", True),
    ("cunwei-sl", "杉岭村村委", "committee-SL", "committee", True),
    ("cunwei-yy", "养鱼村村委", "committee-YY", "committee", True),
    ("cunwei-gg", "高观村村委", "committee-GG", "committee", True),
    ("xiangzhen", "乡镇联络员", "township-MA", "coordinator", True),
    ("bumen", "水利局经办", "county-water", "department", True),
    ("lingdao", "县领导", "leading-group", "leader", True),
    ("jiandu", "监督员", "county-office", "auditor", False),
    ("guanli", "管理员", "county-office", "admin", False),
)


def create_township(
    session: Session, *, rules: CountyRules, rng: Random, now: datetime
) -> tuple[dict[str, str], list[SampleHousehold]]:
    """Enter everything and everybody; give the password of each user and all households."""
    import_areas(
        session, actor=SYSTEM, rows=_rows(AREAS), matters=NO_MATTERS, chain=rules.services.chain, now=now
    )
    import_units(
        session, actor=SYSTEM, rows=_rows(UNITS), matters=NO_MATTERS, chain=rules.services.chain, now=now
    )
    homes = households(rng)
    import_roster(session, actor=SYSTEM, rows=_register(homes), chain=rules.services.chain, now=now)
    passwords: dict[str, str] = {}
    for _, row in _rows(USERS):
        passwords[row["username"]] = generate_password(row["username"])
        add_user(
            session,
            actor=SYSTEM,
            chain=rules.services.chain,
            username=row["username"],
            name=row["name"],
            unit=row["unit"],
            roles=[row["role"]],
            password=passwords[row["username"]],
            own_password=True,  # in a sample nobody has to change it
            head=row["head"],
            now=now,
        )
    return passwords, homes


def households(rng: Random) -> list[SampleHousehold]:
    """Return the households of the three villages, whose numbers are the declared ones."""
    homes: list[SampleHousehold] = []
    for _, row in _rows(AREAS):
        if row["level"] == AreaLevel.VILLAGE:
            homes += create_households(
                rng,
                row["code"],
                groups=row["groups_declared"],
                households=row["households_declared"],
                people=row["population_declared"],
                serial=len(homes),
            )
    return homes


def _rows(table: Table) -> Iterable[tuple[int, Mapping[str, Any]]]:
    header = table[0]
    for number, row in enumerate(table[1:], start=2):
        yield number, dict(zip(header, row, strict=True))


def _register(homes: Iterable[SampleHousehold]) -> Iterable[tuple[int, Mapping[str, Any]]]:
    names = {row["code"]: row["name"] for _, row in _rows(AREAS)}
    for number, home in enumerate(homes, start=2):
        yield (
            number,
            {
                "村": names[home.village],
                "组": home.group,
                "户号": home.number,
                "户主": home.head,
                "人口": home.people,
                "电话": home.phone,
                "备注": None,
            },
        )
