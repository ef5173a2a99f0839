"""People who register and act without a pause, and send again what was not answered, as phones do."""

import http.client
import itertools
import json
import threading
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from tests.faults.ledger import Acknowledged, Ledger
from tests.patience import PATIENCE

PAUSE = 0.05


class Asking:
    """One person's connection to the program, opened again when it breaks."""

    def __init__(self, port: int, ledger: Ledger) -> None:
        self._port = port
        self._ledger = ledger
        self._connection: http.client.HTTPConnection | None = None
        self.waits_since: float | None = None

    def ask(
        self, method: str, path: str, headers: Mapping[str, str], body: Any = None
    ) -> tuple[int, Any] | None:
        """Send a request; give status and JSON, or None when the connection ended without an answer."""
        began = self.waits_since = time.monotonic()
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE)
            sent = None if body is None else json.dumps(body)
            self._connection.request(
                method, path, body=sent, headers={"Content-Type": "application/json", **headers}
            )
            response = self._connection.getresponse()
            told = response.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            self._note_end(error, time.monotonic() - began)
            return None
        finally:
            self.waits_since = None
        status = response.status
        self._ledger.answered(status, time.monotonic() - began, _wrong(status, response, told))
        return status, json.loads(told)

    def _note_end(self, error: Exception, seconds: float) -> None:
        if isinstance(error, TimeoutError):
            self._ledger.answered(0, seconds, f"no answer within {PATIENCE:.0f} s")
        else:
            self._ledger.broke_off(seconds)

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _wrong(status: int, response: http.client.HTTPResponse, told: bytes) -> str | None:
    """Say what is wrong about an answer: an own fault, or unavailable without a word when to come again."""
    if status >= 500 and status != 503:
        return f"{status} {told[:300]!r}"
    if status == 503 and not response.getheader("Retry-After"):
        return "503 without Retry-After"
    return None


class Load:
    """Several people who each register cases, assign them, note something and read them again."""

    def __init__(
        self, port: int, tokens: Mapping[str, str], ledger: Ledger, *, people: int = 4, name: str = "load"
    ) -> None:
        self._tokens = tokens
        self._ledger = ledger
        self._end = threading.Event()
        self._name = name
        self.askings = [Asking(port, ledger) for _ in range(people)]
        self._threads = [
            threading.Thread(target=self._work, args=(asking, number))
            for number, asking in enumerate(self.askings)
        ]

    def __enter__(self) -> "Load":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Let everybody begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let everybody finish what is under way and no more."""
        self._end.set()
        for thread in self._threads:
            thread.join()

    def stop_asking_anew(self) -> None:
        """Let nobody begin another request; what is under way goes on."""
        self._end.set()

    def pause(self) -> None:
        """Wait a moment, unless the end has come."""
        self._end.wait(PAUSE)

    def _work(self, asking: Asking, person: int) -> None:
        for serial in itertools.count():
            if self._end.is_set():
                asking.close()
                return
            self._one_case(asking, f"{self._name}-{person}-{serial}")

    def _one_case(self, asking: Asking, ref: str) -> None:
        body = {
            "village": "SL",
            "category": "irrigation",
            "kind": "problem",
            "own_words": "水渠塌了一段，下田浇不上水。",
            "client_ref": ref,
            "complainants": [{"name": "田某", "phone": "13800002046"}],
        }
        case = self._insist(asking, "zuyuan", ref, "register", "/cases", body)
        if case is None:
            return
        address = f"/cases/{case['number']}"
        for action in ({"action": "assign", "unit": "committee-SL"}, {"action": "note", "text": "看过了"}):
            after = self._insist(
                asking, "zuzhang", ref, action["action"], f"{address}/actions", action, case["version"]
            )
            if after is None:
                return
            case = after
        asking.ask("GET", f"/api/v1{address}", {"Authorization": f"Bearer {self._tokens['zuzhang']}"})

    def _insist(
        self,
        asking: Asking,
        who: str,
        ref: str,
        action: str,
        path: str,
        body: Any,
        version: int | None = None,
    ) -> dict[str, Any] | None:
        """Send until it is answered, always under the same key; give the case, or None at the end."""
        headers = {"Authorization": f"Bearer {self._tokens[who]}", "Idempotency-Key": f"{ref}:{action}"}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        while not self._end.is_set():
            answer = asking.ask("POST", f"/api/v1{path}", headers, body)
            if answer is not None and answer[0] in (200, 201):
                case: dict[str, Any] = answer[1]
                self._ledger.acknowledge(Acknowledged(case["number"], ref, action, case["version"]))
                return case
            if answer is not None and answer[0] != 503:
                self._ledger.answered(answer[0], 0.0, f"{action} was answered {answer}")
                return None
            self.pause()
        return None
