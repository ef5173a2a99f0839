"""Every rule that the code cites can be read in this repository: the document, the section, the word in it.

A citation is written as `domain.md section 2, `return``, `domain.md section 1, Times`, `threats.md T48`,
`threats.md 3.5`, `docs/decisions/0009` or `interfaces.md`. A lead word is one that the section prints bold,
in code marks, in a heading or at the beginning of a row of a table.
"""

import re
from collections.abc import Iterator

import pytest

from tests.rules.sources import ROOT, files, name

#: Documents of the repository that are cited by their names alone.
CITED = re.compile(r"(?<![\w/-])(?P<document>[a-z-]+)\.md(?P<rest>[^\n]{0,60})")
SECTION = re.compile(r"^,? (?:section |sections )?(\d+(?:\.\d+)?)")
AND_SECTION = re.compile(r"^(?:,? (?:section |sections ))(\d+) and (\d+)")
LEAD = re.compile(r"^,? (?:section )?\d+, (?:(?:finding|invariant) (\d+)|`(\w+)`|([A-Z][a-z]+))")
THREAT = re.compile(r"T(\d{2})")
DECISION = re.compile(r"docs/decisions/(\d{4})")
HEADING = re.compile(r"^#{2,3} (\d+(?:\.\d+)?)\.? ?(.*)$", re.MULTILINE)
READ = (".py", ".html", ".js", ".mjs", ".css", ".toml")


def documents() -> dict[str, str]:
    """Read the documents that may be cited, by their names without the ending."""
    return {place.stem: place.read_text(encoding="utf-8") for place in (ROOT / "docs").glob("*.md")}


def sections(text: str) -> dict[str, str]:
    """Return each numbered section of a document with all below it, by its number."""
    found: dict[str, str] = {}
    heads = list(HEADING.finditer(text))
    for index, head in enumerate(heads):
        deeper = "." in head[1]
        after = [one for one in heads[index + 1 :] if deeper or "." not in one[1]]
        found[head[1]] = text[head.start() : after[0].start() if after else len(text)]
    return found


def leads(section: str, word: str) -> bool:
    """Return whether a section has a rule under a word, or one of this number."""
    patterns = (
        rf"\*\*[^*\n]*\b{word}\b",
        rf"^#+ .*\b{word}\b",
        rf"`{word}`",
        rf"^\| *\W*{word}\b",
        rf"^{word}\. ",
    )
    return any(re.search(pattern, section, re.MULTILINE | re.IGNORECASE) for pattern in patterns)


def problem_of(document: str, rest: str, known: dict[str, str]) -> str | None:
    """Return what a citation names and the repository does not have; None where all is there."""
    if document not in known:
        return f"there is no docs/{document}.md"
    text = known[document]
    if document == "threats" and THREAT.match(rest.strip()):
        there = set(THREAT.findall(text))
        return next(
            (f"no T{one}" for one in THREAT.findall(rest.partition(")")[0]) if one not in there), None
        )
    numbered = SECTION.match(rest)
    if numbered is None:
        return None
    numbers = AND_SECTION.match(rest)
    for number in numbers.groups() if numbers else (numbered[1],):
        if number not in sections(text):
            return f"no section {number} in {document}.md"
    lead = LEAD.match(rest)
    if lead is not None:
        word = next(one for one in lead.groups() if one)
        if not leads(sections(text)[numbered[1]], word):
            return f"nothing about {word} in section {numbered[1]} of {document}.md"
    return None


def citations(text: str) -> Iterator[tuple[str, str]]:
    """Yield the document and what follows it, of each citation; a line that ends within one is read on."""
    joined = re.sub(r"\n\s*(?:#:? ?)?", " ", text)
    for found in CITED.finditer(joined):
        yield found["document"], found["rest"]


def wrong(text: str, known: dict[str, str]) -> list[str]:
    found = [problem_of(document, rest, known) for document, rest in citations(text)]
    decisions = {place.name[:4] for place in (ROOT / "docs" / "decisions").glob("*.md")}
    found += [f"no decision {one}" for one in DECISION.findall(text) if one not in decisions]
    return [one for one in found if one is not None]


def test_every_citation_can_be_read_here() -> None:
    known = documents()
    found = {
        name(place): wrong(place.read_text(encoding="utf-8"), known)
        for place in files()
        if place.suffix in READ and name(place) != "tests/rules/test_citations.py"
    }
    assert {place: problems for place, problems in found.items() if problems} == {}


@pytest.mark.parametrize(
    "text",
    [
        "as said (elsewhere.md section 2)",
        "as said (domain.md section 9)",
        "as said (domain.md section 1, Weather)",
        "as said (domain.md sections 2 and 19)",
        "as said (domain.md section 2, `dance`)",
        "as said (threats.md T99)",
        "as said (threats.md T01, T99)",
        "as said (threats.md 3.99)",
        "as said (docs/decisions/9999)",
        "as said (domain.md\n    section 9)",
    ],
)
def test_a_citation_of_nothing_is_found(text: str) -> None:
    assert wrong(text, documents()) != []
