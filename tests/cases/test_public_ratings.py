"""The holder of a code is told who answered, and what they said of it themselves: nobody else's word."""

from datetime import date

import pytest

from cases import public_actions
from cases.access import receipt_codes
from cases.configuration.case_rules import CountyRules
from cases.lifecycle.action_values import ComplainantEntry
from cases.public_ratings import PublicSurroundings, load_surroundings
from core.errors import NotFound
from core.persistence.db import Database
from tests.builders import a_case, at


def surroundings(town: Database, rules: CountyRules, code: str) -> PublicSurroundings:
    with town.reading() as session:
        return load_surroundings(session, rules=rules, code=code)


def matter(town: Database, rules: CountyRules, *codes: str) -> None:
    """Let a matter of one family or two be resolved, each with a code."""
    people = tuple(
        ComplainantEntry(name=name, receipt_code=code)
        for name, code in zip(("田某", "覃某"), codes, strict=False)
    )
    with town.transaction() as session:
        a_case(session, rules, "resolved", complainants=people, now=at("2026-03-02"))


def test_the_holder_reads_who_answered_and_their_own_rating_alone(town: Database, rules: CountyRules) -> None:
    code, other = receipt_codes.new_code(), receipt_codes.new_code()
    matter(town, rules, code, other)
    with town.transaction() as session:
        public_actions.rate(
            session, rules=rules, code=code, rating="satisfied", words="修好了", now=at("2026-03-06")
        )
    own = surroundings(town, rules, code)
    assert own.units == ["杉岭村两委"]
    assert [(one.rating, one.words, one.earlier, one.on) for one in own.rated] == [
        ("satisfied", "修好了", False, date(2026, 3, 6))
    ]
    assert surroundings(town, rules, other) == PublicSurroundings(own.units, [])


def test_a_rating_of_an_earlier_round_says_so(town: Database, rules: CountyRules) -> None:
    code = receipt_codes.new_code()
    matter(town, rules, code)
    with town.transaction() as session:
        public_actions.rate(
            session, rules=rules, code=code, rating="dissatisfied", words="还在漏", now=at("2026-03-06")
        )
    assert [(one.words, one.earlier) for one in surroundings(town, rules, code).rated] == [("还在漏", True)]


def test_nobodys_code_tells_nothing(town: Database, rules: CountyRules) -> None:
    with pytest.raises(NotFound):
        surroundings(town, rules, receipt_codes.new_code())
