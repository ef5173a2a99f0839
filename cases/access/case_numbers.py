"""Read the number of a case however people write it: YY-2026-0086, yy-2026-86, 养鱼〔2026〕86 号, 86 号, 86.

In full it is the village's code, the year and a serial of four digits; what is left out is looked for among
the numbers that were given out.
"""

import re
import unicodedata
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, cast, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from accounts.access.actor import Actor
from accounts.models import Area
from accounts.security_log import shown
from cases.access.visibility import visible
from cases.models.case import Case
from cases.models.number_serials import NumberSerial
from core.errors import NotFound
from core.normalization.folding import fold, fold_code

_CODE = r"[A-Z0-9]+(?:-[A-Z0-9]+)*"
#: A code or name of which no part begins with a figure, and one that has none at all.
_PLACE, _NAME, _SERIAL = r"[^\W\d_]\w*(?:-[^\W\d_]\w*)*", r"[^\W\d_]+", r"[0-9]{1,6}"
#: A number as it stands in the database, the way it comes from every page and list: nothing is left to read.
_STORED = re.compile(rf"{_CODE}-[0-9]{{4}}-[0-9]{{4}}", re.ASCII)
#: The same inside another text.
_TOLD = re.compile(rf"(?<![A-Z0-9-]){_CODE}-[0-9]{{4}}-[0-9]{{4}}(?![0-9-])", re.ASCII)
#: What stands between the parts of a number: spaces, brackets, strokes and dots.
_BETWEEN = re.compile(r"[\s\[\](){}【】〔〕《》〈〉「」/\\.·_、]+")
#: What is written around a part, and a year right behind letters; read in this order.
_AROUND = (
    (re.compile(r"(?<=[^\W\d_])(?=(?:19|20)[0-9]{2}(?:年|-[0-9]))"), "-"),
    (re.compile(r"(?<![0-9])([0-9]{4})年"), r"\1-"),
    (re.compile(r"^第-?(?=[0-9])"), ""),
    (re.compile(r"-?第-?(?=[0-9])"), "-"),
    (re.compile(r"-?[号號]$"), ""),
    (re.compile(r"字(?=-)"), ""),
    (re.compile(r"-+"), "-"),
)
#: The place, the year and the serial of each spelling; None for what the spelling leaves out.
_SPELLINGS = (
    (re.compile(rf"({_CODE}|{_PLACE})-([0-9]{{4}})-({_SERIAL})"), (1, 2, 3)),
    (re.compile(rf"([0-9]{{4}})-({_SERIAL})"), (None, 1, 2)),
    (re.compile(rf"({_SERIAL})"), (None, None, 1)),
    (re.compile(rf"({_PLACE})-({_SERIAL})"), (1, None, 2)),
    (re.compile(rf"({_NAME})({_SERIAL})"), (1, None, 2)),
)
#: A village is called with and without the word for what it is.
_VILLAGE = "村"


@dataclass(frozen=True)
class WrittenNumber:
    """What somebody wrote of a number: the serial at least, the year, and the code or name of the village."""

    serial: int
    year: int | None = None
    place: str | None = None

    @property
    def in_full(self) -> str | None:
        """The number as it stands in the database, where nothing is left out but zeros."""
        if self.year is None or self.place is None or not re.fullmatch(_CODE, self.place):
            return None
        return f"{self.place}-{self.year}-{self.serial:04d}"


def read_number(typed: str) -> WrittenNumber | None:
    """Read a number; None for what cannot be one."""
    parts = _BETWEEN.sub(" ", unicodedata.normalize("NFKC", typed)).split()
    plain = fold_code("-".join(parts))
    for around, put in _AROUND:
        plain = around.sub(put, plain)
    for spelling, (place, year, serial) in _SPELLINGS:
        found = spelling.fullmatch(plain)
        if found is not None:
            return WrittenNumber(
                serial=int(found[serial]),
                year=int(found[year]) if year is not None else None,
                place=found[place] if place is not None else None,
            )
    return None


def full_number(typed: str) -> str:
    """Return a number that was written in full as the database has it, anything else as it was typed."""
    if _STORED.fullmatch(typed):
        return typed
    found = read_number(typed)
    return (found.in_full if found is not None else None) or typed


def is_in_full(text: str) -> bool:
    """Return whether a text is a number as the database has it, whether or not there is such a case."""
    return _STORED.fullmatch(text) is not None


def is_numbered(
    typed: str, number: InstrumentedAttribute[str] = Case.number, village_id: int | None = None
) -> ColumnElement[bool] | None:
    """Keep the cases whose number this may be, those of a village where one is given; None for no number.

    `number` is the column that is asked. It is compared with the numbers of every village and year that has
    some, so that no case is read which has another number.
    """
    written = read_number(typed)
    if written is None or written.serial == 0:
        return None
    if written.in_full is not None:
        return number == written.in_full
    tail = f"-{written.serial:04d}"
    numbers = select(Area.code + "-" + cast(NumberSerial.year, String) + tail).join(
        NumberSerial, NumberSerial.village_id == Area.id
    )
    if written.year is not None:
        numbers = numbers.where(NumberSerial.year == written.year)
    if written.place is not None:
        numbers = numbers.where(_is_called(written.place))
    elif village_id is not None:
        numbers = numbers.where(Area.id == village_id)
    return number.in_(numbers)


def find_number(session: Session, *, actor: Actor, typed: str, village_id: int) -> str:
    """Return the number of the case that somebody means who works on a case of this village.

    Without a village it is one of the same village, without a year the newest that the person may see; what
    is found nowhere is given as it was typed.
    """
    condition = is_numbered(typed, village_id=village_id)
    if condition is None:
        return typed
    found = visible(select(Case.number), actor).where(condition).order_by(Case.number.desc()).limit(1)
    return session.scalars(found).first() or typed


def visible_numbers(session: Session, *, actor: Actor, told: str) -> frozenset[str]:
    """Return the numbers in a text of cases that the person may see; one statement where it has any."""
    numbers = set(_TOLD.findall(told))
    if not numbers:
        return frozenset()
    return frozenset(session.scalars(visible(select(Case.number), actor).where(Case.number.in_(numbers))))


def require_still_visible(session: Session, *, actor: Actor, numbers: frozenset[str]) -> None:
    """Record that a kept answer about some cases is given again; raise NotFound for one unseen by now."""
    if numbers - visible_numbers(session, actor=actor, told=" ".join(numbers)):
        raise NotFound
    shown.note_again(numbers)


def _is_called(place: str) -> ColumnElement[bool]:
    """Keep the area with this code or name, the name with or without 村 and in either kind of characters."""
    names = {name.removesuffix(_VILLAGE) for name in (place, fold(place))}
    return or_(Area.code == place, Area.name.in_(sorted({*names, *(name + _VILLAGE for name in names)})))
