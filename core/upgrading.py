"""Bring a database to the newest schema or compare it with the models, and load Alembic only then.

Commands and servers are one program: most of them never migrate, and Alembic would be a twelfth of their
memory. So `core.migrating` is named here and loaded at the first call.
"""

import importlib
from typing import Any

from core.db import Database


def upgrade(db: Database) -> None:
    """Migrate to the newest schema."""
    _migrating().upgrade(db)


def differences(db: Database) -> list[str]:
    """Give every difference between the models, which the caller has imported, and the database."""
    found: list[str] = _migrating().check(db)
    return found


def _migrating() -> Any:
    return importlib.import_module("core.migrating")
