"""What the documents say of the tree is there, and what is there is said."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

import pytest

from tests.rules.sources import files, modules, name, product

DEVELOPING = "docs/developing.md"
MAP = "## Where a rule stands"
WORDS = "## Words"
#: Fewer rows than these leave the reader's question open; more words nobody reads.
LEAST_ROWS = 30
FEWEST_WORDS, MOST_WORDS = 20, 25
#: What an installation or a build writes; it is in no repository.
WRITTEN = frozenset({"var", "files", "heads", "built", "node_modules"})
STANDS_FOR_ANY = "NAME"
QUOTED = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s#]+)[^)]*\)")
RUN = re.compile(r"python3? -m ([a-z_]+\.[a-z_.]+)")
PATH = re.compile(r"[\w.-]+(/[\w.-]+)*/?")
ENDINGS = frozenset({".py", ".toml", ".md", ".mjs", ".js", ".css", ".html", ".po", ".cfg", ".conf"})


def documents() -> dict[str, str]:
    """Read the README, what is in docs/, and what explains a folder, by path."""
    return {name(place): place.read_text(encoding="utf-8") for place in files() if place.suffix == ".md"}


def known() -> set[str]:
    """List every file and folder, by path."""
    paths = {PurePosixPath(name(place)) for place in files()}
    return {str(part) for path in paths for part in (path, *path.parents)}


def named(text: str, tree: set[str]) -> Iterator[str]:
    """List the paths that a document quotes, and the modules that it says to run."""
    for quoted in QUOTED.findall(text):
        path = PurePosixPath(quoted)
        if not PATH.fullmatch(quoted) or path.stem == STANDS_FOR_ANY:
            continue
        if path.suffix in ENDINGS or quoted.endswith("/") or ("/" in quoted and path.parts[0] in tree):
            yield quoted
    for module in RUN.findall(text):
        yield module.replace(".", "/") + ".py"


def missing(text: str, tree: set[str], beside: str = ".") -> list[str]:
    """Find what a document names and the tree does not hold; a bare name may stand in any folder."""
    names = {PurePosixPath(path).name for path in tree}
    found = []
    for quoted in named(text, tree):
        path = PurePosixPath(quoted)
        there = str(path) in names if len(path.parts) == 1 else str(path) in tree
        if not there and path.parts[0] not in WRITTEN and path.name not in WRITTEN:
            found.append(quoted)
    for target in LINK.findall(text):
        path = PurePosixPath(beside, target)
        parts: list[str] = []
        for part in path.parts:
            parts = parts[:-1] if part == ".." else [*parts, part]
        if "://" not in target and "/".join(parts) not in tree:
            found.append(target)
    return found


def test_every_path_that_a_document_names_is_there() -> None:
    tree = known()
    found = {path: missing(text, tree, str(PurePosixPath(path).parent)) for path, text in documents().items()}
    assert {path: paths for path, paths in found.items() if paths} == {}


@pytest.mark.parametrize(
    "text",
    [
        "who is told: `cases/audience.py`",
        "who is told: `audience.py`",
        "the effects, in `cases/effects/`",
        "see [the decision](decisions/0099-nothing.md)",
        "run `python -m bench.ground`",
    ],
)
def test_a_path_that_is_not_there_is_found(text: str) -> None:
    tree = {"docs", "cases", "cases/lifecycle", "cases/lifecycle/recipients.py", "bench/measure.py"}
    assert len(missing(text, tree, "docs")) == 1


def test_what_is_no_path_is_passed_over() -> None:
    text = "`/api/v1`, `var/secret.key`, `policy.within()`, `own_words`, [a page](https://example.org/)"
    assert missing(text, known()) == []


def rooms(paths: Iterable[str]) -> set[str]:
    """List the packages and their rooms that hold modules."""
    folders = {PurePosixPath(path).parent for path in paths}
    return {str(folder) for folder in folders if folder.parts and folder.parts[0] != "migrations"}


def unsaid(text: str, paths: Iterable[str]) -> set[str]:
    """Find the rooms that a document does not name; a package is named in the list, too."""
    words = set(re.findall(r"[\w/]+", text))
    quoted = {quoted.rstrip("/") for quoted in QUOTED.findall(text)}
    return {room for room in rooms(paths) if room not in (quoted if "/" in room else words)}


def test_every_room_is_named_where_a_newcomer_looks() -> None:
    assert unsaid(documents()[DEVELOPING], map(name, product())) == set()


def test_a_room_that_is_not_named_is_found() -> None:
    text = documents()[DEVELOPING]
    paths = [*map(name, product()), "cases/campaigns/rounds.py", "activities/meetings.py"]
    assert unsaid(text, paths) == {"cases/campaigns", "activities"}
    assert unsaid(text.replace("`cases/queries/`", ""), map(name, product())) == {"cases/queries"}


def rows(text: str, heading: str) -> list[list[str]]:
    """List the cells of the table below a heading, without its head."""
    section = text.split(f"\n{heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_each_row_of_the_map_names_the_place_of_its_rule() -> None:
    tree, table = known(), rows(documents()[DEVELOPING], MAP)
    assert len(table) >= LEAST_ROWS
    assert [rule for rule, place in table if not any(one in tree for one in named(place, tree))] == []


def strangers(table: Iterable[list[str]], sources: Mapping[str, str]) -> list[str]:
    """Find the names of a glossary that the program does not know."""
    words = {word for source in sources.values() for word in re.findall(r"\w+", source)}
    return [one for *_, names in table for one in QUOTED.findall(names) if one not in words]


def test_the_glossary_names_what_the_code_does() -> None:
    table = rows(documents()[DEVELOPING], WORDS)
    assert FEWEST_WORDS <= len(table) <= MOST_WORDS
    sources = {name(place): place.read_text(encoding="utf-8") for place in modules() if place in product()}
    assert strangers(table, sources) == []
    assert strangers([["原话", "voice", "`words_of_voice`"]], sources) == ["words_of_voice"]
