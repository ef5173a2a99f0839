"""Take units in from a sheet, in any order of rows, without ever making a circle of superiors."""

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
from accounts.models import Area, Unit, User
from accounts.registers.import_cells import CODE, EMPTIED, UNIT_CODE, Cells
from accounts.registers.open_matters import OpenMatters, refusal_of
from config.vocabulary import UnitKind
from core.chain import Chain
from core.i18n import mark as _
from core.tables.import_report import CellProblem, ImportReport
from core.tables.table import RowPlace, order_of

COLUMNS = ("code", "name", "kind", "area", "superior")
#: A column that a sheet may have besides: the telephone for villagers.
PHONE = "phone"

HINTS: Mapping[str, str] = {
    "not_a_code": _("代码只用字母、数字和连字符，例如 committee-SL"),
    "unknown_kind": _("请填写 team、committee、township、department 或 leading_group"),
    "unknown_area": _("没有代码为 {value} 的地区，请先导入地区，或者改正代码"),
    "unknown_superior": _("没有代码为 {value} 的单位，请改正代码，或者补上那一行"),
    "superior_cycle": _("上级单位绕成了一圈：{value}，请改正其中一行"),
    "code_used": _("代码 {value} 属于别处的单位，请另用一个代码"),
    "not_a_phone": _("不是电话号码，请改正，或者留空"),
    "people_reach_further": _(
        "这里有人会因此看到更大范围的事，一位管理员不能单独改：请先去掉这些人的角色，改了再提请；或者由管服务器的人导入"
    ),
    "matters_in_old_area_untold": _("这个单位在原来的地方还有事，请先改派、移交或办完"),
    "matters_of_old_kind_untold": _("这个单位还有事，种类不能改；请先改派、移交或办完"),
    "matters_need_superior_untold": _("这个单位有事要靠现在的上级，请先批复、改派或办完"),
    "matters_in_old_area": _("这个单位在原来的地方还有 {matters} 件没办完的事，请先改派、移交或办完"),
    "matters_of_old_kind": _("这个单位还有 {matters} 件没办完的事，种类不能改；请先改派、移交或办完"),
    "matters_need_superior": _("这个单位有 {matters} 件没办完的事要靠现在的上级，请先批复、改派或办完"),
}
#: What is said of each column that open matters rest on.
NEEDED = {
    "area": "matters_in_old_area",
    "kind": "matters_of_old_kind",
    "superior": "matters_need_superior",
}


@dataclass(frozen=True)
class _UnitRow:
    """A row whose cells are sound and whose area is known."""

    row: RowPlace
    code: str
    name: str
    kind: str
    area: Area
    superior: str
    phone: str | None
    phone_emptied: bool


def import_units(
    session: Session,
    *,
    actor: Actor,
    rows: Iterable[tuple[RowPlace, Mapping[str, Any]]],
    matters: OpenMatters,
    chain: Chain,
    now: datetime,
) -> ImportReport:
    """Make or change units from rows in any order; a bad row is refused by itself, the others go in.

    Columns as in interfaces.md, and `phone`. An empty cell leaves a telephone as it is; the same rows again
    change nothing; what open matters rest on is refused.
    """
    policy.require(actor, Permission.AREAS_MANAGE)
    report = ImportReport()
    areas = {area.code: area for area in session.scalars(select(Area))}
    known = {unit.code: unit for unit in session.scalars(select(Unit))}
    sound = _read(rows, areas, actor, report)
    _refuse_foreign(sound, areas, known, actor, report)
    _refuse_needed(sound, known, matters, report)
    _refuse_reaching(session, actor, sound, known, report)
    _refuse_misplaced(sound, known, report)
    before = {unit.id: _plain(unit) for unit in known.values()}
    for row in sound.values():
        unit = known.get(row.code)
        if unit is None:
            unit = known[row.code] = Unit(code=row.code, active=True, superior_id=None)
            session.add(unit)
        unit.name, unit.kind, unit.area_id = row.name, row.kind, row.area.id
        if row.phone is not None or row.phone_emptied:
            unit.phone = row.phone
    session.flush()  # superiors are named by id
    for row in sound.values():
        known[row.code].superior_id = known[row.superior].id if row.superior else None
    changes = [change for row in sound.values() for change in _changes(known[row.code], before)]
    report.created = sum(change.action == "created" for change in changes)
    report.changed = len(changes) - report.created
    report.unchanged = len(sound) - len(changes)
    record_all(session, chain=chain, actor=actor, changes=changes, now=now)
    report.problems.sort(key=lambda problem: order_of(problem.row))
    return report


def _read(
    rows: Iterable[tuple[RowPlace, Mapping[str, Any]]],
    areas: Mapping[str, Area],
    actor: Actor,
    report: ImportReport,
) -> dict[str, _UnitRow]:
    sound: dict[str, _UnitRow] = {}
    for number, values in rows:
        cells = Cells(number, values, report.problems)
        code = cells.code("code", UNIT_CODE)
        name = cells.name("name")
        kind = cells.one_of("kind", tuple(UnitKind), "unknown_kind")
        area_code = cells.code("area", CODE)
        superior = cells.code("superior", UNIT_CODE, needed=False)
        emptied = values.get(PHONE) is EMPTIED
        phone = None if emptied else cells.phone(PHONE)
        area = areas.get(area_code)
        if area_code and (area is None or not policy.covers(actor, area.path)):
            cells.refuse("area", "unknown_area", value=area_code)
        if code in sound:
            cells.refuse("code", "row_repeated", other=sound[code].row)
        if cells.sound and area is not None:
            sound[code] = _UnitRow(number, code, name, kind, area, superior, phone, emptied)
    return sound


def _refuse_foreign(
    sound: dict[str, _UnitRow],
    areas: Mapping[str, Area],
    known: Mapping[str, Unit],
    actor: Actor,
    report: ImportReport,
) -> None:
    """Refuse rows whose code belongs to a unit outside the person's area."""
    paths = {area.id: area.path for area in areas.values()}
    for row in list(sound.values()):
        unit = known.get(row.code)
        if unit is not None and not policy.covers(actor, paths[unit.area_id]):
            _refuse(sound, row, report, "code", "code_used", row.code)


def _refuse_needed(
    sound: dict[str, _UnitRow], known: Mapping[str, Unit], matters: OpenMatters, report: ImportReport
) -> None:
    """Refuse rows that would take from open matters the village, the kind or the superior they rest on."""
    codes = {unit.id: code for code, unit in known.items()}
    for row in list(sound.values()):
        unit = known.get(row.code)
        if unit is None:
            continue
        superior = codes.get(unit.superior_id or 0, "")
        counts: dict[str, int | None] = {
            "area": matters.outside(unit.id, row.area.path) if row.area.id != unit.area_id else 0,
            "kind": matters.of_unit(unit.id) if row.kind != unit.kind else 0,
            "superior": matters.below_superior(unit.id, removed=not row.superior)
            if row.superior != superior
            else 0,
        }
        for column in [column for column, number in counts.items() if number != 0]:
            number = counts[column]
            facts = {} if number is None else {"matters": number}
            code = refusal_of(NEEDED[column], number)
            report.problems.append(CellProblem(row.row, column, code, facts))
            sound.pop(row.code, None)


def _refuse_reaching(
    session: Session,
    actor: Actor,
    sound: dict[str, _UnitRow],
    known: Mapping[str, Unit],
    report: ImportReport,
) -> None:
    """Refuse rows that would carry people with a role that takes two to another place, as nobody is moved.

    Who is let go counts as well, for one administrator alone lets them in again.
    """
    moved = {
        known[row.code].id: row
        for row in sound.values()
        if row.code in known and known[row.code].area_id != row.area.id
    }
    people = session.execute(select(User.unit_id, User.roles).where(User.unit_id.in_(moved)))
    reaching = {
        unit_id for unit_id, roles in people if policy.needs_second(actor, roles, moved[unit_id].area.level)
    }
    for unit_id, row in moved.items():
        if unit_id in reaching:
            _refuse(sound, row, report, "area", "people_reach_further", row.area.code)


def _refuse_misplaced(sound: dict[str, _UnitRow], known: Mapping[str, Unit], report: ImportReport) -> None:
    """Refuse rows whose superior is unknown or leads back to the row, until every row that is left is sound.

    A refused row may have been the superior of another one, therefore the repetition.
    """
    codes = {unit.id: unit.code for unit in known.values()}
    while True:
        above = {code: codes.get(unit.superior_id or 0, "") for code, unit in known.items()}
        above.update({row.code: row.superior for row in sound.values()})
        bad = [(row, problem) for row in sound.values() if (problem := _misplaced(row, above))]
        for row, (code, value) in bad:
            _refuse(sound, row, report, "superior", code, value)
        if not bad:
            return


def _misplaced(row: _UnitRow, above: Mapping[str, str]) -> tuple[str, str] | None:
    if row.superior and row.superior not in above:
        return "unknown_superior", row.superior
    way = [row.code]
    while superior := above.get(way[-1], ""):
        way.append(superior)
        if superior == row.code:
            return "superior_cycle", " → ".join(way)
        if superior in way[:-1]:
            return None
    return None


def _refuse(
    sound: dict[str, _UnitRow], row: _UnitRow, report: ImportReport, column: str, code: str, value: str
) -> None:
    report.problems.append(CellProblem(row.row, column, code, {"value": value}))
    del sound[row.code]


def _changes(unit: Unit, before: Mapping[int, dict[str, Any]]) -> Iterable[RegisterChange]:
    old, after = before.get(unit.id), _plain(unit)
    if old is None:
        yield RegisterChange("unit", unit.id, "created", {"code": unit.code, **after}, unit)
    elif old != after:
        changed = {name: [old[name], after[name]] for name in after if old[name] != after[name]}
        yield RegisterChange("unit", unit.id, "changed", changed, unit)


def _plain(unit: Unit) -> dict[str, Any]:
    plain = {"name": unit.name, "kind": unit.kind, "area": unit.area_id, "superior": unit.superior_id}
    return {**plain, PHONE: unit.phone}
