"""The bill of materials is valid CycloneDX and names all that runs, with the hashes that are accepted."""

import json
import re
from typing import Any

import pytest
from cyclonedx.validation.json import JsonStrictValidator

from tests.rules.sources import ROOT
from tests.rules.test_files import TIED
from tests.rules.test_requirements import RUNNING, pins
from tests.supply import sbom
from tests.supply.parts import SuppliedPart, all_parts


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    written: dict[str, Any] = json.loads(sbom.bill(all_parts()))
    return written


def faults(bill: dict[str, Any]) -> str:
    return str(JsonStrictValidator(sbom.SCHEMA).validate_str(json.dumps(bill)) or "")


def test_the_bill_keeps_to_the_schema(told: dict[str, Any]) -> None:
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    assert faults(told) == ""


def test_a_bill_that_does_not_keep_to_it_is_found(told: dict[str, Any]) -> None:
    assert faults({**told, "components": [{"name": "planted"}]}) != ""


def test_every_pinned_package_and_every_bundled_one_is_named_with_its_licence(told: dict[str, Any]) -> None:
    named = {(one["purl"].split("/")[0], one["name"]): one for one in told["components"]}
    python = {name: one["version"] for (kind, name), one in named.items() if kind == "pkg:pypi"}
    assert python == pins(RUNNING)
    assert {name for kind, name in named if kind == "pkg:npm"} == {"htmx.org", "idb"}
    assert [one["name"] for one in told["components"] if not one.get("licenses")] == []


def test_the_hashes_are_those_that_an_installation_accepts(told: dict[str, Any]) -> None:
    pinned = set(re.findall(r"sha256:([0-9a-f]{64})", (ROOT / RUNNING).read_text(encoding="utf-8")))
    said = [one for part in told["components"] for one in part.get("hashes", ())]
    assert {one["content"] for one in said if one["alg"] == "SHA-256"} == pinned
    assert {one["alg"] for one in said} == {"SHA-256", "SHA-512"}


def test_everything_that_runs_is_reached_from_the_program(told: dict[str, Any]) -> None:
    needs = {one["ref"]: one.get("dependsOn", []) for one in told["dependencies"]}
    reached, waiting = set[str](), [told["metadata"]["component"]["bom-ref"]]
    while waiting:
        one = waiting.pop()
        if one not in reached:
            reached.add(one)
            waiting.extend(needs[one])
    elsewhere = {one["bom-ref"] for one in told["components"] if one.get("properties")}
    assert {one["bom-ref"] for one in told["components"]} - reached <= elsewhere


def test_the_bill_names_no_host_of_packages(told: dict[str, Any]) -> None:
    assert TIED.search(json.dumps(told)) is None


def test_a_part_without_a_known_licence_is_told_without_one() -> None:
    [one] = json.loads(sbom.bill([SuppliedPart("npm", "planted", "1.0", "")]))["components"]
    assert (one["name"], "licenses" in one) == ("planted", False)
