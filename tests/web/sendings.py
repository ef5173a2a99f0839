"""A form as somebody sends it, and what it takes to send one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import select

from cases.access import receipt_codes
from cases.configuration.case_rules import CountyRules
from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case, Complainant
from config.settings import Settings
from core.persistence.db import Database
from tests.api.conftest import Clock
from tests.external import external_id
from tests.web.conftest import Browser, Page
from tests.web.test_application_journeys import hidden

#: The key of the form that is sent.
KEY = "only-this-once"


@dataclass
class World:
    """What a sending needs."""

    browser: Callable[..., Browser]
    a_case: Callable[..., Case]
    town: Database
    pages: Flask
    rules: CountyRules
    settings: Settings
    clock: Clock

    def admin(self, path: str, page: str = "", **form: object) -> "Sending":
        person = self.browser("guanli")
        seen = {"seen": hidden(person.get(page), "seen")} if page else {}
        return Sending(person, path, {**form, **seen, "once": KEY})

    def on_case(self, who: str, state: str, path: str, **form: object) -> "Sending":
        case, person = self.a_case(state), self.browser(who)
        with self.town.reading() as session:
            holder = session.scalars(select(Complainant.id).where(Complainant.case_id == case.id)).one()
        holder = external_id(self.rules, Complainant.__tablename__, holder)
        form = {key: holder if value == "COMPLAINANT" else value for key, value in form.items()}
        address = f"/cases/{case.number}"
        return Sending(
            person,
            path.replace("CASE", address),
            {"version": hidden(person.get(address), "version"), **form, "once": KEY},
        )

    def first(self, path: str, table: str) -> str:
        return path.replace("ID", str(external_id(self.rules, table, 1)))

    def by_code(self, state: str, path: str, **form: object) -> "Sending":
        code = receipt_codes.new_code()
        self.a_case(state, complainants=(ComplainantEntry(name="田某", receipt_code=code),))
        return Sending(self.browser(), path, {"receipt_code": code, **form})


@dataclass
class Sending:
    """A form as somebody sends it."""

    who: Browser
    path: str
    form: Mapping[str, object]

    def send(self) -> Page:
        return self.who.post(self.path, **self.form)
