"""Join the two doors into one application: programs come in under their prefix, people everywhere else."""

from collections.abc import Callable, Iterable
from typing import Any

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
#: Addresses of the door for programs; each is a whole address or the beginning of some.
FOR_PROGRAMS = ("/api/", "/healthz", "/readyz")


class Joined:
    """One WSGI application made of two."""

    def __init__(self, *, programs: Wsgi, people: Wsgi) -> None:
        self.programs, self.people = programs, people

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer a request through the door that its address belongs to."""
        path = environ.get("PATH_INFO", "")
        programs = any(path == one or (one.endswith("/") and path.startswith(one)) for one in FOR_PROGRAMS)
        return (self.programs if programs else self.people)(environ, start_response)
