"""Describe a backup so that nothing can be missing or changed unseen: hashes, counts and heads of chains."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from io import BufferedReader
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, inspect, select, table, text

from accounts.history import RegisterEntry
from cases.history.daily_seals import DailySeal
from cases.models.case import Case
from cli.backup import plain_files
from core.chain import Chain
from core.errors import Conflict, DomainError, NotFound
from core.persistence.revisions import OUTSIDE_MODELS

NAME = "manifest.json"
FORMAT = 1
#: The ids of the keys that open names and telephones; copies of earlier versions do not say it.
KEYS = "personal_keys"


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
        name: {"size": (folder / name).stat().st_size, "sha256": sha256(folder / name)}
        for name in plain_files.list_files(folder)
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
    """Return a manifest after checking every file against it; nothing else of the folder is looked at.

    Raises NotFound-like `copy_not_found`, `copy_of_other_key`, `copy_damaged` with the files concerned,
    `copy_names_strange` for names that no backup of ours has, and `copy_not_plain` for links and the like.
    """
    try:
        with plain_files.open_plain(folder, NAME) as stored:
            manifest: dict[str, Any] = json.loads(stored.read().decode(), object_pairs_hook=_each_once)
        seal = manifest.pop("seal")
        key_id, files = manifest["key_id"], dict(manifest["files"])
    except (FileNotFoundError, NotADirectoryError):
        raise _absent(folder) from None
    except plain_files.NotPlain:
        raise Conflict("copy_not_plain", files=[NAME]) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Conflict("copy_damaged", files=[NAME]) from None
    if key_id not in chain.keys:
        raise Conflict("copy_of_other_key", key_id=key_id)
    if chain.link("", manifest, key_id) != seal:
        raise Conflict("copy_damaged", files=[NAME])
    _check_files(folder, files)
    return manifest


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make a table of its members; raises ValueError where a name stands twice and two readers differ."""
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("a name stands twice")
    return table


def _check_files(folder: Path, files: dict[str, Any]) -> None:
    """Hold every name against what a backup may hold, and then every file against its hash."""
    strange = plain_files.find_strange(files)
    if strange:
        raise Conflict("copy_names_strange", files=strange)
    damaged, not_plain = [], []
    for name, known in files.items():
        try:
            with plain_files.open_plain(folder, name) as stored:
                if _sha256(stored) != known["sha256"]:
                    damaged.append(name)
        except plain_files.NotPlain:
            not_plain.append(name)
        except OSError:
            damaged.append(name)
    if not_plain:
        raise Conflict("copy_not_plain", files=not_plain)
    if damaged:
        raise Conflict("copy_damaged", files=damaged)


def sha256(place: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    with place.open("rb") as stored:
        return _sha256(stored)


def _sha256(stored: BufferedReader) -> str:
    return hashlib.file_digest(stored, "sha256").hexdigest()


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
