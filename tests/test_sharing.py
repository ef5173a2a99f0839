"""Tests that share what takes long to set up run in one process."""

import pytest

from tests.sharing import share_of


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("tests/browser/test_a.py::test_x[phone]", "tests/browser/test_b.py::test_y", True),
        ("tests/core/test_a.py::test_x", "tests/core/test_a.py::test_y", True),
        ("tests/cases/test_a.py::test_x[sqlite]", "tests/cases/test_a.py::test_y[sqlite-1]", True),
        ("tests/cases/test_a.py::test_x[sqlite]", "tests/cases/test_a.py::test_x[postgresql]", False),
        ("tests/core/test_a.py::test_x", "tests/core/test_b.py::test_x", False),
    ],
)
def test_who_stays_together(one: str, other: str, together: bool) -> None:
    assert (share_of(one) == share_of(other)) is together
