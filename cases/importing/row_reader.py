"""Read one row of an imported sheet: its words made fit to store, its times, its choices, its faults."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from accounts.registers.import_cells import Cells
from cases.importing.column_map import CHOICES, ImportMap
from cases.importing.report import CellNote
from core.normalization.telephones import read_phone
from core.normalization.visibility import INVISIBLE, is_blank
from core.tables.import_report import CellProblem
from core.tables.table import RowPlace
from core.text import clean, is_longer, plain, problem_of, problem_of_name

LONGEST_WORDS = 20_000
LONGEST_ID = 100
FIRST_YEAR = 1949
#: `2019/4/25 9:32:09`, with or without leading zeros and seconds, or the day alone.
TIME = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T ]+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?)?"
)
#: How Excel writes a character that XML cannot hold; `_x000D_` is the first half of a line end.
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
#: These join letters in several scripts of the country, so they stay.
JOINERS = frozenset("\u200c\u200d")
UNSEEN = dict.fromkeys(ord(char) for char in INVISIBLE - JOINERS)
#: Of all characters, those that `problem_of` refuses: a table spares asking for each of a long text.
CONTROLS = dict.fromkeys(
    code for code in (*range(0xA0), *range(0xD800, 0xE000)) if problem_of(chr(code)) is not None
)
NO_BREAK_SPACE = "\u00a0"


@dataclass(frozen=True)
class Record:
    """A row that can be read: one complaint of another system with its reply, if it had one."""

    row: RowPlace
    ref: str
    words: str
    name: str | None
    phone: str | None
    household: str | None
    received: datetime
    reply: str | None
    replied: datetime | None
    choices: Mapping[str, str]


@dataclass
class Reader:
    """Read the cells of one row one by one, noting every problem instead of stopping at the first."""

    form: ImportMap
    zone: ZoneInfo
    now: datetime
    row: RowPlace
    cells: Mapping[str, Any]
    allowed: Mapping[str, Collection[str]]
    problems: list[CellProblem] = field(default_factory=list)
    notes: list[CellNote] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._cells = Cells(self.row, self.cells, self.problems)

    def record(self) -> Record | None:
        """Return the row as a record, or None when something is wrong with it."""
        ref = self._id()
        words = self._words()
        received = self._time("received", needed=True)
        reply, replied = self._reply(received)
        name, phone = self._name(), self._phone()
        choices = {name: self._choice(name) for name in CHOICES}
        if self.problems or received is None:
            return None
        household = self._text("household") or None
        return Record(self.row, ref, words, name, phone, household, received, reply, replied, choices)

    def _refuse(self, name: str, code: str, **facts: object) -> None:
        """Note a problem; own words may be made of several cells."""
        *others, heading = self.form.words if name == "own_words" else (self._heading(name),)
        self._cells.refuse(heading, code, beside=others, **facts)

    def _heading(self, name: str) -> str:
        """Return the heading a person finds in the sheet; a default has the name it bears in the map."""
        return self.form.columns.get(name, name)

    def _text(self, name: str) -> str:
        heading = self.form.columns.get(name)
        return self._cell(heading) if heading is not None else ""

    def _cell(self, heading: str) -> str:
        """Return a cell as text fit to be stored, with a note for all that was left out of it."""
        text, mended = tidy(self._cells.written(heading))
        self.notes += [CellNote(self.row, heading, code) for code in mended]
        return text

    def _id(self) -> str:
        ref = plain(self._text("id"))
        if is_blank(ref):
            self._refuse("id", "required")
        elif len(ref) > LONGEST_ID:
            self._refuse("id", "too_long")
        return f"{self.form.source}:{ref}"

    def _words(self) -> str:
        parts = [self._cell(heading) for heading in self.form.words]
        words = "\n\n".join(dict.fromkeys(part for part in parts if part))
        if is_blank(words):
            self._refuse("own_words", "required")
        elif is_longer(words, LONGEST_WORDS):
            self._refuse("own_words", "too_long")
        return words

    def _name(self) -> str | None:
        name = self._text("name")
        problem = problem_of_name(name) if name else None
        if problem is not None:
            self._refuse("name", problem)
        return name or None

    def _phone(self) -> str | None:
        written = self._text("phone")
        if written and read_phone(written) is None:
            self._refuse("phone", "not_a_phone")
        return plain(written) or None  # as it is written, by which a row that went in before is known again

    def _choice(self, name: str) -> str:
        choice = self.form.choice(name, self._text(name))
        if name in self.allowed and choice not in self.allowed[name]:
            known = ", ".join(sorted(self.allowed[name]))
            self._refuse(name, "not_a_choice" if choice else "required", value=choice, known=known)
        return choice

    def _reply(self, received: datetime | None) -> tuple[str | None, datetime | None]:
        """Return the reply and its time; a time that is a day alone never lies before that day's receipt."""
        reply = None if is_blank(said := self._text("reply")) else said
        replied = self._time("replied", needed=reply is not None, not_before=received)
        if replied is not None and reply is None:
            self._refuse("reply", "required")
        if reply is not None and is_longer(reply, LONGEST_WORDS):
            self._refuse("reply", "too_long")
        if replied is not None and received is not None and replied < received:
            self._refuse("replied", "before_received")
        return reply, replied

    def _time(self, name: str, *, needed: bool, not_before: datetime | None = None) -> datetime | None:
        value = self._cells.value(self.form.columns.get(name, ""))
        if value is None:
            if needed:
                self._refuse(name, "required")
            return None
        moment = moment_of(value, self.zone, not_before)
        if moment is None or moment.year < FIRST_YEAR:
            self._refuse(name, "not_a_time")
            return None
        if moment > self.now:
            self._refuse(name, "in_the_future")
            return None
        return moment


def tidy(text: str) -> tuple[str, list[str]]:
    """Return a text fit to be stored and the codes of what was mended or left out.

    The words stay the person's: spaces and line ends remain, what nobody can see goes.
    """
    mended: list[str] = []
    whole = clean(ESCAPED.sub(_unescaped, text))
    if ESCAPED.search(text):
        mended.append("line_end_restored")
    seen = whole.translate(UNSEEN)
    if len(seen) < len(whole):
        mended.append("invisible_removed")
    kept = seen.translate(CONTROLS)
    if len(kept) < len(seen):
        mended.append("control_removed")
    return kept.replace(NO_BREAK_SPACE, " ").strip(), mended


def _unescaped(found: re.Match[str]) -> str:
    """Return the character of an escape; of the controls only line ends and tabs mean something."""
    char = chr(int(found[1], 16))
    return char if problem_of(char) is None else ""


def moment_of(value: object, zone: ZoneInfo, not_before: datetime | None = None) -> datetime | None:
    """Return the moment that a cell says in the county's zone, or None when it says none.

    Where only a day is given, it is the first moment of that day, or `not_before` if that lies within it.
    """
    if isinstance(value, str):
        value = _written(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=zone) if value.tzinfo is None else value
    if not isinstance(value, date):
        return None
    if not_before is not None and not_before.astimezone(zone).date() == value:
        return not_before
    return datetime.combine(value, time(), zone)


def _written(text: str) -> datetime | date | None:
    found = TIME.fullmatch(plain(text))
    if found is None:
        return None
    year, month, day, *clock = found.groups()
    try:
        if clock[0] is None:
            return date(int(year), int(month), int(day))
        hour, minute, second = (int(part or 0) for part in clock)
        return datetime(int(year), int(month), int(day), hour, minute, second)
    except ValueError:
        return None
