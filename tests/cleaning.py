"""Put a used PostgreSQL database back as it was, which is much quicker than to copy it anew.

Rows are compared with what they were at first: how many a table has, and which transaction wrote the newest.
Tables that differ are filled again from a kept copy. A test that changed the schema itself leaves a database
that cannot be put back.
"""

from dataclasses import dataclass

import psycopg
from psycopg import sql

#: Everything by which a schema could differ: relations, columns, triggers, constraints and functions.
SHAPE = """
SELECT
  (SELECT sum(hashtext(concat_ws(' ', relname, oid, relfilenode))::bigint)
     FROM pg_class WHERE relnamespace = 'public'::regnamespace),
  (SELECT sum(hashtext(concat_ws(' ', attrelid, attnum, attname, atttypid, attnotnull, attisdropped))::bigint)
     FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND attnum > 0),
  (SELECT sum(hashtext(concat_ws(' ', tgname, oid, tgenabled))::bigint) FROM pg_trigger),
  (SELECT sum(hashtext(concat_ws(' ', conname, oid, convalidated))::bigint) FROM pg_constraint),
  (SELECT sum(hashtext(concat_ws(' ', proname, oid, prosrc))::bigint)
     FROM pg_proc WHERE pronamespace = 'public'::regnamespace)
"""
TABLES = """
SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1
"""
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences ORDER BY 1"
OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
"""


@dataclass
class Kept:
    """What a database held before its first test."""

    shape: tuple[object, ...]
    rows: dict[str, bytes]
    marks: dict[str, tuple[int, int]]
    sequences: dict[str, int | None]


class Cleaner:
    """Watch one database through a connection of its own and put it back after each test."""

    def __init__(self, conninfo: str) -> None:
        self._connection = psycopg.connect(conninfo, autocommit=True)
        self._connection.execute("SET session_replication_role = replica")
        tables = [name for (name,) in self._connection.execute(TABLES)]
        # The first row keeps the statement whole for a database that has no table yet.
        self._marks_query = sql.SQL(" UNION ALL ").join(
            [sql.SQL("SELECT '', 0::bigint, 0::bigint")]
            + [
                sql.SQL("SELECT {}, count(*), coalesce(max(xmin::text::bigint), 0) FROM {}").format(
                    sql.Literal(name), sql.Identifier(name)
                )
                for name in tables
            ]
        )
        self._kept = Kept(
            shape=self._shape(),
            rows={name: self._copy_out(name) for name in tables},
            marks=self._marks(),
            sequences=self._sequences(),
        )

    def put_back(self) -> bool:
        """Undo what a test did to the rows; tell whether the database is again as it was."""
        for (ended,) in self._connection.execute(OTHERS).fetchall():
            if not ended:
                return False
        if self._shape() != self._kept.shape:
            return False
        marks = self._marks()
        changed = [name for name, mark in marks.items() if mark != self._kept.marks[name]]
        with self._connection.transaction():
            for name in changed:
                self._connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
            for name in changed:
                self._copy_in(name)
            for name, value in self._sequences().items():
                if value != self._kept.sequences[name]:
                    self._set_sequence(name)
        if changed:
            now = self._marks()
            if any(now[name][0] != self._kept.marks[name][0] for name in now):
                return False
            self._kept.marks = now
        return True

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def _shape(self) -> tuple[object, ...]:
        row = self._connection.execute(SHAPE).fetchone()
        assert row is not None  # a select without FROM always gives a row
        return row

    def _marks(self) -> dict[str, tuple[int, int]]:
        rows = self._connection.execute(self._marks_query).fetchall()
        return {name: (rows_in_it, newest) for name, rows_in_it, newest in rows}

    def _sequences(self) -> dict[str, int | None]:
        return dict(self._connection.execute(SEQUENCES).fetchall())

    def _copy_out(self, name: str) -> bytes:
        statement = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(name))
        with self._connection.cursor() as cursor, cursor.copy(statement) as out:
            return b"".join(bytes(block) for block in out)

    def _copy_in(self, name: str) -> None:
        rows = self._kept.rows[name]
        if rows:
            statement = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(name))
            with self._connection.cursor() as cursor, cursor.copy(statement) as into:
                into.write(rows)

    def _set_sequence(self, name: str) -> None:
        value = self._kept.sequences[name]
        self._connection.execute(
            "SELECT setval(%s::regclass, %s, %s)", (name, 1 if value is None else value, value is not None)
        )
