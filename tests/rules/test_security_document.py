"""Of every row of ASVS 5.0, levels 1 and 2, docs/security.md says whether it holds, and what shows it."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import pytest

from tests.rules.test_docs import documents, known, named

DOCUMENT = "docs/security.md"
SECTION = "\n## What ASVS asks, row by row\n"
HOLDS, IN_PART, NOT, APART = "holds", "in part", "not", "does not apply"
STATUSES = (HOLDS, IN_PART, NOT, APART)
ROW = re.compile(r"\| (?P<number>\d+\.\d+\.\d+) \|.*")
#: A decision counts as a file, and stands there as a link.
DECISION = re.compile(r"\]\(decisions/[0-9]{4}-[\w-]+\.md\)")
NUMBERS_OF_WORDS = range(2, 13)
#: How many rows of levels 1 and 2 each chapter of version 5.0.0 has: 70 and 183 together.
COUNTS = {
    1: (8, 19),
    2: (4, 7),
    3: (8, 11),
    4: (2, 8),
    5: (4, 5),
    6: (13, 22),
    7: (6, 12),
    8: (4, 3),
    9: (4, 3),
    10: (5, 24),
    11: (3, 11),
    12: (3, 6),
    13: (1, 12),
    14: (2, 7),
    15: (3, 10),
    16: (0, 16),
    17: (0, 7),
}


def rows(text: str) -> list[list[str]]:
    """List the cells of every row that has the number of one, wherever in the section it stands."""
    section = text.split(SECTION, 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if ROW.fullmatch(line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def shows(text: str, tree: set[str]) -> bool:
    """Say whether a cell names a test, a file or a decision that is there."""
    return any(path.rstrip("/") in tree for path in named(text, tree)) or bool(DECISION.search(text))


def says_more(text: str, tree: set[str]) -> bool:
    """Say whether a cell says anything beside the files that it names."""
    paths = set(named(text, tree))
    rest = re.sub(r"`([^`]+)`", lambda found: "" if found[1] in paths else found[0], text)
    return bool(re.search(r"\w{2}", rest))


def mistakes(cells: Sequence[str], tree: set[str]) -> list[str]:
    """Name what is wrong with a row."""
    if len(cells) != 5:
        return ["other cells"]
    _, level, asked, status, shown = cells
    found = {
        "an unknown level": level not in ("1", "2"),
        "an unknown status": status not in STATUSES,
        "asked in too few or too many words": len(asked.split()) not in NUMBERS_OF_WORDS,
        "nothing shows it": status in (HOLDS, IN_PART) and not shows(shown, tree),
        "no reason": status in (IN_PART, NOT, APART) and not says_more(shown, tree),
    }
    return [one for one, wrong in found.items() if wrong]


def uncounted(table: Iterable[Sequence[str]]) -> list[str]:
    """Name the rows that stand twice and the chapters that have more or fewer rows than the standard."""
    table = list(table)
    twice = [number for number, times in Counter(cells[0] for cells in table).items() if times > 1]
    there = Counter((int(cells[0].split(".")[0]), cells[1]) for cells in table)
    asked = {
        (chapter, level): number
        for chapter, numbers in COUNTS.items()
        for level, number in zip("12", numbers, strict=True)
    }
    wrong = [one for one in {*there, *asked} if there[one] != asked.get(one, 0)]
    return [*twice, *(f"V{chapter}, level {level}" for chapter, level in sorted(wrong))]


def test_every_row_of_the_standard_stands_there_once() -> None:
    assert uncounted(rows(documents()[DOCUMENT])) == []


def test_every_row_that_holds_says_what_shows_it_and_every_other_one_why() -> None:
    tree = known()
    found = {cells[0]: mistakes(cells, tree) for cells in rows(documents()[DOCUMENT])}
    assert {number: wrong for number, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("| 1.2.4 | 1 | no injected statements | holds | parameters everywhere |", "nothing shows it"),
        ("| 1.2.4 | 1 | no injected statements | holds | `tests/test_gone.py` |", "nothing shows it"),
        ("| 1.2.4 | 1 | no injected statements | in part | much of it |", "nothing shows it"),
        ("| 1.2.4 | 1 | no injected statements | in part | `SECURITY.md`, `app.py` |", "no reason"),
        ("| 1.2.4 | 1 | no injected statements | not | |", "no reason"),
        ("| 1.2.4 | 1 | no injected statements | does not apply | `app.py` |", "no reason"),
        ("| 1.2.4 | 1 | no injected statements | yes | `app.py` |", "an unknown status"),
        ("| 1.2.4 | 3 | no injected statements | holds | `app.py` |", "an unknown level"),
        ("| 1.2.4 | 1 | Statements | holds | `app.py` |", "asked in too few or too many words"),
        ("| 1.2.4 | 1 | no injected statements | holds |", "other cells"),
    ],
)
def test_a_row_that_says_too_little_is_found(row: str, wrong: str) -> None:
    (cells,) = rows(f"{SECTION}\n{row}\n\n## Next\n")
    assert mistakes(cells, {"app.py", "SECURITY.md", "tests"}) == [wrong]


def test_a_row_that_is_missing_twice_there_or_of_another_level_is_found() -> None:
    table = rows(documents()[DOCUMENT])
    first, *others = table
    assert uncounted(others) == ["V1, level 2"]
    assert uncounted([*table, first]) == [first[0], "V1, level 2"]
    assert uncounted([[first[0], "1", *first[2:]], *others]) == ["V1, level 1", "V1, level 2"]
    assert uncounted([["18.1.1", "2"], *table]) == ["V18, level 2"]


def test_the_table_of_counts_is_that_of_the_standard() -> None:
    assert tuple(map(sum, zip(*COUNTS.values(), strict=True))) == (70, 183)
