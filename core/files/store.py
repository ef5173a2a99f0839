"""Keep files under the hash of their content, so that one content is stored once and can be checked."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

#: The folder of the files, in the folder of data and in a backup.
FOLDER = "files"
BLOCK = 1 << 16


class Readable(Protocol):
    """Something that gives bytes, as open files do."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many bytes; nothing at the end."""


class FileStore:
    """Store files below one folder, each named by the SHA-256 of its content."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, stream: Readable) -> tuple[str, int]:
        """Store what a stream holds and give its SHA-256 in hex and its size in bytes.

        The file is whole on the disk before this returns: written aside, synced, then renamed, so that a
        row in the database never points at half a file.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        digest, size = hashlib.sha256(), 0
        handle, name = tempfile.mkstemp(dir=self.folder, prefix="incoming-")
        aside = Path(name)
        try:
            with os.fdopen(handle, "wb") as out:
                while block := stream.read(BLOCK):
                    digest.update(block)
                    size += len(block)
                    out.write(block)
                out.flush()
                os.fsync(out.fileno())
            target = self.path(digest.hexdigest())
            target.parent.mkdir(exist_ok=True)
            os.replace(aside, target)
            _sync_folder(target.parent)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
        return digest.hexdigest(), size

    def path(self, sha256: str) -> Path:
        """Return the place of a file; the folder in between keeps any one folder small."""
        return self.folder / sha256[:2] / sha256

    def exists(self, sha256: str) -> bool:
        """Return whether a file of this content is stored."""
        return self.path(sha256).is_file()

    def stored(self) -> Iterator[Path]:
        """Yield every file below the folder, those of interrupted uploads too, in no order."""
        if self.folder.is_dir():
            yield from (path for path in self.folder.rglob("*") if path.is_file())

    def intact(self, sha256: str) -> bool:
        """Return whether the stored file is there and still has the content its name says."""
        if not self.exists(sha256):
            return False
        with self.path(sha256).open("rb") as stored:
            return hashlib.file_digest(stored, "sha256").hexdigest() == sha256


def _sync_folder(folder: Path) -> None:
    """Make a rename durable; Windows neither needs nor allows to open a folder for it."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
