"""Find areas, take them in from a sheet, and end those that were merged or renamed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import Permission
from accounts.history import RegisterChange, record, record_all
from accounts.models import Area
from accounts.registers.import_cells import CODE, EMPTIED, Cells
from accounts.registers.open_matters import OpenMatters, refusal_of
from accounts.vocabulary import AreaLevel
from core.chain import Chain
from core.errors import Conflict, Invalid
from core.i18n import mark as _
from core.tables.import_report import CellProblem, ImportReport
from core.tables.table import RowPlace, order_of
from core.text import problem_of

COLUMNS = ("code", "name", "level", "parent")
TOTALS = ("land_mu", "groups_declared", "households_declared", "population_declared")
MOST = 100_000_000

HINTS: Mapping[str, str] = {
    "not_a_code": _("代码只用大写字母、数字和连字符，例如 SL"),
    "unknown_level": _("请填写 county、township、village 或 group"),
    "unknown_area": _("没有代码为 {value} 的地区，请改正代码，或者补上那一行"),
    "level_not_below_parent": _("上级必须是更高一级的地区：county > township > village > group"),
    "level_fixed": _("已有地区的级别不能更改，请改回 {value}"),
    "code_used": _("代码 {value} 属于别处的地区，请另用一个代码"),
    "area_has_ended": _("{value} 已经并走或更名，请改用现在的地区"),
    "matters_of_old_parent_untold": _("这里还有事由原来上级地区的单位负责，请先改派、移交或办完"),
    "matters_of_old_parent": _(
        "这里还有 {matters} 件没办完的事由原来上级地区的单位负责，请先改派、移交或办完"
    ),
}


@dataclass(frozen=True)
class _AreaRow:
    """A row whose cells are sound in themselves."""

    row: RowPlace
    code: str
    name: str
    level: str
    parent: str
    totals: dict[str, int | None]


def by_code(session: Session, code: str) -> Area | None:
    """Return the area with this code, ended or not."""
    if problem_of(code):
        return None  # no code is like that, and no database could be asked for it
    return session.scalars(select(Area).where(Area.code == code)).first()


def import_areas(
    session: Session,
    *,
    actor: Actor,
    rows: Iterable[tuple[RowPlace, Mapping[str, Any]]],
    matters: OpenMatters,
    chain: Chain,
    now: datetime,
) -> ImportReport:
    """Make or change areas from rows in any order; a bad row is refused by itself, the others go in.

    Columns as in interfaces.md, and `groups_declared`. An empty cell leaves a declared total as it is; the
    same rows again change nothing. An area stays where it is while open matters rest on units above it.
    """
    policy.require(actor, Permission.AREAS_MANAGE)
    report = ImportReport()
    sound = _read(rows, report)
    known = {area.code: area for area in session.scalars(select(Area))}
    before = {area.id: plain(area) for area in known.values()}
    for level in AreaLevel:
        for row in [row for row in sound if row.level == level]:
            _apply(session, actor, row, known, matters, report)
        session.flush()  # the next level refers to this one by id
    update_paths(known.values())
    changes = list(changes_of(known.values(), before))
    report.created = sum(change.action == "created" for change in changes)
    touched = {change.subject_id for change in changes}
    refused = {problem.row for problem in report.problems}
    taken = [known[row.code].id for row in sound if row.row not in refused]
    report.changed = len(touched.intersection(taken)) - report.created
    report.unchanged = len(taken) - report.created - report.changed
    record_all(session, chain=chain, actor=actor, changes=changes, now=now)
    report.problems.sort(key=lambda problem: order_of(problem.row))
    return report


def end_area(
    session: Session,
    *,
    actor: Actor,
    chain: Chain,
    code: str,
    until: date,
    successor: str | None,
    now: datetime,
) -> None:
    """Note that an area was merged or renamed: its last day, and the area that follows it.

    Old cases keep the name of their day. Raises Invalid for unknown codes and a successor of another level.
    """
    policy.require(actor, Permission.AREAS_MANAGE)
    area = by_code(session, code)
    if area is None or not policy.covers(actor, area.path):
        raise Invalid({"code": ["unknown_area"]})
    if area.valid_until is not None:
        raise Conflict("area_has_ended", name=area.name, until=area.valid_until.isoformat())
    if area.valid_from is not None and until < area.valid_from:
        raise Invalid({"until": ["before_start"]})
    after = by_code(session, successor) if successor is not None else None
    if successor is not None and (after is None or after.id == area.id or after.level != area.level):
        raise Invalid({"successor": ["unknown_area"]})
    area.valid_until = until
    area.successor_id = after.id if after is not None else None
    record(
        session,
        chain=chain,
        subject_kind="area",
        subject_id=area.id,
        action="ended",
        actor=actor,
        facts={"until": until.isoformat(), "successor": successor},
        now=now,
        row=area,
    )


def _read(rows: Iterable[tuple[RowPlace, Mapping[str, Any]]], report: ImportReport) -> list[_AreaRow]:
    sound: list[_AreaRow] = []
    first: dict[str, RowPlace] = {}
    for number, values in rows:
        cells = Cells(number, values, report.problems)
        code = cells.code("code", CODE)
        name = cells.name("name")
        level = cells.one_of("level", tuple(AreaLevel), "unknown_level")
        parent = cells.code("parent", CODE, needed=False)
        emptied = [name for name in TOTALS if values.get(name) is EMPTIED]
        totals = {name: cells.count(name, MOST) for name in TOTALS if name not in emptied}
        if code and code in first:
            cells.refuse("code", "row_repeated", other=first[code])
        if cells.sound:
            first[code] = number
            given = {name: total for name, total in totals.items() if total is not None}
            sound.append(_AreaRow(number, code, name, level, parent, {**given, **dict.fromkeys(emptied)}))
    return sound


def _apply(
    session: Session,
    actor: Actor,
    row: _AreaRow,
    known: dict[str, Area],
    matters: OpenMatters,
    report: ImportReport,
) -> None:
    """Make or change the area of one row, unless its place in the tree is wrong."""
    parent = known.get(row.parent) if row.parent else None
    present = known.get(row.code)
    problem = _misplaced(actor, row, parent, present) or _needed(row, parent, present, matters)
    if problem is not None:
        report.problems.append(problem)
        return
    area = known.get(row.code)
    if area is None:
        area = Area(code=row.code, level=row.level)
        known[row.code] = area
        session.add(area)
    area.name = row.name
    area.parent_id = parent.id if parent is not None else None
    area.path = f"{parent.path if parent is not None else '/'}{row.code}/"
    for name, total in row.totals.items():
        setattr(area, name, total)


def _misplaced(actor: Actor, row: _AreaRow, parent: Area | None, present: Area | None) -> CellProblem | None:
    if row.parent and (parent is None or not policy.covers(actor, parent.path)):
        return CellProblem(row.row, "parent", "unknown_area", {"value": row.parent})
    if present is not None and present.valid_until is not None:
        return CellProblem(row.row, "code", "area_has_ended", {"value": row.code})
    if parent is not None and parent.valid_until is not None:
        return CellProblem(row.row, "parent", "area_has_ended", {"value": row.parent})
    levels = list(AreaLevel)
    if parent is not None and levels.index(AreaLevel(parent.level)) >= levels.index(AreaLevel(row.level)):
        return CellProblem(row.row, "parent", "level_not_below_parent")
    if parent is None and not policy.covers(actor, f"/{row.code}/"):
        return CellProblem(row.row, "parent", "required")
    if present is not None and not policy.covers(actor, present.path):
        return CellProblem(row.row, "code", "code_used", {"value": row.code})
    if present is not None and present.level != row.level:
        return CellProblem(row.row, "level", "level_fixed", {"value": present.level})
    return None


def _needed(
    row: _AreaRow, parent: Area | None, present: Area | None, matters: OpenMatters
) -> CellProblem | None:
    """Refuse to move an area away from the units that have its open matters."""
    if present is None or present.parent_id == (parent.id if parent is not None else None):
        return None
    above = parent.path if parent is not None else "/"
    number = matters.moved(present.path, f"{above}{present.code}/")
    if number == 0:
        return None
    facts = {} if number is None else {"matters": number}
    return CellProblem(row.row, "parent", refusal_of("matters_of_old_parent", number), facts)


def update_paths(areas: Iterable[Area]) -> None:
    """Bring the paths of all areas in line with their parents, from the top down."""
    by_id = {area.id: area for area in areas}
    settled: dict[int, str] = {}

    def path_of(area: Area) -> str:
        if area.id not in settled:
            above = path_of(by_id[area.parent_id]) if area.parent_id is not None else "/"
            settled[area.id] = f"{above}{area.code}/"
        return settled[area.id]

    for area in by_id.values():
        if area.path != path_of(area):
            area.path = path_of(area)


def changes_of(areas: Iterable[Area], before: Mapping[int, dict[str, Any]]) -> Iterable[RegisterChange]:
    """Yield what there is to record of areas that were as `plain` gave them before."""
    for area in areas:
        after = plain(area)
        old = before.get(area.id)
        if old is None:
            yield RegisterChange("area", area.id, "created", {"code": area.code, "path": area.path}, area)
        elif old != after:
            changed = {name: [old[name], after[name]] for name in after if old[name] != after[name]}
            yield RegisterChange("area", area.id, "changed", changed, area)


def plain(area: Area) -> dict[str, Any]:
    """Return what an entry says of an area."""
    return {"name": area.name, "path": area.path, **{name: getattr(area, name) for name in TOTALS}}
