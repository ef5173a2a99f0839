"""Collect what an answer shows while it is made, so that it is recorded when it leaves.

Whatever loads a case, complainants or a file for somebody says so here, in the one place where it is loaded,
and a page that is made later is recorded without knowing of it. Outside of a request nothing is collected.
"""

from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum


class Event(StrEnum):
    """What a line of the security log tells."""

    REVEALED = "revealed"
    FILE = "file"
    EXPORT = "export"
    CASE = "case"
    RECORD = "record"
    COMPLAINANTS = "complainants"
    LIST = "list"
    HOUSEHOLDS = "households"
    SIGN_IN = "sign_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGN_OUT = "sign_out"
    REFUSED = "refused"
    GAP = "gap"


#: Of a number that an answer shows in several ways the first of these is told, and the others are not.
BY_WEIGHT = (
    *(Event.REVEALED, Event.FILE, Event.EXPORT, Event.CASE, Event.RECORD),
    *(Event.COMPLAINANTS, Event.LIST, Event.HOUSEHOLDS),
)


#: The way of whoever was signed in without a question, such as the first administrator.
UNTRIED = "none"


@dataclass
class SignInAttempt:
    """Somebody tries to come in: which way, by which name, and as whom once they are in.

    The name is what was typed, which may be anything; it is never written as it is.
    """

    way: str
    name: str | None = None
    user_id: int | None = None
    accepted: bool = False


@dataclass
class Shown:
    """What one answer shows: the numbers of cases by event, and whether somebody came in or left.

    `again` is true of an answer that was kept and is given a second time.
    """

    numbers: dict[Event, dict[str, None]] = field(default_factory=dict)
    attempt: SignInAttempt | None = None
    left: bool = False
    again: bool = False

    def by_event(self) -> dict[Event, list[str]]:
        """Return the numbers to be told of each event; one that has nothing else to tell is left out."""
        told: set[str] = set()
        found: dict[Event, list[str]] = {}
        for event in BY_WEIGHT:
            if event not in self.numbers:
                continue
            rest = [number for number in self.numbers[event] if number not in told]
            told.update(rest)
            if rest or not self.numbers[event]:
                found[event] = rest
        return found


_present: ContextVar[Shown | None] = ContextVar("shown", default=None)


def begin() -> Shown:
    """Collect from now on; return what the collection goes into."""
    shown = Shown()
    _present.set(shown)
    return shown


def end() -> None:
    """Collect no more."""
    _present.set(None)


def note(event: Event, numbers: Iterable[str] | None = None) -> None:
    """Say that the answer shows something, of the cases with these numbers, or of none that has a number.

    Who is shown a list with nothing in it has read nothing.
    """
    shown, told = _present.get(), None if numbers is None else dict.fromkeys(numbers)
    if shown is not None and told != {}:
        shown.numbers.setdefault(event, {}).update(told or {})


def take_back() -> None:
    """Say that nothing is shown of what was noted so far: what it was loaded for is refused."""
    shown = _present.get()
    if shown is not None:
        shown.numbers.clear()
        shown.again = False


def note_again(numbers: Iterable[str]) -> None:
    """Say that an answer that was kept is given again, which tells of these cases."""
    note(Event.CASE, numbers)
    shown = _present.get()
    if shown is not None:
        shown.again = True


def attempt(way: str, *, name: str | None = None, user_id: int | None = None) -> None:
    """Say that somebody tries to come in; it counts as refused until a sign-in is made of it."""
    shown = _present.get()
    if shown is not None:
        shown.attempt = SignInAttempt(way, name, user_id)


def note_sign_in(user_id: int) -> None:
    """Say that a sign-in was made, whatever way it was tried; of an untried one the way is not known."""
    shown = _present.get()
    if shown is not None:
        shown.attempt = shown.attempt or SignInAttempt(UNTRIED)
        shown.attempt.user_id, shown.attempt.accepted = user_id, True


def note_leaving() -> None:
    """Say that somebody signs out."""
    shown = _present.get()
    if shown is not None:
        shown.left = True
