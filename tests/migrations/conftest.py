"""Databases without any table, to migrate."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.persistence.db import Database
from tests.databases import Databases


@pytest.fixture
def bare(databases: Databases, backend: str, tmp_path: Path) -> Iterator[Database]:
    """Yield a database without any table; on SQLite not even the file is there."""
    if backend == "sqlite":
        folder = tmp_path / "村 data"
        folder.mkdir()
        database = Database(f"sqlite:///{folder.as_posix()}/huiyin.db")
        yield database
        database.dispose()
        return
    databases.template(backend, "bare", lambda _: None)
    engine = databases.engine(backend)
    database = engine.copy("bare")
    yield database
    engine.drop(database)
