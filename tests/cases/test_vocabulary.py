"""The members of enums are texts to the databases and to the hashes, wherever they are handed in."""

import pytest
from sqlalchemy import bindparam, literal, select, text

from accounts.models import Area, Unit
from accounts.vocabulary import RECEIVING_KINDS, AreaLevel
from cases.vocabulary import OPEN_STATES, RECORDED_OUTCOMES, REPLY_OUTCOMES, UNCOUNTED_STATES
from config.vocabulary import UnitKind
from core.chain import canonical, row_digest
from core.persistence.db import Database, quoted
from workflow.definition.vocabulary import CaseState, Outcome, Rating


def test_a_member_is_bound_as_its_text(town: Database) -> None:
    with town.reading() as session:
        plain = session.execute(
            text("SELECT CAST(:state AS VARCHAR(20))"), {"state": CaseState.VOID}
        ).scalar_one()
        bound = session.scalars(select(bindparam("state", CaseState.VOID, type_=Area.level.type))).one()
        made = session.scalars(select(literal(CaseState.VOID, Area.level.type))).one()
    assert (plain, bound, made) == ("void", "void", "void")
    assert {type(one) for one in (plain, bound, made)} == {str}


def test_a_column_is_compared_with_members(town: Database) -> None:
    with town.reading() as session:
        villages = session.scalars(select(Area.level).where(Area.level == AreaLevel.VILLAGE)).all()
        kinds = set(session.scalars(select(Unit.kind).where(Unit.kind.in_(RECEIVING_KINDS))))
        others = set(session.scalars(select(Unit.kind).where(Unit.kind.not_in(RECEIVING_KINDS))))
    assert set(villages) == {"village"}
    assert kinds == {"team", "township"}
    assert others <= set(UnitKind) - kinds


@pytest.mark.parametrize("member", [CaseState.MERGED, Rating.FAIR, UnitKind.LEADING_GROUP])
def test_a_member_is_hashed_as_its_text(member: str) -> None:
    assert canonical({"value": member}) == canonical({"value": str(member)})
    assert row_digest({"value": member, "share": 1e-05}) == row_digest({"value": str(member), "share": 1e-05})


def test_a_constraint_names_the_texts() -> None:
    assert quoted(Rating) == "'satisfied', 'fair', 'dissatisfied'"


def test_a_state_is_open_or_final_and_an_outcome_concluded_or_come_of_itself() -> None:
    assert not set(OPEN_STATES) & set(UNCOUNTED_STATES)
    assert set(Outcome) - set(REPLY_OUTCOMES) == {Outcome.REJECTED, Outcome.UNREACHABLE}
    assert set(RECORDED_OUTCOMES) - set(REPLY_OUTCOMES) == {Outcome.REJECTED}
