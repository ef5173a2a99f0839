"""Describe a backup so that nothing can be missing or changed unseen: hashes, counts and heads of chains."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, inspect, select, table, text

from accounts.history import RegisterEntry
from cases.history.daily_seals import DailySeal
from cases.models.case import Case
from core.chain import Chain
from core.errors import Conflict, DomainError, NotFound
from core.persistence.revisions import OUTSIDE_MODELS

NAME = "manifest.json"
FORMAT = 1


def describe(connection: Connection) -> dict[str, Any]:
    """Return what a database holds: the rows of every table, and where its chains end."""
    present = inspect(connection).get_table_names()
    # A search index is made from what other tables hold, and SQLite cannot say how many rows its own has.
    names = sorted(name for name in present if not name.startswith(OUTSIDE_MODELS))
    return {
        "revision": _revision(connection, names),
        "counts": {name: connection.scalar(select(func.count()).select_from(table(name))) for name in names},
        "heads": {
            "cases": _digest(
                connection.execute(select(Case.number, Case.last_seq, Case.last_hash).order_by(Case.number))
            ),
            "registers": _digest(
                connection.execute(
                    select(
                        RegisterEntry.subject_kind,
                        RegisterEntry.subject_id,
                        RegisterEntry.seq,
                        RegisterEntry.hash,
                    ).order_by(RegisterEntry.subject_kind, RegisterEntry.subject_id, RegisterEntry.seq)
                )
            ),
            "days": _digest(
                connection.execute(select(DailySeal.day, DailySeal.hash).order_by(DailySeal.day))
            ),
        },
    }


def write(folder: Path, *, engine: str, content: dict[str, Any], chain: Chain, now: datetime) -> None:
    """Write the manifest of everything in a folder, sealed with the present key."""
    files = {
        place.relative_to(folder).as_posix(): {"size": place.stat().st_size, "sha256": sha256(place)}
        for place in sorted(folder.rglob("*"))
        if place.is_file()
    }
    manifest = {
        "format": FORMAT,
        "made_at": now.isoformat(),
        "engine": engine,
        "key_id": chain.key_id,
        **content,
        "files": files,
    }
    sealed = {**manifest, "seal": chain.link("", manifest)}
    text = json.dumps(sealed, ensure_ascii=False, indent=2) + "\n"
    (folder / NAME).write_text(text, encoding="utf-8")


def read(folder: Path, *, chain: Chain) -> dict[str, Any]:
    """Return a manifest after checking every file against it.

    Raises NotFound-like `copy_not_found`, `copy_of_other_key`, or `copy_damaged` with the files concerned.
    """
    place = folder / NAME
    if not place.is_file():
        raise _absent(folder)
    try:
        manifest: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
        seal = manifest.pop("seal")
        key_id, files = manifest["key_id"], dict(manifest["files"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Conflict("copy_damaged", files=[NAME]) from None
    if key_id not in chain.keys:
        raise Conflict("copy_of_other_key", key_id=key_id)
    if chain.link("", manifest, key_id) != seal:
        raise Conflict("copy_damaged", files=[NAME])
    damaged = [name for name, known in files.items() if not _intact(folder / name, known["sha256"])]
    if damaged:
        raise Conflict("copy_damaged", files=damaged)
    return manifest


def sha256(place: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with place.open("rb") as stored:
        return hashlib.file_digest(stored, "sha256").hexdigest()


def _intact(place: Path, expected: str) -> bool:
    return place.is_file() and sha256(place) == expected


def _absent(folder: Path) -> DomainError:
    error = NotFound(place=str(folder))
    error.code = "copy_not_found"
    return error


def _revision(connection: Connection, names: Iterable[str]) -> str | None:
    if "alembic_version" not in names:
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _digest(rows: Iterable[Any]) -> dict[str, Any]:
    digest, count = hashlib.sha256(), 0
    for row in rows:
        digest.update(("|".join(str(value) for value in row) + "\n").encode())
        count += 1
    return {"count": count, "digest": digest.hexdigest()}
