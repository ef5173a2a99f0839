"""Measure requests a second of create, step, read and list against the floor: `python -m bench.measure`.

Both servers run on the same machine, one process and eight threads each, and are asked by turns for a moment
each: a machine that others use as well is slow now and quick then, and only what is measured side by side can
be compared. What counts is the ratio between them, not the figure.
"""

import argparse
import itertools
import json
import socket
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from bench import environment
from bench.http_clients import Measured, Request, measure

API = "/api/v1/cases"
WORDS = "渠道堵了，田里没有水，请来看一看。"
WRITE: Request = ("POST", "/floor", {"own_words": WORDS})
#: Cases that stand before anything is measured, so that no request meets an empty table.
STOCK = 200
#: What each kind of request is compared with.
AGAINST = {"create": "two rows", "step": "two rows", "read": "one row", "list": "one row"}
SERIAL = itertools.count()
Turn = dict[str, Measured]


def main() -> None:
    """Run all measurements and print them as a table, or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how many turns floor and product take")
    parser.add_argument("--seconds", type=float, default=1.5, help="how long each is asked in its turn")
    parser.add_argument("--clients", default="1,8", help="numbers of clients, with commas between")
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args()
    clients = [int(number) for number in given.clients.split(",")]
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as name, environment.databases(Path(name)) as urls:
        for engine, url in urls.items():
            folder = Path(name) / engine
            folder.mkdir()
            for count, turns in take_turns(
                url, folder, clients, rounds=given.rounds, seconds=given.seconds
            ).items():
                rows += [_row(engine, what, count, turns) for what in turns[0]]
    if given.json:
        print(json.dumps(rows, indent=2))
    else:
        _print(rows)


def take_turns(
    url: str, folder: Path, clients: list[int], *, rounds: int, seconds: float
) -> dict[int, list[Turn]]:
    """Let floor and product take turns on an empty database; give them by the number of clients.

    A turn holds what was measured of each kind of request, for so many seconds. Raises RuntimeError with the
    first request that was refused.
    """
    environ = {
        "HUIYIN_DATABASE_URL": url,
        "HUIYIN_DATA_DIR": str(folder),
        "HUIYIN_SECRET_KEY": "b" * 40,
        "HUIYIN_PERSONAL_KEY": "p" * 40,
        "HUIYIN_PLACES_EACH": "8",  # all clients are one user
        "HUIYIN_QUOTAS": "off",
    }
    token = environment.prepare_environment(environ, folder)
    floor, product = free_port(), free_port()
    taken: dict[int, list[Turn]] = {count: [] for count in clients}
    with (
        environment.serving(["-m", "bench.baseline_server", str(floor)], environ, floor),
        environment.serving(["app.py", "serve", "--port", str(product)], environ, product),
    ):
        _ask(product, token, clients[0], 60, (("POST", API, complaint()) for _ in range(STOCK)))
        _ask(floor, "", clients[0], seconds, itertools.repeat(WRITE))
        for count, turns in taken.items():
            for _ in range(rounds):
                turns.append(_floor(floor, count, seconds) | _product(product, token, count, seconds))
    return taken


def _ask(
    port: int, token: str, clients: int, seconds: float, requests: Iterator[Request], **options: Any
) -> Measured:
    return measure(port=port, token=token, clients=clients, requests=requests, seconds=seconds, **options)


def _floor(port: int, clients: int, seconds: float) -> Turn:
    return {
        "two rows": _ask(port, "", clients, seconds, itertools.repeat(WRITE)),
        "one row": _ask(port, "", clients, seconds, itertools.repeat(("GET", "/floor/1", None))),
    }


def _product(port: int, token: str, clients: int, seconds: float) -> Turn:
    """Create cases, then read, list and step on those that were created."""
    numbers: list[str] = []

    def run(requests: Iterator[Request], **options: Any) -> Measured:
        return _ask(port, token, clients, seconds, requests, **options)

    def record(answer: dict[str, Any]) -> None:
        numbers.append(answer["number"])

    assign = {"action": "assign", "unit": "bench-committee"}
    return {
        "create": run((("POST", API, complaint()) for _ in itertools.count()), record=record),
        "read": run(("GET", f"{API}/{number}", None) for number in itertools.cycle(numbers)),
        "list": run(itertools.repeat(("GET", f"{API}?limit=50", None))),
        "step": run(("POST", f"{API}/{number}/actions", assign) for number in numbers),
    }


def _row(engine: str, what: str, clients: int, turns: list[Turn]) -> dict[str, Any]:
    """Return the median turn of one kind of request, and the median of its ratios, each within its turn."""
    against = AGAINST.get(what, what)
    return {
        "engine": engine,
        "what": what,
        "clients": clients,
        "per_second": round(median(turn[what].per_second for turn in turns), 1),
        "median_ms": round(median(turn[what].median_ms for turn in turns), 2),
        "p95_ms": round(median(turn[what].p95_ms for turn in turns), 2),
        "of_floor": round(median(turn[what].per_second / turn[against].per_second for turn in turns), 3),
    }


def complaint() -> dict[str, Any]:
    """Return the body of a complaint with a reference of its own."""
    return {
        "village": f"BV{next(SERIAL) % environment.VILLAGES}",
        "category": "irrigation",
        "kind": "problem",
        "own_words": WORDS,
        "client_ref": str(uuid.uuid4()),
        "complainants": [{"name": "某户", "phone": "13800000000"}],
    }


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _print(rows: list[dict[str, Any]]) -> None:
    print("engine      what      clients     req/s  median ms    p95 ms  of floor")
    for row in rows:
        print(
            f"{row['engine']:11} {row['what']:9} {row['clients']:7d} {row['per_second']:9.1f} "
            f"{row['median_ms']:10.2f} {row['p95_ms']:9.2f} {row['of_floor']:9.3f}"
        )


if __name__ == "__main__":
    main()
