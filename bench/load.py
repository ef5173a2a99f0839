"""Fill an empty database with cases, as real as those the services make: `python -m bench.load --cases N`.

The database is the one of HUIYIN_DATABASE_URL. The chain is made with the installation's own key, so that
`verify` finds nothing, and the days are sealed.
"""

import argparse
import gc
import os
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from accounts.models import Area
from app import assemble
from bench.bulk_writer import Writer, refresh, writing
from bench.case_copier import Copier, Serials
from bench.sample_cases import REGISTERS, RawRow, SampleLedger, load_rows, simulate_runs
from cases.history import daily_seals
from cases.models.case import Case
from cases.persistence import search_index
from cases.statistics import tallies
from cli.framework.services import ProgramServices
from cli.serve.database_setup import prepare_database
from core import clock
from core.errors import Conflict
from core.persistence.db import Base
from demo.simulate import SEALED_AT
from jobs.tasks import SEALS_FOLDER

#: One simulation of the township for so many cases, so that a day has more of them only in the largest loads.
CASES_PER_SIMULATION = 25_000
MOST_SIMULATIONS = 12
BATCH_ROWS = 20_000
#: The setting of the zone is in the register already, as in every installation.
SETTING_KIND = "setting"


@dataclass(frozen=True)
class Loaded:
    """How many cases were written, and how long simulating, copying and sealing took, in seconds."""

    cases: int
    simulating: float
    copying: float
    sealing: float

    @property
    def per_second(self) -> float:
        """Return the cases copied in a second."""
        return self.cases / self.copying


def main() -> int:
    """Load, and say how fast."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, required=True, help="how many cases")
    parser.add_argument("--today", type=date.fromisoformat, help="the day on whose morning the story ends")
    given = parser.parse_args()
    services = assemble(os.environ)
    try:
        done = load(services, cases=given.cases, today=given.today or clock.today(services.rules.zone))
    except Conflict:
        print("the database is not empty", file=sys.stderr)
        return 1
    finally:
        services.db.dispose()
    print(
        f"{done.cases} cases: simulated in {done.simulating:.0f} s, copied in {done.copying:.0f} s"
        f" ({done.per_second:.0f} a second), sealed in {done.sealing:.0f} s"
    )
    return 0


def load(services: ProgramServices, *, cases: int, today: date) -> Loaded:
    """Fill a database with this many cases; raise Conflict `not_empty` when it holds an area already."""
    prepare_database(services, now=clock.now())
    _refuse_unless_empty(services)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        number = min(MOST_SIMULATIONS, 1 + cases // CASES_PER_SIMULATION)
        runs = simulate_runs(services, folder=Path(folder), today=today, number=number)
        simulating = time.perf_counter() - began
        return replace(fill(services, runs, cases=cases, today=today), simulating=simulating)


def fill(services: ProgramServices, runs: list[SampleLedger], *, cases: int, today: date) -> Loaded:
    """Fill an empty, prepared database from simulations with the same key; raise Conflict `not_empty`."""
    _refuse_unless_empty(services)
    began = time.perf_counter()
    gc.disable()  # nothing here goes in circles, and looking for some costs a third of the time
    try:
        with writing(services.db) as writer:
            _copy(services, writer, runs, cases)
    finally:
        gc.enable()
    _fill_search(services)
    tallies.recount(services.db, zone=services.rules.zone)
    refresh(services.db)
    copied = time.perf_counter()
    now = datetime.combine(today, SEALED_AT, services.rules.zone)
    daily_seals.seal(
        services.db, rules=services.rules, folder=services.settings.data_dir / SEALS_FOLDER, now=now
    )
    return Loaded(cases, 0.0, copied - began, time.perf_counter() - copied)


def _fill_search(services: ProgramServices) -> None:
    """Enter the texts of all cases into the search index."""
    with services.db.transaction() as session:
        for ids in session.scalars(select(Case.id)).yield_per(BATCH_ROWS).partitions():
            connection = session.connection()
            search_index.enter(connection, search_index.load_texts(connection, ids))


def _refuse_unless_empty(services: ProgramServices) -> None:
    with services.db.reading() as session:
        if session.scalars(select(Area.id).limit(1)).first() is not None:
            raise Conflict("not_empty")


class _Buffer:
    """Keep rows until there are enough of them to write; tables in an order that suits their keys."""

    def __init__(self, writer: Writer) -> None:
        self.columns = {
            table.name: [column.name for column in table.columns] for table in Base.metadata.sorted_tables
        }
        self._writer = writer
        self._rows: dict[str, list[Sequence[Any]]] = defaultdict(list)
        self._waiting = 0

    def add(self, table: str, row: Sequence[Any]) -> None:
        self._rows[table].append(row)
        self._waiting += 1

    def add_all(self, table: str, rows: list[RawRow], *, without: frozenset[str] = frozenset()) -> None:
        """Write rows of a register at once."""
        columns = [name for name in self.columns[table] if name not in without]
        self._writer.write(table, columns, [[row[name] for name in columns] for row in rows])

    def flush(self, *, least: int = 0) -> None:
        if self._waiting < least:
            return
        for table in self.columns:
            if self._rows[table]:
                self._writer.write(table, self.columns[table], self._rows.pop(table))
        self._waiting = 0


def _copy(services: ProgramServices, writer: Writer, runs: list[SampleLedger], cases: int) -> None:
    buffer, serials, rng = _Buffer(writer), Serials(), random.Random(cases)
    _registers(buffer, runs[0].place)
    homes: dict[str, list[RawRow]] = defaultdict(list)
    for home in load_rows(runs[0].place, "households"):
        homes[str(home["village_id"])].append(home)
    share, keys = cases // len(runs), services.rules.services.personal_keys
    for index, run in enumerate(runs):
        last = index == len(runs) - 1
        copiers = [Copier(group, buffer.columns, keys) for group in run.groups]
        wanted = cases - share * index if last else share
        for copier, times in zip(copiers, _shares(copiers, wanted), strict=True):
            for _ in range(times):
                for table, row in copier.copy(services.rules, serials, homes, rng):
                    buffer.add(table, row)
                buffer.flush(least=BATCH_ROWS)
    for (village_id, _, year), value in serials.numbers.items():
        buffer.add_all(
            "number_serials",
            [{"village_id": village_id, "year": year, "value": value, "begins_at": 1, "slot_key": None}],
        )
    buffer.flush()


def _registers(buffer: _Buffer, place: Path) -> None:
    """Write places, units, people and households with their history, once for all cases."""
    for table in REGISTERS:
        rows = load_rows(place, table)
        if table == "register_history":
            rows = [row for row in rows if row["subject_kind"] != SETTING_KIND]
            buffer.add_all(table, rows, without=frozenset({"id"}))
        else:
            buffer.add_all(table, rows)


def _shares(copiers: Sequence[Copier], wanted: int) -> list[int]:
    """Say how often each group is copied, so that there are exactly so many cases and all shapes appear."""
    whole = wanted // sum(len(copier) for copier in copiers)
    times = [whole] * len(copiers)
    left = wanted - whole * sum(len(copier) for copier in copiers)
    # Chance decides what the rest is made of; without it a small load would hold the oldest stories alone.
    order = random.Random(wanted).sample(range(len(copiers)), len(copiers))
    for index in order:
        if len(copiers[index]) <= left:
            times[index] += 1
            left -= len(copiers[index])
    return times


if __name__ == "__main__":
    sys.exit(main())
