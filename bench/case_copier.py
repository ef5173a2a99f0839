"""Copy cases that the services made: new numbers, codes, households and moments, and a chain of their own.

What differs from copy to copy is found once for each group, and becomes a slot in its texts and rows; after
that a copy is little more than putting strings together.
"""

import hashlib
import json
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import ForeignKey

from bench.sample_cases import CaseGroup, RawRow
from cases.access import identities, receipt_codes, sealed_words
from cases.configuration.case_rules import CountyRules
from cases.history.entries import digested_values, payload
from cases.models.case import Complainant
from core.chain import canonical
from core.persistence.db import Base
from core.sealing.personal_keys import PersonalKeys
from core.sealing.sealed_columns import SealedText

#: A text with slots: strings as they are, numbers for what stands at that slot of a copy.
Text = tuple[str | int, ...]
Cells = tuple[Any, ...]
#: Everything in the sample township happens on a full minute; a copy moves within that minute.
SECONDS = ":00.000000"
PLACEHOLDER = re.compile(r'"@(\w+):(\d+)@"')
COMPUTED = {"history": ("hash", "prev_hash", "case_digest"), "cases": ("last_hash",)}
#: What each copy makes anew of a complainant: of another household, and sealed for the row of the copy.
PERSON = {
    "household_id": "household",
    **{name: name for name in ("name", "phone", "phone_digest", "phone_end_digest")},
}


@dataclass
class Serials:
    """The numbers given out so far: of rows by table, and of cases by village and year."""

    rows: Counter[str] = field(default_factory=Counter)
    numbers: Counter[tuple[int, str, int]] = field(default_factory=Counter)

    def next(self, table: str) -> int:
        """Return the next id of a table."""
        self.rows[table] += 1
        return self.rows[table]


@dataclass(frozen=True)
class _EntryForm:
    case: Text
    entry: Text
    digest: int
    previous: int | None
    hash: int


class Copier:
    """One group of cases in the form in which it is copied.

    All that the rows of a copy hold stands in one list, each thing once; a row is a selection from it.
    """

    def __init__(self, group: CaseGroup, columns: Mapping[str, Sequence[str]], keys: PersonalKeys) -> None:
        """Find what differs from copy to copy; `columns` are the names of each table in the order of writing.

        `keys` open what the services sealed. Raises ValueError when a row cannot be what they wrote.
        """
        self._keys = keys
        self._beside: list[tuple[int, Text, int, int]] = []
        self._slots: dict[tuple[str, Any], int] = {}
        self._fixed: list[Any] = []
        self._texts: list[tuple[int, Text]] = []
        self._serials: list[tuple[int, str]] = []
        self._group = group
        self._literal = {SECONDS: self._slot("moment", 0)}
        for case in group.cases:
            self._literal[case["number"]] = self._slot("number", case["id"])
            self._literal[case["client_ref"]] = self._slot("ref", case["id"])
        literal = "|".join(re.escape(text) for text in sorted(self._literal, reverse=True))
        self._pattern = re.compile(f"{PLACEHOLDER.pattern}|{literal}")
        self._entries = [form for case in group.cases for form in self._chain(case["id"])]
        self._rows = [
            (table, itemgetter(*[self._cell(table, name, row) for name in columns[table]]))
            for table, rows in (("cases", group.cases), *group.rows.items())
            for row in rows
        ]
        villages = {case["id"]: str(case["village_id"]) for case in group.cases}
        self._people = [
            (row["id"], villages[row["case_id"]], _identity(row, keys)) for row in group.rows["complainants"]
        ]

    def __len__(self) -> int:
        return len(self._group.cases)

    def copy(
        self, rules: CountyRules, serials: Serials, homes: Mapping[str, Sequence[RawRow]], rng: random.Random
    ) -> Iterator[tuple[str, Cells]]:
        """Yield the rows of one copy with the names of their tables."""
        values = self._values(rules, serials, homes, rng)
        for slot, text in self._texts:
            values[slot] = _render(text, values)
        for slot, table in self._serials:
            values[slot] = serials.next(table)
        for form in self._entries:
            values[form.digest] = hashlib.sha256(_render(form.case, values).encode()).hexdigest()
            previous = "" if form.previous is None else values[form.previous]
            values[form.hash] = rules.services.chain.link_written(
                previous, _render(form.entry, values).encode()
            )
        for slot, words, case, seq in self._beside:
            place = sealed_words.place_of(int(values[case]), seq)
            sealed = self._keys.seal(_render(words, values), place)
            values[slot] = json.dumps(sealed.stored, ensure_ascii=False)
        for table, cells in self._rows:
            yield table, cells(values)

    def _values(
        self, rules: CountyRules, serials: Serials, homes: Mapping[str, Sequence[RawRow]], rng: random.Random
    ) -> list[Any]:
        """Return what stands at each slot in one copy; what is computed comes later."""
        slot = self._slots
        values = self._fixed[:]
        values[slot["moment", 0]] = f":{rng.randrange(60):02d}.{rng.randrange(1_000_000):06d}"
        for case in self._group.cases:
            case_id, (village, year, _) = case["id"], case["number"].split("-")
            key = (case["village_id"], village, int(year))
            serials.numbers[key] += 1
            values[slot["case", case_id]] = str(serials.next("cases"))
            values[slot["number", case_id]] = f"{village}-{year}-{serials.numbers[key]:04d}"
            values[slot["ref", case_id]] = f"bench-{serials.rows['cases']:08d}"
        taken: set[int] = set()
        for person_id, village_id, known in self._people:
            home = rng.choice(homes[village_id])
            while home["id"] in taken:
                home = rng.choice(homes[village_id])
            taken.add(home["id"])
            values[slot["person", person_id]] = str(serials.next("complainants"))
            code = receipt_codes.read_code(receipt_codes.new_code()) or ""
            values[slot["code", person_id]] = receipt_codes.digest(rules.services.receipt_key, code)
            identity = known
            if ("household", person_id) in slot:
                values[slot["household", person_id]] = home["id"]
                identity = {"name": home["head"], "phone": home["phone"]}
            for name, value in self._sealed(identity, serials.rows["complainants"]).items():
                values[slot[name, person_id]] = value
        return values

    def _sealed(self, identity: Mapping[str, str | None], complainant_id: int) -> dict[str, str | None]:
        """Return who somebody is as it stands in the row of a copy."""
        row = Complainant(id=complainant_id)
        identities.write_identity(row, self._keys, name=identity["name"], phone=identity["phone"])
        return {
            "name": row.name.stored if row.name else None,
            "phone": row.phone.stored if row.phone else None,
            "phone_digest": row.phone_digest,
            "phone_end_digest": row.phone_end_digest,
        }

    def _chain(self, case_id: int) -> Iterator[_EntryForm]:
        """Yield the entries of a case in order, with the texts that digest and hash are made over."""
        entries, snapshots = self._group.entries[case_id], self._group.snapshots[case_id]
        previous: int | None = None
        for entry, snapshot in zip(entries, snapshots, strict=True):
            case = digested_values(snapshot)
            if hashlib.sha256(canonical(case)).hexdigest() != entry.case_digest:
                raise ValueError(f"the row of case {case_id} is not the one that entry {entry.seq} describes")
            case |= {"id": _placeholder("case", case["id"])}
            if case["merged_into_id"] is not None:
                case["merged_into_id"] = _placeholder("case", case["merged_into_id"])
            digest, link = self._slot("digest", entry.hash), self._slot("hash", entry.hash)
            content = payload(dict(entry._mapping)) | {
                "case_id": _placeholder("case", case_id),
                "facts": _with_placeholders(entry.facts),
                "case_digest": _placeholder("slot", digest),
            }
            written, entry_text = canonical(case).decode(), canonical(content).decode()
            yield _EntryForm(self._text(written), self._text(entry_text), digest, previous, link)
            previous = link

    def _cell(self, table: str, name: str, row: RawRow) -> int:
        """Return the slot where the value of a cell stands."""
        value = row[name]
        slot = self._generated_slot(table, name, row)
        if slot is not None:
            return slot
        if name == "id":
            slot = self._slot("serial", (table, value))
            self._serials.append((slot, table))
            return slot
        if isinstance(value, str):
            if (table, name) == ("history", "personal") and value != "[]":
                return self._words_beside(row)
            if (table, name) == ("history", "facts"):
                value = json.dumps(_with_placeholders(json.loads(value)), ensure_ascii=False)
            return self._slot_of(self._text(value))
        return self._slot("fixed", (type(value), value), value)

    def _words_beside(self, row: RawRow) -> int:
        """Return the slot of the words beside an entry, which each copy seals for itself."""
        place = sealed_words.place_of(row["case_id"], row["seq"])
        opened = self._keys.open(SealedText(json.loads(row["personal"])), place)
        slot = self._slot("beside", (row["case_id"], row["seq"]))
        self._beside.append((slot, self._text(opened), self._slot("case", row["case_id"]), row["seq"]))
        return slot

    def _slot_of(self, text: Text) -> int:
        """Return the slot of a text, itself or what is made of it in each copy."""
        if not any(isinstance(piece, int) for piece in text):
            return self._slot("fixed", (str, text), "".join(map(str, text)))
        if len(text) == 1 and isinstance(text[0], int):
            return text[0]
        known = len(self._fixed)
        slot = self._slot("text", text)
        if slot == known:
            self._texts.append((slot, text))
        return slot

    def _generated_slot(self, table: str, name: str, row: RawRow) -> int | None:
        """Return the slot of a value that each copy makes for itself, or None."""
        if name in COMPUTED.get(table, ()):
            if name == "prev_hash":
                return self._slot("hash", row[name]) if row[name] else None
            return self._slot("digest" if name == "case_digest" else "hash", row.get("hash", row.get(name)))
        if table == "complainants" and name == "receipt_digest":
            return self._slot("code", row["id"])
        housed = name != "household_id" or row["household_id"] is not None
        if table == "complainants" and name in PERSON and housed:
            return self._slot(PERSON[name], row["id"])
        target = "cases.id" if (table, name) == ("cases", "id") else None
        target = "complainants.id" if (table, name) == ("complainants", "id") else target
        for key in _foreign_keys(table, name):
            target = key.target_fullname if key.column.name == "id" else target
        if row[name] is None or target not in ("cases.id", "complainants.id"):
            return None
        return self._slot("case" if target == "cases.id" else "person", row[name])

    def _slot(self, kind: str, of: Any, value: Any = None) -> int:
        known = len(self._fixed)
        slot = self._slots.setdefault((kind, of), known)
        if slot == known:
            self._fixed.append(value)
        return slot

    def _text(self, text: str) -> Text:
        """Cut a text at everything that differs from copy to copy; a digest keeps its quotes."""
        pieces: list[str | int] = []
        end = 0
        for found in self._pattern.finditer(text):
            pieces.append(text[end : found.start()])
            kind, of = found.group(1), found.group(2)
            if kind == "slot":
                pieces += ['"', int(of), '"']
            elif kind is not None:
                pieces.append(self._slot(kind, int(of)))
            else:
                pieces.append(self._literal[found.group()])
            end = found.end()
        pieces.append(text[end:])
        return tuple(piece for piece in pieces if piece != "")


@cache
def _foreign_keys(table: str, name: str) -> frozenset[ForeignKey]:
    """Return the keys that a column refers by, found by its name in the database."""
    columns = Base.metadata.tables[table].columns
    return frozenset(next(column for column in columns if column.name == name).foreign_keys)


def _identity(row: RawRow, keys: PersonalKeys) -> dict[str, str | None]:
    """Open who a complainant is, whose row stands as SQLite keeps it."""
    person = Complainant(id=row["id"])
    person.name, person.phone = (SealedText(row[one]) if row[one] else None for one in identities.COLUMNS)
    return {"name": identities.name_of(person, keys), "phone": identities.phone_of(person, keys)}


def _placeholder(kind: str, of: int) -> str:
    return f"@{kind}:{of}@"


def _with_placeholders(facts: Any, name: str = "") -> Any:
    """Mark the ids of complainants wherever the facts of an entry hold them."""
    if isinstance(facts, dict):
        return {key: _with_placeholders(value, key) for key, value in facts.items()}
    if isinstance(facts, list):
        return [_with_placeholders(value, name) for value in facts]
    return _placeholder("person", facts) if name in ("complainant", "complainants") else facts


def _render(text: Text, values: Sequence[Any]) -> str:
    return "".join([piece if piece.__class__ is str else values[piece] for piece in text])  # type: ignore[index]
