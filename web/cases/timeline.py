"""Tell the history of a case in words: what happened, by whom, when, and what was said."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from accounts.access.permissions import Role
from accounts.models import Unit
from cases import public_status
from core.chain import row_digest
from core.i18n import mark as _
from web.framework.rendering import name_of
from web.framework.request_context import PageRequest
from workflow.texts import labels

ICONS: Mapping[str, str] = {
    "register": "ear",
    "answer": "reply",
    "reply": "reply",
    "resolve": "reply",
    "assign": "arrow",
    "reassign": "arrow",
    "accept": "check",
    "escalate": "up",
    "raise": "up",
    "confirm": "check",
    "note": "note",
    "add_words": "ear",
    "attach": "camera",
    "reveal": "eye",
    "recalculated": "clock",
    "remind": "clock",
    "urge": "clock",
    "supervise": "clock",
    "publish": "clock",
}
RUNGS = frozenset({"remind", "urge", "supervise", "publish"})
#: What brings people to a case from another one.
BROUGHT = frozenset({"absorb", "unmerge"})
INTERNAL = frozenset({"note", "reveal", *RUNGS})
SKIPPED = _("没有发，已有更高一级")
NOT_APPLICABLE = _("不适用")
SYSTEM = _("系统")
VILLAGER = _("反映人，凭回执码")


@dataclass
class EventText:
    """A sentence beside an event: a person's own words, with who said them or to whom, or the system's."""

    text: str
    said: bool = False
    to: str = ""
    by: str = ""


@dataclass
class TimelineEntry:
    """One entry as the page shows it; `moment` is when the server received it, `claimed` when it happened."""

    title: str
    icon: str
    who: str
    moment: datetime
    claimed: datetime | None
    internal: bool
    words: list[EventText] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)


def build_timeline(
    page_request: PageRequest,
    entries: Sequence[Mapping[str, Any]],
    view: Mapping[str, Any],
    families: Mapping[int, str],
) -> list[TimelineEntry]:
    """Give the events of a case, oldest first; two statements at most have named all the units."""
    correspondence = _Correspondence(view)
    units = _unit_names(page_request, entries)
    return [_event(page_request, entry, correspondence, families, units) for entry in entries]


class _Correspondence:
    """What lies in the file of the case, found by what an entry says of it."""

    def __init__(self, view: Mapping[str, Any]) -> None:
        self.replies = {
            (reply["complainant"], row_digest({"text": reply["text"]})): reply for reply in view["replies"]
        }
        self.visits: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
        for one in view["return_visits"]:
            self.visits[one["complainant"]].append(one)
        self.notes = list(view["notes"])
        self.added: dict[tuple[int, str], list[str]] = defaultdict(list)
        for one in view["added_words"]:
            if one["case"] is None:
                self.added[one["complainant"], row_digest({"text": one["text"]})].append(one["text"])
        self.elsewhere = [one for one in view["added_words"] if one["case"] is not None]
        self.files = {one["id"]: one for one in view["attachments"]}
        self.said = {person["id"]: person["own_words"] for person in view["complainants"]}


def _unit_names(page_request: PageRequest, entries: Iterable[Mapping[str, Any]]) -> Mapping[str, str]:
    codes = {entry["facts"].get(name) for entry in entries for name in ("unit", "proposed_unit")} - {None}
    if not codes:
        return {}
    rows = page_request.session.execute(select(Unit.code, Unit.name).where(Unit.code.in_(codes)))
    return {code: name for code, name in rows}


def _event(
    page_request: PageRequest,
    entry: Mapping[str, Any],
    correspondence: _Correspondence,
    families: Mapping[int, str],
    units: Mapping[str, str],
) -> TimelineEntry:
    action, facts = entry["action"], entry["facts"]
    claimed = entry["happened_at"]
    late = abs((entry["received_at"] - claimed).total_seconds()) > 600
    event = TimelineEntry(
        title=labels.action(page_request.rules.definition, action, page_request.language),
        icon=ICONS.get(action, "dot"),
        who=_who(page_request, entry),
        moment=entry["received_at"],
        claimed=claimed if late else None,
        internal=action in INTERNAL,
        files=[
            correspondence.files[one] for one in facts.get("attachments") or () if one in correspondence.files
        ],
    )
    event.words = [
        *_plain(page_request, action, facts, units),
        *_said(page_request, entry, correspondence, families),
    ]
    return event


def _who(page_request: PageRequest, entry: Mapping[str, Any]) -> str:
    """Name who did something; whoever did it by the receipt code has no user name, and is not the system."""
    nameless = entry["actor"] == Role.SYSTEM.value
    if nameless and public_status.is_villager_action(page_request.rules.definition, entry["action"]):
        return page_request.translate(VILLAGER)
    return str(entry["actor_name"])


def _plain(
    page_request: PageRequest, action: str, facts: Mapping[str, Any], units: Mapping[str, str]
) -> Iterable[EventText]:
    """Give what the system says beside an event."""
    if unit := facts.get("unit"):
        yield EventText(page_request.say(_("交给{unit}"), unit=units.get(unit, unit)))
    if proposed := facts.get("proposed_unit"):
        yield EventText(page_request.say(_("建议由{unit}办"), unit=units.get(proposed, proposed)))
    if report := facts.get("report"):
        yield EventText(page_request.say(_("书面汇报：{number}"), number=report))
    if outcome := facts.get("outcome"):
        yield EventText(labels.name("outcome", outcome, page_request.language))
    for name, sentence in (
        ("promised_on", _("答应 {day} 办好")),
        ("due_on", _("到 {day}")),
        ("until", _("停到 {day}")),
    ):
        if facts.get(name):
            yield EventText(page_request.say(sentence, day=page_request.day(date.fromisoformat(facts[name]))))
    if facts.get("into"):
        yield EventText(page_request.say(_("并入 {number}"), number=facts["into"]))
    if facts.get("merged"):
        yield EventText(page_request.say(_("从 {number} 并来"), number=facts["merged"]))
    if facts.get("released"):
        yield EventText(page_request.say(_("分回 {number}"), number=facts["released"]))
    if facts.get("from_case"):
        yield EventText(page_request.say(_("从 {number} 分出"), number=facts["from_case"]))
    if facts.get("to"):
        yield EventText(page_request.say(_("和 {number} 有关"), number=facts["to"]))
    if action == "recalculated":
        yield EventText(page_request.say(_("按 {year} 年的放假通知"), year=facts["year"]))
    if clock := facts.get("clock"):
        yield EventText(labels.clock(page_request.rules.definition, clock, page_request.language))
    if facts.get("skipped"):
        yield EventText(
            page_request.translate(NOT_APPLICABLE if facts["skipped"] == "not_applicable" else SKIPPED)
        )
    if action == "amend" and "before" in facts:
        yield EventText(
            page_request.say(
                _("{field}：从「{before}」改成「{after}」"),
                field=_amended(page_request, facts["field"]),
                before=_value(page_request, facts["field"], facts["before"]),
                after=_value(page_request, facts["field"], facts["after"]),
            )
        )
    if reason := facts.get("reason"):
        yield EventText(str(reason))


def _said(
    page_request: PageRequest,
    entry: Mapping[str, Any],
    correspondence: _Correspondence,
    families: Mapping[int, str],
) -> Iterable[EventText]:
    """Give the words that people said in an event."""
    action, facts = entry["action"], entry["facts"]
    several = len(families) > 1
    for told in facts.get("replies") or ():
        if not isinstance(told, Mapping):
            continue
        reply = correspondence.replies.get((told["complainant"], told["words"]))
        if reply is not None:
            yield EventText(reply["text"], True, families.get(told["complainant"], "") if several else "")
    person = facts.get("complainant")
    if facts.get("rating") and isinstance(person, int):
        yield EventText(labels.name("rating", facts["rating"], page_request.language))
        if correspondence.visits[person]:
            heard = correspondence.visits[person].pop(0)
            if heard["words"]:
                yield EventText(heard["words"], True, by=families.get(person, "") if several else "")
    if action == "join" and isinstance(person, int) and person in correspondence.said:
        yield EventText(correspondence.said[person], True, by=families.get(person, ""))
    if action == "add_words" and isinstance(person, int):
        said = correspondence.added[person, facts.get("added", "")]
        if said:
            yield EventText(said.pop(0), True, by=families.get(person, "") if several else "")
    if action in BROUGHT:
        yield from _brought(entry, correspondence, families)
    if action == "note" and correspondence.notes:
        yield EventText(correspondence.notes.pop(0)["text"])


def _brought(
    entry: Mapping[str, Any], correspondence: _Correspondence, families: Mapping[int, str]
) -> Iterable[EventText]:
    """Give what people had added elsewhere before a merge, or its undoing, brought them here."""
    come = [one for one in correspondence.elsewhere if one["received_at"] <= entry["received_at"]]
    for one in come:
        if one["complainant"] in (entry["facts"].get("complainants") or families):
            correspondence.elsewhere.remove(one)
            yield EventText(one["text"], True, by=families.get(one["complainant"], ""))


def _amended(page_request: PageRequest, name: str) -> str:
    known = {"category": _("类别"), "kind": _("性质"), "urgency": _("紧急"), "own_words": _("原话")}
    return page_request.translate(known.get(name, name))


def _value(page_request: PageRequest, name: str, value: Any) -> str:
    if name in ("category", "kind", "urgency"):
        return name_of(page_request.rules, name, str(value), page_request.language)
    return str(value)
