"""Whoever is counted has proved who they are; all others are counted by `wsgi/guessing/throttles.py` alone.

A limit on a name or an address is a lock that anybody can turn. So a module that counts tries by itself
counts a person who is signed in, or the holder of a code that was right. What that one module counts of
places and names is a lock as well: it leaves out devices that are known, and no two ways in share one.
"""

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from flask import Flask

from accounts.sign_in.rate_limits import Counted, Limit
from tests.rules.sources import name, product, tree
from wsgi.guessing import throttles
from wsgi.rate_limits import SIGN_IN_ALL, SIGN_IN_DEVICE

#: What lets known devices through, and has the numbers of the others.
BUILT_FOR_STRANGERS = frozenset(
    {"accounts/sign_in/rate_limits.py", "wsgi/guessing/throttles.py", "wsgi/guessing/code_gate.py"}
)
#: Where an address is read, and where it is noted as a digest; neither counts.
NOT_COUNTING = frozenset({"wsgi/addresses.py", "wsgi/security_log.py"})
COUNTING = frozenset({"spend", "refuse_when_spent"})
PROVED = ("user:", "complainant:")
PLACES = frozenset({"client_address", "client_networks", "remote_addr"})


def subjects(module: ast.Module) -> Iterator[ast.expr]:
    """Yield whom a module counts, a name followed to what it was given."""
    given: dict[str, ast.expr] = {}
    for node in ast.walk(module):
        for target in node.targets if isinstance(node, ast.Assign) else ():
            value = node.value  # type: ignore[attr-defined]  # only an assignment has targets here
            pairs = [(target, value)]
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                pairs = list(zip(target.elts, value.elts, strict=False))
            given |= {one.id: what for one, what in pairs if isinstance(one, ast.Name)}
    for node in ast.walk(module):
        called = (
            getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
        )
        if isinstance(node, ast.Call) and called in COUNTING:
            for one in node.keywords:
                if one.arg == "subject":
                    yield given.get(one.value.id, one.value) if isinstance(one.value, ast.Name) else one.value


def is_proved(subject: ast.expr) -> bool:
    """Return whether somebody is counted who proved who they are."""
    first = subject.values[0] if isinstance(subject, ast.JoinedStr) else subject
    return isinstance(first, ast.Constant) and str(first.value).startswith(PROVED)


def chosen_by_strangers(module: ast.Module) -> list[str]:
    """Return what a module counts that a stranger chooses."""
    found = [ast.unparse(one) for one in subjects(module) if not is_proved(one)]
    asked = [getattr(node, "attr", getattr(node, "id", "")) for node in ast.walk(module)]
    return found + sorted({one for one in asked if one in PLACES})


def test_nobody_is_counted_whom_a_stranger_chooses() -> None:
    apart = BUILT_FOR_STRANGERS | NOT_COUNTING
    found = {name(place): chosen_by_strangers(tree(place)) for place in product() if name(place) not in apart}
    assert {path: what for path, what in found.items() if what} == {}
    assert sum(1 for place in product() for _ in subjects(tree(place)) if name(place) not in apart) >= 4


@pytest.mark.parametrize(
    "planted",
    [
        "rate_limits.spend(session, limit=LIMIT, subject=username, now=now)",
        "subject = form['name']\nrate_limits.refuse_when_spent(session, limit=L, subject=subject, now=now)",
        "one, subject = 1, form['name']\nspend(session, limit=LIMIT, subject=subject, now=now)",
        "spend(session, limit=LIMIT, subject=f'name:{name}', now=now)",
        "rate_limits.spend(session, limit=LIMIT, subject=client_address(), now=now)",
        "counted = [(LIMIT, request.remote_addr)]",
    ],
)
def test_a_lock_that_a_stranger_can_turn_is_found(planted: str) -> None:
    assert chosen_by_strangers(ast.parse(planted)) != []


def test_somebody_who_is_signed_in_may_be_counted() -> None:
    assert (
        chosen_by_strangers(ast.parse("spend(session, limit=LIMIT, subject=f'user:{user.id}', now=now)"))
        == []
    )


#: What says of whom tries are counted, by name; and what lets known devices through before it is asked.
WAYS_IN: Mapping[str, Callable[..., Counted]] = {
    one: found for one, found in inspect.getmembers(throttles, inspect.isfunction) if one.endswith("_tries")
}
KNOWN_BEFORE = frozenset({"wrong_code_tries"})  # wsgi/guessing/code_gate.py
GIVEN: Mapping[str, Any] = {"username": "zuzhang", "user_id": 7}


def counted_by(way: Callable[..., Counted], device: str | None) -> Counted:
    """Ask a way in of whom a try on a device is counted; one that does not take it knows no device."""
    asked = inspect.signature(way).parameters
    given = {one: value for one, value in {**GIVEN, "device": device}.items() if one in asked}
    with Flask(__name__).test_request_context("/", environ_base={"REMOTE_ADDR": "192.0.2.7"}):
        return way(**given)


def turned_for_known_devices(ways: Mapping[str, Callable[..., Counted]]) -> list[str]:
    """Return the ways in that count a known device by anything but itself, and those that share a limit."""
    found = []
    owners: dict[str, str] = {}
    for one, way in ways.items():
        subjects = {subject for _, subject in counted_by(way, "x")}
        if one not in KNOWN_BEFORE and subjects != {"device:x"}:
            found.append(one)
        limits = {limit.name for device in (None, "x") for limit, _ in counted_by(way, device)}
        found += [one for limit in limits if owners.setdefault(limit, one) != one]
    return found


def test_no_way_in_counts_a_known_device_by_what_strangers_do_or_shares_a_limit() -> None:
    assert len(WAYS_IN) >= 4
    assert turned_for_known_devices(WAYS_IN) == []


@pytest.mark.parametrize(
    "planted",
    [
        lambda: throttles.of_address(Limit("planted", 1, SIGN_IN_ALL.within)),
        lambda device: [(SIGN_IN_DEVICE, f"device:{device}")],
    ],
    ids=["no device is known", "a limit is shared"],
)
def test_a_way_in_that_strangers_can_shut_is_found(planted: Callable[..., Counted]) -> None:
    assert turned_for_known_devices({**WAYS_IN, "planted": planted}) != []
