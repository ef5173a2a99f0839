import gc
from collections.abc import Iterator

import pytest

from core import gc_tuning


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    """Give back to the collector what a test takes from it."""
    yield
    gc.unfreeze()
    gc.freeze()  # what the tests share is searched no more than before


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


def test_nothing_is_searched_while_a_program_is_loaded_and_what_was_is_not_afterwards() -> None:
    with gc_tuning.loading():
        assert not gc.isenabled()
        loaded: list[list[int]] = [[] for _ in range(1000)]
    assert gc.isenabled()
    assert id(loaded) not in {id(one) for one in gc.get_objects()}


def test_a_program_that_cannot_be_loaded_is_searched_all_the_same() -> None:
    with pytest.raises(ImportError), gc_tuning.loading():
        raise ImportError("nowhere")
    assert gc.isenabled()
