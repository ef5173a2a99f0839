"""Give the races a township, and the application before it."""

import pytest

from tests.faults.conftest import township
from tests.faults.indoors import Indoors
from tests.faults.served_township import ServedTownship

__all__ = ["township"]


@pytest.fixture
def inside(township: ServedTownship) -> Indoors:
    """Return the application on the township."""
    return Indoors(township)
