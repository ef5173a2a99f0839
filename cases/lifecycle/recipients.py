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
    "request_suspend": ("suspension_requested", ("coordinators", "leaders")),
    "refuse_suspend": ("suspension_refused", ("owner",)),
    "suspend": ("suspended", ("owner", "reply_owner")),
    "resume": ("resumed", ("owner",)),
    "merge": ("merged", ("reply_owner_leaders",)),
    "join": ("joined", ("owner",)),
    "add_words": ("words_added", ("owner",)),
}

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


def notifications_of(
    context: CaseContext, action: str, notices: Sequence[tuple[str, dict[str, Any]]] = ()
) -> list[Notification]:
    """List what people are told of an action just recorded; `notices` are owed beside the table.

    Nobody is told of imported history: what it would say was due years ago.
    """
    row = ACTION_RECIPIENTS.get(action)
    kinds = [row] if row else []
    kinds += [(kind, ("reply_owner",)) for kind, _ in notices]
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
    facts = {"clock": clock.clock, "due_on": clock.due_on.isoformat()}
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
            return person.unit_id == case.reply_owner_id and "team_leader" in person.roles
        if circle == "handled":
            return person.unit_id == case.handled_by_id
        if circle == "superior":
            return person.unit_id in above
        if circle == "coordinators":
            return "coordinator" in person.roles
        if circle == "leaders":
            return "leader" in person.roles
        return circle == "leading_group" and person.unit_kind == UnitKind.LEADING_GROUP

    return [person for person in people if any(belongs(person, circle) for circle in circles)]
