"""Give out case numbers such as YY-2026-0041: village, year, serial; and with them the ids of new rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, bindparam, cast, func, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from accounts.models import Area
from accounts.vocabulary import AreaLevel
from cases.models.case import Case, Complainant, NumberSerial
from core.persistence.db import COMMA, Base
from core.persistence.upsert import Upsert


@dataclass(frozen=True)
class Reserved:
    """What a new case is called and the ids of its row and of its complainants' rows."""

    number: str
    case_id: int
    complainant_ids: list[int]


def _next_id(column: InstrumentedAttribute[int]) -> ColumnElement[Any]:
    """Return the next id of a table from its sequence."""
    return func.nextval(func.pg_get_serial_sequence(column.class_.__tablename__, column.key))


def _highest(column: InstrumentedAttribute[int]) -> ColumnElement[Any]:
    """Return the highest id there is; on SQLite nobody else writes meanwhile."""
    return select(func.coalesce(func.max(column), 0)).scalar_subquery()


_each = func.generate_series(1, bindparam("complainants", type_=Integer)).table_valued("one")
_joined = select(func.aggregate_strings(cast(_next_id(Complainant.id), String), COMMA)).select_from(_each)
#: The table itself: what goes through the class is made anew each time.
NUMBERS = Base.metadata.tables[NumberSerial.__tablename__]
#: After a restore serials begin at a multiple of it.
STRIDE = 100
#: What is asked for with the number, by the name of the database.
IDS = {
    "sqlite": (_highest(Case.id), _highest(Complainant.id)),
    "postgresql": (_next_id(Case.id), _joined.scalar_subquery()),
}
NEXT = Upsert(
    lambda insert, name: (
        insert(NUMBERS)
        .values(village_id=bindparam("village_id"), year=bindparam("year"), value=1)
        .on_conflict_do_update(
            index_elements=[NUMBERS.c.village_id, NUMBERS.c.year],
            set_={"value": NUMBERS.c.value + 1},
        )
        .returning(NUMBERS.c.value, *IDS[name])
    )
)


def advance_serials(session: Session, *, years: Iterable[int]) -> int:
    """Let every village begin in each year at the next multiple of 100 at least 100 above; give how many.

    For a restored copy: what its original has given out since stands on slips. `years` are those in which a
    village may have had its first number meanwhile, beside those in which it has some.
    """
    session.execute(update(NUMBERS).values(value=(NUMBERS.c.value + 2 * STRIDE - 1) // STRIDE * STRIDE - 1))
    known = {
        (village, year) for village, year in session.execute(select(NUMBERS.c.village_id, NUMBERS.c.year))
    }
    wanted = {*years, *(year for _, year in known)}
    villages = session.scalars(select(Area.id).where(Area.level == AreaLevel.VILLAGE)).all()
    fresh = [
        {"village_id": village, "year": year, "value": STRIDE - 1}
        for village in villages
        for year in sorted(wanted)
        if (village, year) not in known
    ]
    if fresh:
        session.execute(insert(NUMBERS), fresh)
    return len(known) + len(fresh)


def reserve(
    session: Session, *, village_id: int, village_code: str, year: int, complainants: int
) -> Reserved:
    """Return the next number of a village and year and ids for the case and so many complainants.

    Unique also when many ask at once; gaps may appear. With the ids known, a case can be written whole
    with the hash of its first entry, instead of being written and then changed.
    """
    name = session.get_bind().dialect.name
    serial, case_id, ids = (
        session.connection()
        .execute(NEXT.on(session), {"village_id": village_id, "year": year, "complainants": complainants})
        .one()
    )
    number = f"{village_code}-{year}-{serial:04d}"
    if name == "sqlite":
        return Reserved(number, case_id + 1, [ids + one for one in range(1, complainants + 1)])
    return Reserved(number, case_id, [int(one) for one in ids.split(",")])
