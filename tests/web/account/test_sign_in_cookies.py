"""Over HTTPS every cookie is tied to this very host; on plain HTTP it works all the same."""

import ast
from collections.abc import Iterator
from http.cookies import SimpleCookie

import pytest
from flask import Flask

from tests.builders import PASSWORD
from tests.rules import sources
from web.framework.display_preferences import DisplayPreferences

pytestmark = pytest.mark.one_database

SIGN_IN = {"username": "zuyuan", "password": PASSWORD}
LARGE = {"size": "huge", "language": "en", "back": "/"}
CALLS = frozenset({"set_cookie", "delete_cookie"})
NAMED = frozenset({"host_cookie", "cookie_name"})


def unnamed(tree: ast.AST) -> Iterator[int]:
    """Find the lines in which a cookie is set under a name that nobody ties to the host."""
    for node in ast.walk(tree):
        if (
            not isinstance(node, ast.Call)
            or not isinstance(node.func, ast.Attribute)
            or node.func.attr not in CALLS
        ):
            continue
        name = node.args[0] if node.args else None
        called = name.func if isinstance(name, ast.Call) else None
        said = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", None)
        if said not in NAMED:
            yield node.lineno


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_each_cookie_is_for_this_host_alone_and_for_no_script(pages: Flask, scheme: str) -> None:
    base = f"{scheme}://localhost"
    client = pages.test_client()
    answers = [
        client.post(path, base_url=base, data=form, headers={"Origin": base})
        for path, form in (("/sign-in", SIGN_IN), ("/look", LARGE), ("/sign-out", {}))
    ]
    assert [answer.status_code for answer in answers] == [303, 303, 303]
    set_cookies = [one for answer in answers for one in answer.headers.getlist("Set-Cookie")]
    assert len(set_cookies) == 4
    for one in set_cookies:
        ((name, cookie),) = SimpleCookie(one).items()
        assert name.startswith("__Host-") == bool(cookie["secure"]) == (scheme == "https")
        assert (cookie["path"], cookie["domain"], cookie["samesite"]) == ("/", "", "Lax")
        assert cookie["httponly"]


def test_a_session_of_the_plain_name_opens_nothing_over_https(pages: Flask) -> None:
    client = pages.test_client()
    client.post("/sign-in", data=SIGN_IN, headers={"Origin": "http://localhost"})
    assert client.get("/register").status_code == 200
    assert client.get("/register", base_url="https://localhost").status_code == 302


def test_the_display_kept_under_the_plain_name_is_read_until_another_is_chosen(pages: Flask) -> None:
    client = pages.test_client()
    base = "https://localhost"
    client.set_cookie("look", ".".join(vars(DisplayPreferences(language="en")).values()))
    assert '<html lang="en"' in client.get("/status", base_url=base).text
    client.post("/look", base_url=base, data={"language": "zh", "back": "/"}, headers={"Origin": base})
    assert '<html lang="zh-CN"' in client.get("/status", base_url=base).text


def test_no_cookie_is_set_under_another_name() -> None:
    setting = [place for place in sources.product() if "_cookie(" in place.read_text(encoding="utf-8")]
    assert len(setting) > 1
    assert {sources.name(place): list(unnamed(sources.tree(place))) for place in setting} == {
        sources.name(place): [] for place in setting
    }
    assert list(unnamed(ast.parse("answer.set_cookie('huiyin', secret)"))) == [1]
