"""Make of texts what is searched, and of that the terms of the index: pairs of neighbouring characters.

Chinese has no spaces, so every letter or digit begins a term of itself and the next one; the last of a run
stands alone. Terms are code points in hexadecimal, so that neither database has its own idea of a word.
"""

from collections.abc import Iterable
from itertools import groupby
from operator import add

from core.normalization.folding import fold

#: How much of the texts of one kind of a case is searched. PostgreSQL takes a megabyte of terms for a row.
MOST_CHARACTERS = 60_000


def searchable(texts: Iterable[str]) -> str:
    """Return what is searched of several texts: their folded runs of letters and digits, a space between.

    No further text is read once there is as much as is kept.
    """
    found: list[str] = []
    left = MOST_CHARACTERS
    for text in texts:
        if left <= 0:
            break
        runs = runs_of(text)
        found += runs
        left -= sum(len(run) + 1 for run in runs)
    return " ".join(found)[:MOST_CHARACTERS].rstrip()


def runs_of(text: str) -> list[str]:
    """Return the runs of letters and digits of a text, folded; marks and spaces part them."""
    return ["".join(run) for wanted, run in groupby(fold(text), str.isalnum) if wanted]


def terms_of(searched: str) -> list[str]:
    """Return the terms of what is searched, each once and in order."""
    terms: set[str] = set()
    for run in searched.split(" "):
        points = [point(character) for character in run]
        terms.update(map(add, points, points[1:]))
        terms.update(points[-1:])
    return sorted(terms)


def pairs_of(run: str) -> list[str]:
    """Return the terms that stand wherever a run of two characters or more does."""
    points = [point(character) for character in run]
    return list(map(add, points, points[1:]))


def point(character: str) -> str:
    """Write one character as a term, or the beginning of one."""
    return f"{ord(character):05x}"
