"""Name what the composition root joins, as one value that commands and jobs are handed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
