"""Write the weekly notice: the units whose matters were published or are stuck at the top, never people."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, and_, case, cast, or_, select
from sqlalchemy.orm import Session

from accounts.models import Area, Unit, User
from cases.configuration.case_rules import CountyRules
from cases.history.entries import Entry
from cases.history.facts import RungFacts
from cases.history.read_facts import fact_column
from cases.models.case import Case, CaseOwner, Clock, Named, Reminder
from config.vocabulary import UnitKind
from notifications import outbox
from notifications.outbox import Recipient
from workflow.ladder import MORNING

READERS = frozenset({"coordinator", "leader"})


@dataclass(frozen=True)
class ListedCase:
    """A matter that the notice counts: the unit that had the duty when the rung fired, and where it lies."""

    case_id: int
    unit: str
    name: str
    rung: str
    village_path: str


def write(session: Session, *, rules: CountyRules, now: datetime) -> int:
    """Tell coordinators, leaders and leading groups of this week's list; give the number of notices.

    Listed is what was published, or could not be raised further, since last Monday's notice, and what still
    stands (domain.md section 3). From Monday 08:30; once for each week, however often and wherever it runs.
    """
    local = now.astimezone(rules.zone)
    monday = datetime.combine(local.date() - timedelta(days=local.weekday()), MORNING, rules.zone)
    if local < monday:
        return 0
    rows = _listed(session, since=monday - timedelta(days=7), until=monday)
    if not rows:
        return 0
    named = _named(session, {row.case_id for row in rows})
    year, week, _ = monday.isocalendar()
    name = f"{year}-W{week:02d}"
    told = 0
    for group, mine in _by_list(_readers(session), rows, named):
        facts = {"week": name, "units": _units(mine)}
        told += outbox.enqueue(
            session, kind="weekly", recipients=group, subject=name, facts=facts, key=f"weekly:{name}", now=now
        )
    return told


def _listed(session: Session, *, since: datetime, until: datetime) -> list[ListedCase]:
    owner_then = (
        select(CaseOwner.unit_id)
        .where(CaseOwner.case_id == Case.id, CaseOwner.since <= Entry.received_at)
        .order_by(CaseOwner.since.desc(), CaseOwner.id.desc())
        .limit(1)
        .correlate(Case, Entry)
        .scalar_subquery()
    )
    duty = case((Reminder.clock == "reply", Case.reply_owner_id), else_=owner_then)
    rows = session.execute(
        select(Case.id, Unit.code, Unit.name, Reminder.rung, Area.path)
        .join(Reminder, Reminder.case_id == Case.id)
        .join(
            Entry,
            and_(
                Entry.case_id == Case.id,
                Entry.action == Reminder.rung,
                fact_column(RungFacts, "clock").as_string() == Reminder.clock,
                # As texts: a number that somebody falsified must not stop the notice of all others.
                fact_column(RungFacts, "cycle").as_string() == cast(Reminder.cycle, String),
            ),
        )
        .join(Clock, and_(Clock.case_id == Case.id, Clock.clock == Reminder.clock))
        .join(Unit, Unit.id == duty)
        .join(Area, Area.id == Case.village_id)
        .where(
            or_(
                and_(Reminder.rung == "publish", Reminder.result == "fired"),
                and_(Reminder.rung == "raise", Reminder.result == "skipped"),
            ),
            Entry.received_at < until,
            or_(Entry.received_at >= since, and_(Clock.running, Clock.cycle == Reminder.cycle)),
        )
        .order_by(Unit.code, Case.id)
    )
    return [ListedCase(*row) for row in rows]


def _named(session: Session, case_ids: set[int]) -> dict[int, set[tuple[int | None, int | None]]]:
    found: dict[int, set[tuple[int | None, int | None]]] = {}
    rows = session.execute(
        select(Named.case_id, Named.unit_id, Named.user_id).where(Named.case_id.in_(case_ids))
    )
    for case_id, unit_id, user_id in rows:
        found.setdefault(case_id, set()).add((unit_id, user_id))
    return found


def _readers(session: Session) -> list[tuple[Recipient, int, str]]:
    """Return whoever gets the notice, with unit and the path of its area."""
    rows = session.execute(
        select(User.id, User.email, User.unit_id, User.roles, Unit.kind, Area.path)
        .join(Unit, Unit.id == User.unit_id)
        .join(Area, Area.id == Unit.area_id)
        .where(User.active)
        .order_by(User.id)
    )
    return [
        (Recipient(user_id, email), unit_id, path)
        for user_id, email, unit_id, roles, kind, path in rows
        if kind == UnitKind.LEADING_GROUP or READERS & set(roles)
    ]


def _by_list(
    readers: Iterable[tuple[Recipient, int, str]],
    rows: list[ListedCase],
    named: dict[int, set[tuple[int | None, int | None]]],
) -> list[tuple[list[Recipient], list[ListedCase]]]:
    """Put the readers together who get the same list: of their area, without what names them."""
    groups: dict[tuple[ListedCase, ...], list[Recipient]] = {}
    for reader, unit_id, path in readers:
        reader_keys = {(unit_id, None), (None, reader.user_id)}
        mine = tuple(
            row
            for row in rows
            if row.village_path.startswith(path) and not reader_keys & named.get(row.case_id, set())
        )
        if mine:
            groups.setdefault(mine, []).append(reader)
    return [(people, list(mine)) for mine, people in groups.items()]


def _units(rows: list[ListedCase]) -> list[dict[str, Any]]:
    """Count for each unit what was published, and what could be raised no further."""
    names = {row.unit: row.name for row in rows}
    counts = Counter((row.unit, row.rung) for row in set(rows))
    return [
        {"unit": unit, "name": name, "published": counts[unit, "publish"], "stuck": counts[unit, "raise"]}
        for unit, name in sorted(names.items())
    ]
