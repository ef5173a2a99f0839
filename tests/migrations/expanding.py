"""What a newer schema would take from a program that was written for the older one."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import inspect, text
from sqlalchemy.engine.reflection import Inspector

from core.persistence.db import Database

TRIGGERS = {
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname, CAST(CAST(tgrelid AS regclass) AS text) FROM pg_trigger"
    " WHERE NOT tgisinternal",
}


@dataclass(frozen=True)
class Table:
    """A table as far as a program that writes to it can notice: its columns, and what refuses a row."""

    columns: dict[str, tuple[str, bool, bool]]
    key: tuple[str, ...]
    demands: frozenset[str]


def schema(db: Database) -> dict[str, Table]:
    """Return every table of a database by name."""
    with db.engine.connect() as connection:
        found = inspect(connection)
        guards: dict[str, set[str]] = {}
        for name, table in connection.execute(text(TRIGGERS[connection.dialect.name])):
            guards.setdefault(table, set()).add(f"trigger {name}")
        return {name: _table(found, name, guards.get(name, set())) for name in found.get_table_names()}


def _table(found: Inspector, name: str, guards: set[str]) -> Table:
    uniques: list[Any] = [*found.get_unique_constraints(name), *_unique_indexes(found, name)]
    demands = {f"unique {', '.join(filter(None, one['column_names']))}" for one in uniques}
    demands |= {f"reference {', '.join(one['constrained_columns'])}" for one in found.get_foreign_keys(name)}
    demands |= {f"check {one['name']}" for one in found.get_check_constraints(name)}
    return Table(
        columns={
            one["name"]: (str(one["type"]), one["nullable"], one["default"] is not None)
            for one in found.get_columns(name)
        },
        key=tuple(found.get_pk_constraint(name)["constrained_columns"]),
        demands=frozenset(demands | guards),
    )


def _unique_indexes(found: Inspector, name: str) -> list[Any]:
    return [one for one in found.get_indexes(name) if one["unique"]]


def taken(before: dict[str, Table], after: dict[str, Table]) -> list[str]:
    """Return what the older program misses or stumbles over in the newer schema; empty when it only adds."""
    found = []
    for name, old in before.items():
        new = after.get(name)
        if new is None:
            found.append(f"{name} is gone")
            continue
        for column, (kind, nullable, _) in old.columns.items():
            kind_now, nullable_now, _ = new.columns.get(column, ("", True, True))
            if not kind_now:
                found.append(f"{name}.{column} is gone")
            elif kind_now != kind:
                found.append(f"{name}.{column} was {kind} and is {kind_now}")
            elif nullable and not nullable_now:
                found.append(f"{name}.{column} must be filled")
        for column in new.columns.keys() - old.columns.keys():
            _, nullable, has_default = new.columns[column]
            if not nullable and not has_default:
                found.append(f"{name}.{column} must be filled")
        if new.key != old.key:
            found.append(f"{name} has another key")
        found += [f"{name} demands {one}" for one in new.demands - old.demands]
    return sorted(found)
