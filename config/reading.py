"""Read TOML tables with known keys and types; collect every problem with its place instead of stopping."""

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path as File
from typing import Any, NamedTuple

from config.lines import Path, line_of, locate

MOST_CHARACTERS = 256 * 1024
LONGEST_TEXT = 500
MOST_ITEMS = 400
#: What a code in a file looks like.
CODE = re.compile(r"^[a-z][a-z0-9_]{0,39}$")

_LINE = re.compile(r"\(at line (\d+), column \d+\)")


class ConfigProblem(NamedTuple):
    """Say what is wrong and where: file and line where the line can be told."""

    place: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


@dataclass
class Document:
    """A TOML text under the name it is reported by, and the problems found in it so far."""

    text: str
    name: str
    problems: list[ConfigProblem] = field(default_factory=list)

    def read(self) -> "Table":
        """Return the text's table; an empty one, with a problem, when the text is too long or no TOML."""
        data: dict[str, Any] = {}
        if len(self.text) > MOST_CHARACTERS:
            self.problems.append(
                ConfigProblem(self.name, f"the file is longer than {MOST_CHARACTERS} characters")
            )
            return Table(self, (), data)
        try:
            data = tomllib.loads(self.text)
        except RecursionError:
            self.problems.append(ConfigProblem(self.name, "the file is nested too deeply"))
        except tomllib.TOMLDecodeError as error:
            line = _LINE.search(str(error))
            place = f"{self.name}:{line[1]}" if line else self.name
            self.problems.append(ConfigProblem(place, f"this is no TOML: {error}"))
        return Table(self, (), data)

    def problem(self, path: Path, reason: str) -> None:
        """Note a problem at a path."""
        line = line_of(locate(self.text), path)
        place = self.name if line is None else f"{self.name}:{line}"
        where = ".".join(str(part) for part in path)
        self.problems.append(ConfigProblem(place, f"{where}: {reason}" if where else reason))


def document(file: File, problems: list[ConfigProblem]) -> Document:
    """Read a file; one that cannot be read is a problem and counts as empty."""
    text = ""
    try:
        with file.open("rb") as source:
            # Four bytes are the most that a character of UTF-8 takes, so what is cut off is too long anyway.
            text = source.read(MOST_CHARACTERS * 4 + 4).decode("utf-8-sig")
    except OSError as error:
        problems.append(ConfigProblem(str(file), f"the file cannot be read: {error.strerror}"))
    except UnicodeDecodeError:
        problems.append(ConfigProblem(str(file), "the file is not UTF-8"))
    return Document(text, str(file), problems)


@dataclass(frozen=True)
class Table:
    """One table of a document. Each reader gives a usable value also when it has noted a problem."""

    document: Document
    path: Path
    data: dict[str, Any]

    def problem(self, reason: str, key: str | None = None) -> None:
        """Note a problem of the table or of one of its keys."""
        self.document.problem(self.path if key is None else (*self.path, key), reason)

    def only(self, *known: str) -> None:
        """Note every key that is not one of these."""
        for key in self.data:
            if key not in known:
                self.problem("there is no such key", key)

    def text(self, key: str, default: str | None = None) -> str:
        """Read a text that is not empty and at most LONGEST_TEXT characters long."""
        value: str | None = self._value(key, str, "a text", default)
        if value is None:
            return ""
        if not value.strip() and value != default:
            self.problem("the text is empty", key)
        if len(value) > LONGEST_TEXT:
            self.problem(f"the text is longer than {LONGEST_TEXT} characters", key)
        return value

    def integer(self, key: str, *, least: int, most: int, default: int | None = None) -> int:
        """Read a whole number between two bounds, both included."""
        value: int | None = self._value(key, int, "a whole number", default)
        if value is None:
            return least
        if not least <= value <= most:
            self.problem(f"{value} is not between {least} and {most}", key)
        return value

    def boolean(self, key: str) -> bool:
        """Read true or false; what is not there is false."""
        return bool(self._value(key, bool, "true or false", False))

    def day(self, key: str) -> date | None:
        """Read a date without a time."""
        value: date | None = self._value(key, date, "a date like 2027-01-09", None)
        if isinstance(value, datetime):
            self.problem("write a date without a time", key)
            return None
        return value

    def choice(self, key: str, known: Collection[str], what: str, default: str | None = None) -> str:
        """Read one word of a list; `what` names it in the problem."""
        value = self.text(key, default)
        if value and value != default:
            self._known(value, known, what, key)
        return value

    def words(self, key: str, known: Collection[str] | None = None, what: str = "") -> tuple[str, ...]:
        """Read a list of different words, all of them known ones; an absent list is empty."""
        found = []
        for value in self._list(key):
            if not isinstance(value, str):
                self.problem(f"write texts, not {value!r}", key)
            elif value in found:
                self.problem(f"{value!r} stands here twice", key)
            elif known is None or self._known(value, known, what, key):
                found.append(value)
        return tuple(found)

    def table(self, key: str) -> "Table":
        """Return a table inside this one; an absent one is empty."""
        value = self._value(key, dict, "a table", {})
        return Table(self.document, (*self.path, key), value if value is not None else {})

    def tables(self, key: str) -> Iterator[tuple[str, "Table"]]:
        """Yield the named tables inside a table, such as every `[states.NAME]`."""
        outer = self.table(key)
        if len(outer.data) > MOST_ITEMS:
            outer.problem(f"there are more than {MOST_ITEMS} of these")
            return
        for name, value in outer.data.items():
            if isinstance(value, dict):
                yield name, Table(self.document, (*outer.path, name), value)
            else:
                outer.problem(f"write a table, not {value!r}", name)

    def rows(self, key: str) -> Iterator["Table"]:
        """Yield the tables of a list of tables."""
        for index, value in enumerate(self._list(key)):
            path = (*self.path, key, index)
            if isinstance(value, dict):
                yield Table(self.document, path, value)
            else:
                self.document.problem(path, f"write a table, not {value!r}")

    def _list(self, key: str) -> Iterable[Any]:
        value = self._value(key, list, "a list", [])
        if value is not None and len(value) > MOST_ITEMS:
            self.problem(f"there are more than {MOST_ITEMS} of these", key)
            return []
        return value or []

    def _known(self, value: str, known: Collection[str], what: str, key: str) -> bool:
        if value in known:
            return True
        self.problem(f"no {what} is called {value!r}; known are {', '.join(sorted(known))}", key)
        return False

    def _value(self, key: str, kind: type, what: str, default: Any) -> Any:
        if key not in self.data:
            if default is None:
                self.problem(f"{key!r} is missing")
            return default
        value = self.data[key]
        # A bool is an int to Python, but not to whoever writes the file.
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.problem(f"write {what}, not {value!r}", key)
            return default
        return value
