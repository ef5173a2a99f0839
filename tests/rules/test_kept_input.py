"""What people type is kept across sign-ins in known places only, each of which says whose it is.

A browser keeps things where a script puts them, where a cookie does, in fields that carry them along, and by
itself in the history of a field. Each new place is found, and has to say how it ends with the sign-in.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.rules.sources import ROOT, name, product, tree

#: Where a script may keep something on the device, under any of its names.
STORES = re.compile(
    r"localStorage|sessionStorage|indexedDB|openDB|from \"idb\"|\bcaches\b|document\.cookie|cookieStore"
    r"|navigator\.storage|window\.name|serviceWorker"
)
#: A field in which somebody types words, and one that carries along what was sent before.
FIELD = re.compile(r'<input type="(?:text|search|tel|email|url)"[^>]*>')
CARRIED = re.compile(r'<input type="hidden" name="\{\{ ?name ?\}\}"')
PLACES: Mapping[str, Mapping[str, str]] = {
    "store": {"web/static/js/drafts.js": "ends with the sign-in, or after a week on a device of one's own"},
    "cookie": {
        "web/account/sign_in.py": "the secret of the sign-in itself",
        "web/framework/display_preferences.py": "how pages look: chosen, not typed",
        "web/framework/cookies.py": "that somebody was let in here, by a digest that tells nothing",
    },
    "carried": {
        "web/templates/sign_in/go_on.html": "opened by web/account/kept_form.py for its owner",
        "web/templates/errors/error.html": "given back to whoever sent it, in the same answer",
        "web/templates/administration/succession.html": "given back to whoever sent it, in the same answer",
        "web/templates/cases/list.html": "filters of the address that was asked for",
        "web/templates/parts/cases.html": "filters of the address that was asked for",
    },
}


def kept(path: str, text: str) -> Iterator[str]:
    """Yield how a source keeps what was typed."""
    if path.endswith(".js"):
        if STORES.search(text):
            yield "store"
    elif path.endswith(".html"):
        if CARRIED.search(text):
            yield "carried"
        if any("autocomplete=" not in field for field in FIELD.findall(text)):
            yield "history of a field"
    elif any(
        isinstance(node, ast.Attribute) and node.attr == "set_cookie"
        for node in ast.walk(tree(ROOT / path) if (ROOT / path).exists() else ast.parse(text))
    ):
        yield "cookie"


def places() -> list[str]:
    """List every source that makes pages."""
    made = [one for folder in ("static/js", "templates") for one in (ROOT / "web" / folder).rglob("*.*")]
    return [
        name(one) for one in (*made, *(place for place in product() if name(place).split("/")[0] in OURS))
    ]


OURS = frozenset({"web", "wsgi", "api"})


def read(path: str) -> str:
    return Path(ROOT / path).read_text(encoding="utf-8")


def test_what_is_typed_is_kept_where_it_is_known_to_be_kept() -> None:
    found: dict[str, set[str]] = {how: set() for how in PLACES}
    for path in places():
        for how in kept(path, read(path)):
            found.setdefault(how, set()).add(path)
    assert found == {how: set(known) for how, known in PLACES.items()}


@pytest.mark.parametrize(
    ("path", "text", "how"),
    [
        ("web/static/js/more.js", 'sessionStorage.setItem("text", field.value);', "store"),
        ("web/static/js/more.js", 'import { openDB } from "idb";', "store"),
        ("web/planted.py", 'response.set_cookie("draft", form["text"])', "cookie"),
        ("web/templates/a.html", '<input type="hidden" name="{{ name }}" value="{{ value }}">', "carried"),
        ("web/templates/a.html", '<input type="text" name="name" value="">', "history of a field"),
    ],
)
def test_another_place_is_found(path: str, text: str, how: str) -> None:
    assert list(kept(path, text)) == [how]
