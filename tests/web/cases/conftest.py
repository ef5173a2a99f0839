"""Return the tests of the pages of cases what those of cases have."""

from tests.cases.conftest import act

__all__ = ["act"]
