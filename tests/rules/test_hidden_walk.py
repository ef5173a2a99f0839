"""Whoever is named in a matter learns nothing of it: every answer to them is searched for what is hidden.

Every step and act has happened in the township, and matters that are seen were joined with hidden ones in
every way that the table of facts knows. The addresses come from the applications' own maps.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import select

import app
from cases.history.entries import Entry
from cases.history.fact_kinds import FactKind
from cases.history.facts_json import FACTS, KINDS
from cases.models.case import Case
from cases.queries import case_detail, case_list
from notifications.models import Notice
from tests.builders import PASSWORD
from tests.rules.hidden_township import MARKS, READER, SEEN_WORDS, Hidden, build_hidden_township
from tests.rules.surface_township import environment
from tests.rules.walked_addresses import ORIGIN, addresses, asked, filled, text_of

#: Roles that see all cases of the township, but those that name them: one, and all together; the last ones
#: keep the registers and check the records beside.
ROLES = (
    ("coordinator",),
    ("coordinator", "team_leader", "leader", "auditor", "member"),
    ("coordinator", "auditor", "admin"),
)
#: Where planted faults show.
ONE_CASE, LIST = "/cases/<number:number>", "/cases"
#: What is asked of addresses that take a question; NUMBER and WORDS stand for what is hidden.
ASKED = (
    "",
    "?q=NUMBER",
    "?q=WORDS",
    "?limit=200",
    "?format=xlsx",
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hidden, Any]]:
    folder = tmp_path_factory.mktemp("hidden")
    township = build_hidden_township(folder)
    yield township, app.create_app(environment(folder))
    township.services.db.dispose()


def answers(township: Hidden, joined: Any, only: str = "") -> Iterator[tuple[str, str]]:
    """Yield every address, or those of one rule, with what it answers, less what was asked for."""
    people, programs = joined.people.test_client(), joined.programs.test_client()
    signed = people.post("/sign-in", data={"username": READER, "password": PASSWORD}, headers=ORIGIN)
    assert signed.status_code == 303
    hidden = min(township.hidden)
    doors = ((people, joined.people), (programs, joined.programs))
    for client, application in doors[:1] if only else doors:
        for rule in [only] if only else addresses(application):
            numbers = [*sorted(township.seen), hidden] if "<number:number>" in rule else [hidden]
            questions = [one.replace("NUMBER", hidden).replace("WORDS", MARKS[0]) for one in ASKED]
            plain = [filled(rule, number, READER) for number in numbers]
            for address in {found for one in plain for found in asked(rule, one, questions)}:
                given = {} if client is people else {"Authorization": f"Bearer {township.token}"}
                answer = client.get(address, headers=given)
                typed = [hidden, *MARKS[:2]] if "?" in address or hidden in address else []
                text = text_of(answer)
                for one in typed:
                    text = text.replace(one, "")
                yield address, text


def leaks(township: Hidden, joined: Any, only: str = "") -> dict[str, list[str]]:
    """Return by address what is told of matters that the coordinator may not know of."""
    found = {}
    for address, text in answers(township, joined, only):
        told = [mark for mark in MARKS if mark in text]
        told += sorted(set(re.findall(r"[A-Z]+-20\d\d-\d{4}", text)) & township.hidden)
        if told:
            found[address] = told
    return found


def with_roles(township: Hidden, roles: Sequence[str]) -> None:
    with township.services.db.transaction() as session:
        session.connection().exec_driver_sql(
            f"UPDATE users SET roles = '{json.dumps(roles)}' WHERE username = '{READER}'"
        )


def test_matters_are_joined_in_every_way_that_the_table_of_facts_knows(told: tuple[Hidden, Any]) -> None:
    township, _ = told
    naming = {action for action, kind in FACTS.items() if names_a_case(kind)}
    with township.services.db.reading() as session:
        rows = session.execute(select(Entry.action, Case.number).join(Case, Case.id == Entry.case_id)).all()
    assert naming <= {action for action, _ in rows}
    assert naming <= {action for action, number in rows if number in township.hidden}
    # From the side that is seen: what only hidden matters can say stands in the other half of the pair.
    assert {"register", "relate", "merge", "unmerge"} <= {a for a, number in rows if number in township.seen}
    assert {action for action, _ in rows} == set(FACTS)


def names_a_case(kind: type[Any]) -> bool:
    return any(FactKind.CASE in kinds for kinds in KINDS[kind].values())


@pytest.mark.parametrize("roles", ROLES, ids=["one role", "all roles", "registers and records"])
def test_nothing_that_names_somebody_is_told_to_them(told: tuple[Hidden, Any], roles: Sequence[str]) -> None:
    township, joined = told
    with_roles(township, roles)
    assert leaks(township, joined) == {}
    listed = dict(answers(township, joined, LIST))
    assert all(number in listed["/cases"] for number in township.seen)


def test_no_notice_to_them_is_about_a_matter_that_named_them_from_the_first(
    told: tuple[Hidden, Any],
) -> None:
    township, _ = told
    with township.services.db.reading() as session:
        reader = session.connection().exec_driver_sql(f"SELECT id FROM users WHERE username = '{READER}'")
        subjects = session.scalars(select(Notice.subject).where(Notice.user_id == reader.scalar_one()))
        took_in = {number for number in township.hidden if number in set(subjects)}
        words = session.scalars(select(Case.own_words).where(Case.number.in_(took_in))).all()
    assert all(SEEN_WORDS in one for one in words)


@pytest.mark.parametrize(
    ("module", "name", "instead", "only"),
    [
        (case_list, "_visible_ids", lambda scopes: select(Case.id), LIST),
        (case_detail, "visible", lambda statement, actor: statement, ONE_CASE),
    ],
    ids=["the list without its scope", "related cases without their scope"],
)
def test_an_answer_that_forgets_whom_a_matter_is_about_is_found(
    told: tuple[Hidden, Any], monkeypatch: pytest.MonkeyPatch, module: Any, name: str, instead: Any, only: str
) -> None:
    township, joined = told
    with_roles(township, ROLES[0])
    monkeypatch.setattr(module, name, instead)
    assert leaks(township, joined, only) != {}
