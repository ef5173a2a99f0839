"""What strangers send is read strictly, and nothing of it is ever our own failure (threats.md T50 to T58)."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from api.framework.strict_json import parse
from cases.models.case import Case
from tests.api.conftest import Caller

pytestmark = pytest.mark.one_database

Call = Callable[[str], Caller]
Submission = Callable[..., dict[str, Any]]
MakeCase = Callable[..., Case]

MALFORMED = {
    "nothing": b"",
    "no JSON": b"{",
    "two values": b"{} {}",
    "deep list": b"[" * 60_000,
    "deep but closed": b"[" * 40 + b"]" * 40,
    "deep objects": b'{"a":' * 100 + b"1" + b"}" * 100,
    "a name twice": b'{"village": "SL", "village": "YY"}',
    "a name twice inside": b'{"a": {"b": 1, "b": 2}}',
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": -Infinity}',
    "a number of 5000 digits": b'{"a": ' + b"9" * 5000 + b"}",
    "beyond 64 bits": b'{"a": 9223372036854775808}',
    "beyond a float": b'{"a": 1e999}',
    "UTF-16": '{"village": "SL"}'.encode("utf-16"),
    "byte order mark": b"\xef\xbb\xbf{}",
    "not UTF-8": b'{"a": "\xff"}',
    "half a character in a name": b'{"\\ud800": 1}',
    "single quotes": b"{'a': 1}",
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_not_strict_json_is_malformed(body: bytes) -> None:
    with pytest.raises(Exception, match="400"):
        parse(body)


def test_a_malformed_body_is_told_as_such(call: Call) -> None:
    answers = [call("zuyuan").raw("/cases", body) for body in MALFORMED.values()]
    assert {(answer.status_code, answer.json["code"]) for answer in answers} == {(400, "malformed")}


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "application/problem+json",
        "",
    ],
)
def test_another_type_than_json_is_not_taken(call: Call, submission: Submission, content_type: str) -> None:
    refused = call("zuyuan").raw("/cases", json.dumps(submission()).encode(), content_type)
    assert (refused.status_code, refused.json["code"]) == (415, "unsupported_type")


def test_a_body_above_a_megabyte_is_refused_before_it_is_read(call: Call) -> None:
    refused = call("zuyuan").raw("/cases", b" " * 1_000_001)
    assert (refused.status_code, refused.json["code"]) == (413, "too_large")


WRONG: tuple[tuple[str, Any, str], ...] = (
    ("village", None, "village"),
    ("village", "ZZ", "village"),
    ("village", "YY\u0000", "village"),
    ("village", 5, "village"),
    ("village", ["SL"], "village"),
    ("category", "weather", "category"),
    ("category", {}, "category"),
    ("kind", "gossip", "kind"),
    ("kind", [], "kind"),
    ("kind", True, "kind"),
    ("urgency", "very", "urgency"),
    ("channel", "door", "channel"),
    ("own_words", "", "own_words"),
    ("own_words", " \n\t", "own_words"),
    ("own_words", "坏\u0000了", "own_words"),
    ("own_words", "坏\u001b[31m了", "own_words"),
    ("own_words", "坏\ud800了", "own_words"),
    ("own_words", "长" * 5001, "own_words"),
    ("own_words", 5.9, "own_words"),
    ("client_ref", "", "client_ref"),
    ("client_ref", "x" * 101, "client_ref"),
    ("client_ref", "a\u202eb", "client_ref"),
    ("happened_at", "2026-03-02T10:00:00", "happened_at"),
    ("happened_at", "2026-03-02", "happened_at"),
    ("happened_at", "0001-01-01T00:00:00+14:00", "happened_at"),
    ("happened_at", "9999-12-31T23:59:59-14:00", "happened_at"),
    ("happened_at", 1772416800, "happened_at"),
    ("complainants", [], "complainants"),
    ("complainants", {}, "complainants"),
    ("complainants", ["田某"], "complainants.0"),
    ("complainants", [{}] * 101, "complainants"),
    ("complainants", [{"name": "田\u200b某"}], "complainants.0.name"),
    ("complainants", [{"name": "田" * 65}], "complainants.0.name"),
    ("complainants", [{"phone": "1\n2"}], "complainants.0.phone"),
    ("complainants", [{"confidential": "true"}], "complainants.0.confidential"),
    ("complainants", [{"household": "SL-99-999"}], "complainants.0.household"),
    ("complainants", [{"receipt_code": "AAAAA-AAAAA"}], "complainants.0.receipt_code"),
    ("complainants", [{"id": 1}], "complainants.0.id"),
    ("attachments", ["nothing"], "attachments"),
    ("attachments", [1], "attachments.0"),
    ("named_units", [""], "named_units.0"),
    ("named_users", ["x" * 200], "named_users.0"),
    ("reply", {"outcome": "solved"}, "reply.text"),
    ("reply", {"outcome": "planned", "channel": "door", "text": "排了"}, "promised_on"),
    ("reply", "solved", "reply"),
    ("state", "closed", "state"),
    ("owner_id", 1, "owner_id"),
    ("x" * 500, 1, "x" * 80 + "…"),
)


def test_a_wrong_value_is_told_by_the_name_of_its_field(call: Call, submission: Submission) -> None:
    found = []
    for name, value, field in WRONG:
        refused = call("zuyuan").raw("/cases", json.dumps(submission(**{name: value})).encode())
        found.append((name, str(value)[:20], refused.status_code, field in refused.json.get("errors", {})))
    assert found == [(name, str(value)[:20], 422, True) for name, value, _ in WRONG]


@pytest.mark.parametrize(
    "missing", ["village", "category", "kind", "own_words", "client_ref", "complainants"]
)
def test_a_missing_field_is_told_by_name(call: Call, submission: Submission, missing: str) -> None:
    body = submission()
    del body[missing]
    refused = call("zuyuan").post("/cases", body)
    assert (refused.status_code, refused.json["errors"]) == (422, {missing: ["required"]})


@pytest.mark.parametrize("body", [b"[]", b"null", b'"SL"', b"7", b"true"])
def test_a_body_that_is_no_object_has_a_wrong_shape(call: Call, body: bytes) -> None:
    refused = call("zuyuan").raw("/cases", body)
    assert (refused.status_code, refused.json["errors"]) == (422, {"body": ["not_an_object"]})


WORDS = (
    "𠮷野家门口的路",
    "阿卜杜热西提·买买提明",
    "é 与 é",
    "👨‍👩‍👧 一家三口",
    "第一行\n第二行\t缩进",
    "<script>alert(1)</script>",
    "' OR 1=1; DROP TABLE cases; --",
    "{{ 7*7 }} %s %(x)s {0}",
    '=HYPERLINK("http://x")',
    "\u202e翻转",
)


def test_words_come_back_as_they_were_sent(call: Call, submission: Submission) -> None:
    back = []
    for number, words in enumerate(WORDS):
        made = call("zuyuan").post("/cases", submission(own_words=words, client_ref=f"w-{number}"))
        back.append(made.json["own_words"])
    assert back == list(WORDS)


def test_line_ends_become_one_kind(call: Call, submission: Submission) -> None:
    made = call("zuyuan").post("/cases", submission(own_words="一\r\n二\r三"))
    assert made.json["own_words"] == "一\n二\n三"


@pytest.mark.parametrize("words", ["%", "_", "'", '"', "\\", "' OR '1'='1", "𠮷", "·"])
def test_a_search_finds_its_very_characters_alone(call: Call, a_case: MakeCase, words: str) -> None:
    a_case()
    found = call("zuzhang").get("/cases", q=words)
    assert (found.status_code, found.json["items"]) == (200, [])


@pytest.mark.parametrize(
    "path",
    [
        "/cases/%00",
        "/cases/SL-2026-0001%00",
        "/cases/..%2f..%2fetc",
        "/cases/%ff%fe",
        "/cases/" + "x" * 300,
        "/attachments/%00",
        "/attachments/../../etc/passwd",
        "/cases/'%20OR%201=1--",
    ],
)
def test_an_odd_address_is_simply_not_found(call: Call, path: str) -> None:
    caller = call("zuzhang")
    answer = caller.client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {caller.token}"})
    assert (answer.status_code, (answer.json or {})["code"]) == (404, "not_found")
