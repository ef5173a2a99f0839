"""Make an installation ready: the newest schema, its zone, its calendar and its life cycle."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from accounts.access.actor import SYSTEM
from accounts.fixed_settings import fixed_zone
from accounts.installation import advance_sample, fixed_kind, installation_kind
from accounts.vocabulary import InstallationKind
from cases.configuration.calendar import seed_calendar
from cases.configuration.case_rules import CountyRules
from cases.configuration.codes_in_use import require_codes_in_use
from cases.configuration.definitions import adopt, is_adopted
from cases.deadlines.calendar_change import enter_notice
from cases.deadlines.notice_days import NoticeDay
from cases.history.entries import Entry
from cases.intake.ladder_lengths import require_ladders
from cases.intake.read_definition import read_definition
from cases.models.reference import CalendarYear
from cases.sealing import rotation
from cli.framework.services import ProgramServices
from config import tables
from config.county_days import CalendarFile
from core.chain import Chain
from core.persistence import upgrading
from demo.township import AREA_CODES
from workflow import statutory_holidays, working_days
from workflow.working_days import SOURCE, Seed


def prepare_database(services: ProgramServices, *, now: datetime, sample: bool = False) -> InstallationKind:
    """Migrate, seal and enter what is missing; doing so again changes nothing. Give what it is for.

    The first time fixes for ever whether it is a sample. Raises Conflict when the zone is another one than at
    the first time, when a sample is asked for where a live installation is, when the life cycle of the files
    would strand open cases, or when they lack a category or profile that cases have; BadDefinition for a new
    life cycle that the code could not follow; and what `seal_clear` raises.
    """
    upgrading.upgrade(services.db)
    rotation.seal_clear(services.db, services.rules.services.personal_keys, now=now)
    return services.db.apply(lambda session: enter_configuration(session, services, now=now, sample=sample))


def enter_configuration(
    session: Session, services: ProgramServices, *, now: datetime, sample: bool = False
) -> InstallationKind:
    """Enter what the files decide and the database does not have yet; a start does, and `check` to see it.

    A life cycle that this database does not have yet is held against the code, and each against the lengths
    of its clocks. Raises what `prepare_database`
    does.
    """
    decided = tables.read(services.settings.config_dir)
    chain = services.rules.services.chain
    was = installation_kind(session)
    kind = fixed_kind(session, sample=sample, sample_codes=AREA_CODES, chain=chain, now=now)
    fixed_zone(session, services.settings.timezone, chain=chain, now=now)
    enter_years(session, services.rules, decided.calendar, now=now)
    require_codes_in_use(session, services.rules)
    if not is_adopted(session, services.rules.definition):
        read_definition(decided.workflow_text, decided.workflow_name)
    require_ladders(decided, services.rules.definition)
    adopt(session, services.rules.definition, decided.workflow_text, now=now)
    if was is None and kind is InstallationKind.SAMPLE:
        _advance_to_newest(session, chain=chain, now=now)
    return kind


def _advance_to_newest(session: Session, *, chain: Chain, now: datetime) -> None:
    """Let a sample of an earlier version be at the newest day for which it was swept, as it was until now."""
    newest = session.scalar(select(func.max(Entry.received_at)))
    if newest is not None and newest > now:
        advance_sample(session, newest, chain=chain)


def enter_years(
    session: Session,
    rules: CountyRules,
    files: Iterable[CalendarFile],
    *,
    now: datetime,
    known: Seed | None = None,
) -> list[int]:
    """Enter the years that are known here and not in the database yet; give them.

    `known` is what the program brings along, by default what its library knows. The first time the calendar
    is simply filled. A year that comes later, with a newer program or a new file, is a notice: the dates that
    reach into it are recomputed, each with an entry.
    """
    files = tuple(files)
    notices = {file.year: file.notice for file in files if file.year is not None}
    own = [day for file in files for day in file.days]
    seed = (known or working_days.seed()).with_days(notices, own)
    entered = set(session.scalars(select(CalendarYear.year)))
    fresh = sorted(seed.years - entered)
    if not entered:
        seed_calendar(session, seed.years, seed.days, SOURCE)
        return fresh
    for year in fresh:
        days = [NoticeDay(day, working, name) for day, working, name in seed.days if day.year == year]
        notice = notices.get(year, SOURCE)
        enter_notice(
            session,
            actor=SYSTEM,
            rules=rules,
            year=year,
            days=days,
            notice=notice,
            now=now,
            without=statutory_holidays.days_off(year),  # nobody can be asked at a start; `check` warns
        )
    return fresh
