"""Give the races a township, and the application before it."""

import pytest

from tests.faults.conftest import ground
from tests.faults.ground import Ground
from tests.faults.indoors import Indoors

__all__ = ["ground"]


@pytest.fixture
def inside(ground: Ground) -> Indoors:
    """Give the application on the ground."""
    return Indoors(ground)
