"""Return the tests of cases what several of them need."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from accounts.access.actor import SYSTEM, Actor
from cases.configuration.case_rules import CountyRules
from cases.configuration.definitions import adopt
from cases.importing.column_map import ImportMap
from cases.importing.import_cases import import_cases
from cases.importing.report import CasesImport
from cases.lifecycle import take_step
from cases.lifecycle.build_values import build_values
from core.persistence.db import Database
from tests.builders import FOUNDED, actor_named, at
from tests.cases.importing import message_sheet
from tests.cases.importing.message_sheet import MAP, NOW
from workflow.definition.reader import parse

EARLIER = Path(__file__).parents[1] / "rules" / "surface" / "workflow-2.toml"


@pytest.fixture
def take(town: Database, rules: CountyRules, tmp_path: Path) -> Callable[..., CasesImport]:
    """Write rows as a sheet and import it into the township."""

    def do(
        rows: Iterable[Mapping[str, Any]], *, form: ImportMap = MAP, actor: Actor = SYSTEM, **options: Any
    ) -> CasesImport:
        place = message_sheet.write(tmp_path / "messages.xlsx", rows)
        return import_cases(town, rules=rules, actor=actor, path=place, map=form, now=NOW, **options)

    return do


@pytest.fixture
def earlier_rules(town: Database, rules: CountyRules) -> CountyRules:
    """Return the rules under which cases of version 2 of the life cycle began, which they keep."""
    body = EARLIER.read_text(encoding="utf-8")
    definition = parse(body, EARLIER.name)
    with town.transaction() as session:
        adopt(session, definition, body, now=FOUNDED)
    return replace(rules, definition=definition)


@pytest.fixture
def act(town: Database, rules: CountyRules) -> Callable[..., None]:
    """Let somebody take a step or act on a case at ten in the morning of a day."""

    def do(who: str, number: str, action: str, day: str, **values: Any) -> None:
        with town.transaction() as session:
            take_step.take_step(
                session,
                actor=actor_named(session, who),
                rules=rules,
                number=number,
                action=action,
                values=build_values(action, values),
                now=at(day),
            )

    return do
