"""What is sent wrongly, by people or by programs that pretend to be: a clear answer, and never a failure."""

from collections.abc import Callable
from io import BytesIO

import pytest
from sqlalchemy import select

from cases.access.identities import phone_of
from cases.models.case import Case, Complainant
from core.persistence.db import Database
from tests.api.test_application_statements import counted
from tests.builders import PERSONAL_KEYS
from tests.pictures import picture
from tests.web.conftest import ORIGIN, Browser, Page
from tests.web.test_application_journeys import hidden
from wsgi.concurrency_limit import TURNED_AWAY

pytestmark = pytest.mark.one_database

Open = Callable[..., Browser]
NUL, LONG, SWOLLEN = "水\x00管", "水" * 5001, "\ufdfa" * 400


@pytest.mark.parametrize("words", [NUL, LONG, SWOLLEN], ids=["nul", "long", "swollen"])
def test_words_that_cannot_be_stored_are_refused_in_every_form(
    browser: Open, a_case: Callable[..., Case], words: str
) -> None:
    case, told = a_case("assigned"), a_case("resolved")
    member = browser("zuyuan")
    visit = member.get(f"/cases/{told.number}/revisit")
    fields = {"village": "SL", "category": "roads", "kind": "problem", "complainant.name": "田某"}
    seen = {"version": hidden(visit, "version"), "complainant": hidden(visit, "complainant")}
    statuses = [
        member.post("/register", own_words=words, once="a-key-for-nul", **fields).status,
        member.post(f"/register/join/{case.number}", own_words=words, **fields).status,
        member.post(f"/cases/{told.number}/revisit", heard="no", rating="fair", words=words, **seen).status,
        member.post(f"/cases/{case.number}/actions", action="note", version="2", text=words).status,
        member.get("/cases", query_string={"q": words}).status,
        member.post("/register/likely", village=words, own_words=words).status,
    ]
    assert statuses == [422, 422, 422, 422, 422, 422]


@pytest.mark.parametrize("words", ["水" * 41, "\ufdfa" * 3, "水 " * 25], ids=["long", "swollen", "spaced"])
def test_what_is_searched_for_has_at_most_forty_characters_and_the_page_says_so(
    browser: Open, words: str
) -> None:
    member = browser("zuyuan")
    refused = member.get("/cases", query_string={"q": words})
    assert (refused.status, "要找的词最多 40 个字" in refused.text) == (422, True)
    assert 'maxlength="40"' in member.get("/cases").text
    assert member.get("/cases", query_string={"q": "水" * 40}).status == 200


@pytest.mark.parametrize("name", ["\x00", "田", "a" * 1000, ""])
def test_a_name_that_nobody_can_have_is_answered_like_a_wrong_password(browser: Open, name: str) -> None:
    assert browser().sign_in(name, "whatever it is").status == 422


def test_a_villager_s_words_that_cannot_be_stored_are_refused(
    browser: Open, a_code: Callable[[str], str]
) -> None:
    code = a_code("resolved")
    stranger = browser()
    for words in (NUL, "水" * 501):
        answer = stranger.post("/status/rating", receipt_code=code, rating="satisfied", words=words)
        assert answer.status == 422
    assert stranger.post("/status/rating", receipt_code=code, rating="very", words="").status == 422
    assert stranger.post("/status", receipt_code="\x00").status == 404


def assigned(browser: Open, case: Case) -> Browser:
    """Let the leader give a case to its committee, which has not accepted it yet; give the committee."""
    leader = browser("zuzhang")
    version = hidden(leader.get(f"/cases/{case.number}"), "version")
    leader.post(f"/cases/{case.number}/actions", action="assign", version=version, unit="committee-SL")
    return browser("cunwei-sl")


def test_a_list_can_be_gone_back_to_after_something_was_done_in_it(
    browser: Open, a_case: Callable[..., Case]
) -> None:
    case = a_case("received", village="SL")
    committee = assigned(browser, case)
    page = committee.get(f"/cases/{case.number}")
    done = committee.post(
        f"/cases/{case.number}/actions",
        action="accept",
        version=hidden(page, "version"),
        back="/cases?state=assigned",
    )
    after = committee.get(done.headers["Location"])
    assert (done.status, after.status) == (303, 200)
    assert "接收了" in after.text


def test_a_row_that_was_accepted_in_place_comes_back_as_a_row(
    browser: Open, a_case: Callable[..., Case]
) -> None:
    case = a_case("received", village="SL")
    committee = assigned(browser, case)
    page = committee.get("/todo")
    answer = committee.client.post(
        f"/cases/{case.number}/actions",
        data={"action": "accept", "version": hidden(page, "version"), "back": "/todo"},
        headers={"Origin": "http://localhost", "HX-Request": "true"},
    )
    row = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert f'id="case-{case.number}"' in row
    assert "<html" not in row
    assert "答复" in row


def test_a_photo_that_is_added_to_a_form_sent_before_is_not_lost(
    browser: Open, a_case: Callable[..., Case]
) -> None:
    case = a_case("assigned")
    member = browser("zuyuan")
    version = hidden(member.get(f"/cases/{case.number}"), "version")
    form = {"action": "note", "text": "去看了", "version": version, "once": "the-same-key"}
    first = member.post(f"/cases/{case.number}/actions", **form)
    photo = (BytesIO(b"%PDF-1.4 \xe4\xba\x95"), "photo.pdf", "application/pdf")
    second = member.post(f"/cases/{case.number}/actions", files=photo, **form)
    assert (first.status, second.status) == (303, 422)
    assert "去看了" in second.text
    assert "已经存好了" in second.text


def test_another_photo_of_the_same_name_under_the_same_key_is_not_taken_for_the_first(
    browser: Open, a_case: Callable[..., Case]
) -> None:
    case = a_case("assigned")
    member = browser("zuyuan")
    version = hidden(member.get(f"/cases/{case.number}"), "version")
    form = {"action": "note", "text": "去看了", "version": version, "once": "the-same-key"}
    answers = [
        member.post(
            f"/cases/{case.number}/actions",
            files=(BytesIO(picture("jpeg", colour=colour)), "image.jpg", "image/jpeg"),
            **form,
        )
        for colour in ("red", "red", "blue")
    ]
    assert [answer.status for answer in answers] == [303, 303, 422]
    assert "已经存好了" in answers[-1].text


@pytest.mark.parametrize(
    ("phone", "status"),
    [("13900002046", 200), ("0834-123 4567转8", 200), ("12ab", 422), ("没有", 422), ("1", 422)],
)
def test_a_phone_that_cannot_be_dialled_is_refused_beside_its_field(
    browser: Open, a_case: Callable[..., Case], phone: str, status: int
) -> None:
    person, known = browser("zuyuan"), a_case("assigned")
    fields = {"village": "SL", "category": "roads", "kind": "problem", "own_words": "路灯不亮"}
    page = person.post("/register", once="a-form-key", **fields, **{"complainant.phone": phone})
    joined = person.post(f"/register/join/{known.number}", own_words="灯", **{"complainant.phone": phone})
    assert (page.status, joined.status) == (status, status)
    assert ("请只填电话号码" in page.text) == (status == 422)
    assert (f'value="{phone}"' in page.text) == (status == 422)


def test_whoever_stands_by_a_number_that_cannot_be_dialled_is_believed(
    browser: Open, town: Database, a_case: Callable[..., Case]
) -> None:
    person, known, number = browser("zuyuan"), a_case("assigned"), "1380000204"
    fields = {"village": "SL", "category": "roads", "kind": "problem", "own_words": "路灯不亮"}
    wrong = {"complainant.name": "田某", "complainant.phone": number}
    asked = person.post("/register", once="a-form-key", **fields, **wrong)
    sure = {**wrong, "phone_as_written": "yes"}
    kept = person.post("/register", once=hidden(asked, "once"), **fields, **sure)
    joined = person.post(f"/register/join/{known.number}", own_words="灯", **sure)
    amended = a_case("received")
    leader = browser("zuzhang")
    page = leader.get(f"/cases/{amended.number}")
    values = {"action": "amend", "field": "phone", "value": number, "reason": "写错了"}
    values |= {"version": hidden(page, "version"), "complainant": hidden(page, "complainant")}
    doubted = leader.post(f"/cases/{amended.number}/actions", **values)
    believed = leader.post(f"/cases/{amended.number}/actions", **values, phone_as_written="yes")
    assert (asked.status, "您写了 10 位数字" in asked.text) == (422, True)
    assert (doubted.status, "您写了 10 位数字" in doubted.text) == (422, True)
    assert (kept.status, joined.status, believed.status) == (200, 200, 303)
    with town.reading() as session:
        phones = [phone_of(one, PERSONAL_KEYS) for one in session.scalars(select(Complainant))]
    assert sorted(map(str, phones)) == sorted(["13800002046", number, number, number])


def test_a_case_is_opened_found_and_related_by_its_number_however_it_is_written(
    browser: Open, a_case: Callable[..., Case]
) -> None:
    one, other = a_case("received"), a_case("received")
    leader, serial = browser("zuzhang"), int(one.number[-4:])
    spelled = f"sl-{one.number[3:7]}-{serial}"
    page = leader.get(f"/cases/{spelled}")
    for typed in (spelled, f"杉岭〔{one.number[3:7]}〕{serial} 号", f"{serial}号", f"杉嶺 {serial} 號"):
        listed = leader.get("/cases", query_string={"q": typed}).text
        assert (one.number in listed, other.number in listed) == (True, False)
    version = hidden(leader.get(f"/cases/{other.number}"), "version")
    values = {"action": "relate", "to": f"{serial}号", "version": version}
    related = leader.post(f"/cases/{other.number}/actions", **values)
    assert (page.status, related.status) == (200, 303)
    assert one.number in leader.get(f"/cases/{other.number}").text


def test_whoever_finds_no_place_is_told_without_the_database_and_keeps_what_was_typed(
    browser: Open, town: Database
) -> None:
    member = browser("zuyuan")
    with counted(town) as seen:
        answer = member.client.post(
            "/register",
            data={"village": "SL", "own_words": "水管漏水三天了"},
            headers=ORIGIN,
            environ_overrides={TURNED_AWAY: True},
        )
    page = Page(answer)
    assert (page.status, "水管漏水三天了" in page.text, seen) == (503, True, [])
    assert int(page.headers["Retry-After"]) > 0
