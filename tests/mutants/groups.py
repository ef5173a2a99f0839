"""Name the rules that are changed on trial, each group with the tests that are about it.

What another test would find by chance does not count, and what only the whole suite finds is found late.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """Modules that are changed, and the tests that have to notice it."""

    name: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]


GROUPS = (
    Group(
        "access",
        (
            "accounts/access/policy.py",
            "cases/access/confidentiality.py",
            "cases/access/visibility.py",
        ),
        (
            "tests/accounts/access",
            "tests/cases/access/test_confidentiality.py",
            "tests/cases/access/test_visibility.py",
            "tests/cases/access/test_visibility_hidden.py",
        ),
    ),
    Group(
        "workflow",
        (
            "workflow/deadlines.py",
            "workflow/due_dates.py",
            "workflow/guards.py",
        ),
        (
            "tests/workflow/test_deadlines.py",
            "tests/workflow/test_due_dates.py",
            "tests/workflow/test_due_dates_profiles.py",
            "tests/workflow/test_explanation.py",
            "tests/workflow/test_guards.py",
        ),
    ),
    Group(
        "clocks",
        ("cases/lifecycle/clocks.py",),
        (
            "tests/cases/lifecycle/test_clocks.py",
            "tests/cases/lifecycle/test_clocks_rungs_and_replies.py",
        ),
    ),
)
