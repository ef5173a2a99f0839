"""Enter or correct one area or unit, as a form does: a sheet of one row, refused field by field."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from accounts.access.actor import Actor
from accounts.registers.areas import TOTALS, by_code, import_areas
from accounts.registers.import_cells import EMPTIED
from accounts.registers.open_matters import OpenMatters
from accounts.registers.unit_imports import import_units
from accounts.registers.units import by_code as unit_by_code
from core.chain import Chain
from core.errors import Conflict, Invalid
from core.tables.import_report import ImportReport
from core.text import plain

Values = Mapping[str, Any]


def add_area(
    session: Session, *, actor: Actor, matters: OpenMatters, chain: Chain, values: Values, now: datetime
) -> None:
    """Enter a new area from the columns of a sheet; raise Conflict `area_code_taken`, Invalid by column."""
    code = plain(str(values.get("code", ""))).upper()
    if code and by_code(session, code) is not None:
        raise Conflict("area_code_taken", area=code)
    correct_area(session, actor=actor, matters=matters, chain=chain, values=values, now=now)


def correct_area(
    session: Session, *, actor: Actor, matters: OpenMatters, chain: Chain, values: Values, now: datetime
) -> None:
    """Correct an area: a slip in its name, its place or its declared totals; one that is emptied is gone."""
    emptied = {name: EMPTIED for name in TOTALS if values.get(name) == ""}
    rows = [(1, {**values, **emptied})]
    _refuse(import_areas(session, actor=actor, rows=rows, matters=matters, chain=chain, now=now))


def add_unit(
    session: Session, *, actor: Actor, matters: OpenMatters, chain: Chain, values: Values, now: datetime
) -> None:
    """Enter a new unit from the columns of a sheet; raise Conflict `unit_code_taken`, Invalid by column."""
    code = plain(str(values.get("code", "")))
    if code and unit_by_code(session, code) is not None:
        raise Conflict("unit_code_taken", unit=code)
    correct_unit(session, actor=actor, matters=matters, chain=chain, values=values, now=now)


def correct_unit(
    session: Session, *, actor: Actor, matters: OpenMatters, chain: Chain, values: Values, now: datetime
) -> None:
    """Correct a unit: its name, kind, area, superior or telephone; a telephone that is emptied is gone."""
    emptied = {"phone": EMPTIED} if values.get("phone") == "" else {}
    rows = [(1, {**values, **emptied})]
    _refuse(import_units(session, actor=actor, rows=rows, matters=matters, chain=chain, now=now))


def _refuse(report: ImportReport) -> None:
    """Raise what a report says of its one row."""
    if report.problems:
        facts = {name: value for problem in report.problems for name, value in problem.facts.items()}
        raise Invalid({problem.column: [problem.code] for problem in report.problems}, **facts)
