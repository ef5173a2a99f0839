"""Files are kept once under the hash of their content, whole or not at all."""

import io
from pathlib import Path

import pytest

from core.files.store import BLOCK, FileStore


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


class Broken(io.BytesIO):
    """A stream that breaks off after its first block."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell():
            raise OSError("the line is dead")
        return super().read(size)


def test_a_file_is_found_by_its_content(store: FileStore) -> None:
    sha256, size = store.put(io.BytesIO("渠".encode()))
    assert size == 3
    assert store.exists(sha256)
    assert store.path(sha256).read_bytes() == "渠".encode()


def test_the_same_content_is_kept_once(store: FileStore) -> None:
    first, _ = store.put(io.BytesIO(b"twice"))
    second, _ = store.put(io.BytesIO(b"twice"))
    assert first == second
    assert len([path for path in store.folder.rglob("*") if path.is_file()]) == 1


def test_a_stream_that_breaks_off_leaves_nothing(store: FileStore) -> None:
    with pytest.raises(OSError, match="the line is dead"):
        store.put(Broken(b"x" * (BLOCK + 1)))
    assert [path for path in store.folder.rglob("*") if path.is_file()] == []


def test_a_changed_file_is_not_intact(store: FileStore) -> None:
    sha256, _ = store.put(io.BytesIO(b"as it was"))
    assert store.intact(sha256)
    store.path(sha256).write_bytes(b"as it is not")
    assert not store.intact(sha256)


def test_a_file_that_is_gone_is_not_intact(store: FileStore) -> None:
    assert not store.intact("0" * 64)
