"""Read the pages that the program answers with, and hold each to what every page must be.

Reading a page takes longer than answering with it, and tests see most pages several times.
"""

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import html5lib

HTML = "{http://www.w3.org/1999/xhtml}"
#: What is typed freely and stands in an address all the same: what is searched for (docs/interfaces.md), and
#: the public name of a place. No word of a complaint, no name of a villager, no telephone is among them.
IN_ADDRESSES = frozenset({"q", "new_name", "new_code"})
#: Addresses of our own pages in an address; they are held to the same where they are linked.
ONWARD = frozenset({"next", "back"})
FIELDS = frozenset({f"{HTML}input", f"{HTML}textarea", f"{HTML}select", f"{HTML}button"})
#: Of a list of values that the page gives, or a number, a date, a choice.
CHOSEN = frozenset({"checkbox", "radio", "date", "datetime-local", "number", "submit", "button", "hidden"})
CODES = re.compile(r"[\x20-\x7e]{0,200}")
#: Every form bears a key that is drawn anew each time; whatever it is, the page is the same.
DRAWN = re.compile(r'(?<=<input type="hidden" name="once" value=")[\w-]+(?=")')
#: What people read between two tags, as far as no character of it means anything to markup.
READ = re.compile(r"(?<=>)[^<>&\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]+(?=[<&])")
#: What differs from one page to the next inside of tags: numbers, days, Chinese words.
GIVEN = re.compile(r"(?<![%&#])\d+|[\u3001-\u303f\u4e00-\u9fff\uff01-\uff5e]+")
TAG = re.compile(r"<[^<>]*>")
#: The shapes of pages that were found to be as every page must be.
_SOUND: set[bytes] = set()


def tree_of(text: str) -> Any:
    """Return the elements of a page; nobody may change them, for the next who asks is given the same."""
    return _read(text)[0]


def check(text: str) -> None:
    """Fail when a page is not what every page must be; one of a shape that was sound is not read again."""
    known = hashlib.sha256(shape_of(text).encode("utf-8", "surrogatepass")).digest()
    if known not in _SOUND:
        _check(*_read(text))
        _SOUND.add(known)


def shape_of(text: str) -> str:
    """Return a page without what makes no difference to what every page must be.

    Of words between tags it matters whether there are any. Numbers and Chinese words inside of tags are
    counted in the order in which they first come, so that two that are alike stay alike, and others apart.
    """
    seen: dict[str, int] = {}

    def counted(found: re.Match[str]) -> str:
        kind = "n" if found[0].isascii() else "文"
        return f"{kind}{seen.setdefault(found[0], len(seen))}"

    plain = READ.sub(lambda found: "t" if found[0].strip() else " ", DRAWN.sub("drawn", text))
    return TAG.sub(lambda found: GIVEN.sub(counted, found[0]), plain)


@lru_cache(maxsize=32)
def _read(text: str) -> tuple[Any, list[Any]]:
    parser = html5lib.HTMLParser(strict=False)
    return parser.parse(text), parser.errors


def _check(tree: Any, errors: list[Any]) -> None:
    assert errors == [], [(place, code, facts) for place, code, facts in errors][:3]
    every = list(tree.iter())
    assert len([one for one in every if one.tag == f"{HTML}h1"]) == 1
    assert "".join(tree.find(f".//{HTML}title").itertext()).strip()
    ids = [one.get("id") for one in every if one.get("id")]
    assert len(ids) == len(set(ids)), sorted(one for one in ids if ids.count(one) > 1)
    assert not any(one.get("style") or any(name.startswith("on") for name in one.attrib) for one in every)
    assert not any(one.tag == f"{HTML}script" and (one.text or "").strip() for one in every)
    labelled = {one.get("for") for one in every if one.tag == f"{HTML}label"}
    for one in every:
        for name in ("aria-describedby", "aria-labelledby"):
            assert set((one.get(name) or "").split()) <= set(ids), (one.tag, one.get(name))
        if one.tag in {f"{HTML}input", f"{HTML}textarea", f"{HTML}select"}:
            _check_label(tree, one, labelled)
    found = sorted(set(free_words_in_addresses(tree)))
    assert found == [], f"free words would stand in an address: {found}"


def free_words_in_addresses(tree: Any) -> Iterator[str]:
    """Find the fields and parameters of a page that put into an address what somebody wrote freely."""
    every = list(tree.iter())
    within = {id(field): form for form in every if form.tag == f"{HTML}form" for field in form.iter()}
    forms = {form.get("id"): form for form in every if form.tag == f"{HTML}form"}
    fields = [one for one in every if one.tag in FIELDS]
    owner = {
        id(one): forms.get(one.get("form")) if one.get("form") else within.get(id(one)) for one in fields
    }
    for form in forms.values():
        own = [one for one in fields if owner[id(one)] is form]
        by_button = any((one.get("formmethod") or "").lower() == "get" for one in own)
        if by_button or (form.get("method") or "get").lower() == "get":
            yield from (name for one in own if (name := _freely(one)) is not None)
    for one in every:
        if one.get("data-hx-get") is not None:
            asked = one.get("data-hx-params")
            wanted = None if asked in (None, "*") else set(asked.split(","))
            near = [each for each in fields if wanted is None or each.get("name") in wanted]
            yield from (name for each in near if (name := _freely(each)) is not None)
        for attribute in ("href", "action", "formaction", "src", "data-hx-get", "data-hx-post"):
            for name, value in parse_qsl(urlsplit(one.get(attribute) or "").query):
                if name not in IN_ADDRESSES | ONWARD and not CODES.fullmatch(value):
                    yield name


def _freely(field: Any) -> str | None:
    """Return the name of a field if what goes into it is written freely and may not stand in an address."""
    name, kind = field.get("name"), (field.get("type") or "text").lower()
    if name is None or name in IN_ADDRESSES:
        return None
    if field.tag == f"{HTML}textarea" or (field.tag == f"{HTML}input" and kind not in CHOSEN):
        return str(name)
    given = field.get("value") or ""
    return str(name) if field.tag == f"{HTML}input" and not CODES.fullmatch(given) else None


def _check_label(tree: Any, one: Any, labelled: set[str | None]) -> None:
    if one.get("type") == "hidden" or one.get("aria-label") or one.get("id") in labelled:
        return
    around = [label for label in tree.iter(f"{HTML}label") if one in list(label.iter())]
    assert around, one.attrib
