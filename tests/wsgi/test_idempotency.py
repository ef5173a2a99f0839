"""A submission that is sent again has one effect and one answer."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from accounts.access.actor import Actor
from accounts.models import Unit, User
from cases import attachments
from cases.history.entries import Entry
from cases.models.case import Case
from core.persistence.db import Database
from tests.api.conftest import NOW, Caller
from tests.patience import PATIENCE
from tests.pictures import picture
from wsgi import idempotency, uploads
from wsgi.models import StoredAnswer

Call = Callable[[str], Caller]
Submission = Callable[..., dict[str, Any]]
MakeCase = Callable[..., Case]
KEY = {"Idempotency-Key": "k-1"}


def cases_in(db: Database) -> int:
    with db.reading() as session:
        return session.scalars(select(func.count(Case.id))).one()


def test_the_first_answer_comes_again_with_its_codes(
    call: Call, submission: Submission, town: Database
) -> None:
    first = call("zuyuan").post("/cases", submission(), headers=KEY)
    again = call("zuyuan").post("/cases", submission(), headers=KEY)
    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (again.headers["ETag"], again.headers["Location"]) == (
        first.headers["ETag"],
        first.headers["Location"],
    )
    assert cases_in(town) == 1


def test_a_repetition_writes(call: Call, submission: Submission, town: Database) -> None:
    """A count that is committed is as durable as the first answer; a mere look would not be."""
    for _ in range(3):
        call("zuyuan").post("/cases", submission(), headers=KEY)
    with town.reading() as session:
        assert session.scalars(select(StoredAnswer.replays)).one() == 2


def test_the_same_key_with_another_body_is_refused_and_changes_nothing(
    call: Call, submission: Submission, town: Database
) -> None:
    call("zuyuan").post("/cases", submission(), headers=KEY)
    other = call("zuyuan").post("/cases", submission(client_ref="phone-2"), headers=KEY)
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
    assert cases_in(town) == 1


def test_the_same_key_at_another_address_is_refused(call: Call, a_case: MakeCase) -> None:
    one, two = a_case(), a_case()
    body = {"action": "note", "text": "看过了"}
    call("zuzhang").post(f"/cases/{one.number}/actions", body, headers=KEY)
    assert call("zuzhang").post(f"/cases/{two.number}/actions", body, headers=KEY).status_code == 422


def test_the_same_key_of_somebody_else_is_another_key(
    call: Call, submission: Submission, town: Database
) -> None:
    call("zuyuan").post("/cases", submission(), headers=KEY)
    other = call("zuzhang").post("/cases", submission(client_ref="phone-2"), headers=KEY)
    assert (other.status_code, "Idempotency-Replayed" in other.headers) == (201, False)
    assert cases_in(town) == 2


def test_an_error_is_judged_anew(call: Call, submission: Submission) -> None:
    wrong = submission(complainants=[{"household": "SL-09-999"}])
    assert call("zuyuan").post("/cases", wrong, headers=KEY).status_code == 422
    assert call("zuyuan").post("/cases", submission(), headers=KEY).status_code == 201


def test_an_act_that_is_sent_twice_happens_once(call: Call, a_case: MakeCase, town: Database) -> None:
    case = a_case()
    body = {"action": "assign", "unit": "committee-SL"}
    answers = [call("zuzhang").post(f"/cases/{case.number}/actions", body, headers=KEY) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    with town.reading() as session:
        actions = session.scalars(select(Entry.action).where(Entry.case_id == case.id)).all()
    assert sorted(actions) == ["assign", "register"]


def test_of_two_in_flight_one_runs_and_both_end_alike(
    call: Call, submission: Submission, town: Database, client: Any
) -> None:
    caller = call("zuyuan")
    body, answers = submission(), []
    together = threading.Barrier(4)

    def send() -> None:
        own = Caller(client.application.test_client(), caller.token)
        together.wait()
        answers.append(own.post("/cases", body, headers=KEY))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert cases_in(town) == 1


def test_an_upload_that_is_sent_again_is_stored_once(call: Call) -> None:
    answers = [
        call("zuyuan").upload(b"%PDF-1.4 one", "a.pdf", "application/pdf", headers=KEY) for _ in range(2)
    ]
    assert answers[0].json["id"] == answers[1].json["id"]


def test_a_picture_that_is_sent_again_is_not_written_anew_again(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = call("zuyuan").upload(picture("png"), "a.png", "image/png", headers=KEY)
    monkeypatch.setattr(attachments, "reencode", None)
    again = call("zuyuan").upload(picture("png"), "a.png", "image/png", headers=KEY)
    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["Idempotency-Replayed"] == "true"
    other = call("zuyuan").upload(picture("png", colour="red"), "a.png", "image/png", headers=KEY)
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")


def test_of_one_picture_that_is_sent_twice_at_once_only_the_first_is_written_anew(
    call: Call, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller, answers, begun, go_on = call("zuyuan"), [], threading.Event(), threading.Event()
    written: list[str] = []

    def slowly(content: bytes, kind: str) -> bytes:
        written.append(kind)
        begun.set()
        assert go_on.wait(PATIENCE)
        return content

    def send() -> None:
        own = Caller(client.application.test_client(), caller.token)
        answers.append(own.upload(picture("png"), "a.png", "image/png", headers=KEY))

    monkeypatch.setattr(attachments, "reencode", slowly)
    threads = [threading.Thread(target=send) for _ in range(3)]
    threads[0].start()
    assert begun.wait(PATIENCE)
    for thread in threads[1:]:
        thread.start()
    go_on.set()
    for thread in threads:
        thread.join()
    assert ([answer.status_code for answer in answers], written) == ([201] * 3, ["png"])
    assert len({answer.data for answer in answers}) == 1


def test_a_second_sending_does_not_wait_for_ever_for_the_first(
    call: Call, actor: Callable[[str], Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "TURN_SECONDS", 0.05)
    with uploads.limit_concurrent_uploads(
        uploads.Sending(actor("zuyuan").user_id, KEY["Idempotency-Key"], "")
    ):
        refused = call("zuyuan").upload(picture("png"), "a.png", "image/png", headers=KEY)
    assert (refused.status_code, refused.json["code"]) == (503, "busy")
    assert call("zuyuan").upload(picture("png"), "a.png", "image/png", headers=KEY).status_code == 201


def test_an_upload_of_another_content_under_the_same_key_is_refused(call: Call) -> None:
    call("zuyuan").upload(b"%PDF-1.4 one", "a.pdf", "application/pdf", headers=KEY)
    other = call("zuyuan").upload(b"%PDF-1.4 two", "a.pdf", "application/pdf", headers=KEY)
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")


def test_the_database_holds_no_code_of_a_kept_answer(
    call: Call, submission: Submission, town: Database
) -> None:
    made = call("zuyuan").post("/cases", submission(), headers=KEY).json
    with town.reading() as session:
        kept = session.scalars(select(StoredAnswer)).one()
    code = made["complainants"][0]["receipt_code"]
    assert kept.sealed is not None
    assert code.encode() not in kept.sealed
    assert made["own_words"].encode() not in kept.sealed


def test_a_sealed_answer_does_not_open_for_another_person(
    call: Call, submission: Submission, town: Database
) -> None:
    """Somebody who can write to the database moves an answer under the own name and gains nothing."""
    call("zuyuan").post("/cases", submission(), headers=KEY)
    with town.transaction() as session:
        other = session.scalars(select(User.id).where(User.username == "zuzhang")).one()
        session.execute(update(StoredAnswer).values(user_id=other))
    moved = call("zuzhang").post("/cases", submission(), headers=KEY)
    assert (moved.status_code, moved.json["code"]) == (409, "answer_unreadable")


def test_what_was_answered_before_is_not_repeated_to_who_may_no_longer_see_it(
    call: Call, submission: Submission, town: Database
) -> None:
    call("cunwei-yy").post("/cases", submission(village="YY"), headers=KEY)
    with town.transaction() as session:
        other = session.scalars(select(Unit.id).where(Unit.code == "committee-SL")).one()
        session.execute(update(User).where(User.username == "cunwei-yy").values(unit_id=other))
    again = call("cunwei-yy").post("/cases", submission(village="YY"), headers=KEY)
    assert again.status_code == 404


@pytest.mark.parametrize("key", ["", "k" * 256, "k\u0080", "a\tb"])
def test_a_key_that_cannot_be_kept_is_refused(call: Call, submission: Submission, key: str) -> None:
    refused = call("zuyuan").post("/cases", submission(), headers={"Idempotency-Key": key})
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["Idempotency-Key"])


def test_kept_answers_are_dropped_after_ninety_days(
    call: Call, submission: Submission, town: Database
) -> None:
    call("zuyuan").post("/cases", submission(), headers=KEY)
    with town.transaction() as session:
        assert idempotency.delete_expired(session, now=NOW + timedelta(days=90)) == 0
        assert idempotency.delete_expired(session, now=NOW + timedelta(days=90, seconds=1)) == 1
