"""Give out case numbers such as YY-2026-0041: village, year, serial."""

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from cases.models import NumberSerial


def next_number(session: Session, *, village_id: int, village_code: str, year: int) -> str:
    """Give the next number of a village and year, unique also when many ask at once; gaps may appear."""
    make = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgresql_insert
    statement = (
        make(NumberSerial)
        .values(village_id=village_id, year=year, value=1)
        .on_conflict_do_update(
            index_elements=[NumberSerial.village_id, NumberSerial.year],
            set_={"value": NumberSerial.value + 1},
        )
        .returning(NumberSerial.value)
    )
    return f"{village_code}-{year}-{session.execute(statement).scalar_one():04d}"
