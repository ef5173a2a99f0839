"""One case in every state, and good values for every action: what the matrix of who may what is tried on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.configuration.case_rules import CountyRules
from cases.intake import registration, submission
from cases.lifecycle import take_step
from cases.lifecycle.action_values import ComplainantEntry
from cases.lifecycle.build_values import build_values
from cases.models.case import Case, Complainant
from tests.builders import actor_named

MORNING = datetime(2026, 3, 2, 10, tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)
Step = tuple[str, str]

ASSIGNED: tuple[Step, ...] = (("zuzhang", "assign"),)
ESCALATED: tuple[Step, ...] = (*ASSIGNED, ("cunwei-sl", "escalate"))
RESOLVED: tuple[Step, ...] = (*ASSIGNED, ("cunwei-sl", "resolve"))
REJECT_ASKED: tuple[Step, ...] = (("zuzhang", "request_reject"),)

#: Who does what, one after the other, from a case that zuyuan registered.
SCENES: Mapping[str, tuple[Step, ...]] = {
    "received": (),
    "reject asked for": REJECT_ASKED,
    "assigned": ASSIGNED,
    "accepted": (*ASSIGNED, ("cunwei-sl", "accept")),
    "extension asked for": (*ASSIGNED, ("cunwei-sl", "request_extension")),
    "suspended": (*ASSIGNED, ("xiangzhen", "suspend")),
    "suspension asked for": (*ASSIGNED, ("cunwei-sl", "request_suspend")),
    "escalated": ESCALATED,
    "resolved": RESOLVED,
    "explained twice": (*RESOLVED, ("zuyuan", "reopen"), *RESOLVED),
    "closed": (*RESOLVED, ("zuyuan", "confirm")),
    "rejected": (*REJECT_ASKED, ("lingdao", "reject")),
    "withdrawn": (("zuzhang", "withdraw"),),
    "merged": (("zuzhang", "merge"),),
    "void": (("lingdao", "void"),),
}


#: The unit above the owner in each state; the township's own superior has nobody and is passed over.
HIGHER = {"received": "leading-group", "assigned": "township-MA", "escalated": "leading-group"}


@dataclass
class Scene:
    """A case in some state, another one beside it, and the complainant's id."""

    number: str
    other: str
    complainant: int
    state: str = "received"
    handling_due_on: date | None = None


def set_scene(session: Session, rules: CountyRules, name: str, **about: Any) -> Scene:
    """Register two cases of 杉岭村 and bring the first into the state of this name.

    `about` is what of the submissions differs from the usual.
    """
    numbers = [_register(session, rules, f"scene-{name}-{index}", about) for index in (1, 2)]
    complainant = session.scalars(select(Complainant.id).order_by(Complainant.id).limit(1)).one()
    scene = Scene(numbers[0], numbers[1], complainant)
    for who, action in SCENES[name]:
        take_step.take_step(
            session,
            actor=actor_named(session, who),
            rules=rules,
            number=scene.number,
            action=action,
            values=build_values(action, values_for(action, scene)),
            now=MORNING,
        )
        case = session.scalars(select(Case).where(Case.number == scene.number)).one()
        scene.state, scene.handling_due_on = case.state, case.handling_due_on
    return scene


def _register(session: Session, rules: CountyRules, client_ref: str, about: Mapping[str, Any]) -> str:
    made = registration.register(
        session,
        actor=actor_named(session, "zuyuan"),
        rules=rules,
        intake=submission.Intake(
            village="SL",
            category="village_org",
            kind="problem",
            own_words="水渠塌了一段，下田浇不上水。",
            client_ref=client_ref,
            **{"complainants": (ComplainantEntry(name="田某", phone="13800002046"),), **about},
        ),
        now=MORNING,
    )
    return made.case.number


def values_for(action: str, scene: Scene) -> dict[str, Any]:
    """Return fields with which the action succeeds for whoever may take it."""
    said = {"complainant": scene.complainant, "channel": "door", "text": "讲清楚了。"}
    reason = {"reason": "按规定"}
    later = (scene.handling_due_on or date(2026, 3, 2)) + timedelta(days=1)
    values: dict[str, dict[str, Any]] = {
        "answer": {"outcome": "explained", "replies": [said]},
        "assign": {"unit": "committee-SL"},
        "raise": {"clock": "handling", "cycle": 1},
        "return": {**reason, "unit": "county-water"},
        "escalate": {
            **reason,
            "unit": HIGHER.get(scene.state, "leading-group"),
            "report": {"number": "1 号", "addressee": "上级", "sent_on": date(2026, 3, 2)},
        },
        "resolve": {"outcome": "explained", "replies": [said]},
        "confirm": {"complainant": scene.complainant, "heard": True, "rating": "satisfied", "words": "好"},
        "reopen": {**reason, "complainant": scene.complainant},
        "reject": {**reason, "replies": [said]},
        "request_reject": {**reason, "replies": [said]},
        "withdraw": {"words": "不反映了", "recorded_by": "zuyuan"},
        "merge": {**reason, "into": scene.other},
        "reassign": {**reason, "unit": "county-water"},
        "request_extension": {**reason, "due_on": later},
        "extend": {**reason, "due_on": later},
        "suspend": {**reason, "until": date(2026, 3, 12)},
        "request_suspend": {**reason, "until": date(2026, 3, 12)},
        "reply": {**said, "final": False},
        "join": {"complainant": {"name": "覃某"}, "own_words": "我也一样。"},
        "amend": {**reason, "field": "category", "value": "industry"},
        "reissue_receipt": {**reason, "complainant": scene.complainant},
        "attempt": {"complainant": scene.complainant, "mode": "phone", "words": "没人接。"},
        "unreachable": {"complainant": scene.complainant, "text": "三次都没找到。"},
        "relate": {**reason, "to": scene.other},
        "note": {"text": "已去现场看过"},
        "add_words": {"complainant": scene.complainant, "text": "昨天又塌了一段。"},
        "attach": {"attachments": []},
        "reveal": {**reason, "complainant": scene.complainant},
    }
    return values.get(action, reason)


def time_of(action: str) -> datetime:
    """Return when an action is tried: ten days on for what rests on attempts of a week, else at once."""
    return MORNING + timedelta(days=10) if action == "unreachable" else MORNING
