"""Find the files that were built for the pages, and serve them for ever under names that change with them."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from whitenoise import WhiteNoise

from core.errors import Unavailable

BUILT = Path(__file__).resolve().parents[1] / "built"
PREFIX = "/static/"
HASHED = re.compile(r"-[0-9a-f]{10}\.[a-z0-9]+(\.br|\.gz)?$")


def addresses(folder: Path = BUILT) -> Callable[[str], str]:
    """Return the function that tells the address of a file by its plain name.

    Raises Unavailable `pages_not_built` when nothing was built; `app.py` does that at its start.
    """
    try:
        names: dict[str, str] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except OSError as error:
        raise Unavailable(reason="pages_not_built") from error

    def address(name: str) -> str:
        return PREFIX + names[name]

    return address


def serving(application: Any, folder: Path = BUILT) -> Any:
    """Put the built files before an application; browsers may keep what has its content in its name."""
    return WhiteNoise(
        application,
        root=str(folder),
        prefix=PREFIX,
        immutable_file_test=lambda path, url: HASHED.search(url) is not None,
        max_age=60,
        allow_all_origins=False,
        charset="utf-8",
    )
