"""Serve, with one process or several, and run everything in one process on a small machine."""

from collections.abc import Callable
from typing import Any

from apscheduler.schedulers.base import BaseScheduler

from cli.framework.stop_signals import stop_on_signals
from cli.serve.http_server import Server, address_of, open_socket
from cli.serve.workers import serve_with_workers

Announce = Callable[[str], None]


def serve(
    create_app: Callable[[], Any], *, host: str, port: int, workers: int = 1, announce: Announce
) -> int:
    """Serve pages and API until Ctrl-C or SIGTERM; give the exit code.

    `announce` is told the address once people can connect. With one worker the application is made in this
    process; several are processes of their own. Raises Unavailable when the address cannot be had.
    """
    with open_socket(host, port) as listener:
        address = address_of(listener)
        if workers > 1:
            served = serve_with_workers(
                create_app, listener, workers=workers, announce=lambda: announce(address)
            )
            return 0 if served else 1
        server = Server(create_app(), listener)
        with stop_on_signals(server.wake) as stop:
            announce(address)
            server.run(stop)
        server.close()
    return 0


def run(
    create_app: Callable[[], Any], *, host: str, port: int, scheduler: BaseScheduler, announce: Announce
) -> int:
    """Serve and run the scheduler in this one process until Ctrl-C or SIGTERM; give the exit code.

    The database is migrated before. At the end the answers under way are finished first, then the jobs.
    """
    with open_socket(host, port) as listener:
        server = Server(create_app(), listener)
        with stop_on_signals(server.wake) as stop:
            scheduler.start()
            try:
                announce(address_of(listener))
                server.run(stop)
            finally:
                scheduler.shutdown(wait=True)
        server.close()
    return 0
