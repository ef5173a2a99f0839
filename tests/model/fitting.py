"""Which values an action that is open takes, and which it refuses (domain.md sections 2 and 3)."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from tests.model.matter import Matter
from tests.model.permits import DONE
from tests.model.profiles import MORE_TIME
from tests.model.town import KIND, ROLE, UNIT_OF, closed_by, covers

Values = Mapping[str, Any]
Cases = Mapping[str, Matter]
JOINABLE = ("received", "assigned", "escalated")
GOOD = ("satisfied", "fair")


def _unit(case: Matter, unit: str, state: str) -> bool:
    return (
        covers(unit, case.village)
        and case.able(unit)
        and unit not in case.closed
        and not (state == "escalated" and KIND[unit] == "committee")
    )


def _assign(case: Matter, who: str, values: Values, cases: Cases) -> bool:
    del cases
    binding = values["binding"]
    if binding and ROLE[who] != "coordinator":
        return False
    return _unit(case, values["unit"], "assigned") and binding == (case.turn.returns >= 2)


def _reassign(case: Matter, who: str, values: Values, cases: Cases) -> bool:
    del who, cases
    return _unit(case, values["unit"], case.state) and values["unit"] != case.owner


def _give_back(case: Matter, who: str, values: Values, cases: Cases) -> bool:
    del who, cases
    return bool(values["unit"] != case.owner)


def _escalate(case: Matter, who: str, values: Values, cases: Cases) -> bool:
    del who, cases
    return values["unit"] in case.higher()


def _conclude(case: Matter, who: str, values: Values, cases: Cases) -> bool:
    del who, cases
    promised = values.get("promised_on")
    if (promised is not None) != (values["outcome"] == "planned"):
        return False
    return set(case.unanswered()) <= {said["complainant"] for said in values["replies"]}


def _confirm(case: Matter, who: str, values: Values, cases: Cases) -> bool:
    del who, cases
    complainant = case.complainants[values["complainant"]]
    good = bool(values["heard"] and values["rating"] in GOOD)
    if complainant.visited == case.round:
        return not case.unvisited() and (case.turn.promised is None or good)
    spared = (case.number, case.round) in complainant.spared
    return spared or good


def _reject(case: Matter, who: str, values: Values, cases: Cases) -> bool:
    del who
    given = [said["complainant"] for said in values["replies"]] or case.turn.plea or []
    return set(case.unanswered()) <= set(given) <= set(case.complainants)


def _withdraw(case: Matter, who: str, values: Values, cases: Cases) -> bool:
    del cases
    named = set(values["complainants"])
    recorder = values["recorded_by"]
    if recorder in case.named or UNIT_OF[recorder] in case.named:
        return False
    return recorder != who and (len(case.complainants) == 1 or named == set(case.complainants))


def _merge(case: Matter, who: str, values: Values, cases: Cases) -> bool:
    target = cases[values["into"]]
    return (
        target is not case
        and target.seen_by(who)
        and target.village == case.village
        and target.state in JOINABLE
        and case.named <= target.named
    )


def _unmerge(case: Matter, who: str, values: Values, cases: Cases) -> bool:
    del values
    return case.into is not None and cases[case.into].seen_by(who)


def _time(case: Matter, who: str, values: Values, cases: Cases) -> bool:
    del who, cases
    due, present = values["due_on"], case.handling.due
    days, unit = MORE_TIME[case.profile]
    return case.works(due) and bool(present < due <= case.later(days, unit, present))


def _suspend(case: Matter, who: str, values: Values, cases: Cases) -> bool:
    del who, cases
    return bool(case.day < values["until"] <= case.day + timedelta(days=90))


def _attempt(case: Matter, who: str, values: Values, cases: Cases) -> bool:
    del who, cases
    return values["complainant"] in case.sought()


def _unreachable(case: Matter, who: str, values: Values, cases: Cases) -> bool:
    del who, cases
    one = values["complainant"]
    tried = [*case.attempts(one), *((case.day, sent["mode"]) for sent in values["attempts"])]
    return one in case.sought() and case.enough(tried, phone=case.complainants[one].phone)


def _amend(case: Matter, who: str, values: Values, cases: Cases) -> bool:
    del who, cases
    named = values["value"]
    if not values["field"].startswith("named_") or named in case.named:
        return True
    newly = closed_by(case.named | {named}) - case.closed
    if case.owner != case.reply_owner and case.owner in newly:
        return False
    return case.reply_owner not in newly or case.successor(named) is not None


def _name_user(case: Matter, who: str) -> bool:
    """Whoever is the last in the unit that handles stays; the reply duty finds another unit."""
    if case.owner != case.reply_owner and case.owner is not None and not case.able(case.owner, who):
        return False
    return case.able(case.reply_owner, who) or case.successor(who) is not None


def _relate(case: Matter, who: str, values: Values, cases: Cases) -> bool:
    other = cases[values["to"]]
    return other is not case and other.seen_by(who)


FITS: Mapping[str, Callable[[Matter, str, Values, Cases], bool]] = {
    "answer": _conclude,
    "resolve": _conclude,
    "assign": _assign,
    "reassign": _reassign,
    "return": _give_back,
    "escalate": _escalate,
    "confirm": _confirm,
    "reject": _reject,
    "withdraw": _withdraw,
    "merge": _merge,
    "unmerge": _unmerge,
    "request_extension": _time,
    "extend": _time,
    "suspend": _suspend,
    "request_suspend": _suspend,
    "attempt": _attempt,
    "unreachable": _unreachable,
    "amend": _amend,
    "relate": _relate,
}


def fits(case: Matter, who: str, action: str, values: Values, cases: Cases) -> bool:
    """Return whether the values of an action that is open are taken."""
    return action not in FITS or FITS[action](case, who, values, cases)


def target_open(case: Matter, cases: Cases) -> bool:
    """Return whether a merged case can come back: what it was merged into has not ended."""
    return case.into is not None and cases[case.into].state not in (*DONE.split(), "void", "merged")
