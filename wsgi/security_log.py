"""Write into the security log what every answer shows, who came in, and who was refused.

Nothing is declared by a page: what loads a case says so (`accounts.security_log.shown`), and one line for
each kind of thing is written when the answer is made. It holds ids, numbers of cases and digests alone.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from flask import Flask, Response, current_app, g, request

from accounts.security_log import shown
from accounts.security_log.digests import ADDRESS, NAME, digest
from accounts.security_log.shown import Event, Shown, SignInAttempt
from accounts.security_log.writer import FOLDER, SecurityLog
from cases.access.case_numbers import is_in_full
from config.settings import Settings
from wsgi.access_log import METHODS
from wsgi.addresses import client_address

EXTENSION = "huiyin_security_log"
REFUSALS = frozenset({403, 429})
#: What in an address names a thing that somebody may not know of.
NAMED_IN_ADDRESS = ("number", "attachment_id")
TOKEN = "token"


@dataclass(frozen=True)
class Recorder:
    """Where an application writes, under which key, and by which clock."""

    log: SecurityLog
    key: bytes
    now: Callable[[], datetime]


def attach(app: Flask, *, settings: Settings, keys: Sequence[bytes], now: Callable[[], datetime]) -> None:
    """Give an application its log; the first of the keys is the present one."""
    app.extensions[EXTENSION] = Recorder(SecurityLog(settings.data_dir / FOLDER), keys[0], now)


def install(app: Flask) -> None:
    """Collect from the beginning of every request, and write when its answer is made."""

    @app.before_request
    def begin() -> None:
        g.shown = shown.begin()

    @app.after_request
    def write(response: Response) -> Response:
        found = g.get("shown") or Shown()
        told = list(_events(found, response.status_code))
        if told:
            recorder = cast(Recorder, current_app.extensions[EXTENSION])
            about = _about(recorder, response.status_code)
            lines = [{"event": event.value, **about, **more} for event, more in told]
            recorder.log.write(lines, recorder.now())
        return response

    @app.teardown_request
    def end(error: BaseException | None) -> None:
        del error
        shown.end()


def _about(recorder: Recorder, status: int) -> dict[str, Any]:
    """Return what every line tells: who, from where, which route, how it ended, and which request it was."""
    return {
        "user": g.get("user_id"),
        "from": digest(recorder.key, ADDRESS, client_address()),
        "method": request.method if request.method in METHODS else "other",
        "route": request.url_rule.rule if request.url_rule is not None else None,
        "status": status,
        "request_id": g.get("request_id"),
    }


def _events(found: Shown, status: int) -> Iterator[tuple[Event, dict[str, Any]]]:
    if status < 500:  # else an error was shown in place of what was loaded for it
        for event, numbers in found.by_event().items():
            yield event, {"numbers": numbers, **({"again": True} if found.again else {})}
    if found.attempt is not None:
        yield _attempted(found.attempt)
    elif status == 401 and request.authorization is not None:
        yield Event.SIGN_IN_REFUSED, {"way": TOKEN}
    if found.left:
        yield Event.SIGN_OUT, {}
    given = request.view_args or {}
    asked = [given[name] for name in NAMED_IN_ADDRESS if name in given]
    if status in REFUSALS or (status == 404 and asked and g.get("user_id") is not None):
        # What stands in an address may be anything; only the number of a case is written down.
        yield Event.REFUSED, {"numbers": [one for one in asked if is_in_full(one)]}


def _attempted(attempt: SignInAttempt) -> tuple[Event, dict[str, Any]]:
    key = cast(Recorder, current_app.extensions[EXTENSION]).key
    told: dict[str, Any] = {"way": attempt.way}
    if attempt.user_id is not None:
        told["user"] = attempt.user_id
    elif attempt.name is not None:
        told["name"] = digest(key, NAME, attempt.name)
    return Event.SIGN_IN if attempt.accepted else Event.SIGN_IN_REFUSED, told
