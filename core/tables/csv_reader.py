"""Read csv files by the letter of RFC 4180: what is not well formed is refused, with the line."""

import re
from collections.abc import Iterator
from pathlib import Path

from core.errors import Invalid
from core.tables.cell_values import value_of_field
from core.tables.table import MOST_BYTES, SheetCells
from core.tables.text_encodings import decode

#: A field in quotes, in which two stand for one, or a field without any; then what ends it.
FIELD = re.compile(r'(?:"([^"]*(?:""[^"]*)*)"|([^",\r\n]*))(,|\r\n|\r|\n|\Z)')
#: A field in quotes, whatever follows it.
CLOSED = re.compile(r'"[^"]*(?:""[^"]*)*"')
#: So many lines tell what separates the fields.
LOOKED_AT = 10
OTHER_SEPARATORS = {"\t": "tab_separated", ";": "semicolon_separated", "，": "wide_comma_separated"}


def read_csv(path: Path) -> tuple[SheetCells, str]:
    """Return the rows of a csv file that are not blank, and the encoding it is in.

    Raises Invalid for a file that is too large, in no known encoding, cut off or not well formed.
    """
    if path.stat().st_size > MOST_BYTES:
        raise Invalid({"file": ["too_large"]}, name=path.name)
    text, encoding = decode(path.read_bytes(), name=path.name)
    separated = _other_separator(text)
    rows = []
    for number, fields in enumerate(_records(text, separated, path.name), start=1):
        values = [value_of_field(field) for field in fields]
        if any(value is not None for value in values):
            rows.append((number, values))
    cut_off = bool(text) and not text.endswith(("\n", "\r"))
    return SheetCells("", rows, counted=True, cut_off=cut_off, separated=separated), encoding


def _other_separator(text: str) -> str | None:
    """Return the code of the sign that seems to separate the fields instead of commas, or None.

    It does in most of the first lines that hold either; a title above the headings holds none.
    """
    first = [line for line in text.lstrip().splitlines()[:LOOKED_AT] if line.strip()]
    found = {
        code: sum(line.count(sign) > line.count(",") for line in first)
        for sign, code in OTHER_SEPARATORS.items()
    }
    code = max(found, key=lambda one: found[one])
    return code if found[code] > sum("," in line for line in first) else None


def _records(text: str, separated: str | None, name: str) -> Iterator[list[str]]:
    """Yield the fields of each record. Raises Invalid with the line at which the text stops being csv."""
    fields: list[str] = []
    at = 0
    while at < len(text) or fields:
        found = FIELD.match(text, at)
        if found is None:
            code, line = _malformed(text, at)
            raise Invalid({"file": [separated or code]}, line=line, name=name)
        quoted, bare, end = found.groups()
        fields.append(bare if quoted is None else quoted.replace('""', '"'))
        at = found.end()
        if end != ",":
            yield fields
            fields = []


def _malformed(text: str, at: int) -> tuple[str, int]:
    """Return what is wrong at a place, and its line: a quote without an end, or one where none may be."""
    line = len(re.findall(r"\r\n|\r|\n", text[:at])) + 1
    if text[at] != '"':
        return "quote_in_field", line
    # Where words follow a closing quote, it may be the one that opens the next field.
    return ("text_after_quote" if CLOSED.match(text, at) else "quote_not_closed"), line
