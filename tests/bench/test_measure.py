"""Every kind of request that is measured is answered: a measurement must not fail when it is needed."""

from pathlib import Path

import pytest

from bench import measure

KINDS = {"two rows", "one row", "create", "read", "list", "step"}


@pytest.mark.proof
def test_every_kind_of_request_is_answered_by_floor_and_product(tmp_path: Path) -> None:
    url = f"sqlite:///{(tmp_path / 'huiyin.db').as_posix()}"
    turns = measure.take_turns(url, tmp_path, [1], rounds=1, seconds=0.1)
    assert {what for what, measured in turns[1][0].items() if measured.requests > 0} == KINDS
