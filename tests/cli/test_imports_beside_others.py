"""Whoever imports while somebody else writes is told so, and not to look for another database."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from cli.framework.input_files import IMPORT
from core.persistence.db import Database
from core.persistence.exclusive_run import exclusive_run
from core.tables.writer import write_rows
from tests.cases.importing.message_sheet import HEADINGS, PLAIN
from tests.cli.conftest import Command

TABLES: dict[str, list[list[Any]]] = {
    "areas": [["code", "name", "level", "parent"], ["NB", "新坝村", "village", "MA"]],
    "units": [["code", "name", "kind", "area", "superior"], ["team-2", "二组", "team", "MA", ""]],
    "roster": [["村", "组", "户号", "户主"], ["杉岭村", 1, 900, "田某"]],
    "cases": [list(HEADINGS), [PLAIN[heading] for heading in HEADINGS]],
}


def file(tmp_path: Path, noun: str) -> str:
    header, *rows = TABLES[noun]
    place = tmp_path / f"{noun}.csv"
    write_rows(place, header, rows)
    return str(place)


@pytest.mark.parametrize("noun", TABLES)
def test_a_second_import_beside_a_running_one_is_told_so(
    beside_town: Command, town: Database, tmp_path: Path, noun: str
) -> None:
    with exclusive_run(town, IMPORT):
        done = beside_town(noun, "import", file(tmp_path, noun))
    assert (done.code, done.out) == (1, "")
    assert "另一个导入正在进行" in done.err
    assert beside_town(noun, "import", file(tmp_path, noun)).code == 0


def test_an_import_that_waits_in_vain_for_another_writer_is_told_so(
    beside_town: Command, town: Database, tmp_path: Path
) -> None:
    with town.transaction() as session:
        # Writing to SQLite is enough to keep everybody else from it; PostgreSQL keeps readers and rows apart.
        lock = "UPDATE areas SET name = name" if town.is_sqlite else "LOCK TABLE areas"
        session.execute(text(lock))
        done = beside_town("areas", "import", file(tmp_path, "areas"))
    assert done.code == 1
    assert "数据库正忙" in done.err
    assert "HUIYIN_DATABASE_URL" not in done.err
