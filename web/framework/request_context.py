"""Carry what a page needs: the services of the application, and the request that is being answered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, cast

from flask import Response, current_app, g
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.access.permissions import Permission
from accounts.installation import never, no_roles
from accounts.openid.client import OpenIdClient
from accounts.sign_in.first_steps import EntryRules, days_postponed, is_password_old
from accounts.sign_in.sessions import Present
from cases.attachments import IncomingFile
from cases.configuration.case_rules import CountyRules
from cases.vocabulary import MARKS_SHOWN
from config.settings import Settings
from core.encryption import Encryptor
from core.i18n import Translate, translator
from core.i18n import mark as _
from core.persistence.db import Database
from roster.households import is_kept
from web.framework import date_formats
from web.framework.display_preferences import DisplayPreferences
from workflow.texts import labels
from workflow.working_days import WorkingCalendar
from wsgi.quotas import charging

EXTENSION = "huiyin_pages"
#: Said on every page and paper of a sample (domain.md section 1).
SAMPLE_MARK = _("示例，不是真事")
#: How long a sign-in at the provider stands in for the password, where that is asked for once more.
PROVED_FOR = timedelta(minutes=10)
#: How the provider is called where the settings give it no name.
PROVIDER_NAME = _("统一身份认证")


@dataclass(frozen=True)
class PageServices:
    """What the composition root hands to the application.

    `answer_encryptor` is for stored answers, `factors` for second factors, `kept_forms` for forms that are
    carried through a sign-in, `provider_seal` for ways to the provider and what it proved; `openid` is its
    client, where one is set.
    """

    db: Database
    rules: CountyRules
    settings: Settings
    now: Callable[[], datetime]
    answer_encryptor: Encryptor
    factors: Encryptor
    kept_forms: Encryptor
    provider_seal: Encryptor
    assets: Callable[[str], str]
    openid: OpenIdClient | None = None
    is_sample: Callable[[], bool] = never
    factor_roles: Callable[[], Sequence[str]] = no_roles

    def entry_rules(self, now: datetime) -> EntryRules:
        """Return what is asked of whoever comes in today."""
        today = now.astimezone(self.rules.zone).date()
        said = self.settings.second_factor_roles
        roles = self.factor_roles() if said is None else said
        return EntryRules(roles, self.is_sample(), today, self.settings.profile)


@dataclass
class PageRequest:
    """One request for a page: who, when, how it is displayed, and the session everything happens in.

    `files` came with the form and were looked at before the transaction; `is_known` says that the browser
    holds a sign-in, however far it has come, which can be ended.
    """

    services: PageServices
    session: Session
    now: datetime
    display: DisplayPreferences
    who: Present | None = None
    files: Sequence[IncomingFile] = ()
    is_known: bool = False

    @property
    def rules(self) -> CountyRules:
        """Return what the county decided."""
        return self.services.rules

    @property
    def actor(self) -> Actor:
        """Return who is acting; only where somebody is signed in."""
        if self.who is None:
            raise LookupError("nobody is signed in here")
        return self.who.actor

    @cached_property
    def today(self) -> date:
        """Return the day in the county's zone."""
        return self.now.astimezone(self.rules.zone).date()

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """Return the working days as they stand now."""
        return self.rules.services.calendars.current(self.session)

    @cached_property
    def asks_for_households(self) -> bool:
        """Return whether a register of households is kept in the reader's area; else none is asked for."""
        return is_kept(self.session, self.actor.area_path)

    @property
    def factor_days_left(self) -> int | None:
        """Return for how many days a second factor that is missing is not asked for yet; None for none."""
        if self.who is None:
            return None
        return days_postponed(self.who.actor.roles, self.who.facts, self.services.entry_rules(self.now))

    @property
    def provider_name(self) -> str:
        """Return how the provider is called by which people may sign in; an empty text for none."""
        settings = self.services.settings.openid
        return "" if settings is None else settings.name or self.translate(PROVIDER_NAME)

    @property
    def proves_at_provider(self) -> bool:
        """Return whether the person came by the provider, and so proves there once more who they are."""
        return self.who is not None and self.who.proved_at is not None

    @property
    def is_proved(self) -> bool:
        """Return whether whoever came by the provider signed in there just now."""
        at = self.who.proved_at if self.who is not None else None
        return at is not None and self.now - at < PROVED_FOR

    @property
    def must_change_password(self) -> bool:
        """Return whether the password comes from somebody else, or is too old for the profile."""
        if self.who is None:
            return False
        rules = self.services.entry_rules(self.now)
        return self.who.facts.password_given or is_password_old(self.who.facts, rules)

    @property
    def language(self) -> str:
        """Return the reader's language, `zh` or `en`."""
        return self.display.language

    @cached_property
    def translate(self) -> Translate:
        """Return the function that turns a Chinese text into the reader's language and the county's words."""
        language, definition = self.display.language, self.rules.definition
        found = translator(language)
        return lambda message: labels.fill_nouns(found(message), language, definition)

    def shown(self, text: str) -> str:
        """Return a kept text as it is shown: in place of words that are gone or do not open it says so."""
        for mark, words in MARKS_SHOWN.items():
            text = text.replace(mark, self.translate(words)) if mark in text else text
        return text

    def say(self, message: str, **facts: Any) -> str:
        """Return a text in the reader's language with its blanks filled in."""
        return self.translate(message).format(**facts) if facts else self.translate(message)

    def called(self, group: str, code: str) -> str:
        """Return the words of a code: of a category, state, clock or action, or of a group of labels."""
        definition, language = self.rules.definition, self.language
        if group == "category":
            category = self.rules.categories.get(code)
            return code if category is None else category.zh if language == "zh" else category.en
        if group == "state":
            return labels.state(definition, code, language)
        if group == "clock":
            return labels.clock(definition, code, language)
        if group == "action":
            return labels.action(definition, code, language)
        return labels.called(definition, group, code, language)

    def day(self, value: date, *, weekday: bool = False) -> str:
        """Write a day in the reader's language; this year without the year."""
        return date_formats.day(
            value, today=self.today, language=self.language, translate=self.translate, weekday=weekday
        )

    def is_provisional(self, *dates: date | None) -> bool:
        """Return whether a notice may still move one of some dates."""
        return self.calendar.is_any_provisional(*dates)

    def deadline(self, value: date, *, weekday: bool = False) -> str:
        """Write the day of a deadline in the reader's language, and whether a notice may still move it."""
        return date_formats.deadline(
            value,
            today=self.today,
            language=self.language,
            translate=self.translate,
            calendar=self.calendar,
            weekday=weekday,
        )

    def left(self, due: date) -> date_formats.DueBadge:
        """Say how long there is until a date."""
        return date_formats.time_left(due, today=self.today, calendar=self.calendar, translate=self.translate)

    def may(self, permission: Permission) -> bool:
        """Return whether the person has a right; nobody has none."""
        return self.who is not None and policy.permits(self.who.actor, permission)


def charged(page_request: PageRequest, response: Response) -> Response:
    """Charge whoever is signed in for what a form did that is answered like this; give the answer."""
    if page_request.who is not None and response.status_code < 400:
        charging.charge(
            page_request.services,
            page_request.session,
            user_id=page_request.who.actor.user_id,
            now=page_request.now,
        )
    return response


def page_services() -> PageServices:
    """Return the services of the application that answers the present request."""
    return cast(PageServices, current_app.extensions[EXTENSION])


def page_request() -> PageRequest:
    """Return the request for a page that is being answered."""
    return cast(PageRequest, g.page_request)
