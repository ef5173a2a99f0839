"""What nobody can see is not taken for a text by any form: every required text of the pages is tried."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from cases.models.case import Case
from cases.models.correspondence import Reply
from core.normalization.visibility import is_blank
from core.persistence.db import Database
from tests.markup import HTML, tree_of
from tests.web.conftest import Browser, Page
from tests.web.test_administration_rules import PAGES
from web.public.case_status import NO_WORDS

pytestmark = pytest.mark.one_database

Open = Callable[..., Browser]
BLANKS = ("\u3164\u200b", "\u2800")
#: Whoever signs in gives a name and a password, which are compared and not taken down.
COMPARED = frozenset({"/sign-in"})
STATES = ("received", "assigned", "escalated", "resolved", "closed")


@dataclass
class SentForm:
    """A form of a page: where it goes, what stands in it, and the required texts that somebody types."""

    action: str
    values: dict[str, Any] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)


def forms_of(page: Page, path: str) -> Iterator[SentForm]:
    """Read the forms of a page that change something, each filled in as far as it needs to be."""
    for one in tree_of(page.text).iter(f"{HTML}form"):
        if one.get("method") == "post" and (one.get("action") or path) not in COMPARED:
            yield _read(one, SentForm(one.get("action") or path))


def _read(element: Any, form: SentForm) -> SentForm:
    for one in element.iter():
        name, kind, is_needed = one.get("name"), one.get("type", "text"), one.get("required") is not None
        if not name or (name in form.values and one.get("checked") is None):
            continue
        if one.tag == f"{HTML}textarea" or (one.tag == f"{HTML}input" and kind == "text"):
            form.values[name] = one.text or one.get("value") or ("写了" if is_needed else "")
            if is_needed and one.get("inputmode") is None:
                form.texts.append(name)
        elif one.tag == f"{HTML}select":
            every = [option.get("value") for option in one.iter(f"{HTML}option") if option.get("value")]
            form.values[name] = every[0] if every else ""
        elif kind == "date":
            form.values[name] = "2026-03-20" if is_needed else ""
        elif kind == "hidden" or is_needed or one.get("checked") is not None:
            form.values[name] = one.get("value", "")
    return form


def marked_wrong(page: Page, name: str) -> bool:
    return any(
        one.get("aria-invalid") == "true" for one in tree_of(page.text).iter() if one.get("name") == name
    )


def taken_blank(browser: Browser, path: str) -> set[tuple[str, str]]:
    """Return the form and field of each required text of a page that takes a blank.

    A form that answers several people takes the words of those who are told something: a blank is nobody's
    reply, and whether somebody may be left out is a rule about the whole form.
    """
    found = set()
    for form in forms_of(browser.get(path), path):
        for name in form.texts:
            for blank in BLANKS:
                answer = browser.post(form.action, **{**form.values, name: blank})
                if answer.status in (303, 409) and name.startswith("replies."):
                    break
                if answer.status != 422 or not marked_wrong(answer, name):
                    found.add((form.values.get("action") or form.action, name))
    return found


@pytest.mark.parametrize("path", PAGES)
def test_no_required_text_of_administration_is_taken_blank(browser: Open, path: str) -> None:
    assert taken_blank(browser("guanli"), path) == set()


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("username", ["zuzhang", "cunwei-sl", "xiangzhen", "lingdao"])
def test_no_required_text_of_a_step_or_act_is_taken_blank(
    browser: Open, town: Database, a_case: Callable[..., Case], username: str, state: str
) -> None:
    case = a_case(state, village="SL")
    assert taken_blank(browser(username), f"/cases/{case.number}") == set()
    with town.reading() as session:
        assert not any(map(is_blank, session.scalars(select(Reply.text))))


def test_no_required_text_of_a_registration_is_taken_blank(browser: Open) -> None:
    assert taken_blank(browser("zuyuan"), "/register") == set()


@pytest.mark.parametrize("blank", BLANKS, ids=ascii)
def test_a_visit_that_needs_words_and_an_answer_at_the_door_are_not_taken_blank(
    browser: Open, a_case: Callable[..., Case], blank: str
) -> None:
    member, told = browser("zuyuan"), a_case("resolved")
    path = f"/cases/{told.number}/revisit"
    form = next(one for one in forms_of(member.get(path), path) if "words" in one.values)
    visit = member.post(path, **{**form.values, "heard": "no", "rating": "dissatisfied", "words": blank})
    form = next(one for one in forms_of(member.get("/register"), "/register") if "own_words" in one.values)
    door = {
        **form.values,
        "category": "roads",
        "reply.outcome": "solved",
        "reply.text": blank,
        "once": "a-key",
    }
    answered = member.post("/register", **door)
    assert (visit.status, marked_wrong(visit, "words")) == (422, True)
    assert (answered.status, marked_wrong(answered, "reply.text")) == (422, True)


def test_a_villager_s_blank_addition_is_not_taken(browser: Open, a_code: Callable[[str], str]) -> None:
    code = a_code("assigned")
    for blank in BLANKS:
        answer = browser().post("/status/words", receipt_code=code, more=blank)
        assert (answer.status, NO_WORDS in answer.text) == (422, True)


def test_a_required_text_that_takes_a_blank_is_found() -> None:
    class Careless:
        def get(self, path: str) -> Any:
            del path
            text = "<form method=post action=/said><textarea name=said required></textarea></form>"
            return type("Answer", (), {"text": text})()

        def post(self, path: str, **form: Any) -> Any:
            del path, form
            return type("Answer", (), {"status": 303, "text": ""})()

    assert taken_blank(Careless(), "/said") == {("/said", "said")}  # type: ignore[arg-type]
