"""Leave a mark when something ran, so that a check can tell when it stopped running."""

import os
from datetime import datetime
from pathlib import Path

FOLDER = "marks"


def record_run(data_dir: Path, name: str, now: datetime) -> None:
    """Note that something ran at this moment; a mark that cannot be written is no reason to fail."""
    folder = data_dir / FOLDER
    try:
        folder.mkdir(parents=True, exist_ok=True)
        aside = folder / f"{name}.{os.getpid()}"
        aside.write_text(now.isoformat() + "\n", encoding="ascii")
        os.replace(aside, folder / name)
    except OSError:
        return


def last_run(data_dir: Path, name: str) -> datetime | None:
    """Return the moment of the last mark, or None when there is none that can be read."""
    try:
        return datetime.fromisoformat((data_dir / FOLDER / name).read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        return None
