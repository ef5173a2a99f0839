"""Whoever handles a matter does not also answer for it: the reply duty goes to the unit above."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from accounts.models import Unit
from cases.configuration.case_rules import CountyRules
from cases.history.entries import Entry
from cases.models.case import Case, Complainant
from cases.verification.verify import verify
from core.errors import Forbidden, Invalid
from core.persistence.db import Database
from tests import builders

Act = Callable[..., None]
ACase = Callable[..., Case]
REPORT = {"number": "1 号", "addressee": "县里", "sent_on": date(2026, 3, 2)}


def units_of(town: Database, case: Case) -> tuple[str | None, str]:
    """Return the codes of the owner and of the unit that owes the replies."""
    with town.reading() as session:
        codes = {unit.id: unit.code for unit in session.scalars(select(Unit))}
        found = session.get_one(Case, case.id)
        return codes.get(found.owner_id or 0), codes[found.reply_owner_id]


def test_the_team_may_handle_a_matter_itself(
    town: Database, rules: CountyRules, a_case: ACase, act: Act
) -> None:
    case = a_case()
    act("zuzhang", case.number, "assign", "2026-03-02", unit="team")
    assert units_of(town, case) == ("team", "leading-group")
    act("zuyuan", case.number, "accept", "2026-03-02")
    with town.reading() as session:
        person = session.scalars(select(Complainant.id).where(Complainant.case_id == case.id)).one()
        entry = session.scalars(select(Entry).where(Entry.action == "assign")).one()
        assert entry.facts["reply_owner"] == "leading-group"
    said = {"complainant": person, "channel": "door", "text": "修好了。"}
    act("zuyuan", case.number, "resolve", "2026-03-04", outcome="solved", replies=[said])
    assert units_of(town, case) == ("leading-group", "leading-group")
    visit = {"complainant": person, "heard": True, "rating": "satisfied", "words": "好"}
    with pytest.raises(Forbidden) as refused:
        act("zuzhang", case.number, "confirm", "2026-03-05", **visit)
    assert refused.value.facts["reasons"] == ["is_handler"]
    act("xiangzhen", case.number, "confirm", "2026-03-05", **visit)
    with town.reading() as session:
        assert session.get_one(Case, case.id).state == "closed"
        assert list(verify(session, rules=rules)) == []


def test_the_top_unit_that_owes_the_reply_keeps_it_when_it_handles_the_matter(
    town: Database, rules: CountyRules, a_case: ACase, act: Act
) -> None:
    case = a_case()
    act("zuzhang", case.number, "assign", "2026-03-02", unit="team")
    act("zuzhang", case.number, "reassign", "2026-03-02", unit="leading-group", reason="县里定")
    assert units_of(town, case) == ("leading-group", "leading-group")
    with town.reading() as session:
        assert list(verify(session, rules=rules)) == []


def test_an_escalation_to_the_unit_that_owes_the_reply_hands_the_duty_on(
    town: Database, a_case: ACase, act: Act
) -> None:
    case = a_case(named_units=("team",))
    assert units_of(town, case) == ("township-MA", "township-MA")
    act("xiangzhen", case.number, "assign", "2026-03-02", unit="committee-SL")
    act(
        "cunwei-sl", case.number, "escalate", "2026-03-02", unit="township-MA", reason="办不了", report=REPORT
    )
    assert units_of(town, case) == ("township-MA", "leading-group")


def test_a_superior_all_of_whose_people_are_named_is_passed_over(
    town: Database, a_case: ACase, act: Act
) -> None:
    case = a_case("assigned", named_users=("xiangzhen",))
    with pytest.raises(Invalid) as refused:
        act(
            "cunwei-sl",
            case.number,
            "escalate",
            "2026-03-03",
            unit="township-MA",
            reason="办不了",
            report=REPORT,
        )
    assert refused.value.errors == {"unit": ["not_above_owner"]}


def test_a_case_of_version_2_is_not_assigned_to_the_team(
    town: Database, earlier_rules: CountyRules, act: Act
) -> None:
    with town.transaction() as session:
        case = builders.a_case(session, earlier_rules)
    with pytest.raises(Invalid) as refused:
        act("zuzhang", case.number, "assign", "2026-03-02", unit="team")
    assert refused.value.errors == {"unit": ["owes_the_reply"]}
