"""Carry what a request needs: the services of the application, and the one call that is being answered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from flask import Response, current_app, g
from sqlalchemy.orm import Session

from accounts.access.actor import Actor
from accounts.sign_in.first_steps import EntryRules
from api.framework.json_provider import Json
from cases.configuration.case_rules import CountyRules
from config.settings import Settings
from core.encryption import Encryptor
from core.persistence.db import Database
from wsgi.schemas.external import in_external_form

EXTENSION = "huiyin"
#: Where the shapes of the answer that is being made stand.
SHAPES = "answer_shapes"


@dataclass(frozen=True)
class ApiServices:
    """What the composition root hands to the application."""

    db: Database
    rules: CountyRules
    settings: Settings
    now: Callable[[], datetime]
    seal: Encryptor
    why_not_ready: Callable[[datetime], str | None]
    is_sample: Callable[[], bool]
    factor_roles: Callable[[], Sequence[str]]

    def entry_rules(self, now: datetime) -> EntryRules:
        """Return what is asked of whoever comes in today."""
        today = now.astimezone(self.rules.zone).date()
        said = self.settings.second_factor_roles
        roles = self.factor_roles() if said is None else said
        return EntryRules(roles, self.is_sample(), today, self.settings.profile)


@dataclass
class RequestContext:
    """One request of somebody who may enter: who, when, and the session that everything happens in.

    `about` is the number of the case that the answer tells about, where the person may see it.
    """

    session: Session
    actor: Actor
    rules: CountyRules
    now: datetime
    about: str | None = None


def api_services() -> ApiServices:
    """Return the services of the application that answers the present request."""
    return cast(ApiServices, current_app.extensions[EXTENSION])


def answer(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Make a JSON answer, in the form outside that the route declared."""
    written = cast(Json, current_app.json).write(in_external_form(data, g.get(SHAPES, ())))
    return current_app.response_class(written, status, headers, mimetype="application/json")
