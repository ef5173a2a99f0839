"""Say who is told what: one table for steps and acts, one for the rungs of the ladder."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cases.lifecycle.context import CaseContext
from cases.models.case import Clock
from cases.responsibility.covering_units import UnitMember
from config.vocabulary import UnitKind
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
RECEIVERS = frozenset({"team_leader", "leader"})

#: domain.md section 3: who is told of which rung.
RUNG_RECIPIENTS: Mapping[str, tuple[str, ...]] = {
    "remind": ("duty",),
    "urge": ("duty", "reply_owner_leaders"),
    "supervise": ("coordinators", "leading_group"),
    "publish": ("duty_head",),
    "raise": ("superior",),
}


def notifications_of(
    context: CaseContext, action: str, notices: Sequence[tuple[str, dict[str, Any]]] = ()
) -> list[Notification]:
    """List what people are told of an action just recorded; `notices` are owed beside the table.

    Nobody is told of imported history: what it would say was due years ago.
    """
    row = ACTION_RECIPIENTS.get(action)
    kinds = [row] if row else []
    kinds += [(kind, NOTICE_RECIPIENTS[kind]) for kind, _ in notices]
    if not kinds or context.moment.imported:
        return []
    staff = context.staff
    facts = dict(notices)
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


def notification_of_rung(context: CaseContext, clock: Clock, rung: str) -> Notification:
    """Make what people are told of a rung of a clock that has fired."""
    case = context.case
    duty = case.reply_owner_id if clock.clock == "reply" else case.owner_id
    people = select(context, context.staff, RUNG_RECIPIENTS[rung], duty=duty)
    facts = {"clock": clock.clock, "due_on": clock.due_on.isoformat()}
    key = f"{case.number}:{clock.clock}:{clock.cycle}:{rung}"
    return build_notice(context, rung, people, facts, key=key)


def build_notice(
    context: CaseContext, kind: str, recipients: Iterable[UnitMember], extra: dict[str, Any], *, key: str
) -> Notification:
    """Make what these people are told; facts carry no words of a villager and no name (trust.md T48)."""
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
    return Notification(kind, tuple(told), case.number, facts, key)


def select(
    context: CaseContext, people: list[UnitMember], circles: tuple[str, ...], *, duty: int | None = None
) -> list[UnitMember]:
    """Return the people who belong to any of the circles, each once.

    `duty` is the unit whose clock it is: the reply owner for the reply clock, else the owner.
    """
    case = context.case
    duty = duty if duty is not None else case.owner_id
    above = {unit.id for unit in context.superiors[:1]} if "superior" in circles else set()
    heads = [person for person in people if person.unit_id == duty and person.head]

    def belongs(person: UnitMember, circle: str) -> bool:
        if circle == "owner":
            return person.unit_id == case.owner_id
        if circle == "duty":
            return person.unit_id == duty
        if circle == "duty_head":
            return person in heads if heads else person.unit_id == duty
        if circle == "reply_owner":
            return person.unit_id == case.reply_owner_id
        if circle == "reply_owner_leaders":
            return person.unit_id == case.reply_owner_id and bool(RECEIVERS & person.roles)
        if circle == "handled":
            return person.unit_id == case.handled_by_id
        if circle == "superior":
            return person.unit_id in above
        if circle == "coordinators":
            return "coordinator" in person.roles
        if circle == "auditors":
            return "auditor" in person.roles
        if circle == "leaders":
            return "leader" in person.roles
        return circle == "leading_group" and person.unit_kind == UnitKind.LEADING_GROUP

    return [person for person in people if any(belongs(person, circle) for circle in circles)]
