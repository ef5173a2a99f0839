"""Find the line on which a key of a TOML text stands, so that a problem can be named with its place."""

import re

Path = tuple[str | int, ...]

_KEY = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_DOTTED = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_HEADER = re.compile(rf"^\s*(\[\[?)\s*({_DOTTED})\s*\]\]?")
_ENTRY = re.compile(rf"^\s*({_DOTTED})\s*=")
_STRING_OR_COMMENT = re.compile(r""""(?:\\.|[^"\\])*"|'[^']*'|#.*$""")


def locate(text: str) -> dict[Path, int]:
    """Return the line of every table, key and row of a list of tables.

    A row inside a list is found when it begins a line of its own; what is not found is named by the nearest
    key around it.
    """
    places: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    inside: Path = ()
    depth = 0
    for number, line in enumerate(text.splitlines(), start=1):
        bare = _STRING_OR_COMMENT.sub("", line)
        if depth == 0:
            header, entry = _HEADER.match(line), _ENTRY.match(line)
            if header:
                table = _table(header, counts)
                for length in range(1, len(table) + 1):
                    places.setdefault(table[:length], number)
                continue
            if entry:
                inside = table + _keys(entry[1])
                # `words.one = …` begins `words` as well.
                for length in range(len(table) + 1, len(inside) + 1):
                    places.setdefault(inside[:length], number)
                counts[inside] = 0
        elif bare.lstrip().startswith("{"):
            places.setdefault((*inside, counts[inside]), number)
            counts[inside] += 1
        depth = max(0, depth + bare.count("[") + bare.count("{") - bare.count("]") - bare.count("}"))
    return places


def line_of(places: dict[Path, int], path: Path) -> int | None:
    """Return the line of a path, or of the nearest thing around it that has one."""
    for length in range(len(path), 0, -1):
        if path[:length] in places:
            return places[path[:length]]
    return None


def _table(header: re.Match[str], counts: dict[Path, int]) -> Path:
    path = _keys(header[2])
    if header[1] == "[[":
        index = counts.get(path, 0)
        counts[path] = index + 1
        return (*path, index)
    return path


def _keys(dotted: str) -> Path:
    return tuple(key.strip("\"'") for key in re.findall(_KEY, dotted))
