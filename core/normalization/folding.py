"""Fold characters that people take for the same: full width, case, traditional forms, any kind of dash.

What is searched and what is typed go through the same table, character by character and never by phrases, so
that both databases find the same. The table of simplified characters is data beside this module.
"""

import unicodedata
from pathlib import Path

from core.normalization.visibility import DEFAULT_IGNORABLE

TABLE = Path(__file__).with_name("simplified.txt")
#: Dashes that Unicode does not call so: minus signs, lines of boxes, long vowels of kana.
_FURTHER_DASHES = "\u02d7\u1173\u2043\u2212\u2500\u2501\u2796\u30fc"


def _read_table() -> dict[int, str | None]:
    table: dict[int, str | None] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            simplified, traditional = line.split(" ")
            table.update((ord(char), simplified) for char in traditional)
    return table


_SIMPLIFIED = _read_table() | dict.fromkeys(map(ord, DEFAULT_IGNORABLE))
_UNSEEN: dict[int, str | None] = dict.fromkeys(map(ord, DEFAULT_IGNORABLE))
_DASHES: dict[int, str | None] = dict.fromkeys(map(ord, _FURTHER_DASHES), "-")

#: So many characters may one become.
MOST_OF_ONE = 18


def fold(text: str) -> str:
    """Return a text as it is compared: NFKC, without case, simplified, without what cannot be seen."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", plain).translate(_SIMPLIFIED)


def fold_code(text: str) -> str:
    """Return a code as it is read: half width, capitals, each dash `-`, nothing unseen, no spaces."""
    plain = unicodedata.normalize("NFKC", text).translate(_UNSEEN).translate(_DASHES).upper()
    dashed = ("-" if unicodedata.category(char) == "Pd" else char for char in plain)
    return "".join(char for char in dashed if not char.isspace())
