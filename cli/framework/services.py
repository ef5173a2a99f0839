"""Name what the composition root joins, as one value that commands and jobs are handed."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from accounts.installation import InstallationClock
from cases.configuration.case_rules import CountyRules
from config.settings import Settings
from core.persistence.db import Database


@dataclass(frozen=True)
class ProgramServices:
    """The program, joined: settings, database, what the county decided, and the ways to reach people."""

    settings: Settings
    db: Database
    rules: CountyRules
    channels: Mapping[str, Any]

    @cached_property
    def clock(self) -> InstallationClock:
        """Make the clock of the installation once."""
        return InstallationClock(self.db)
