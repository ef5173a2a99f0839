"""Bring a database to the newest schema, the way the program itself does it."""

import importlib
from pathlib import Path

from core.db import Base, Database

ROOT = Path(__file__).resolve().parent.parent


def migrate(database: Database) -> None:
    """Make every table of every package that has models."""
    for place in sorted([*ROOT.glob("*/models.py"), *ROOT.glob("*/records.py")]):
        importlib.import_module(f"{place.parent.name}.{place.stem}")
    with database.transaction() as session:
        Base.metadata.create_all(session.connection())
