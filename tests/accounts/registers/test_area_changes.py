"""Villages merge and are renamed from a day: what is old keeps its name, and whoever takes over sees it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from accounts.access.actor import SYSTEM, Actor
from accounts.history import verify_chains
from accounts.models import Area, Unit
from accounts.registers import area_changes
from accounts.registers.areas import by_code, import_areas
from accounts.registers.open_matters import NO_MATTERS
from accounts.registers.units import by_code as unit_by_code
from cases.configuration.case_rules import CountyRules
from cases.lifecycle import take_step
from cases.lifecycle.action_values import ComplainantEntry
from cases.lifecycle.build_values import build_values
from cases.models.case import Case
from cases.queries.case_list import get_case
from cases.verification.verify import verify
from core.errors import Conflict, Invalid, NotFound
from core.persistence.db import Database
from tests.api.conftest import with_role
from tests.builders import at, fields_of

__all__ = ["with_role"]

NOW, TODAY = at("2026-03-03"), date(2026, 3, 3)


def merge(db: Database, rules: CountyRules, actor: Actor = SYSTEM, **fields: Any) -> None:
    given: dict[str, Any] = {"code": "SL", "into": "YY", "on": date(2026, 3, 1), **fields}
    with db.transaction() as session:
        area_changes.merge_area(
            session,
            matters=NO_MATTERS,
            actor=actor,
            chain=rules.services.chain,
            today=TODAY,
            now=NOW,
            **given,
        )


def rename(db: Database, rules: CountyRules, **fields: Any) -> None:
    given: dict[str, Any] = {
        "code": "SL",
        "new_code": "SX2",
        "new_name": "杉西村",
        "on": date(2026, 3, 1),
        **fields,
    }
    with db.transaction() as session:
        area_changes.rename_area(
            session, actor=SYSTEM, chain=rules.services.chain, today=TODAY, now=NOW, **given
        )


def area(db: Database, code: str) -> Area:
    with db.reading() as session:
        found = by_code(session, code)
    assert found is not None
    return found


def test_a_merged_village_goes_on_in_the_other_and_everybody_still_sees_its_open_cases(
    town: Database, rules: CountyRules, actor: Callable[[str], Actor], a_case: Callable[..., Case]
) -> None:
    case = a_case("assigned", village="SL")
    merge(town, rules)
    old, after = area(town, "SL"), area(town, "YY")
    assert (old.name, old.valid_until, old.successor_id) == ("杉岭村", date(2026, 2, 28), after.id)
    assert (old.path, old.parent_id) == ("/SX/MA/YY/SL/", after.id)
    with town.reading() as session:
        for username in ("cunwei-sl", "cunwei-yy", "xiangzhen", "zuyuan"):
            assert get_case(session, actor=actor(username), number=case.number).id == case.id
        assert unit_by_code(session, "committee-SL").area_id == after.id  # type: ignore[union-attr]
        with pytest.raises(NotFound):
            get_case(session, actor=actor("cunwei-gg"), number=case.number)
    with town.transaction() as session:
        take_step.take_step(
            session,
            actor=actor("cunwei-sl"),
            rules=rules,
            number=case.number,
            action="resolve",
            values=build_values("resolve", fields_of(session, case, "resolve")),
            now=NOW,
        )
    with town.reading() as session:
        assert list(verify(session, rules=rules)) == []


def test_a_household_of_the_merged_village_raises_matters_in_the_new_one(
    town: Database, rules: CountyRules, a_case: Callable[..., Case]
) -> None:
    merge(town, rules)
    case = a_case("received", village="YY", complainants=(ComplainantEntry(household="SL-01-001"),))
    assert case.number.startswith("YY-")
    with pytest.raises(Invalid, match="invalid"):
        a_case("received", village="SL", now=NOW)


def test_a_renamed_village_has_a_new_name_and_the_old_cases_keep_theirs(
    town: Database, rules: CountyRules, actor: Callable[[str], Actor], a_case: Callable[..., Case]
) -> None:
    case = a_case("assigned", village="SL")
    rename(town, rules)
    old, after = area(town, "SL"), area(town, "SX2")
    assert (after.name, after.valid_from, after.path) == ("杉西村", date(2026, 3, 1), "/SX/MA/SX2/")
    assert (after.households_declared, old.name, case.village_id) == (291, "杉岭村", old.id)
    assert actor("cunwei-sl").area_path == "/SX/MA/SX2/"
    with town.reading() as session:
        assert get_case(session, actor=actor("cunwei-sl"), number=case.number).id == case.id
        assert list(verify(session, rules=rules)) == []


def test_a_renamed_township_takes_its_villages_along(
    town: Database, rules: CountyRules, actor: Callable[[str], Actor]
) -> None:
    rename(town, rules, code="MA", new_code="MX", new_name="马鞍镇")
    assert [area(town, code).path for code in ("MX", "SL", "MA")] == ["/SX/MX/", "/SX/MX/SL/", "/SX/MX/MA/"]
    assert actor("xiangzhen").area_path == "/SX/MX/"
    with town.reading() as session:
        assert list(verify_chains(session, rules.services.chain)) == []


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"on": None}, {"on": ["required"]}),
        ({"on": date(2026, 3, 4)}, {"on": ["not_yet"]}),
        ({"into": "SL"}, {"into": ["not_of_the_same_level"]}),
        ({"into": "MA"}, {"into": ["not_of_the_same_level"]}),
        ({"into": "NO"}, {"into": ["unknown_area"]}),
    ],
    ids=lambda value: "-".join(map(str, value.values())),
)
def test_what_cannot_be_merged(
    town: Database, rules: CountyRules, fields: dict[str, Any], wrong: dict[str, list[str]]
) -> None:
    with pytest.raises(Invalid) as refused:
        merge(town, rules, **fields)
    assert refused.value.errors == wrong


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"new_name": " "}, {"new_name": ["required"]}),
        ({"new_code": "a b"}, {"new_code": ["not_an_area_code"]}),
        ({"on": date(2026, 3, 4), "new_code": ""}, {"on": ["not_yet"], "new_code": ["not_an_area_code"]}),
    ],
    ids=lambda value: "-".join(map(str, value.values())),
)
def test_what_cannot_be_renamed(
    town: Database, rules: CountyRules, fields: dict[str, Any], wrong: dict[str, list[str]]
) -> None:
    with pytest.raises(Invalid) as refused:
        rename(town, rules, **fields)
    assert refused.value.errors == wrong


def test_a_code_is_never_given_twice_and_what_has_ended_is_left_alone(
    town: Database, rules: CountyRules
) -> None:
    with pytest.raises(Conflict, match="area_code_taken"):
        rename(town, rules, new_code="GG")
    merge(town, rules)
    with pytest.raises(Conflict, match="area_has_ended"):
        merge(town, rules, into="GG")
    with pytest.raises(Invalid):
        merge(town, rules, code="GG", into="SL")


def test_a_sheet_of_before_does_not_bring_a_merged_village_back(town: Database, rules: CountyRules) -> None:
    merge(town, rules)
    rows = [
        {"code": "SL", "name": "杉岭村", "level": "village", "parent": "MA"},
        {"code": "SL1", "name": "一组", "level": "group", "parent": "SL"},
    ]
    with town.transaction() as session:
        report = import_areas(
            session,
            actor=SYSTEM,
            rows=enumerate(rows, start=2),
            matters=NO_MATTERS,
            chain=rules.services.chain,
            now=NOW,
        )
    assert [(one.row, one.code) for one in report.problems] == [(2, "area_has_ended"), (3, "area_has_ended")]
    assert area(town, "SL").path == "/SX/MA/YY/SL/"


def test_who_administers_one_township_merges_nothing_elsewhere(
    town: Database, rules: CountyRules, actor: Callable[[str], Actor], with_role: Callable[[str, str], None]
) -> None:
    with_role("xiangzhen", "admin")
    with pytest.raises(NotFound):
        merge(town, rules, actor("xiangzhen"), code="SX", into="SX")
    merge(town, rules, actor("xiangzhen"))
    with town.reading() as session:
        assert session.scalars(select(Unit.code).join(Area).where(Area.code == "SL")).all() == []
