"""What the model believes of one case: its own account of state, people, clocks and history."""

from dataclasses import dataclass, field
from datetime import date

from tests.model.days import Works, after, span
from tests.model.town import RECEIVERS, ROLE, UNIT_OF, chain, closed_by

OPEN = ("received", "assigned", "escalated", "resolved")
CLOCK_OF = {"received": "triage", "assigned": "handling", "escalated": "handling", "resolved": "return"}
CLOCKS = ("triage", "accept", "handling", "reply", "return")


@dataclass
class Dial:
    """One clock: whether it runs, until when, and in which period."""

    running: bool = False
    cycle: int = 0
    since: date = date.min
    due: date = date.min
    overdue: bool = False


@dataclass
class ModelComplainant:
    """One complainant: in which round answered and visited, by whom, and by when the next word is owed."""

    origin: str
    joined: date
    due: date | None
    answered: int | None = None
    visited: int | None = None
    unit: str | None = None
    user: str | None = None
    spared: set[tuple[str, int]] = field(default_factory=set)


@dataclass
class Turn:
    """What counts once for each round."""

    due: date | None = None
    granted: date | None = None
    late: bool = False
    told: bool = False
    returns: int = 0
    window: date = date.min
    binding: bool = False
    suspensions: int = 0
    extensions: int = 0
    escalated: set[str] = field(default_factory=set)
    sent_down: set[str] = field(default_factory=set)
    wish: bool = False
    plea: list[int] | None = None


@dataclass
class Pause:
    """A suspension: since when, until when, and the date that ran before it."""

    since: date
    until: date
    before: date


@dataclass
class Matter:
    """A case as it must be."""

    number: str
    village: str
    recorder: str
    kind: str
    category: str
    urgency: str
    channel: str
    profile: str
    day: date
    works: Works
    named: set[str] = field(default_factory=set)
    state: str = "received"
    round: int = 1
    version: int = 1
    owner: str | None = None
    reply_owner: str = "team"
    handled_by: str | None = None
    accepted: bool = False
    received: date = date.min
    entered: date = date.min
    into: str | None = None
    explained: int = 0
    dissatisfied: bool = False
    turn: Turn = field(default_factory=Turn)
    complainants: dict[int, ModelComplainant] = field(default_factory=dict)
    dials: dict[str, Dial] = field(default_factory=dict)
    basis: tuple[date, str | None, str] = (date.min, None, "wd")
    moved: bool = False
    pause: Pause | None = None
    rungs: dict[tuple[str, int, str], str] = field(default_factory=dict)
    history: list[str] = field(default_factory=list)
    departments: set[str] = field(default_factory=set)

    # ------------------------------------------------------------ questions

    @property
    def final(self) -> bool:
        return self.state not in OPEN

    @property
    def handling(self) -> Dial:
        return self.dials.setdefault("handling", Dial())

    def unanswered(self) -> list[int]:
        return [who for who, complainant in self.complainants.items() if complainant.answered != self.round]

    def unvisited(self) -> list[int]:
        return [who for who, complainant in self.complainants.items() if complainant.visited != self.round]

    def higher(self) -> list[str]:
        """Return the units that may take the case over from its owner."""
        return [unit for unit in chain(self.owner) if unit not in self.closed and unit != self.reply_owner]

    @property
    def closed(self) -> set[str]:
        """Return the units that cannot own the case: named ones, and those all of whose people are named."""
        return closed_by(self.named)

    def successor(self, named: str) -> str | None:
        """Return who owes the reply when somebody turns out to be named who cannot owe it."""
        handling = None if self.owner == self.reply_owner else self.owner
        closed = closed_by(self.named | {named})
        free = [unit for unit in RECEIVERS if unit not in closed and unit != handling]
        return free[0] if free else None

    def seen_by(self, who: str) -> bool:
        """Return whether somebody may know of the case (domain.md section 1)."""
        role, unit = ROLE[who], UNIT_OF[who]
        if who in self.named or unit in self.named or role == "admin":
            return False
        if role == "department":
            return unit in self.departments
        return role != "committee" or unit == f"committee-{self.village}"

    def handles(self, who: str) -> bool:
        return any(
            complainant.unit == UNIT_OF[who] or complainant.user == who
            for complainant in self.complainants.values()
        )

    def later(self, number: int, unit: str, start: date | None = None) -> date:
        return after(start or self.day, number, unit, self.works)

    # ------------------------------------------------------------ clocks

    def start(self, name: str, due: date) -> None:
        dial = self.dials.setdefault(name, Dial())
        self.dials[name] = Dial(True, dial.cycle + 1, self.day, due)

    def stop(self, *names: str) -> None:
        for name in names:
            dial = self.dials.get(name)
            if dial is not None and dial.running:
                if name == "handling":
                    self.note_late()
                    self.pause = None
                dial.running = dial.overdue = False

    def set_due(self, name: str, due: date) -> None:
        """Give a clock another date; only a later one begins a new period."""
        dial = self.dials[name]
        if due > dial.due:
            dial.cycle, dial.since = dial.cycle + 1, self.day
            dial.overdue = dial.overdue and due < self.day
        dial.due = due

    def grant(self, due: date) -> None:
        """Move the handling date to what domain.md section 3 grants for it, and remember that it did."""
        self.note_late()
        self.moved = True
        self.turn.granted = max(due, self.turn.granted or due)
        self.set_due("handling", due)

    def lift(self) -> None:
        """End a suspension today: only the days that really stood still are given."""
        if self.pause is not None and self.pause.until > self.day:
            stood = span(self.pause.since, self.day, self.basis[2], self.works)
            unit = self.basis[2]
            due = self.later(stood, unit, self.pause.before) if stood else self.pause.before
            self.handling.due = self.turn.granted = due
        self.pause = None

    def note_late(self) -> None:
        if self.handling.running and not self.turn.told and self.handling.due < self.day:
            self.turn.late = True

    # ------------------------------------------------------------ what follows from every action

    def own(self, unit: str) -> None:
        if self.owner != unit:
            self.owner, self.turn.wish = unit, False
            self.departments.add(unit)

    def settle(self) -> None:
        """Bring the reply clock and the dates in line with who waits."""
        told = bool(self.complainants) and not self.unanswered()
        if told and not self.turn.told:
            self.note_late()
        self.turn.told = told
        waiting = [
            complainant.due for complainant in self.complainants.values() if complainant.due is not None
        ]
        reply = self.dials.get("reply")
        if not waiting:
            self.stop("reply")
        elif reply is None or not reply.running:
            self.start("reply", min(waiting))
        elif reply.due != min(waiting):
            self.set_due("reply", min(waiting))
        if self.final:
            self.stop(*CLOCKS)
            self.owner = None
            for complainant in self.complainants.values():
                complainant.due = None
        elif self.handling.running:
            self.turn.due = self.handling.due
