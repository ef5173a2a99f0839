"""Say whether an installation is live or a sample, and what time it is in it (domain.md section 1).

The kind is fixed at the first migration. A sample has a *now* of its own, the later of the clock and the
newest day that a command was run for, so that a training township can be led through its months; a live
installation knows the clock alone.
"""

from collections.abc import Collection
from contextlib import suppress
from datetime import date, datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from accounts import history
from accounts.access.actor import SYSTEM
from accounts.fixed_settings import TIMEZONE, FixedSetting, add_setting
from accounts.history import RegisterEntry
from accounts.models import Area
from accounts.vocabulary import InstallationKind
from core import clock
from core.chain import Chain
from core.errors import Conflict
from core.persistence.db import Database

SETTING = "installation"
#: Under this name stands which roles of an installation must have a second factor unless a setting says it.
FACTOR_ROLES_SETTING, FACTOR_ROLES = "second_factor_roles", "leader,admin"
#: The subject of the chain that keeps to which moment a sample was advanced.
CLOCK_KIND, CLOCK_ID = "sample_clock", "now"


def installation_kind(session: Session) -> InstallationKind | None:
    """Load what an installation is for; None for one that was made before this was fixed."""
    value = session.scalar(select(FixedSetting.value).where(FixedSetting.name == SETTING))
    return InstallationKind(value) if value is not None else None


def factor_roles(session: Session) -> tuple[str, ...]:
    """Load which roles must have a second factor by what the installation was founded with."""
    value = session.scalar(select(FixedSetting.value).where(FixedSetting.name == FACTOR_ROLES_SETTING))
    return tuple(value.split(",")) if value else ()


def is_prepared(session: Session) -> bool:
    """Return whether a database was prepared before: its zone is fixed."""
    return session.get(FixedSetting, TIMEZONE) is not None


def fixed_kind(
    session: Session, *, sample: bool, sample_codes: Collection[str], chain: Chain, now: datetime
) -> InstallationKind:
    """Fix at the first call whether this is a sample; give what it is.

    An installation that was prepared by an earlier version has no kind: it becomes live, unless it is the
    sample township, whose areas are `sample_codes`. Call it before the zone is fixed. Raises Conflict
    `installation_is_live` when a sample is asked for where a live installation is.
    """
    known = installation_kind(session)
    if known is None:
        founded = is_prepared(session)
        chosen = is_sample_township(session, sample_codes) if founded else sample
        known = InstallationKind.SAMPLE if chosen else InstallationKind.LIVE
        add_setting(session, SETTING, known.value, chain=chain, now=now)
        if not founded:  # one that was made before keeps what it has
            add_setting(session, FACTOR_ROLES_SETTING, FACTOR_ROLES, chain=chain, now=now)
    if sample and known is not InstallationKind.SAMPLE:
        raise Conflict("installation_is_live")
    return known


def is_sample_township(session: Session, codes: Collection[str]) -> bool:
    """Return whether a database holds the sample township: its places and people were entered at one moment.

    A county's own areas and people come by commands and pages, each with a moment of its own.
    """
    areas = [str(area_id) for area_id in session.scalars(select(Area.id).where(Area.code.in_(codes)))]
    first = select(RegisterEntry.recorded_at).where(RegisterEntry.seq == 1, RegisterEntry.actor_id.is_(None))
    moments = session.scalars(
        first.where(RegisterEntry.subject_kind == "area", RegisterEntry.subject_id.in_(areas))
    ).all()
    if len(moments) != len(codes) or len(set(moments)) != 1:
        return False
    people = first.where(RegisterEntry.subject_kind == "user", RegisterEntry.recorded_at == moments[0])
    return session.scalars(people.limit(1)).first() is not None


def advance_sample(session: Session, moment: datetime, *, chain: Chain) -> None:
    """Let it be at least this moment in a sample from now on."""
    history.record(
        session,
        chain=chain,
        subject_kind=CLOCK_KIND,
        subject_id=CLOCK_ID,
        action="advance",
        actor=SYSTEM,
        facts={"to": moment.isoformat()},
        now=clock.now(),
    )


def advanced_to(session: Session) -> datetime | None:
    """Load the moment to which a sample was advanced, or None."""
    facts = session.scalar(
        select(RegisterEntry.facts)
        .where(RegisterEntry.subject_kind == CLOCK_KIND, RegisterEntry.subject_id == CLOCK_ID)
        .order_by(RegisterEntry.seq.desc())
        .limit(1)
    )
    return datetime.fromisoformat(facts["to"]) if facts is not None else None


def never() -> bool:
    """Say no: an installation is live unless it is said to be a sample."""
    return False


def no_roles() -> tuple[str, ...]:
    """Name none: nothing was founded with a second factor unless it is said."""
    return ()


class InstallationClock:
    """What time it is in the installation of a database, asked of the computer and, in a sample, of it too.

    What an installation is never changes, so that it is asked for until it is fixed and no more.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._kind: InstallationKind | None = None
        self._factor_roles: tuple[str, ...] | None = None

    def factor_roles(self) -> tuple[str, ...]:
        """Return which roles must have a second factor by what this was founded with.

        A database that does not answer says nothing, and lets nobody in either.
        """
        if self._factor_roles is None:
            with suppress(DBAPIError, PoolTimeout), self._db.reading() as session:
                if is_prepared(session):
                    self._factor_roles = factor_roles(session)
        return self._factor_roles or ()

    def is_sample(self) -> bool:
        """Return whether this is a sample; a database that does not answer, or is not made yet, is none."""
        if self._kind is None:
            with suppress(DBAPIError, PoolTimeout), self._db.reading() as session:
                self._kind = installation_kind(session)
        return self._kind is InstallationKind.SAMPLE

    def now(self) -> datetime:
        """Return the present moment: in a sample the later of the clock and what it was advanced to."""
        present = clock.now()
        if not self.is_sample():
            return present
        with suppress(DBAPIError, PoolTimeout), self._db.reading() as session:
            return max(present, advanced_to(session) or present)
        return present

    def today(self, zone: tzinfo) -> date:
        """Return the present day of the installation in the county's zone."""
        return self.now().astimezone(zone).date()

    def advance(self, moment: datetime, *, chain: Chain) -> None:
        """Let it be at least this moment in the sample from now on."""
        with self._db.transaction() as session:
            advance_sample(session, moment, chain=chain)
