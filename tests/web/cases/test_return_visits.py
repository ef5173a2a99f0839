"""The page of a return visit: what was planned for a day is asked about now and again on that day."""

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import select

from cases.models.case import Case, Complainant
from core.persistence.db import Database
from tests.api.conftest import Clock
from tests.builders import at
from tests.web.conftest import Browser, Page
from tests.web.test_application_journeys import hidden

Open = Callable[..., Browser]
Make = Callable[..., Case]
Act = Callable[..., None]


def visit(somebody: Browser, number: str, version: int, **more: Any) -> Page:
    given = {"heard": "yes", "rating": "satisfied", "words": "好", **more}
    person = hidden(somebody.get(f"/cases/{number}/revisit"), "complainant")
    return somebody.post(
        f"/cases/{number}/revisit", version=version, once=f"visit-{version}", complainant=person, **given
    )


def version_of(town: Database, case: Case) -> tuple[int, str]:
    with town.reading() as session:
        found = session.get_one(Case, case.id)
        return found.version, found.state


def test_what_was_planned_is_closed_from_the_page_on_its_day(
    browser: Open, town: Database, a_case: Make, act: Act, clock: Clock
) -> None:
    case = a_case("assigned")
    with town.reading() as session:
        person = session.scalars(select(Complainant.id).where(Complainant.case_id == case.id)).one()
    said = [{"complainant": person, "channel": "door", "text": "排进了计划。"}]
    planned = {"outcome": "planned", "promised_on": date(2026, 3, 20), "replies": said}
    act("cunwei-sl", case.number, "resolve", "2026-03-03", **planned)
    clock.moment = at("2026-03-10")
    somebody = browser("zuyuan")
    assert "到那天再归档" in somebody.get(f"/cases/{case.number}/revisit").text
    assert visit(somebody, case.number, version_of(town, case)[0]).status == 303
    version, state = version_of(town, case)
    assert state == "resolved"
    clock.moment = at("2026-03-20")
    shown = browser("zuyuan")
    assert "回访归档" in shown.get(f"/cases/{case.number}/revisit").text
    assert visit(shown, case.number, version, rating="fair").status == 303
    assert version_of(town, case)[1] == "closed"
