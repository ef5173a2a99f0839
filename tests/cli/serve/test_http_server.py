"""The server: it answers, it ends without breaking off an answer, and nobody can hold it up."""

import http.client
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cli.serve.http_server import Server, address_of, open_socket
from core.errors import Unavailable
from tests.patience import PATIENCE

ROOT = Path(__file__).resolve().parents[3]


class Slow:
    """An application that answers when it is told to."""

    def __init__(self) -> None:
        self.arrived, self.go_on = threading.Event(), threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/slow":
            self.arrived.set()
            assert self.go_on.wait(PATIENCE)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return ["办好了".encode()]


class Running:
    """A server in a thread of its own."""

    def __init__(self, application: Any, grace: float) -> None:
        self.listener = open_socket("127.0.0.1", 0)
        self.port = int(self.listener.getsockname()[1])
        self.server = Server(application, self.listener)
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.server.run, args=(self.stop, grace))
        self.thread.start()

    def end(self) -> None:
        self.stop.set()
        self.server.wake()

    def get(self, path: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, body


@contextmanager
def running(application: Any, grace: float = 20) -> Iterator[Running]:
    server = Running(application, grace)
    try:
        yield server
    finally:
        server.end()
        server.thread.join(PATIENCE)
        assert not server.thread.is_alive()
        server.server.close()


def test_an_answer_under_way_is_finished_after_the_end_was_asked_for() -> None:
    slow, answers = Slow(), []
    with running(slow) as server:
        asking = threading.Thread(target=lambda: answers.append(server.get("/slow")))
        asking.start()
        assert slow.arrived.wait(PATIENCE)
        server.end()
        slow.go_on.set()
        asking.join(PATIENCE)
    assert answers == [(200, "办好了")]


def test_an_ending_server_takes_no_new_connection_and_lets_idle_ones_go() -> None:
    slow = Slow()
    with running(slow) as server:
        idle = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        idle.request("GET", "/")
        idle.getresponse().read()
        server.end()
        server.thread.join(PATIENCE)
        assert idle.sock.recv(1) == b""
        idle.close()
        with pytest.raises(ConnectionRefusedError):
            server.get("/")


def test_requests_that_are_never_finished_do_not_hold_up_the_others() -> None:
    with running(Slow(), grace=0.1) as server:
        half_sent = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(200)]
        for one in half_sent:
            one.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf")
        assert server.get("/")[0] == 200
        for one in half_sent:
            one.close()


def test_a_head_of_two_hundred_kilobytes_never_reaches_the_application() -> None:
    with running(Slow()) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        connection.request("GET", "/", headers={"Accept-Language": "en," * 70_000})
        assert connection.getresponse().status == 431
        connection.close()
        assert server.get("/")[0] == 200


def test_the_answer_does_not_tell_which_server_it_is() -> None:
    with running(Slow()) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        connection.request("GET", "/")
        assert connection.getresponse().getheader("Server") is None
        connection.close()


def test_a_taken_address_is_refused_with_its_reason() -> None:
    with open_socket("127.0.0.1", 0) as listener, pytest.raises(Unavailable) as refusal:
        open_socket("127.0.0.1", listener.getsockname()[1])
    assert refusal.value.facts["reason"] == "cannot_listen"


def test_an_address_of_version_6_is_written_in_brackets() -> None:
    class Listener(socket.socket):
        def getsockname(self) -> Any:
            return ("::1", 8000, 0, 0)

    with Listener() as listener:
        assert address_of(listener) == "http://[::1]:8000"


@contextmanager
def started(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Start the small program and give it with its port."""
    program = subprocess.Popen(
        [sys.executable, "tests/cli/serve/small_program.py", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    assert program.stderr is not None
    try:
        address = program.stdout.readline().strip()
        yield program, int(address.rpartition(":")[2] or 0)
    finally:
        program.kill()
        program.wait()
        program.stdout.close()
        program.stderr.close()


def ask(port: int, path: str = "/") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request("GET", path)
    body = int(connection.getresponse().read())
    connection.close()
    return body


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_served_program_answers_and_ends_with_0_when_told_to(workers: str) -> None:
    with started(workers) as (program, port):
        assert ask(port) > 0
        program.terminate()
        assert program.wait(PATIENCE) == 0


def test_a_worker_that_died_is_replaced() -> None:
    with started("2") as (program, port):
        died = {pid for pid in (ask(port) for _ in range(20)) if pid}
        with pytest.raises(http.client.RemoteDisconnected):
            ask(port, "/die")
        with pytest.raises(http.client.RemoteDisconnected):
            ask(port, "/die")
        assert ask(port) not in died
        program.terminate()
        assert program.wait(PATIENCE) == 0


def test_workers_end_when_the_first_process_is_killed() -> None:
    with started("2") as (program, port):
        ask(port)
        program.kill()
        program.wait(PATIENCE)
        assert program.stdout is not None
        assert program.stdout.read() == ""  # the pipe ends only when the last of the workers has


def test_workers_that_cannot_start_end_the_program_with_1() -> None:
    with started("2", "--broken") as (program, _port):
        assert program.wait(PATIENCE) == 1
