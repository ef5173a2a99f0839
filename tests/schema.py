"""Bring a database to the newest schema, the way the program itself does it."""

import importlib
from pathlib import Path

from core import migrating
from core.db import Database

ROOT = Path(__file__).resolve().parent.parent


def migrate(database: Database) -> None:
    """Make every table and every guard."""
    migrating.upgrade(database)


def import_models() -> None:
    """Import every module of the program that defines a table, so that the metadata is whole."""
    for place in sorted(ROOT.glob("*/*.py")):
        if "(Base)" in place.read_text(encoding="utf-8"):
            importlib.import_module(f"{place.parent.name}.{place.stem}")
