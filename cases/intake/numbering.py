"""Give out case numbers such as YY-2026-0041: village, year, serial; and with them the ids of new rows.

Who sees the numbers of a village but for the matters that name them must not count those by the gaps. So a
key decides beforehand which third of all serials is kept back: matters that name somebody at intake take
these, all others take the rest in order, and what a reader sees left out is the same whatever came in
(docs/decisions/0049).
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import count, islice

from sqlalchemy import Integer, String, bindparam, case, cast, func, insert, select
from sqlalchemy.orm import Session

from accounts.models import Area
from accounts.vocabulary import AreaLevel
from cases.models.case import Case, Complainant
from cases.models.number_serials import NumberSerial
from cases.persistence.next_ids import from_sequence, highest
from core.persistence.db import COMMA, Base
from core.persistence.upsert import Upsert


@dataclass(frozen=True)
class Reserved:
    """What a new case is called and the ids of its row and of its complainants' rows."""

    number: str
    case_id: int
    complainant_ids: list[int]


_each = func.generate_series(1, bindparam("complainants", type_=Integer)).table_valued("one")
_joined = select(func.aggregate_strings(cast(from_sequence(Complainant.id), String), COMMA)).select_from(
    _each
)
#: The table itself: what goes through the class is made anew each time.
NUMBERS = Base.metadata.tables[NumberSerial.__tablename__]
#: After a restore serials begin at a multiple of it.
STRIDE = 100
#: What is asked for with the number, by the name of the database.
IDS = {
    "sqlite": (highest(Case.id), highest(Complainant.id)),
    "postgresql": (from_sequence(Case.id), _joined.scalar_subquery()),
}
#: The first number since a restore or since a version that kept nothing back: slots begin above the last.
_FIRST = NUMBERS.c.slot_key.is_(None)
NEXT = Upsert(
    lambda insert, name: (
        insert(NUMBERS)
        .values(
            village_id=bindparam("village_id"),
            year=bindparam("year"),
            begins_at=1,
            value=bindparam("ordinary"),
            slot_key=bindparam("slot_key"),
        )
        .on_conflict_do_update(
            index_elements=[NUMBERS.c.village_id, NUMBERS.c.year],
            set_={
                "value": case((_FIRST, 0), else_=NUMBERS.c.value) + bindparam("ordinary"),
                "begins_at": case((_FIRST, NUMBERS.c.value + 1), else_=NUMBERS.c.begins_at),
                "slot_key": func.coalesce(NUMBERS.c.slot_key, bindparam("slot_key")),
            },
        )
        .returning(NUMBERS.c.value, NUMBERS.c.begins_at, NUMBERS.c.slot_key, *IDS[name])
    )
)
#: So many of the serials that are kept back are asked for at once.
ASKED_AT_ONCE = 50
#: One serial of so many is kept back.
KEPT_BACK = 3
#: Among so many serials below and above the next ordinary one it is drawn which is used.
BEHIND, AHEAD = 300, 30


def slot_key_of(number_key: bytes, village_code: str, year: int) -> str:
    """Return in hex the key that decides which serials of a village and year are kept back.

    It is kept with the serials, for they must not change when the secret key does.
    """
    return hmac.new(number_key, f"{village_code}|{year}".encode(), hashlib.sha256).hexdigest()


def is_kept_back(slot_key: str, serial: int) -> bool:
    """Return whether a serial is one of the third that matters take which name somebody."""
    return int.from_bytes(_told(slot_key, str(serial))[:8], "big") % KEPT_BACK == 0


def _told(slot_key: str, text: str) -> bytes:
    return hmac.new(bytes.fromhex(slot_key), text.encode(), hashlib.sha256).digest()


def ordinary_serial(slot_key: str, begins_at: int, place: int) -> int:
    """Return the serial of the first, second or later matter that names nobody, from a serial on."""
    return _ordinary(slot_key, begins_at, 1 << (place - 1).bit_length())[place - 1]


@lru_cache(maxsize=4096)
def _ordinary(slot_key: str, begins_at: int, many: int) -> Sequence[int]:
    """Return the first so many ordinary serials; asked for by powers of two, so that few lists are made."""
    return tuple(islice((one for one in count(begins_at) if not is_kept_back(slot_key, one)), many))


def advance_serials(session: Session, *, years: Iterable[int]) -> int:
    """Let every village begin in each year at the next multiple of 100 at least 100 above; give how many.

    For a restored copy: what its original has given out since stands on slips. `years` are those in which a
    village may have had its first number meanwhile, beside those in which it has some.
    """
    known = session.scalars(select(NumberSerial)).all()
    for serials in known:
        last = max(_last_ordinary(serials), _highest_given(session, serials))
        serials.value, serials.slot_key = (last + 2 * STRIDE - 1) // STRIDE * STRIDE - 1, None
    wanted = {*years, *(serials.year for serials in known)}
    given = {(serials.village_id, serials.year) for serials in known}
    villages = session.scalars(select(Area.id).where(Area.level == AreaLevel.VILLAGE)).all()
    fresh = [
        {"village_id": village, "year": year, "value": STRIDE - 1}
        for village in villages
        for year in sorted(wanted)
        if (village, year) not in given
    ]
    if fresh:
        session.execute(insert(NUMBERS), fresh)
    session.flush()
    return len(known) + len(fresh)


def _last_ordinary(serials: NumberSerial) -> int:
    if serials.slot_key is None:
        return serials.value
    if serials.value == 0:
        return serials.begins_at - 1
    return ordinary_serial(serials.slot_key, serials.begins_at, serials.value)


def _highest_given(session: Session, serials: NumberSerial) -> int:
    """Return the highest serial that a case has: one kept back may lie above the ordinary ones."""
    number = session.scalars(
        select(Case.number)
        .where(Case.village_id == serials.village_id, Case.number.like(f"%-{serials.year}-%"))
        .order_by(func.length(Case.number).desc(), Case.number.desc())
        .limit(1)
    ).first()
    return int(number.rpartition("-")[2]) if number is not None else 0


def reserve(
    session: Session,
    *,
    village_id: int,
    village_code: str,
    year: int,
    complainants: int,
    number_key: bytes,
    names_somebody: bool = False,
) -> Reserved:
    """Return a number of a village and year and ids for the case and so many complainants.

    A matter that names somebody gets one that is kept back and not used, drawn from those around the next
    ordinary one. Unique also when many ask at once; gaps may appear. With the ids known, a
    case can be written whole with the hash of its first entry, instead of being written and then changed.
    """
    name = session.get_bind().dialect.name
    value, begins_at, slot_key, case_id, ids = (
        session.connection()
        .execute(
            NEXT.on(session),
            {
                "village_id": village_id,
                "year": year,
                "complainants": complainants,
                "ordinary": 0 if names_somebody else 1,
                "slot_key": slot_key_of(number_key, village_code, year),
            },
        )
        .one()
    )
    prefix = f"{village_code}-{year}"
    if names_somebody:
        number = _unused(session, prefix, _kept_back(slot_key, begins_at, value))
    else:
        number = _number(prefix, ordinary_serial(slot_key, begins_at, value))
    if name == "sqlite":
        return Reserved(number, case_id + 1, [ids + one for one in range(1, complainants + 1)])
    return Reserved(number, case_id, [int(one) for one in ids.split(",")])


def _number(prefix: str, serial: int) -> str:
    return f"{prefix}-{serial:04d}"


def _kept_back(slot_key: str, begins_at: int, value: int) -> Iterator[int]:
    """Yield those kept back around the next ordinary serial in the order of a key, then those above.

    In an order that can be foreseen, one that is seen would prove that all before it are used, and so how
    many of them are by matters that are not seen.
    """
    upcoming = ordinary_serial(slot_key, begins_at, value + 1)
    around = range(max(begins_at, upcoming - BEHIND), upcoming + AHEAD)
    drawn = sorted(around, key=lambda one: _told(slot_key, f"{upcoming}|{one}"))
    yield from (one for one in drawn if is_kept_back(slot_key, one))
    yield from (one for one in count(around.stop) if is_kept_back(slot_key, one))


def _unused(session: Session, prefix: str, serials: Iterator[int]) -> str:
    """Return the first number that no case has; nobody else gives one out meanwhile."""
    while True:
        numbers = [_number(prefix, one) for one in islice(serials, ASKED_AT_ONCE)]
        used = set(session.scalars(select(Case.number).where(Case.number.in_(numbers))))
        for number in numbers:
            if number not in used:
                return number
