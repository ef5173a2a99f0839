"""Charge what a request noted to whoever asked, in its transaction, and tell administrators of a limit met.

Every door that writes goes through here. What was answered before is not done again, so it notes nothing;
what fails is taken back with its count.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar

from sqlalchemy.orm import Session

from accounts.quotas import counting, usage
from accounts.quotas.counting import OverQuota
from accounts.registers.user_list import list_administrators
from cases.configuration.case_rules import CountyRules
from cases.persistence.waiting_files import waiting_bytes
from config.quotas import Quota, Waiting
from config.settings import Settings
from core.persistence.db import Database
from notifications import outbox
from notifications.outbox import Recipient

NOTICE = "quota_met"
Result = TypeVar("Result")


class ChargingServices(Protocol):
    """What charging needs of an application's services."""

    @property
    def db(self) -> Database:
        """Return the database."""

    @property
    def rules(self) -> CountyRules:
        """Return what the county decided."""

    @property
    def settings(self) -> Settings:
        """Return the settings."""

    @property
    def is_sample(self) -> Callable[[], bool]:
        """Return what says whether this is a sample, in which nothing is counted."""

    @property
    def now(self) -> Callable[[], datetime]:
        """Return the clock of the installation."""


def charge(services: ChargingServices, session: Session, *, user_id: int | None, now: datetime) -> None:
    """Count what this transaction noted; raise OverQuota where that is more than a user may do in a day.

    One statement, none where nothing was noted; one more for a file that waits to be hung on a matter.
    """
    noted = dict(usage.noted(session))
    waits = noted.pop(Waiting.OWN, 0)
    limits, zone = services.settings.quotas, services.rules.zone
    if not noted or user_id is None or not limits.counted or services.is_sample():
        return
    counting.add(session, user_id=user_id, used=noted, limits=limits, now=now, zone=zone)
    if waits:
        for name, size in zip(Waiting, waiting_bytes(session, user_id), strict=True):
            if size > limits.most(name):
                raise counting.over(
                    user_id=user_id, name=name, used=size - waits, limits=limits, now=now, zone=zone
                )


def apply(services: ChargingServices, change: Callable[[Session], Result]) -> Result:
    """Make a change that charges; where it meets a limit, note that beside it, for it is taken back."""
    try:
        return services.db.apply(change)
    except OverQuota as refusal:
        _note(services, refusal)
        raise


def charge_export(services: ChargingServices, *, user_id: int | None, rows: int, now: datetime) -> None:
    """Count a table of so many rows before it is given out; what is read for it writes nothing by itself."""

    def count(session: Session) -> None:
        usage.note(session, Quota.EXPORTS)
        usage.note(session, Quota.EXPORT_ROWS, rows)
        charge(services, session, user_id=user_id, now=now)

    apply(services, count)


def _note(services: ChargingServices, refusal: OverQuota) -> None:
    """Count the refusal, and put it into the administrators' inbox once a day for each limit.

    Who it was stands on the page of people, for those alone who may see it.
    """

    def note(session: Session) -> None:
        counting.add_refusal(session, refusal)
        outbox.enqueue(
            session,
            kind=NOTICE,
            recipients=[Recipient(user_id, email) for user_id, email in list_administrators(session)],
            subject=NOTICE,
            facts={"quota": refusal.limit},
            key=f"{NOTICE}:{refusal.limit}:{refusal.day}",
            now=services.now(),
        )

    services.db.apply(note)
