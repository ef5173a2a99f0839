"""Measure requests a second of create, step, read and list against the floor: `python -m bench.measure`.

Both servers run on the same machine in the same minutes, one process and eight threads each; what counts is
the ratio between them, not the figure.
"""

import argparse
import itertools
import json
import socket
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import ground
from bench.clients import Measured, Request, measure

API = "/api/v1/cases"
WORDS = "渠道堵了，田里没有水，请来看一看。"
#: Cases read and stepped on are taken from these, so that no request meets an empty table.
STOCK = 400
SERIAL = itertools.count()


def main() -> None:
    """Run all measurements and print them as a table, or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="how long each measurement lasts")
    parser.add_argument("--clients", default="1,8", help="numbers of clients, with commas between")
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args()
    clients = [int(number) for number in given.clients.split(",")]
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as name, ground.databases(Path(name)) as urls:
        for engine, url in urls.items():
            folder = Path(name) / engine
            folder.mkdir()
            rows += _engine(engine, url, folder, clients, given.seconds)
    if given.json:
        print(json.dumps(rows, indent=2))
    else:
        _print(rows)


def _engine(engine: str, url: str, folder: Path, clients: list[int], seconds: float) -> list[dict[str, Any]]:
    environ = {"HUIYIN_DATABASE_URL": url, "HUIYIN_DATA_DIR": str(folder), "HUIYIN_SECRET_KEY": "b" * 40}
    token = ground.settle(environ, folder)
    measured: dict[tuple[str, int], Measured] = {}
    port = free_port()
    with ground.serving(["-m", "bench.floor_server", str(port)], environ, port):
        for count in clients:
            measured |= _floor(port, count, seconds)
    port = free_port()
    with ground.serving(["app.py", "serve", "--port", str(port)], environ, port):
        for count in clients:
            measured |= _product(port, token, count, seconds)
    against = {"create": "two rows", "step": "two rows", "read": "one row", "list": "one row"}
    return [
        {
            "engine": engine,
            "what": what,
            "clients": count,
            "per_second": round(found.per_second, 1),
            "median_ms": round(found.median_ms, 2),
            "p95_ms": round(found.p95_ms, 2),
            "of_floor": round(found.per_second / measured[against[what], count].per_second, 3)
            if what in against
            else 1.0,
        }
        for (what, count), found in measured.items()
    ]


def _floor(port: int, clients: int, seconds: float) -> dict[tuple[str, int], Measured]:
    def run(requests: Iterator[Request]) -> Measured:
        return measure(port=port, token="", clients=clients, requests=requests, seconds=seconds)

    return {
        ("two rows", clients): run(itertools.repeat(("POST", "/floor", {"own_words": WORDS}))),
        ("one row", clients): run(itertools.repeat(("GET", "/floor/1", None))),
    }


def _product(port: int, token: str, clients: int, seconds: float) -> dict[tuple[str, int], Measured]:
    """Create cases, then read, list and step on those that were created."""
    numbers: list[str] = []

    def keep(answer: dict[str, Any]) -> None:
        numbers.append(answer["number"])

    def run(requests: Iterator[Request], **options: Any) -> Measured:
        return measure(port=port, token=token, clients=clients, requests=requests, seconds=seconds, **options)

    created = run((("POST", API, complaint()) for _ in itertools.count()), keep=keep)
    run((("POST", API, complaint()) for _ in range(STOCK)), keep=keep)
    assign = {"action": "assign", "unit": "bench-committee"}
    return {
        ("create", clients): created,
        ("read", clients): run(("GET", f"{API}/{number}", None) for number in itertools.cycle(numbers)),
        ("list", clients): run(itertools.repeat(("GET", f"{API}?limit=50", None))),
        ("step", clients): run(("POST", f"{API}/{number}/actions", assign) for number in numbers),
    }


def complaint() -> dict[str, Any]:
    """Give the body of a complaint with a reference of its own."""
    return {
        "village": f"BV{next(SERIAL) % ground.VILLAGES}",
        "category": "irrigation",
        "kind": "problem",
        "own_words": WORDS,
        "client_ref": str(uuid.uuid4()),
        "complainants": [{"name": "某户", "phone": "13800000000"}],
    }


def free_port() -> int:
    """Give a port that nobody listens on."""
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
