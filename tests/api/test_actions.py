"""Steps and acts over the interface."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from cases.models.case import Case
from tests.api.conftest import Caller, JsonAnswer

pytestmark = pytest.mark.one_database

Call = Callable[[str], Caller]
MakeCase = Callable[..., Case]


def test_an_act_answers_with_the_case_as_it_stands_after_it(call: Call, a_case: MakeCase) -> None:
    done = call("zuzhang").act(a_case(), "assign", unit="committee-SL")
    assert (done.status_code, done.json["state"], done.json["owner"]) == (200, "assigned", "committee-SL")
    assert done.headers["ETag"] == '"2"'


def test_a_version_that_is_not_the_present_one_is_refused_with_the_present_one(
    call: Call, a_case: MakeCase
) -> None:
    case = a_case()
    call("zuzhang").act(case, "note", text="看过了", version=1)
    stale = call("zuzhang").act(case, "assign", unit="committee-SL", version=1)
    assert (stale.status_code, stale.json["code"], stale.json["facts"]["version"]) == (412, "stale", 2)


def test_a_colleague_s_note_is_no_reason_to_refuse_a_reply(call: Call, a_case: MakeCase) -> None:
    case = a_case("assigned")
    seen = call("cunwei-sl").get(f"/cases/{case.number}").json
    call("zuzhang").act(case, "note", text="打过电话了")
    call("zuyuan").act(case, "note", text="我也去看了")
    said = {
        "complainant": seen["complainants"][0]["id"],
        "channel": "door",
        "text": "下周修。",
        "final": False,
    }
    replied = call("cunwei-sl").act(case, "reply", version=seen["version"], **said)
    assert (replied.status_code, replied.json["version"]) == (200, seen["version"] + 3)
    again = call("cunwei-sl").act(case, "reply", version=seen["version"], **said)
    assert (again.status_code, again.json["code"]) == (412, "stale")
    call("zuzhang").act(case, "amend", field="urgency", value="urgent", reason="急")
    late = call("cunwei-sl").act(case, "reply", version=replied.json["version"], **said)
    assert late.status_code == 412
    ahead = call("cunwei-sl").act(case, "reply", version=99, **said)
    assert ahead.status_code == 412


@pytest.mark.parametrize(
    ("given", "status"),
    [('"1"', 200), ("*", 200), ('W/"1"', 412), ('"abc"', 412), ("1", 200), ('"1", "7"', 412), ("", 412)],
)
def test_if_match_takes_the_etag_as_it_was_given(
    call: Call, a_case: MakeCase, given: str, status: int
) -> None:
    body = {"action": "note", "text": "看过了"}
    path = f"/cases/{a_case().number}/actions"
    assert call("zuzhang").post(path, body, headers={"If-Match": given}).status_code == status


def test_an_act_that_is_not_open_says_why(call: Call, a_case: MakeCase) -> None:
    refused = call("zuzhang").act(a_case("assigned"), "assign", unit="committee-SL")
    assert (refused.status_code, refused.json["code"]) == (409, "action_not_open")
    assert refused.json["facts"]["reasons"] == ["wrong_state"]


def test_resolving_with_a_complainant_unanswered_is_a_conflict(call: Call, a_case: MakeCase) -> None:
    refused = call("cunwei-sl").act(a_case("assigned"), "resolve", outcome="solved", replies=[])
    assert (refused.status_code, refused.json["facts"]["reasons"]) == (409, ["reply_missing"])


def test_a_handler_who_confirms_is_forbidden(
    call: Call, a_case: MakeCase, with_role: Callable[[str, str], None]
) -> None:
    case = a_case("resolved")
    with_role("cunwei-sl", "member")
    person = call("zuzhang").get(f"/cases/{case.number}").json["complainants"][0]["id"]
    refused = call("cunwei-sl").act(
        case, "confirm", complainant=person, heard=True, rating="fair", words="行"
    )
    assert (refused.status_code, refused.json["facts"]["reasons"]) == (403, ["is_handler"])


@pytest.mark.parametrize("who", ["jiandu", "guanli"])
def test_who_may_not_act_is_forbidden_before_the_body_is_looked_at(
    call: Call, a_case: MakeCase, who: str
) -> None:
    assert call(who).post(f"/cases/{a_case().number}/actions", {"nonsense": 1}).status_code == 403


BAD: tuple[tuple[dict[str, Any], str], ...] = (
    ({}, "action"),
    ({"action": "fly"}, "action"),
    ({"action": 7}, "action"),
    ({"action": ["assign"]}, "action"),
    ({"action": "assign"}, "unit"),
    ({"action": "assign", "unit": "committee-SL", "owner": 3}, "owner"),
    ({"action": "assign", "unit": "committee-SL", "state": "closed"}, "state"),
    ({"action": "assign", "unit": 5}, "unit"),
    ({"action": "assign", "unit": "committee-SL", "binding": "yes"}, "binding"),
    ({"action": "assign", "unit": "nobody"}, "unit"),
    ({"action": "note", "text": "\u0000"}, "text"),
    ({"action": "note", "text": "   "}, "text"),
    ({"action": "note", "text": "长" * 5001}, "text"),
    ({"action": "answer", "outcome": "magic"}, "outcome"),
    ({"action": "answer", "outcome": "explained", "replies": [{"complainant": 1}]}, "replies.0.channel"),
    ({"action": "answer", "outcome": "explained", "replies": {}}, "replies"),
    ({"action": "reply", "complainant": 1.5, "channel": "door", "text": "好", "final": True}, "complainant"),
    ({"action": "reply", "complainant": "1", "channel": "door", "text": "好", "final": True}, "complainant"),
    (
        {"action": "reply", "complainant": 2**31, "channel": "door", "text": "好", "final": True},
        "complainant",
    ),
    ({"action": "reply", "complainant": 1, "channel": "door", "text": "好", "final": 1}, "final"),
    ({"action": "escalate", "unit": "township-MA", "reason": "钱", "report": {}}, "report.number"),
    ({"action": "reissue_receipt", "complainant": True}, "complainant"),
)


@pytest.mark.parametrize(
    ("action", "status", "reason"), [("raise", 403, "role"), ("register", 409, "wrong_state")]
)
def test_what_no_door_may_do_is_refused_by_role_or_state_and_not_by_its_fields(
    call: Call, a_case: MakeCase, action: str, status: int, reason: str
) -> None:
    case = a_case("assigned")
    of_register: dict[str, Any] = {
        "village": "SL",
        "category": "irrigation",
        "kind": "problem",
        "own_words": "水渠塌了。",
        "client_ref": "again",
        "complainants": [{"name": "田某"}],
    }
    done = call("zuzhang").act(case, action, **(of_register if action == "register" else {}))
    assert (done.status_code, done.json["facts"]["reasons"]) == (status, [reason])


def test_what_an_act_takes_is_what_the_definition_says(call: Call, a_case: MakeCase) -> None:
    path = f"/cases/{a_case().number}/actions"
    answers = [call("zuzhang").post(path, body) for body, _ in BAD]
    found = [
        (answer.status_code, field in answer.json["errors"])
        for answer, (_, field) in zip(answers, BAD, strict=True)
    ]
    assert found == [(422, True)] * len(BAD)


def test_an_act_takes_what_the_cases_own_fields_announce(call: Call, a_case: MakeCase) -> None:
    """Nothing but the announced names is taken, and a required one that is missing is told by name."""
    shown = call("zuzhang").get(f"/cases/{a_case().number}").json
    for action in shown["actions"]:
        refused = call("zuzhang").post(
            f"/cases/{shown['number']}/actions", {"action": action["name"], "surplus": 1}
        )
        missing = {field["name"] for field in action["fields"] if field["required"]}
        assert set(refused.json["errors"]) == missing | {"surplus"}, action["name"]


def test_joining_answers_with_the_new_code_once(call: Call, a_case: MakeCase) -> None:
    case = a_case()
    joined = call("zuyuan").act(case, "join", complainant={"name": "覃某"}, own_words="我也一样。").json
    codes = [person.get("receipt_code") for person in joined["complainants"]]
    assert (codes[0], len(codes[1])) == (None, 11)
    later = call("zuyuan").get(f"/cases/{case.number}").json["complainants"]
    assert not any("receipt_code" in person for person in later)


def test_a_lost_receipt_is_replaced_by_a_new_code(call: Call, a_case: MakeCase) -> None:
    case = a_case()
    person = call("zuyuan").get(f"/cases/{case.number}").json["complainants"][0]["id"]
    done = call("zuyuan").act(case, "reissue_receipt", complainant=person).json
    assert len(done["complainants"][0]["receipt_code"]) == 11


def test_revealing_shows_the_number_once_and_is_itself_recorded(call: Call, a_case: MakeCase) -> None:
    case = a_case()
    shown = call("zuyuan").get(f"/cases/{case.number}").json["complainants"][0]
    done = call("zuyuan").act(case, "reveal", complainant=shown["id"], reason="要打电话约时间").json
    assert (shown["phone"], done["complainants"][0]["phone"]) == ("138****2046", "13800002046")
    history = call("zuyuan").get(f"/cases/{case.number}/history")
    assert history.json["items"][-1]["action"] == "reveal"
    assert "13800002046" not in history.text


def test_naming_the_own_unit_ends_what_one_sees_of_the_case(
    call: Call, a_case: MakeCase, with_role: Callable[[str, str], None]
) -> None:
    case = a_case(village="SL")
    with_role("xiangzhen", "team_leader")
    done = call("xiangzhen").act(case, "amend", field="named_units", value="township-MA", reason="说的是乡里")
    assert (done.status_code, set(done.json)) == (
        200,
        {"number", "state", "version", "received_at", "complainants"},
    )
    assert call("xiangzhen").get(f"/cases/{case.number}").status_code == 404


def test_an_unknown_case_is_not_found_whatever_the_act(call: Call) -> None:
    unknown = call("zuzhang").act("SL-2026-9999", "fly")
    assert (unknown.status_code, unknown.json["facts"]) == (404, {"number": "SL-2026-9999"})


def test_of_two_who_act_at_once_one_wins_and_the_other_is_told_the_present_version(
    call: Call, a_case: MakeCase
) -> None:
    case = a_case()
    callers = [call("zuzhang"), call("xiangzhen")]
    answers: list[JsonAnswer] = []
    together = threading.Barrier(len(callers))

    def assign(caller: Caller) -> None:
        own = Caller(caller.client.application.test_client(), caller.token)
        together.wait()
        answers.append(own.act(case, "assign", unit="committee-SL"))

    threads = [threading.Thread(target=assign, args=(caller,)) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    assert (won.status_code, lost.status_code, lost.json["code"]) == (200, 409, "action_not_open")
    assert lost.json["facts"]["version"] == won.json["version"]


def test_a_telephone_that_cannot_be_dialled_is_refused_by_its_field(call: Call, a_case: MakeCase) -> None:
    case = a_case()
    joined = call("zuyuan").act(case, "join", complainant={"phone": "1380000204"}, own_words="灯也坏了")
    amended = call("zuzhang").act(case, "amend", field="phone", value="无", reason="更正")
    forced = call("zuzhang").act(
        case, "amend", field="phone", value="无", reason="更正", phone_as_written=True
    )
    assert (joined.status_code, joined.json["errors"]) == (422, {"complainant.phone": ["not_a_phone"]})
    assert (amended.status_code, amended.json["errors"]) == (422, {"value": ["not_a_phone"]})
    assert (forced.status_code, forced.json["errors"]) == (422, {"phone_as_written": ["unknown_member"]})


@pytest.mark.parametrize(
    "spelling", ["{code}-{year}-{serial}", "{serial}号", "杉岭〔{year}〕{serial} 号", "{serial}"]
)
def test_a_case_is_merged_into_another_by_any_spelling_of_its_number(
    call: Call, a_case: MakeCase, spelling: str
) -> None:
    case, target = a_case(), a_case()
    code, year, serial = target.number.split("-")
    into = spelling.format(code=code.lower(), year=year, serial=int(serial))
    merged = call("zuzhang").act(case, "merge", into=into, reason="同一件事")
    assert (merged.status_code, merged.json["state"]) == (200, "merged")
    assert call("zuzhang").get(f"/cases/{code.lower()}-{year}-{int(serial)}").json["number"] == target.number
