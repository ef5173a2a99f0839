"""Read the blocks of the documents, and the lines that somebody types from them."""

import itertools
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from tests.rules.sources import ROOT, files, name

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HANDED_ON = re.compile(r"<<'?(\w+)'?\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
#: How the program is called: on a machine of one's own, and on a server as docs/operations.md sets it up.
CALLS = (("python3", "app.py"), ("sudo", "python3", "app.py"), ("sudo", "huiyin"), ("huiyin",))
SETTING = re.compile(r"[A-Z_]+=\S*")
#: What ends a command within a line.
BETWEEN = frozenset({"&&", "||", "|", ";", ">", "<", ")"})


@dataclass(frozen=True)
class Block:
    """A block of a document: its language, and what stands in it."""

    document: str
    kind: str
    text: str

    @property
    def called(self) -> str:
        """Return the document and the first line, by which a block is known wherever it is moved to."""
        return f"{self.document}: {self.text.strip().splitlines()[0]}"


def blocks() -> list[Block]:
    """Return every block of every document of the repository."""
    places = [place for place in files() if place.suffix == ".md"]
    return [block for place in places for block in blocks_of(place.read_text(encoding="utf-8"), name(place))]


def blocks_of(text: str, document: str = "") -> list[Block]:
    """Return the blocks of a document, in order."""
    return [Block(document, kind, inner) for kind, inner in BLOCK.findall(text)]


def blocks_in(document: str, kind: str) -> list[str]:
    """Return the texts of the blocks of a kind in a document, in order."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return [block.text for block in blocks_of(text) if block.kind == kind]


def handed_on(commands: str) -> list[str]:
    """Return what a block hands to a command as a document: scripts that it writes."""
    return [found[2] for found in re.finditer(HANDED_ON, commands)]


def parts_of(commands: str) -> Iterator[list[str]]:
    """Yield the commands of a block, each as its words; comments and what is handed on are left out."""
    plain = re.sub(HANDED_ON, "\n", commands)
    plain = re.sub(r"\\\n", " ", plain)
    plain = re.sub(r"(?<==)\$\(", " ( ", plain)  # whose output is kept: a command of its own
    plain = re.sub(r"\$\([^)]*\)", "TEXT", plain)
    for line in re.sub(r"'[^']*'", lambda found: found[0].replace("\n", " "), plain).splitlines():
        reader = shlex.shlex(line, posix=True, punctuation_chars=True)
        reader.whitespace_split = True
        words: list[str] = []
        for word in reader:
            if word in BETWEEN or word == "(":
                yield from [words] if words else []
                words = []
            else:
                words.append(word)
        yield from [words] if words else []


def arguments_of(words: list[str]) -> list[str] | None:
    """Return what the program itself is given by a command, or None for any other command."""
    given = words[len(settings_of(words)) :]
    for call in CALLS:
        if tuple(given[: len(call)]) == call:
            return given[len(call) :]
    return None


def settings_of(words: list[str]) -> dict[str, str]:
    """Return the settings that stand before a command, by their names."""
    before = itertools.takewhile(SETTING.fullmatch, words)
    return dict(one.split("=", 1) for one in before)
