"""What facts speak of by a code or an id gets its name, in one statement or none."""

from sqlalchemy import select

from accounts.models import User
from cases.history.amendment_facts import AmendHouseholdFacts
from cases.history.facts import AssignFacts, NoFacts
from cases.queries.fact_names import FactNames, load_names
from core.persistence.db import Database
from roster.models import Household
from tests.statements import statements


def test_units_users_and_households_are_named_together(town: Database) -> None:
    with town.reading() as session:
        user = session.scalars(select(User.id).where(User.username == "bumen")).one()
        home = session.scalars(select(Household.id).where(Household.key == "SL-02-005")).one()
        facts = [
            AssignFacts(unit="team", binding=False, named_units=("county-water",), named_users=(user,)),
            AmendHouseholdFacts(reason="写错了", field="household", before=None, after=home),
        ]
        with statements(town) as asked:
            names = load_names(session, facts)
    assert len(asked) == 1
    assert names == FactNames(
        units={"team": "驻马鞍乡工作组", "county-water": "示范县水利局"},
        users={user: "水利局经办"},
        households={home: (2, 5)},
    )


def test_nothing_is_asked_where_facts_speak_of_nobody(town: Database) -> None:
    with town.reading() as session, statements(town) as asked:
        assert load_names(session, [NoFacts()]) == FactNames()
    assert asked == []


def test_what_is_gone_has_no_name(town: Database) -> None:
    with town.reading() as session:
        assert load_names(session, [AssignFacts(unit="gone", binding=False)]).units == {}
