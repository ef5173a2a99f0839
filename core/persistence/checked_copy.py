"""Write a copy of a file: whole, durable, and never over anything else."""

import hashlib
import os
from pathlib import Path
from typing import BinaryIO

BLOCK = 1 << 20
#: In place of a link that lies there, nothing is written; Windows has no such flag.
ANEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_BINARY"))


class OtherContent(OSError):
    """Say that what was read is not what the hash says; nothing was left behind."""


def write_copy(source: BinaryIO, target: Path, sha256: str | None = None) -> None:
    """Copy a stream to a new file and have it on the disk before this returns.

    With a hash nothing but the content that has it is kept. Raises FileExistsError where something lies
    already, and OtherContent.
    """
    digest = hashlib.sha256()
    handle = os.open(target, ANEW, 0o600)
    try:
        with os.fdopen(handle, "wb") as out:
            while block := source.read(BLOCK):
                digest.update(block)
                out.write(block)
            out.flush()
            os.fsync(out.fileno())
        if sha256 not in (None, digest.hexdigest()):
            raise OtherContent(str(target))
    except BaseException:
        target.unlink(missing_ok=True)
        raise
