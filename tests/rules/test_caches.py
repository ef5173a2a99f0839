"""Nothing that outlives a session keeps a row of it: not what is remembered between requests, nor how.

A row that is kept is loaded anew, or changed, by whoever finds it next, in a session that is not its own.
What is kept are frozen values. Two questions find the next row that is: what the types of remembered
functions say, and, of all other places, which rows are still there when the requests are over that read them.
"""

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from importlib import import_module
from types import ModuleType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from flask import Flask
from sqlalchemy import Row

from accounts.models import Unit
from accounts.register_values import KnownUnit
from cases.responsibility.covering_units import CoveringUnits
from core.persistence.db import Base, Database
from tests.api.conftest import (
    Caller,
    app,
    call,
    client,
    clock,
    described,
    settings,
    submission,
    token,
)
from tests.rules.sources import name, product
from tests.web.conftest import Browser, browser, built, pages

__all__ = [
    "app",
    "browser",
    "built",
    "call",
    "client",
    "clock",
    "described",
    "pages",
    "settings",
    "submission",
    "token",
]

pytestmark = pytest.mark.one_database
#: What makes a function remember its answers.
REMEMBERED = type(lru_cache(int))
#: Where pages are looked at by several people; `{number}` is the case that was just registered.
LOOKED_AT = ("/", "/cases", "/cases/{number}", "/register", "/dashboard", "/villages/SL", "/me", "/people")


def program() -> list[ModuleType]:
    """Load every module of the program."""
    paths = [name(place) for place in product() if "/" in name(place)]
    kept = [path for path in paths if path.split("/")[0] != "migrations"]
    return [
        import_module(path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")) for path in kept
    ]


def remembered(module: ModuleType) -> Iterator[Any]:
    """Yield the functions and methods of a module whose answers are remembered."""
    inside = [
        one for one in vars(module).values() if isinstance(one, type) and one.__module__ == module.__name__
    ]
    for owner in (module, *inside):
        for one in vars(owner).values():
            plain = one.__func__ if isinstance(one, staticmethod | classmethod) else one
            if issubclass(type(plain), REMEMBERED) and plain.__module__ == module.__name__:
                yield plain


def rows_in(hint: Any, seen: frozenset[Any] = frozenset()) -> set[str]:
    """Return the kinds of rows that a value of a type may hold; a class of rows is no row."""
    if hint in seen or get_origin(hint) is type:
        return set()
    seen |= {hint}
    kind = get_origin(hint) or hint
    inside = list(get_args(hint))
    if isinstance(kind, type) and issubclass(kind, Base | Row):
        return {kind.__name__}
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        inside += [hints[one.name] for one in fields(kind)]
    return {found for one in inside if isinstance(one, type) or get_args(one) for found in rows_in(one, seen)}


def rows_of(function: Any) -> set[str]:
    """Return the kinds of rows in what a remembered function gives, and in what it is asked with."""
    return {found for hint in get_type_hints(function).values() for found in rows_in(hint)}


def test_no_function_that_is_remembered_gives_or_takes_rows() -> None:
    every = [(module, one) for module in program() for one in remembered(module)]
    assert len(every) > 10
    assert {f"{module.__name__}.{one.__name__}": rows_of(one) for module, one in every if rows_of(one)} == {}


@dataclass(frozen=True)
class Holder:
    """Something that holds a row further in."""

    units: dict[int, list[Unit]]
    next: "Holder | None"


@pytest.mark.parametrize(
    ("hint", "rows"),
    [
        (Unit, {"Unit"}),
        (Holder, {"Unit"}),
        (tuple[Holder, ...], {"Unit"}),
        (Row[int] | None, {"Row"}),
        (type[Unit], set()),
        (KnownUnit, set()),
        (CoveringUnits, set()),
    ],
    ids=str,
)
def test_rows_in_a_type_are_found(hint: Any, rows: set[str]) -> None:
    assert rows_in(hint) == rows


def alive() -> list[Base]:
    """Return the rows that somebody holds."""
    gc.collect()
    return [one for one in gc.get_objects() if issubclass(type(one), Base)]


def left_since(before: list[Base]) -> set[str]:
    """Return the kinds of rows that somebody holds and that were not there before."""
    known = set(map(id, before))
    return {type(one).__name__ for one in alive() if id(one) not in known}


def forget() -> None:
    """Let every remembered function forget, so that what it keeps is seen to be made anew."""
    for module in program():
        for one in remembered(module):
            one.cache_clear()


def live_a_day(
    call: Callable[[str], Caller], browser: Callable[..., Browser], submission: Callable[..., dict[str, Any]]
) -> None:
    """Register a matter, hand it on, and look at it and all around it."""
    made = call("zuyuan").post("/cases", submission(client_ref="caches"))
    assert made.status_code == 201
    number = made.json["number"]
    assert call("zuzhang").act(number, "assign", unit="committee-SL").status_code == 200
    assert call("cunwei-sl").act(number, "accept").status_code == 200
    for username in ("zuzhang", "guanli"):
        reader = browser(username)
        for path in LOOKED_AT:
            assert reader.get(path.format(number=number)).status in {200, 302, 303, 403, 404}


def test_no_row_is_left_when_the_requests_are_over(
    app: Flask,
    town: Database,
    call: Callable[[str], Caller],
    browser: Callable[..., Browser],
    submission: Callable[..., dict[str, Any]],
) -> None:
    forget()
    before = alive()
    live_a_day(call, browser, submission)
    assert left_since(before) == set()


def test_a_row_that_is_kept_is_found(town: Database) -> None:
    before = alive()

    @lru_cache
    def superior(code: str) -> Any:
        with town.reading() as session:
            return session.get(Unit, 1)

    superior("team")
    assert left_since(before) == {"Unit"}
