"""Decide what of a text can be seen: a required text is judged by that, and a name holds nothing else.

Default-ignorable code points are those of Unicode's property of this name (DerivedCoreProperties.txt).
"""

import unicodedata

_IGNORABLE_RANGES = (
    *((0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5)),
    *((0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164)),
    *((0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB)),
    *((0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
)
#: Letters and signs with a width and nothing on it.
BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
DEFAULT_IGNORABLE = frozenset(
    chr(code) for first, last in _IGNORABLE_RANGES for code in range(first, last + 1)
)
#: They choose how the character before them is drawn, also in names, and are no fault there.
VARIATION_SELECTORS = frozenset(
    map(chr, (*range(0x180B, 0x180E), 0x180F, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)
#: Signs that change how neighbouring text reads, or that cannot be seen at all (threats.md T53).
INVISIBLE = (DEFAULT_IGNORABLE | BLANK_LETTERS) - VARIATION_SELECTORS


def is_visible(char: str) -> bool:
    """Return whether a character leaves anything on paper: no separator, no control, nothing ignorable."""
    return not (
        char in DEFAULT_IGNORABLE
        or char in BLANK_LETTERS
        or unicodedata.category(char) in ("Zs", "Zl", "Zp", "Cc")
    )


def is_blank(text: str) -> bool:
    """Return whether nothing of a text can be seen, so that it says nothing."""
    return not any(map(is_visible, text))
