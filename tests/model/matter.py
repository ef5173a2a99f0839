"""What the model believes of one case: its own account of state, people, clocks and history."""

from dataclasses import dataclass, field, replace
from datetime import date

from tests.model.days import Works, after
from tests.model.handling import Fact, count
from tests.model.town import ACTING, KIND, RECEIVERS, ROLE, UNIT_OF, chain, closed_by

OPEN = ("received", "assigned", "escalated", "resolved")
CLOCK_OF = {"received": "triage", "assigned": "handling", "escalated": "handling", "resolved": "return"}
CLOCKS = ("triage", "accept", "handling", "reply", "return", "promise", "word")


@dataclass
class Dial:
    """One clock: whether it runs, until when, and in which period."""

    running: bool = False
    cycle: int = 0
    since: date = date.min
    due: date = date.min
    overdue: bool = False
    counted_from: date | None = None


@dataclass
class ModelComplainant:
    """One complainant: in which round answered and visited, by whom, and by when the next word is owed.

    `since` is the day from which that date counts its fifteen days, None where it counts three working days.
    """

    origin: str
    joined: date
    due: date | None
    since: date | None = None
    owed: date | None = None
    answered: int | None = None
    visited: int | None = None
    unit: str | None = None
    user: str | None = None
    spared: set[tuple[str, int]] = field(default_factory=set)
    phone: bool = False
    #: Case, round and purpose of each attempt to reach them, with its day and mode.
    tried: list[tuple[tuple[str, int, str], date, str]] = field(default_factory=list)


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
    pause_wish: bool = False
    plea: list[int] | None = None
    promised: date | None = None
    opened: date = date.min


@dataclass
class Pause:
    """A suspension: since when and until when."""

    since: date
    until: date


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
    #: Who did what to reach each version after the first.
    versions: list[tuple[str, str]] = field(default_factory=list)
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
    facts: list[Fact] = field(default_factory=list)
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
        return [unit for unit in chain(self.owner) if unit not in self.closed and self.able(unit)]

    def able(self, unit: str, besides: str = "") -> bool:
        """Return whether somebody in a unit may act on the case: no owner is one on paper."""
        named = self.named | {besides}
        return any(home == unit and ROLE[who] in ACTING and who not in named for who, home in UNIT_OF.items())

    def hand_on(self) -> None:
        """Let the next receiving unit above owe the replies when the one that did handles the matter."""
        if self.owner == self.reply_owner:
            above = [unit for unit in self.higher() if KIND[unit] in ("team", "township", "leading_group")]
            self.reply_owner = above[0] if above else self.reply_owner

    @property
    def closed(self) -> set[str]:
        """Return the units that cannot own the case: named ones, and those all of whose people are named."""
        return closed_by(self.named)

    def successor(self, named: str) -> str | None:
        """Return who owes the reply when somebody turns out to be named who cannot owe it."""
        handling = None if self.owner == self.reply_owner else self.owner
        closed = closed_by(self.named | {named})
        free = [unit for unit in RECEIVERS if unit not in closed and unit != handling]
        return next((unit for unit in free if self.able(unit, named)), None)

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
        return after(start or self.day, number, unit, self.works, exact=self.urgency == "urgent")

    def short(self, number: int, unit: str) -> date:
        """Return the end of triage or accepting: an urgent matter has one day for either."""
        return self.later(1, "cd") if self.urgency == "urgent" else self.later(number, unit)

    def owe(self, complainant: ModelComplainant) -> None:
        """Let a complainant wait for fifteen days from today."""
        complainant.since, complainant.due = self.day, self.later(15, "cd")

    @property
    def purpose(self) -> str:
        return "visit" if self.state == "resolved" else "reply"

    def sought(self) -> list[int]:
        """List those whom an attempt would be for: who waits for the reply, or for the return visit."""
        waiting = self.unvisited() if self.state == "resolved" else self.unanswered()
        return [one for one in waiting if (self.number, self.round) not in self.complainants[one].spared]

    def attempts(self, one: int) -> list[tuple[date, str]]:
        """List the attempts that count now, those made on another case before a merge among them."""
        here = (self.number, self.round, self.purpose)
        return [
            (day, mode)
            for at, day, mode in self.complainants[one].tried
            if at == here or (at[0] != self.number and at[2] == self.purpose and day >= self.turn.opened)
        ]

    def enough(self, tried: list[tuple[date, str]], *, phone: bool) -> bool:
        """Return whether attempts are enough: three, two a day, in two modes, over a week."""
        days = [day for day, _ in tried]
        modes = {mode for _, mode in tried}
        counted = sum(min(2, days.count(day)) for day in set(days))
        over_a_week = bool(days) and (max(days) - min(days)).days >= 7
        return counted >= 3 and len(modes) >= 2 and over_a_week and (not phone or "phone" in modes)

    def before_promise(self) -> bool:
        return self.turn.promised is not None and self.day < self.turn.promised

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
        """Return a clock another date; only a later one begins a new period."""
        dial = self.dials[name]
        if due > dial.due:
            dial.cycle, dial.since = dial.cycle + 1, self.day
            dial.overdue = dial.overdue and due < self.day
        dial.due = due

    def record(self, fact: Fact) -> None:
        """Add what happened to the handling date, and move it to what follows from everything."""
        self.note_late()
        self.facts.append(fact)
        self.set_due("handling", count(self.facts, self.works).due)
        self.turn.granted = self.handling.due

    def lift(self) -> None:
        """End a suspension today: only the days that really stood still are given."""
        if self.pause is not None and self.pause.until > self.day:
            last = max(index for index, fact in enumerate(self.facts) if fact.kind == "pause")
            self.facts[last] = replace(self.facts[last], until=self.day)
            self.handling.due = self.turn.granted = count(self.facts, self.works).due
        self.pause = None

    def note_late(self) -> None:
        if self.handling.running and not self.turn.told and self.handling.due < self.day:
            self.turn.late = True

    # ------------------------------------------------------------ what follows from every action

    def own(self, unit: str) -> None:
        if self.owner != unit:
            self.owner, self.turn.wish, self.turn.pause_wish = unit, False, False
            self.departments.add(unit)

    def settle(self) -> None:
        """Bring the reply clock and the dates in line with who waits."""
        told = bool(self.complainants) and not self.unanswered()
        if told and not self.turn.told:
            self.note_late()
        self.turn.told = told
        for complainant in self.complainants.values():
            complainant.owed = complainant.due or complainant.owed
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
