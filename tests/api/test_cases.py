"""Registering, listing and showing matters, as interfaces.md says."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from cases.configuration.case_rules import CountyRules
from cases.deadlines import sweep
from cases.models.case import Case, Complainant
from core.persistence.db import Database
from tests.api.conftest import Caller, Clock
from tests.builders import at
from wsgi.schemas.request_schemas import NewCase

Call = Callable[[str], Caller]
Submission = Callable[..., dict[str, Any]]
MakeCase = Callable[..., Case]


def test_registering_answers_with_the_case_its_address_and_the_receipt_code(
    call: Call, submission: Submission
) -> None:
    made = call("zuyuan").post("/cases", submission())
    assert made.status_code == 201
    assert made.headers["Location"] == f"/api/v1/cases/{made.json['number']}"
    assert made.headers["ETag"] == '"1"'
    assert len(made.json["complainants"][0]["receipt_code"]) == 11


def test_a_code_that_the_phone_printed_is_kept(call: Call, submission: Submission) -> None:
    code = call("zuyuan").post("/cases", submission()).json["complainants"][0]["receipt_code"]
    taken = call("zuyuan").post(
        "/cases", submission(client_ref="phone-2", complainants=[{"receipt_code": code}])
    )
    assert taken.json["errors"] == {"complainants.0.receipt_code": ["receipt_code_used"]}


def test_no_later_answer_carries_a_receipt_code(call: Call, submission: Submission) -> None:
    made = call("zuyuan").post("/cases", submission()).json
    shown = call("zuyuan").get(f"/cases/{made['number']}").json
    assert "receipt_code" not in shown["complainants"][0]


def test_the_same_reference_with_the_same_body_gives_the_same_case_without_codes(
    call: Call, submission: Submission
) -> None:
    first = call("zuyuan").post("/cases", submission())
    again = call("zuyuan").post("/cases", submission())
    assert (again.status_code, again.json["number"]) == (200, first.json["number"])
    assert "receipt_code" not in again.json["complainants"][0]


def test_the_same_reference_with_another_body_is_refused(call: Call, submission: Submission) -> None:
    call("zuyuan").post("/cases", submission())
    other = call("zuyuan").post("/cases", submission(own_words="路也坏了。"))
    assert (other.status_code, other.json["code"]) == (409, "client_ref_reused")


def test_with_a_reply_the_case_is_answered_at_the_door(call: Call, submission: Submission) -> None:
    reply = {"outcome": "explained", "channel": "door", "text": "讲清楚了。"}
    made = call("zuyuan").post("/cases", submission(reply=reply))
    assert (made.json["state"], made.json["answered"]) == ("resolved", True)
    assert made.headers["ETag"] == '"2"'


def test_the_clocks_start_when_the_server_received_it(call: Call, submission: Submission) -> None:
    made = call("zuyuan").post("/cases", submission(happened_at="2026-02-01T08:00:00+08:00")).json
    assert (made["happened_at"], made["due_on"]) == ("2026-02-01T08:00:00+08:00", "2026-03-06")


def test_times_carry_the_offset_of_the_county_and_chinese_goes_out_as_it_is(
    call: Call, submission: Submission
) -> None:
    made = call("zuyuan").post("/cases", submission())
    assert made.json["received_at"] == "2026-03-03T09:00:00+08:00"
    assert "水渠塌了一段" in made.text


@pytest.mark.parametrize(("reads", "sentence"), [("en", "3 working days"), ("zh-CN", "3个工作日")])
def test_each_clock_explains_its_date_in_the_readers_language(
    call: Call, submission: Submission, reads: str, sentence: str
) -> None:
    number = call("zuyuan").post("/cases", submission()).json["number"]
    shown = call("zuyuan").get(f"/cases/{number}", headers={"Accept-Language": reads}).json
    triage = next(clock for clock in shown["clocks"] if clock["clock"] == "triage")
    assert sentence in triage["explanation"]


def test_the_version_is_the_etag(call: Call, a_case: MakeCase) -> None:
    case = a_case("assigned")
    shown = call("zuzhang").get(f"/cases/{case.number}")
    assert shown.headers["ETag"] == f'"{shown.json["version"]}"'


def test_every_action_says_whether_it_is_open_why_not_and_what_it_takes(call: Call, a_case: MakeCase) -> None:
    shown = call("zuzhang").get(f"/cases/{a_case().number}").json
    actions = {action["name"]: action for action in shown["actions"]}
    assert actions["assign"]["allowed"]
    assert actions["assign"]["fields"][0] == {"name": "unit", "type": "unit", "required": True}
    assert actions["resolve"]["reasons"] == ["wrong_state"]


def test_the_history_comes_in_order_and_chained(call: Call, a_case: MakeCase) -> None:
    items = call("zuzhang").get(f"/cases/{a_case('resolved').number}/history").json["items"]
    assert [entry["action"] for entry in items] == ["register", "assign", "accept", "resolve"]
    assert [entry["seq"] for entry in items] == [1, 2, 3, 4]
    assert [entry["prev_hash"] for entry in items[1:]] == [entry["hash"] for entry in items[:-1]]
    assert (items[1]["from"], items[1]["to"], items[1]["actor"]) == ("received", "assigned", "zuzhang")


@pytest.mark.parametrize(("asked", "name"), [("zh", "系统"), ("en", "System")])
def test_the_history_names_the_program_in_the_readers_language(
    call: Call, a_case: MakeCase, town: Database, rules: CountyRules, asked: str, name: str
) -> None:
    case = a_case("assigned")
    sweep.sweep(town, rules=rules, now=at("2026-04-15"))
    path = f"/cases/{case.number}/history"
    items = call("zuzhang").get(path, headers={"Accept-Language": asked}).json["items"]
    assert items[1]["actor_name"] == "组长老秦"
    assert (items[-1]["actor"], items[-1]["actor_name"]) == ("system", name)


def test_a_list_is_newest_first_and_goes_on_by_a_cursor(call: Call, a_case: MakeCase) -> None:
    numbers = [a_case(now=at("2026-03-02", hour)).number for hour in (8, 9, 10)]
    first = call("zuzhang").get("/cases", limit=2).json
    assert [item["number"] for item in first["items"]] == [numbers[2], numbers[1]]
    rest = call("zuzhang").get("/cases", limit=2, cursor=first["next"]).json
    assert ([item["number"] for item in rest["items"]], rest["next"]) == ([numbers[0]], None)


@pytest.mark.parametrize(
    ("sort", "order"),
    [("-received_at", [2, 1, 0]), ("received_at", [0, 1, 2]), ("due_on", [0, 1, 2]), ("-due_on", [2, 1, 0])],
)
def test_a_list_can_be_sorted_by_receipt_and_by_date(
    call: Call, a_case: MakeCase, sort: str, order: list[int]
) -> None:
    numbers = [a_case(now=at(day)).number for day in ("2026-03-02", "2026-03-03", "2026-03-04")]
    found = call("zuzhang").get("/cases", sort=sort).json["items"]
    assert [item["number"] for item in found] == [numbers[index] for index in order]


FILTERS: tuple[tuple[dict[str, str], str], ...] = (
    ({"village": "SL"}, "received assigned resolved closed void"),
    ({"village": "YY"}, "other"),
    ({"village": "MA", "state": "received"}, "received other"),
    ({"state": "void"}, "void"),
    ({"category": "roads"}, "other"),
    ({"kind": "help"}, "other"),
    ({"owner": "committee-SL"}, "assigned"),
    ({"overdue": "true"}, "received"),
    ({"due_before": "2026-03-06"}, "received"),
    ({"answered": "true"}, "resolved closed"),
    ({"on_time": "true"}, "resolved closed"),
    ({"outcome": "solved"}, "resolved closed"),
    ({"rating": "satisfied"}, "closed"),
    ({"reopened": "true"}, ""),
    ({"q": "塘坝"}, "other"),
    ({"received_from": "2026-03-03"}, "other"),
    ({"received_to": "2026-03-02", "state": "closed"}, "closed"),
    ({"counted": "false"}, "void"),
)


@pytest.fixture
def shelf(a_case: MakeCase) -> dict[str, str]:
    """Return cases by number, each with the name that the filters above use."""
    made = {a_case(state).number: state for state in ("received", "assigned", "resolved", "closed", "void")}
    other = {"village": "YY", "category": "roads", "kind": "help", "own_words": "塘坝漏水。"}
    made[a_case(now=at("2026-03-09"), **other).number] = "other"
    return made


def test_a_filter_gives_exactly_what_it_says(call: Call, shelf: dict[str, str], clock: Clock) -> None:
    clock.moment = at("2026-03-09", 12)
    found = {}
    for query, _ in FILTERS:
        items = call("zuzhang").get("/cases", **query).json["items"]
        found[str(query)] = sorted(shelf[item["number"]] for item in items)
    assert found == {str(query): sorted(names.split()) for query, names in FILTERS}


REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"colour": "red"}, "colour"),
    ({"state": "lost"}, "state"),
    ({"category": "weather"}, "category"),
    ({"kind": "gossip"}, "kind"),
    ({"village": "ZZ"}, "village"),
    ({"owner": "nobody"}, "owner"),
    ({"overdue": "yes"}, "overdue"),
    ({"due_before": "tomorrow"}, "due_before"),
    ({"sort": "number"}, "sort"),
    ({"limit": "201"}, "limit"),
    ({"limit": "0"}, "limit"),
    ({"limit": "２"}, "limit"),
    ({"cursor": "AAAA"}, "cursor"),
    ({"cursor": base64.b64encode(b'["-received_at","0001-01-01T00:00:00+14:00",1]').decode()}, "cursor"),
    ({"state": ["received", "closed"]}, "state"),
    ({"q": "\x00"}, "q"),
    ({"q": "  "}, "q"),
)


def test_an_unknown_parameter_or_value_is_refused_by_name(call: Call) -> None:
    answers = [call("zuzhang").get("/cases", **query) for query, _ in REFUSED]
    told = [(answer.status_code, list((answer.json or {}).get("errors", ()))) for answer in answers]
    assert told == [(422, [field]) for _, field in REFUSED]


def test_a_guest_registers_and_sees_no_more_than_the_slip(
    call: Call, submission: Submission, with_role: Callable[[str, str], None]
) -> None:
    with_role("zuyuan", "guest")
    made = call("zuyuan").post("/cases", submission())
    assert made.status_code == 201
    assert set(made.json) == {"number", "state", "version", "received_at", "complainants"}
    assert call("zuyuan").get("/cases").status_code == 403


def test_who_registers_a_matter_about_the_own_unit_gets_neither_number_nor_code(
    call: Call, submission: Submission
) -> None:
    body = submission(named_units=["committee-SL"])
    answers = [call("cunwei-sl").post("/cases", body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    for answer in answers:
        assert (answer.json["number"], answer.json["complainants"]) == (None, [])
        assert "Location" not in answer.headers
        assert "SL-2026-" not in answer.text
    [number] = [item["number"] for item in call("zuzhang").get("/cases").json["items"]]
    assert call("cunwei-sl").get(f"/cases/{number}").status_code == 404
    person = call("zuyuan").get(f"/cases/{number}").json["complainants"][0]["id"]
    slip = call("zuyuan").act(number, "reissue_receipt", complainant=person)
    assert len(slip.json["complainants"][0]["receipt_code"]) == 11


def test_whoever_registered_a_matter_that_came_to_name_them_does_not_follow_it_by_its_reference(
    call: Call, submission: Submission
) -> None:
    made = call("cunwei-sl").post("/cases", submission())
    number = made.json["number"]
    call("zuzhang").act(number, "amend", field="named_units", value="committee-SL", reason="说的是村里")
    before = call("cunwei-sl").post("/cases", submission())
    assert call("zuzhang").act(number, "assign", unit="team").status_code == 200
    after = call("cunwei-sl").post("/cases", submission())
    assert (before.status_code, before.json) == (200, after.json)
    assert (after.json["state"], after.json["version"], after.headers["ETag"]) == ("received", 1, '"1"')


@pytest.mark.parametrize("name", ["nobody at all", "committee-YY"])
def test_an_unknown_name_and_one_out_of_sight_are_answered_alike(
    call: Call, submission: Submission, name: str
) -> None:
    """Both are kept as words; the registrar of the village reads no number, for they may be meant."""
    made = call("cunwei-sl").post("/cases", submission(named_units=[name]))
    assert (made.status_code, made.json["number"], name in made.text) == (201, None, False)
    [item] = call("zuzhang").get("/cases").json["items"]
    assert call("zuzhang").get(f"/cases/{item['number']}").json["named_words"] == [name]
    for who in ("cunwei-sl", "zuyuan", "xiangzhen", "lingdao"):
        assert call(who).get(f"/cases/{item['number']}").status_code == 404
        assert call(who).get("/cases").json["items"] == []


def test_a_reference_of_another_village_tells_nothing(call: Call, submission: Submission) -> None:
    body = submission(village="YY")
    call("cunwei-yy").post("/cases", body)
    refused = call("cunwei-sl").post("/cases", body)
    assert (refused.status_code, refused.json["code"]) == (409, "client_ref_reused")


def test_what_is_stored_of_a_code_is_not_the_code(
    call: Call, submission: Submission, town: Database, rules: CountyRules
) -> None:
    code = call("zuyuan").post("/cases", submission()).json["complainants"][0]["receipt_code"]
    with town.reading() as session:
        kept = session.scalars(select(Complainant.receipt_digest)).one()
    assert code.replace("-", "") not in kept


def test_the_body_of_a_registration_takes_what_the_definition_says(rules: CountyRules) -> None:
    defined = {field["name"]: field["required"] for field in rules.definition.steps["register"].fields}
    taken = {name: field.required for name, field in NewCase().fields.items()}
    assert taken.pop("answers") is False  # what is asked is decided by the category
    assert taken == defined
