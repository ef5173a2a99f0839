"""Ask the provider over HTTP, within a time and a size; no redirect is followed, and no proxy asked.

Where it stands is the administrator's setting, which may name an address of the office's own network; what
it sends is believed no further than that. Whatever goes wrong on the way is `ProviderSilent`.
"""

import http.client
import io
import json
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from threading import BoundedSemaphore
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode, urlsplit

from accounts.openid.refusals import ProviderSilent, Silence
from config.openid import is_protected

#: So long one question may take altogether, from the connection to the last byte.
MOST_SECONDS = 8.0
#: So long somebody waits for others' questions: a provider that hangs is waited for in these places alone.
MOST_WAITING = 2.0
QUESTIONS_AT_ONCE = 2
MOST_BYTES = 262_144
JSON = "application/json"
NO_HEADERS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class ProviderReply:
    """What a provider answered: the status, and the members of a JSON object."""

    status: int
    body: Mapping[str, Any]


class _Stream(io.RawIOBase):
    """What comes over a connection, up to a moment."""

    def __init__(self, connection: socket.socket, until: float) -> None:
        self._connection, self._until = connection, until

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read some of it; raise TimeoutError at the end of the time."""
        self._connection.settimeout(_left(self._until))
        return self._connection.recv_into(buffer)


class _TimedConnection:
    """A connection as `http.client` uses one, which has an end; whoever opened it closes it."""

    def __init__(self, connection: socket.socket, until: float) -> None:
        self._connection, self._until = connection, until

    def sendall(self, content: bytes) -> None:
        """Send everything; raise TimeoutError at the end of the time."""
        self._connection.settimeout(_left(self._until))
        self._connection.sendall(content)

    def makefile(self, mode: str) -> io.BufferedReader:
        """Return what comes over it."""
        del mode
        return io.BufferedReader(_Stream(self._connection, self._until))

    def close(self) -> None:
        """Leave it open: the answer is still to be read."""


class ProviderExchange:
    """The way to one provider, with few places; nothing is connected until something is asked."""

    def __init__(self, *, seconds: float = MOST_SECONDS, waiting: float = MOST_WAITING) -> None:
        self._seconds, self._waiting = seconds, waiting
        self._places = BoundedSemaphore(QUESTIONS_AT_ONCE)

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        """Return whose certificates are believed: those that the system believes."""
        return ssl.create_default_context()

    def get(self, address: str, headers: Mapping[str, str] = NO_HEADERS) -> Mapping[str, Any]:
        """Return the JSON object at an address; raise ProviderSilent where there is none."""
        reply = self._ask("GET", address, None, headers)
        if reply.status != http.client.OK:
            raise ProviderSilent(Silence.STATUS)
        return reply.body

    def post(self, address: str, form: Mapping[str, str], headers: Mapping[str, str]) -> ProviderReply:
        """Send a form and return what was answered, whatever its status; raise ProviderSilent."""
        typed = {"Content-Type": "application/x-www-form-urlencoded", **headers}
        return self._ask("POST", address, urlencode(form).encode("ascii"), typed)

    def _ask(
        self, method: str, address: str, body: bytes | None, headers: Mapping[str, str]
    ) -> ProviderReply:
        if not is_protected(address):
            raise ProviderSilent(Silence.ADDRESSES)
        if not self._places.acquire(timeout=self._waiting):
            raise ProviderSilent(Silence.BUSY)
        try:
            until = time.monotonic() + self._seconds
            with self._connect(address, until) as connection:
                return _answer(connection, method, address, body, headers)
        except (OSError, http.client.HTTPException) as error:  # a time that is over is one, too
            raise ProviderSilent(Silence.UNREACHABLE) from error
        finally:
            self._places.release()

    @contextmanager
    def _connect(self, address: str, until: float) -> Iterator[_TimedConnection]:
        parts = urlsplit(address)
        host, safe = parts.hostname or "", parts.scheme == "https"
        with socket.create_connection((host, parts.port or (443 if safe else 80)), _left(until)) as plain:
            plain.settimeout(_left(until))
            if not safe:
                yield _TimedConnection(plain, until)
                return
            with self._trusted.wrap_socket(plain, server_hostname=host) as connection:
                yield _TimedConnection(connection, until)


def _answer(
    connection: _TimedConnection, method: str, address: str, body: bytes | None, headers: Mapping[str, str]
) -> ProviderReply:
    parts = urlsplit(address)
    asked = http.client.HTTPConnection(parts.netloc)
    asked.sock = connection  # it is connected already, for so long
    target = parts._replace(scheme="", netloc="", path=parts.path or "/", fragment="").geturl()
    asked.request(method, target, body, {"Accept": JSON, "Connection": "close", **headers})
    answered = asked.getresponse()
    content = answered.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ProviderSilent(Silence.TOO_LARGE)
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ProviderSilent(Silence.UNREADABLE) from error
    if not isinstance(found, dict):
        raise ProviderSilent(Silence.UNREADABLE)
    return ProviderReply(answered.status, found)


def _left(until: float) -> float:
    """Return the seconds that are left; raise TimeoutError when there are none."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
