"""Whoever is led back after a form is led back to this very site (threats.md T84)."""

import pytest

from web.framework.rendering import local_path


@pytest.mark.parametrize(
    "given",
    [
        *("//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/cases\\..\\evil"),
        *("https://evil.example", "javascript:alert(1)", "evil.example", "", "cases"),
        *("/cases\r\nSet-Cookie: a=b", "/cases\n", "/\t/evil.example", "/" + "a" * 2000),
    ],
)
def test_an_address_elsewhere_is_none(given: str) -> None:
    assert local_path(given) is None


@pytest.mark.parametrize(
    "given", ["/", "/cases?state=received&sort=due_on", "/villages/SL#matters", "/cases?q=水"]
)
def test_a_path_of_this_site_is_kept(given: str) -> None:
    assert local_path(given) == given
