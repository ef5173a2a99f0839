"""What is asked for before anything else, of whom and when."""

from datetime import date

import pytest

from accounts.sign_in.first_steps import EntryFacts, EntryRules, FirstStep, days_postponed, missing_step

TODAY, TOMORROW, YESTERDAY = date(2026, 3, 3), date(2026, 3, 4), date(2026, 3, 2)
RULES = EntryRules(("leader", "admin"), is_sample=False, today=TODAY)
SAMPLE = EntryRules(("leader", "admin"), is_sample=True, today=TODAY)
PASSWORD, FACTOR = FirstStep.PASSWORD, FirstStep.SECOND_FACTOR


@pytest.mark.parametrize(
    ("role", "given", "has_factor", "until", "rules", "missing"),
    [
        ("leader", True, True, None, RULES, PASSWORD),
        ("leader", True, False, TOMORROW, RULES, PASSWORD),
        ("leader", False, False, None, RULES, FACTOR),
        ("leader", False, True, None, RULES, None),
        ("leader", False, False, TODAY, RULES, None),
        ("leader", False, False, YESTERDAY, RULES, FACTOR),
        ("member", False, False, None, RULES, None),
        ("member", True, False, None, RULES, PASSWORD),
        ("leader", True, False, None, SAMPLE, None),
    ],
)
def test_the_password_comes_first_then_the_code_and_in_a_sample_neither(
    role: str, given: bool, has_factor: bool, until: date | None, rules: EntryRules, missing: FirstStep | None
) -> None:
    facts = EntryFacts(given, has_factor, until)
    assert missing_step(frozenset({role, "guest"}), facts, rules) is missing


@pytest.mark.parametrize(
    ("role", "has_factor", "until", "days"),
    [
        ("leader", False, TODAY, 1),
        ("leader", False, TOMORROW, 2),
        ("leader", False, YESTERDAY, None),
        ("leader", False, None, None),
        ("leader", True, TOMORROW, None),
        ("member", False, TOMORROW, None),
    ],
)
def test_the_days_left_count_today_and_only_where_a_code_is_missing(
    role: str, has_factor: bool, until: date | None, days: int | None
) -> None:
    assert days_postponed(frozenset({role}), EntryFacts(False, has_factor, until), RULES) == days
