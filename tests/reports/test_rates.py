from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.access.actor import SYSTEM, Actor
from cases.configuration.case_rules import CountyRules
from cases.models.case import Case
from cases.queries import complainant_list
from cases.queries.case_list import list_cases
from cases.vocabulary import LAST_OUTCOMES
from core.errors import Forbidden, Invalid, NotFound
from core.persistence.db import Database
from reports.rate_definitions import BY_CODE, RATES, Rate
from reports.rates import count_rates
from roster.models import Household
from tests.builders import actor_named, at
from tests.reports.counted import count_figure, list_members
from tests.reports.ledger import NOW
from tests.statements import statements

EVERYWHERE = {"next village", "in confidence"}
ANSWERED = EVERYWHERE | {
    "at the door",
    "closed",
    "late",
    "extended",
    "answered again",
    "reopened",
    "rejected",
    "told",
    "nobody there",
    "two complainants",
}
ALL = ANSWERED | {"overdue", "fresh", "taken up again", "half told"}
#: A withdrawal that was taken up again goes on in its first round, with the date that it had.
LATE_OR_WAITING = {"late", "overdue", "half told", "taken up again"}
OPEN = ALL - {"closed", "rejected"}

#: For each rate the histories in its numerator and in its denominator.
COUNTED: dict[str, tuple[set[str], set[str]]] = {
    "answered": (ANSWERED, ALL),
    "answered.reopened": ({"answered again", "reopened", "two complainants"}, ANSWERED),
    "answered.unreachable": ({"nobody there"}, ANSWERED),
    "on_time": (ANSWERED - {"late"}, ANSWERED | LATE_OR_WAITING),
    "on_time.extended": ({"extended"}, {"extended"}),
    "on_time.later_rounds": ({"answered again"}, {"answered again"}),
    "resolved": (
        EVERYWHERE | {"at the door", "closed", "late", "extended", "answered again", "nobody there"},
        ALL,
    ),
    "closed": ({"closed"}, ALL),
    "outcomes": (ANSWERED, ANSWERED),
    "outcomes.solved": ({"closed", "answered again", "two complainants"}, ANSWERED),
    "outcomes.partly_solved": ({"late"}, ANSWERED),
    "outcomes.planned": (set(), ANSWERED),
    "outcomes.explained": (EVERYWHERE | {"at the door", "reopened"}, ANSWERED),
    "outcomes.referred": ({"extended"}, ANSWERED),
    "outcomes.rejected": ({"rejected"}, ANSWERED),
    "outcomes.unreachable": ({"nobody there"}, ANSWERED),
    "outcomes.undecided": ({"told"}, ANSWERED),
    "in_hand": (
        EVERYWHERE
        | {"at the door", "closed", "late", "extended", "fresh", "answered again"}
        | {"rejected", "nobody there"},
        ALL,
    ),
    "overdue": (OPEN - {"fresh"}, OPEN),
    "uncounted.void": ({"void"}, ALL | {"void", "withdrawn", "merged"}),
    "uncounted.merged": ({"merged"}, ALL | {"void", "withdrawn", "merged"}),
    "uncounted.withdrawn": ({"withdrawn"}, ALL | {"void", "withdrawn", "merged"}),
}


def names_of(session: Session, numbers: list[Any]) -> set[str]:
    return set(session.scalars(select(Case.client_ref).where(Case.number.in_(numbers))))


def follow(session: Session, rules: CountyRules, actor: Actor, address: str, now: Any) -> int:
    """Count the items of the list at an address, as the API reads its parameters."""
    parts = urlsplit(address)
    filters = {name: typed(name, value) for name, value in parse_qsl(parts.query)}
    if parts.path == "/api/v1/cases":
        page = list_cases(session, actor=actor, rules=rules, filters=filters, now=now, limit=200)
        return len(page.items)
    if parts.path == "/api/v1/complainants":
        found = complainant_list.list_complainants(
            session, actor=actor, rules=rules, filters=filters, now=now, limit=200
        )
        return len(found.items)
    assert parts.path == "/api/v1/households"
    assert filters.pop("raised")
    today = now.astimezone(rules.zone).date()
    return len(
        session.scalars(select(Household.id).where(complainant_list.raised(actor, filters, today))).all()
    )


def typed(name: str, value: str) -> Any:
    if value in ("true", "false"):
        return value == "true"
    return date.fromisoformat(value) if name.startswith("received_") else value


@pytest.mark.parametrize("part", ["numerator", "denominator"])
@pytest.mark.parametrize("code", COUNTED)
def test_a_rate_counts_exactly_these_histories(
    told: Database, rules: CountyRules, code: str, part: str
) -> None:
    with told.reading() as session:
        found = list_members(session, code=code, part=part, actor=SYSTEM, rules=rules, now=NOW)
        assert names_of(session, found) == COUNTED[code][part == "denominator"]


def test_the_table_above_leaves_out_no_rate_of_cases() -> None:
    assert set(COUNTED) == {code for code, rate in BY_CODE.items() if rate.counts == "cases"}


def test_households_that_raised_something_count_once(told: Database, rules: CountyRules) -> None:
    with told.reading() as session:
        ask: dict[str, Any] = {"code": "revisited", "actor": SYSTEM, "rules": rules, "now": NOW}
        assert list_members(session, part="numerator", **ask) == ["SL-01-001", "SL-02-005"]
        assert list_members(session, part="denominator", **ask) == [
            "GG-07-002",
            "SL-01-001",
            "SL-02-005",
            "YY-03-017",
        ]


def test_satisfaction_counts_complainants_who_answered(told: Database, rules: CountyRules) -> None:
    with told.reading() as session:
        counted = count_figure(session, code="satisfied", actor=SYSTEM, rules=rules, now=NOW)
    assert (counted.numerator, counted.denominator) == (2, 5)  # the sample size is the denominator


def test_a_confidential_household_is_counted_for_everybody_and_named_to_those_who_may_know_it(
    told: Database, rules: CountyRules
) -> None:
    named = {"zuyuan": True, "zuzhang": True, "jiandu": True, "lingdao": False, "cunwei-gg": False}
    with told.reading() as session:
        for name, known in named.items():
            actor = actor_named(session, name)
            ask: dict[str, Any] = {
                "code": "revisited",
                "actor": actor,
                "rules": rules,
                "area": "GG",
                "now": NOW,
            }
            assert count_figure(session, **ask).denominator == 1
            members = list_members(session, part="denominator", **ask)
            assert members == (["GG-07-002"] if known else [None])


def test_outcomes_add_up_to_all_answered_cases(told: Database, rules: CountyRules) -> None:
    with told.reading() as session:
        shown = count_rates(session, actor=SYSTEM, rules=rules, now=NOW)["rates"]["outcomes"]
    assert list(shown["parts"]) == list(LAST_OUTCOMES)
    assert sum(part["numerator"] for part in shown["parts"].values()) == shown["denominator"]
    assert sum(part["value"] for part in shown["parts"].values()) == pytest.approx(1)


def test_a_rate_of_nothing_has_no_value(told: Database, rules: CountyRules) -> None:
    long_ago = date(2020, 1, 1)
    with told.reading() as session:
        shown = count_rates(session, actor=SYSTEM, rules=rules, start=long_ago, end=long_ago, now=NOW)[
            "rates"
        ]
    assert {(rate["numerator"], rate["denominator"], rate["value"]) for rate in shown.values()} == {
        (0, 0, None)
    }


def test_void_merged_and_withdrawn_cases_are_listed_beside_the_rates(
    told: Database, rules: CountyRules
) -> None:
    with told.reading() as session:
        beside = count_rates(session, actor=SYSTEM, rules=rules, now=NOW)["uncounted"]
        for shown in beside.values():
            assert follow(session, rules, SYSTEM, shown["list"], NOW) == shown["count"] == 1


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (None, date(2026, 3, 1), 0),
        (date(2026, 3, 2), date(2026, 3, 2), len(ALL) - 1),
        (date(2026, 3, 3), None, 1),
        (date(2026, 4, 20), date(2026, 4, 20), 1),
    ],
)
def test_both_ends_of_the_period_are_days_of_receipt(
    told: Database, rules: CountyRules, start: date | None, end: date | None, expected: int
) -> None:
    with told.reading() as session:
        counted = count_figure(
            session, code="answered", actor=SYSTEM, rules=rules, start=start, end=end, now=NOW
        )
    assert counted.denominator == expected


@pytest.mark.parametrize(
    ("area", "expected"), [("SX", len(ALL)), ("MA", len(ALL)), ("SL", len(ALL) - 2), ("YY", 1)]
)
def test_an_area_counts_with_everything_below_it(
    told: Database, rules: CountyRules, area: str, expected: int
) -> None:
    with told.reading() as session:
        counted = count_figure(session, code="answered", actor=SYSTEM, rules=rules, area=area, now=NOW)
    assert counted.denominator == expected


@pytest.mark.parametrize("area", ["YY", "MA", "SX", "NOWHERE", ""])
def test_an_area_outside_the_scope_is_as_unknown_as_one_that_does_not_exist(
    told: Database, rules: CountyRules, area: str
) -> None:
    with told.reading() as session, pytest.raises(NotFound):
        count_rates(session, actor=actor_named(session, "cunwei-sl"), rules=rules, area=area, now=NOW)


def test_without_an_area_everybody_counts_the_own_scope(told: Database, rules: CountyRules) -> None:
    expected = {"cunwei-sl": len(ALL) - 2, "cunwei-yy": 1, "zuzhang": len(ALL), "bumen": 0}
    with told.reading() as session:
        found = {
            name: count_figure(
                session, code="answered", actor=actor_named(session, name), rules=rules, now=NOW
            ).denominator
            for name in expected
        }
    assert found == expected


def test_an_administrator_of_accounts_may_not_count_cases(told: Database, rules: CountyRules) -> None:
    with told.reading() as session, pytest.raises(Forbidden):
        count_rates(session, actor=actor_named(session, "guanli"), rules=rules, now=NOW)


def test_a_period_that_ends_before_it_begins_is_refused(told: Database, rules: CountyRules) -> None:
    with told.reading() as session, pytest.raises(Invalid):
        count_rates(session, actor=SYSTEM, rules=rules, start=date(2026, 3, 2), end=date(2026, 3, 1), now=NOW)


def test_the_number_of_statements_does_not_grow_with_the_rates(told: Database, rules: CountyRules) -> None:
    with statements(told) as seen, told.reading() as session:
        count_rates(session, actor=SYSTEM, rules=rules, area="MA", now=NOW)
    assert len(seen) == 4  # the area, then cases, households and complainants


ACTORS = ("system", "zuyuan", "zuzhang", "cunwei-sl", "cunwei-yy", "xiangzhen", "lingdao", "jiandu")
DAYS = st.none() | st.dates(date(2026, 2, 27), date(2026, 4, 22))


@settings(max_examples=15)
@given(
    who=st.sampled_from(ACTORS),
    area=st.sampled_from([None, "SL", "YY"]),
    ends=st.tuples(DAYS, DAYS),
    day=st.dates(date(2026, 3, 2), date(2026, 6, 30)),
    chosen=st.lists(st.sampled_from(RATES), min_size=4, max_size=4, unique_by=lambda rate: rate.code),
)
def test_every_figure_is_the_length_of_its_list_and_lies_within_its_whole(
    told: Database,
    rules: CountyRules,
    who: str,
    area: str | None,
    ends: tuple[date | None, date | None],
    day: date,
    chosen: list[Rate],
) -> None:
    start, end = sorted(ends, key=str) if None not in ends else ends
    now = at(day.isoformat(), 16)
    with told.reading() as session:
        actor = SYSTEM if who == "system" else actor_named(session, who)
        if area is not None and who.startswith("cunwei") and not who.endswith(area.lower()):
            area = None
        ask: dict[str, Any] = {
            "actor": actor, "rules": rules, "area": area, "start": start, "end": end, "now": now
        }  # fmt: skip
        shown = count_rates(session, **ask)["rates"]
        for rate in chosen:
            name, _, part = rate.code.partition(".")
            counted = shown[name]["parts"][part] if part else shown[name]
            inside = list_members(session, code=rate.code, part="numerator", **ask)
            whole = list_members(session, code=rate.code, part="denominator", **ask)
            assert set(inside) <= set(whole)
            assert (len(inside), len(whole)) == (counted["numerator"], counted["denominator"])
            assert follow(session, rules, actor, counted["numerator_list"], now) == len(inside)
            assert follow(session, rules, actor, counted["denominator_list"], now) == len(whole)
