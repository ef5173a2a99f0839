"""A copy is what its hash says, and takes no other file's place."""

import io
from hashlib import sha256
from pathlib import Path

import pytest

from core.persistence.checked_copy import OtherContent, write_copy

WORDS = b"words"


def test_a_copy_is_written_whole(tmp_path: Path) -> None:
    write_copy(io.BytesIO(WORDS), tmp_path / "copy", sha256(WORDS).hexdigest())
    assert (tmp_path / "copy").read_bytes() == WORDS


def test_other_content_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(OtherContent):
        write_copy(io.BytesIO(WORDS + b"?"), tmp_path / "copy", sha256(WORDS).hexdigest())
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("dangling", [True, False])
def test_nothing_is_written_where_a_link_or_a_file_lies(tmp_path: Path, *, dangling: bool) -> None:
    kept = tmp_path / "kept"
    if not dangling:
        kept.write_bytes(b"kept")
    (tmp_path / "copy").symlink_to(kept)
    with pytest.raises(FileExistsError):
        write_copy(io.BytesIO(WORDS), tmp_path / "copy")
    assert (kept.read_bytes() if kept.exists() else b"kept") == b"kept"
    assert kept.exists() is not dangling
