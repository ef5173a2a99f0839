"""All cases as the model believes them to be, and what an action or a sweep makes of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from tests.builders import ZONE
from tests.model import days, doing, fitting, permits
from tests.model.days import Works
from tests.model.handling import Fact
from tests.model.matter import CLOCK_OF, Matter, ModelComplainant
from tests.model.profile_dates import begin_handling
from tests.model.profiles import profile_of
from tests.model.town import RECEIVERS, closed_by

Values = Mapping[str, Any]
MORNING = time(8, 30)


@dataclass
class World:
    """The cases by their numbers, and the present moment."""

    works: Works
    now: datetime
    zone: ZoneInfo = ZONE
    cases: dict[str, Matter] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def set_time(self, now: datetime) -> None:
        assert now >= self.now, "time only goes forward"
        self.now = now
        for case in self.cases.values():
            case.day = self.today

    def may(self, case: Matter, who: str, action: str) -> bool:
        """Return whether an action is open to somebody who sees the case."""
        if action == "unmerge" and not fitting.target_open(case, self.cases):
            return False
        return permits.may(case, who, action)

    def fits(self, case: Matter, who: str, action: str, values: Values) -> bool:
        return fitting.fits(case, who, action, values, self.cases)

    # ------------------------------------------------------------ what happens

    def register(self, number: str, who: str, values: Values, ids: list[int]) -> Matter:
        named = set(values["named_units"])
        case = Matter(
            number=number,
            village=values["village"],
            recorder=who,
            kind=values["kind"],
            category=values["category"],
            urgency=values["urgency"],
            channel=values["channel"],
            profile="",
            day=self.today,
            works=self.works,
            named=named,
            received=self.today,
            entered=self.today,
        )
        case.profile = profile_of(case)
        case.reply_owner = next(unit for unit in RECEIVERS if unit not in closed_by(named))
        case.own(case.reply_owner)
        case.start("triage", case.short(3, "wd"))
        for one, entry in zip(ids, values["complainants"], strict=True):
            self._hear(case, one, entry)
        case.settle()
        case.history.append("register")
        self.cases[number] = case
        if values["reply"] is not None:
            told = [{"complainant": one} for one in ids]
            self.act(case, who, "answer", {**values["reply"], "replies": told})
        return case

    def _hear(self, case: Matter, complainant: int, entry: Values) -> None:
        case.complainants[complainant] = ModelComplainant(
            case.number, case.day, case.later(15, "cd"), case.day
        )
        case.complainants[complainant].phone = bool(entry.get("phone"))

    def act(self, case: Matter, who: str, action: str, values: Values, ids: tuple[int, ...] = ()) -> None:
        """Do what was allowed and fits; `ids` are the complainants that came with it."""
        before, other, named = case.state, None, set(case.named)
        if action == "merge":
            other = self._merge(case, values["into"])
        elif action == "unmerge":
            other = self._unmerge(case)
        elif action in doing.DO:
            doing.DO[action](case, who, values)
        for one in ids:
            self._hear(case, one, values["complainant"])
        stays = action == "confirm" and (bool(case.unvisited()) or case.before_promise())
        if action in doing.TARGET and not stays:
            case.state = doing.TARGET[action]
        self._finish(case, action, who)
        if case.state != before:
            case.entered, case.turn.plea = case.day, None
        if other is not None:
            self._finish(other, "absorb" if action == "merge" else "release", who)
        self._name_in_merged(case, case.named - named, who)

    def _name_in_merged(self, case: Matter, named: set[str], who: str) -> None:
        """Name in what was merged into a case whom it has just come to name."""
        for number in sorted({one.origin for one in case.complainants.values()} - {case.number}):
            part = self.cases[number]
            if named - part.named:
                part.named |= named
                self._finish(part, "take_names", who)

    def _finish(self, case: Matter, action: str, who: str) -> None:
        case.settle()
        case.version += 1
        case.versions.append((who, action))
        case.history.append(action)

    def _merge(self, case: Matter, into: str) -> Matter:
        target = self.cases[into]
        case.lift()
        self._take_earlier_dates(case, target)
        case.stop("triage", "accept", "handling")
        self._move(case, target, list(case.complainants))
        case.into = into
        return target

    def _take_earlier_dates(self, case: Matter, target: Matter) -> None:
        mine, other = case.dials.get("triage"), target.dials.get("triage")
        if mine is not None and other is not None and mine.running and other.running:
            other.due = min(mine.due, other.due)
        if case.handling.running:
            if not target.handling.running:
                begin_handling(target)
            if case.handling.due < target.handling.due:
                target.record(Fact("merge", target.day, until=case.handling.due))

    def _unmerge(self, case: Matter) -> Matter:
        assert case.into is not None
        target = self.cases[case.into]
        back = [one for one, complainant in target.complainants.items() if complainant.origin == case.number]
        self._move(target, case, back)
        case.into, case.accepted = None, False
        if case.reply_owner in case.closed:  # named while it was part of the other
            successor = case.successor("")
            assert successor is not None
            case.reply_owner = successor
        case.own(case.reply_owner)
        case.start("triage", case.short(3, "wd"))
        doing.go_on(case)
        return target

    def _move(self, source: Matter, target: Matter, ids: list[int]) -> None:
        for one in ids:
            complainant = target.complainants[one] = source.complainants.pop(one)
            complainant.answered = complainant.visited = None
            if complainant.due is None:
                target.owe(complainant)

    # ------------------------------------------------------------ the sweep

    def sweep(self) -> None:
        """Believe that everything that is due has been sent, flagged and raised."""
        if self.now.astimezone(self.zone).time() < MORNING:
            return
        for case in self.cases.values():
            if not case.final:
                self._look_at(case)

    def _look_at(self, case: Matter) -> None:
        if case.pause is not None and case.pause.until <= case.day:
            self.act(case, "system", "resume", {})
        if case.urgency != "urgent" and not self.works(self.today):
            return
        for name in sorted(case.dials, key=lambda one: one != "handling"):
            if case.dials[name].running and not (name == "handling" and case.pause is not None):
                self._climb(case, name)

    def _climb(self, case: Matter, name: str) -> None:
        dial = case.dials[name]
        urgent = case.urgency == "urgent"
        ladder = days.rung_days(name, since=dial.since, due=dial.due, urgent=urgent, works=self.works)
        had = [rung for rung in ladder if (name, dial.cycle, rung) in case.rungs]
        due = [rung for rung in ladder if rung not in had and ladder[rung] <= case.day]
        for rung in due:
            if ladder[rung] < dial.since:
                self._keep(case, name, rung, "not_applicable")
        due = [rung for rung in due if ladder[rung] >= dial.since]
        if due:
            self._send(case, name, due, had, list(ladder))

    def _send(self, case: Matter, name: str, due: list[str], had: list[str], order: list[str]) -> None:
        """Send the highest rung, after an outage too, but none below one that was sent already."""
        below = bool(had) and max(map(order.index, had)) > order.index(due[-1])
        send = None if below else due[-1]
        skipped = [rung for rung in due if rung != send]
        stays = send == "raise" and not (case.state in ("assigned", "escalated") and case.higher())
        if stays:
            send = skipped.pop() if skipped else None
        for rung in skipped:
            self._keep(case, name, rung, "skipped")
        if stays:
            self._flag(case, name)
            self._keep(case, name, "raise", "skipped")
        if send == "raise":
            case.rungs[name, case.dials[name].cycle, send] = "fired"
            self.act(case, "system", "raise", {})
        elif send is not None:
            if send in days.LATE and name not in days.UNRATED:
                self._flag(case, name)
            self._keep(case, name, send, "fired")
            if name == "word":
                doing.start_word(case, case.dials[name].due)

    def _keep(self, case: Matter, name: str, rung: str, result: str) -> None:
        case.rungs[name, case.dials[name].cycle, rung] = result
        case.history.append(rung)

    def _flag(self, case: Matter, name: str) -> None:
        case.dials[name].overdue = True
        if name == "handling":
            case.note_late()


def shown(case: Matter) -> dict[str, Any]:
    """Return a case in the form in which the database is read, to compare the two."""
    due = case.dials.get(CLOCK_OF.get(case.state, ""))
    running = {name: dial.due for name, dial in case.dials.items() if dial.running}
    return {
        "state": case.state,
        "round": case.round,
        "version": case.version,
        "owner": case.owner,
        "reply_owner": case.reply_owner,
        "accepted": case.accepted,
        "late": case.turn.late,
        "overdue": any(dial.overdue for dial in case.dials.values()),
        "due_on": due.due if due is not None else None,
        "handling_due_on": running.get("handling"),
        "reply_due_on": running.get("reply"),
        "round_due_on": case.turn.due,
        "complainants": {
            one: (complainant.answered, complainant.visited, complainant.due)
            for one, complainant in sorted(case.complainants.items())
        },
        "clocks": {
            name: (dial.running, dial.cycle, dial.due, dial.overdue)
            for name, dial in sorted(case.dials.items())
            if dial.cycle
        },
        "rungs": dict(sorted(case.rungs.items())),
        "history": days.in_order(case.history),
    }
