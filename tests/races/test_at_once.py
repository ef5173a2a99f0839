"""Eight people do the same thing at the same moment: it happens once, and everybody is told the truth."""

import io
from argparse import Namespace
from collections import Counter
from functools import partial

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

import app
from accounts.access.actor import SYSTEM
from accounts.history import verify_chains
from accounts.models import ApiToken
from cases.access.receipt_codes import new_code
from cases.history.entries import Entry
from cases.models.case import Case
from cli.accounts import tokens
from cli.framework.context import Context
from core.i18n import translator
from core.tables.import_report import ImportReport
from roster.imports import import_roster
from roster.models import Household
from tests.builders import at
from tests.faults.indoors import Indoors
from tests.faults.served_township import ServedTownship
from tests.races.crowd import EIGHT, answers_at_once, at_once

ROUNDS = 3


def entries(township: ServedTownship, number: str, action: str) -> int:
    with township.db.reading() as session:
        found = select(func.count()).select_from(Entry).join(Case, Case.id == Entry.case_id)
        return session.scalars(found.where(Case.number == number, Entry.action == action)).one()


def number_of(answer: TestResponse) -> str:
    assert answer.json is not None
    return str(answer.json["number"])


def test_of_eight_who_take_the_same_step_one_succeeds_and_seven_are_told_that_it_is_taken(
    township: ServedTownship, inside: Indoors
) -> None:
    for turn in range(ROUNDS):
        number = number_of(inside.register(f"step-{turn}"))
        assign = partial(inside.act, "zuzhang", number, "assign", unit="committee-SL")
        answers = answers_at_once(*[assign] * EIGHT)
        assert Counter(answer.status_code for answer in answers) == {200: 1, 409: EIGHT - 1}
        assert entries(township, number, "assign") == 1
    assert township.findings() == []


def test_the_same_submission_eight_times_under_one_key_is_one_case_and_one_answer(
    township: ServedTownship, inside: Indoors
) -> None:
    for turn in range(ROUNDS):
        answers = answers_at_once(*[partial(inside.register, f"key-{turn}")] * EIGHT)
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.data for answer in answers}) == 1
        replayed = Counter(answer.headers.get("Idempotency-Replayed") for answer in answers)
        assert replayed == {"true": EIGHT - 1, None: 1}
        assert township.cases() == turn + 1
    assert township.findings() == []


@pytest.mark.parametrize("printed", [False, True], ids=["code of the server", "code of the phone"])
def test_the_same_client_reference_eight_times_under_eight_keys_is_one_case(
    township: ServedTownship, inside: Indoors, printed: bool
) -> None:
    for turn in range(ROUNDS):
        code = new_code() if printed else None
        answers = answers_at_once(
            *[
                partial(inside.register, f"ref-{turn}", key=f"key-{turn}-{one}", code=code)
                for one in range(EIGHT)
            ]
        )
        statuses = Counter(answer.status_code for answer in answers)
        assert statuses == {201: 1, 200: EIGHT - 1}
        told = {number_of(answer) for answer in answers}
        assert (len(told), township.cases()) == (1, turn + 1)
    assert township.findings() == []


def test_the_same_file_eight_times_under_one_key_is_one_file(
    township: ServedTownship, inside: Indoors
) -> None:
    answers = answers_at_once(*[partial(inside.upload, b"%PDF-1.4 a receipt", key="paper")] * EIGHT)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1


def test_the_same_household_register_eight_times_at_once_is_one(township: ServedTownship) -> None:
    row = {"村": "SL", "组": 9, "户号": 1, "户主": "田小满", "人口": 3}
    services = township.services

    def take() -> ImportReport:
        return services.db.apply(
            lambda session: import_roster(
                session,
                actor=SYSTEM,
                rows=[(2, row)],
                chain=services.rules.services.chain,
                now=at("2026-03-02"),
            )
        )

    reports = at_once(*[take] * EIGHT)
    assert Counter((report.created, report.unchanged) for report in reports) == {(1, 0): 1, (0, 1): EIGHT - 1}
    with township.db.reading() as session:
        found = select(func.count(Household.id)).where(Household.key == "SL-09-001")
        assert session.scalars(found).one() == 1
    assert township.findings() == []


def test_ten_tokens_are_issued_at_once_by_ten_commands(township: ServedTownship) -> None:
    given = Namespace(username="zuyuan", label="手机", days=90, may=None)
    contexts = [
        Context(township.environ, app.assemble, app.create_app, translator("zh"), stdout=io.StringIO())
        for _ in range(10)
    ]
    assert at_once(*[partial(tokens.issue, given, context) for context in contexts]) == [0] * 10
    printed = {context.stdout.getvalue() for context in contexts}  # type: ignore[attr-defined]
    assert len(printed) == 10
    with township.db.reading() as session:
        assert session.scalars(select(func.count(ApiToken.id)).where(ApiToken.label == "手机")).one() == 10
        assert not list(verify_chains(session, township.services.rules.services.chain))
    for context in contexts:
        context.close()
