"""Measure what must not grow with the number of cases: `python -m bench.scale`.

Lists, pages, sweep, verify, rates and memory at 10,000 and 100,000 cases, and at that of a file that is kept.
One process, one client; what counts is the ratio to the smallest size of the same run.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import create_engine, func, make_url, select, text

from bench import environment, process_memory
from bench.http_clients import Request, measure
from bench.lists import lists
from bench.load import load
from bench.loaded_installation import API, WORK_SECONDS, Figures, Installation, get, median
from bench.measure import free_port
from bench.pages import pages
from cases.deadlines import sweep
from cases.models.case import Case, Clock
from core import clock
from workflow.definition.vocabulary import CaseState

SIZES = (10_000, 100_000)
STEPS = 30
REQUESTS = 200
PRODUCT = ("app.py", "serve", "--port")
FLOOR = ("-m", "bench.baseline_server")


def main() -> None:
    """Measure every size on every engine and print the figures with their ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="with commas between")
    parser.add_argument("--engines", default="sqlite,postgresql", help="with commas between")
    parser.add_argument("--kept", type=Path, help="a loaded SQLite file to measure as well (see README.md)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args()
    sizes = [int(size) for size in given.sizes.split(",") if size]
    found: dict[str, dict[str, Figures]] = {}
    with tempfile.TemporaryDirectory() as name:
        for engine in given.engines.split(","):
            found[engine] = _engine(engine, Path(name), sizes, given.kept if engine == "sqlite" else None)
            if not given.json:
                _print(engine, found[engine])
    if given.json:
        print(json.dumps(found, indent=2, ensure_ascii=False))


def _engine(engine: str, folder: Path, sizes: list[int], kept: Path | None) -> dict[str, Figures]:
    result: dict[str, Figures] = {}
    with _server(engine, folder) as address_of:
        for size in sizes:
            place = folder / f"{engine}-{size}"
            place.mkdir()
            installation = Installation(address_of(size, place), place)
            done = load(
                installation.services, cases=size, today=clock.today(installation.services.rules.zone)
            )
            result[str(size)] = {"load, cases a second": done.per_second, **_measure(installation)}
            installation.services.db.dispose()
        if kept is not None:
            installation = Installation(f"sqlite:///{kept.resolve().as_posix()}", kept.resolve().parent)
            result[kept.name] = _measure(installation)
    return result


@contextmanager
def _server(engine: str, folder: Path) -> Iterator[Callable[[int, Path], str]]:
    """Yield what makes the address of an empty database for each size."""
    if engine == "sqlite":
        yield lambda size, place: f"sqlite:///{(place / 'huiyin.db').as_posix()}"
        return
    with environment.databases(folder) as urls:
        admin = create_engine(urls["postgresql"], isolation_level="AUTOCOMMIT")

        def make(size: int, place: Path) -> str:
            del place
            with admin.connect() as connection:
                connection.execute(text(f"CREATE DATABASE size_{size}"))
            url = make_url(urls["postgresql"]).set(database=f"size_{size}")
            return url.render_as_string(hide_password=False)

        yield make
        admin.dispose()


def _measure(installation: Installation) -> Figures:
    """Measure everything on one database; reading comes first, for sweeping changes it."""
    installation.open()
    found = lists(installation)
    found |= pages(installation)
    found |= _rates(installation)
    found |= _memory(installation)
    found |= _verify(installation)
    found |= _sweep(installation)
    return found


def _rates(installation: Installation) -> Figures:
    client = installation.client("zuzhang")
    return {"rates, ms": median(lambda: get(client, f"{API}/rates"))}


def _memory(installation: Installation) -> Figures:
    """Compare the server with the floor's after the same work, in processes of their own."""
    token = environment.command(installation.environ, "tokens", "issue", "zuzhang").strip()
    found: Figures = {}
    with tempfile.TemporaryDirectory() as folder:
        bare = installation.environ["HUIYIN_DATABASE_URL"]
        if installation.services.db.is_sqlite:  # its tables have no place in a file that is kept
            bare = f"sqlite:///{(Path(folder) / 'floor.db').as_posix()}"
        for what, url, arguments, path in (
            ("server", installation.environ["HUIYIN_DATABASE_URL"], PRODUCT, f"{API}/cases?limit=50"),
            ("floor", bare, FLOOR, "/floor/1"),
        ):
            port = free_port()
            environ = {**installation.environ, "HUIYIN_DATABASE_URL": url, "HUIYIN_PLACES_EACH": "8"}
            environ["HUIYIN_QUOTAS"] = "off"
            with environment.serving([*arguments, str(port)], environ, port) as process_id:
                if what == "floor":
                    write: Iterator[Request] = iter([("POST", "/floor", {"own_words": "。"})])
                    measure(port=port, token="", clients=1, requests=write, seconds=WORK_SECONDS)
                requests: Iterator[Request] = iter([("GET", path, None)] * REQUESTS)
                measure(port=port, token=token, clients=8, requests=requests, seconds=60)
                found[f"memory of the {what}, MB"] = process_memory.pss(process_id)
    return found


def _verify(installation: Installation) -> Figures:
    day = installation.now.astimezone(installation.services.rules.zone).date() - timedelta(days=1)
    spent = process_memory.run(installation.environ, "verify", "--since", day.isoformat())
    return {"verify of a day, s": spent.seconds, "verify of a day, peak MB": spent.peak_mb}


def _sweep(installation: Installation) -> Figures:
    """Sweep a morning with what has become due, then with nothing, against the time of a step.

    The morning before is swept as well and not counted: it is the first of this process, and a scheduler runs
    for weeks.
    """
    services = installation.services
    sweep.sweep(services.db, rules=services.rules, now=installation.now)
    installation.move_on()
    now = installation.now
    with services.db.reading() as session:
        due = session.scalar(
            select(func.count(Clock.case_id.distinct())).where(Clock.next_check_on <= now.date())
        )
    began = time.perf_counter()
    swept = sweep.sweep(services.db, rules=services.rules, now=now)
    each = 1000 * (time.perf_counter() - began) / due if due else None
    idle = median(lambda: sweep.sweep(services.db, rules=services.rules, now=now))
    step = _step(installation)
    return {
        "sweep, cases newly due": float(due or 0),
        "sweep, of these raised": float(len(swept.raised)),
        "sweep with nothing due, ms": idle,
        "sweep of a case newly due, ms": each,
        "step, ms": step,
        "sweep of a case newly due, of a step": each / step if each is not None else None,
    }


def _step(installation: Installation) -> float:
    """Return the median of assigning cases that were only received."""
    client = installation.client("zuzhang")
    with installation.services.db.reading() as session:
        waiting = select(Case.number, Case.village_name).where(Case.state == CaseState.RECEIVED).limit(STEPS)
        numbers = [number for number, _ in session.execute(waiting)]
    times: list[float] = []
    for number in numbers:
        body = {"action": "assign", "unit": f"committee-{number.split('-')[0]}"}
        began = time.perf_counter()
        answer = client.post(f"{API}/cases/{number}/actions", json=body)
        if answer.status_code < 300:  # a committee that the matter names is refused, and costs less
            times.append(time.perf_counter() - began)
    return 1000 * statistics.median(times)


def _print(engine: str, found: dict[str, Figures]) -> None:
    sizes = list(found)
    print(f"\n{engine:46}" + "".join(f"{size:>14}" for size in sizes) + f"{'ratio':>9}")
    for what in dict.fromkeys(name for figures in found.values() for name in figures):
        values = [found[size].get(what) for size in sizes]
        first, last = values[0], values[-1]
        ratio = f"{last / first:9.2f}" if first and last is not None else ""
        print(f"{what:46}" + "".join(f"{_shown(value):>14}" for value in values) + ratio)


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


if __name__ == "__main__":
    main()
