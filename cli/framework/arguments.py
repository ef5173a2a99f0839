"""Read what is written behind options; what does not fit ends with 2 and shows the form that does."""

from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path

TABLES = (".xlsx", ".csv", ".json")


def day(text: str) -> date:
    """Read an ISO date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} (YYYY-MM-DD)") from None


def number(text: str, *, most: int, least: int = 1) -> int:
    """Read a whole number within limits, both included."""
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise ArgumentTypeError(f"{text!r} ({least} … {most})")
    return int(text)


def table_file(text: str) -> Path:
    """Read the name of a file for figures; its ending says the kind."""
    place = Path(text)
    if place.suffix.lower() not in TABLES:
        raise ArgumentTypeError(f"{text!r} ({', '.join(TABLES)})")
    return place
