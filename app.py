"""Join the parts of the program and start it: `python3 app.py COMMAND`.

The one place that hands the environment to the program and puts values into its verbs.
"""

import hashlib
import hmac
import os
import sys
from collections.abc import Mapping
from typing import Any

from core import bootstrap

if __name__ == "__main__":
    bootstrap.enter(os.path.dirname(os.path.abspath(__file__)), sys.argv[1:])

from core import memory_tuning

with memory_tuning.loading():
    from accounts.fixed_settings import require_same_zone
    from accounts.installation import InstallationClock
    from accounts.registers.administrators.separation import require_separate
    from api import application as programs
    from cases.configuration.calendar import Calendars
    from cases.configuration.case_rules import CaseServices, CountyRules, categories_of
    from cases.configuration.definitions import Definitions
    from cases.history.clock_guard import ClockGuard
    from cases.sealing.keys_in_use import require_keys
    from cli.framework.services import ProgramServices
    from cli.main import main
    from config import settings, tables
    from core.chain import Chain
    from core.clock import CLOCK_GUARD
    from core.errors import Conflict, Unavailable
    from core.files import private, store
    from core.files.scanner import Scanner
    from core.files.store import FileStore
    from core.persistence import statement_limit
    from core.persistence.db import Database
    from core.sealing import key_file
    from core.sealing.personal_keys import PersonalKeys
    from notifications.channels.registry import configured_channels
    from web import application as people
    from workflow import deadlines
    from workflow.definition.reader import parse
    from wsgi.concurrency_limit import OwnPlaces
    from wsgi.dispatcher import ApplicationDispatcher


def assemble(environ: Mapping[str, str]) -> ProgramServices:
    """Read settings and tables and join the program; nothing is connected or written yet.

    Raises BadSettings, BadTables or BadDefinition with every problem, and Unavailable `no_secret_key` or
    `no_personal_key` while there is none: `run` makes it, several machines must be given the same.
    """
    known = settings.load(environ)
    secret = known.secret_key or settings.secret_from(known.data_dir, make=False)
    if not secret:
        raise Unavailable(reason="no_secret_key")
    keys = PersonalKeys(known.personal_keys, place=known.data_dir / key_file.NAME)
    decided = tables.read(known.config_dir)
    db = Database(known.database_url)
    db.info[CLOCK_GUARD] = ClockGuard(InstallationClock(db).now, known.timezone)
    names = {code: row.zh if known.language == "zh" else row.en for code, row in decided.categories.items()}
    return ProgramServices(
        settings=known,
        db=db,
        rules=_rules(known, decided, (secret, *known.secret_key_fallbacks), keys),
        channels=configured_channels(
            smtp_url=known.smtp_url,
            mail_from=known.mail_from,
            public_url=known.public_url,
            language=known.language,
            categories=names,
        ),
    )


def create_app(environ: Mapping[str, str] | None = None) -> ApplicationDispatcher:
    """Make the WSGI application for a production server; the environment is the process's own by default.

    From here on the process writes for its owner alone, and no statement takes longer than people wait.
    Raises Conflict for a database that was made with another zone or another secret key, or that is sealed
    with keys that are not here, and for people whose roles the profile separates.
    """
    private.close_to_others()
    services = assemble(os.environ if environ is None else environ)
    statement_limit.limit_statements(services.db.engine, statement_limit.MOST_SECONDS)
    try:
        require_same_zone(services.db, services.settings.timezone, chain=services.rules.services.chain)
        require_keys(services.db, services.rules.services.personal_keys)
        if not services.clock.is_sample():
            with services.db.reading() as session:
                require_separate(session, services.settings.profile)
    except Conflict:
        services.db.dispose()
        raise
    given: dict[str, Any] = {
        "db": services.db,
        "rules": services.rules,
        "settings": services.settings,
        "now": services.clock.now,
        "is_sample": services.clock.is_sample,
        "factor_roles": services.clock.factor_roles,
    }
    return ApplicationDispatcher(
        programs=programs.create(**given),
        people=people.create(**given),
        own=OwnPlaces(most=services.settings.places_each),
        hops=services.settings.proxy_hops,
    )


def _rules(
    known: settings.Settings, decided: tables.Tables, secrets: tuple[str, ...], keys: PersonalKeys
) -> CountyRules:
    profiles, periods = deadlines.rules_of(decided)
    chain_keys = [_derived(secret, "history") for secret in secrets]
    receipt_key, *earlier = (_derived(secret, "receipts") for secret in secrets)
    key_ids = [hashlib.sha256(key).hexdigest()[:12] for key in chain_keys]
    return CountyRules(
        definition=parse(decided.workflow_text, decided.workflow_name),
        profiles=profiles,
        periods=periods,
        categories=categories_of(decided),
        zone=known.timezone,
        services=CaseServices(
            definitions=Definitions(),
            calendars=Calendars(),
            chain=Chain(key_ids[0], dict(zip(key_ids, chain_keys, strict=True))),
            receipt_key=receipt_key,
            earlier_receipt_keys=tuple(earlier),
            number_key=_derived(secrets[0], "numbers"),
            personal_keys=keys,
            files=FileStore(known.data_dir / store.FOLDER),
            scanner=Scanner(known.scanner) if known.scanner else None,
        ),
    )


def _derived(secret: str, use: str) -> bytes:
    """Return the key of one use, so that no two uses share a key (docs/decisions/0004)."""
    return hmac.new(secret.encode(), b"huiyin:" + use.encode(), hashlib.sha256).digest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], assemble=assemble, create_app=create_app))
