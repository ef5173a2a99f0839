"""Compare what leaves the process with what is written down beside this file, and write it down anew.

When a change of the surface is meant, run `python -m tests.rules.surface_snapshot` and read the difference:
it is what programs and people outside would notice. `--ledger` also replaces the ledger of before, which is
right only when a new release is to be the one that later programs must still read.
"""

import argparse
import base64
import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from core.persistence.db import Database
from tests.rules import surface_doors, surface_facts, surface_township

FOLDER = Path(__file__).resolve().parent / "surface"
LEDGER = FOLDER / "ledger-of-before.zip.base64"
DATABASE = "huiyin.db"
LINE = 100
#: Of a date in a file of the archive, so that the same content makes the same archive.
EPOCH = (1980, 1, 1, 0, 0, 0)
NAMES = (*surface_doors.DOORS, *surface_doors.ALONE, "tables", "facts")


def collect(folder: Path) -> dict[str, Any]:
    """Return the whole surface by name; `folder` holds a township (`surface_township.build_township`)."""
    joined = surface_doors.assembled(surface_township.environment(folder))
    database = Database(f"sqlite:///{(folder / DATABASE).as_posix()}")
    with closing(_Disposing(database)):
        found = {name: make(joined) for name, make in surface_doors.DOORS.items()}
        found |= {name: make() for name, make in surface_doors.ALONE.items()}
        found["tables"] = surface_doors.tables(database.engine)
        found["facts"] = surface_facts.facts(folder / DATABASE)
    return found


class _Disposing:
    def __init__(self, database: Database) -> None:
        self._database = database

    def close(self) -> None:
        self._database.dispose()


def written(name: str) -> Any:
    """Return what was written down of one part of the surface."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def text_of(part: Any) -> str:
    """Return the form in which a part is written down."""
    return json.dumps(part, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def differences(before: Any, now: Any, where: str = "") -> list[str]:
    """Name everything that was added, removed or changed, each by its place."""
    return list(_differences(before, now, where))


def _differences(before: Any, now: Any, where: str) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(now, dict):
        for key in sorted(before.keys() | now.keys()):
            place = f"{where} > {key}" if where else str(key)
            if key not in now:
                yield f"removed: {place}"
            elif key not in before:
                yield f"added: {place}"
            else:
                yield from _differences(before[key], now[key], place)
    elif isinstance(before, list) and isinstance(now, list) and _plain(before) and _plain(now):
        gone, come = [one for one in before if one not in now], [one for one in now if one not in before]
        yield from (f"removed: {where} > {one}" for one in gone)
        yield from (f"added: {where} > {one}" for one in come)
        if not gone and not come and before != now:
            yield f"changed: {where}: other order or number"
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for index, (old, new) in enumerate(zip(before, now, strict=True)):
            yield from _differences(old, new, f"{where} > {index}")
    elif before != now or type(before) is not type(now):
        yield f"changed: {where}: {_short(before)} → {_short(now)}"


def _plain(values: list[Any]) -> bool:
    return not any(isinstance(one, dict | list) for one in values)


def _short(value: Any) -> str:
    if isinstance(value, dict | list):
        return f"{'object' if isinstance(value, dict) else 'list'} of {len(value)}"
    return repr(value)


def pack(folder: Path) -> str:
    """Return the content of a folder of data as one text."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for place in sorted(one for one in folder.rglob("*") if one.is_file()):
            name = place.relative_to(folder).as_posix()
            archive.writestr(zipfile.ZipInfo(name, EPOCH), place.read_bytes(), zipfile.ZIP_DEFLATED)
    coded = base64.b64encode(held.getvalue()).decode("ascii")
    return "".join(f"{coded[start : start + LINE]}\n" for start in range(0, len(coded), LINE))


def unpack(folder: Path) -> None:
    """Lay the ledger of before into a folder."""
    held = base64.b64decode(LEDGER.read_text(encoding="ascii"))
    with zipfile.ZipFile(io.BytesIO(held)) as archive:
        archive.extractall(folder)


def main() -> None:
    """Write the surface as it is now; the ledger only when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ledger", action="store_true", help="also replace the ledger of before")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        surface_township.build_township(folder)
        if given.ledger:
            LEDGER.write_text(pack(folder), encoding="ascii", newline="\n")
        for part, content in collect(folder).items():
            place = FOLDER / f"{part}.json"
            place.write_text(text_of(content), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
