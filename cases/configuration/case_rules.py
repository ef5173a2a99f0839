"""Carry what a county decided, and the services of the installation, to every verb about cases."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from cases.configuration.calendar import Calendars
from cases.configuration.definitions import Definitions
from config.questions import Question
from config.tables import Tables
from core.chain import Chain
from core.files.scanner import Scanner
from core.files.store import FileStore
from core.sealing.personal_keys import PersonalKeys
from workflow.deadlines import ClockRule, Profile
from workflow.definition.model import Definition


@dataclass(frozen=True)
class Category:
    """One of the kinds of matter people raise, with the profile its deadline follows.

    `owner` is the kind of unit that such a matter is usually given to: a suggestion, not a rule. `questions`
    are asked when such a matter is taken down.
    """

    code: str
    zh: str
    en: str
    profile: str
    owner: str = ""
    questions: tuple[Question, ...] = ()


def categories_of(tables: Tables) -> dict[str, Category]:
    """Return the categories of the files, by their codes."""
    return {
        code: Category(code, row.zh, row.en, row.profile, row.owner, row.questions)
        for code, row in tables.categories.items()
    }


@dataclass(frozen=True)
class CaseServices:
    """What verbs about cases need of this installation beside its rules: keys, files, kept definitions.

    `definitions` finds the life cycle that an older case runs under, `calendars` the working days as the
    database has them. New receipt codes are digested with `receipt_key`; the earlier ones keep older codes
    and kept answers readable after the secret has changed. With `number_key` it is decided which serials of
    a village are kept back, under `personal_keys` who complainants are is sealed.
    """

    definitions: Definitions
    calendars: Calendars
    chain: Chain
    receipt_key: bytes = field(repr=False)
    files: FileStore
    number_key: bytes = field(repr=False)
    personal_keys: PersonalKeys = field(repr=False)
    earlier_receipt_keys: tuple[bytes, ...] = field(default=(), repr=False)
    #: What looks for viruses in files; None where the installation has none.
    scanner: Scanner | None = None

    @property
    def receipt_keys(self) -> tuple[bytes, ...]:
        """Every key that a stored code may be digested with, the present one first."""
        return (self.receipt_key, *self.earlier_receipt_keys)


@dataclass(frozen=True)
class CountyRules:
    """What a county decided for all cases; made once at the start by the composition root.

    `definition` is what new cases run under. `periods` are the lengths of the clocks that do not depend on
    the matter, by name. `services` is what the same verbs need of the installation.
    """

    definition: Definition
    profiles: Mapping[str, Profile]
    periods: Mapping[str, ClockRule]
    categories: Mapping[str, Category]
    zone: ZoneInfo
    services: CaseServices

    def with_services(self, **services: Any) -> "CountyRules":
        """Make the same rules with other services, named as the fields of `CaseServices`."""
        return replace(self, services=replace(self.services, **services))
