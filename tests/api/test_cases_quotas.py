"""What a program may do in a day: refused with all that its user has to know, and nothing is lost by it."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.access.actor import Actor
from accounts.quotas.counting import QuotaCount
from api.application import attach_services
from cases.configuration.case_rules import CountyRules
from cases.intake.registration import register
from cases.intake.submission import Intake
from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case
from config.settings import Settings, load
from core.persistence.db import Database
from notifications.models import Notice
from tests.api.conftest import Caller, Clock, JsonAnswer
from tests.api.test_application_statements import counted
from tests.builders import at
from tests.races.crowd import answers_at_once

Call = Callable[[str], Caller]
Submission = Callable[..., dict[str, Any]]
TWO = "cases=2,complainants=3,acts=2,files=2,waiting_mb=1"
PDF = b"%PDF-1.4 "


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Let limits be small enough to be met."""
    given = {"HUIYIN_DATA_DIR": str(settings.data_dir), "HUIYIN_LEAST_FREE_MB": "1"}
    return load({**given, "HUIYIN_QUOTAS": TWO})


def counts(town: Database) -> dict[str, int]:
    with town.reading() as session:
        return {one.quota: one.count for one in session.scalars(select(QuotaCount)) if one.count}


def test_the_matter_after_the_last_is_refused_with_all_that_its_sender_has_to_know(
    call: Call, submission: Submission
) -> None:
    for name in ("a", "b"):
        assert call("zuyuan").post("/cases", submission(client_ref=name)).status_code == 201
    refused = call("zuyuan").post("/cases", submission(client_ref="c"))
    assert (refused.status_code, refused.json["code"]) == (429, "too_many")
    facts = refused.json["facts"]
    assert facts | {"limit": "cases", "most": 2, "used": 2, "again_on": "2026-03-04"} == facts
    assert refused.headers["Retry-After"] == str(facts["retry_after"]) == str(15 * 3600 + 1)
    assert "2 件" in refused.json["detail"]
    assert "管理员" in refused.json["detail"]
    english = call("zuyuan").post("/cases", submission(client_ref="c"), headers={"Accept-Language": "en"})
    assert "from 2026-03-04" in english.json["detail"]
    assert "administrator" in english.json["detail"]


def test_what_a_phone_wrote_down_is_taken_on_the_next_day_under_the_same_reference(
    call: Call, submission: Submission, clock: Clock
) -> None:
    phone = call("zuyuan")
    for name in ("a", "b"):
        phone.post("/cases", submission(client_ref=name))
    kept = {"Idempotency-Key": "the phone's own"}
    refused = phone.post("/cases", submission(client_ref="c"), headers=kept)
    assert refused.status_code == 429
    clock.moment = clock.moment + timedelta(seconds=int(refused.headers["Retry-After"]))
    assert phone.post("/cases", submission(client_ref="c"), headers=kept).status_code == 201


def test_what_was_answered_before_or_failed_counts_nothing(
    call: Call, submission: Submission, town: Database
) -> None:
    phone, key = call("zuyuan"), {"Idempotency-Key": "one"}
    assert phone.post("/cases", submission(), headers=key).status_code == 201
    once = counts(town)
    assert once == {"cases": 1, "complainants": 1}
    assert phone.post("/cases", submission(), headers=key).headers["Idempotency-Replayed"] == "true"
    assert phone.post("/cases", submission()).status_code == 200
    assert phone.post("/cases", submission(client_ref="x", village="nowhere")).status_code == 422
    assert counts(town) == once


def test_whoever_joins_and_whatever_is_done_is_counted(
    call: Call, a_case: Callable[..., Case], town: Database
) -> None:
    case = a_case()
    assert (
        call("zuyuan").act(case, "join", complainant={"name": "人"}, own_words="我也一样。").status_code
        == 200
    )
    assert call("zuyuan").act(case, "note", text="去看过了").status_code == 200
    assert counts(town) == {"acts": 2, "complainants": 1}
    refused = call("zuyuan").act(case, "note", text="又去看过了")
    assert (refused.status_code, refused.json["facts"]["limit"]) == (429, "acts")
    assert [
        entry["action"] for entry in call("zuzhang").get(f"/cases/{case.number}/history").json["items"]
    ] == [*("register", "join", "note")]


def test_of_many_at_once_exactly_as_many_are_registered_as_the_limit_says(
    call: Call, app: Flask, submission: Submission, town: Database
) -> None:
    bearer = {"Authorization": f"Bearer {call('zuyuan').token}"}
    answers = answers_at_once(
        *[
            partial(
                app.test_client().post,
                "/api/v1/cases",
                json=submission(client_ref=f"c-{index}"),
                headers=bearer,
            )
            for index in range(6)
        ]
    )
    assert sorted(one.status_code for one in answers) == [201] * 2 + [429] * 4
    with town.reading() as session:
        assert len(session.scalars(select(Case.id)).all()) == 2


def test_files_are_counted_and_those_that_wait_have_a_total(call: Call, town: Database) -> None:
    member = call("zuyuan")
    half = PDF.ljust(600_000, b"x")
    assert member.upload(half, "a.pdf", "application/pdf").status_code == 201
    refused = member.upload(half, "b.pdf", "application/pdf")
    assert (refused.status_code, refused.json["facts"]["limit"]) == (429, "waiting_mb")
    assert counts(town) == {"files": 1, "file_mb": 600_000}
    assert member.upload(PDF, "c.pdf", "application/pdf").status_code == 201
    refused = member.upload(PDF, "d.pdf", "application/pdf")
    assert (refused.status_code, refused.json["facts"]["limit"]) == (429, "files")


def test_a_file_that_was_hung_on_a_matter_waits_no_more(call: Call, a_case: Callable[..., Case]) -> None:
    member, half = call("zuyuan"), PDF.ljust(600_000, b"x")
    stored = member.upload(half, "a.pdf", "application/pdf").json["id"]
    assert member.act(a_case(), "attach", attachments=[stored]).status_code == 200
    assert member.upload(half, "b.pdf", "application/pdf").status_code == 201


def test_the_files_of_all_that_wait_have_a_total_too(
    call: Call, app: Flask, town: Database, rules: CountyRules, settings: Settings, clock: Clock
) -> None:
    given = {"HUIYIN_DATA_DIR": str(settings.data_dir), "HUIYIN_QUOTAS": "waiting_all_mb=1"}
    attach_services(app, db=town, rules=rules, settings=load(given), now=clock)
    half = PDF.ljust(600_000, b"x")
    assert call("zuyuan").upload(half, "a.pdf", "application/pdf").status_code == 201
    refused = call("zuzhang").upload(half, "b.pdf", "application/pdf")
    assert (refused.status_code, refused.json["facts"]["limit"]) == (429, "waiting_all_mb")


def test_administrators_are_told_once_a_day_that_a_limit_was_met_and_not_by_whom(
    call: Call, submission: Submission, town: Database
) -> None:
    for index in range(4):
        call("zuyuan").post("/cases", submission(client_ref=f"c-{index}"))
    with town.reading() as session:
        told = [one for one in session.scalars(select(Notice)) if one.kind == "quota_met"]
        assert [one.facts for one in told] == [{"quota": "cases"}]
        refused = session.scalars(select(QuotaCount.refused).where(QuotaCount.quota == "cases")).one()
    assert refused == 2


@pytest.mark.parametrize("how", ["off", "sample"])
def test_for_a_measurement_and_in_a_sample_nothing_is_counted(
    call: Call,
    app: Flask,
    submission: Submission,
    town: Database,
    rules: CountyRules,
    settings: Settings,
    clock: Clock,
    how: str,
) -> None:
    given = {"HUIYIN_DATA_DIR": str(settings.data_dir), "HUIYIN_LEAST_FREE_MB": "1"}
    off = load({**given, "HUIYIN_QUOTAS": "off" if how == "off" else TWO})
    attach_services(app, db=town, rules=rules, settings=off, now=clock, is_sample=lambda: how == "sample")
    for index in range(4):
        assert call("zuyuan").post("/cases", submission(client_ref=f"c-{index}")).status_code == 201
    assert counts(town) == {}


def test_what_commands_do_is_not_counted(
    town: Database, rules: CountyRules, actor: Callable[[str], Actor]
) -> None:
    for index in range(4):
        intake = Intake("SL", "irrigation", "problem", "水", f"c-{index}", (ComplainantEntry(name="田某"),))
        with town.transaction() as session:
            register(session, actor=actor("zuyuan"), rules=rules, intake=intake, now=at("2026-03-03"))
    assert counts(town) == {}


def test_counting_costs_a_write_one_statement_and_a_read_none(
    call: Call,
    app: Flask,
    submission: Submission,
    town: Database,
    rules: CountyRules,
    settings: Settings,
    clock: Clock,
) -> None:
    def cost(ask: Callable[[], JsonAnswer]) -> int:
        with counted(town) as seen:
            assert ask().status_code < 300
        return len(seen)

    writes, reads = [], []
    for quotas in ("off", ""):
        given = {"HUIYIN_DATA_DIR": str(settings.data_dir), "HUIYIN_LEAST_FREE_MB": "1"}
        known = load({**given, "HUIYIN_QUOTAS": quotas})
        attach_services(app, db=town, rules=rules, settings=known, now=clock)
        member, body = call("zuyuan"), submission(client_ref=f"c{quotas}")
        member.post("/cases", submission(client_ref=f"first{quotas}"))
        writes.append(cost(partial(member.post, "/cases", body)))
        reads.append(cost(partial(member.get, "/cases")))
    assert writes[1] == writes[0] + 1
    assert reads[1] == reads[0]
