"""Make an installation ready: the newest schema, its zone, its calendar and its life cycle."""

from datetime import datetime

from accounts.pinning import pinned_zone
from cases.calendar import plant
from cases.definitions import adopt
from cli.parts import Parts
from config import tables
from config.county_days import CalendarFile
from core import migrating
from workflow import working_days
from workflow.working_days import Seed

SOURCE = "State Council, by chinesecalendar"


def prepare(parts: Parts, *, now: datetime) -> None:
    """Migrate and enter what is missing; doing so again changes nothing.

    Raises Conflict when the zone is another one than at the first time, or when the life cycle of the files
    would strand open cases.
    """
    migrating.upgrade(parts.db)
    decided = tables.read(parts.settings.config_dir)
    seed = calendar_seed(decided.calendar)
    with parts.db.transaction() as session:
        pinned_zone(session, parts.settings.timezone, chain=parts.rules.chain, now=now)
        plant(session, seed.years, seed.days, SOURCE)
        adopt(session, parts.rules.definition, decided.workflow_text, now=now)


def calendar_seed(files: tuple[CalendarFile, ...]) -> Seed:
    """Give the notices that the program knows, with the years and days of the county's own files."""
    years = [file.year for file in files if file.year is not None]
    return working_days.seed().with_days(years, [day for file in files for day in file.days])
