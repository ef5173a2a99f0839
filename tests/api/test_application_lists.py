"""The other lists: figures with theirs, households, complainants and the inbox."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case
from tests.api.conftest import Caller, Clock
from tests.builders import at
from wsgi.schemas.fields import Date, OneOfField, QueryBoolean
from wsgi.schemas.request_schemas import ComplainantList

Call = Callable[[str], Caller]
MakeCase = Callable[..., Case]


@pytest.fixture
def shelf(call: Call, a_case: MakeCase, clock: Clock) -> None:
    """Fill the township with cases of many fates."""
    people = (ComplainantEntry(household="SL-01-001"), ComplainantEntry(name="覃某"))
    for state in ("received", "assigned", "resolved", "closed", "rejected", "withdrawn", "void"):
        a_case(state)
    a_case("received", complainants=people)
    a_case("closed", village="YY", complainants=(ComplainantEntry(household="YY-03-017"),))
    a_case(
        "received", complainants=(ComplainantEntry(household="SL-02-005", name="覃二妹", confidential=True),)
    )
    of_department = a_case("received", village="GG", complainants=(ComplainantEntry(household="GG-07-002"),))
    call("zuzhang").act(of_department, "assign", unit="county-water")
    reopened = a_case("resolved")
    call("zuyuan").act(reopened, "reopen", reason="水又断了")
    clock.moment = at("2026-03-09", 12)


def figures(rates: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for code, rate in rates.items():
        yield code, rate
        for part, shown in rate.get("parts", {}).items():
            yield f"{code}.{part}", shown


def pages(caller: Caller, address: str) -> list[Any]:
    """Return every item of a list, following its cursor in pages of two."""
    items: list[Any] = []
    cursor = ""
    while True:
        page = caller.open(f"{address}&limit=2{cursor}")
        assert page.status_code == 200, page.text
        items += page.json["items"]
        if page.json["next"] is None:
            return items
        cursor = f"&cursor={page.json['next']}"


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize("who", ["zuzhang", "cunwei-sl", "bumen", "lingdao", "jiandu"])
def test_every_figure_opens_exactly_the_list_it_counts(call: Call, who: str) -> None:
    rates = call(who).get("/rates").json
    wrong = []
    for code, rate in figures(rates["rates"]):
        for part in ("numerator", "denominator"):
            found = pages(call(who), rate[f"{part}_list"])
            if len(found) != rate[part]:
                wrong.append((code, part, rate[part], len(found)))
    assert wrong == []
    assert {state: len(pages(call(who), one["list"])) for state, one in rates["uncounted"].items()} == {
        state: one["count"] for state, one in rates["uncounted"].items()
    }


@pytest.mark.usefixtures("shelf")
def test_figures_of_an_area_and_a_period_say_which(call: Call) -> None:
    query = {"area": "SL", "from": "2026-03-01", "to": "2026-03-31"}
    found = call("zuzhang").get("/rates", **query).json
    assert (found["area"], found["from"], found["to"]) == ("SL", "2026-03-01", "2026-03-31")
    assert "village=SL" in found["rates"]["answered"]["numerator_list"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"area": "ZZ"}, 404),
        ({"from": "2026-03-02", "to": "2026-03-01"}, 422),
        ({"from": "yesterday"}, 422),
        ({"since": "2026-03-01"}, 422),
    ],
    ids=str,
)
def test_figures_for_what_there_is_not_are_refused(call: Call, query: dict[str, str], status: int) -> None:
    assert call("zuzhang").get("/rates", **query).status_code == status


def keys(answer: Any) -> list[str]:
    return [item["key"] for item in answer.json["items"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["GG-07-002", "SL-01-001", "SL-02-005", "YY-03-017"]),
        ({"village": "SL"}, ["SL-01-001", "SL-02-005"]),
        ({"village": "SL", "group": 2}, ["SL-02-005"]),
        ({"q": "大贵"}, ["YY-03-017"]),
        ({"q": "gg-07"}, ["GG-07-002"]),
        ({"q": "%"}, []),
        ({"raised": "true"}, []),
    ],
    ids=str,
)
def test_households_are_found_by_village_group_and_head(
    call: Call, query: dict[str, Any], expected: list[str]
) -> None:
    assert keys(call("zuzhang").get("/households", **query)) == expected


def test_households_come_in_pages_and_with_phones_masked(call: Call) -> None:
    first = call("zuzhang").get("/households", limit=3)
    rest = call("zuzhang").get("/households", limit=3, cursor=first.json["next"])
    assert (len(keys(first)), keys(rest), rest.json["next"]) == (3, ["YY-03-017"], None)
    assert rest.json["items"][0]["phone"] == "139****1234"


@pytest.mark.parametrize(
    ("query", "field"),
    [({"state": "received"}, "state"), ({"colour": "red"}, "colour"), ({"group": "０"}, "group")],
)
def test_filters_of_matters_need_raised(call: Call, query: dict[str, str], field: str) -> None:
    refused = call("zuzhang").get("/households", **query)
    assert (refused.status_code, list(refused.json["errors"])) == (422, [field])


@pytest.mark.usefixtures("shelf")
def test_a_confidential_household_is_listed_without_its_name_to_whoever_may_not_know_it(call: Call) -> None:
    assert "SL-02-005" in keys(call("zuzhang").get("/households", raised="true"))
    answer = call("cunwei-sl").get("/households", raised="true")
    assert "SL-02-005" not in answer.text
    [unnamed] = [one for one in answer.json["items"] if one["confidential"]]
    assert {name for name, value in unnamed.items() if value is not None} == {
        "confidential",
        "village",
        "village_name",
    }
    assert all(one["household"] == one["key"] for one in answer.json["items"])


@pytest.mark.usefixtures("shelf")
def test_a_rate_of_households_is_the_same_for_all_who_see_the_area_and_so_is_its_list(call: Call) -> None:
    found = set()
    for who in ("zuzhang", "lingdao", "jiandu", "xiangzhen"):
        rate = call(who).get("/rates", area="SL").json["rates"]["revisited"]
        listed = pages_of(call(who), rate["denominator_list"])
        assert len(listed) == rate["denominator"]
        found.add((rate["numerator"], rate["denominator"]))
    assert len(found) == 1


def test_comparing_the_two_lists_of_a_figure_betrays_no_confidential_household(
    call: Call, a_case: MakeCase
) -> None:
    """One household spoke openly and in confidence, and only the second matter was asked about again."""
    both, other = "SL-01-001", "SL-02-005"
    a_case("received", complainants=(ComplainantEntry(household=both),))
    a_case("closed", complainants=(ComplainantEntry(household=both, name="覃某", confidential=True),))
    a_case("closed", complainants=(ComplainantEntry(household=other),))
    for who in ("lingdao", "cunwei-sl", "zuzhang"):
        rate = call(who).get("/rates", area="SL").json["rates"]["revisited"]
        numerator, denominator = (
            [one["household"] for one in pages(call(who), rate[f"{part}_list"])]
            for part in ("numerator", "denominator")
        )
        assert (numerator, denominator) == ([both, other], [both, other]), who
        assert keys(call(who).get("/households", raised="true", revisited="false")) == []
    hidden = ComplainantEntry(household="GG-07-002", confidential=True)
    a_case("received", village="GG", complainants=(hidden,))
    unnamed = call("lingdao").get("/households", raised="true", revisited="false").json["items"]
    assert [one["household"] for one in unnamed] == [None]


@pytest.mark.usefixtures("shelf")
def test_nobody_finds_a_confidential_household_by_name_or_group(call: Call) -> None:
    for query in ({"q": "覃"}, {"group": 2}):
        answer = call("cunwei-sl").get("/households", raised="true", **query)
        assert answer.json["items"] == []


def pages_of(caller: Caller, address: str) -> list[dict[str, Any]]:
    """Return what a list holds over all its pages, one a page."""
    items: list[dict[str, Any]] = []
    cursor = ""
    while True:
        answer = caller.open(f"{address}&limit=1{cursor}")
        items += answer.json["items"]
        if answer.json["next"] is None:
            return items
        cursor = f"&cursor={answer.json['next']}"


@pytest.mark.usefixtures("shelf")
def test_a_department_reads_no_more_of_the_register_than_who_raised_its_cases(call: Call) -> None:
    assert call("bumen").get("/households").status_code == 403
    assert keys(call("bumen").get("/households", raised="true")) == ["GG-07-002"]


def test_the_inbox_holds_ones_own_notices_newest_first(call: Call, a_case: MakeCase) -> None:
    numbers = [a_case("assigned", now=at("2026-03-02") + timedelta(hours=hour)).number for hour in (0, 1)]
    items = call("cunwei-sl").get("/inbox").json["items"]
    assert [item["subject"] for item in items] == numbers[::-1]
    assert {item["kind"] for item in items} == {"assigned"}


def test_a_notice_is_read_once_and_only_by_its_owner(call: Call, a_case: MakeCase) -> None:
    a_case("assigned")
    notice = call("cunwei-sl").get("/inbox").json["items"][0]["id"]
    assert call("cunwei-yy").post(f"/inbox/{notice}/read").status_code == 404
    answers = [call("cunwei-sl").post(f"/inbox/{notice}/read") for _ in range(2)]
    assert [(one.status_code, one.json) for one in answers] == [(200, {"id": notice, "read": True})] * 2
    assert call("cunwei-sl").get("/inbox", unread="true").json["items"] == []


@pytest.mark.parametrize("body", [{"read": True}, [], "x"])
def test_marking_as_read_takes_nothing(call: Call, a_case: MakeCase, body: Any) -> None:
    a_case("assigned")
    notice = call("cunwei-sl").get("/inbox").json["items"][0]["id"]
    assert call("cunwei-sl").post(f"/inbox/{notice}/read", body).status_code == 422


@pytest.mark.parametrize("notice", ["0", "2147483647", "2147483648", "99999999999999999999", "-1", "x"])
def test_a_notice_that_does_not_exist_is_not_found(call: Call, notice: str) -> None:
    caller = call("zuzhang")
    answer = caller.client.post(
        f"/api/v1/inbox/{notice}/read", headers={"Authorization": f"Bearer {caller.token}"}
    )
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


@pytest.mark.parametrize("cursor", ["x", "9" * 30, "-1", "MQ==", "\x00", "é"])
@pytest.mark.parametrize("path", ["/cases", "/complainants", "/households", "/inbox"])
def test_a_cursor_that_was_not_made_here_never_fails(call: Call, path: str, cursor: str) -> None:
    assert call("zuzhang").get(path, cursor=cursor).status_code in (200, 422)


def every_filter() -> list[dict[str, str]]:
    """Return each filter of the lists once, with a value that it takes."""
    values = {"village": "SL", "state": "received", "category": "irrigation", "owner": "team", "q": "水"}
    found = []
    for name, field in ComplainantList().fields.items():
        if isinstance(field, QueryBoolean):
            found += [{name: "true"}, {name: "false"}]
        elif isinstance(field, OneOfField):
            found += [{name: choice} for choice in field.validators[0].choices]  # type: ignore[attr-defined]
        elif isinstance(field, Date):
            found.append({name: "2026-03-02"})
        elif name in values:
            found.append({name: values[name]})
    return found


@pytest.mark.usefixtures("shelf")
def test_every_filter_works_in_every_list_that_takes_it(call: Call) -> None:
    own = {"revisited", "rated", "content"}
    asked = [("/complainants", query) for query in every_filter()]
    asked += [("/households", {"raised": "true", **query}) for query in every_filter()]
    asked += [("/cases", query) for query in every_filter() if not own & query.keys()]
    failed = [(path, query) for path, query in asked if call("zuzhang").get(path, **query).status_code != 200]
    assert failed == []
