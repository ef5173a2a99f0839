"""Open the pages of the small township, with a browser that checks every page it is given."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from cases.access import receipt_codes
from cases.configuration.case_rules import CountyRules
from cases.lifecycle.action_values import ComplainantEntry
from config.settings import Settings, load
from core.persistence.db import Database
from tests import markup
from tests.api.conftest import Clock, clock, settings, with_role
from tests.builders import PASSWORD, a_case
from web.application import attach_services, create

__all__ = ["clock", "settings", "with_role"]

ORIGIN = {"Origin": "http://localhost"}


def assets(name: str) -> str:
    """Stand in for what the build names: the tests of pages need no build."""
    return f"/static/{name}"


class Page:
    """A page as it was answered, checked for what every page must be."""

    def __init__(self, response: TestResponse) -> None:
        self.status = response.status_code
        self.data = response.get_data()
        self.text = self.data.decode("utf-8", "replace")
        self.headers = response.headers
        if response.mimetype == "text/html" and "<!doctype" in self.text:
            markup.check(self.text)

    @property
    def tree(self) -> Any:
        """Return the elements of the page, to look at and not to change."""
        return markup.tree_of(self.text)


class Browser:
    """Somebody who looks at pages and sends forms."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **more: Any) -> Page:
        return Page(self.client.get(path, buffered=True, **more))

    def post(self, path: str, **form: Any) -> Page:
        return Page(self.client.post(path, data=form, headers=ORIGIN))

    def sign_in(self, username: str, password: str = PASSWORD, **more: str) -> Page:
        return self.post("/sign-in", username=username, password=password, **more)


@pytest.fixture(scope="session")
def built(project_rules: CountyRules, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Make the application once."""
    settings = load({"HUIYIN_DATA_DIR": str(tmp_path_factory.mktemp("pages"))})
    nowhere = Database(settings.database_url)
    return create(db=nowhere, rules=project_rules, settings=settings, now=Clock(), assets=assets)


@pytest.fixture
def pages(built: Flask, town: Database, rules: CountyRules, settings: Settings, clock: Clock) -> Flask:
    attach_services(built, db=town, rules=rules, settings=settings, now=clock, assets=assets)
    return built


@pytest.fixture
def browser(pages: Flask) -> Callable[..., Browser]:
    """Return a browser of its own, signed in when a user name is given."""

    def opened(username: str | None = None) -> Browser:
        made = Browser(pages.test_client())
        if username is not None:
            assert made.sign_in(username).status == 303
        return made

    return opened


@pytest.fixture
def a_code(town: Database, rules: CountyRules) -> Callable[[str], str]:
    """Return the receipt code of a case in a state."""

    def make(state: str) -> str:
        code = receipt_codes.new_code()
        with town.transaction() as session:
            a_case(session, rules, state, complainants=(ComplainantEntry(name="田某", receipt_code=code),))
        return code

    return make
