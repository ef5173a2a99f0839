"""A scanner that speaks the protocol of clamd, and ways in which one may fail."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

#: What the scanners of tests, real and not, take for a virus.
SIGNATURE = b"HUIYIN-TEST-VIRUS"
CLEAN, FOUND, PONG = b"stream: OK\0", b"stream: Huiyin.Test.UNOFFICIAL FOUND\0", b"PONG\0"

Answer = Callable[[bytes], bytes | None]


def honest(content: bytes) -> bytes:
    """Answer as clamd does."""
    return FOUND if SIGNATURE in content else CLEAN


class FakeClamd:
    """A scanner at a unix socket; what it is asked and how often is noted."""

    def __init__(self, place: Path, answer: Answer) -> None:
        self.address = f"unix://{place}"
        self.scanned: list[bytes] = []
        self._answer = answer
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(place))
        self.listener.listen(8)
        self._open: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self._open.append(connection)
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        stream = connection.makefile("rb")
        command = b""
        while not command.endswith(b"\0"):
            command += stream.read(1) or b"\0"
        if command == b"zPING\0":
            answer: bytes | None = PONG
        else:
            assert command == b"zINSTREAM\0", command
            content = b""
            while length := struct.unpack("!I", stream.read(4))[0]:
                content += stream.read(length)
            self.scanned.append(content)
            answer = self._answer(content)
        if answer is not None:
            connection.sendall(answer)
            connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End it, and let go of whoever waits for an answer that never comes."""
        for one in (self.listener, *self._open):
            one.close()


@contextmanager
def clamd(folder: Path, answer: Answer = honest) -> Iterator[FakeClamd]:
    """Run a scanner as long as it is needed."""
    made = FakeClamd(folder / "clamd.ctl", answer)
    try:
        yield made
    finally:
        made.close()
