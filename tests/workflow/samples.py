"""A small life cycle to spoil, and a situation in which nothing stands in the way."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from workflow.definition.model import Definition
from workflow.definition.reader import parse
from workflow.situation import Situation

CONFIG = Path(__file__).resolve().parents[2] / "config"

SMALL = """\
name = "small"
version = 1
initial = "received"

[states.received]
zh = "已受理"
en = "received"
owner = "receiving_unit"
unit_kinds = ["team"]
clock = "triage"

[states.assigned]
zh = "已交办"
en = "assigned"
owner = "assigned_unit"
unit_kinds = ["committee"]
clock = "handling"

[states.closed]
zh = "已归档"
en = "closed"
final = true

[steps.register]
zh = "登记"
en = "register"
to = "received"
who = [{ roles = ["member"], relations = ["in_scope"] }]

[steps.assign]
zh = "交办"
en = "assign"
to = "assigned"
who = [
  { from = ["received"], roles = ["team_leader"], relations = ["in_scope"] },
]
guards = ["has_superior"]
clocks = { handling = "start_once" }
fields = ["unit", "reason?"]

[steps.close]
zh = "归档"
en = "close"
to = "closed"
who = [
  { from = ["received"], roles = ["leader"], relations = ["in_scope"] },
  { from = ["assigned"], roles = ["committee"], relations = ["owner"], guards = ["within_a_day"] },
]

[acts.note]
zh = "记一笔"
en = "note"
who = [{ from = ["*"], roles = ["member"], relations = ["in_scope"] }]

[clocks.triage]
zh = "分办"
en = "triage"
ladder = ["urge"]

[clocks.accept]
zh = "接收"
en = "accepting"
ladder = ["urge"]

[clocks.handling]
zh = "办理"
en = "handling"
ladder = ["urge", "supervise"]

[clocks.reply]
zh = "答复"
en = "reply"
ladder = ["urge"]

[clocks.return]
zh = "回访"
en = "return visit"
ladder = ["urge"]

[rungs.urge]
zh = "催办"
en = "urging"
days = 1

[rungs.supervise]
zh = "督办"
en = "supervision"
days = 3

[fields.unit]
type = "unit"

[fields.reason]
type = "text"
"""


@cache
def project_definition() -> Definition:
    """Return the life cycle that the project ships; read once, for nothing changes a definition."""
    return parse((CONFIG / "workflow.toml").read_text(encoding="utf-8"), "workflow.toml")


def a_situation(**changes: Any) -> Situation:
    """Return a case of the first day, with a person of no role; state only what matters."""
    plain: dict[str, Any] = {
        "state": "received",
        "round": 1,
        "today": date(2026, 3, 2),
        "roles": frozenset[str](),
        "relations": frozenset({"in_scope"}),
        "complainants": 1,
        "unanswered": 1,
        "unvisited": 1,
        "merged_in": 0,
        "accepted": False,
        "pending_accept": True,
        "returns": 0,
        "return_until": date(2026, 3, 4),
        "binding": False,
        "has_superior": True,
        "suspended": False,
        "suspensions": 0,
        "extension_requested": False,
        "extensions": 0,
        "extensions_allowed": 1,
        "handling_due_on": date(2026, 3, 20),
        "reject_requested": False,
        "sent_down_here": False,
        "explained_rounds": 0,
        "dissatisfied": False,
        "entered_on": date(2026, 3, 2),
        "target_open": None,
        "promised_on": None,
        "suspension_requested": False,
        "attempts_missing": None,
        "recorded_on": date(2026, 3, 2),
    }
    for name in ("roles", "relations"):
        if name in changes:
            changes[name] = frozenset(changes[name])
    return Situation(**{**plain, **changes})
