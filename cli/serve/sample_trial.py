"""Tell the sample on trial, to say before it begins which stories a configuration has no place for."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from cases.configuration.calendar import Calendars
from cli.framework.services import ProgramServices
from cli.serve.database_setup import prepare_database
from config import tables
from config.settings import HERE
from core.files.store import FileStore
from core.persistence.db import Database
from demo import simulate
from demo.scenarios import load_scenarios
from demo.scene_needs import MissingSetting, missing_settings, refused_settings


def find_missing_settings(services: ProgramServices, *, now: datetime) -> list[MissingSetting]:
    """Return the settings that kinds of stories need and the county's configuration does not have.

    What comes along with the program has them all; under any other configuration the sample is told once into
    a database that is thrown away, which takes some seconds: whatever is refused there is left out.
    """
    lacking = missing_settings(services.rules, load_scenarios())
    if _decided(services.settings.config_dir) == _decided(HERE):
        return lacking
    with TemporaryDirectory() as name:
        scratch = Database(f"sqlite:///{Path(name).as_posix()}/trial.db", durable=False)
        try:
            apart = {"calendars": Calendars(), "files": FileStore(Path(name) / "files")}
            trial = replace(services, db=scratch, rules=services.rules.with_services(**apart))
            prepare_database(trial, now=now, sample=True)
            told = simulate.simulate(
                scratch,
                rules=trial.rules,
                today=now.astimezone(services.rules.zone).date(),
                seals_folder=Path(name),
            )
        finally:
            scratch.dispose()
    return [*lacking, *refused_settings(told.unfinished)]


def _decided(folder: Path) -> tables.Tables:
    """Return what a folder decides, wherever it lies."""
    return replace(tables.read(folder), workflow_name="")
