"""Prepare a township on which the program itself can be started, with a token for everybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

import app
from accounts.access.actor import SYSTEM
from accounts.models import ApiToken, User
from accounts.sign_in import tokens
from cases.configuration.case_rules import CountyRules
from cases.models.case import Case
from cases.verification.verify import verify
from cli.framework.services import ProgramServices
from core.persistence.db import Database
from tests import builders
from tests.builders import PERSONAL_KEY
from tests.cli.conftest import SECRET


@dataclass(frozen=True)
class ServedTownship:
    """A township in a database, as the program that is started on it and the test both reach it.

    `environ` starts the program; `db` is the test's own way in, to look afterwards at what is there.
    """

    environ: Mapping[str, str]
    services: ProgramServices
    tokens: Mapping[str, str]

    @property
    def db(self) -> Database:
        """Return the database."""
        return self.services.db

    def findings(self) -> list[str]:
        """Hold every rule against the database; give what breaks one, in words."""
        with self.db.reading() as session:
            found = verify(session, rules=self.services.rules)
            return [f"{finding.case} {finding.rule}: {finding.detail}" for finding in found]

    def cases(self) -> int:
        """Count the cases."""
        with self.db.reading() as session:
            return session.scalars(select(func.count(Case.id))).one()


def environ_of(url: str, folder: Path) -> dict[str, str]:
    """Return the settings with which the program is started on a database."""
    return {
        "HUIYIN_DATABASE_URL": url,
        "HUIYIN_DATA_DIR": str(folder),
        "HUIYIN_SECRET_KEY": SECRET,
        "HUIYIN_PERSONAL_KEY": PERSONAL_KEY,
        "HUIYIN_LEAST_FREE_MB": "1",
        "HUIYIN_QUOTAS": "off",  # one user brings the whole load
    }


def rules_of(url: str, folder: Path) -> CountyRules:
    """Return the rules under which the program would work there; its keys come from the secret."""
    services = app.assemble(environ_of(url, folder))
    services.db.dispose()
    return services.rules


def occupy(url: str, folder: Path) -> ServedTownship:
    """Join the program on a settled database and give everybody a token."""
    environ = environ_of(url, folder)
    services = app.assemble(environ)
    builders.accept_given_moments(services.db, services.rules)
    with services.db.transaction() as session:
        given = {username: _token(session, services.rules, username) for username, *_ in builders.USERS}
    return ServedTownship(environ, services, given)


def _token(session: Session, rules: CountyRules, username: str) -> str:
    user = session.scalars(select(User).where(User.username == username)).one()
    token = tokens.issue(
        session, actor=SYSTEM, user=user, label="test", now=builders.FOUNDED, chain=rules.services.chain
    )
    session.execute(update(ApiToken).values(expires_at=None))  # the servers go by the computer's clock
    return token
