"""Live through months at random, and hold after every step what the product says against the model."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from cases.configuration.case_rules import CountyRules
from cases.deadlines import sweep
from cases.deadlines.ladder_rungs import SweepResult
from cases.models.case import Case
from cases.statistics import tallies
from cases.verification.verify import verify
from core.persistence.db import Database
from tests.builders import at
from tests.model import seen
from tests.model.driver import Answer, Driver, Fuse, Killed, Openings, fused
from tests.model.matter import Matter
from tests.model.permits import ROWS, may_answer_at_once
from tests.model.town import PEOPLE, RECORDERS, ROLE, UNIT_OF
from tests.model.truths import expected, hold
from tests.model.values import complaint, entered
from tests.model.world import World, shown
from workflow import working_days

#: Before the New Year, the Spring Festival, the National Day, and the year without a notice.
STARTS = ("2025-12-22", "2026-02-05", "2026-03-02", "2026-09-21", "2026-11-30")
HOURS = (1, 5, 14, 24, 24, 48, 72, 24 * 7, 24 * 16, 24 * 30, 24 * 95)
MOST_CASES = 6
ACTIONS = tuple(ROWS)
#: What moves nothing, and what ends a case for good, is done less often.
WEIGHTS = {
    **dict.fromkeys(("note", "relate", "reissue_receipt", "withdraw", "join", "answer"), 1),
    **dict.fromkeys(("amend", "request_reject", "reply", "attempt", "suspend", "merge", "reject"), 3),
    **dict.fromkeys(
        ("unreachable", "assign", "return", "resolve", "confirm", "unmerge", "close_reviewed"), 16
    ),
    "void": 0.2,
}
CHANCE = st.integers(0, 2**40)
OFTEN = st.sampled_from((False, True))
SELDOM = st.sampled_from((False,) * 5 + (True,))

Lend = Callable[[], Database]
GiveBack = Callable[[Database], None]
Open = Callable[[Database, CountyRules], Driver]
CHANCES = st.lists(CHANCE, min_size=1, max_size=4)


class Life(RuleBasedStateMachine):
    """The rules of the game; whoever plays it says where, in the three attributes."""

    lend: Lend
    give_back: GiveBack
    open_door: Open
    rules_of_place: CountyRules

    def __init__(self) -> None:
        super().__init__()
        self.db = type(self).lend()
        self.fuse = Fuse()
        self.at_work = fused(self.rules_of_place, self.fuse)
        self.driver = type(self).open_door(self.db, self.at_work)
        self.sent: list[tuple[str, dict[str, Any], str]] = []

    @initialize(day=st.sampled_from(STARTS), hour=st.integers(7, 18))
    def begin(self, day: str, hour: int) -> None:
        self.world = World(working_days.seed().calendar().is_working, at(day, hour))

    # ------------------------------------------------------------ time and machines

    @rule(hours=st.sampled_from(HOURS), starts_anew=SELDOM)
    def time_passes(self, hours: int, starts_anew: bool) -> None:
        self.world.set_time(self.world.now + timedelta(hours=hours))
        if starts_anew:
            self.at_work = fused(self.rules_of_place, self.fuse)
            self.driver.restart(self.at_work)

    @rule(
        sweepers=st.integers(1, 3),
        breaks_at=st.sampled_from((0, 0, 1, 2, 4)),
        kills=OFTEN,
        mornings=st.sampled_from((0, 1, 4, 12, 25)),
    )
    def sweeps(self, sweepers: int, breaks_at: int, kills: bool, mornings: int) -> None:
        """Let several schedulers look, one after the other; the first may be lost on the way.

        They may have looked on mornings before, on which nobody did anything.
        """
        for morning in range(mornings):
            self._wait_for_morning()
            if morning < mornings - 1:
                self._sweep()
                self.world.sweep()
                self.world.set_time(self.world.now + timedelta(days=1))
        if breaks_at:
            self.fuse.set(breaks_at, kills=kills)
            try:
                self._sweep()
            except Killed:
                note("the sweep was killed")
            self.fuse.take_out()
        results = [self._sweep() for _ in range(sweepers)]
        self.world.sweep()
        for again in results[1:]:
            assert [*again.fired, *again.skipped, *again.raised, *again.resumed, *again.flagged] == []
        assert [result.failed for result in results] == [[]] * sweepers

    def _sweep(self) -> SweepResult:
        return sweep.sweep(self.db, rules=fused(self.rules_of_place, self.fuse), now=self.world.now)

    @rule()
    def sums_are_brought_up_to_date(self) -> None:
        """Count what changed; what the sums hold is looked at by `verify` in the end."""
        tallies.tally(self.db, zone=self.world.zone)

    def _newest_number(self) -> str:
        """Find the number of the matter that was registered last: its registrar may not be told."""
        with self.db.reading() as session:
            return session.scalars(select(Case.number).order_by(Case.id.desc()).limit(1)).one()

    def _wait_for_morning(self) -> None:
        local = self.world.now.astimezone(self.world.zone)
        morning = local.replace(hour=9, minute=0)
        if morning < local:
            morning += timedelta(days=1)
        self.world.set_time(morning)

    # ------------------------------------------------------------ complaints

    @precondition(lambda self: len(self.world.cases) < MOST_CASES)
    @rule(chance=CHANCE, who=st.sampled_from(RECORDERS), again=SELDOM, breaks=SELDOM)
    def complaint_comes_in(self, chance: int, who: str, again: bool, breaks: bool) -> None:
        key = f"phone-{len(self.sent)}"
        values = complaint(Random(chance), who, key)
        if breaks:
            self.fuse.set(1)
            lost = self.driver.register(who, values, self.world.now, key=key)
            assert lost.code == ("unavailable" if self.fuse.take_out() else "forbidden")
            self.agrees()
        made = self.driver.register(who, values, self.world.now, key=key)
        if not may_answer_at_once(who, values):
            assert made.code == "forbidden"
            return
        assert (made.code, made.new) == ("ok", True)
        withheld = UNIT_OF[who] in values["named_units"]
        assert made.codes == (0 if withheld else len(values["complainants"]))
        number = self._newest_number() if withheld else made.number
        self.world.register(number, who, values, self._new_complainants(number))
        self.sent.append((who, values, made.number))
        if again:
            second = self.driver.register(who, values, self.world.now, key=key)
            assert (second.code, second.number) == ("ok", made.number)
            assert second.again == self.driver.keeps_answers
            assert second.new == second.again  # an answer that was kept says what the first one said

    @precondition(lambda self: self.sent)
    @rule(chance=CHANCE, other_words=OFTEN)
    def phone_sends_it_again(self, chance: int, other_words: bool) -> None:
        """A phone that heard no answer sends weeks later what it sent, or something else by mistake."""
        who, values, number = Random(chance).choice(self.sent)
        if other_words:
            values = {**values, "own_words": "别的话。"}
        answer = self.driver.register(who, values, self.world.now)
        if other_words:
            assert answer.code == "client_ref_reused"
        else:
            assert (answer.code, answer.number) == ("ok", number)
            assert not answer.new
            assert answer.codes == 0

    def _new_complainants(self, number: str) -> list[int]:
        """Return the ids of the complainants that the model has not heard of."""
        case = self.world.cases.get(number)
        with self.db.reading() as session:
            found = seen.cases(session)[number]["complainants"]
        return [one for one in found if case is None or one not in case.complainants]

    # ------------------------------------------------------------ steps and acts

    # Three rules of one kind, so that what moves cases happens more often than anything else.

    @precondition(lambda self: self.world.cases)
    @rule(chances=CHANCES, again=SELDOM, breaks=SELDOM, late=SELDOM)
    def people_work(self, chances: list[int], again: bool, breaks: bool, late: bool) -> None:
        """Do what is open; it may break, be sent twice, or be tried on an old version first."""
        for chance in chances:
            self._something_open(Random(chance), again=again, breaks=breaks, late=late)
            self.agrees()

    @precondition(lambda self: self.world.cases)
    @rule(chances=CHANCES, again=SELDOM, breaks=SELDOM, late=SELDOM)
    def people_work_on(self, chances: list[int], again: bool, breaks: bool, late: bool) -> None:
        self.people_work(chances, again, breaks, late)

    @precondition(lambda self: self.world.cases)
    @rule(chances=CHANCES, again=SELDOM, breaks=SELDOM, late=SELDOM)
    def people_work_late(self, chances: list[int], again: bool, breaks: bool, late: bool) -> None:
        self.people_work(chances, again, breaks, late)

    def _something_open(self, luck: Random, *, again: bool, breaks: bool, late: bool) -> None:
        case = self._some_case(luck)
        can = {
            (action, who)
            for action in ACTIONS
            for who in PEOPLE
            if case.seen_by(who) and self.world.may(case, who, action)
        }
        if not can:
            return
        actions = sorted({action for action, _ in can})
        action = luck.choices(actions, [WEIGHTS.get(action, 8) for action in actions])[0]
        who = luck.choice([who for who in PEOPLE if (action, who) in can])
        values = entered(luck, case, self.world, action)
        if late:
            self._attempt(who, case, action, values, case.version - luck.randint(1, 3))
        version = case.version if again else None
        ok = self._attempt(who, case, action, values, version, breaks=breaks)
        if ok and again:
            self._send_again(who, case, action, values, case.version - 1)

    @precondition(lambda self: self.world.cases)
    @rule(
        chance=CHANCE,
        who=st.sampled_from(PEOPLE),
        action=st.sampled_from(ACTIONS),
        old=st.sampled_from((None, None, 0, 1, 3)),
    )
    def somebody_tries_anything(self, chance: int, who: str, action: str, old: int | None) -> None:
        luck = Random(chance)
        case = self._some_case(luck)
        values = entered(luck, case, self.world, action)
        version = None if old is None or ROLE[who] == "auditor" else case.version - old
        self._attempt(who, case, action, values, version)

    def _some_case(self, luck: Random) -> Matter:
        numbers = sorted(self.world.cases)
        open_ones = [number for number in numbers if not self.world.cases[number].final]
        return self.world.cases[luck.choice([*open_ones * 3, *numbers])]

    def _attempt(
        self,
        who: str,
        case: Matter,
        action: str,
        values: dict[str, Any],
        version: int | None,
        *,
        breaks: bool = False,
    ) -> bool:
        """Try an action; it must do what the model says, and what was said to be open."""
        said = self._openings(who, case)
        if breaks:
            self.fuse.set(1)
        key = f"{case.number}-{case.version}-{action}-{who}"
        answer = self.driver.act(who, case.number, action, values, self.world.now, version, key)
        if self.fuse.take_out() and breaks:
            assert answer.code == "unavailable"
            self.fuse.burst = False
            return False
        right = expected(self.world, who, case, action, values, version, said)
        note(f"{self.world.today} {who} {action} {case.number} ({case.state}): {answer.code}")
        assert answer.code in right, (answer, right)
        if "ok" not in right:
            if said is not None and not said[action][0] and answer.code != "stale":
                assert answer.reasons == said[action][1]
            return False
        ids = tuple(self._new_complainants(case.number)) if action == "join" else ()
        assert len(ids) == (action == "join")
        self.world.act(case, who, action, values, ids)
        return True

    def _openings(self, who: str, case: Matter) -> Openings | None:
        """Ask what is open to somebody; the model must think the same of every single action."""
        said = self.driver.openings(who, case.number, self.world.now)
        assert (said is not None) == case.seen_by(who)
        if said is not None:
            told = {action: said[action][0] for action in ACTIONS}
            believed = {action: self.world.may(case, who, action) for action in ACTIONS}
            assert told == believed
        return said

    def _send_again(self, who: str, case: Matter, action: str, values: dict[str, Any], version: int) -> None:
        """Send the same once more: it is answered from what was kept, or refused as out of date."""
        key = f"{case.number}-{version}-{action}-{who}"
        answer: Answer = self.driver.act(who, case.number, action, values, self.world.now, version, key)
        if self.driver.keeps_answers:
            assert (answer.code, answer.again) == ("ok", True)
        else:
            assert answer.code == ("stale" if case.seen_by(who) else "not_found")

    # ------------------------------------------------------------ what must be true after every step

    @invariant()
    def agrees(self) -> None:
        """The product says of every case what the model says, and no case is there twice."""
        with self.db.reading() as session:
            found = seen.cases(session)
        believed = {number: shown(case) for number, case in self.world.cases.items()}
        assert list(found) == list(believed)
        for number, told in found.items():
            wrong = {
                name: (value, believed[number][name])
                for name, value in told.items()
                if value != believed[number][name]
            }
            assert not wrong, f"{number} is and should be: {wrong}"
            hold(told, self.world.cases[number])

    def teardown(self) -> None:
        """Hold the whole database against every invariant, then give it back."""
        try:
            tallies.tally(self.db, zone=self.world.zone)
            with self.db.reading() as session:
                assert list(verify(session, rules=self.rules_of_place)) == []
        finally:
            type(self).give_back(self.db)
