"""Run a real mail server and keep what it takes, and put notices into the outbox."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import select

from accounts.models import User
from core.persistence.db import Database
from notifications.models import Delivery
from notifications.outbox import Recipient, enqueue

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
FACTS: dict[str, Any] = {
    "number": "SL-2026-0041",
    "village": "杉岭村",
    "category": "irrigation",
    "due_on": "2026-03-23",
}


@dataclass
class PostOffice:
    """A mail server that answers as it is told: by address, or everybody alike at the end of the data."""

    port: int
    mails: list[EmailMessage] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    end_of_data: str | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.end_of_data is not None:
            return self.end_of_data
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


def free_port() -> int:
    """Return a port that nobody uses; the mail server cannot pick one itself."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def post_office(port: int | None = None) -> Iterator[PostOffice]:
    """Open a mail server on a free port of this machine."""
    office = PostOffice(port or free_port())
    controller = Controller(office, hostname="127.0.0.1", port=office.port)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


def tell(
    db: Database, *usernames: str, kind: str = "assigned", key: str = "SL-2026-0041:2:assigned", **facts: Any
) -> int:
    """Put a notice for these users into the outbox."""
    with db.transaction() as session:
        rows = session.execute(select(User.id, User.email).where(User.username.in_(usernames)))
        recipients = [Recipient(user_id, email) for user_id, email in rows]
        return enqueue(
            session,
            kind=kind,
            recipients=recipients,
            subject="SL-2026-0041",
            facts=FACTS | facts,
            key=key,
            now=NOW,
        )


def deliveries(db: Database) -> list[Delivery]:
    """Return all deliveries, oldest first."""
    with db.reading() as session:
        return list(session.scalars(select(Delivery).order_by(Delivery.id)))
