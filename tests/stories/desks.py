"""An installation under a life cycle of its own: people with tokens, people at pages, and a clock."""

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import api.application
import web.application
from accounts.access.actor import SYSTEM
from accounts.models import User
from accounts.sign_in import tokens
from cases.access import receipt_codes
from cases.configuration.case_rules import CountyRules
from cases.deadlines import sweep
from cases.intake.read_definition import read_definition
from cases.verification import verify
from config.settings import load
from core.i18n import translator
from core.persistence import migrations
from core.persistence.db import Database
from notifications.kinds import Wording
from notifications.models import Notice
from tests.api.conftest import Caller, Clock
from tests.builders import CONFIG, accept_given_moments, at, read_rules, settle
from tests.databases import Databases
from tests.web.conftest import Browser, Page, assets

Change = Callable[[str], str]
EXAMPLES = CONFIG.parent / "docs" / "examples"
BEGINNING = at("2026-03-02", 9)
CODE = receipt_codes.new_code()


def configuration(example: str, place: Path, change: Change = str) -> Path:
    """Make the configuration of an example: the project's own files, with what the example has instead.

    `change` makes of the text of its life cycle another one.
    """
    folder = place / example
    shutil.copytree(CONFIG, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    for file in (EXAMPLES / example).glob("*.toml"):
        shutil.copy(file, folder / file.name)
    workflow = folder / "workflow.toml"
    workflow.write_text(change(workflow.read_text(encoding="utf-8")), encoding="utf-8")
    return folder


@dataclass
class Desk:
    """An installation that runs under an example: people with tokens, people at pages, and a clock."""

    database: Database
    rules: CountyRules
    programs: Any
    pages: Any
    clock: Clock

    def call(self, username: str) -> Caller:
        """Let somebody call the interface; the next thing happens half an hour later."""
        self.clock.moment += timedelta(minutes=30)
        with self.database.transaction() as session:
            user = session.scalars(select(User).where(User.username == username)).one()
            token = tokens.issue(
                session,
                actor=SYSTEM,
                user=user,
                label="test",
                now=self.clock.moment,
                chain=self.rules.services.chain,
            )
        return Caller(self.programs.test_client(), token)

    def browse(self, username: str) -> Browser:
        """Let somebody sign in at the pages."""
        self.clock.moment += timedelta(minutes=30)
        browser = Browser(self.pages.test_client())
        assert browser.sign_in(username).status == 303
        return browser

    def register(self, category: str, **more: Any) -> str:
        body = {
            "village": "SL",
            "category": category,
            "kind": "problem",
            "own_words": "说好了来看，一直没有人来。",
            "client_ref": "phone-1",
            "complainants": [{"name": "田某", "phone": "13800002046", "receipt_code": CODE}],
            **more,
        }
        made = self.call("zuyuan").post("/cases", body)
        assert made.status_code == 201, made.json
        return str(made.json["number"])

    def act(self, who: str, number: str, action: str, /, **fields: Any) -> dict[str, Any]:
        """Take an action by a program; it must be offered with what it takes."""
        caller = self.call(who)
        offered = {one["name"]: one for one in caller.get(f"/cases/{number}").json["actions"]}
        assert offered[action]["allowed"], (action, offered[action]["reasons"])
        assert set(fields) <= {field["name"] for field in offered[action]["fields"]}
        answer = caller.act(number, action, **fields)
        assert answer.status_code == 200, answer.json
        found: dict[str, Any] = answer.json
        return found

    def send(self, who: str, number: str, action: str, /, **fields: Any) -> Page:
        """Take an action by the form that stands on the page of the case, and follow to the page after it."""
        browser = self.browse(who)
        page = browser.get(f"/cases/{number}")
        version = re.search(r'name="version" value="(\d+)"', page.text)
        assert version is not None
        assert f'name="action" value="{action}"' in page.text
        for name in fields:
            assert f'name="{name}"' in page.text, name
        sent = browser.post(f"/cases/{number}/actions", **{"action": action, "version": version[1], **fields})
        assert sent.status == 303, re.findall(r'class="mistake"[^>]*>([^<]+)', sent.text)
        return browser.get(f"/cases/{number}")

    def told(self, who: str, language: str = "zh") -> list[str]:
        """Return what somebody was told, in words."""
        wording = Wording(translator(language))
        with self.database.reading() as session:
            rows = session.execute(
                select(Notice.kind, Notice.facts)
                .join(User, User.id == Notice.user_id)
                .where(User.username == who)
                .order_by(Notice.id)
            )
            return [wording.title(kind, facts) + " " + wording.sentence(kind, facts) for kind, facts in rows]

    def sweep(self, day: str) -> None:
        self.clock.moment = max(self.clock.moment, at(day, 10))
        sweep.sweep(self.database, rules=self.rules, now=self.clock.moment)

    def villager(self) -> Page:
        """Let the villager look the matter up."""
        return Browser(self.pages.test_client()).post("/status", receipt_code=CODE)

    def findings(self) -> list[str]:
        with self.database.reading() as session:
            return [str(one) for one in verify.verify(session, rules=self.rules, now=self.clock.moment)]


@pytest.fixture
def desk(databases: Databases, backend: str, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Open the desk of an example on a database of its own."""
    databases.template(backend, "empty", migrations.upgrade)
    with contextmanager(databases.lend)(backend, "empty") as database:

        def opened(example: str, change: Change = str) -> Desk:
            folder = configuration(example, tmp_path, change)
            rules = read_rules(tmp_path / "files", folder)
            read_definition((folder / "workflow.toml").read_text(encoding="utf-8"), "workflow.toml")
            settle(database, rules, folder)
            accept_given_moments(database, rules)
            settings = load({"HUIYIN_DATA_DIR": str(tmp_path), "HUIYIN_LEAST_FREE_MB": "1"})
            clock = Clock()
            clock.moment = BEGINNING
            made: dict[str, Any] = {"db": database, "rules": rules, "settings": settings, "now": clock}
            return Desk(
                database,
                rules,
                api.application.create(**made),
                web.application.create(**made, assets=assets),
                clock,
            )

        yield opened
