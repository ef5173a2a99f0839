"""Read what actions take from the people who call them: the fields of the definition, each named once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from config.marked_text import Bilingual, MarkedText
from config.marked_text import mark as _
from config.reading import Table
from workflow.definition.field_limits import KEYS, read_limits
from workflow.definition.vocabulary import FIELD_TYPES

OPTIONAL = "?"


@dataclass(frozen=True)
class FieldBook:
    """The fields of a definition by their entry; an entry may have another name than clients send."""

    entries: Mapping[str, Table]

    @classmethod
    def read(cls, root: Table) -> "FieldBook":
        """Read `[fields.ENTRY]` and check every entry, used or not."""
        book = cls(dict(root.tables("fields")))
        for entry in book.entries:
            book.entries[entry].only("name", "type", "values", "items", "fields", "zh", "en", "words", *KEYS)
            book.field(entry, required=True, within=())
        return book

    def fields(self, table: Table, key: str, within: tuple[str, ...] = ()) -> tuple[dict[str, Any], ...]:
        """Return the fields that a list of entries names; an entry with `?` may be left out by clients."""
        found = []
        names: set[str] = set()
        for word in table.words(key):
            entry = word.removesuffix(OPTIONAL)
            if entry not in self.entries:
                table.problem(MarkedText(_("没有「{name}」这个字段"), {"name": entry}), key)
                continue
            if entry in within:
                table.problem(MarkedText(_("字段「{name}」里又有它自己"), {"name": entry}), key)
                continue
            made = self.field(entry, required=entry == word, within=within)
            if made["name"] in names:
                table.problem(MarkedText(_("两个字段都叫「{name}」"), {"name": made["name"]}), key)
            names.add(made["name"])
            found.append(made)
        return tuple(found)

    def field(self, entry: str, *, required: bool, within: tuple[str, ...]) -> dict[str, Any]:
        """Return one field in the form that clients see."""
        table = self.entries[entry]
        name = table.text("name", default=entry)
        shape = self._shape(table, (*within, entry))
        limits = read_limits(table, shape["type"])
        kind = shape.pop("type")
        return {"name": name, "type": kind, "required": required, **shape, **limits, **_words(table)}

    def _shape(self, table: Table, within: tuple[str, ...]) -> dict[str, Any]:
        kind = table.choice("type", FIELD_TYPES, MarkedText(_("字段类型代码")))
        shape: dict[str, Any] = {"type": kind}
        if kind == "choice":
            shape["values"] = list(_not_empty(table, "values", table.words("values")))
        elif kind == "object":
            shape["fields"] = list(_not_empty(table, "fields", self.fields(table, "fields", within)))
        elif kind == "list":
            items = table.table("items")
            items.only("type", "values", "fields")
            shape["items"] = self._shape(items, within)
        return shape


def read_bilingual(table: Table, key: str) -> Bilingual | None:
    """Read a text that is written in both languages, `{ zh = "…", en = "…" }`; None where it is not there."""
    if key not in table.data:
        return None
    texts = table.table(key)
    texts.only("zh", "en")
    return Bilingual(texts.text("zh"), texts.text("en"))


def _words(table: Table) -> dict[str, Any]:
    """Return what a field and its choices are called, where the file says it."""
    found: dict[str, Any] = {}
    if "zh" in table.data or "en" in table.data:
        found |= {"zh": table.text("zh"), "en": table.text("en")}
    if "words" in table.data:
        words = table.table("words")
        words.only(*table.words("values"))
        pairs = {value: read_bilingual(words, value) for value in words.data}
        found["words"] = {value: {"zh": pair.zh, "en": pair.en} for value, pair in pairs.items() if pair}
    return found


def _not_empty(table: Table, key: str, found: Iterable[Any]) -> list[Any]:
    values = list(found)
    if not values:
        table.problem(MarkedText(_("要写 {key}"), {"key": key}), key)
    return values
