"""Read TOML tables with known keys and types; collect every problem with its place instead of stopping."""

import errno
import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path as File
from typing import Any, NamedTuple

from config.lines import Path, line_of, locate
from config.marked_text import NOTHING, MarkedText, Translate
from config.marked_text import mark as _

MOST_CHARACTERS = 256 * 1024
LONGEST_TEXT = 500
MOST_ITEMS = 400
WORD = MarkedText(_("词"))
#: Categories of signs that nobody sees in a text of one line: controls, marks of direction, halves of signs.
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
#: What a code in a file looks like.
CODE = re.compile(r"^[a-z][a-z0-9_]{0,39}$")

_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")
#: What the reader of TOML says of a name that was there before; everything else is a way of writing.
_AGAIN = re.compile(r"^(Cannot|Duplicate)")


class ConfigProblem(NamedTuple):
    """Say what is wrong and where: file and line where the line can be told."""

    place: str
    reason: MarkedText

    def __str__(self) -> str:
        return self.in_words(str)

    def in_words(self, translate: Translate) -> str:
        """Return place and reason in a language."""
        return f"{self.place}: {self.reason.in_words(translate)}"


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
            reason = MarkedText(_("文件超过 {most} 个字符"), {"most": MOST_CHARACTERS})
            self.problems.append(ConfigProblem(self.name, reason))
            return Table(self, (), data)
        try:
            data = tomllib.loads(self.text)
        except RecursionError:
            self.problems.append(ConfigProblem(self.name, MarkedText(_("文件里套得太深"))))
        except tomllib.TOMLDecodeError as error:
            line = _LINE.search(str(error))
            place = f"{self.name}:{line[1]}" if line else self.name
            self.problems.append(ConfigProblem(place, _no_toml(str(error), line)))
        return Table(self, (), data)

    def problem(self, path: Path, reason: MarkedText) -> None:
        """Note a problem at a path."""
        line = line_of(locate(self.text), path)
        place = self.name if line is None else f"{self.name}:{line}"
        where = ".".join(str(part) for part in path)
        if where:
            reason = MarkedText(_("{where}：{reason}"), {"where": where, "reason": reason})
        found = ConfigProblem(place, reason)
        if str(found) not in map(str, self.problems):  # a field is looked at wherever it is named
            self.problems.append(found)


def _no_toml(said: str, line: re.Match[str] | None) -> MarkedText:
    """Return in our words why a text is no TOML; the reader of TOML says it in English only."""
    if line is None:
        return MarkedText(_("不是合法的 TOML：到文件末尾还没有写完"))
    if _AGAIN.match(said):
        return MarkedText(_("不是合法的 TOML：第 {column} 列之前的名字前面已经写过"), {"column": line[2]})
    return MarkedText(_("不是合法的 TOML：从第 {column} 列起读不懂"), {"column": line[2]})


def document(file: File, problems: list[ConfigProblem]) -> Document:
    """Read a file; one that cannot be read is a problem and counts as empty."""
    text = ""
    try:
        with file.open("rb") as source:
            # Four bytes are the most that a character of UTF-8 takes, so what is cut off is too long anyway.
            text = source.read(MOST_CHARACTERS * 4 + 4).decode("utf-8-sig")
    except OSError as error:
        problems.append(ConfigProblem(str(file), _unreadable(error)))
    except UnicodeDecodeError:
        problems.append(ConfigProblem(str(file), MarkedText(_("文件不是 UTF-8 编码，请另存为 UTF-8"))))
    return Document(text, str(file), problems)


def _unreadable(error: OSError) -> MarkedText:
    if isinstance(error, FileNotFoundError):
        return MarkedText(_("读不了：没有这个文件"))
    if isinstance(error, PermissionError):
        return MarkedText(_("读不了：没有读这个文件的权限"))
    code = errno.errorcode.get(error.errno or 0, "?")
    return MarkedText(_("读不了（{code}），请看磁盘和路径"), {"code": code})


@dataclass(frozen=True)
class Table:
    """One table of a document. Each reader gives a usable value also when it has noted a problem."""

    document: Document
    path: Path
    data: dict[str, Any]

    def problem(self, reason: MarkedText, key: str | None = None) -> None:
        """Note a problem of the table or of one of its keys."""
        self.document.problem(self.path if key is None else (*self.path, key), reason)

    def only(self, *known: str) -> None:
        """Note every key that is not one of these."""
        for key in self.data:
            if key not in known:
                facts = {"known": sorted(known) or NOTHING}
                self.problem(MarkedText(_("不认识这一项，可以写：{known}"), facts), key)

    def text(self, key: str, default: str | None = None) -> str:
        """Read a text that is not empty and at most LONGEST_TEXT characters long."""
        value: str | None = self._value(key, str, MarkedText(_("文字")), default)
        if value is None:
            return ""
        if not value.strip() and value != default:
            self.problem(MarkedText(_("文字是空的")), key)
        if any(unicodedata.category(sign) in UNSEEN for sign in value):
            self.problem(MarkedText(_("文字里有看不见的字符或者换行")), key)
        if len(value) > LONGEST_TEXT:
            self.problem(MarkedText(_("文字超过 {most} 个字符"), {"most": LONGEST_TEXT}), key)
        return value

    def integer(self, key: str, *, least: int, most: int, default: int | None = None) -> int:
        """Read a whole number between two bounds, both included."""
        value: int | None = self._value(key, int, MarkedText(_("整数")), default)
        if value is None:
            return least
        if not least <= value <= most:
            facts = {"value": value, "least": least, "most": most}
            self.problem(MarkedText(_("{value} 不在 {least} 到 {most} 之间"), facts), key)
        return value

    def number(self, key: str, *, most: float) -> int | float:
        """Read a number, with or without decimals, on either side of zero and no further off than a bound."""
        if isinstance(self.data.get(key), int):
            return self.integer(key, least=-int(most), most=int(most))
        value: float | None = self._value(key, float, MarkedText(_("数")), None)
        if value is None or not -most <= value <= most:  # none of these is nan either
            if value is not None:
                facts = {"value": value, "least": -most, "most": most}
                self.problem(MarkedText(_("{value} 不在 {least} 到 {most} 之间"), facts), key)
            return 0
        return value

    def boolean(self, key: str) -> bool:
        """Read true or false; what is not there is false."""
        return bool(self._value(key, bool, MarkedText(_("true 或 false")), False))

    def day(self, key: str) -> date | None:
        """Read a date without a time."""
        value: date | None = self._value(key, date, MarkedText(_("2027-01-09 这样的日期")), None)
        if isinstance(value, datetime):
            self.problem(MarkedText(_("写不带钟点的日期")), key)
            return None
        return value

    def choice(self, key: str, known: Collection[str], what: MarkedText, default: str | None = None) -> str:
        """Read one word of a list; `what` names it in the problem."""
        value = self.text(key, default)
        if value and value != default:
            self.known(value, sorted(known), what, key)
        return value

    def words(
        self, key: str, known: Collection[str] | None = None, what: MarkedText = WORD
    ) -> tuple[str, ...]:
        """Read a list of different words, all of them known ones; an absent list is empty."""
        found = []
        for value in self._list(key):
            if not isinstance(value, str):
                self._wrong_kind(MarkedText(_("文字")), value, key)
            elif value in found:
                self.problem(MarkedText(_("「{value}」在这里写了两次"), {"value": value}), key)
            elif known is None or self.known(value, sorted(known), what, key):
                found.append(value)
        return tuple(found)

    def code(self, code: str, key: str | None = None) -> str:
        """Return a code; note one that has not its form."""
        if not CODE.match(code):
            self.problem(MarkedText(_("代码只用小写字母、数字和 _，不能写「{code}」"), {"code": code}), key)
        return code

    def table(self, key: str) -> "Table":
        """Return a table inside this one; an absent one is empty."""
        value = self._value(key, dict, MarkedText(_("表")), {})
        return Table(self.document, (*self.path, key), value if value is not None else {})

    def tables(self, key: str) -> Iterator[tuple[str, "Table"]]:
        """Yield the named tables inside a table, such as every `[states.NAME]`."""
        outer = self.table(key)
        if len(outer.data) > MOST_ITEMS:
            outer.problem(MarkedText(_("这里超过 {most} 个"), {"most": MOST_ITEMS}))
            return
        for name, value in outer.data.items():
            if isinstance(value, dict):
                yield name, Table(self.document, (*outer.path, name), value)
            else:
                outer._wrong_kind(MarkedText(_("表")), value, name)

    def rows(self, key: str) -> Iterator["Table"]:
        """Yield the tables of a list of tables."""
        for index, value in enumerate(self._list(key)):
            path = (*self.path, key, index)
            if isinstance(value, dict):
                yield Table(self.document, path, value)
            else:
                Table(self.document, path, {})._wrong_kind(MarkedText(_("表")), value)

    def no_empty(self) -> None:
        """Note each list and each table within this one that is there and holds nothing."""
        waiting: list[tuple[Path, Any]] = [((*self.path, key), value) for key, value in self.data.items()]
        while waiting:
            path, value = waiting.pop(0)
            if not isinstance(value, dict | list):
                continue
            if not value and len(path) > 1:
                self.document.problem(path, MarkedText(_("空的，不起作用：写上内容，或者去掉这一项")))
            inside = value.items() if isinstance(value, dict) else enumerate(value)
            waiting += [((*path, key), one) for key, one in inside]

    def _list(self, key: str) -> Iterable[Any]:
        value = self._value(key, list, MarkedText(_("列表")), [])
        if value is not None and len(value) > MOST_ITEMS:
            self.problem(MarkedText(_("这里超过 {most} 个"), {"most": MOST_ITEMS}), key)
            return []
        return value or []

    def known(self, value: str, known: Iterable[str], what: MarkedText, key: str | None = None) -> bool:
        """Return whether a word is one of those known, which stand in their order; note one that is not."""
        words = list(known)
        if value in words:
            return True
        facts = {"what": what, "value": value, "known": words}
        self.problem(MarkedText(_("没有「{value}」这个{what}，可以写：{known}"), facts), key)
        return False

    def _wrong_kind(self, what: MarkedText, value: Any, key: str | None = None) -> None:
        facts = {"what": what, "value": repr(value)}
        self.problem(MarkedText(_("要写{what}，不是 {value}"), facts), key)

    def _value(self, key: str, kind: type, what: MarkedText, default: Any) -> Any:
        if key not in self.data:
            if default is None:
                self.problem(MarkedText(_("缺少「{key}」"), {"key": key}))
            return default
        value = self.data[key]
        # A bool is an int to Python, but not to whoever writes the file.
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self._wrong_kind(what, value, key)
            return default
        return value
