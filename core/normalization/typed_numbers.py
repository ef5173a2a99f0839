"""Read a number as somebody types it: on any keyboard, with commas between thousands, and nothing guessed.

A comma parts groups of three digits, as 1,250 and 12,500.5 have them. Elsewhere it may stand for the decimal
point, as 12,50 does for many: such a text is no number, and whoever typed it is asked again.
"""

import re

from core.normalization.visibility import DEFAULT_IGNORABLE

#: Full-width signs are those of ASCII, the minus of mathematics is one; what cannot be seen goes.
_SIGNS = str.maketrans("０１２３４５６７８９．－−，", "0123456789.--,") | dict.fromkeys(
    map(ord, DEFAULT_IGNORABLE)
)
_NUMBER = re.compile(r"(-?)([0-9]{1,15}|[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4})(\.[0-9]{1,9})?")


def read_number(typed: str) -> int | float | None:
    """Return a number of up to 15 digits and 9 decimals; None for what is none, or could be two."""
    found = _NUMBER.fullmatch(typed.translate(_SIGNS).strip())
    if found is None:
        return None
    sign, whole, part = found[1], found[2].replace(",", ""), found[3]
    return float(f"{sign}{whole}{part}") if part else int(f"{sign}{whole}")


def read_whole_number(typed: str) -> int | None:
    """Return a whole number; None also for one with a point, which may be meant to part thousands."""
    number = read_number(typed)
    return number if isinstance(number, int) else None
