"""Whatever the words are: a csv file is read as it was written, and a fault in it never moves words."""

import csv
import io
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from core.errors import Invalid
from core.tables.reader import read_table
from core.tables.table import ImportTable

HEADINGS = ["编号", "内容", "说明"]
#: Letters, and all that separates and quotes; texts of them alone make every trap.
WORDS = st.text(st.sampled_from('水a",\n，'), max_size=6)
ROWS = st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=4)


def written(rows: list[tuple[str, str]]) -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(HEADINGS)
    writer.writerows([f"r{number}", *row] for number, row in enumerate(rows))
    return stream.getvalue()


def read(tmp_path: Path, text: str) -> ImportTable | None:
    """Read a text as a file; None when the whole file is refused."""
    place = tmp_path / "table.csv"
    place.write_bytes(text.encode())
    try:
        return read_table(place, HEADINGS)
    except Invalid:
        return None


def contents(table: ImportTable) -> list[tuple[str | None, ...]]:
    return [tuple(cells[heading] for heading in HEADINGS) for _, cells in table.rows]


def expected(rows: list[tuple[str, str]]) -> list[tuple[str | None, ...]]:
    return [(f"r{number}", *(words.strip() or None for words in row)) for number, row in enumerate(rows)]


@given(ROWS)
def test_what_was_written_is_read(tmp_path: Path, rows: list[tuple[str, str]]) -> None:
    table = read(tmp_path, written(rows))
    assert table is not None
    assert (contents(table), table.unfit) == (expected(rows), [])


@given(ROWS, st.data())
def test_a_quote_too_many_or_too_few_refuses_the_file(
    tmp_path: Path, rows: list[tuple[str, str]], data: st.DataObject
) -> None:
    text = written(rows)
    at = data.draw(st.integers(0, len(text)))
    assert read(tmp_path, text[:at] + '"' + text[at:]) is None
    quotes = [place for place, char in enumerate(text) if char == '"']
    if quotes:
        at = data.draw(st.sampled_from(quotes))
        assert read(tmp_path, text[:at] + text[at + 1 :]) is None


@given(ROWS, st.data())
def test_a_file_that_is_cut_off_never_changes_a_row_before_its_last(
    tmp_path: Path, rows: list[tuple[str, str]], data: st.DataObject
) -> None:
    text = written(rows)
    table = read(tmp_path, text[: data.draw(st.integers(0, len(text)))])
    if table is not None:
        found = contents(table)
        assert found[:-1] == expected(rows)[: len(found) - 1 if found else 0]
