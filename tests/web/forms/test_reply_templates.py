"""Beginnings of a reply: filled from the case, to be finished by a person, and never told with a blank."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from cases.models.case import Case
from cases.models.correspondence import Reply
from core.persistence.db import Database
from tests.api.conftest import Clock
from tests.builders import at
from tests.web.conftest import Browser, Page
from tests.web.test_application_journeys import hidden
from web.forms.reply_templates import promised_day

pytestmark = pytest.mark.one_database

Open = Callable[..., Browser]
Make = Callable[..., Case]
FILLED = "您反映的事，养鱼村两委已在 3 月 3 日办好：渠通了。请您看看。"


def answer(person: Browser, case: Case, text: str) -> Page:
    page = person.get(f"/cases/{case.number}")
    reply = {"complainant": hidden(page, "replies.0.complainant"), "channel": "door", "text": text}
    return person.post(
        f"/cases/{case.number}/actions",
        action="resolve",
        version=hidden(page, "version"),
        outcome="solved",
        **{f"replies.0.{name}": value for name, value in reply.items()},
    )


def test_the_phrases_name_the_real_owner_and_their_outcomes(browser: Open, a_case: Make) -> None:
    case = a_case("assigned", village="YY")
    page = browser("cunwei-yy").get(f"/cases/{case.number}")
    found = re.findall(r'data-fill="([^"]+)" data-outcome="(\w+)"', page.text)
    assert [outcome for _, outcome in found] == ["solved", "planned", "explained"]
    assert all("养鱼村两委" in text for text, _ in found)


@pytest.mark.parametrize("blank", ["〔做了什么〕", "〔哪天〕", "〔为什么〕", "〔哪里〕"])
def test_words_with_a_blank_are_refused_and_kept_on_the_page(
    browser: Open, town: Database, a_case: Make, blank: str
) -> None:
    case, person = a_case("assigned", village="YY"), browser("cunwei-yy")
    page = answer(person, case, f"您反映的事，{blank}。")
    assert page.status == 422
    assert "还有〔〕没有填" in page.text
    assert f"您反映的事，{blank}。" in page.text
    with town.reading() as session:
        assert session.scalars(select(Reply)).all() == []


def test_the_number_of_a_document_is_no_blank(browser: Open, a_case: Make) -> None:
    case, person = a_case("assigned", village="YY"), browser("cunwei-yy")
    assert answer(person, case, f"{FILLED}见马政〔2026〕41 号。").status == 303


#: Of two complainants the reply dates, the handling date, and the day that may be promised on 10 March.
PROMISES = (
    ((date(2026, 3, 17), date(2026, 3, 20)), date(2026, 3, 23), date(2026, 3, 17)),
    ((date(2026, 3, 9), date(2026, 3, 20)), date(2026, 3, 23), date(2026, 3, 20)),
    ((date(2026, 3, 10), None), date(2026, 3, 11), date(2026, 3, 11)),
    ((None, None), date(2026, 3, 23), date(2026, 3, 23)),
    ((date(2026, 3, 17), None), None, date(2026, 3, 17)),
    ((date(2026, 3, 9), None), date(2026, 3, 10), None),
    ((None, None), None, None),
)


@pytest.mark.parametrize(("replies", "handling", "promised"), PROMISES)
def test_only_a_day_that_lies_ahead_is_promised(
    replies: tuple[date | None, ...], handling: date | None, promised: date | None
) -> None:
    people = [{"reply_due_on": day} for day in replies]
    # The date of the state is that of triage or of the return visit as well: it promises nothing.
    view = {"complainants": people, "handling_due_on": handling, "due_on": date(2026, 3, 12)}
    assert promised_day(view, date(2026, 3, 10)) == promised


@pytest.mark.parametrize(
    ("state", "day", "offered"),
    [
        ("received", "2026-03-03", "最迟 3月17日 给您答复"),
        ("assigned", "2026-03-03", "最迟 3月17日 给您答复"),
        ("assigned", "2026-03-18", "最迟 3月23日 给您答复"),
        ("assigned", "2026-03-24", None),
        ("received", "2026-03-18", None),
    ],
)
def test_what_is_going_on_is_offered_with_the_villager_s_own_date(
    browser: Open, a_case: Callable[..., Case], clock: Clock, state: str, day: str, offered: str | None
) -> None:
    case = a_case(state, category="village_org")
    clock.moment = at(day, 11)
    page = browser("zuzhang").get(f"/cases/{case.number}").text
    assert set(re.findall("正在办，(最迟 .+? 给您答复)", page)) == ({offered} if offered else set())
