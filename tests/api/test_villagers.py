"""查我的事 for programs: a receipt code opens one matter, without a token, and nothing else does."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.sign_in.rate_limits import Attempt
from cases.access import receipt_codes
from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case
from core.persistence.db import Database
from tests.api import contract
from tests.api.conftest import Caller, Clock
from wsgi.rate_limits import ALL_WRONG_CODES, FREE_WRONG_CODES, PAUSE, WRONG_CODES

Make = Callable[..., Case]
NAME, PHONE, OTHER = "田大贵", "13800002046", "覃二妹"
PRIVATE = (NAME, PHONE, OTHER, "138****")


@pytest.fixture
def ask(client: FlaskClient) -> Callable[..., Any]:
    """Ask without a token; every answer is compared with the description."""

    def asked(path: str, **body: Any) -> Any:
        answer = client.post(f"/api/v1/public/{path}", json=body, buffered=True)
        contract.check(client.application, answer)
        return answer

    return asked


@pytest.fixture
def code() -> str:
    return receipt_codes.new_code()


@pytest.fixture
def matter(a_case: Make, code: str) -> Callable[[str], Case]:
    """Make a matter of two people in a state; the first holds `code`."""

    def make(state: str) -> Case:
        people = (
            ComplainantEntry(name=NAME, phone=PHONE, receipt_code=code),
            ComplainantEntry(name=OTHER),
        )
        return a_case(state, complainants=people)

    return make


def test_a_code_opens_its_matter_however_it_is_typed(
    ask: Callable[..., Any], matter: Callable[[str], Case], code: str
) -> None:
    case = matter("assigned")
    answers = [
        ask("status", receipt_code=typed)
        for typed in (code, code.lower(), f" {code} ", full_width(code), code.replace("-", "—"), f"{code}\n")
    ]
    assert [answer.status_code for answer in answers] == [200] * 6
    assert len({answer.text for answer in answers}) == 1
    told = answers[0].json
    assert (told["state"], told["may_rate"], told["own_words"]) == ("assigned", False, case.own_words)
    assert [one["action"] for one in told["happened"]] == ["register", "assign"]


def full_width(code: str) -> str:
    """Type a code as a Chinese keyboard does."""
    return "".join(chr(ord(char) + 0xFEE0) for char in code)


@pytest.mark.parametrize("state", ["received", "assigned", "resolved", "closed", "rejected"])
def test_nothing_of_any_person_is_told(
    ask: Callable[..., Any], matter: Callable[[str], Case], code: str, state: str
) -> None:
    matter(state)
    text = ask("status", receipt_code=code).text
    assert [private for private in PRIVATE if private in text] == []


def test_a_satisfied_word_is_a_return_visit(
    ask: Callable[..., Any], matter: Callable[[str], Case], code: str
) -> None:
    matter("resolved")
    assert ask("status", receipt_code=code).json["may_rate"] is True
    told = ask("rating", receipt_code=code, rating="satisfied", words="修好了").json
    assert (told["rating"], told["may_rate"], told["counted"]) == ("satisfied", False, "visit")


def test_a_dissatisfied_word_has_the_matter_done_again(
    ask: Callable[..., Any], matter: Callable[[str], Case], code: str
) -> None:
    matter("resolved")
    told = ask("rating", receipt_code=code, rating="dissatisfied", words="还是漏水").json
    assert (told["state"], told["round"], told["rating"]) == ("received", 2, None)


@pytest.mark.parametrize("state", ["received", "assigned", "closed"])
def test_a_rating_before_any_reply_or_after_the_end_is_a_conflict(
    ask: Callable[..., Any], matter: Callable[[str], Case], code: str, state: str
) -> None:
    matter(state)
    refused = ask("rating", receipt_code=code, rating="satisfied")
    assert (refused.status_code, refused.json["code"]) == (409, "action_not_open")
    assert refused.json["facts"]["reasons"] == ["nothing_to_rate"]


def test_a_good_rating_by_a_code_that_the_handling_unit_knows_is_counted_as_self(
    ask: Callable[..., Any], a_case: Make, code: str
) -> None:
    a_case(
        "resolved", recorded_by="cunwei-sl", complainants=(ComplainantEntry(name=NAME, receipt_code=code),)
    )
    answers = [ask("rating", receipt_code=code, rating="fair", words="好") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json == answers[1].json
    told = answers[0].json
    assert (told["state"], told["counted"], told["self_rated"]) == ("resolved", "self", True)


def test_a_good_rating_by_a_code_in_the_hands_of_the_unit_that_it_is_about_is_counted_as_self(
    ask: Callable[..., Any], call: Callable[[str], Caller], a_case: Make, code: str
) -> None:
    person = ComplainantEntry(name=NAME, receipt_code=code)
    case = a_case("received", recorded_by="cunwei-sl", complainants=(person,))
    leader = call("zuzhang")
    leader.act(case, "amend", field="named_units", value="committee-SL", reason="说的是村里")
    assert leader.act(case, "assign", unit="team").json["owner"] == "team"
    complainant = leader.get(f"/cases/{case.number}").json["complainants"][0]["id"]
    said = [{"complainant": complainant, "channel": "door", "text": "多收的退了。"}]
    assert leader.act(case, "resolve", outcome="solved", replies=said).json["state"] == "resolved"
    told = ask("rating", receipt_code=code, rating="satisfied", words="好").json
    assert (told["state"], told["counted"]) == ("resolved", "self")


@pytest.mark.parametrize("state", ["closed", "rejected", "withdrawn"])
def test_a_matter_that_has_ended_is_taken_up_again_by_its_code(
    ask: Callable[..., Any], a_case: Make, code: str, state: str
) -> None:
    a_case(state, complainants=(ComplainantEntry(name=NAME, receipt_code=code),))
    told = ask("reopen", receipt_code=code, words="水又断了").json
    assert (told["state"], told["round"] > 1 or state == "withdrawn") == ("received", True)
    assert ask("reopen", receipt_code=code, words="水又断了").json == told
    refused = ask("reopen", receipt_code=code, words="另一句")
    assert (refused.status_code, refused.json["code"]) == (409, "action_not_open")


def test_a_demand_without_words_or_with_a_wrong_code_is_refused(
    ask: Callable[..., Any], matter: Callable[[str], Case], code: str
) -> None:
    matter("closed")
    assert ask("reopen", receipt_code=code).json["errors"] == {"words": ["required"]}
    assert ask("reopen", receipt_code=receipt_codes.new_code(), words="不认").status_code == 404


def test_a_second_rating_is_a_conflict_and_changes_nothing(
    ask: Callable[..., Any], matter: Callable[[str], Case], code: str
) -> None:
    matter("resolved")
    ask("rating", receipt_code=code, rating="fair")
    assert ask("rating", receipt_code=code, rating="dissatisfied").status_code == 409
    assert ask("status", receipt_code=code).json["rating"] == "fair"


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"receipt_code", "rating"}),
        ({"receipt_code": "A" * 41, "rating": "satisfied"}, {"receipt_code"}),
        ({"receipt_code": "ABCDE-FGHJK", "rating": "good"}, {"rating"}),
        ({"receipt_code": "ABCDE-FGHJK", "rating": "fair", "words": "好" * 501}, {"words"}),
        ({"receipt_code": "ABCDE-FGHJK", "rating": "fair", "name": "某"}, {"name"}),
    ],
)
def test_what_is_wrong_about_a_rating_is_named(
    ask: Callable[..., Any], town: Database, body: dict[str, str], wrong: set[str]
) -> None:
    refused = ask("rating", **body)
    assert refused.status_code == 422
    assert set(refused.json["errors"]) == wrong


def test_a_mistyped_code_and_one_that_nobody_holds_are_answered_alike(
    ask: Callable[..., Any], town: Database
) -> None:
    unknown, mistyped = (
        ask("status", receipt_code=text) for text in (receipt_codes.new_code(), "这不是回执码")
    )
    assert unknown.status_code == 404
    assert unknown.json == mistyped.json


def test_after_ten_wrong_codes_of_an_address_wrong_ones_are_refused_and_right_ones_wait(
    ask: Callable[..., Any],
    matter: Callable[[str], Case],
    town: Database,
    code: str,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    matter("resolved")
    waited: list[float] = []
    monkeypatch.setattr("wsgi.guessing.code_gate.sleep", waited.append)
    for number in range(FREE_WRONG_CODES):
        path = ("status", "rating")[number % 2]
        body = {"rating": "fair"} if path == "rating" else {}
        assert ask(path, receipt_code=receipt_codes.new_code(), **body).status_code == 404
    refused = ask("status", receipt_code=receipt_codes.new_code())
    assert (refused.status_code, refused.headers["Retry-After"], waited) == (429, "2", [])
    assert ask("status", receipt_code=code).status_code == 200
    assert ask("rating", receipt_code=code, rating="fair").status_code == 429  # one at a time
    clock.moment += PAUSE
    assert ask("rating", receipt_code=code, rating="fair").status_code == 200
    assert waited == [PAUSE.total_seconds()] * 2
    with town.transaction() as session:
        tries = {row.limit: row for row in session.scalars(select(Attempt))}
        assert (tries[WRONG_CODES.name].count, tries[ALL_WRONG_CODES.name].count) == (11, 11)
        tries[WRONG_CODES.name].count = WRONG_CODES.most
    clock.moment += PAUSE
    shut = ask("status", receipt_code=code)
    assert (shut.status_code, int(shut.headers["Retry-After"]) > 800) == (429, True)


def test_a_right_code_is_never_counted(
    ask: Callable[..., Any], matter: Callable[[str], Case], town: Database, code: str
) -> None:
    matter("assigned")
    for _ in range(FREE_WRONG_CODES + 2):
        assert ask("status", receipt_code=code).status_code == 200
    with town.reading() as session:
        assert session.scalars(select(Attempt)).all() == []


def test_a_code_in_the_address_is_refused_and_not_understood(
    client: FlaskClient, matter: Callable[[str], Case], code: str
) -> None:
    matter("assigned")
    answer = client.post(f"/api/v1/public/status?receipt_code={code}", json={"receipt_code": code})
    assert answer.status_code == 422
    assert client.get("/api/v1/public/status").status_code == 405


def test_the_history_says_that_a_villager_did_it_and_not_the_system(
    ask: Callable[..., Any], matter: Callable[[str], Case], call: Callable[[str], Caller], code: str
) -> None:
    case = matter("resolved")
    assert ask("rating", receipt_code=code, rating="dissatisfied", words="还是漏").status_code == 200
    last = call("zuzhang").get(f"/cases/{case.number}/history").json["items"][-1]
    assert (last["action"], last["actor"], last["actor_name"]) == ("reopen", "villager", "群众，凭回执码")
