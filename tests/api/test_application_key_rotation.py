"""A change of the secret key: what was made under an earlier one works as long as that is given."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import app as program
from api.application import attach_services
from cases.access import receipt_codes
from cases.configuration.case_rules import CountyRules
from cases.lifecycle.effects import complainants
from cases.models.case import Complainant
from cases.verification.verify import verify
from config.settings import Settings
from core.persistence.db import Database
from tests.api.conftest import Caller, Clock
from tests.builders import PERSONAL_KEY
from tests.external import external_id

Call = Callable[[str], Caller]
Submission = Callable[..., dict[str, Any]]
EARLIER = "the secret that was used in the first year"
PRESENT = "the secret that is used from this year on"
KEY = {"Idempotency-Key": "before-the-change"}


def rules_under(rules: CountyRules, folder: Path, secret: str, *fallbacks: str) -> CountyRules:
    """Return the keys that the program makes of its settings, on the rules of the test."""
    services = program.assemble(
        {
            "HUIYIN_DATA_DIR": str(folder),
            "HUIYIN_SECRET_KEY": secret,
            "HUIYIN_PERSONAL_KEY": PERSONAL_KEY,
            "HUIYIN_SECRET_KEY_FALLBACKS": ",".join(fallbacks),
        }
    )
    services.db.dispose()
    made = services.rules.services
    keys = {
        **rules.services.chain.keys,
        **made.chain.keys,
    }  # the township itself was told under the key of tests
    return rules.with_services(
        chain=replace(made.chain, keys=keys),
        receipt_key=made.receipt_key,
        earlier_receipt_keys=made.earlier_receipt_keys,
    )


@pytest.fixture
def turn_to(
    app: Flask, town: Database, rules: CountyRules, settings: Settings, clock: Clock, tmp_path: Path
) -> Callable[..., CountyRules]:
    """Start the application again under another secret."""

    def turn(secret: str, *fallbacks: str) -> CountyRules:
        changed = rules_under(rules, tmp_path, secret, *fallbacks)
        attach_services(app, db=town, rules=changed, settings=settings, now=clock)
        return changed

    return turn


def registered(call: Call, submission: Submission) -> Any:
    return call("zuyuan").post("/cases", submission(), headers=KEY)


def test_a_code_from_before_the_change_finds_its_holder(
    turn_to: Callable[..., CountyRules], call: Call, submission: Submission, town: Database
) -> None:
    turn_to(EARLIER)
    person = registered(call, submission).json["complainants"][0]
    changed = turn_to(PRESENT, EARLIER)
    code = receipt_codes.read_code(person["receipt_code"])
    assert code is not None
    with town.reading() as session:
        found = complainants.find_by_code(session, rules=changed, code=code)
        assert found is not None
        assert external_id(changed, Complainant.__tablename__, found.id) == person["id"]


def test_a_code_from_before_the_change_is_not_given_out_again(
    turn_to: Callable[..., CountyRules], call: Call, submission: Submission
) -> None:
    turn_to(EARLIER)
    code = registered(call, submission).json["complainants"][0]["receipt_code"]
    turn_to(PRESENT, EARLIER)
    again = submission(client_ref="phone-2", complainants=[{"name": "覃某", "receipt_code": code}])
    refused = call("zuyuan").post("/cases", again)
    assert refused.json["errors"] == {"complainants.0.receipt_code": ["receipt_code_used"]}


def test_an_answer_kept_before_the_change_is_given_again(
    turn_to: Callable[..., CountyRules], call: Call, submission: Submission
) -> None:
    turn_to(EARLIER)
    first = registered(call, submission)
    turn_to(PRESENT, EARLIER)
    again = registered(call, submission)
    assert (again.status_code, again.data) == (201, first.data)


def test_without_the_earlier_secret_a_kept_answer_does_not_open(
    turn_to: Callable[..., CountyRules], call: Call, submission: Submission
) -> None:
    turn_to(EARLIER)
    registered(call, submission)
    turn_to(PRESENT)
    assert registered(call, submission).json["code"] == "answer_unreadable"


def test_history_written_under_both_secrets_verifies(
    turn_to: Callable[..., CountyRules], call: Call, submission: Submission, town: Database
) -> None:
    turn_to(EARLIER)
    number = registered(call, submission).json["number"]
    changed = turn_to(PRESENT, EARLIER)
    assert call("zuzhang").act(number, "note", text="去看过了").status_code == 200
    with town.reading() as session:
        assert list(verify(session, rules=changed)) == []
