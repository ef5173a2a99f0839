"""Send requests over kept-alive connections from several clients at once and count what comes back."""

import http.client
import json
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

Request = tuple[str, str, dict[str, Any] | None]


@dataclass(frozen=True)
class Measured:
    """What a number of clients got done: answers a second, and the time of one answer in milliseconds."""

    requests: int
    per_second: float
    median_ms: float
    p95_ms: float


class Client:
    """One kept-alive connection with a token."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def send(self, request: Request) -> dict[str, Any]:
        """Send one request and give its JSON answer; raise RuntimeError for anything but 2xx."""
        method, path, body = request
        content = json.dumps(body).encode() if body is not None else None
        self._connection.request(method, path, content, self._headers)
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:300]!r}")
        result: dict[str, Any] = json.loads(text)
        return result

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


def measure(
    *,
    port: int,
    token: str,
    clients: int,
    requests: Iterator[Request],
    seconds: float,
    record: Callable[[dict[str, Any]], None] | None = None,
) -> Measured:
    """Let clients take requests from one source for some seconds, one each at least, or until it is empty.

    `record` is called with every answer. Raises RuntimeError when any answer was a refusal.
    """
    source, lock = requests, threading.Lock()
    times: list[float] = []
    failures: list[Exception] = []
    start = threading.Barrier(clients + 1)
    deadline = [0.0]

    def work() -> None:
        with closing(Client(port, token)) as client:
            send_all(client)

    def send_all(client: Client) -> None:
        start.wait()
        late = False
        while not late and not failures:
            with lock:
                request = next(source, None)
            if request is None:
                return
            began = time.perf_counter()
            try:
                answer = client.send(request)
            except Exception as problem:
                failures.append(problem)
                return
            times.append(time.perf_counter() - began)
            if record is not None:
                record(answer)
            late = time.perf_counter() >= deadline[0]

    threads = [threading.Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    began = time.perf_counter()
    deadline[0] = began + seconds
    start.wait()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - began
    if failures:
        raise RuntimeError(f"a request failed: {failures[0]}")
    ordered = sorted(times)
    return Measured(
        requests=len(times),
        per_second=len(times) / elapsed,
        median_ms=1000 * statistics.median(ordered),
        p95_ms=1000 * ordered[int(0.95 * (len(ordered) - 1))],
    )
