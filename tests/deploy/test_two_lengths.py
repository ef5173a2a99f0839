"""A request that says in two ways where it ends is not understood in two ways (threats.md T91)."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.deploy.proxies import HOST, PROXIES, proxy
from tests.deploy.test_slow_senders import trusting
from tests.patience import PATIENCE

SECOND = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
#: Heads that say twice how long the body is; behind each stands what would be a second request.
HEADS = {
    "two lengths": f"Content-Length: 0\r\nContent-Length: {len(SECOND)}\r\n",
    "a length and chunks": f"Content-Length: {len(SECOND) + 5}\r\nTransfer-Encoding: chunked\r\n",
    "something like chunks": f"Content-Length: {len(SECOND)}\r\nTransfer-Encoding: xchunked\r\n",
}
BODIES = dict.fromkeys(HEADS, SECOND) | {"a length and chunks": f"0\r\n\r\n{SECOND}"}


class Listener:
    """A program that notes what reaches it, and answers each connection once."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.heard: list[bytes] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                self.heard.append(connection.recv(65536))
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    def close(self) -> None:
        """Listen no more."""
        self._socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    with closing(Listener()) as made:
        yield made


def said(port: int, head: str, body: str) -> int:
    """Send a request over TLS as it stands; return the status of the first answer."""
    raw = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    with trusting().wrap_socket(raw) as connection:
        request = f"POST /status HTTP/1.1\r\nHost: {HOST}\r\n{head}\r\n{body}"
        connection.sendall(request.encode())
        return int(connection.recv(4096).split()[1])


def in_two_ways(heard: bytes) -> bool:
    """Say whether what reached the program says twice how long it is."""
    lines = heard.partition(b"\r\n\r\n")[0].lower().split(b"\r\n")[1:]
    return sum(line.startswith((b"content-length:", b"transfer-encoding:")) for line in lines) > 1


@pytest.mark.parametrize("name", PROXIES)
def test_no_request_reaches_the_program_that_can_be_taken_in_two_ways(
    listener: Listener, tmp_path: Path, name: str
) -> None:
    with proxy(name, tmp_path, listener.port) as port:
        answers = {kind: said(port, head, BODIES[kind]) for kind, head in HEADS.items()}
        assert answers["two lengths"] == 400
        assert said(port, "Content-Length: 3\r\n", "abc") == 200
    print(name, answers)
    assert listener.heard
    assert [one for one in listener.heard if in_two_ways(one)] == []


def test_a_request_that_can_be_taken_in_two_ways_is_known() -> None:
    assert [in_two_ways(f"POST / HTTP/1.1\r\n{head}\r\n".encode()) for head in HEADS.values()] == [True] * 3
    assert not in_two_ways(
        b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nContent-Length: 4\r\nTransfer-Encoding: x"
    )
