"""What a request costs in statements, and that it does not grow with what is stored."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event

from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case
from core.persistence.db import Database
from tests.api.conftest import Caller

Call = Callable[[str], Caller]
MakeCase = Callable[..., Case]
Submission = Callable[..., dict[str, Any]]
FEW, MANY = 2, 12


@contextmanager
def counted(db: Database) -> Iterator[list[str]]:
    """Collect the statements that are run meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement.split("\n")[0])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def cost(db: Database, ask: Callable[[], Any]) -> int:
    ask()  # what is read once and remembered is read now
    with counted(db) as seen:
        answer = ask()
    assert answer.status_code < 300, answer.text
    return len(seen)


LISTS = (
    "/cases",
    "/complainants",
    "/households",
    "/inbox",
    "/rates",
    "/cases?sort=due_on&village=SL&overdue=false",
)


def test_no_list_costs_more_for_more_rows(call: Call, a_case: MakeCase, town: Database) -> None:
    def costs() -> dict[str, int]:
        return {path: cost(town, partial(call("zuzhang").open, f"/api/v1{path}")) for path in LISTS}

    for _ in range(FEW):
        a_case("assigned")
    few = costs()
    for _ in range(MANY):
        a_case(
            "assigned", complainants=(ComplainantEntry(household="SL-01-001"), ComplainantEntry(name="覃某"))
        )
    assert costs() == few
    assert few["/cases"] == 2  # the token, the list
    assert few["/rates"] <= 5


def test_a_case_costs_the_same_whatever_hangs_on_it(call: Call, a_case: MakeCase, town: Database) -> None:
    case = a_case("assigned")

    def costs() -> dict[str, int]:
        paths = (f"/cases/{case.number}", f"/cases/{case.number}/history")
        return {path: cost(town, partial(call("zuzhang").get, path)) for path in paths}

    without_papers = costs()
    call("zuzhang").act(case, "note", text="去看过了")
    few = costs()
    for index in range(MANY):
        call("zuzhang").act(case, "note", text=f"第{index}次去看")
        call("zuzhang").act(case, "join", complainant={"name": f"人{index}"}, own_words="我也一样。")
    assert costs() == few
    assert few[f"/cases/{case.number}"] <= 6
    papers_and_attempts = 2
    assert few[f"/cases/{case.number}"] == without_papers[f"/cases/{case.number}"] + papers_and_attempts


def test_an_act_costs_the_same_whatever_hangs_on_the_case(
    call: Call, a_case: MakeCase, town: Database
) -> None:
    case = a_case("assigned")

    def note() -> Any:
        return call("zuzhang").act(case, "note", text="去看过了")

    few = cost(town, note)
    for index in range(MANY):
        call("zuzhang").act(case, "join", complainant={"name": f"人{index}"}, own_words="我也一样。")
    assert cost(town, note) == few


def test_registering_costs_the_same_however_many_cases_there_are(
    call: Call, a_case: MakeCase, submission: Submission, town: Database
) -> None:
    serial = iter(range(100))

    def register() -> Any:
        return call("zuyuan").post("/cases", submission(client_ref=f"c-{next(serial)}"))

    few = cost(town, register)
    for _ in range(MANY):
        a_case()
    assert cost(town, register) == few


def test_a_refused_token_costs_three_statements(call: Call, town: Database) -> None:
    caller = call("zuzhang")
    caller.token = "hy_" + "A" * 43
    caller.get("/cases")
    with counted(town) as seen:
        assert caller.get("/cases").status_code == 401
    assert len(seen) == 3  # nobody holds it, a try is left, it is counted


@pytest.mark.parametrize("header", ["Bearer nonsense", "Basic eDp5", ""])
def test_what_is_no_token_at_all_costs_nothing(call: Call, town: Database, header: str) -> None:
    client = call("zuzhang").client
    with counted(town) as seen:
        answer = client.get("/api/v1/cases", headers={"Authorization": header})
    assert (answer.status_code, seen) == (401, [])
