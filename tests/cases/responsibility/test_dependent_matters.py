"""A register says nothing else while open matters rest on it, through whichever door."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from accounts.access.actor import SYSTEM
from accounts.models import Area, Unit
from accounts.registers import area_changes
from accounts.registers.areas import import_areas
from accounts.registers.open_matters import NO_MATTERS, OpenMatters
from accounts.registers.unit_imports import import_units
from cases.configuration.case_rules import CountyRules
from cases.models.case import Case
from cases.responsibility.dependent_matters import DependentMatters
from cases.responsibility.open_duties import in_use
from cases.verification.verify import verify
from core.errors import Invalid
from core.persistence.db import Base, Database
from core.tables.import_report import ImportReport
from tests.builders import a_case, actor_named, at

NOW = at("2026-03-03")
COMMITTEE = {
    "code": "committee-GG",
    "name": "高观村两委",
    "kind": "committee",
    "area": "GG",
    "superior": "township-MA",
}
VILLAGE = {"code": "GG", "name": "高观村", "level": "village", "parent": "MA"}
#: What no open matter rests on, by table and column, and why.
FREE = {
    ("units", "id"): "the program's own",
    ("units", "code"): "a unit keeps it for ever",
    ("units", "phone"): "a telephone for villagers; nobody's right rests on it",
    ("units", "name"): "a slip in a name is mended, the history has the codes",
    ("units", "active"): "closing asks open_duties.in_use",
    ("areas", "id"): "the program's own",
    ("areas", "code"): "an area keeps it for ever",
    ("areas", "name"): "a case keeps the name of its day",
    ("areas", "level"): "an area keeps it for ever",
    ("areas", "path"): "follows from the parent",
    ("areas", "valid_from"): "set once, when the area begins",
    ("areas", "valid_until"): "an ended village lies below its successor, with its matters",
    ("areas", "successor_id"): "tried below, by merging",
    ("areas", "land_mu"): "a declared total",
    ("areas", "groups_declared"): "a declared total",
    ("areas", "households_declared"): "a declared total",
    ("areas", "population_declared"): "a declared total",
}
#: Another value for each column that open matters rest on.
OTHER = {
    ("units", "kind"): {"kind": "department"},
    ("units", "area_id"): {"area": "SL"},
    ("units", "superior_id"): {"superior": ""},
    ("areas", "parent_id"): {"parent": "MB"},
}


def take_unit(
    session: Session, rules: CountyRules, matters: OpenMatters | None = None, **other: str
) -> ImportReport:
    """Import the row of a unit with something else in it."""
    return import_units(
        session,
        actor=SYSTEM,
        rows=[(2, {**COMMITTEE, **other})],
        matters=matters or DependentMatters(session, SYSTEM),
        chain=rules.services.chain,
        now=NOW,
    )


def take_area(
    session: Session, rules: CountyRules, matters: OpenMatters | None = None, **other: str
) -> ImportReport:
    """Import the row of an area with something else in it, beside another township."""
    return import_areas(
        session,
        actor=SYSTEM,
        rows=[
            (2, {"code": "MB", "name": "马背乡", "level": "township", "parent": "SX"}),
            (3, VILLAGE | other),
        ],
        matters=matters or DependentMatters(session, SYSTEM),
        chain=rules.services.chain,
        now=NOW,
    )


def test_every_column_of_a_register_is_tried_or_has_a_reason() -> None:
    columns = {(name, column.name) for name in ("areas", "units") for column in Base.metadata.tables[name].c}
    assert set(FREE) | set(OTHER) == columns
    assert not set(FREE) & set(OTHER)


@pytest.mark.parametrize(("table", "column"), OTHER)
def test_what_open_matters_rest_on_stays_until_they_are_done(
    town: Database, rules: CountyRules, table: str, column: str
) -> None:
    take: Callable[..., ImportReport] = take_unit if table == "units" else take_area
    with town.transaction() as session:
        a_case(session, rules, "assigned", village="GG")
        a_case(session, rules, "closed", village="GG")
        assert take(session, rules, **OTHER[table, column]).problems[0].facts == {"matters": 1}
        assert take(session, rules).problems == []
        assert list(verify(session, rules=rules)) == []


@pytest.mark.parametrize(("table", "column"), OTHER)
def test_what_rests_on_a_register_is_not_counted_for_whom_it_names(
    town: Database, rules: CountyRules, table: str, column: str
) -> None:
    take: Callable[..., ImportReport] = take_unit if table == "units" else take_area
    with town.transaction() as session:
        a_case(session, rules, "assigned", village="GG", named_users=("xiangzhen",))
        reader = replace(actor_named(session, "xiangzhen"), roles=frozenset({"admin", "coordinator"}))
        untold = take(session, rules, DependentMatters(session, reader), **OTHER[table, column]).problems[0]
        assert (untold.code.endswith("_untold"), untold.facts) == (True, {})
        named = DependentMatters(session, replace(reader, roles=frozenset({"admin"})))
        assert take(session, rules, named, **OTHER[table, column]).problems[0].code == untold.code
        admin = replace(actor_named(session, "guanli"), unit_id=None)
        told = take(session, rules, DependentMatters(session, admin), **OTHER[table, column]).problems[0]
        assert (f"{told.code}_untold", told.facts) == (untold.code, {"matters": 1})


@pytest.mark.parametrize(("table", "column"), OTHER)
def test_what_nothing_rests_on_is_changed(
    town: Database, rules: CountyRules, table: str, column: str
) -> None:
    take: Callable[..., ImportReport] = take_unit if table == "units" else take_area
    with town.transaction() as session:
        a_case(session, rules, "assigned", village="SL")
        a_case(session, rules, "closed", village="GG")
        report = take(session, rules, **OTHER[table, column])
        assert (report.problems, report.changed) == ([], 1)
        assert list(verify(session, rules=rules)) == []


@pytest.mark.parametrize(("table", "column"), [("units", "area_id"), ("areas", "parent_id")])
def test_a_change_that_asks_nobody_would_be_found(
    town: Database, rules: CountyRules, table: str, column: str
) -> None:
    take: Callable[..., ImportReport] = take_unit if table == "units" else take_area
    with town.transaction() as session:
        a_case(session, rules, "assigned", village="GG")
        assert take(session, rules, NO_MATTERS, **OTHER[table, column]).problems == []
        assert {one.rule for one in verify(session, rules=rules)} >= {"covering"}


def test_a_village_is_merged_into_one_of_another_township_only_without_open_matters(
    town: Database, rules: CountyRules
) -> None:
    given: dict[str, Any] = {"code": "GG", "into": "MBX", "on": date(2026, 3, 1), "today": date(2026, 3, 3)}

    def merge(session: Session) -> None:
        area_changes.merge_area(
            session,
            actor=SYSTEM,
            matters=DependentMatters(session, SYSTEM),
            chain=rules.services.chain,
            now=NOW,
            **given,
        )

    with town.transaction() as session:
        case = a_case(session, rules, "assigned", village="GG")
        take_area(session, rules)
        import_areas(
            session,
            actor=SYSTEM,
            rows=[(2, {"code": "MBX", "name": "背西村", "level": "village", "parent": "MB"})],
            matters=NO_MATTERS,
            chain=rules.services.chain,
            now=NOW,
        )
        with pytest.raises(Invalid) as refused:
            merge(session)
        assert refused.value.errors == {"into": ["matters_of_old_parent"]}
        assert refused.value.facts["matters"] == 1
        given["into"] = "SL"  # of the same township: those who have the matter still cover it
        merge(session)
        assert list(verify(session, rules=rules)) == []
        assert case.state == "assigned"


def test_a_request_for_more_time_waits_for_the_superior_it_was_sent_to(
    town: Database, rules: CountyRules, act: Callable[..., None]
) -> None:
    with town.transaction() as session:
        number = a_case(session, rules, "assigned", village="GG").number
        assert take_unit(session, rules, superior="county-office").problems == []
        assert take_unit(session, rules).problems == []
    act("cunwei-gg", number, "request_extension", "2026-03-03", due_on=date(2026, 5, 11), reason="等料")
    with town.transaction() as session:
        problem = take_unit(session, rules, superior="county-office").problems[0]
        assert (problem.column, problem.code) == ("superior", "matters_need_superior")


def test_the_last_superior_of_a_unit_with_open_matters_is_in_use(town: Database, rules: CountyRules) -> None:
    with town.transaction() as session:
        a_case(session, rules, "assigned", village="GG")
        township = session.query(Unit).filter_by(code="township-MA").one()
        assert session.query(Case).filter_by(reply_owner_id=township.id).count() == 0
        assert not in_use(session, township.id)
        session.execute(
            update(Unit).where(Unit.code.in_(("county-office", "leading-group"))).values(active=False)
        )
        assert in_use(session, township.id)
        assert session.query(Area).filter_by(code="GG").one().path == "/SX/MA/GG/"
