"""Write the bill of materials of the program as CycloneDX 1.6, in JSON: `python -m tests.supply.sbom`.

What the packages hold themselves (the libraries compiled into them) is told by their own bills, which come
with them in the folder `sboms` of their metadata.
"""

import re
import sys
import tomllib
import uuid
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, requires

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.rules.sources import ROOT
from tests.supply.parts import SuppliedPart, all_parts

SCHEMA = SchemaVersion.V1_6
#: The extras that are asked for; other optional requirements of a package are not installed.
EXTRAS = ("", "binary")


def bill(parts: Iterable[SuppliedPart]) -> str:
    """Return the bill of the program and these parts, with what needs what."""
    known = {(one.kind, one.name): component_of(one) for one in parts}
    program = the_program()
    bom = Bom(components=known.values(), serial_number=uuid.uuid4())
    bom.metadata.component = program
    python = {name: one for (kind, name), one in known.items() if kind == "pypi"}
    named = listed()
    first = [one for (kind, name), one in known.items() if kind != "pypi" or name in named]
    bom.register_dependency(program, first)
    for name, component in python.items():
        bom.register_dependency(component, [python[other] for other in needed_by(name) if other in python])
    return make_outputter(bom, OutputFormat.JSON, SCHEMA).output_as_string(indent=2)


def the_program() -> Component:
    """Return the program itself, as `pyproject.toml` names it."""
    project: Mapping[str, str] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    return Component(
        name=project["name"],
        version=project["version"],
        description=project["description"],
        type=ComponentType.APPLICATION,
        bom_ref=project["name"],
        licenses=[LicenseExpression(project["license"])],
    )


def component_of(one: SuppliedPart) -> Component:
    """Return a part as the bill tells it."""
    return Component(
        name=one.name,
        version=one.version,
        type=ComponentType.DATA if one.kind == "github" else ComponentType.LIBRARY,
        bom_ref=one.purl.to_string(),
        purl=one.purl,
        licenses=[LicenseExpression(one.licence)] if one.licence else [],
        hashes=[HashType(alg=HashAlgorithm(algorithm), content=said) for algorithm, said in one.hashes],
        properties=[Property(name="huiyin:only", value=one.only)] if one.only else [],
    )


def listed() -> set[str]:
    """Return the packages that a person listed; all others are needed by these."""
    lines = (ROOT / "requirements.in").read_text(encoding="utf-8").lower().splitlines()
    return {match[0] for line in lines if (match := re.match(r"[a-z0-9-]+", line))}


def needed_by(package: str) -> set[str]:
    """Return what an installed package says that it needs here."""
    try:
        said = [Requirement(one) for one in requires(package) or ()]
    except PackageNotFoundError:  # on another system
        return set()
    return {
        canonicalize_name(one.name)
        for one in said
        if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in EXTRAS)
    }


def main() -> int:
    """Print the bill."""
    print(bill(all_parts()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
