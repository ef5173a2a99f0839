"""Bring a database to the newest schema, the way the program itself does it."""

import contextlib
import importlib
from pathlib import Path

from core.db import Base, Database

ROOT = Path(__file__).resolve().parent.parent


def migrate(database: Database) -> None:
    """Make every table of every package that has models."""
    for place in sorted(ROOT.glob("*/*.py")):
        if "(Base)" in place.read_text(encoding="utf-8"):
            with contextlib.suppress(ModuleNotFoundError):
                importlib.import_module(f"{place.parent.name}.{place.stem}")
    tables = Base.metadata.tables
    whole = [
        table
        for table in tables.values()
        if all(key.target_fullname.split(".")[0] in tables for key in table.foreign_keys)
    ]
    while True:
        names = {table.name for table in whole}
        fewer = [
            table
            for table in whole
            if all(key.target_fullname.split(".")[0] in names for key in table.foreign_keys)
        ]
        if len(fewer) == len(whole):
            break
        whole = fewer
    with database.transaction() as session:
        Base.metadata.create_all(session.connection(), tables=whole)
