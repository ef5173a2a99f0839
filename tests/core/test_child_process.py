"""A process that the program starts learns what it needs, and nothing secret."""

import pytest

from core import child_process

SECRETS = (
    "HUIYIN_SECRET_KEY",
    "HUIYIN_DATABASE_URL",
    "HUIYIN_SMTP_URL",
    "PGPASSWORD",
    "AWS_SECRET_ACCESS_KEY",
)
KINDS = {
    name: value
    for name, value in vars(child_process).items()
    if name.isupper() and isinstance(value, tuple) and all(isinstance(one, str) for one in value)
}


@pytest.mark.parametrize("besides", KINDS.values(), ids=KINDS)
def test_no_secret_is_in_any_environment(besides: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECRETS:
        monkeypatch.setenv(name, "hidden-word")
    assert len(KINDS) > 3
    assert "hidden-word" not in child_process.surroundings(besides).values()


def test_what_is_named_is_handed_on_and_a_star_stands_for_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PIP_CERT", "PIPX_HOME", "pip_cert", "LC_ALL"):
        monkeypatch.setenv(name, "x")
    given = child_process.surroundings(("PIP_*", "LC_ALL"), {"ADDED": "y"})
    assert {"PIP_CERT": "x", "LC_ALL": "x", "ADDED": "y"}.items() <= given.items()
    assert given.keys().isdisjoint({"PIPX_HOME", "pip_cert"})
    assert "PATH" in given
