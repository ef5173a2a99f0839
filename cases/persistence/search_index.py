"""Find cases by words: what villagers said, what they added, what they were told (decisions 0016 and 0033).

`search_texts` holds one row a case and kind of text, folded; beside it the pairs of its characters, which
SQLite keeps in a contentless FTS5 table and PostgreSQL in a `tsvector` under a GIN index. All pairs of what
is typed choose the rows, and where it is longer than a pair, the folded text itself decides: so both
databases find the same. Everything is written in the transaction that writes the words.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Select, String, bindparam, delete, select, text, union_all, update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from cases.models.case import Case, Complainant
from cases.models.correspondence import AddedWords, Reply
from cases.models.search import SearchText
from cases.vocabulary import SearchedKind
from core.normalization.search_terms import pairs_of, point, runs_of, searchable, terms_of

TABLE = "search_terms"
#: What villagers said themselves; replies are asked for apart.
VILLAGERS_WORDS = (SearchedKind.OWN_WORDS, SearchedKind.ADDED_WORDS)
#: Ids of the rows of one case lie side by side; never to be changed.
IDS_OF_A_CASE = 8
PLACES: Mapping[SearchedKind, int] = {kind: place for place, kind in enumerate(SearchedKind)}

Texts = Mapping[SearchedKind, Iterable[str]]

INTO_TEXTS = "INSERT INTO search_texts (id, case_id, kind, searched) VALUES (:id, :case_id, :kind, :searched)"
INTO_TERMS = f"INSERT INTO {TABLE} (id, terms) VALUES (:id, CAST(:terms AS tsvector))"
SQLITE_ENTER = text(f"INSERT INTO {TABLE} (rowid, terms) VALUES (:id, :terms)")
SQLITE_LEAVE = text(f"INSERT INTO {TABLE} ({TABLE}, rowid, terms) VALUES ('delete', :id, :terms)")
SQLITE_COMPACT = text(f"INSERT INTO {TABLE} ({TABLE}) VALUES ('optimize')")
POSTGRESQL_ENTER = text(INTO_TERMS)
POSTGRESQL_LEAVE = text(f"DELETE FROM {TABLE} WHERE id = :id")
#: What takes a new text in, by the name of the database: PostgreSQL writes both rows in one statement.
ENTER = {
    "sqlite": (text(INTO_TEXTS), SQLITE_ENTER),
    "postgresql": (text(f"WITH texts AS ({INTO_TEXTS}) {INTO_TERMS}"),),
}


def row_id(case_id: int, kind: SearchedKind) -> int:
    """Return the id of the row of a case and kind of text."""
    return case_id * IDS_OF_A_CASE + PLACES[kind]


def enter(connection: Connection, cases: Mapping[int, Texts]) -> None:
    """Take texts of cases into the index that has no row of them yet."""
    rows = [
        _row(case_id, kind, searched)
        for case_id, texts in cases.items()
        for kind, said in texts.items()
        if (searched := searchable(said))
    ]
    if rows:
        _insert(connection, rows)


def replace(connection: Connection, case_id: int, texts: Texts) -> None:
    """Put the present texts of a case, of the kinds given, in the place of those in the index."""
    ids = {row_id(case_id, kind): kind for kind in texts}
    columns = select(SearchText.id, SearchText.searched).where(SearchText.id.in_(ids))
    present: dict[int, str] = {}
    for key, searched in connection.execute(columns):
        present[key] = searched
    for key, kind in ids.items():
        before, after = present.get(key), searchable(texts[kind])
        if before is None:
            if after:
                _insert(connection, [_row(case_id, kind, after)])
        elif before != after:
            _change(connection, key, before=before, after=after)


def compact(connection: Connection) -> None:
    """Let the index keep nothing of texts that have left it: SQLite only notes that they are gone.

    PostgreSQL clears such rows away by itself. What is free in a file may still hold parts of them.
    """
    if connection.dialect.name == "sqlite":
        connection.execute(SQLITE_COMPACT)


def load_texts(connection: Connection, ids: Collection[int]) -> dict[int, dict[SearchedKind, list[str]]]:
    """Load the texts of cases as they are searched: those of everybody who is on the case now."""
    own = select(Case.id, Case.own_words).where(Case.id.in_(ids))
    joined = select(Complainant.case_id, Complainant.own_words).where(Complainant.case_id.in_(ids))
    found: dict[int, dict[SearchedKind, list[str]]] = {
        case_id: {kind: [] for kind in SearchedKind} for case_id in ids
    }
    for case_id, said in connection.execute(union_all(own, joined)):
        found[case_id][SearchedKind.OWN_WORDS].append(said)
    for kind, table in ((SearchedKind.ADDED_WORDS, AddedWords), (SearchedKind.REPLY, Reply)):
        statement = (
            select(Complainant.case_id, table.text)
            .join(Complainant, Complainant.id == table.complainant_id)
            .where(Complainant.case_id.in_(ids))
        )
        for case_id, said in connection.execute(statement):
            found[case_id][kind].append(said)
    return {
        case_id: {kind: sorted(set(said)) for kind, said in texts.items()} for case_id, texts in found.items()
    }


def load_searched(connection: Connection, ids: Collection[int]) -> dict[int, dict[SearchedKind, str]]:
    """Load what the index holds of cases."""
    found: dict[int, dict[SearchedKind, str]] = {case_id: {} for case_id in ids}
    columns = select(SearchText.case_id, SearchText.kind, SearchText.searched)
    for case_id, kind, searched in connection.execute(columns.where(SearchText.case_id.in_(ids))):
        found[case_id][SearchedKind(kind)] = searched
    return found


def matching_cases(typed: str, kinds: Collection[SearchedKind] = VILLAGERS_WORDS) -> Select[int]:
    """Return the ids of the cases one of whose texts of these kinds holds every run of what was typed.

    Marks and spaces only part the runs. Without any letter or digit nothing is found.
    """
    runs = list(dict.fromkeys(runs_of(typed)))
    terms = [term for run in runs for term in pairs_of(run)]
    begins = [point(run) for run in runs if len(run) == 1]
    fts = " AND ".join([*dict.fromkeys(terms), *(f"{one}*" for one in begins)]) or '""'
    ts = " & ".join([*dict.fromkeys(terms), *(f"{one}:*" for one in begins)])
    return select(SearchText.case_id).where(
        SearchText.id.op("IN", is_comparison=True)(_MatchingIds(fts, ts)),
        SearchText.kind.in_([kind.value for kind in kinds]),
        *(SearchText.searched.contains(run) for run in runs if len(run) > 2),
    )


def _row(case_id: int, kind: SearchedKind, searched: str) -> dict[str, Any]:
    return {
        "id": row_id(case_id, kind),
        "case_id": case_id,
        "kind": kind.value,
        "searched": searched,
        "terms": _joined_terms(searched),
    }


def _insert(connection: Connection, rows: list[dict[str, Any]]) -> None:
    for statement in ENTER[connection.dialect.name]:
        connection.execute(statement, rows if len(rows) > 1 else rows[0])


def _change(connection: Connection, key: int, *, before: str, after: str) -> None:
    """Change or take away one row with its terms; on SQLite those that leave must be exactly the old ones."""
    if connection.dialect.name == "sqlite":
        connection.execute(SQLITE_LEAVE, {"id": key, "terms": _joined_terms(before)})
    else:
        connection.execute(POSTGRESQL_LEAVE, {"id": key})
    if after:
        connection.execute(update(SearchText).where(SearchText.id == key).values(searched=after))
        entering = SQLITE_ENTER if connection.dialect.name == "sqlite" else POSTGRESQL_ENTER
        connection.execute(entering, {"id": key, "terms": _joined_terms(after)})
    else:
        connection.execute(delete(SearchText).where(SearchText.id == key))


def _joined_terms(searched: str) -> str:
    return " ".join(terms_of(searched))


class _MatchingIds(FunctionElement[int]):
    """The ids in the index that match: the first text is in the language of FTS5, the second a `tsquery`."""

    name = "found"
    inherit_cache = True

    def __init__(self, fts: str, ts: str) -> None:
        super().__init__(
            bindparam(None, fts, String(), unique=True), bindparam(None, ts, String(), unique=True)
        )


@compiles(_MatchingIds, "sqlite")
def _on_sqlite(element: _MatchingIds, compiler: SQLCompiler, **options: Any) -> str:
    fts, _ = element.clauses
    return f"(SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH {compiler.process(fts, **options)})"


@compiles(_MatchingIds, "postgresql")
def _on_postgresql(element: _MatchingIds, compiler: SQLCompiler, **options: Any) -> str:
    _, ts = element.clauses
    asked = f"CAST({compiler.process(ts, **options)} AS tsquery)"
    return f"(SELECT id FROM {TABLE} WHERE terms @@ {asked})"
