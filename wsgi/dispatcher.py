"""Join the two applications into one: programs come in under their prefix, people everywhere else."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from wsgi.addresses import forwarded_address
from wsgi.concurrency_limit import (
    MOST_EACH,
    NO_PLACE,
    OWN_PLACES,
    PLACE,
    TURNED_AWAY,
    ConcurrencyLimit,
    OwnPlaces,
    hashes,
)

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
#: Addresses of the interface for programs; each is a whole address or the beginning of some.
FOR_PROGRAMS = ("/api/", "/healthz", "/readyz")
#: Answered whatever else is going on.
ALWAYS = "/healthz"
ALL_STRANGERS = "strangers"


class ApplicationDispatcher:
    """One WSGI application made of two, which lets in no more than there are places for."""

    def __init__(
        self,
        *,
        programs: Wsgi,
        people: Wsgi,
        admission: ConcurrencyLimit | None = None,
        own: OwnPlaces | None = None,
        hops: int = 0,
    ) -> None:
        """Join them; `hops` is how many proxies stand in front, by whose word addresses are told apart."""
        self.programs, self.people = programs, people
        self._admission = admission or ConcurrencyLimit()
        self._own = own or OwnPlaces()
        self._strangers = OwnPlaces(most=MOST_EACH)
        self._hops = hops

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request through the application that its address belongs to."""
        path = environ.get("PATH_INFO", "")
        programs = any(path == one or (one.endswith("/") and path.startswith(one)) for one in FOR_PROGRAMS)
        application = self.programs if programs else self.people
        if path == ALWAYS:
            return application(environ, start_response)
        place = self._own.enter(environ, forwarded_address(environ, self._hops))
        if place is None:
            return application({**environ, TURNED_AWAY: OWN_PLACES}, start_response)
        try:
            with self._hashing(environ) as may_enter:
                if not may_enter or not self._admission.enter():
                    return application({**environ, TURNED_AWAY: NO_PLACE}, start_response)
                try:
                    return application({**environ, PLACE: place}, start_response)
                finally:
                    self._admission.leave()
        finally:
            place.leave()

    @contextmanager
    def _hashing(self, environ: dict[str, Any]) -> Iterator[bool]:
        """Let those who sign in wait for each other before they take one of the places of all."""
        if not hashes(environ):
            yield True
            return
        taken = self._strangers.take(ALL_STRANGERS)
        try:
            yield taken
        finally:
            if taken:
                self._strangers.leave(ALL_STRANGERS)
