"""What people write is text on every page, whatever it looks like (threats.md T57)."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from core.persistence.db import Database
from tests.markup import HTML, tree_of
from tests.web.conftest import Browser, Page
from tests.web.framework.test_uploads import jpeg, post, sent
from tests.web.test_application_journeys import hidden, only_case

pytestmark = pytest.mark.one_database

Open = Callable[..., Browser]
#: Closes what it may stand in, then names a picture that is not there and does something about it.
MEAN = "</textarea></title>'\"><img src=canary onerror=canary()><script>canary()</script>"
MEAN_NAME = "'\"><img src=canary onerror=canary()>"
SHOWN = "onerror=canary()"
CODE = re.compile(r'class="code"><span>(\w{5})</span> <span>(\w{5})</span>')


def came_alive(text: str) -> Iterator[str]:
    """Yield what of a text became part of a page: elements, attributes and scripts."""
    for one in tree_of(text).iter():
        if not isinstance(one.tag, str):
            continue
        if one.get("src") == "canary" or (one.tag == f"{HTML}script" and "canary" in (one.text or "")):
            yield one.tag.removeprefix(HTML)
        yield from (name for name in one.keys() if name.startswith("on"))  # noqa: SIM118 - an element is no dict


def shown_as_text(page: Page) -> bool:
    """Say whether somebody who looks at a page reads the words as they were written."""
    return SHOWN in "".join(tree_of(page.text).itertext()) or any(
        SHOWN in value for one in tree_of(page.text).iter() for value in one.attrib.values()
    )


def seen(browser: Open, town: Database) -> dict[str, Page]:
    """Write what looks like markup wherever it is taken, and return the pages that show it."""
    member, leader, committee = browser("zuyuan"), browser("zuzhang"), browser("cunwei-sl")
    typed = {
        "once": hidden(member.get("/register"), "once"),
        "category": "drinking_water",
        "kind": "problem",
        "own_words": MEAN,
        "complainant.name": MEAN_NAME,
        "complainant.phone": "13800002046",
    }
    pages = {"a form that comes back": member.post("/register", **typed)}
    photo = sent(jpeg(), "<img src=canary onerror=canary()>.jpg")
    pages["a slip"] = post(member, "/register", [photo], village="SL", **typed)
    code = "".join(
        re.findall(r'class="code"><span>(\w{5})</span> <span>(\w{5})</span>', pages["a slip"].text)[0]
    )
    number = only_case(town).number
    address = f"/cases/{number}"

    def act(person: Browser, action: str, **fields: str) -> None:
        version = hidden(person.get(address), "version")
        assert person.post(f"{address}/actions", action=action, version=version, **fields).status == 303

    act(leader, "assign", unit="committee-SL")
    act(committee, "accept")
    act(committee, "note", text=MEAN)
    reply = {"complainant": hidden(committee.get(address), "replies.0.complainant"), "channel": "door"}
    act(
        committee,
        "resolve",
        outcome="solved",
        **{f"replies.0.{name}": value for name, value in (reply | {"text": MEAN}).items()},
    )
    pages |= {path: leader.get(path) for path in (address, "/cases", "/todo", f"/cases?q={SHOWN[:7]}")}
    return {**pages, "what villagers see": browser().post("/status", receipt_code=code)}


def test_markup_in_words_names_and_names_of_files_is_read_and_does_nothing(
    browser: Open, town: Database
) -> None:
    pages = seen(browser, town)
    assert {name: found for name, page in pages.items() if (found := list(came_alive(page.text)))} == {}
    assert [name for name, page in pages.items() if not shown_as_text(page)] == []


def test_words_that_come_alive_are_found(pages: Flask) -> None:
    made = pages.jinja_env.from_string
    safe = made("<p>{{ words }}</p>").render(words=MEAN)
    alive = made("<p>{{ words|safe }}</p>").render(words=MEAN)
    unquoted = made("<p title={{ words }}>").render(words="a onclick=canary()")
    assert list(came_alive(safe)) == []
    assert set(came_alive(alive)) == {"img", "onerror", "script"}
    assert list(came_alive(unquoted)) == ["onclick"]
