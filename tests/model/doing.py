"""What each step and act makes of a case, told in the plainest way from domain.md sections 2 and 3."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from tests.model.handling import Fact
from tests.model.matter import Matter, ModelComplainant, Pause, Turn
from tests.model.profile_dates import begin_handling, follow_profile, hurry
from tests.model.town import ROLE, closed_by

Values = Mapping[str, Any]
#: Where each step leads; acts are not in it.
TARGET = {
    "answer": "resolved",
    "assign": "assigned",
    "return": "received",
    "escalate": "escalated",
    "raise": "escalated",
    "send_down": "received",
    "resolve": "resolved",
    "confirm": "closed",
    "reopen": "received",
    "close_reviewed": "closed",
    "reject": "rejected",
    "withdraw": "withdrawn",
    "merge": "merged",
    "unmerge": "received",
    "void": "void",
}


def go_on(case: Matter) -> None:
    if case.turn.due is not None:
        case.handling.running = True


def mark(case: Matter, complainant: ModelComplainant, who: str) -> None:
    """Note a final reply, or what stands for it, and who thereby handled the matter."""
    complainant.answered, complainant.due = case.round, None
    if case.state != "resolved":
        at_the_door = case.state == "received"
        complainant.unit, complainant.user = (None, who) if at_the_door else (case.owner, None)


def _tell(case: Matter, who: str, told: list[int]) -> None:
    for one in told:
        mark(case, case.complainants[one], who)


def _window(case: Matter) -> None:
    case.turn.window = case.later(2, "wd")


def _conclude(case: Matter, who: str, values: Values) -> None:
    _tell(case, who, [said["complainant"] for said in values["replies"]])
    case.explained += values["outcome"] == "explained"
    case.turn.wish = case.turn.pause_wish = False
    case.stop("triage", "accept", "handling")
    promised = values.get("promised_on")
    case.start("return", case.later(7, "cd", promised))
    case.dials["return"].counted_from = promised
    case.turn.promised = promised
    case.stop("promise", "word")
    if promised is not None:
        case.start("promise", promised)
        start_word(case, case.day)


def start_word(case: Matter, since: date) -> None:
    """Let a word be owed in sixty days, as long as the promised day is further away."""
    assert case.turn.promised is not None
    if (case.turn.promised - since).days > 60:
        case.start("word", case.later(60, "cd", since))
    else:
        case.stop("word")


def answer(case: Matter, who: str, values: Values) -> None:
    case.handled_by = None
    _conclude(case, who, values)


def resolve(case: Matter, who: str, values: Values) -> None:
    case.handled_by = case.owner
    _conclude(case, who, values)
    case.own(case.reply_owner)


def assign(case: Matter, who: str, values: Values) -> None:
    del who
    case.own(values["unit"])
    case.hand_on()
    case.accepted, case.turn.binding = False, values["binding"]
    _window(case)
    case.stop("triage")
    case.start("accept", case.short(2, "wd"))
    if case.turn.due is None:
        begin_handling(case)
    else:
        go_on(case)


def reassign(case: Matter, who: str, values: Values) -> None:
    del who
    case.own(values["unit"])
    case.hand_on()
    case.accepted = False
    _window(case)
    case.start("accept", case.short(2, "wd"))


def accept(case: Matter, who: str, values: Values) -> None:
    del who, values
    case.accepted = True
    case.stop("accept")
    _window(case)


def _back(case: Matter) -> None:
    case.own(case.reply_owner)
    case.accepted = False
    case.lift()
    case.stop("accept")
    case.start("triage", case.short(1, "wd"))
    go_on(case)


def give_back(case: Matter, who: str, values: Values) -> None:
    del who, values
    case.turn.returns += 1
    _back(case)


def send_down(case: Matter, who: str, values: Values) -> None:
    del who, values
    assert case.owner is not None
    case.turn.sent_down.add(case.owner)
    _back(case)
    case.record(Fact("down", case.day))


def escalate(case: Matter, who: str, values: Values) -> None:
    del who
    case.lift()
    grant = (5, "wd") if case.urgency == "urgent" else (60, "cd")
    if case.turn.due is None:
        begin_handling(case, by_level=True)
    else:
        again = values["unit"] in case.turn.escalated
        case.record(Fact("escalation", case.day, length=None if again else grant))
    case.turn.escalated.add(values["unit"])
    for one in case.unanswered():
        complainant, interim = case.complainants[one], case.later(3, "wd")
        if complainant.due is None or interim < complainant.due:
            complainant.due, complainant.since = interim, None
    case.own(values["unit"])
    case.hand_on()
    case.accepted = True
    case.stop("triage", "accept")


def raise_up(case: Matter, who: str, values: Values) -> None:
    del who, values
    case.lift()
    case.record(Fact("raise", case.day, length=(5, "wd")))
    case.own(case.higher()[0])
    case.hand_on()
    case.accepted = True
    case.stop("accept")


def reopen(case: Matter, who: str, values: Values) -> None:
    visitor = ROLE[who] in ("member", "team_leader", "coordinator")
    if case.state == "resolved" and visitor and not case.handles(who):
        case.dissatisfied |= values["complainant"] is not None or len(case.complainants) == 1
    if case.state == "withdrawn":
        _go_on(case)
    else:
        case.round += 1
        case.turn = Turn(opened=case.day)
        for complainant in case.complainants.values():
            case.owe(complainant)
        case.stop("reply")
    case.accepted = False
    case.own(case.reply_owner)
    case.stop("return", "promise", "word")
    case.start("triage", case.short(3, "wd"))


def _go_on(case: Matter) -> None:
    """Take a withdrawal up where it was left."""
    go_on(case)
    case.note_late()
    for complainant in case.complainants.values():
        if complainant.answered != case.round:
            short = case.later(3, "wd")
            if complainant.owed is not None and complainant.owed >= short:
                complainant.due = complainant.owed
            else:
                complainant.due, complainant.since = short, None


def withdraw(case: Matter, who: str, values: Values) -> None:
    del who, values
    case.lift()


def close_reviewed(case: Matter, who: str, values: Values) -> None:
    del who, values
    case.stop("return", "promise", "word")


def ask_to_reject(case: Matter, who: str, values: Values) -> None:
    del who
    case.turn.plea = [said["complainant"] for said in values["replies"]]


def refuse_reject(case: Matter, who: str, values: Values) -> None:
    del who, values
    case.turn.plea = None


def reject(case: Matter, who: str, values: Values) -> None:
    _tell(case, who, [said["complainant"] for said in values["replies"]] or case.turn.plea or [])
    case.handled_by = None


def wish(case: Matter, who: str, values: Values) -> None:
    del who, values
    case.turn.wish = True


def refuse_wish(case: Matter, who: str, values: Values) -> None:
    del who, values
    case.turn.wish = False


def extend(case: Matter, who: str, values: Values) -> None:
    del who
    case.turn.wish = False
    case.turn.extensions += 1
    case.record(Fact("extension", case.day, until=values["due_on"]))


def suspend(case: Matter, who: str, values: Values) -> None:
    del who
    case.turn.pause_wish = False
    case.turn.suspensions += 1
    case.record(Fact("pause", case.day, until=values["until"]))
    case.pause = Pause(case.day, values["until"])


def wish_pause(case: Matter, who: str, values: Values) -> None:
    del who, values
    case.turn.pause_wish = True


def refuse_pause(case: Matter, who: str, values: Values) -> None:
    del who, values
    case.turn.pause_wish = False


def resume(case: Matter, who: str, values: Values) -> None:
    del who, values
    case.lift()


def reply(case: Matter, who: str, values: Values) -> None:
    complainant = case.complainants[values["complainant"]]
    if case.state == "resolved" and "word" in case.dials and case.dials["word"].running:
        start_word(case, case.day)
    if values["final"]:
        mark(case, complainant, who)
    elif complainant.answered != case.round:
        case.owe(complainant)


def attempt(case: Matter, who: str, values: Values) -> None:
    del who
    at = (case.number, case.round, case.purpose)
    case.complainants[values["complainant"]].tried.append((at, case.day, values["mode"]))


def unreachable(case: Matter, who: str, values: Values) -> None:
    for one in values["attempts"]:
        attempt(case, who, {**one, "complainant": values["complainant"]})
    complainant = case.complainants[values["complainant"]]
    if case.state == "resolved":
        complainant.spared.add((case.number, case.round))
    else:
        mark(case, complainant, who)


def confirm(case: Matter, who: str, values: Values) -> None:
    del who
    case.complainants[values["complainant"]].visited = case.round


def amend(case: Matter, who: str, values: Values) -> None:
    del who
    name, value = values["field"], values["value"]
    if name.startswith("named_"):
        _add_named(case, value)
    else:
        before = case.urgency
        setattr(case, name, value)
        follow_profile(case)
        if before == "normal" and case.urgency == "urgent":
            hurry(case)


def _add_named(case: Matter, named: str) -> None:
    if named in case.named:
        return
    if case.reply_owner in closed_by(case.named | {named}) - case.closed:
        successor = case.successor(named)
        assert successor is not None
        with_the_team = case.owner == case.reply_owner
        case.reply_owner = successor
        if with_the_team:
            case.own(successor)
    case.named.add(named)


def _move_reply_duty(case: Matter, named: str) -> None:
    successor = case.successor(named)
    assert successor is not None
    with_the_team = case.owner == case.reply_owner
    case.reply_owner = successor
    if with_the_team:
        case.own(successor)


DO: Mapping[str, Callable[[Matter, str, Values], None]] = {
    "answer": answer,
    "assign": assign,
    "return": give_back,
    "escalate": escalate,
    "raise": raise_up,
    "send_down": send_down,
    "resolve": resolve,
    "confirm": confirm,
    "reopen": reopen,
    "withdraw": withdraw,
    "close_reviewed": close_reviewed,
    "reject": reject,
    "accept": accept,
    "reassign": reassign,
    "request_extension": wish,
    "extend": extend,
    "refuse_extension": refuse_wish,
    "request_reject": ask_to_reject,
    "refuse_reject": refuse_reject,
    "suspend": suspend,
    "request_suspend": wish_pause,
    "refuse_suspend": refuse_pause,
    "resume": resume,
    "reply": reply,
    "attempt": attempt,
    "unreachable": unreachable,
    "amend": amend,
}
