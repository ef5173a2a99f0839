"""The direction of imports, by import-linter, and that it looks at every package."""

import configparser
import subprocess
import sys

import pytest

from cli.testing import LINT_IMPORTS
from tests.rules.sources import ROOT, name, product

PURE = ("workflow", "accounts.access.permissions")


@pytest.fixture
def contracts() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter", encoding="utf-8")
    return parser


def test_imports_point_down() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LINT_IMPORTS], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_package_has_its_layer(contracts: configparser.ConfigParser) -> None:
    packages = {name(place).split("/")[0] for place in product() if "/" in name(place)} - {"migrations"}
    assert packages | {"bench"} == set(contracts["importlinter"]["root_packages"].split())


def test_the_engine_and_the_permissions_stay_pure(contracts: configparser.ConfigParser) -> None:
    engine = contracts["importlinter:contract:engine"]
    assert (set(engine["source_modules"].split()), set(engine["forbidden_modules"].split())) == (
        set(PURE),
        {"sqlalchemy", "flask"},
    )
