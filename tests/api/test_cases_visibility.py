"""Names, numbers and matters reach only those they are for, in every answer."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case
from tests.api.conftest import Caller

pytestmark = pytest.mark.one_database

Call = Callable[[str], Caller]
MakeCase = Callable[..., Case]
CONFIDENTIAL = ComplainantEntry(household="SL-01-001", name="田老根", phone="13800002046", confidential=True)
SECRETS = ("田老根", "SL-01-001", "138****2046", "13800002046")


def everything(caller: Caller, number: str) -> str:
    """Return all that a person is told of one case."""
    paths = (f"/cases/{number}", f"/cases/{number}/history", "/cases", "/complainants", "/inbox")
    return "".join(caller.get(path).text for path in paths)


@pytest.mark.parametrize(
    ("who", "knows"),
    [
        ("zuyuan", True),  # who recorded it
        ("zuzhang", True),
        ("jiandu", True),
        ("cunwei-sl", False),
        ("xiangzhen", False),
        ("lingdao", False),
    ],
)
def test_a_confidential_voice_is_known_to_recorder_team_leader_and_auditor_alone(
    call: Call, a_case: MakeCase, who: str, knows: bool
) -> None:
    case = a_case("assigned", complainants=(CONFIDENTIAL,))
    told = everything(call(who), case.number)
    assert ("田老根" in told) is knows
    assert knows or not any(secret in told for secret in SECRETS)


def test_the_department_that_handles_does_not_know_a_confidential_complainant(
    call: Call, a_case: MakeCase
) -> None:
    case = a_case("assigned", complainants=(CONFIDENTIAL,))
    call("zuzhang").act(case, "reassign", unit="county-water", reason="归水利局管")
    told = everything(call("bumen"), case.number)
    assert case.number in told
    assert not any(secret in told for secret in SECRETS)


def test_another_member_cannot_reveal_a_confidential_number(
    call: Call, a_case: MakeCase, with_role: Callable[[str, str], None]
) -> None:
    case = a_case("assigned", complainants=(CONFIDENTIAL,))
    person = call("zuzhang").get(f"/cases/{case.number}").json["complainants"][0]["id"]
    refused = call("cunwei-sl").act(case, "reveal", complainant=person, reason="想打个电话")
    assert (refused.status_code, refused.json["facts"]["reasons"]) == (403, ["confidential"])
    for who, told in (("cunwei-sl", (False, ["confidential"])), ("zuzhang", (True, []))):
        openings = call(who).get(f"/cases/{case.number}").json["actions"]
        (opening,) = (one for one in openings if one["name"] == "reveal")
        assert (opening["allowed"], opening["reasons"]) == told


@pytest.mark.parametrize("who", ["zuyuan", "zuzhang", "cunwei-sl", "xiangzhen", "lingdao", "jiandu"])
def test_a_phone_is_masked_for_everybody(call: Call, a_case: MakeCase, who: str) -> None:
    told = everything(call(who), a_case("assigned").number)
    assert "138****2046" in told
    assert "13800002046" not in told


def test_who_amends_a_confidential_household_leaves_no_key_in_the_history(
    call: Call, a_case: MakeCase
) -> None:
    case = a_case(complainants=(CONFIDENTIAL,))
    reason = "他是二组覃二妹家的人"
    call("zuzhang").act(case, "amend", field="household", value="SL-02-005", reason=reason)
    for who, told in (("cunwei-sl", False), ("lingdao", False), ("zuyuan", True), ("jiandu", True)):
        history = call(who).get(f"/cases/{case.number}/history")
        assert "SL-02-005" not in history.text
        assert ("覃二妹" in json.dumps(history.json, ensure_ascii=False)) is told


@pytest.mark.parametrize(
    ("who", "village", "sees"),
    [
        ("zuyuan", "SL", True),
        ("zuyuan", "YY", True),
        ("cunwei-sl", "SL", True),
        ("cunwei-sl", "YY", False),
        ("xiangzhen", "GG", True),
        ("lingdao", "GG", True),
        ("jiandu", "GG", True),
        ("bumen", "SL", False),
        ("guanli", "SL", False),
    ],
)
def test_each_role_sees_the_cases_of_its_scope(
    call: Call, a_case: MakeCase, who: str, village: str, sees: bool
) -> None:
    number = a_case(village=village).number
    answer = call(who).get(f"/cases/{number}")
    listed = call(who).get("/cases")
    if who == "guanli":
        assert (answer.status_code, listed.status_code) == (403, 403)
    else:
        found = [item["number"] for item in listed.json["items"]]
        assert (answer.status_code == 200, number in found) == (sees, sees)


def test_a_department_keeps_seeing_what_it_once_owned(call: Call, a_case: MakeCase) -> None:
    case = a_case("assigned")
    call("zuzhang").act(case, "reassign", unit="county-water", reason="归水利局管")
    call("zuzhang").act(case, "reassign", unit="committee-SL", reason="还是村里办")
    assert call("bumen").get(f"/cases/{case.number}").status_code == 200


@pytest.mark.parametrize(
    ("named", "who"),
    [({"named_units": ("committee-SL",)}, "cunwei-sl"), ({"named_users": ("lingdao",)}, "lingdao")],
)
def test_nobody_sees_the_matter_that_is_about_them(
    call: Call, a_case: MakeCase, named: dict[str, Any], who: str
) -> None:
    number = a_case(**named).number
    assert call(who).get(f"/cases/{number}").status_code == 404
    assert number not in everything_listed(call(who))


def test_the_number_of_a_case_that_names_them_stays_hidden_in_the_one_merged_into_it(
    call: Call, a_case: MakeCase
) -> None:
    target = a_case(named_users=("xiangzhen",)).number
    merged = a_case().number
    call("zuzhang").act(merged, "merge", into=target, reason="同一件事")
    assert call("zuzhang").get(f"/cases/{merged}").json["merged_into"] == target
    assert call("xiangzhen").get(f"/cases/{merged}").json["merged_into"] is None


def test_a_right_that_is_taken_away_is_gone_at_the_next_request(
    call: Call, a_case: MakeCase, with_role: Callable[[str, str], None]
) -> None:
    number = a_case().number
    assert call("zuyuan").get(f"/cases/{number}").status_code == 200
    with_role("zuyuan", "admin")
    assert call("zuyuan").get(f"/cases/{number}").status_code == 403


def everything_listed(caller: Caller) -> str:
    return "".join(caller.get(path).text for path in ("/cases", "/complainants", "/inbox"))
