"""Serve with several processes that share one socket, and replace one that dies.

Each process runs the same server as a single one does. They are started afresh instead of forked, so that
this is the same on every system and no database connection is ever shared.
"""

import logging
import multiprocessing
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from cli.framework.stop_signals import stop_on_signals
from cli.serve.http_server import GRACE, THREADS, Server
from core import logs

log = logging.getLogger(__name__)

READY = b"ready"
#: Seconds before a worker that died is replaced, so that one that always dies does not wear out the machine.
PAUSE = 1.0


@dataclass(frozen=True)
class Worker:
    """A process and the pipe that keeps it alive: it ends when our end closes, for whatever reason."""

    process: BaseProcess
    lifeline: Connection

    def became_ready(self, stop: threading.Event) -> bool:
        """Wait until the process serves; tell whether it does."""
        while not stop.is_set():
            if self.lifeline.poll(0.5):
                try:
                    return self.lifeline.recv_bytes() == READY
                except EOFError:
                    return False
        return False


def serve_with_workers(
    create_app: Callable[[], Any],
    listener: socket.socket,
    *,
    workers: int,
    announce: Callable[[], None],
    threads: int = THREADS,
) -> bool:
    """Serve until Ctrl-C or SIGTERM; give False when the workers could not even start.

    `create_app` is called in every process and must be a function that a fresh process can import.
    """
    with stop_on_signals(lambda: None) as stop:
        crew = [_start(create_app, listener, threads) for _ in range(workers)]
        try:
            if not all([worker.became_ready(stop) for worker in crew]):
                return stop.is_set()
            announce()
            while not stop.is_set():
                wait([worker.process.sentinel for worker in crew], timeout=0.5)
                if not stop.is_set():
                    crew = [_replace(worker, create_app, listener, threads) for worker in crew]
        finally:
            _end(crew)
    return True


def _start(create_app: Callable[[], Any], listener: socket.socket, threads: int) -> Worker:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(create_app, listener, theirs, threads))
    process.start()
    theirs.close()
    return Worker(process, ours)


def _replace(worker: Worker, create_app: Callable[[], Any], listener: socket.socket, threads: int) -> Worker:
    if worker.process.is_alive():
        return worker
    log.error("worker %s ended with %s and is replaced", worker.process.pid, worker.process.exitcode)
    worker.lifeline.close()
    time.sleep(PAUSE)
    return _start(create_app, listener, threads)


def _end(crew: list[Worker]) -> None:
    """Let go of the lifelines and wait; who has not ended some time after the grace is ended."""
    for worker in crew:
        worker.lifeline.close()
    until = time.monotonic() + GRACE + 5
    for worker in crew:
        worker.process.join(timeout=max(0.0, until - time.monotonic()))
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()


def _work(create_app: Callable[[], Any], listener: socket.socket, lifeline: Connection, threads: int) -> None:
    """Serve in a process of one's own, until a signal or the end of the lifeline."""
    with logs.as_json_lines():
        server = Server(create_app(), listener, threads=threads)
        with stop_on_signals(server.wake) as stop:
            watch = threading.Thread(target=_watch, args=(lifeline, stop, server), daemon=True)
            watch.start()
            lifeline.send_bytes(READY)
            server.run(stop)


def _watch(lifeline: Connection, stop: threading.Event, server: Server) -> None:
    """Wait for the end of the lifeline: nothing is ever sent over it."""
    try:
        lifeline.recv_bytes()
    except (EOFError, OSError):
        stop.set()
        server.wake()
