"""No test asks the computer what time it is: what it expects holds at every hour of every day.

Of the program itself one module asks.
"""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.rules.names import Names, names_of, paths
from tests.rules.sources import modules, name, nodes, product, tree, where

#: What answers with the present moment, or with a word made of it.
CLOCKS = {
    "core.clock.now",
    "core.clock.today",
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "email.utils.formatdate",
    "email.utils.localtime",
    "sqlalchemy.func.current_date",
    "sqlalchemy.func.current_time",
    "sqlalchemy.func.current_timestamp",
    "sqlalchemy.func.localtimestamp",
    "sqlalchemy.func.now",
    "time.asctime",
    "time.clock_gettime",
    "time.clock_gettime_ns",
    "time.ctime",
    "time.gmtime",
    "time.localtime",
    "time.strftime",
    "time.time",
    "time.time_ns",
}
#: The modules whose names must be imported one by one, so that it can be seen which.
WHOLE = {f"{clock.rpartition('.')[0]}.*" for clock in CLOCKS}
#: The same in a program or a statement that a test holds as a text.
WRITTEN = re.compile(
    r"\b(date|datetime)\.(now|today|utcnow)\(|\btime\.time(_ns)?\(|\bclock\.(now|today)\("
    r"|[\s(,]current_(date|time|timestamp)\b|\bnow\(\)|'now'",
    re.IGNORECASE,
)
#: What may hold such words, and why.
ALLOWED = {
    "tests/rules/test_clocks.py": "holds the faults that are planted here",
    "tests/rules/test_seconds.py": "holds the faults that are planted there",
    "tests/cli/test_moments.py": "looks whether a program believes the moment",
}


def asked(module: ast.Module, names: Names) -> Iterator[ast.AST]:
    """Yield every place that asks a clock or makes one its own."""
    for node, path in paths(module, names):
        if path in CLOCKS or path in WHOLE:
            yield node
    for node in nodes(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and WRITTEN.search(node.value):
            yield node


def test_no_test_asks_the_computers_clock() -> None:
    found = sorted(
        {
            where(place, node)
            for place in modules()
            if name(place).startswith("tests/") and name(place) not in ALLOWED
            for node in asked(tree(place), Names(tree(place), names_of))
        }
    )
    assert found == []


#: The one module of the program that asks, and what all others ask it for; a migration, which imports
#: nothing that may change, asks the database.
CLOCK = "core/clock.py"
OUR_OWN = {"core.clock.now", "core.clock.today", "core.clock.*"}


def asked_past_the_clock(module: ast.Module, names: Names) -> Iterator[ast.AST]:
    """Yield where a module of the program asks for the present moment by itself, under whatever name."""
    for node, path in paths(module, names):
        if path in (CLOCKS | WHOLE) - OUR_OWN:
            yield node


def test_only_the_clock_module_of_the_program_asks_what_time_it_is() -> None:
    found = [
        where(place, node)
        for place in product()
        if name(place) != CLOCK and not name(place).startswith("migrations/")
        for node in asked_past_the_clock(tree(place), Names(tree(place), names_of))
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime as dt\nnow = dt.now()",
        "import time as t\nnow = t.time()",
        "from time import time\nnow = time()",
        "from sqlalchemy import func as f\nmoment = f.now()",
        "from datetime import date\nday = date\nfirst = day.today()",
    ],
)
def test_a_module_of_the_program_that_asks_by_itself_is_found(source: str) -> None:
    module = ast.parse(source)
    assert list(asked_past_the_clock(module, Names(module))) != []


PLANTED = {
    "as it is": "from datetime import datetime\nexpected = datetime.now()",
    "the day": "import datetime\nexpected = datetime.date.today()",
    "a class under another name": "from datetime import datetime as dt\nexpected = dt.utcnow()",
    "a module under another name": "import time as t\nexpected = t.time()",
    "our own clock": "from core import clock\nexpected = clock.now()",
    "our own clock under another name": "from core import clock as c\nexpected = c.today(zone)",
    "our own clock with its whole name": "import core.clock\nexpected = core.clock.now()",
    "a function under another name": "from core.clock import now as moment\nexpected = moment()",
    "handed over, not called": "from datetime import datetime\nmake(default_factory=datetime.now)",
    "assigned": "from datetime import date\nday = date\nfirst = day.today\nexpected = first()",
    "by its name": "import time\nexpected = getattr(time, 'time')()",
    "everything": "from time import *\nexpected = time()",
    "through a module that has it": "from jobs import schedule\nexpected = schedule.clock.now()",
    "of the database": "from sqlalchemy import func\nexpected = select(func.now())",
    "in a statement": "session.execute(text('SELECT CURRENT_TIMESTAMP'))",
    "in a program": "PROGRAM = 'import datetime; print(datetime.datetime.now())'",
}


@pytest.mark.parametrize("source", PLANTED.values(), ids=PLANTED.keys())
def test_whoever_asks_is_found(source: str) -> None:
    module = ast.parse(source)
    assert list(asked(module, Names(module, names_of))) != []


@pytest.mark.parametrize(
    "source",
    [
        "import time\nuntil = time.monotonic() + 20",
        "from datetime import datetime\nexpected = datetime(2026, 3, 2)",
        "from core import clock\nmonkeypatch.setattr(clock, 'now', lambda: MOMENT)",
        "expected = scene.now\nday = handled.today()",
        "now = at('2026-03-02')\nwork(now=now)",
    ],
    ids=["waiting", "a written day", "stopping the clock", "a moment of the test's own", "a value"],
)
def test_whoever_does_not_ask_is_left_alone(source: str) -> None:
    module = ast.parse(source)
    assert list(asked(module, Names(module, names_of))) == []
