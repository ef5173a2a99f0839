"""Simulate the sample township through the services, and read what they wrote, to be copied by the thousand.

Every case of a load is a copy of one that the services made, so that nothing about it is invented here. One
simulation covers about ten weeks; several, each ending where the next begins, make a history of years.
"""

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, Row, Table, select

from cases.configuration.calendar import Calendars
from cases.history.entries import Entry
from cases.models.case import Case
from cases.models.search import SearchText
from cli.framework.services import ProgramServices
from cli.serve.database_setup import prepare_database
from core import clock
from core.persistence.db import Base, Database
from demo.simulate import SEED, simulate, story_days
from notifications.models import Notice

#: The case row as it stood when each entry was written: what the digest in the entry was made over.
SNAPSHOTS: Table = Case.__table__.to_metadata(MetaData(), name="snapshots")  # type: ignore[attr-defined]
SNAPSHOT_TRIGGERS = (
    "CREATE TABLE snapshots AS SELECT * FROM cases WHERE 0",
    "CREATE TRIGGER snapshots_taken AFTER INSERT ON history"
    " BEGIN INSERT INTO snapshots SELECT * FROM cases WHERE id = NEW.case_id; END",
)
NUMBER = re.compile(r"\b[A-Z]{2}-\d{4}-\d{4,}\b")
#: Tables about people, places and units, which are copied once and not with every case.
REGISTERS = ("areas", "units", "users", "households", "register_history")
#: What is made of the texts of the copied cases at the end.
DERIVED = (SearchText.__tablename__,)
RawRow = dict[str, Any]


@dataclass(frozen=True)
class CaseGroup:
    """Cases that know of each other, mostly one, with all rows that hang on them, as SQLite keeps them.

    `cases` are the rows, `snapshots` and `entries` by case id, in the order of the history.
    """

    cases: list[RawRow]
    snapshots: dict[int, list[Row[Any]]]
    entries: dict[int, list[Row[Any]]]
    rows: dict[str, list[RawRow]]

    @property
    def final(self) -> bool:
        """Return whether nothing is open any more."""
        return all(case["final"] for case in self.cases)

    @property
    def began(self) -> str:
        """Return when the first of the cases was received."""
        return min(str(case["received_at"]) for case in self.cases)


@dataclass(frozen=True)
class SampleLedger:
    """One simulation: the file it was written to, and its groups in order of time."""

    place: Path
    groups: list[CaseGroup]


def simulate_runs(services: ProgramServices, *, folder: Path, today: date, number: int) -> list[SampleLedger]:
    """Simulate the township so many times, one after the other, the last up to today; give the oldest first.

    Earlier simulations keep only what came to its end. Takes about a quarter of a minute for each.
    """
    result: list[SampleLedger] = []
    for index in range(number):
        place = folder / f"run-{index}.db"
        with closing(_open(services, place)) as run:
            with run.services.db.reading() as session:
                begins = story_days(run.services.rules.services.calendars.current(session), today)[0]
            simulate(
                run.services.db,
                rules=run.services.rules,
                today=today,
                seals_folder=folder / f"seals-{index}",
                seed=SEED + index,
            )
            with run.services.db.engine.connect() as connection:
                groups = [group for group in _groups(connection, place) if group.final or index == 0]
        result.append(SampleLedger(place, sorted(groups, key=lambda group: group.began)))
        today = begins
    return result[::-1]


def load_rows(place: Path, table: str) -> list[RawRow]:
    """Return all rows of a table as SQLite keeps them."""
    with closing(sqlite3.connect(place)) as raw:
        cursor = raw.execute(f'SELECT * FROM "{table}"')
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]


@dataclass(frozen=True)
class _SampleCases:
    services: ProgramServices

    def close(self) -> None:
        self.services.db.dispose()


def _open(services: ProgramServices, place: Path) -> _SampleCases:
    """Make an installation in a file of its own, which need not survive a power cut."""
    db = Database(f"sqlite:///{place.as_posix()}", durable=False)
    run = replace(services, db=db, rules=services.rules.with_services(calendars=Calendars()))
    prepare_database(run, now=clock.now())
    with db.transaction() as session:
        for statement in SNAPSHOT_TRIGGERS:
            session.connection().exec_driver_sql(statement)
    return _SampleCases(run)


def _groups(connection: Connection, place: Path) -> Iterator[CaseGroup]:
    """Yield the cases with their rows, those together that are joined by a merge."""
    history = Entry.__table__
    entries, snapshots = defaultdict(list), defaultdict(list)
    for entry in connection.execute(select(history).order_by(history.c.case_id, history.c.seq)):
        entries[entry.case_id].append(entry)
    for snapshot in connection.execute(select(SNAPSHOTS).order_by(SNAPSHOTS.c.id, SNAPSHOTS.c.last_seq)):
        snapshots[snapshot.id].append(snapshot)
    cases = {case["id"]: case for case in load_rows(place, "cases")}
    hanging = _hanging(place, {case["number"]: case["id"] for case in cases.values()})
    for ids in _joined(cases, entries):
        rows: dict[str, list[RawRow]] = defaultdict(list)
        for case_id in ids:
            for table, found in hanging[case_id].items():
                rows[table] += found
        yield CaseGroup(
            cases=[cases[case_id] for case_id in ids],
            snapshots={case_id: snapshots[case_id] for case_id in ids},
            entries={case_id: entries[case_id] for case_id in ids},
            rows=rows,
        )


def _hanging(place: Path, numbers: dict[str, int]) -> dict[int, dict[str, list[RawRow]]]:
    """Return the rows of every table that hangs on a case, by case and table."""
    found: dict[int, dict[str, list[RawRow]]] = defaultdict(lambda: defaultdict(list))
    for table in Base.metadata.sorted_tables:
        if table.name == Notice.__tablename__:
            for row in load_rows(place, table.name):
                if row["subject"] in numbers:
                    found[numbers[row["subject"]]][table.name].append(row)
        elif table.name not in (Case.__tablename__, *DERIVED) and (column := _case_column(table)) is not None:
            for row in load_rows(place, table.name):
                if row[column] is not None:
                    found[row[column]][table.name].append(row)
    return found


def _case_column(table: Table) -> str | None:
    names = [
        key.parent.name
        for key in table.foreign_keys
        if key.column.table.name == Case.__tablename__ and key.column.name == "id"
    ]
    return "case_id" if "case_id" in names else next(iter(names), None)


def _joined(cases: dict[int, RawRow], entries: dict[int, list[Row[Any]]]) -> list[list[int]]:
    """Share the cases out into groups: whoever's history names another case belongs with it."""
    by_number = {case["number"]: case_id for case_id, case in cases.items()}
    group = {case_id: [case_id] for case_id in cases}
    for case_id in cases:
        for entry in entries[case_id]:
            for number in NUMBER.findall(repr(entry.facts)):
                other = by_number[number]
                if group[other] is not group[case_id]:
                    group[case_id] += group[other]
                    for moved in group[other]:
                        group[moved] = group[case_id]
    return [sorted(ids) for case_id, ids in group.items() if min(ids) == case_id]
