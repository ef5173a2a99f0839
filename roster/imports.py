"""Take the register of households in from a sheet, as villages keep it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import Permission
from accounts.history import RegisterChange, record_all
from accounts.models import Area
from accounts.registers.import_cells import Cells
from accounts.vocabulary import AreaLevel
from core.chain import Chain
from core.i18n import mark as _
from core.tables.import_report import ImportReport
from core.tables.table import RowPlace
from roster.models import Household

COLUMNS = ("村", "组", "户号", "户主", "人口", "电话", "备注")
NEEDED = COLUMNS[:4]
MOST_GROUP, MOST_NUMBER, MOST_PEOPLE = 999, 99_999, 99
LONGEST_NOTE = 500
#: Fields that say nothing about a person; of the others the history keeps only that they changed.
IMPERSONAL = frozenset({"people"})

HINTS: Mapping[str, str] = {
    "unknown_village": _("没有名为「{value}」的村，请写村名或代码，或者先导入地区"),
    "ambiguous_village": _("有几个村都叫「{value}」，请改写村的代码"),
    "household_gone": _("这个户号已迁出或并户，不能再用；请另编一个户号"),
}


@dataclass(frozen=True)
class _HouseholdRow:
    """A row whose cells are sound."""

    key: str
    village_id: int
    group_no: int
    number: int
    values: dict[str, Any]


def import_roster(
    session: Session,
    *,
    actor: Actor,
    rows: Iterable[tuple[RowPlace, Mapping[str, Any]]],
    chain: Chain,
    now: datetime,
    dry_run: bool = False,
) -> ImportReport:
    """Make or change households; a bad row is refused by itself, the others go in.

    An empty cell leaves what is known. The same rows again change nothing. With `dry_run` the report is the
    same and nothing is written.
    """
    policy.require(actor, Permission.ROSTER_IMPORT)
    report = ImportReport()
    villages = _villages(session, actor)
    known = {
        household.key: household
        for household in session.scalars(
            policy.within_areas(select(Household), actor, Area.path).join(
                Area, Area.id == Household.village_id
            )
        )
    }
    changes: list[RegisterChange] = []
    for row in _read(rows, villages, known, report):
        household = known.get(row.key)
        if household is None:
            report.created += 1
            if not dry_run:
                changes.append(_create(session, row))
        elif differing := [name for name, value in row.values.items() if getattr(household, name) != value]:
            report.changed += 1
            if not dry_run:
                changes.append(_change(household, row, differing))
        else:
            report.unchanged += 1
    if not dry_run:
        _record(session, changes, chain=chain, actor=actor, now=now)
    return report


def _villages(session: Session, actor: Actor) -> dict[str, list[Area]]:
    """Return the villages in force within the person's area, by code and by name."""
    found: dict[str, list[Area]] = {}
    villages = session.scalars(
        policy.within_areas(select(Area), actor, Area.path)
        .where(Area.level == AreaLevel.VILLAGE, Area.valid_until.is_(None))
        .order_by(Area.code)
    )
    for village in villages:
        for called in {village.code, village.name}:
            found.setdefault(called, []).append(village)
    return found


def _read(
    rows: Iterable[tuple[RowPlace, Mapping[str, Any]]],
    villages: Mapping[str, list[Area]],
    known: Mapping[str, Household],
    report: ImportReport,
) -> Iterable[_HouseholdRow]:
    first: dict[str, RowPlace] = {}
    for number, values in rows:
        cells = Cells(number, values, report.problems)
        village = _village(cells, villages)
        group_no = cells.ordinal("组", MOST_GROUP)
        house_no = cells.ordinal("户号", MOST_NUMBER)
        fields = {
            "head": cells.name("户主"),
            "people": cells.count("人口", MOST_PEOPLE),
            "phone": cells.phone("电话"),
            "note": cells.text("备注", LONGEST_NOTE),
        }
        if village is None or group_no is None or house_no is None:
            continue
        key = f"{village.code}-{group_no:02d}-{house_no:03d}"
        if key in first:
            cells.refuse("户号", "row_repeated", other=first[key])
        elif key in known and not known[key].active:
            cells.refuse("户号", "household_gone")
        if cells.sound:
            first[key] = number
            given = {name: value for name, value in fields.items() if value is not None}
            yield _HouseholdRow(key, village.id, group_no, house_no, given)


def _village(cells: Cells, villages: Mapping[str, list[Area]]) -> Area | None:
    called = cells.name("村")
    if not called:
        return None
    found = villages.get(called) or villages.get(called.upper()) or []
    if len(found) != 1:
        cells.refuse("村", "ambiguous_village" if found else "unknown_village", value=called)
        return None
    return found[0]


def _create(session: Session, row: _HouseholdRow) -> RegisterChange:
    household = Household(
        key=row.key,
        village_id=row.village_id,
        group_no=row.group_no,
        number=row.number,
        active=True,
        **row.values,
    )
    session.add(household)
    return RegisterChange("household", 0, "imported", {"key": row.key}, household)


def _change(household: Household, row: _HouseholdRow, differing: list[str]) -> RegisterChange:
    facts: dict[str, Any] = {"key": row.key, "fields": differing}
    for name in differing:
        if name in IMPERSONAL:
            facts[name] = [getattr(household, name), row.values[name]]
        setattr(household, name, row.values[name])
    return RegisterChange("household", household.id, "changed", facts, household)


def _record(
    session: Session, changes: list[RegisterChange], *, chain: Chain, actor: Actor, now: datetime
) -> None:
    session.flush()  # new households get their ids, by which the history names them
    numbered = [
        RegisterChange(change.subject_kind, change.row.id, change.action, change.facts, change.row)
        for change in changes
        if isinstance(change.row, Household)
    ]
    record_all(session, chain=chain, actor=actor, changes=numbered, now=now)
