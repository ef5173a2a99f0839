"""Serve pages and API over HTTP with waitress, and end without breaking off an answer.

waitress reads requests whole in one loop before a thread works on them, so that slow or half-sent requests
hold up nobody else. It is pure Python and runs on every system.
"""

import logging
import os
import socket
import threading
import time
from typing import Any

from waitress import wasyncore
from waitress.server import create_server

from core import memory_tuning
from core.errors import Unavailable

#: More than are let in to work: requests of one user wait here for each other (`wsgi/concurrency_limit.py`),
#: and some threads refuse the others and say that the process lives. One that waits costs nothing else.
THREADS = 40
#: Seconds given to requests that are being answered when the server is told to end.
GRACE = 30.0
#: Python's select() on Windows takes 512 sockets; elsewhere poll() has no such limit.
POLL = os.name == "posix"
CONNECTIONS = 900 if POLL else 400
#: Seconds after which a connection on which nothing happens is closed.
IDLE = 30
#: Twice the largest attachment: each address has its own limit, this one only keeps the disk from filling.
LARGEST_BODY = 20 * 1024 * 1024
#: An address with two hundred chosen cases takes a third of it; all else in a head is short.
LARGEST_HEAD = 32 * 1024

log = logging.getLogger(__name__)
# That a request waits a moment for a thread is no news; waitress says so every time.
logging.getLogger("waitress.queue").setLevel(logging.ERROR)


def open_socket(host: str, port: int) -> socket.socket:
    """Open the socket on which people will connect; port 0 takes a free one.

    Raises Unavailable with the reason when the address is taken or not allowed.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        # A name like localhost may mean both kinds of address; the older kind is the one people type.
        family, _, _, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
        return socket.create_server(address[:2], family=family, backlog=1024)
    except OSError as error:
        raise Unavailable(
            reason="cannot_listen", host=host, port=port, detail=error.strerror or ""
        ) from error


def address_of(listener: socket.socket) -> str:
    """Return the address to type into a browser."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Server:
    """One process's server: a loop in the calling thread, and threads that work on the requests."""

    def __init__(self, application: Any, listener: socket.socket, *, threads: int = THREADS) -> None:
        memory_tuning.share_heaps()
        self._map: dict[int, Any] = {}
        self._server = create_server(
            application,
            map=self._map,
            sockets=[listener],
            threads=threads,
            ident=None,
            connection_limit=CONNECTIONS,
            channel_timeout=IDLE,
            cleanup_interval=10,
            max_request_body_size=LARGEST_BODY,
            max_request_header_size=LARGEST_HEAD,
            asyncore_use_poll=POLL,
            # Which forwarded headers are believed is decided by HUIYIN_PROXY_HOPS, in the application.
            clear_untrusted_proxy_headers=False,
        )

    def run(self, stop: threading.Event, grace: float = GRACE) -> None:
        """Serve until the event is set, then take no more connections and finish the answers under way."""
        memory_tuning.freeze()
        log.info("serving", extra={"fields": {"pid": os.getpid()}})
        while not stop.is_set():
            self._turn(1.0)
        log.info("ending", extra={"fields": {"pid": os.getpid()}})
        self._server.accepting = False
        self._server.del_channel(self._map)
        self._server.socket.close()
        until = time.monotonic() + grace
        while self._busy() and time.monotonic() < until:
            self._turn(0.1)
        self._server.task_dispatcher.shutdown(timeout=1)

    def wake(self) -> None:
        """Let the loop look at the event at once; may be called from a signal handler or another thread."""
        self._server.pull_trigger()

    def close(self) -> None:
        """Give back what the loop used; nothing may wake it any more."""
        wasyncore.close_all(self._map, ignore_all=True)

    def _turn(self, seconds: float) -> None:
        wasyncore.loop(timeout=seconds, use_poll=POLL, map=self._map, count=1)

    def _busy(self) -> bool:
        """Close the connections on which no answer is owed; tell whether others are left."""
        channels = list(self._server.active_channels.values())
        for channel in channels:
            if not channel.requests and not channel.total_outbufs_len:
                channel.will_close = True
        return bool(channels)
