"""The direction of imports, by import-linter, and that it looks at every package."""

import ast
import configparser
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from cli.testing import LINT_IMPORTS
from tests.rules.sources import ROOT, name, product, tree, where

PURE = ("workflow", "accounts.access.permissions")
#: The packages of several rooms; each has a contract of its own.
ROOMED = ("cases", "web", "accounts", "core", "api", "cli", "workflow", "wsgi")
#: The doors that know the database: they open the transaction, or carry its session.
DOORS = {
    "api.framework.request_context",
    "api.framework.request_handling",
    "web.error_pages",
    "web.framework.blueprint",
    "web.framework.request_context",
}
#: What a session is asked with.
ASKING = {
    *("get", "get_one", "scalar", "scalars", "execute", "query", "connection", "refresh"),
    *("add", "add_all", "delete", "merge", "flush"),
}


@pytest.fixture
def contracts() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter", encoding="utf-8")
    return parser


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LINT_IMPORTS], cwd=folder, capture_output=True, text=True, check=False
    )


def test_imports_point_down() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def rooms_of(contracts: configparser.ConfigParser) -> dict[str, Mapping[str, str]]:
    """Find the contract about the rooms of each package."""
    return {
        section["containers"]: section
        for section in contracts.values()
        if section.get("type") == "layers" and "containers" in section
    }


def floors(contract: Mapping[str, str]) -> list[list[str]]:
    """List the rooms of a contract from the top floor down, without those that need not be there."""
    lines = (re.findall(r"(?<![\w(])\w+(?!\))", line) for line in contract["layers"].splitlines())
    return [rooms for rooms in lines if rooms]


def test_every_room_of_a_package_has_its_floor(contracts: configparser.ConfigParser) -> None:
    rooms = rooms_of(contracts)
    assert set(rooms) == set(ROOMED)
    assert {contract["exhaustive"] for contract in rooms.values()} == {"True"}


def write_packages(folder: Path, contracts: configparser.ConfigParser) -> None:
    """Write packages with the same rooms, all of them empty, and the contracts about these alone."""
    rooms = rooms_of(contracts)
    for package, contract in rooms.items():
        (folder / package).mkdir()
        for room in ["__init__", *(room for floor in floors(contract) for room in floor)]:
            (folder / package / f"{room}.py").touch()
    config = configparser.ConfigParser()
    config["importlinter"] = {"root_packages": "\n" + "\n".join(rooms)}
    for package, contract in rooms.items():
        config[f"importlinter:contract:{package}"] = dict(contract)
    with (folder / ".importlinter").open("w", encoding="utf-8") as file:
        config.write(file)


def broken(done: subprocess.CompletedProcess[str]) -> set[str]:
    return set(re.findall(r"^Rooms of (\w+) BROKEN$", done.stdout, re.MULTILINE))


def test_empty_rooms_keep_the_contracts(contracts: configparser.ConfigParser, tmp_path: Path) -> None:
    write_packages(tmp_path, contracts)
    done = lint(tmp_path)
    assert (done.returncode, broken(done)) == (0, set()), done.stdout + done.stderr


def test_an_import_that_points_up_is_found(contracts: configparser.ConfigParser, tmp_path: Path) -> None:
    write_packages(tmp_path, contracts)
    for package, contract in rooms_of(contracts).items():
        above, *_, below = floors(contract)
        (tmp_path / package / f"{below[0]}.py").write_text(f"import {package}.{above[0]}\n")
    assert broken(lint(tmp_path)) == set(ROOMED)


def test_an_import_from_beside_is_found(contracts: configparser.ConfigParser, tmp_path: Path) -> None:
    write_packages(tmp_path, contracts)
    for package, contract in rooms_of(contracts).items():
        left, right, *_ = next(floor for floor in floors(contract) if len(floor) > 1)
        (tmp_path / package / f"{left}.py").write_text(f"import {package}.{right}\n")
    assert broken(lint(tmp_path)) == set(ROOMED)


def test_a_room_without_a_floor_is_found(contracts: configparser.ConfigParser, tmp_path: Path) -> None:
    write_packages(tmp_path, contracts)
    for package in ROOMED:
        (tmp_path / package / "annex.py").touch()
        done = lint(tmp_path)
        (tmp_path / package / "annex.py").unlink()
        assert (done.returncode != 0, "annex" in done.stdout) == (True, True), package


def test_every_package_has_its_layer(contracts: configparser.ConfigParser) -> None:
    packages = {name(place).split("/")[0] for place in product() if "/" in name(place)} - {"migrations"}
    assert packages | {"bench"} == set(contracts["importlinter"]["root_packages"].split())


def test_the_engine_and_the_permissions_stay_pure(contracts: configparser.ConfigParser) -> None:
    engine = contracts["importlinter:contract:engine"]
    assert (set(engine["source_modules"].split()), set(engine["forbidden_modules"].split())) == (
        set(PURE),
        {"sqlalchemy", "flask"},
    )


def asks_the_database(module: ast.Module) -> list[ast.AST]:
    """Find where a module asks a session for rows, or changes some, by itself."""
    return [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute)
        and node.attr in ASKING
        and isinstance(node.value, ast.Attribute | ast.Name)
        and (node.value.attr if isinstance(node.value, ast.Attribute) else node.value.id) == "session"
    ]


def test_a_door_asks_no_database() -> None:
    doors = [place for place in product() if name(place).split("/")[0] in {"web", "api"}]
    assert len(doors) > len(DOORS)
    assert [where(place, node) for place in doors for node in asks_the_database(tree(place))] == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("page_request.session.get(Area, one.parent_id)", 1),
        ("session.scalars(numbers_hidden_from(actor)).all()", 1),
        ("list_areas(page_request.session, actor=page_request.actor)", 0),
        ("form.get('name')", 0),
    ],
)
def test_a_door_that_asks_the_database_is_found(source: str, found: int) -> None:
    assert len(asks_the_database(ast.parse(source))) == found


def test_the_database_is_known_to_the_modules_that_open_transactions_alone(
    contracts: configparser.ConfigParser, tmp_path: Path
) -> None:
    doors = contracts["importlinter:contract:doors"]
    known = {line.split(" ->")[0] for line in doors["ignore_imports"].split("\n") if line}
    assert (set(doors["source_modules"].split()), known) == ({"web", "api"}, DOORS)
    config = configparser.ConfigParser()
    config["importlinter"] = {"root_packages": "\nweb\napi", "include_external_packages": "True"}
    config["importlinter:contract:doors"] = dict(doors)
    with (tmp_path / ".importlinter").open("w", encoding="utf-8") as file:
        config.write(file)
    for module in {*DOORS, "web.cases.list"}:
        place = tmp_path / f"{module.replace('.', '/')}.py"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("from sqlalchemy import select\n" if module in DOORS else "", encoding="utf-8")
        for folder in [one for one in place.parents if tmp_path in one.parents]:
            (folder / "__init__.py").touch()
    assert lint(tmp_path).returncode == 0
    (tmp_path / "web" / "cases" / "list.py").write_text("from sqlalchemy import select\n", encoding="utf-8")
    done = lint(tmp_path)
    assert (done.returncode != 0, "web.cases.list -> sqlalchemy" in done.stdout) == (True, True)
