"""Have files looked at for viruses by clamd, over a socket, within a time (clamd(8), INSTREAM).

Whatever is not a clear word that a file is clean is no such word: a scanner that hangs, is away or does not
take so much is `ScannerSilent`, and what was to be looked at stays unknown.
"""

import socket
import struct
import time
from dataclasses import dataclass
from threading import BoundedSemaphore
from urllib.parse import urlsplit

from core.files.store import BLOCK

#: So long one file may take altogether; with the longest work on a picture it stays within a proxy's minute.
MOST_SECONDS = 15.0
#: So long somebody waits for others' files: one that hangs is waited for in these places alone.
MOST_WAITING = 5.0
PLACES = 2
LONGEST_ANSWER = 4096


class Infected(ValueError):
    """Say that the scanner knows what is in a file."""


class ScannerSilent(Exception):
    """Say that the scanner gave no clear answer in time."""


@dataclass(frozen=True)
class Exchange:
    """One connection to the scanner, which has an end."""

    connection: socket.socket
    until: float

    def send(self, content: bytes) -> None:
        """Send everything; raise TimeoutError at the end of the time."""
        self._limit()
        self.connection.sendall(content)

    def receive(self) -> bytes:
        """Read up to the end of the answer, which a NUL or the end of the connection is."""
        answer = b""
        while b"\0" not in answer and len(answer) < LONGEST_ANSWER:
            self._limit()
            block = self.connection.recv(LONGEST_ANSWER)
            if not block:
                break
            answer += block
        return answer.partition(b"\0")[0]

    def _limit(self) -> None:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.connection.settimeout(left)


class Scanner:
    """A scanner at `unix:///PATH` or `tcp://HOST:PORT`; nothing is connected until it is asked."""

    def __init__(self, address: str, *, seconds: float = MOST_SECONDS, waiting: float = MOST_WAITING) -> None:
        self.address = address
        self._seconds, self._waiting = seconds, waiting
        self._places = BoundedSemaphore(PLACES)

    def check(self, content: bytes) -> None:
        """Return when the scanner says that a content is clean; raise Infected or ScannerSilent."""
        blocks = (content[start : start + BLOCK] for start in range(0, len(content), BLOCK))
        sent = b"".join(struct.pack("!I", len(block)) + block for block in blocks)
        answer = self._ask(b"zINSTREAM\0" + sent + struct.pack("!I", 0))
        if answer.endswith(b" FOUND"):
            raise Infected
        if answer != b"stream: OK":
            raise ScannerSilent

    def answers(self) -> bool:
        """Return whether the scanner is there."""
        try:
            return self._ask(b"zPING\0") == b"PONG"
        except ScannerSilent:
            return False

    def _ask(self, question: bytes) -> bytes:
        if not self._places.acquire(timeout=self._waiting):
            raise ScannerSilent
        try:
            until = time.monotonic() + self._seconds
            with self._connect() as connection:
                exchange = Exchange(connection, until)
                exchange.send(question)
                return exchange.receive()
        except OSError as error:  # a time that is over is one, too
            raise ScannerSilent from error
        finally:
            self._places.release()

    def _connect(self) -> socket.socket:
        parts = urlsplit(self.address)
        if parts.scheme == "tcp":
            return socket.create_connection((parts.hostname, parts.port), timeout=self._seconds)
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(self._seconds)
            connection.connect(parts.path)
        except OSError:
            connection.close()
            raise
        return connection
