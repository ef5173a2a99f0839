"""Whatever runs with the program may be passed on with it, and stands in the list."""

import json
import tomllib

import pytest

from tests.rules.sources import ROOT
from tests.supply.licences import ACCEPTED, PAGE, PERMISSIVE, is_permissive, page, refused
from tests.supply.parts import SuppliedPart, all_parts

PARTS = all_parts()


def test_every_part_has_a_licence_that_lets_it_be_passed_on() -> None:
    assert len(PARTS) > 40
    assert refused(PARTS) == []


def test_the_program_says_its_own_licence_in_the_same_way_everywhere() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License\n" in text
    assert "END OF TERMS AND CONDITIONS" in text
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pages = json.loads((ROOT / "web" / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))["packages"][""]
    assert {project["license"], pages["license"], lock["license"]} == {"Apache-2.0"}
    assert project["license-files"] == ["LICENSE"]


def test_what_was_accepted_is_there_and_needs_it() -> None:
    assert refused(PARTS, accepted=()) == [*ACCEPTED]


def test_the_list_of_licences_is_the_one_of_today() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(PARTS), "run python -m tests.supply.licences"


@pytest.mark.parametrize(
    "licence", ["MIT", "Apache-2.0 OR GPL-3.0-only", "MIT AND (BSD-3-Clause OR MPL-2.0)", *sorted(PERMISSIVE)]
)
def test_a_licence_that_asks_for_nothing_more_is_permissive(licence: str) -> None:
    assert is_permissive(licence)


@pytest.mark.parametrize(
    "licence",
    [
        "",
        "GPL-3.0-only",
        "AGPL-3.0-or-later",
        "MIT AND LGPL-3.0-only",
        "MPL-2.0",
        "BSD",
        "UNKNOWN",
        "MIT WITH",
        "A, B",
    ],
)
def test_a_part_whose_licence_is_unknown_or_asks_for_more_is_refused(licence: str) -> None:
    assert refused([SuppliedPart("pypi", "planted", "1", licence)]) == ["planted"]
