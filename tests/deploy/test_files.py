"""The files of `deploy/`: what they name is there, and the units shut the program in."""

import re
from pathlib import Path

import pytest

from cli.main import build_parser
from config.settings import PREFIX, SETTINGS, load
from core.i18n import translator

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))


def example() -> dict[str, str]:
    lines = (DEPLOY / "huiyin.env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_example_names_settings_that_there_are_and_can_be_read() -> None:
    assert example().keys() <= {PREFIX + setting.name for setting in SETTINGS}
    settings = load(example())
    assert (settings.proxy_hops, settings.secret_key) == (1, "")
    assert "127.0.0.1" in settings.trusted_hosts


def test_no_example_holds_a_key() -> None:
    shown = {
        setting.name: example()[PREFIX + setting.name]
        for setting in SETTINGS
        if setting.secret and PREFIX + setting.name in example()
    }
    assert {"SECRET_KEY", "PERSONAL_KEY"} <= shown.keys()
    assert set(shown.values()) == {""}


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_starts_a_command_that_there_is(unit: Path) -> None:
    (started,) = re.findall(r"^ExecStart=\S+ app\.py (.+)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    assert callable(build_parser(translator("zh")).parse_args(started.split()).run)


def section(unit: Path) -> set[str]:
    """Return the lines of a unit that shut it in."""
    _, _, rest = unit.read_text(encoding="utf-8").partition("NoNewPrivileges")
    return {
        line
        for line in rest.splitlines()
        if "=" in line and not line.startswith(("Memory", "Tasks", "Wanted"))
    }


def test_both_units_are_shut_in_alike() -> None:
    first, second = map(section, UNITS)
    assert first == second
    assert {"ProtectSystem=strict", "CapabilityBoundingSet=", "PrivateUsers=yes"} <= first


@pytest.mark.parametrize("name", ["nginx.conf", "haproxy.cfg"])
def test_a_proxy_hands_on_the_headers_that_the_program_believes(name: str) -> None:
    written = (DEPLOY / name).read_text(encoding="utf-8")
    for header in ("X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Request-Id"):
        assert header in written
