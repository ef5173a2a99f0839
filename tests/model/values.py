"""Draw what somebody enters: mostly what an action takes, now and then what it must refuse."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from random import Random
from typing import Any

from tests.model.matter import Matter
from tests.model.profiles import MORE_TIME
from tests.model.town import KIND, VILLAGES
from tests.model.world import World

UNITS = tuple(KIND)
KINDS = ("problem", "problem", "problem", "consultation", "suggestion", "opinion")
CATEGORIES = ("irrigation", "roads", "village_org", "industry")
RARELY = 0.12
REASON = {"reason": "按规定"}


def complaint(luck: Random, who: str, reference: str) -> dict[str, Any]:
    """Draw a complaint as a phone sends it."""
    own = who.removeprefix("cunwei-").upper()
    village = own if own in VILLAGES else luck.choice(VILLAGES)
    people = [{"name": "田某", "phone": "13800002046"}, {"name": "覃某"}]
    door = {"outcome": "explained", "channel": "door", "text": "当面讲清楚了。"}
    return {
        "village": village,
        "category": luck.choice(CATEGORIES),
        "kind": luck.choice(KINDS),
        "urgency": luck.choice(("normal", "normal", "normal", "urgent")),
        "channel": luck.choice(("visit", "visit", "petition")),
        "own_words": "水渠塌了一段，下田浇不上水。",
        "client_ref": reference,
        "complainants": people[: luck.choice((1, 1, 2))],
        "named_units": luck.choice(([], [], [], ["team"], ["committee-SL"], ["county-water"])),
        "reply": luck.choice((None, None, None, door)),
    }


def _unit(luck: Random, case: Matter, world: World) -> dict[str, Any]:
    del world
    likely = (f"committee-{case.village}", f"committee-{case.village}", "county-water", "township-MA")
    return {"unit": luck.choice((*likely, *UNITS))}


def _assign(luck: Random, case: Matter, world: World) -> dict[str, Any]:
    due = case.turn.returns >= 2
    return {**_unit(luck, case, world), "binding": luck.choice((due, due, due, not due))}


def _owned(luck: Random, case: Matter, world: World) -> dict[str, Any]:
    return {**_unit(luck, case, world), **REASON}


def _escalate(luck: Random, case: Matter, world: World) -> dict[str, Any]:
    report = {"number": "1 号", "addressee": "上级", "sent_on": world.today}
    unit = luck.choice((*case.higher() * 4, "leading-group", "committee-SL"))
    return {**REASON, "unit": unit, "report": report}


def _said(complainant: int) -> dict[str, Any]:
    return {"complainant": complainant, "channel": "door", "text": "讲清楚了。"}


def _replies(luck: Random, case: Matter) -> list[dict[str, Any]]:
    whom = luck.choice(("all", "all", "all", "waiting", "none"))
    ids = {"all": list(case.complainants), "waiting": case.unanswered(), "none": []}[whom]
    return [_said(one) for one in ids]


def _conclude(luck: Random, case: Matter, world: World) -> dict[str, Any]:
    outcome = luck.choice(("solved", "explained", "explained", "planned"))
    promised = world.today + timedelta(days=luck.choice((0, 3, 20, 40, 61, 130)))
    given = {"promised_on": promised} if (outcome == "planned") != _rarely(luck) else {}
    return {"outcome": outcome, "replies": _replies(luck, case), **given}


def _rarely(luck: Random) -> bool:
    return luck.random() < RARELY


def _whom(luck: Random, case: Matter, world: World) -> dict[str, Any]:
    del world
    return {"complainant": luck.choice(list(case.complainants) or [1])}


def _confirm(luck: Random, case: Matter, world: World) -> dict[str, Any]:
    rating = luck.choice(("satisfied", "satisfied", "fair", "dissatisfied"))
    return {**_whom(luck, case, world), "heard": not _rarely(luck), "rating": rating, "words": "好"}


def _reopen(luck: Random, case: Matter, world: World) -> dict[str, Any]:
    whom = _whom(luck, case, world) if case.complainants and luck.random() < 0.5 else {"complainant": None}
    return {**REASON, **whom}


def _reject(luck: Random, case: Matter, world: World) -> dict[str, Any]:
    del world
    return {**REASON, "replies": _replies(luck, case)}


def _withdraw(luck: Random, case: Matter, world: World) -> dict[str, Any]:
    del world
    everybody = list(case.complainants)
    return {
        "words": "不反映了",
        "recorded_by": luck.choice(("zuyuan", "zuyuan", "zuzhang")),
        "complainants": luck.choice((everybody, everybody, everybody[:1])),
    }


def _other(luck: Random, case: Matter, world: World) -> str:
    near = [other.number for other in world.cases.values() if other.village == case.village]
    return str(luck.choice([*near, *world.cases]))


def _merge(luck: Random, case: Matter, world: World) -> dict[str, Any]:
    return {**REASON, "into": _other(luck, case, world)}


def _relate(luck: Random, case: Matter, world: World) -> dict[str, Any]:
    return {**REASON, "to": _other(luck, case, world)}


def _time(luck: Random, case: Matter, world: World) -> dict[str, Any]:
    start = case.handling.due if case.handling.running else world.today
    limit = case.later(*MORE_TIME.get(case.profile, (1, "wd")), start)
    days = luck.choice(((limit - start).days, 1, 3, (limit - start).days + 1))
    return {**REASON, "due_on": start + timedelta(days=days)}


def _suspend(luck: Random, case: Matter, world: World) -> dict[str, Any]:
    del case
    days = luck.choice((0, 1, 3, 12, 30, 90, 91))
    return {**REASON, "until": world.today + timedelta(days=days)}


def _attempt(luck: Random, case: Matter, world: World) -> dict[str, Any]:
    sought = case.sought()
    whom = {"complainant": luck.choice(sought)} if sought and not _rarely(luck) else _whom(luck, case, world)
    return {**whom, "mode": luck.choice(("phone", "day_home", "evening")), "words": "没人。"}


def _unreachable(luck: Random, case: Matter, world: World) -> dict[str, Any]:
    sent = [{"mode": mode, "words": "没人。"} for mode in ("phone", "day_home")]
    whom = {"complainant": luck.choice(case.sought())} if case.sought() else _whom(luck, case, world)
    return {**whom, "text": "全家外出。", "attempts": sent[: luck.randint(0, 2)]}


def _reply(luck: Random, case: Matter, world: World) -> dict[str, Any]:
    said = _said(_whom(luck, case, world)["complainant"])
    return {**said, "final": luck.random() < 0.5}


def _amend(luck: Random, case: Matter, world: World) -> dict[str, Any]:
    del world
    choices = {
        "category": CATEGORIES,
        "kind": KINDS,
        "urgency": ("normal", "urgent"),
        "named_units": ("team", "county-water", f"committee-{case.village}"),
        "named_users": ("zuyuan", "xiangzhen"),
    }
    name = luck.choice(("category", "kind", "urgency", *choices))
    return {**REASON, "field": name, "value": luck.choice(choices[name])}


def _join(luck: Random, case: Matter, world: World) -> dict[str, Any]:
    del case, world
    person = luck.choice(({"name": "向某", "phone": "13900001234"}, {"name": "彭某"}, {}))
    return {"complainant": person, "own_words": "我也一样。"}


DRAWN: Mapping[str, Callable[[Random, Matter, World], dict[str, Any]]] = {
    "answer": _conclude,
    "assign": _assign,
    "return": _owned,
    "escalate": _escalate,
    "resolve": _conclude,
    "confirm": _confirm,
    "reopen": _reopen,
    "reject": _reject,
    "request_reject": _reject,
    "withdraw": _withdraw,
    "merge": _merge,
    "reassign": _owned,
    "request_extension": _time,
    "extend": _time,
    "suspend": _suspend,
    "request_suspend": _suspend,
    "reply": _reply,
    "attempt": _attempt,
    "unreachable": _unreachable,
    "join": _join,
    "amend": _amend,
    "reissue_receipt": _whom,
    "relate": _relate,
}


def entered(luck: Random, case: Matter, world: World, action: str) -> dict[str, Any]:
    """Draw the fields of an action, always of the right types."""
    if action == "note":
        return {"text": "已去现场看过"}
    if action in ("accept", "raise"):
        return {}
    return DRAWN[action](luck, case, world) if action in DRAWN else dict(REASON)
