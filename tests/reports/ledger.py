"""A few invented histories, each told through the services, of which every rate is known by heart."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.configuration.case_rules import CountyRules
from cases.intake import registration, submission
from cases.lifecycle import take_step
from cases.lifecycle.action_values import ComplainantEntry
from cases.lifecycle.build_values import build_values
from cases.models.case import Complainant
from core.persistence.db import Database
from tests.builders import actor_named, at

#: The day on which everything is counted; all histories but one began on 2 March.
NOW = at("2026-04-20")
RECEIVED = "2026-03-02"

Values = Callable[[list[int]], dict[str, Any]]


@dataclass(frozen=True)
class Act:
    """Who does what on which day; the values may need the ids of the complainants."""

    day: str
    who: str
    action: str
    values: Values


def act(day: str, who: str, action: str, **values: Any) -> Act:
    return Act(day, who, action, lambda ids: values)


def tell_all(day: str, who: str, action: str, **values: Any) -> Act:
    """An act that comes with a final reply to every complainant."""
    return Act(day, who, action, lambda ids: {**values, "replies": [said(person) for person in ids]})


def one(day: str, who: str, action: str, index: int, **values: Any) -> Act:
    """An act about one complainant."""
    return Act(day, who, action, lambda ids: {**values, "complainant": ids[index]})


def said(person: int) -> dict[str, Any]:
    return {"complainant": person, "channel": "door", "text": "渠已修好，您去看过了。"}


ASSIGN = act("2026-03-03", "zuzhang", "assign", unit="committee-SL")  # due on 24 March
RESOLVE = tell_all("2026-03-10", "cunwei-sl", "resolve", outcome="solved")
EXPLAIN = tell_all("2026-03-10", "cunwei-sl", "resolve", outcome="explained")
FAILED = (
    one("2026-03-04", "zuyuan", "attempt", 0, mode="phone", words="没人接。"),
    one("2026-03-08", "zuyuan", "attempt", 0, mode="day_home", words="锁着门。"),
    one("2026-03-12", "zuyuan", "attempt", 0, mode="evening", words="还是没人。"),
)


@dataclass(frozen=True)
class History:
    """One case: who raised it and what became of it."""

    acts: tuple[Act, ...] = ()
    people: tuple[ComplainantEntry, ...] = (ComplainantEntry(name="田某", phone="13800002046"),)
    door: submission.DoorReply | None = None
    received: str = RECEIVED
    village: str = "SL"


DOOR = submission.DoorReply("explained", "door", "这是县里统一定的。")

HISTORIES: Mapping[str, History] = {
    "at the door": History(door=DOOR, people=(ComplainantEntry(household="SL-01-001"),)),
    "closed": History(
        (ASSIGN, RESOLVE, one("2026-03-12", "zuyuan", "confirm", 0, heard=True, rating="satisfied")),
        people=(ComplainantEntry(household="SL-01-001"),),
    ),
    "late": History((ASSIGN, tell_all("2026-03-26", "cunwei-sl", "resolve", outcome="partly_solved"))),
    "extended": History(
        (
            ASSIGN,
            act("2026-03-20", "xiangzhen", "extend", due_on=date(2026, 4, 3), reason="等水退"),
            tell_all("2026-04-02", "cunwei-sl", "resolve", outcome="referred"),
        )
    ),
    "overdue": History((ASSIGN,)),
    "fresh": History(received="2026-04-20"),
    "answered again": History(
        (
            ASSIGN,
            EXPLAIN,
            one("2026-03-12", "zuyuan", "reopen", 0, reason="不满意"),
            act("2026-03-13", "zuzhang", "assign", unit="committee-SL"),
            tell_all("2026-03-20", "cunwei-sl", "resolve", outcome="solved"),
        ),
        people=(ComplainantEntry(household="SL-02-005"),),
    ),
    "reopened": History((ASSIGN, EXPLAIN, one("2026-03-12", "zuyuan", "reopen", 0, reason="不满意"))),
    "rejected": History(
        (
            act("2026-03-03", "zuzhang", "request_reject", reason="不归乡里管"),
            tell_all("2026-03-04", "lingdao", "reject", reason="请找铁路部门"),
        )
    ),
    "void": History((act("2026-03-03", "lingdao", "void", reason="登记错了"),)),
    "withdrawn": History((act("2026-03-03", "zuzhang", "withdraw", words="不反映了", recorded_by="zuyuan"),)),
    "taken up again": History(
        (
            ASSIGN,
            act("2026-03-05", "zuzhang", "withdraw", words="不反映了", recorded_by="zuyuan"),
            act("2026-03-06", "zuyuan", "reopen", reason="还是要反映"),
        )
    ),
    "half told": History(
        (ASSIGN, one("2026-03-10", "cunwei-sl", "reply", 0, channel="door", text="在修了。", final=True)),
        people=(ComplainantEntry(name="田某"), ComplainantEntry(name="覃某")),
    ),
    "told": History(
        (ASSIGN, one("2026-03-10", "cunwei-sl", "reply", 0, channel="door", text="已修好。", final=True))
    ),
    "nobody there": History(
        (
            ASSIGN,
            *FAILED,
            one("2026-03-13", "zuzhang", "unreachable", 0, text="三次都没找到。"),
            act("2026-03-16", "cunwei-sl", "resolve", outcome="solved", replies=[]),
        )
    ),
    "two complainants": History(
        (
            ASSIGN,
            RESOLVE,
            one("2026-03-12", "zuyuan", "confirm", 0, heard=True, rating="fair"),
            one("2026-03-13", "zuyuan", "reopen", 1, reason="没解决"),
        ),
        people=(
            ComplainantEntry(household="SL-01-001"),
            ComplainantEntry(household="SL-02-005", confidential=True),
        ),
    ),
    "next village": History(door=DOOR, people=(ComplainantEntry(household="YY-03-017"),), village="YY"),
    "in confidence": History(
        door=DOOR, people=(ComplainantEntry(household="GG-07-002", confidential=True),), village="GG"
    ),
}


def write(
    db: Database,
    rules: CountyRules,
    histories: Mapping[str, History] = HISTORIES,
    after: Callable[[], object] = lambda: None,
) -> dict[str, str]:
    """Tell the histories, and merge one more case into the overdue one; give the number of each by name.

    `after` is called after every registration and every act.
    """
    numbers = {name: tell(db, rules, name, history, after) for name, history in histories.items()}
    if "overdue" in numbers:
        into = act("2026-03-04", "zuzhang", "merge", into=numbers["overdue"], reason="同一条渠")
        numbers["merged"] = tell(db, rules, "merged", History((into,)), after)
    return numbers


def tell(
    db: Database, rules: CountyRules, name: str, history: History, after: Callable[[], object] = lambda: None
) -> str:
    with db.transaction() as session:
        case = registration.register(
            session,
            actor=actor_named(session, "zuyuan"),
            rules=rules,
            intake=submission.Intake(
                village=history.village,
                category="village_org",
                kind="problem",
                own_words=f"水渠塌了（{name}）",
                client_ref=name,
                complainants=history.people,
                reply=history.door,
            ),
            now=at(history.received),
        ).case
        number, ids = case.number, _complainants(session, case.id)
    after()
    for step in history.acts:
        with db.transaction() as session:
            take_step.take_step(
                session,
                actor=actor_named(session, step.who),
                rules=rules,
                number=number,
                action=step.action,
                values=build_values(step.action, step.values(ids)),
                now=at(step.day),
            )
        after()
    return number


def _complainants(session: Session, case_id: int) -> list[int]:
    return list(
        session.scalars(select(Complainant.id).where(Complainant.case_id == case_id).order_by(Complainant.id))
    )
