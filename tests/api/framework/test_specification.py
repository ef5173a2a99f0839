"""The interface as its description promises it, tried by a program that reads nothing else.

schemathesis makes requests out of the OpenAPI document, good ones and broken ones, from a fixed seed, and
compares every answer with what is promised.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import schemathesis
from flask import Flask
from schemathesis.config import (
    ChecksConfig,
    GenerationConfig,
    PositiveDataAcceptanceConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
    SimpleCheckConfig,
)
from schemathesis.engine import events, from_schema

from cases.models.case import Case
from core.persistence.db import Database
from tests.api.conftest import Caller
from wsgi.rate_limits import WRONG_CODES

pytestmark = pytest.mark.one_database

SEED = 20260303
EXAMPLES = 4
ACCEPTED = ("2xx", "403", "404", "409", "412", "415", "422")


@dataclass
class Findings:
    """What was found wrong, and how much was tried."""

    wrong: list[str] = field(default_factory=list)
    tried: int = 0

    def add(self, event: Any) -> None:
        """Take in one event of the run."""
        if isinstance(event, events.NonFatalError | events.FatalError):
            self.wrong.append(str(event))
        if not isinstance(event, events.ScenarioFinished):
            return
        self.tried += len(event.recorder.interactions)
        for number, checks in event.recorder.checks.items():
            case = event.recorder.cases[number].value
            for check in checks:
                if check.failure_info is not None:
                    told = f"{check.name}: {check.failure_info.failure}"
                    self.wrong.append(f"{case.method} {case.path}: {told}\n{case.as_curl_command()}")


def run(app: Flask, token: str) -> Findings:
    """Try every route as somebody."""
    project = ProjectConfig(
        headers={"Authorization": f"Bearer {token}"},
        checks=ChecksConfig(
            # What only the database knows, such as the code of a village, no description can tell, nor what
            # makes a file a picture.
            positive_data_acceptance=PositiveDataAcceptanceConfig(expected_statuses=[*ACCEPTED]),
            # Asks again by a way that the tool has not for an application in the same process; test_routes.py
            # asks every route without a token.
            ignored_auth=SimpleCheckConfig(enabled=False),
        ),
        continue_on_failure=True,
        generation=GenerationConfig(
            max_examples=EXAMPLES, deterministic=True, no_shrink=True, database="none"
        ),
    )
    config = SchemathesisConfig(seed=SEED, projects=ProjectsConfig(default=project))
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, config=config)
    findings = Findings()
    for event in from_schema(schema).execute():
        findings.add(event)
    return findings


def test_every_answer_is_as_the_description_promises(
    app: Flask,
    call: Callable[[str], Caller],
    a_case: Callable[..., Case],
    town: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The limit of wrong receipt codes is raised: with it all but ten of these questions would be refused."""
    monkeypatch.setattr("wsgi.guessing.throttles.WRONG_CODES", replace(WRONG_CODES, most=10**6))
    monkeypatch.setattr("wsgi.guessing.throttles.ALL_WRONG_CODES", replace(WRONG_CODES, most=10**6))
    monkeypatch.setattr("wsgi.guessing.code_gate.FREE_WRONG_CODES", 10**6)
    for state in ("received", "assigned", "closed"):
        a_case(state)
    findings = run(app, call("zuzhang").token)
    assert findings.wrong == []
    assert findings.tried > 500
