"""Make the metadata whole, whatever a test has imported by then."""

import importlib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def import_models() -> None:
    """Import every module of the program that defines a table."""
    packages = [place.parent for place in ROOT.glob("*/__init__.py") if place.parent.name != "tests"]
    for place in sorted(module for package in packages for module in package.rglob("*.py")):
        if "(Base)" in place.read_text(encoding="utf-8"):
            importlib.import_module(".".join(place.relative_to(ROOT).with_suffix("").parts))
