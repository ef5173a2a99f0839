"""Say who is told what: a table for steps and acts, one for the rungs, and one rule for changed duties.

Nobody whom a matter names is told of it. A circle that is empty without them goes up to the next unit, and
the rule finds whoever owned a case before or after an entry that moved their date, their duty or its end.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from accounts.access.permissions import ROLE_PERMISSIONS, ROLE_SCOPES, Permission, Scope
from cases.lifecycle.context import CaseContext
from cases.lifecycle.duties import ChangedDuty
from cases.lifecycle.own_actions import notices
from cases.models.case import Clock
from cases.responsibility.covering_units import UnitMember
from config.vocabulary import UnitKind
from notifications.kinds import PROVISIONAL_MARKS
from notifications.outbox import Notification, Recipient

#: For each action the kind of notice and the circles who get it; whoever acted is not told of it.
ACTION_RECIPIENTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "register": ("registered", ("reply_owner_leaders",)),
    "assign": ("assigned", ("owner",)),
    "return": ("returned", ("reply_owner_leaders", "coordinators")),
    "escalate": ("escalated", ("owner", "reply_owner")),
    "raise": ("raised", ("owner", "reply_owner", "handled")),
    "send_down": ("sent_down", ("reply_owner_leaders", "coordinators")),
    "resolve": ("resolved", ("reply_owner",)),
    "reopen": ("reopened", ("reply_owner", "handled", "coordinators")),
    "close_reviewed": ("closed", ("reply_owner_leaders",)),
    "reassign": ("assigned", ("owner",)),
    "request_extension": ("extension_requested", ("superior", "coordinators")),
    "extend": ("extension_granted", ("owner",)),
    "refuse_extension": ("extension_refused", ("owner",)),
    "request_reject": ("reject_requested", ("leaders",)),
    "refuse_reject": ("reject_refused", ("reply_owner_leaders",)),
    "request_suspend": ("suspension_requested", ("coordinators", "leaders")),
    "refuse_suspend": ("suspension_refused", ("owner",)),
    "suspend": ("suspended", ("owner", "reply_owner")),
    "resume": ("resumed", ("owner",)),
    "merge": ("merged", ("reply_owner_leaders",)),
    "join": ("joined", ("owner",)),
    "add_words": ("words_added", ("owner",)),
}

#: For each notice that is owed beside the table the circles who get it.
NOTICE_RECIPIENTS: Mapping[str, tuple[str, ...]] = {
    "tell_extension": ("reply_owner",),
    # Nobody is left who could receive the matter, or who could have agreed: the auditors look after it.
    "nobody_left": ("auditors",),
    "rejected_alone": ("auditors",),
}

#: Who decides in a unit that receives matters (domain.md section 1, Roles).
RECEIVERS = frozenset({"team_leader", "leader", "coordinator"})

#: domain.md section 3: who is told of which rung.
RUNG_RECIPIENTS: Mapping[str, tuple[str, ...]] = {
    "remind": ("duty",),
    "urge": ("duty", "reply_owner_leaders"),
    "supervise": ("coordinators", "leading_group"),
    "publish": ("duty_head",),
    "raise": ("superior",),
}

#: Planned matters: the unit that promised and the one that owes the word (domain.md section 3).
CLOCK_RECIPIENTS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("promise", "remind"): ("handled", "reply_owner"),
    ("promise", "urge"): ("handled", "reply_owner"),
    ("word", "urge"): ("reply_owner",),
}
#: The roles whose holders may see a case of their area and act on it.
ACTIVE = frozenset(
    role.value
    for role, permissions in ROLE_PERMISSIONS.items()
    if Permission.CASES_ACT in permissions and ROLE_SCOPES.get(role) == Scope.SUBTREE
)


def notifications_of(
    context: CaseContext, action: str, owed: Sequence[tuple[str, dict[str, Any]]] = ()
) -> list[Notification]:
    """List what people are told of an action just recorded; `owed` are notices beside the table.

    Nobody is told of imported history: what it would say was due years ago.
    """
    row = ACTION_RECIPIENTS.get(action)
    kinds = [row] if row else []
    kinds += [(kind, NOTICE_RECIPIENTS[kind]) for kind, _ in owed]
    facts = dict(owed)
    if tells := notices.circles(context.definition, action):
        kinds.append((notices.KIND, tells))
        facts[notices.KIND] = notices.action_facts(context.definition, action)
    if not kinds or context.moment.imported:
        return []
    staff = context.staff
    case = context.case
    return [
        build_notice(
            context,
            kind,
            select(context, staff, circles),
            facts.get(kind, {}),
            key=f"{case.number}:{case.last_seq}:{kind}",
        )
        for kind, circles in kinds
    ]


def notification_of_rung(
    context: CaseContext, clock: Clock, rung: str, skipped: Sequence[str] = ()
) -> Notification:
    """Make what people are told of a rung of a clock that has fired.

    After an outage those are told as well whom the `skipped` rungs below it would have told (domain.md
    section 3).
    """
    case = context.case
    duty = case.reply_owner_id if clock.clock == "reply" else case.owner_id
    people = select(context, context.staff, _circles(clock.clock, [rung, *skipped]), duty=duty)
    facts = {**notices.clock_facts(context.definition, clock.clock), "due_on": clock.due_on.isoformat()}
    key = f"{case.number}:{clock.clock}:{clock.cycle}:{rung}"
    return build_notice(context, rung, people, facts, key=key)


def notification_of_raise(
    context: CaseContext, clock: Clock, cycle: int, skipped: Sequence[str], duty: int | None
) -> Notification | None:
    """Make what those are told whom a skipped rung would have told, now that the case has been raised.

    `duty` is the unit that had the case until then. None when everybody is told of the raise anyway.
    """
    known = {person.user_id for person in select(context, context.staff, ACTION_RECIPIENTS["raise"][1])}
    people = select(context, context.staff, _circles(clock.clock, skipped), duty=duty)
    others = [person for person in people if person.user_id not in known]
    if not others:
        return None
    key = f"{context.case.number}:{clock.clock}:{cycle}:raise"
    return build_notice(context, ACTION_RECIPIENTS["raise"][0], others, {}, key=key)


def _circles(clock: str, rungs: Iterable[str]) -> tuple[str, ...]:
    """List the circles who are told of some rungs of a clock, each once."""
    found = [
        circle for rung in rungs for circle in CLOCK_RECIPIENTS.get((clock, rung), RUNG_RECIPIENTS[rung])
    ]
    return tuple(dict.fromkeys(found))


def build_notice(
    context: CaseContext, kind: str, recipients: Iterable[UnitMember], extra: dict[str, Any], *, key: str
) -> Notification:
    """Make what these people are told; facts carry no words of a villager and no name (threats.md T48)."""
    told = [
        Recipient(user_id=person.user_id, email=person.email)
        for person in recipients
        if person.user_id != context.actor.user_id
    ]
    case = context.case
    facts = {
        "number": case.number,
        "village": case.village_name,
        "category": case.category,
        "due_on": case.due_on.isoformat() if case.due_on else None,
        **extra,
    }
    facts.update(_provisional_marks(context, facts))
    return Notification(kind, tuple(told), case.number, facts, key)


def _provisional_marks(context: CaseContext, facts: Mapping[str, Any]) -> dict[str, bool]:
    """Say of the dates of a notice which of them the calendar's own notice may still move."""
    return {
        mark: True
        for name, mark in PROVISIONAL_MARKS.items()
        if facts.get(name) and context.calendar.is_provisional(date.fromisoformat(facts[name]))
    }


def notifications_of_changes(
    context: CaseContext, changes: Iterable[ChangedDuty], told: Iterable[Notification]
) -> list[Notification]:
    """List what the units are told whose duties an entry has changed, and who are not told of it otherwise.

    Whoever is `told` already needs no second notice. A unit that acted itself knows that it has nothing to do
    any more. Nobody is told of imported history.
    """
    if context.moment.imported:
        return []
    known = {person.user_id for notification in told for person in notification.recipients}
    found = []
    for change in changes:
        units = change.units - {context.actor.unit_id} if change.is_relief else change.units
        people = [person for unit in sorted(units) for person in _members(context, unit, change)]
        facts: dict[str, Any] = {}
        if change.clock and change.before and change.after:
            facts = {
                **notices.clock_facts(context.definition, change.clock),
                "before": change.before.isoformat(),
                "due_on": change.after.isoformat(),
            }
        parts = (context.case.number, str(context.case.last_seq), change.kind, change.clock)
        key = ":".join(part for part in parts if part)
        others = [person for person in people if person.user_id not in known]
        found.append(build_notice(context, change.kind, others, facts, key=key))
    return [notification for notification in found if notification.recipients]


def _members(context: CaseContext, unit_id: int, change: ChangedDuty) -> list[UnitMember]:
    """List whom a changed duty concerns in a unit; what nobody there can do is for the next unit above."""
    if change.is_relief:
        return [person for person in context.staff if person.unit_id == unit_id]
    return _of_unit(context, unit_id)


def select(
    context: CaseContext, people: list[UnitMember], circles: tuple[str, ...], *, duty: int | None = None
) -> list[UnitMember]:
    """Return the people who belong to any of the circles, each once.

    `duty` is the unit whose clock it is: the reply owner for the reply clock, else the owner.
    """
    found: dict[int, UnitMember] = {}
    for circle in circles:
        members = _circle(context, people, circle, duty if duty is not None else context.case.owner_id)
        found.update({person.user_id: person for person in members})
    return sorted(found.values(), key=lambda person: person.user_id)


def _circle(
    context: CaseContext, people: list[UnitMember], circle: str, duty: int | None
) -> list[UnitMember]:
    """List the people of one circle; where exclusions have left nobody, those of the next unit above."""
    if circle in ROLES:
        found = [person for person in people if _has_role(person, circle)]
        excluded = any(_has_role(person, circle) for person in context.covering.staff)
        return found if found or not excluded else _of_unit(context, context.case.reply_owner_id, above=True)
    unit = _unit_of(context, circle, duty)
    if unit is None:
        return []
    members = [person for person in people if person.unit_id == unit]
    if circle == "reply_owner_leaders":
        members = [person for person in members if RECEIVERS & person.roles]
    elif circle == "duty_head":
        members = [person for person in members if person.head] or members
    return members or _of_unit(context, unit, above=True)


#: Circles that a role or kind of unit makes, wherever over the village.
ROLES: Mapping[str, str] = {
    "coordinators": "coordinator",
    "leaders": "leader",
    "auditors": "auditor",
    "leading_group": "",
}


def _has_role(person: UnitMember, circle: str) -> bool:
    if circle == "leading_group":
        return person.unit_kind == UnitKind.LEADING_GROUP
    return ROLES[circle] in person.roles


def _unit_of(context: CaseContext, circle: str, duty: int | None) -> int | None:
    """Find the unit that a circle is made of, None when the case has no such unit now."""
    case = context.case
    if circle == "superior":
        return next((unit.id for unit in context.superiors), None)
    units = {
        "owner": case.owner_id,
        "duty": duty,
        "duty_head": duty,
        "reply_owner": case.reply_owner_id,
        "reply_owner_leaders": case.reply_owner_id,
        "handled": case.handled_by_id,
    }
    return units[circle]


def _of_unit(context: CaseContext, unit_id: int, *, above: bool = False) -> list[UnitMember]:
    """List the people of a unit who may be told, or where there is nobody those of the next one above.

    Above are only people who may see and do something; `above` leaves the unit itself out.
    """
    found = [] if above else [person for person in context.staff if person.unit_id == unit_id]
    for unit in [] if found else context.above(unit_id):
        found = [person for person in context.staff if person.unit_id == unit.id and person.roles & ACTIVE]
        if found:
            break
    return found
