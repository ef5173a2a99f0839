"""Find matters by what villagers said, through an index of character pairs (漏水 in 水管漏水了).

Chinese has no spaces, so every character that is a letter or a digit begins a term of itself and the next
one; the last of a run stands alone. A phrase is then a row of pairs, and one character the beginning of a
term. Terms are code points in hexadecimal digits, so that neither database has its own idea of a word.
SQLite keeps them in a contentless FTS5 table, PostgreSQL in a `tsvector` under a GIN index; neither needs an
extension. Both are written in the transaction that writes the words.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from itertools import groupby, pairwise
from typing import Any

from sqlalchemy import Connection, String, bindparam, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from cases.models.case import Complainant

TABLE = "complainant_words"

SQLITE_ENTER = text(f"INSERT INTO {TABLE} (rowid, words) VALUES (:id, :words)")
SQLITE_LEAVE = text(f"INSERT INTO {TABLE} ({TABLE}, rowid, words) VALUES ('delete', :id, :words)")
POSTGRESQL_ENTER = text(f"INSERT INTO {TABLE} (complainant_id, words) VALUES (:id, CAST(:words AS tsvector))")
POSTGRESQL_LEAVE = text(f"DELETE FROM {TABLE} WHERE complainant_id = :id")


def enter(connection: Connection, words: Mapping[int, str]) -> None:
    """Take the words of new complainants, by their id, into the index."""
    sqlite = connection.dialect.name == "sqlite"
    write = _for_sqlite if sqlite else _for_postgresql
    rows = [{"id": key, "words": write(said)} for key, said in words.items()]
    if rows:
        connection.execute(SQLITE_ENTER if sqlite else POSTGRESQL_ENTER, rows if len(rows) > 1 else rows[0])


def change(connection: Connection, key: int, *, before: str, after: str) -> None:
    """Put other words of a complainant in the place of those that were entered, which must be exact."""
    if connection.dialect.name == "sqlite":
        connection.execute(SQLITE_LEAVE, {"id": key, "words": _for_sqlite(before)})
    else:
        connection.execute(POSTGRESQL_LEAVE, {"id": key})
    enter(connection, {key: after})


def contains(typed: str) -> Any:
    """Return the condition on complainants whose own words hold every run of what was typed.

    Marks and spaces only part the runs. Without any letter or digit nothing is found.
    """
    runs = [run for _, run in _runs(typed)]
    fts = " AND ".join(_phrase(run, together='"{}"', apart=" ", begins="{}*") for run in runs)
    ts = " & ".join(_phrase(run, together="({})", apart=" <-> ", begins="{}:*") for run in runs)
    if not runs:
        fts, ts = '""', ""
    return Complainant.id.op("IN", is_comparison=True)(_MatchingIds(fts, ts))


class _MatchingIds(FunctionElement[int]):
    """The ids in the index that match: the first text is in the language of FTS5, the second a `tsquery`."""

    name = "found"
    inherit_cache = True

    def __init__(self, fts: str, ts: str) -> None:
        super().__init__(
            bindparam(None, fts, String(), unique=True), bindparam(None, ts, String(), unique=True)
        )


@compiles(_MatchingIds, "sqlite")
def _on_sqlite(element: _MatchingIds, compiler: SQLCompiler, **options: Any) -> str:
    fts, _ = element.clauses
    return f"(SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH {compiler.process(fts, **options)})"


@compiles(_MatchingIds, "postgresql")
def _on_postgresql(element: _MatchingIds, compiler: SQLCompiler, **options: Any) -> str:
    _, ts = element.clauses
    asked = f"CAST({compiler.process(ts, **options)} AS tsquery)"
    return f"(SELECT complainant_id FROM {TABLE} WHERE words @@ {asked})"


def _runs(said: str) -> Iterable[tuple[int, list[str]]]:
    """Yield the runs of letters and digits, each as the code points of its characters, with its place."""
    plain = unicodedata.normalize("NFKC", said).casefold()
    place = 0
    for wanted, run in groupby(plain, str.isalnum):
        points = [f"{ord(character):05x}" for character in run]
        if wanted:
            yield place, points
        place += len(points)


def _terms(points: list[str]) -> list[str]:
    return [f"{first}{second}" for first, second in zip(points, [*points[1:], ""], strict=True)]


def _for_sqlite(said: str) -> str:
    return " ".join(term for _, points in _runs(said) for term in _terms(points))


def _for_postgresql(said: str) -> str:
    """Return the literal of a `tsvector`; it knows no place beyond 16,383, and no text here is as long."""
    return " ".join(
        f"{term}:{place}" for start, run in _runs(said) for place, term in enumerate(_terms(run), start + 1)
    )


def _phrase(run: list[str], *, together: str, apart: str, begins: str) -> str:
    """Write a run as a phrase: its pairs in a row, or the beginning of a pair when it is one character."""
    if len(run) == 1:
        return begins.format(run[0])
    return together.format(apart.join(f"{first}{second}" for first, second in pairwise(run)))
