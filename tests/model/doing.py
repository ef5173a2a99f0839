"""What each step and act makes of a case, told in the plainest way from domain.md sections 2 and 3."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.model.days import span
from tests.model.matter import Matter, ModelComplainant, Pause, Turn
from tests.model.profiles import LENGTH, profile_of
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


def start_handling(case: Matter, number: int, unit: str, profile: str | None) -> None:
    case.start("handling", case.later(number, unit))
    case.basis, case.moved, case.pause = (case.day, profile, unit), False, None
    case.turn.granted = case.handling.due


def go_on(case: Matter) -> None:
    if case.turn.due is not None:
        case.handling.running = True


def mark(case: Matter, complainant: ModelComplainant, who: str) -> None:
    """Note a final reply, or what stands for it, and who thereby handled the matter."""
    complainant.answered, complainant.due = case.round, None
    if case.state != "resolved":
        at_the_door = case.owner == case.reply_owner
        complainant.unit, complainant.user = (None, who) if at_the_door else (case.owner, None)


def _tell(case: Matter, who: str, told: list[int]) -> None:
    for one in told:
        mark(case, case.complainants[one], who)


def _window(case: Matter) -> None:
    case.turn.window = case.later(2, "wd")


def _conclude(case: Matter, who: str, values: Values) -> None:
    _tell(case, who, [said["complainant"] for said in values["replies"]])
    case.explained += values["outcome"] == "explained"
    case.turn.wish = False
    case.stop("triage", "accept", "handling")
    case.start("return", case.later(7, "cd", values.get("promised_on")))


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
    case.accepted, case.turn.binding = False, values["binding"]
    _window(case)
    case.stop("triage")
    case.start("accept", case.later(2, "wd"))
    if case.turn.due is None:
        start_handling(case, *LENGTH[case.profile], case.profile)
    else:
        go_on(case)


def reassign(case: Matter, who: str, values: Values) -> None:
    del who
    case.own(values["unit"])
    case.accepted = False
    _window(case)
    case.start("accept", case.later(2, "wd"))


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
    case.start("triage", case.later(1, "wd"))
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


def escalate(case: Matter, who: str, values: Values) -> None:
    del who
    case.lift()
    grant = (5, "wd") if case.urgency == "urgent" else (60, "cd")
    if case.turn.due is None:
        start_handling(case, *grant, None)
    elif values["unit"] not in case.turn.escalated:
        case.grant(max(case.handling.due, case.later(*grant)))
    case.turn.escalated.add(values["unit"])
    for one in case.unanswered():
        complainant, interim = case.complainants[one], case.later(3, "wd")
        complainant.due = min(complainant.due or interim, interim)
    case.own(values["unit"])
    case.accepted = True
    case.stop("triage", "accept")


def raise_up(case: Matter, who: str, values: Values) -> None:
    del who, values
    case.lift()
    case.grant(max(case.handling.due, case.later(5, "wd")))
    case.own(case.higher()[0])
    case.accepted = True
    case.stop("accept")


def reopen(case: Matter, who: str, values: Values) -> None:
    visitor = ROLE[who] in ("member", "team_leader", "coordinator")
    if case.state == "resolved" and visitor and not case.handles(who):
        case.dissatisfied |= values["complainant"] is not None or len(case.complainants) == 1
    case.round += 1
    case.turn = Turn()
    for complainant in case.complainants.values():
        complainant.due = case.later(15, "cd")
    case.accepted = False
    case.own(case.reply_owner)
    case.stop("reply", "return")
    case.start("triage", case.later(3, "wd"))


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
    case.grant(values["due_on"])


def suspend(case: Matter, who: str, values: Values) -> None:
    del who
    before, unit = case.handling.due, case.basis[2]
    stands = span(case.day, values["until"], unit, case.works)
    case.turn.suspensions += 1
    case.grant(case.later(stands, unit, before) if stands else before)
    case.pause = Pause(case.day, values["until"], before)


def resume(case: Matter, who: str, values: Values) -> None:
    del who, values
    case.lift()


def reply(case: Matter, who: str, values: Values) -> None:
    complainant = case.complainants[values["complainant"]]
    if values["final"]:
        mark(case, complainant, who)
    elif complainant.answered != case.round:
        complainant.due = case.later(15, "cd")


def unreachable(case: Matter, who: str, values: Values) -> None:
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
        setattr(case, name, value)
        _follow_profile(case)


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


def _follow_profile(case: Matter) -> None:
    """Let a corrected case have the shorter time that fits it now; never a longer one."""
    case.profile = profile_of(case)
    start, profile, _ = case.basis
    if not case.handling.running or case.moved or profile is None:
        return
    length = LENGTH[case.profile]
    due = case.later(*length, start)
    if due < case.day:
        start, due = case.day, case.later(*length)
    if due < case.handling.due:
        case.note_late()
        case.basis = (start, case.profile, length[1])
        case.handling.due = case.turn.granted = due


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
    "reject": reject,
    "accept": accept,
    "reassign": reassign,
    "request_extension": wish,
    "extend": extend,
    "refuse_extension": refuse_wish,
    "request_reject": ask_to_reject,
    "refuse_reject": refuse_reject,
    "suspend": suspend,
    "resume": resume,
    "reply": reply,
    "unreachable": unreachable,
    "amend": amend,
}
