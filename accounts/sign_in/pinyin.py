"""Write names as they are typed: in characters, and in pinyin by every reading of a character."""

from collections.abc import Iterable, Iterator, Set
from functools import cache
from itertools import islice, product
from pathlib import Path

from core.text import plain

TABLE = Path(__file__).parent / "lists" / "pinyin.txt"
#: What stands at the end of a name and is left out by whoever types it.
ENDINGS = (
    "自治县",
    "村委会",
    "工作组",
    "村两委",
    "街道",
    "县",
    "市",
    "区",
    "乡",
    "镇",
    "村",
    "组",
    "局",
    "办",
)
#: So many ways at most to read one name; shorter spellings stand in too many words.
MOST_READINGS = 8
LEAST_CHARACTERS, LEAST_LETTERS = 2, 4


def spellings(names: Iterable[str]) -> frozenset[str]:
    """Return how names are typed, small: whole and without what kind of place they are."""
    return frozenset(word for name in set(names) for word in _spelled(plain(name).lower()))


def characters() -> Set[str]:
    """Return the characters whose readings are known."""
    return _readings().keys()


@cache
def syllables() -> frozenset[str]:
    """Return the syllables by which characters are read."""
    return frozenset(syllable for readings in _readings().values() for syllable in readings)


def _spelled(name: str) -> Iterator[str]:
    short = next((name.removesuffix(end) for end in ENDINGS if name.endswith(end)), name)
    for one in {name, short}:
        letters = "".join(char for char in one if char.isalpha())
        if len(letters) >= LEAST_CHARACTERS and not letters.isascii():
            yield letters
        ways = product(*(_readings().get(char, (char,)) for char in letters))
        for way in islice(ways, MOST_READINGS):
            if len("".join(way)) >= LEAST_LETTERS:
                yield "".join(way)


@cache
def _readings() -> dict[str, tuple[str, ...]]:
    """Return the readings of every character; each process reads the table once, when it needs it."""
    found: dict[str, tuple[str, ...]] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            syllable, characters = line.split(" ")
            for char in characters:
                found[char] = (*found.get(char, ()), syllable)
    return found
