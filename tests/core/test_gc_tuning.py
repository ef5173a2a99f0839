import gc
from collections.abc import Iterator

import pytest

from core import gc_tuning


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    """Give back to the collector what a test takes from it."""
    yield
    gc.unfreeze()


def test_what_was_made_before_is_no_longer_searched_and_garbage_before_it_is_gone() -> None:
    made: list[list[int]] = [[] for _ in range(1000)]
    loop: list[object] = []
    loop.append(loop)
    number = id(loop)
    del loop
    gc_tuning.freeze()
    assert gc.get_freeze_count() > len(made)
    searched = {id(one) for one in gc.get_objects()}
    assert id(made) not in searched
    assert number not in searched
