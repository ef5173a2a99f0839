"""Drive the door for programs, as a client that speaks JSON."""

from datetime import date, datetime
from typing import Any

from flask import Flask
from sqlalchemy import select, update

from accounts.access.actor import SYSTEM
from accounts.models import ApiToken, User
from accounts.sign_in import tokens
from api.application import attach_services
from cases.configuration.case_rules import CountyRules
from cases.models.case import Complainant
from config.settings import Settings
from core.persistence.db import Database
from tests.builders import FOUNDED
from tests.external import external_id
from tests.model.driver import Answer, Openings, Values


class HttpDriver:
    """The application, asked through its test client."""

    keeps_answers = True

    def __init__(self, app: Flask, db: Database, rules: CountyRules, settings: Settings) -> None:
        self.app, self.db, self.settings = app, db, settings
        self.now = FOUNDED
        self.tokens = give_tokens(db, rules)
        self.restart(rules)

    def restart(self, rules: CountyRules) -> None:
        self.rules = rules
        attach_services(self.app, db=self.db, rules=rules, settings=self.settings, now=lambda: self.now)

    def register(self, who: str, values: Values, now: datetime, key: str | None = None) -> Answer:
        return self._post(who, "/cases", values, now, {"Idempotency-Key": key} if key else {})

    def act(
        self,
        who: str,
        number: str,
        action: str,
        values: Values,
        now: datetime,
        version: int | None = None,
        key: str | None = None,
    ) -> Answer:
        headers = {"Idempotency-Key": key} if key else {}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return self._post(who, f"/cases/{number}/actions", {"action": action, **values}, now, headers)

    def openings(self, who: str, number: str, now: datetime) -> Openings | None:
        self.now = now
        answer = self.app.test_client().get(f"/api/v1/cases/{number}", headers=self._as(who))
        if answer.status_code in (403, 404):
            return None
        assert answer.status_code == 200, answer.text
        told: Any = answer.json
        return {one["name"]: (one["allowed"], tuple(one["reasons"])) for one in told["actions"]}

    def _post(self, who: str, path: str, body: Values, now: datetime, headers: dict[str, str]) -> Answer:
        self.now = now
        answer = self.app.test_client().post(
            f"/api/v1{path}", json=self._as_sent(body), headers=self._as(who) | headers
        )
        told: Any = answer.json
        if answer.status_code not in (200, 201):
            assert answer.status_code < 500 or answer.status_code == 503, answer.text
            never = "permission" in told["facts"]  # the door does not even let the role in
            return Answer(told["code"], ("role",) if never else tuple(told["facts"].get("reasons", ())))
        return Answer(
            "ok",
            number=told["number"],
            new=answer.status_code == 201,
            again="Idempotency-Replayed" in answer.headers,
            codes=sum("receipt_code" in person for person in told["complainants"]),
        )

    def _as_sent(self, value: Any, name: str = "") -> Any:
        """Write dates, times and ids as a program sends them, and leave out what is not said."""
        if isinstance(value, dict):
            return {key: self._as_sent(one, key) for key, one in value.items() if one is not None}
        if isinstance(value, list | tuple):
            return [self._as_sent(one, name) for one in value]
        if name in ("complainant", "complainants") and isinstance(value, int):
            return external_id(self.rules, Complainant.__tablename__, value)
        return value.isoformat() if isinstance(value, date | datetime) else value

    def _as(self, who: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[who]}"}


def give_tokens(db: Database, rules: CountyRules) -> dict[str, str]:
    """Create a token for everybody."""
    with db.transaction() as session:
        given = {
            user.username: tokens.issue(
                session, actor=SYSTEM, user=user, label="model", now=FOUNDED, chain=rules.services.chain
            )
            for user in session.scalars(select(User))
        }
        session.execute(update(ApiToken).values(expires_at=None))  # the model lives through years
        return given
