"""Say where the time of one request goes: `python -m bench.profile [create|step|read|list]`, on SQLite.

The requests run inside this process, so that the profiler sees everything but the network and the server.
"""

import argparse
import cProfile
import pstats
import tempfile
import time
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import event

from api.application import create
from app import assemble
from bench import environment
from bench.measure import API, complaint
from core import clock

REPEATS = 200


def main() -> None:
    """Print statements, milliseconds and the costliest functions of a kind of request."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("create", "step", "read", "list"), nargs="?", default="create")
    parser.add_argument("--lines", type=int, default=25, help="how many functions to print")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        environ = {
            "HUIYIN_DATABASE_URL": f"sqlite:///{Path(name).as_posix()}/huiyin.db",
            "HUIYIN_DATA_DIR": name,
            "HUIYIN_SECRET_KEY": "b" * 40,
            "HUIYIN_PERSONAL_KEY": "p" * 40,
        }
        token = environment.prepare_environment(environ, Path(name))
        services = assemble(environ)
        app = create(db=services.db, rules=services.rules, settings=services.settings, now=clock.now)
        client = app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        numbers = [_send(client, "create", "") for _ in range(REPEATS + 1)]
        _send(client, given.what, numbers.pop())
        statements: list[str] = []
        event.listen(services.db.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
        profiler = cProfile.Profile()
        began = time.perf_counter()
        profiler.enable()
        for number in numbers:
            _send(client, given.what, number)
        profiler.disable()
        elapsed = time.perf_counter() - began
        services.db.dispose()
    each = len(statements) / REPEATS
    print(f"{given.what}: {each:.1f} statements, {1000 * elapsed / REPEATS:.2f} ms (profiled)")
    for statement in statements[-round(each) :]:
        print("   ", " ".join(statement.split())[:160])
    pstats.Stats(profiler).strip_dirs().sort_stats("tottime").print_stats(given.lines)


def _send(client: FlaskClient, what: str, number: str) -> str:
    if what == "create":
        answer = client.post(API, json=complaint())
    elif what == "step":
        body = {"action": "assign", "unit": "bench-committee"}
        answer = client.post(f"{API}/{number}/actions", json=body)
    else:
        answer = client.get(f"{API}/{number}" if what == "read" else f"{API}?limit=50")
    if answer.status_code >= 300:
        raise RuntimeError(f"{what}: {answer.status_code} {answer.get_data(as_text=True)[:300]}")
    found: str = (answer.get_json() or {}).get("number", "")
    return found


if __name__ == "__main__":
    main()
