"""Limits at the door: they hold across workers, name the time to wait, and cost an ordinary read nothing."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from accounts.sign_in.rate_limits import Attempt
from api.application import create
from api.framework import limits
from api.framework.limits import USED_CODES, WRONG_TOKENS
from cases import attachments
from cases.access import receipt_codes
from cases.configuration.case_rules import CountyRules
from cases.models.case import Case
from config.settings import Settings
from core.persistence.db import Database
from tests.api.conftest import Caller, Clock, JsonAnswer
from tests.pictures import picture
from tests.statements import statements
from wsgi import rate_limits

Call = Callable[[str], Caller]
Submission = Callable[..., dict[str, Any]]
WRONG = "hy_" + "A" * 43


@pytest.fixture
def other_worker(town: Database, rules: CountyRules, settings: Settings, clock: Clock) -> FlaskClient:
    """Return a second application on the same database, as another process or machine has one."""
    return create(db=town, rules=rules, settings=settings, now=clock).test_client()


def guess(client: FlaskClient, address: str = "192.0.2.7") -> Any:
    return client.get(
        "/api/v1/cases",
        headers={"Authorization": f"Bearer {WRONG}"},
        environ_overrides={"REMOTE_ADDR": address},
    )


def counted(town: Database) -> int:
    with town.reading() as session:
        return session.scalar(select(func.coalesce(func.sum(Attempt.count), 0))) or 0


def test_wrong_tokens_are_limited_over_two_workers_together(
    client: FlaskClient, other_worker: FlaskClient
) -> None:
    answers = [guess((client, other_worker)[index % 2]).status_code for index in range(WRONG_TOKENS.most)]
    assert set(answers) == {401}
    assert [guess(worker).status_code for worker in (client, other_worker)] == [429, 429]


def test_eight_at_once_get_no_more_tries_than_one(client: FlaskClient, app: Flask, town: Database) -> None:
    answers: list[int] = []

    def insist() -> int:
        """Come again when told to: a busy machine may let the lock of SQLite be waited for in vain."""
        statuses: Iterator[int] = (guess(app.test_client()).status_code for _ in range(100))
        return next(status for status in statuses if status != 503)

    asking = [Thread(target=lambda: answers.extend(insist() for _ in range(6))) for _ in range(8)]
    for one in asking:
        one.start()
    for one in asking:
        one.join()
    assert (answers.count(401), answers.count(429)) == (WRONG_TOKENS.most, 48 - WRONG_TOKENS.most)


def test_the_refusal_is_a_problem_that_says_when_to_come_back(client: FlaskClient, clock: Clock) -> None:
    for _ in range(WRONG_TOKENS.most):
        guess(client)
    clock.moment += timedelta(minutes=5)
    refused = guess(client)
    assert (refused.status_code, refused.mimetype) == (429, "application/problem+json")
    assert refused.json["code"] == "too_many"
    assert refused.headers["Retry-After"] == "601"
    clock.moment += timedelta(seconds=601)
    assert guess(client).status_code == 401


def test_once_refused_for_too_many_a_guess_writes_nothing(client: FlaskClient, town: Database) -> None:
    for _ in range(WRONG_TOKENS.most):
        guess(client)
    with statements(town) as seen:
        assert guess(client).status_code == 429
    assert [one.split()[0] for one in seen] == ["SELECT", "SELECT"]


def test_who_has_a_token_is_not_shut_out_by_a_guesser_behind_the_same_address(
    client: FlaskClient, call: Call
) -> None:
    for _ in range(WRONG_TOKENS.most + 1):
        guess(client, "127.0.0.1")
    assert call("zuzhang").get("/cases").status_code == 200


def test_another_address_has_tries_of_its_own(client: FlaskClient) -> None:
    for _ in range(WRONG_TOKENS.most + 1):
        guess(client)
    assert guess(client, "192.0.2.8").status_code == 401


@pytest.mark.parametrize(
    ("address", "same"),
    [
        ("2001:db8:1:2::7", "2001:db8:1:2:ffff::9"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("not an address", "another thing"),
    ],
)
def test_one_place_is_one_place_however_its_address_is_written(
    client: FlaskClient, address: str, same: str
) -> None:
    for _ in range(WRONG_TOKENS.most):
        guess(client, address)
    assert guess(client, same).status_code == 429


READS = (
    "/cases",
    "/complainants",
    "/households",
    "/inbox",
    "/rates",
    "/cases/{case}",
    "/cases/{case}/history",
)


@pytest.mark.parametrize("path", READS)
def test_an_ordinary_read_writes_nothing(
    call: Call, a_case: Callable[..., Case], town: Database, path: str
) -> None:
    address = path.format(case=a_case("assigned").number)
    caller = call("zuzhang")
    with statements(town) as seen:
        assert caller.get(address).status_code == 200
    assert {one.split()[0] for one in seen} <= {"SELECT", "WITH"}
    assert not any("tries" in one for one in seen)


def test_an_ordinary_registration_and_step_count_nothing(
    call: Call, submission: Submission, town: Database
) -> None:
    number = call("zuyuan").post("/cases", submission()).json["number"]
    call("zuzhang").act(number, "note", text="去看过了")
    assert counted(town) == 0


def probe(caller: Caller, submission: Submission, code: str, serial: int) -> JsonAnswer:
    body = submission(client_ref=f"probe-{serial}", complainants=[{"name": "某", "receipt_code": code}])
    return caller.post("/cases", body)


def test_whoever_tries_out_codes_that_others_hold_is_refused(call: Call, submission: Submission) -> None:
    code = receipt_codes.new_code()
    assert probe(call("zuyuan"), submission, code, 0).status_code == 201
    tried = [probe(call("zuyuan"), submission, code, serial) for serial in range(1, USED_CODES.most + 2)]
    assert [one.status_code for one in tried] == [422] * USED_CODES.most + [429]
    assert probe(call("zuzhang"), submission, code, 99).status_code == 422


def test_whoever_reuses_keys_for_other_submissions_is_refused(
    call: Call, submission: Submission, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "REUSED_KEYS", replace(limits.REUSED_KEYS, most=2))
    answers = [
        call("zuyuan").post("/cases", submission(client_ref=f"p-{n}"), headers={"Idempotency-Key": "k"})
        for n in range(4)
    ]
    assert [one.status_code for one in answers] == [201, 422, 422, 429]


def test_numbers_are_shown_so_often_and_no_more(
    call: Call, a_case: Callable[..., Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = replace(rate_limits.DISCLOSURES, most=2)
    monkeypatch.setattr("api.actions.COSTLY_ACTIONS", dict.fromkeys(rate_limits.COSTLY_ACTIONS, few))
    case = a_case("assigned")
    person = call("zuzhang").get(f"/cases/{case.number}").json["complainants"][0]["id"]
    fields = {"complainant": person, "reason": "要打电话"}
    answers = [call("zuzhang").act(case, "reveal", **fields) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert call("zuzhang").act(case, "note", text="去看过了").status_code == 200


def test_uploads_are_taken_so_often_and_no_more(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wsgi.uploads.UPLOADS", replace(rate_limits.UPLOADS, most=2))
    answers = [
        call("zuyuan").upload(f"%PDF-1.4 {n}".encode(), "a.pdf", "application/pdf").status_code
        for n in range(3)
    ]
    assert answers == [201, 201, 429]


def test_an_upload_beyond_the_limit_is_refused_before_its_picture_is_written_anew(
    call: Call, town: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wsgi.uploads.UPLOADS", replace(rate_limits.UPLOADS, most=1))
    assert call("zuyuan").upload(picture("png"), "a.png", "image/png").status_code == 201
    monkeypatch.setattr(attachments, "reencode", None)
    with statements(town) as seen:
        refused = call("zuyuan").upload(picture("png"), "b.png", "image/png")
    assert (refused.status_code, refused.json["facts"]["limit"]) == (429, "uploads")
    assert {one.split()[0] for one in seen} == {"SELECT"}


def test_a_picture_that_is_refused_counts_like_one_that_is_kept(call: Call, town: Database) -> None:
    refused = call("zuyuan").upload(picture("png")[:40], "a.png", "image/png")
    assert (refused.status_code, counted(town)) == (422, 1)


def test_an_answer_given_again_is_no_further_upload(call: Call, town: Database) -> None:
    for _ in range(3):
        sent = call("zuyuan").upload(
            b"%PDF-1.4 one", "a.pdf", "application/pdf", headers={"Idempotency-Key": "once"}
        )
        assert sent.status_code == 201
    assert counted(town) == 1
