"""Drive the verbs of the services themselves, each in a transaction as a door opens it."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from cases.configuration.case_rules import CountyRules
from cases.intake import registration
from cases.intake.submission import DoorReply, Intake
from cases.lifecycle import take_step
from cases.lifecycle.action_values import ComplainantEntry
from cases.lifecycle.build_values import build_values
from cases.queries import case_detail
from core.errors import DomainError, Forbidden, NotFound
from core.persistence.db import Database
from tests.builders import actor_named
from tests.model.driver import Answer, Openings, Values


class ServicesDriver:
    """The services, called as a door calls them."""

    keeps_answers = False

    def __init__(self, db: Database, rules: CountyRules) -> None:
        self.db, self.rules = db, rules

    def restart(self, rules: CountyRules) -> None:
        self.rules = rules

    def register(self, who: str, values: Values, now: datetime, key: str | None = None) -> Answer:
        del key

        def handed_in(session: Session) -> Answer:
            made = registration.register(
                session, actor=actor_named(session, who), rules=self.rules, intake=intake_of(values), now=now
            )
            return Answer("ok", number=made.case.number, new=made.created, codes=len(made.codes))

        return self._do(handed_in)

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
        del key

        def taken(session: Session) -> Answer:
            actor = actor_named(session, who)
            take_step.take_step(
                session,
                actor=actor,
                rules=self.rules,
                number=number,
                action=action,
                values=build_values(action, dict(values)),
                now=now,
                expected_version=version,
            )
            return Answer("ok", number=number)

        return self._do(taken)

    def openings(self, who: str, number: str, now: datetime) -> Openings | None:
        with self.db.reading() as session:
            actor = actor_named(session, who)
            try:
                view = case_detail.case_view(session, actor=actor, rules=self.rules, number=number, now=now)
            except (NotFound, Forbidden):
                return None
        return {one["name"]: (one["allowed"], tuple(one["reasons"])) for one in view["actions"]}

    def _do(self, what: Callable[[Session], Answer]) -> Answer:
        try:
            with self.db.transaction() as session:
                return what(session)
        except DomainError as refused:
            return Answer(refused.code, tuple(refused.facts.get("reasons", ())))
        except OSError:
            return Answer("unavailable")


def intake_of(values: Values) -> Intake:
    """Return a complaint as the doors hand it in."""
    given = dict(values)
    reply = given.pop("reply")
    return Intake(
        **{**given, "named_units": tuple(given["named_units"])}
        | {"complainants": tuple(ComplainantEntry(**one) for one in given["complainants"])},
        reply=DoorReply(**reply) if reply is not None else None,
    )
