"""Give out case numbers such as YY-2026-0041: village, year, serial."""

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from cases.models import NumberSerial

#: By the name of the database; made once.
STATEMENTS = {
    name: make(NumberSerial)
    .values(village_id=bindparam("village_id"), year=bindparam("year"), value=1)
    .on_conflict_do_update(
        index_elements=[NumberSerial.village_id, NumberSerial.year],
        set_={"value": NumberSerial.value + 1},
    )
    .returning(NumberSerial.value)
    for name, make in (("sqlite", sqlite_insert), ("postgresql", postgresql_insert))
}


def next_number(session: Session, *, village_id: int, village_code: str, year: int) -> str:
    """Give the next number of a village and year, unique also when many ask at once; gaps may appear."""
    statement = STATEMENTS[session.get_bind().dialect.name]
    serial = session.execute(statement, {"village_id": village_id, "year": year}).scalar_one()
    return f"{village_code}-{year}-{serial:04d}"
