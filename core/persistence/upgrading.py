"""Bring a database to the newest schema or compare it with the models, and load Alembic only then.

Commands and servers are one program: most of them never migrate, and Alembic would be a twelfth of their
memory. So the module that migrates is imported here as the standard library offers it, and runs at first use.
"""

import importlib.util
import sys
from types import ModuleType

from core.persistence.db import Database


def _imported_at_first_use(name: str) -> ModuleType:
    """Import a module whose code runs when something of it is asked for (`importlib.util.LazyLoader`)."""
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.find_spec(name)
    assert spec is not None  # it stands beside this one
    assert spec.loader is not None
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


migrations = _imported_at_first_use("core.persistence.migrations")


def upgrade(db: Database) -> None:
    """Migrate to the newest schema."""
    migrations.upgrade(db)


def differences(db: Database) -> list[str]:
    """List every difference between the models, which the caller has imported, and the database."""
    found: list[str] = migrations.check(db)
    return found
