"""A name is ours however it is written, and any other one is refused in a whole answer."""

import pytest
from flask import Flask

from tests.web.conftest import built as built
from tests.web.conftest import pages as pages
from wsgi.hosts import is_known, normal_host

pytestmark = pytest.mark.one_database

OURS = ("localhost", "127.0.0.1:8000", "LOCALHOST", "LocalHost:8000", "[::1]", "[::1]:8000", "[0:0::0:1]:80")
NOT_OURS = ("evil.example", "", "[::1", "localhost:99999", "localhost:x", "a b", "user@localhost", "[::2]")


def test_a_host_of_ours_is_answered_however_it_is_written(app: Flask, pages: Flask) -> None:
    for host in OURS:
        assert app.test_client().get("/healthz", headers={"Host": host}).status_code == 200, host
        assert pages.test_client().get("/status", headers={"Host": host}).status_code == 200, host


def test_any_other_host_is_refused_in_words_and_never_said_again(app: Flask, pages: Flask) -> None:
    for host in NOT_OURS:
        problem = app.test_client().get("/healthz", headers={"Host": host})
        assert (problem.status_code, problem.mimetype) == (400, "application/problem+json"), host
        assert (problem.json or {})["facts"] == {"reason": "unknown_host"}
        page = pages.test_client().get("/status", headers={"Host": host, "Accept-Language": "en"})
        assert page.status_code == 400
        assert "HUIYIN_TRUSTED_HOSTS" in page.text
        assert not host or (host not in page.text and host not in problem.text)


@pytest.mark.parametrize(
    ("host", "known", "is_one"),
    [
        ("a.example.org", [".example.org"], True),
        ("example.org:8443", [".example.org"], True),
        ("notexample.org", [".example.org"], False),
        ("a.example.org", ["example.org"], False),
        ("example.org", ["Example.ORG"], True),
        ("[::1]", ["[0:0:0:0:0:0:0:1]"], True),
        ("example.org", ["", ".", "not a host"], False),
    ],
)
def test_a_known_name_may_begin_with_a_dot(host: str, known: list[str], is_one: bool) -> None:
    assert is_known(normal_host(host) or "", known) == is_one


#: Where a form is sent to, where it says to come from, and whether it is taken.
ORIGINS = (
    ("http://localhost", "http://localhost", True),
    ("http://localhost", "HTTP://LOCALHOST", True),
    ("http://localhost", "http://localhost:80", True),
    ("http://localhost:8000", "http://localhost:8000", True),
    ("http://[::1]:8000", "http://[::1]:8000", True),
    ("https://localhost", "https://localhost:443", True),
    ("http://localhost", "https://localhost", False),
    ("https://localhost", "http://localhost", False),
    ("https://localhost", "http://localhost:443", False),
    ("http://localhost", "http://localhost:8000", False),
    ("http://localhost", "http://evil.example", False),
    ("http://localhost", "http://[::1", False),
    ("http://localhost", "http://localhost:x", False),
    ("http://localhost", "http://localhost:999999", False),
    ("http://localhost", "localhost", False),
    ("http://localhost", "null", False),
    ("http://localhost", "\u2100", False),
)


def test_a_form_is_taken_from_a_page_of_ours_alone_and_a_broken_origin_is_another_site(pages: Flask) -> None:
    found = []
    for sent_to, origin, _ in ORIGINS:
        headers = {"Origin": origin.encode().decode("latin-1")}
        answer = pages.test_client().post("/look", base_url=sent_to, headers=headers)
        assert answer.status_code < 500, origin
        found.append((sent_to, origin, answer.status_code != 403))
    assert found == list(ORIGINS)
