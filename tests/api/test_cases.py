"""Cases over the interface: registering, reading, listing."""

from collections.abc import Callable
from typing import Any

from tests.api.conftest import Caller

Call = Callable[[str], Caller]
Submission = Callable[..., dict[str, Any]]


def test_registering_answers_with_the_case_and_the_receipt_code(call: Call, submission: Submission) -> None:
    made = call("zuyuan").post("/cases", submission())
    assert made.status_code == 201, made.text
    view = made.json
    print(view)
    assert made.headers["Location"] == f"/api/v1/cases/{view['number']}"
    assert made.headers["ETag"] == '"1"'
    assert len(view["complainants"][0]["receipt_code"]) == 11
    assert view["state"] == "received"
