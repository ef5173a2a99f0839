"""Let a fresh installation get its first administrator, with the area and the unit that a user needs.

Only while there is no user at all, only once, and only by whoever knows the code that the server tells its
own operator (docs/decisions/0014). Everybody after that is added by an administrator.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts import history
from accounts.access.actor import SYSTEM
from accounts.fixed_settings import TIMEZONE, FixedSetting
from accounts.models import Unit, User
from accounts.registers import users
from accounts.registers.area_unit_editing import add_area, add_unit
from accounts.registers.areas import by_code
from accounts.registers.open_matters import NO_MATTERS
from accounts.registers.user_validation import list_problems
from accounts.sign_in.own_words import own_words
from accounts.sign_in.passwords import GROUPS, LETTERS, OF_LETTERS
from config.profiles import ORDINARY, SecurityProfile
from config.vocabulary import UnitKind
from core.chain import Chain
from core.errors import Conflict, Invalid
from core.text import plain

#: Letters and digits of the set-up code, without the dashes between its groups.
CODE_LENGTH = GROUPS * OF_LETTERS
#: So many characters are read of what is typed for it, with anything between them.
LONGEST_SETUP_CODE = 40
#: The names of the form for the columns of the two registers.
FIELDS: Mapping[tuple[str, str], str] = {
    ("area", "level"): "level",
    ("area", "name"): "area_name",
    ("area", "code"): "area_code",
    ("unit", "name"): "unit_name",
    ("unit", "code"): "unit_code",
}
#: Under this name the database lets it happen once.
FOUNDED = "first_administrator"


@dataclass(frozen=True)
class FirstAdministrator:
    """What the first person says: the area and unit to begin with, or an existing unit, and who they are."""

    level: str
    area_name: str
    area_code: str
    unit_name: str
    unit_code: str
    unit: str
    name: str
    username: str
    password: str
    again: str


def is_open(session: Session) -> bool:
    """Return whether nobody has been added yet; one small statement."""
    return session.scalars(select(User.id).limit(1)).first() is None


def has_units(session: Session) -> bool:
    """Return whether units were imported before anybody was added."""
    return session.scalars(select(Unit.id).where(Unit.active).limit(1)).first() is not None


def setup_code(session: Session, key: bytes) -> str:
    """Return the code that opens this installation, made of a key outside the database and its first entry.

    So it is the same in every process, cannot be read from the database, and differs for each database.
    """
    entry = history.RegisterEntry
    first = session.scalars(
        select(entry.hash).where(
            entry.subject_kind == "setting", entry.subject_id == TIMEZONE, entry.seq == 1
        )
    ).first()
    digest = hmac.new(key, b"first administrator:" + (first or "").encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest)
    letters = []
    for _ in range(CODE_LENGTH):
        number, place = divmod(number, len(LETTERS))
        letters.append(LETTERS[place])
    text = "".join(letters)
    return "-".join(text[start : start + OF_LETTERS] for start in range(0, len(text), OF_LETTERS))


def is_setup_code(session: Session, key: bytes, given: str) -> bool:
    """Return whether somebody knows the code; capitals, spaces and dashes do not matter."""
    typed = "".join(char for char in plain(given[:LONGEST_SETUP_CODE]).lower() if char in LETTERS)
    right = setup_code(session, key).replace("-", "")
    return hmac.compare_digest(typed.encode(), right.encode())


def create_first_administrator(
    session: Session,
    *,
    chain: Chain,
    founding: FirstAdministrator,
    profile: SecurityProfile = ORDINARY,
    now: datetime,
) -> User:
    """Make the first administrator, and the area and unit unless there are units already.

    Raises Conflict `set_up_already` as soon as there is anybody, and Invalid with every field that is wrong.
    Of two at once the second one fails on the name of the setting that the first one wrote.
    """
    if not is_open(session):
        raise Conflict("set_up_already")
    words = own_words(session, [founding.name, founding.area_name, founding.unit_name])
    roles = profile.first_roles
    errors = list_problems(founding.username, founding.name, roles, founding.password, None, words, profile)
    if founding.password != founding.again:
        errors["again"] = ["not_the_same"]
    if not errors:
        _claim(session, chain, founding.username, now)
    unit = founding.unit
    if not has_units(session):
        unit = founding.unit_code
        errors |= _create(session, chain, founding, now)
    if errors:
        raise Invalid(errors)
    return users.add_user(
        session,
        actor=SYSTEM,
        chain=chain,
        username=founding.username,
        name=founding.name,
        unit=unit,
        roles=roles,
        password=founding.password,
        own_password=True,
        profile=profile,
        now=now,
    )


def _claim(session: Session, chain: Chain, username: str, now: datetime) -> None:
    """Write down, once for ever, who came first."""
    row = FixedSetting(name=FOUNDED, value=username)
    session.add(row)
    history.record(
        session,
        chain=chain,
        subject_kind="setting",
        subject_id=FOUNDED,
        action="pin",
        actor=SYSTEM,
        facts={"value": username},
        now=now,
        row=row,
    )


def _create(
    session: Session, chain: Chain, founding: FirstAdministrator, now: datetime
) -> dict[str, list[str]]:
    """Enter the first area and the first unit; give what is wrong with them, by the names of the form."""
    area = {"code": founding.area_code, "name": founding.area_name, "level": founding.level}
    unit = {
        "code": founding.unit_code,
        "name": founding.unit_name,
        "kind": UnitKind.DEPARTMENT.value,
        "area": founding.area_code,
    }
    errors: dict[str, list[str]] = {}
    known = by_code(session, plain(founding.area_code).upper()) is not None
    for what, values, add in (("area", area, add_area), ("unit", unit, add_unit)):
        if what == "area" and known:
            continue  # it was imported, and the unit belongs there
        try:
            add(session, actor=SYSTEM, matters=NO_MATTERS, chain=chain, values=values, now=now)
        except Invalid as error:
            errors |= {FIELDS.get((what, name), ""): codes for name, codes in error.errors.items()}
    errors.pop("", None)
    return errors
