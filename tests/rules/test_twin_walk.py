"""Nothing that somebody may ask tells whether there are matters of which they must not know.

Two townships were told alike, one of them with matters that name every reader or the readers' units. Every
address, every form and every act, as every role, is answered alike in both: counts, totals, figures, ends of
lists, notices, dates and order. Addresses come from the maps of the applications, acts from the definition.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import false, select

from accounts.sign_in import passwords
from cases.deadlines import calendar_change
from cases.models.case import Case
from cases.queries import case_list
from reports import tally_queries
from tests.rules.twin_townships import UNITS, Twin, build_twins, said
from tests.rules.walked_addresses import ORIGIN, addresses, filled, text_of

#: What is asked of addresses that can be searched, and of lists for programs; NUMBER is that of a hidden one.
SEARCHED = ("q=NUMBER", "q=%E4%B8%8B%E7%94%B0")
PAGED = ("limit=3", *SEARCHED)
ACTS = "/api/v1/cases/<number:number>/actions"
NUMBER = "<number:number>"
SEARCH_FIELD, NEXT = 'name="q"', re.compile(r'(?:\?|&amp;)(cursor=[^"&]+)|"next":"([^"]+)"')
#: What is typed into forms, of whatever kind they are; a form takes what it knows.
TYPED = {
    "village": "SL",
    "own_words": "水渠塌了一段，下田浇不上水。",
    "notice": "通知",
    "holidays": "3月26日至4月3日 假\n4月10日至4月20日 假\n5月1日至5月12日 假",
    "working": "",
    "reason": "看一看",
    "text": "看一看",
    "on": "2026-03-20",
    "unit": "team",
    "into": "NUMBER",
    "to": "NUMBER",
}


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Twin, Twin]]:
    with pytest.MonkeyPatch.context() as patched:
        # Forms that ask for the password anew hash it: as strong as it is, it would be half of the time.
        patched.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        built = build_twins(tmp_path_factory.mktemp("twins"))
        yield built
    for twin in built:
        twin.services.db.dispose()


def answer_of(answer: Any) -> tuple[int, str, str]:
    return answer.status_code, said(answer.headers.get("Location", "")), said(text_of(answer))


def walked(twin: Twin, username: str, secret: str, only: str = "") -> Iterator[tuple[str, Any]]:
    """Ask everything as somebody; yield each question with its answer. `secret` is the number of a matter.

    Where the role may not enter, that is asked once.
    """
    people, programs, sent = twin.asking(username)
    doors: tuple[tuple[Any, Any, dict[str, str], tuple[str, ...]], ...] = (
        (people, twin.people, {}, SEARCHED),
        (programs, twin.programs, sent, PAGED),
    )
    for client, application, headers, further in doors:
        for rule in addresses(application):
            for address in about(twin, rule, username, secret) if only in rule else ():
                answer = client.get(address, headers=headers)
                yield address, answer
                if answer.status_code == 403:
                    break
                if answer.status_code == 200 and "<" not in rule:
                    yield from more(client, headers, address, answer, further, secret)
        for rule in addresses(application, "POST"):
            for address, form in sent_to(twin, rule, username, secret) if only in rule else ():
                given = {"data": form} if client is people else {"json": form}
                answer = client.post(address, headers={**ORIGIN, **headers}, **given)
                yield f"POST {address} {form['action']}", answer
                if answer.status_code == 403:
                    break


def about(twin: Twin, rule: str, username: str, secret: str) -> Iterator[str]:
    """Yield an address for each matter that is asked for: seen ones, and the one that must not be known."""
    seen = (twin.numbers["left alone"], twin.numbers["closed"]) if NUMBER in rule else ()
    yield from (filled(rule, number, username) for number in (*seen, secret))


def more(
    client: Any, headers: dict[str, str], address: str, answer: Any, further: Any, secret: str
) -> Iterator[tuple[str, Any]]:
    """Yield what is asked of an address besides, and the second page of what has one."""
    text = text_of(answer)
    if further is SEARCHED and SEARCH_FIELD not in text:
        further = ()
    for question in further:
        asked = f"{address}?{question.replace('NUMBER', secret)}"
        answer = client.get(asked, headers=headers)
        yield asked, answer
    found = NEXT.search(text_of(answer))
    if found:
        question = unescape(found[1] or f"cursor={found[2]}&limit=3")
        yield f"{address}, the next page", client.get(f"{address}?{question}", headers=headers)


def sent_to(twin: Twin, rule: str, username: str, secret: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield what is sent to an address: all that any form takes, and through the interface every act."""
    form = {name: value.replace("NUMBER", secret) for name, value in TYPED.items()}
    definition = twin.services.rules.definition
    acts = (*definition.steps, *definition.acts) if rule == ACTS else ("note",)
    open_and_secret = (twin.numbers["left alone"], secret) if NUMBER in rule else (secret,)
    for address in (filled(rule, number, username) for number in open_and_secret):
        yield from ((address, {**form, "action": act}) for act in acts)


def told_apart(twins: tuple[Twin, Twin], username: str, only: str = "") -> list[str]:
    """Return the questions of a reader that the two answer differently."""
    without, with_them = twins
    secret = with_them.numbers["left alone hidden"]
    both = [list(walked(twin, username, secret, only)) for twin in (without, with_them)]
    answers = [[(address, *answer_of(answer)) for address, answer in one] for one in both]
    assert not only or 401 not in {status for _, status, *_ in answers[0]}
    return [one[0] for one, other in zip(*answers, strict=False) if one != other]


def test_the_two_differ_by_matters_that_name_every_reader(twins: tuple[Twin, Twin]) -> None:
    without, with_them = twins
    assert len(with_them.numbers) > 2 * len(without.numbers)
    assert {**with_them.numbers, **without.numbers} == with_them.numbers


@pytest.mark.parametrize("username", tuple(UNITS))
def test_nothing_that_a_reader_asks_tells_the_two_apart(twins: tuple[Twin, Twin], username: str) -> None:
    assert told_apart(twins, username) == []


@pytest.mark.parametrize(
    ("module", "name", "instead", "only", "username"),
    [
        (
            tally_queries,
            "hidden_from",
            lambda actor: select(Case.id).where(false()),
            "/dashboard",
            "du-village",
        ),
        (case_list, "_visible_ids", lambda scopes: select(Case.id), "/export", "du-owned"),
        (calendar_change, "counted_for", lambda statement, actor: statement, "/look", "du-none"),
    ],
    ids=["figures", "a list", "a look that takes a form"],
)
def test_a_count_without_its_scope_tells_them_apart(
    twins: tuple[Twin, Twin],
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    name: str,
    instead: Any,
    only: str,
    username: str,
) -> None:
    monkeypatch.setattr(module, name, instead)
    assert told_apart(twins, username, only) != []
