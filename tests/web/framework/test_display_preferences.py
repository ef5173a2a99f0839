"""The switch of language and size: on no page does it lose what was typed, or what is shown this once."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from sqlalchemy import func, select

from accounts.sign_in.sessions import SHARED
from cases.models.case import Case
from core.persistence.db import Database
from tests.api.conftest import Clock
from tests.builders import PASSWORD
from tests.web.conftest import Browser, Page
from tests.web.test_administration_rules import NOTICE

pytestmark = pytest.mark.one_database

Open = Callable[..., Browser]
WORDS = "水管冻裂了，三天没有水。"
COMPLAINT = {"village": "SL", "category": "drinking_water", "kind": "problem", "own_words": WORDS}
NEXT_PAGE = "The language and the size of the text can be changed on the next page."


class Switch(HTMLParser):
    """The form that a switch belongs to, with everything a browser would send by it."""

    def __init__(self, page: Page, name: str = "look.language") -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self.actions: dict[str, str] = {}
        self.button: dict[str, str] = {}
        self.name, self._here, self._text = name, "", ""
        self.feed(page.text)

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in given}
        fields = self.forms.setdefault(found.get("form", self._here), {})
        if tag == "form":
            self._here = found.get("id", "")
            self.actions[self._here] = found.get("action", "")
        elif tag == "button" and found.get("name") == self.name:
            self.button = found
        elif tag == "input" and "name" in found and found.get("type") not in ("radio", "checkbox", "file"):
            fields[found["name"]] = found.get("value", "")
        elif tag == "input" and "name" in found and "checked" in dict(given):
            fields[found["name"]] = found["value"]
        elif tag == "textarea":
            self._text = found["name"]

    def handle_data(self, data: str) -> None:
        if self._text:
            self.forms[self._here][self._text] = data
            self._text = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._here = ""

    def pressed(self, browser: Browser, **typed: str) -> Page:
        """Press it, after something more was typed."""
        form = self.button["form"]
        fields = {**self.forms[form], **typed, self.name: self.button["value"]}
        return browser.post(self.button.get("formaction") or self.actions[form], **fields)


def has_no_way_out(page: Page) -> bool:
    """Return whether a page says that the switch comes later, and has none that leads away."""
    return NEXT_PAGE in page.text and 'action="/look"' not in page.text and "look.language" not in page.text


def number_of_cases(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Case)) or 0


def test_a_page_that_is_looked_at_has_the_switch_that_comes_back_to_it(browser: Open) -> None:
    page = browser("zuyuan").get("/register")
    assert 'action="/look"' in page.text
    assert 'name="back" value="/register"' in page.text


def test_the_slip_is_not_left_by_the_switch(browser: Open) -> None:
    slip = browser("zuyuan").post("/register", **COMPLAINT)
    assert re.search(r'class="code"><span>\w{5}</span>', slip.text)
    assert has_no_way_out(slip)


def test_the_password_of_somebody_new_is_not_left_by_the_switch(browser: Open) -> None:
    shown = browser("guanli").post("/people", name="周敏", username="zhou.min", unit="team", roles="member")
    assert re.search(r'class="code">[a-z0-9-]+<', shown.text)
    assert has_no_way_out(shown)


def test_a_step_that_was_refused_keeps_its_words_where_no_form_can_be_shown_again(
    browser: Open, a_case: Callable[..., Case]
) -> None:
    case = a_case("assigned")
    refused = browser("cunwei-sl").post(f"/cases/{case.number}/actions", action="note", version="1", text="")
    assert refused.status == 422
    assert has_no_way_out(refused)


def test_a_registration_that_was_refused_is_shown_in_the_other_language_with_all_that_was_typed(
    browser: Open, town: Database
) -> None:
    person = browser("zuyuan")
    refused = person.post("/register", **{**COMPLAINT, "kind": "", "once": "abcdefgh12345678"})
    assert refused.status == 422
    more = WORDS + "昨天又断了。"
    switched = Switch(refused).pressed(
        person, village="SL", category="drinking_water", own_words=more, **{"complainant.name": "田某"}
    )
    assert switched.status == 200
    assert '<html lang="en"' in switched.text
    assert number_of_cases(town) == 0
    again = Switch(switched)
    typed = again.forms["typed"]
    assert typed["own_words"] == more
    assert typed["complainant.name"] == "田某"
    assert typed["category"] == "drinking_water"
    assert again.button["value"] == "zh"
    assert '<html lang="en"' in person.get("/register").text
    assert person.post("/register", **{**typed, "village": "SL", "kind": "problem"}).status == 200
    assert number_of_cases(town) == 1


@pytest.mark.parametrize(
    ("path", "typed", "kept"),
    [
        ("/people", {"name": "周敏", "username": "周"}, "周敏"),
        ("/areas", {"name": "石榴坪", "code": "?"}, "石榴坪"),
        ("/units", {"name": "水利站", "code": "?"}, "水利站"),
        ("/calendar/2027/look", {"notice": "", "holidays": "2027-01-01", "seen": "0"}, "2027-01-01"),
    ],
)
def test_a_form_of_administration_that_was_refused_keeps_what_was_typed(
    browser: Open, path: str, typed: dict[str, str], kept: str
) -> None:
    admin = browser("guanli")
    refused = admin.post(path, **typed)
    assert refused.status in (409, 422)
    switched = Switch(refused).pressed(admin)
    assert '<html lang="en"' in switched.text
    assert kept in switched.text


def test_what_a_holiday_notice_would_move_is_shown_again_in_the_other_language(browser: Open) -> None:
    admin = browser("guanli")
    looked = admin.post("/calendar/2027/look", **NOTICE)
    assert looked.status == 200
    switched = Switch(looked).pressed(admin)
    assert '<html lang="en"' in switched.text
    assert Switch(switched).forms["typed"].items() >= NOTICE.items()


def test_a_return_visit_that_was_refused_keeps_its_words(browser: Open, a_case: Callable[..., Case]) -> None:
    case = a_case("resolved")
    member = browser("zuyuan")
    refused = member.post(f"/cases/{case.number}/revisit", heard="no", words="还是漏")
    assert refused.status == 422
    switched = Switch(refused).pressed(member)
    assert '<html lang="en"' in switched.text
    assert "还是漏" in switched.text
    assert member.get(f"/cases/{case.number}/revisit").status == 200


def test_a_sign_in_that_ran_out_keeps_the_interrupted_form_through_the_switch(
    browser: Open, a_case: Callable[..., Case], clock: Clock
) -> None:
    case = a_case("assigned")
    stranger = browser("cunwei-sl")
    clock.moment += SHARED
    lapsed = stranger.post(f"/cases/{case.number}/actions", action="note", version="1", text=WORDS)
    assert lapsed.status == 401
    switched = Switch(lapsed).pressed(stranger, username="cunwei-sl")
    assert switched.status == 200
    assert '<html lang="en"' in switched.text
    kept = Switch(switched).forms["typed"]
    assert kept["username"] == "cunwei-sl"
    assert WORDS not in switched.text
    signed_in = stranger.post("/sign-in", **{**kept, "password": PASSWORD})
    assert WORDS in signed_in.text
    assert f'action="/cases/{case.number}/actions"' in signed_in.text
    assert has_no_way_out(signed_in)


@pytest.mark.parametrize(("state", "field"), [("resolved", "words"), ("assigned", "more")])
@pytest.mark.parametrize(("name", "shown"), [("look.language", 'lang="en"'), ("look.size", "data-size")])
def test_the_villager_keeps_the_result_and_what_is_being_written(
    browser: Open, a_code: Callable[[str], str], state: str, field: str, name: str, shown: str
) -> None:
    villager = browser()
    result = villager.post("/status", receipt_code=a_code(state))
    typed = {field: "还差一段没有修"} | ({"rating": "fair"} if state == "resolved" else {})
    switched = Switch(result, name).pressed(villager, **typed)
    assert switched.status == 200
    assert shown in switched.text
    assert f'id="{field}"' in switched.text
    assert "还差一段没有修" in switched.text
    assert ('value="fair" required checked' in switched.text) == (state == "resolved")
    assert shown in villager.get("/status").text


def test_the_villager_s_finished_matter_is_shown_again(browser: Open, a_code: Callable[[str], str]) -> None:
    villager = browser()
    result = villager.post("/status", receipt_code=a_code("closed"))
    switched = Switch(result).pressed(villager)
    assert '<html lang="en"' in switched.text
    assert 'class="status-head"' in switched.text


def test_changing_the_language_asks_for_no_code_and_counts_none(
    browser: Open, a_code: Callable[[str], str]
) -> None:
    villager = browser()
    wrong = villager.post("/status", receipt_code="ABCDE-FGHJK")
    for _ in range(12):
        switched = Switch(wrong).pressed(villager)
        assert switched.status == 200
        assert "ABCDE-FGHJK" in switched.text
    code = a_code("assigned")
    told_nothing = villager.post("/status", receipt_code=code, **{"look.language": "en"})
    assert 'class="status-head"' not in told_nothing.text
    assert 'class="status-head"' in villager.post("/status", receipt_code=code).text
