"""Take in the history of another system: each row lives through the life cycle at its own times.

Nothing is written by hand: a row is registered, assigned and answered by the same verbs as any case, so that
it has its history and verifies. Several rows share a transaction, and every row is known by its reference, so
that an import that was cut off is simply started again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import Permission
from accounts.models import Area, Unit
from accounts.vocabulary import AreaLevel
from cases.configuration.case_rules import CountyRules
from cases.importing.column_map import ImportMap
from cases.importing.replay import ImportPlaces, Known, intake_of, known_cases, replay_row
from cases.importing.report import HINTS, CasesImport
from cases.importing.row_reader import Reader, Record
from core.errors import DomainError, Invalid, Unavailable
from core.persistence.db import Database
from core.tables.import_report import CellProblem
from core.tables.reader import read_table
from core.tables.table import Row, RowPlace
from workflow import deadlines
from workflow.definition.vocabulary import Outcome

#: Rows that share a transaction: enough to spare the disk, few enough to lose little and lock shortly.
CHUNK = 100
#: A promise needs a day, which a sheet of the past does not say.
NEEDS_A_DAY = frozenset({Outcome.PLANNED})


def import_cases(
    db: Database,
    *,
    rules: CountyRules,
    actor: Actor,
    path: Path,
    map: ImportMap,
    now: datetime,
    sheets: Sequence[str] = (),
    dry_run: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> CasesImport:
    """Make a case of every row of a sheet, assigned on the day it was received and answered when it was.

    Rows that are cases already are counted and left alone; rows that cannot be read, or that have changed
    since they went in, are refused by themselves. With `dry_run` everything is tried and undone. `progress`
    is told after each transaction how many rows of how many are done. `sheets` names those of the file that
    are read, instead of all that can be seen. Raises Invalid for a file that is no such table and for
    defaults that do not exist.
    """
    policy.require(actor, Permission.CASES_IMPORT)
    table = read_table(path, map.headings(), sheets=sheets)
    rows = table.rows
    run = _ImportRun(rules=rules, actor=actor, form=map, now=now, allowed=choices(rules))
    run.report.table = table
    with db.reading() as session:
        _check_defaults(session, map)
    for start in range(0, len(rows), CHUNK):
        with db.transaction() as session:
            whole = session.begin_nested()
            run.import_rows(session, rows[start : start + CHUNK])
            if dry_run:
                whole.rollback()
        if progress is not None:
            progress(min(start + CHUNK, len(rows)), len(rows))
    run.report.add_unfit(table)
    return run.report


def choices(rules: CountyRules) -> dict[str, frozenset[str]]:
    """Return the values that a column may have, from the files of the county."""
    definition = rules.definition
    register = {field_["name"]: field_ for field_ in definition.steps["register"].fields}
    resolve = {field_["name"]: field_ for field_ in definition.steps["resolve"].fields}
    reply = {field_["name"]: field_ for field_ in definition.acts["reply"].fields}
    return {
        "category": frozenset(rules.categories),
        "kind": frozenset(register["kind"]["values"]),
        "urgency": frozenset(register["urgency"]["values"]),
        "channel": frozenset(register["channel"]["values"]),
        "outcome": frozenset(resolve["outcome"]["values"]) - NEEDS_A_DAY,
        "reply_channel": frozenset(reply["channel"]["values"]),
    }


@dataclass
class _ImportRun:
    """One import while it goes on; `seen` remembers the rows of this file by reference."""

    rules: CountyRules
    actor: Actor
    form: ImportMap
    now: datetime
    allowed: Mapping[str, frozenset[str]]
    report: CasesImport = field(default_factory=CasesImport)
    seen: dict[str, tuple[RowPlace, Known]] = field(default_factory=dict)

    def import_rows(self, session: Session, rows: Sequence[Row]) -> None:
        """Import the rows of one transaction, each by itself."""
        records = [record for place, cells in rows if (record := self._read(place, cells))]
        known = known_cases(session, [record.ref for record in records])
        places = ImportPlaces(session, self.actor, {})
        for record in records:
            problem = self._import_row(session, places, record, known.get(record.ref))
            if problem is not None:
                self.report.problems.append(problem)

    def _read(self, place: RowPlace, cells: Mapping[str, Any]) -> Record | None:
        reader = Reader(self.form, self.rules.zone, self.now, place, cells, self.allowed)
        record = reader.record()
        self.report.notes += reader.notes
        if record is None:
            self.report.problems += reader.problems
        return record

    def _import_row(
        self, session: Session, places: ImportPlaces, record: Record, known: Known | None
    ) -> CellProblem | None:
        """Make a case of a row, or find that it is one; give what is wrong when it is neither."""
        entry = intake_of(record, confidential=bool(self.form.defaults.get("confidential")))
        digests = entry.digests(self.rules.services.receipt_keys)
        row, before = self.seen.get(record.ref, (None, known))
        if before is not None:
            if before.says(record, digests):
                self.report.unchanged += 1
                return None
            if row is not None:
                return self._problem(record, "id", "row_repeated", other=row)
            return self._problem(record, "id", "content_changed", number=before.number)
        problem = self._profile_problem(record)
        if problem is not None:
            return problem
        step = session.begin_nested()
        try:
            replay_row(session, rules=self.rules, places=places, record=record, entry=entry, now=self.now)
        except Unavailable:
            raise  # no fault of the row: nothing can be written now
        except DomainError as refusal:
            step.rollback()
            return self._refused(record, refusal)
        step.commit()
        self.seen[record.ref] = (record.row, _as_known(record, digests[0]))
        self.report.created += 1
        self.report.answered += record.reply is not None
        return None

    def _profile_problem(self, record: Record) -> CellProblem | None:
        """Refuse a row whose deadline would not be the one that the map is meant for."""
        wanted = self.form.defaults.get("profile")
        found = deadlines.choose_profile(
            self.rules.profiles,
            urgency=record.choices["urgency"],
            kind=record.choices["kind"],
            category_profile=self.rules.categories[record.choices["category"]].profile,
            channel=record.choices["channel"],
        ).code
        if wanted is None or wanted == found:
            return None
        return self._problem(record, "category", "another_profile", found=found, wanted=wanted)

    def _refused(self, record: Record, refusal: DomainError) -> CellProblem:
        """Say a verb's refusal as a problem of the cell it is about."""
        name, code = "id", refusal.code
        if isinstance(refusal, Invalid):
            path, codes = next(iter(refusal.errors.items()))
            name, code = path.rpartition(".")[2], codes[0]
        if code in HINTS:
            return self._problem(record, name, code)
        return self._problem(record, name, "refused", reason=code)

    def _problem(self, record: Record, name: str, code: str, **facts: object) -> CellProblem:
        return CellProblem(record.row, self.form.columns.get(name, name), code, facts)


def _as_known(record: Record, digest: str) -> Known:
    replies = {(record.reply, record.replied)} if record.reply and record.replied else set()
    return Known("", digest, frozenset(replies))


def _check_defaults(session: Session, form: ImportMap) -> None:
    """Refuse the whole sheet when the village or unit that holds for every row does not exist."""
    errors: dict[str, list[str]] = {}
    village, unit = form.defaults.get("village"), form.defaults.get("unit")
    places = select(Area.id).where(Area.code == village, Area.level == AreaLevel.VILLAGE)
    if village is not None and session.scalars(places).first() is None:
        errors["defaults.village"] = ["unknown_village"]
    units = select(Unit.id).where(Unit.code == unit, Unit.active)
    if unit is not None and session.scalars(units).first() is None:
        errors["defaults.unit"] = ["unknown_unit"]
    if errors:
        raise Invalid(errors, village=village, unit=unit)
