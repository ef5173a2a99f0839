"""Join the two applications into one: programs come in under their prefix, people everywhere else."""

from collections.abc import Callable, Iterable
from typing import Any

from wsgi.concurrency_limit import TURNED_AWAY, ConcurrencyLimit

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
#: Addresses of the interface for programs; each is a whole address or the beginning of some.
FOR_PROGRAMS = ("/api/", "/healthz", "/readyz")
#: Answered whatever else is going on.
ALWAYS = "/healthz"


class ApplicationDispatcher:
    """One WSGI application made of two, which lets in no more than there are places for."""

    def __init__(self, *, programs: Wsgi, people: Wsgi, admission: ConcurrencyLimit | None = None) -> None:
        self.programs, self.people = programs, people
        self._admission = admission or ConcurrencyLimit()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request through the application that its address belongs to."""
        path = environ.get("PATH_INFO", "")
        programs = any(path == one or (one.endswith("/") and path.startswith(one)) for one in FOR_PROGRAMS)
        application = self.programs if programs else self.people
        if path == ALWAYS:
            return application(environ, start_response)
        if not self._admission.enter():
            return application({**environ, TURNED_AWAY: True}, start_response)
        try:
            return application(environ, start_response)
        finally:
            self._admission.leave()
