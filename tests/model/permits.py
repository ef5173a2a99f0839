"""Who may take which step or act: transcribed from domain.md section 2, not from the definition."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from tests.model.matter import Matter
from tests.model.profiles import MORE_TIME
from tests.model.town import ROLE, UNIT_OF, chain

ANY = "member team_leader committee coordinator department leader"
EVERY = "received assigned escalated resolved closed rejected withdrawn merged void"
HANDLED = "assigned escalated"
DONE = "closed rejected withdrawn"
DAYS_TO_REOPEN, DAYS_TO_AMEND = timedelta(days=90), timedelta(days=1)

Relation = Callable[[Matter, str], bool]
Need = Callable[[Matter], bool]


def in_scope(case: Matter, who: str) -> bool:
    return case.seen_by(who)


def owner(case: Matter, who: str) -> bool:
    return UNIT_OF[who] == case.owner


def above(case: Matter, who: str) -> bool:
    return UNIT_OF[who] in chain(case.owner)


def answering(case: Matter, who: str) -> bool:
    return UNIT_OF[who] in (case.owner, case.reply_owner)


def owes_reply(case: Matter, who: str) -> bool:
    return UNIT_OF[who] == case.reply_owner


def outsider(case: Matter, who: str) -> bool:
    return not case.handles(who)


def not_handling(case: Matter, who: str) -> bool:
    with_the_team = case.state not in HANDLED.split()
    return UNIT_OF[who] != (case.handled_by if with_the_team else case.owner)


def recorder(case: Matter, who: str) -> bool:
    return who == case.recorder and case.day <= case.received + DAYS_TO_AMEND


def soon_enough(case: Matter) -> bool:
    return case.day <= case.entered + DAYS_TO_REOPEN


#: States, roles and relation of each row; a fourth entry is what only that row needs.
ROWS: Mapping[str, tuple[tuple[str, str, Relation] | tuple[str, str, Relation, Need], ...]] = {
    "answer": (("received", "member team_leader", in_scope),),
    "assign": (
        ("received", "team_leader", in_scope, lambda case: case.turn.returns < 2),
        ("received", "coordinator", in_scope),
    ),
    "return": (("assigned", "committee department", owner),),
    "escalate": (
        ("received", "team_leader coordinator", in_scope),
        (HANDLED, "committee coordinator department", owner),
    ),
    "raise": (),
    "send_down": (("escalated", ANY, owner),),
    "resolve": ((HANDLED, ANY, owner),),
    "confirm": (("resolved", "member team_leader coordinator", outsider),),
    "reopen": (
        ("resolved", "member leader", in_scope),
        ("resolved", "team_leader coordinator", outsider),
        (DONE, "leader", in_scope),
        (DONE, "member", in_scope, soon_enough),
        (DONE, "team_leader coordinator", outsider, soon_enough),
    ),
    "close_reviewed": (("resolved", "leader", in_scope),),
    "reject": (("received", "leader", in_scope),),
    "withdraw": ((f"received {HANDLED}", "team_leader", in_scope),),
    "merge": (("received assigned", "team_leader coordinator", in_scope),),
    "unmerge": (("merged", "leader", in_scope),),
    "void": (("received", "leader", in_scope),),
    "accept": ((HANDLED, ANY, owner),),
    "reassign": (
        (HANDLED, "team_leader coordinator", in_scope),
        (HANDLED, "member committee department leader", above),
    ),
    "request_extension": ((HANDLED, ANY, owner),),
    "extend": (
        (HANDLED, "coordinator leader", in_scope),
        (HANDLED, "member team_leader committee department", above),
    ),
    "refuse_extension": (
        (HANDLED, "coordinator leader", in_scope),
        (HANDLED, "member team_leader committee department", above),
    ),
    "request_reject": (("received", "team_leader", in_scope),),
    "refuse_reject": (("received", "leader", in_scope),),
    "suspend": ((HANDLED, "coordinator leader", in_scope),),
    "request_suspend": ((HANDLED, ANY, owner),),
    "refuse_suspend": ((HANDLED, "coordinator leader", in_scope),),
    "resume": ((HANDLED, "coordinator leader", in_scope),),
    "reply": ((f"received {HANDLED} resolved", ANY, answering),),
    "attempt": (
        (f"received {HANDLED}", "member team_leader", in_scope, lambda case: bool(case.unanswered())),
        (HANDLED, "committee coordinator department leader", owner, lambda case: bool(case.unanswered())),
        ("resolved", "member team_leader", in_scope, lambda case: bool(case.unvisited())),
    ),
    "unreachable": (
        (f"received {HANDLED}", "team_leader", in_scope, lambda case: bool(case.unanswered())),
        ("resolved", "team_leader", in_scope, lambda case: bool(case.unvisited())),
    ),
    "join": ((f"received {HANDLED}", "member team_leader committee", in_scope),),
    "amend": (
        (f"received {HANDLED} resolved", "team_leader", in_scope),
        (f"received {HANDLED} resolved", "member committee", recorder),
    ),
    "reissue_receipt": (
        (f"received {HANDLED} resolved {DONE}", "member team_leader", not_handling),
        (f"received {HANDLED} resolved", "coordinator", owes_reply),
    ),
    "relate": ((EVERY, ANY, in_scope),),
    "note": ((EVERY, ANY, in_scope),),
}


def _more_time(case: Matter) -> bool:
    return (
        case.handling.running
        and case.pause is None
        and case.handling.due >= case.day
        and case.profile in MORE_TIME
        and not case.turn.extensions
    )


def _may_pause(case: Matter) -> bool:
    running = case.handling.running and case.handling.due >= case.day
    return running and case.pause is None and case.turn.suspensions < 2


def _long_sought(case: Matter) -> bool:
    """Somebody was sought so long that two more attempts of today could be enough."""
    waiting = case.unvisited() if case.state == "resolved" else case.unanswered()
    today = [(case.day, "phone"), (case.day, "day_home")]
    return not waiting or any(case.enough([*case.attempts(one), *today], phone=False) for one in waiting)


def _alone(case: Matter) -> bool:
    return all(complainant.origin == case.number for complainant in case.complainants.values())


#: What must hold of the case, whoever asks; `unmerge` is asked by the world, which knows the target.
NEEDS: Mapping[str, Need] = {
    "return": lambda case: case.day <= case.turn.window and case.turn.returns < 2 and not case.turn.binding,
    "escalate": lambda case: bool(case.higher()),
    "send_down": lambda case: case.owner not in case.turn.sent_down,
    "confirm": lambda case: bool(case.unvisited()) or not case.before_promise(),
    "close_reviewed": lambda case: case.round > 1 and case.explained >= 2 and case.dissatisfied,
    "reject": lambda case: case.turn.plea is not None,
    "merge": _alone,
    "void": _alone,
    "accept": lambda case: "accept" in case.dials and case.dials["accept"].running,
    "request_extension": lambda case: _more_time(case) and not case.turn.wish,
    "extend": _more_time,
    "refuse_extension": lambda case: case.turn.wish,
    "request_reject": lambda case: case.turn.plea is None,
    "refuse_reject": lambda case: case.turn.plea is not None,
    "unreachable": _long_sought,
    "suspend": _may_pause,
    "request_suspend": lambda case: _may_pause(case) and not case.turn.pause_wish,
    "refuse_suspend": lambda case: case.turn.pause_wish,
    "resume": lambda case: case.pause is not None,
}


def roles_of(case: Matter, who: str) -> set[str]:
    """A leader of the unit that received a matter has there the rights of a team leader."""
    received = ROLE[who] == "leader" and UNIT_OF[who] == case.reply_owner
    return {ROLE[who], "team_leader"} if received else {ROLE[who]}


def may(case: Matter, who: str, action: str) -> bool:
    """Return whether an action is open to somebody who sees the case."""
    for states, roles, relation, *needs in ROWS[action]:
        if (
            case.state in states.split()
            and roles_of(case, who) & set(roles.split())
            and relation(case, who)
            and all(need(case) for need in needs)
        ):
            return action not in NEEDS or NEEDS[action](case)
    return False


def may_answer_at_once(who: str, values: Mapping[str, Any]) -> bool:
    """Nobody answers at the door for a village committee, nor in a matter about the own unit."""
    named = UNIT_OF[who] in values["named_units"]
    return values["reply"] is None or (ROLE[who] != "committee" and not named)
