"""Carry what a command needs: the composed program, the words, and where to write."""

import getpass
import json
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TextIO

from tqdm import tqdm

from accounts.fixed_settings import require_same_zone
from cases.sealing.keys_in_use import require_keys
from cli.framework.services import ProgramServices
from config import settings
from core.i18n import LANGUAGES, Translate
from core.sealing import key_file
from workflow.texts.labels import fill_nouns

Assemble = Callable[[Mapping[str, str]], ProgramServices]


@dataclass
class Context:
    """A command's surroundings. The program is composed at the first use, so that `--help` needs nothing."""

    environ: Mapping[str, str]
    assemble: Assemble
    create_app: Callable[..., Any]
    words: Translate
    language: str = LANGUAGES[0]
    stdin: TextIO = field(default_factory=lambda: sys.stdin)
    stdout: TextIO = field(default_factory=lambda: sys.stdout)
    stderr: TextIO = field(default_factory=lambda: sys.stderr)

    @cached_property
    def composed(self) -> ProgramServices:
        """Return the composed program, whatever database it was given."""
        return self.assemble(self.environ)

    @cached_property
    def services(self) -> ProgramServices:
        """Return the composed program with a database that belongs to it.

        Raises Conflict for one that was made with another zone or another secret key, or that is sealed
        with keys that are not here.
        """
        services = self.composed
        known = services.rules.services
        require_same_zone(services.db, services.settings.timezone, chain=known.chain)
        require_keys(services.db, known.personal_keys)
        return services

    @property
    def county_words(self) -> Translate:
        """Return the words with their nouns as the life cycle in force calls them; composes the program."""
        definition = self.composed.rules.definition
        return lambda message: fill_nouns(self.words(message), self.language, definition)

    def make_keys(self) -> None:
        """Make the keys of a new installation, in its data folder, unless they are given or there."""
        known = settings.load(self.environ)
        if not known.secret_key:
            settings.secret_from(known.data_dir, make=True)
        if not known.personal_keys:
            key_file.make(known.data_dir / key_file.NAME)

    def close(self) -> None:
        """Give back what the program holds, if it was composed at all."""
        composed: ProgramServices | None = self.__dict__.get("composed")
        if composed is not None:
            composed.db.dispose()

    def say(self, text: str = "") -> None:
        """Write a line of the result."""
        print(text, file=self.stdout)

    def inform(self, text: str) -> None:
        """Write a line beside the result, for the person at the terminal."""
        print(text, file=self.stderr)

    def say_json(self, value: Any) -> None:
        """Write the result as JSON; dates and times in ISO form."""
        self.say(json.dumps(value, ensure_ascii=False, indent=2, default=iso))

    def progress(self, total: int | None, label: str) -> "tqdm[Any]":
        """Return a bar for long work; it shows itself on a terminal only."""
        return tqdm(total=total, desc=label, file=self.stderr, disable=not self.stderr.isatty(), leave=False)

    def secret(self, prompt: str) -> str:
        """Read a secret: typed unseen at a terminal, else the first line of standard input."""
        if self.stdin.isatty():
            return getpass.getpass(prompt, stream=self.stderr)
        return self.stdin.readline().rstrip("\r\n")


Run = Callable[[Namespace, Context], int]


def table(rows: Iterable[Iterable[Any]]) -> list[str]:
    """Lay rows out in columns; Chinese characters take two places."""
    cells = [[_cell(value) for value in row] for row in rows]
    if not cells:
        return []
    widths = [max(_width(row[index]) for row in cells) for index in range(len(cells[0]))]
    return [
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in cells
    ]


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


def _width(text: str) -> int:
    return sum(2 if ord(char) > 0x2E7F else 1 for char in text)


def iso(value: Any) -> str:
    """Write what JSON has no form for: dates and times in ISO form; raises TypeError for all else."""
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    raise TypeError(f"{type(value).__name__} has no JSON form")
