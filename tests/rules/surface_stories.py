"""Say what happens in the told township: the stories of cases, in which every step and act is taken.

What a step takes is given by `tests.cases.scenes`; here stands only what differs from it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from tests.builders import at

MONDAY = "2026-03-02"
Values = Mapping[str, Any]
#: Day of March, who, action, and what differs from the values of `tests.cases.scenes`.
Step = tuple[int, str, str, Values]


def march(day: int, hour: int = 10, minute: int = 0) -> datetime:
    return at(MONDAY, hour, minute) + timedelta(days=day - 2)


NONE: Values = {}
ASSIGN: Step = (2, "zuzhang", "assign", NONE)
JUST: Step = (13, "zuzhang", "assign", NONE)
RESOLVE: Step = (3, "cunwei-sl", "resolve", NONE)
OTHERS: Values = {"unit": "committee-SL", "named_units": ["committee-GG"], "named_users": ["cunwei-gg"]}
PLANNED: Values = {"outcome": "planned", "promised_on": date(2026, 3, 20)}
LONG: Values = {"until": date(2026, 4, 20)}
UNHAPPY: Values = {"words": "渠还是漏"}

#: The stories, each of one case; what is left open meets the sweeps.
STORIES: Mapping[str, Sequence[Step]] = {
    "door": ((2, "zuyuan", "answer", PLANNED), (4, "zuzhang", "confirm", NONE)),
    "closed": (
        ASSIGN,
        (2, "zuzhang", "reveal", NONE),
        (2, "zuyuan", "join", {"complainant": {"household": "SL-01-001"}}),
        (2, "cunwei-sl", "accept", NONE),
        (2, "cunwei-sl", "reply", NONE),
        (2, "zuzhang", "note", NONE),
        (2, "villager", "add_words", NONE),
        (2, "zuyuan", "reissue_receipt", NONE),
        (3, "cunwei-sl", "resolve", PLANNED),
        (4, "zuzhang", "reopen", UNHAPPY),
        ASSIGN,
        RESOLVE,
    ),
    "reviewed": (
        ASSIGN, RESOLVE, (4, "zuzhang", "reopen", UNHAPPY), (4, "zuzhang", "assign", NONE),
        (5, "cunwei-sl", "resolve", NONE), (6, "lingdao", "close_reviewed", NONE),
    ),
    "handed on": (
        (2, "zuzhang", "assign", OTHERS),
        (2, "cunwei-sl", "request_suspend", NONE),
        (2, "xiangzhen", "refuse_suspend", NONE),
        (2, "xiangzhen", "suspend", LONG),
        (3, "cunwei-sl", "return", NONE),
        (3, "zuzhang", "assign", NONE),
        (3, "xiangzhen", "reassign", NONE),
        (4, "xiangzhen", "suspend", LONG),
        (5, "xiangzhen", "resume", NONE),
        (5, "bumen", "request_extension", NONE),
        (5, "xiangzhen", "refuse_extension", NONE),
        (5, "bumen", "request_extension", NONE),
        (6, "xiangzhen", "extend", NONE),
    ),
    "escalated": (
        ASSIGN,
        (3, "xiangzhen", "suspend", LONG),
        (4, "cunwei-sl", "escalate", NONE),
        (5, "xiangzhen", "suspend", LONG),
        (6, "xiangzhen", "send_down", NONE),
        (6, "zuzhang", "assign", NONE),
        (6, "cunwei-sl", "escalate", {"unit": "leading-group"}),
    ),
    "rejected": (
        (2, "zuzhang", "request_reject", NONE),
        (3, "lingdao", "refuse_reject", NONE),
        (3, "zuzhang", "request_reject", NONE),
        (4, "lingdao", "reject", NONE),
    ),
    "withdrawn": ((2, "zuzhang", "withdraw", NONE),),
    "void": ((2, "lingdao", "void", NONE),),
    "unreachable": (
        ASSIGN,
        (4, "zuyuan", "attempt", NONE),
        (8, "zuyuan", "attempt", {"mode": "day_home"}),
        (12, "cunwei-sl", "attempt", {"mode": "evening"}),
        (13, "zuzhang", "unreachable", NONE),
        (13, "cunwei-sl", "resolve", {"replies": []}),
    ),
    "amended": (
        (2, "zuzhang", "amend", NONE),
        (2, "zuzhang", "amend", {"field": "own_words", "value": "水渠塌了两段。"}),
        (2, "zuzhang", "amend", {"field": "household", "value": "SL-01-001"}),
        (2, "zuzhang", "amend", {"field": "household", "value": "SL-01-001"}),
        (2, "zuzhang", "amend", {"field": "named_units", "value": "committee-GG"}),
        (2, "zuzhang", "amend", {"field": "named_users", "value": "cunwei-gg"}),
    ),
    "left alone": (ASSIGN, (6, "zuyuan", "join", NONE)),
    "urgent": (),
    "under version 1": (ASSIGN,),
    "new": (),
    "just assigned": (JUST,),
    "just resolved": (JUST, (13, "cunwei-sl", "resolve", NONE)),
    "forgotten": ((1, "lingdao", "void", NONE),),
}  # fmt: skip
#: What is registered on another day of March than the second: the notice of the 13th moves its first date,
#: and what is over before the second alone is forgotten.
BEGUN: Mapping[str, int] = {**dict.fromkeys(("new", "just assigned", "just resolved"), 13), "forgotten": 1}
