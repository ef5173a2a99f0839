"""Where the program spoke to its database during the tests, and what it said to one kind of database alone.

Every statement is noted with the function of the program that sent it. Whatever any test lets a function say
to SQLite, some test must let it say to PostgreSQL as well: so a test module can be left on one database only
as long as others say on both all that it says.
"""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import CodeType
from typing import Any

from sqlalchemy import Engine, event

ROOT = Path(__file__).resolve().parent.parent
#: Folders whose functions are not the program's own, and modules that pass on what others say.
OUTSIDE = ("tests", "bench", ".venv", "var")
PASSING_ON = ("core/persistence/db.py",)
#: What only one database is asked, because it alone has the matter; by function, with the reason.
OWN: Mapping[str, str] = {
    "cases/persistence/search_index.py compact": "PostgreSQL clears rows that are gone away by itself",
    "cases/retention/forgetting.py forget": "how a transaction of SQLite begins, for others to speak in",
    "cases/responsibility/held_cases.py hold_cases": "SQLite has one writer; PostgreSQL is asked for a lock",
    "cases/sealing/rotation.py _finish": "SQLite has one writer; PostgreSQL is asked for a lock",
    "cases/statistics/tallies.py _acquire_lock": "SQLite has one writer; PostgreSQL is asked for a lock",
    "core/persistence/database_backup.py snapshot": "SQLite copies through its driver, without a statement",
    "core/persistence/exclusive_run.py _locked_key": "SQLite locks an empty file beside the database",
    "core/persistence/leftovers.py remove": "SQLite's file is written anew past the engine",
    "core/persistence/migrations.py _back_up": "a file is copied before it is migrated",
    "core/persistence/migrations.py _check_references": "SQLite migrates with its keys switched off",
    "core/persistence/migrations.py _migrating": "SQLite has one writer; PostgreSQL is asked for a lock",
    "core/persistence/migrations.py _prepare.<locals>.begun": "how a transaction of SQLite begins",
    "migrations/versions/0007_quicker.py _function": "triggers of PostgreSQL call functions",
    "migrations/versions/0007_quicker.py _index": "the index is the right one on PostgreSQL from the start",
    "migrations/versions/0023_forgetting.py _all_else": "PostgreSQL compares whole rows",
    "migrations/versions/0023_forgetting.py downgrade": "triggers of PostgreSQL call functions",
    "wsgi/readiness.py Readiness._check": "SQLite has one writer, whose turn is waited for",
}

#: A kind of database, and the function that spoke to it.
Footprint = tuple[str, str]


class Footprints:
    """What was noted so far, with the test that did it first."""

    def __init__(self, root: Path = ROOT) -> None:
        self._root = f"{root}/"
        self.found: dict[Footprint, str] = {}
        #: The test that runs just now.
        self.test = ""
        #: By the number of a code, for to hash one takes long; it is kept, so that no other has its number.
        self._functions: dict[int, tuple[CodeType, str | None]] = {}

    def begin(self) -> None:
        """Note every statement from now on, whatever database it goes to."""
        event.listen(Engine, "before_cursor_execute", self._note)

    def end(self) -> None:
        """Note no more."""
        event.remove(Engine, "before_cursor_execute", self._note)

    def _note(self, connection: Any, *_: Any) -> None:
        frame = sys._getframe(1)
        while frame is not None:
            code = frame.f_code
            known = self._functions.get(id(code))
            if known is None:
                known = self._functions[id(code)] = (code, self._function(code))
            if known[1] is not None:
                self.found.setdefault((connection.dialect.name, known[1]), self.test)
                return
            frame = frame.f_back  # type: ignore[assignment]

    def _function(self, code: CodeType) -> str | None:
        """Return a function of the program with its module, or None for one that is none of its own."""
        name = code.co_filename
        if not name.startswith(self._root):
            return None
        inside = name.removeprefix(self._root)
        if inside.partition("/")[0] in OUTSIDE or inside in PASSING_ON:
            return None
        return f"{inside} {code.co_qualname}"


def left_on_one(
    found: Mapping[Footprint, str] | Iterable[Footprint], own: Iterable[str] = OWN
) -> dict[str, str]:
    """Return the functions that spoke to one kind of database alone, with a test that let them."""
    tests = dict(found) if isinstance(found, Mapping) else dict.fromkeys(found, "")
    kinds: dict[str, set[str]] = {}
    for kind, function in tests:
        kinds.setdefault(function, set()).add(kind)
    return {
        function: f"{only} alone, in {tests[only, function]}"
        for function, asked in sorted(kinds.items())
        if len(asked) == 1 and function not in set(own)
        for only in asked
    }
