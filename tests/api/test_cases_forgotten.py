"""A forgotten matter is told to programs in the described form, and says where words are gone."""

from collections.abc import Callable
from typing import Any

from cases.configuration.case_rules import CountyRules
from cases.models.case import Case
from cases.retention.forgetting import forget
from cases.vocabulary import FORGOTTEN
from core.persistence.db import Database
from tests.api.conftest import Caller, Clock
from tests.builders import at

SAID = "deleted after the retention period"


def test_a_forgotten_matter_is_told_in_form_and_without_its_words(
    call: Callable[[str], Caller],
    town: Database,
    rules: CountyRules,
    a_case: Callable[..., Case],
    clock: Clock,
) -> None:
    answers = {"asks_for": "早先的话", "land_mu": 3, "contract": True, "unpaid_since": "2026-02-01"}
    case = a_case("closed", own_words="早先的话", category="reforestation", answers=answers)
    before = call("zuzhang").get(f"/cases/{case.number}").headers["ETag"]
    given: dict[str, Any] = {"rules": rules, "before": at("2026-06-01").date(), "now": at("2026-09-01")}
    forget(town, **given, clear=lambda session, numbers: None)
    clock.moment = at("2026-09-02")
    person = call("zuzhang")
    language = {"Accept-Language": "en"}
    paths = (f"/cases/{case.number}", f"/cases/{case.number}/history", "/cases", "/complainants")
    told = {path: person.get(path, headers=language) for path in paths}
    for path, answer in told.items():
        assert answer.status_code == 200, path
        assert FORGOTTEN not in answer.text, path
        assert "早先的话" not in answer.text, path
    shown = told[f"/cases/{case.number}"]
    assert shown.headers["ETag"] != before
    assert shown.json["own_words"] == shown.json["replies"][0]["text"] == SAID
    assert set(shown.json["answers"].values()) == {SAID}
    assert shown.json["complainants"][0]["name"] == SAID
    last = told[f"/cases/{case.number}/history"].json["items"][-1]
    assert (last["action"], last["facts"]["before"]) == ("forget", "2026-06-01")
