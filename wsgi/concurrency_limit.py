"""Let only so many requests be worked on at once, so that slow ones hold up neither refusals nor health.

When every slot is taken for long, as by questions to a database that does not answer, whoever comes next is
told at once to come back, and `/healthz` goes on saying that the process lives (threats.md T17). Nobody takes
every slot: one user works in two of them, and so do all at one address who have not shown who they are.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any

from flask import Flask, request

from core.errors import Unavailable

#: How many requests of one process are worked on at once.
SLOTS = 8
#: Seconds that a request waits for a slot; while none becomes free, those after it do not wait at all.
PATIENCE = 2.0
TURNED_AWAY = "huiyin.turned_away"
NO_PLACE, OWN_PLACES = "no_place", "own_places"
#: So many of the slots one user takes at once; so many requests more wait for them: a page has pictures.
MOST_EACH, WAITING = 2, 14
#: Seconds that a request waits for others of the same user; it takes no slot meanwhile.
OWN_PATIENCE = 5.0
PLACE = "huiyin.place"
#: Where passwords of whoever is not signed in are hashed: all of these together take no more than two places.
HASHING = frozenset({"/sign-in", "/setup"})
#: The cookie of a sign-in, by its two names (`web.framework.cookies.cookie_name`).
COOKIES = ("__Host-huiyin", "huiyin")
#: So many sign-ins and tokens a process remembers the users of.
MOST_KNOWN = 10_000


class ConcurrencyLimit:
    """The slots of one process."""

    def __init__(self, *, slots: int = SLOTS, patience: float = PATIENCE) -> None:
        self._free = threading.Semaphore(slots)
        self._patience = patience
        self._full_for_long = False

    def enter(self) -> bool:
        """Take a slot; False when there is none, and then nothing is to be given back."""
        entered = self._free.acquire(timeout=0 if self._full_for_long else self._patience)
        self._full_for_long = not entered
        return entered

    def leave(self) -> None:
        """Give a slot back."""
        self._full_for_long = False
        self._free.release()

    @contextmanager
    def slot(self, reason: str) -> Iterator[None]:
        """Hold a slot; raise Unavailable with this reason when there is none."""
        if not self.enter():
            raise Unavailable(reason=reason)
        try:
            yield
        finally:
            self.leave()


class OwnPlaces:
    """How many requests of each user, or of strangers at each address, are worked on and wait."""

    def __init__(
        self, *, most: int = MOST_EACH, waiting: int = WAITING, patience: float = OWN_PATIENCE
    ) -> None:
        self.most = most
        self._waiting, self._patience = waiting, patience
        self._changed = threading.Condition()
        self._working: dict[str, int] = {}
        self._in_line: dict[str, int] = {}
        self._users: OrderedDict[bytes, str] = OrderedDict()

    def enter(self, environ: dict[str, Any], address: str) -> "RequestPlace | None":
        """Take a place for a request from an address; None when its sender has taken too many already."""
        credential = credential_of(environ)
        with self._changed:
            subject = self._users.get(credential, address) if credential else address
        return RequestPlace(self, subject, credential) if self.take(subject) else None

    def take(self, subject: str) -> bool:
        """Take a place for somebody, or wait a while for one; False when there is none."""
        with self._changed:
            if self._working.get(subject, 0) >= self.most and not self._await_turn(subject):
                return False
            _add(self._working, subject, 1)
            return True

    def leave(self, subject: str) -> None:
        """Give a place back."""
        with self._changed:
            _add(self._working, subject, -1)
            self._changed.notify_all()

    def recount(self, place: "RequestPlace", user: str) -> bool:
        """Count a place as one of the user who sent the request; return False when that is too many."""
        with self._changed:
            if place.credential:
                self._users[place.credential] = user
                self._users.move_to_end(place.credential)
                if len(self._users) > MOST_KNOWN:
                    self._users.popitem(last=False)
            if place.subject != user:
                _add(self._working, place.subject, -1)
                _add(self._working, user, 1)
                place.subject = user
                self._changed.notify_all()
            return self._working[user] <= self.most

    def counts(self) -> dict[str, int]:
        """Return how many requests of each are worked on now."""
        with self._changed:
            return dict(self._working)

    def _await_turn(self, subject: str) -> bool:
        if self._in_line.get(subject, 0) >= self._waiting:
            return False
        _add(self._in_line, subject, 1)
        try:
            return self._changed.wait_for(lambda: self._working.get(subject, 0) < self.most, self._patience)
        finally:
            _add(self._in_line, subject, -1)


@dataclass
class RequestPlace:
    """The place of one request: whose it is, and by what secret its sender is known, as a digest."""

    places: OwnPlaces
    subject: str
    credential: bytes

    def leave(self) -> None:
        """Give it back."""
        self.places.leave(self.subject)


def hashes(environ: dict[str, Any]) -> bool:
    """Return whether a request has a password hashed of somebody who is not signed in."""
    return environ.get("REQUEST_METHOD") == "POST" and environ.get("PATH_INFO") in HASHING


def count_as(environ: dict[str, Any], user_id: int | None) -> None:
    """Count a request as one of the user who turned out to send it.

    Raises Unavailable when that user has too many under way, as by several sign-ins at once.
    """
    place: RequestPlace | None = environ.get(PLACE)
    if place is not None and user_id is not None and not place.places.recount(place, f"user:{user_id}"):
        environ[TURNED_AWAY] = OWN_PLACES
        raise Unavailable(reason=OWN_PLACES)


def credential_of(environ: dict[str, Any]) -> bytes:
    """Return the digest of what a request shows of its sender, a token or a cookie; empty for nothing."""
    shown = environ.get("HTTP_AUTHORIZATION", "")
    if not shown:
        try:
            cookies = SimpleCookie(environ.get("HTTP_COOKIE", ""))
        except CookieError:
            return b""
        shown = next((cookies[name].value for name in COOKIES if name in cookies), "")
    return hashlib.sha256(shown.encode("utf-8", "surrogatepass")).digest() if shown else b""


def _add(counts: dict[str, int], subject: str, number: int) -> None:
    counts[subject] = counts.get(subject, 0) + number
    if not counts[subject]:
        del counts[subject]


def turned_away(environ: dict[str, Any]) -> bool:
    """Return whether a request found no slot: it is answered without the database."""
    return bool(environ.get(TURNED_AWAY))


def install(app: Flask) -> None:
    """Let an application refuse what found no slot, before it does anything else."""

    @app.before_request
    def refuse() -> None:
        if turned_away(request.environ):
            given = request.environ[TURNED_AWAY]
            raise Unavailable(reason=given if isinstance(given, str) else NO_PLACE)
