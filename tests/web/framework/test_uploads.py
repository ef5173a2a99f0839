"""Photos and files that people add to a form: what is kept, what is refused, and what is said about it."""

import io
import re
import struct
import threading
import zlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from accounts.sign_in.rate_limits import Attempt
from cases import attachments
from cases.configuration.case_rules import CountyRules
from cases.lifecycle import take_step
from cases.models.case import Case
from cases.models.correspondence import Attachment
from core.files import pictures
from core.persistence.db import Database
from tests.patience import PATIENCE
from tests.pictures import from_a_phone, picture
from tests.statements import statements
from tests.web.conftest import ORIGIN, Browser, Page
from tests.web.test_application_journeys import hidden
from wsgi import rate_limits
from wsgi.files import SANDBOX

Open = Callable[..., Browser]
Make = Callable[..., Case]
Sent = tuple[bytes, str, str]
PDF, MEGABYTE = b"%PDF-1.4 \xe6\xb0\xb4", 1024 * 1024
WORDS = "水管冻裂了，三天没有水。"
FIELDS = {"village": "SL", "category": "roads", "kind": "problem", "complainant.name": "田某"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


@cache
def blank(width: int, height: int) -> bytes:
    """Return a whole PNG of one bit for each pixel, all black: a small file for a very large picture."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width // 8 + 1) * height), 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def sent(content: bytes, name: str, media_type: str = "image/jpeg") -> Sent:
    return content, name, media_type


def jpeg(colour: str = "#2a3b72") -> bytes:
    return picture("jpeg", colour=colour)


#: What is sent, under which name and type, and what is said of it in Chinese and in English.
TOO_MANY_PIXELS = ("照片的尺寸太大，请缩小再传", "This picture has too many pixels; make it smaller.")
DAMAGED = (
    "这张照片打不开，请重新拍或另选",
    "This picture cannot be opened; take or choose another.",
)
NOT_TAKEN = (
    "只收照片（JPEG、PNG）和 PDF。苹果手机的 HEIC 照片请先转成 JPEG",
    "Only photos (JPEG, PNG) and PDF files are taken. Convert HEIC photos of an iPhone to JPEG first",
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
REFUSED: dict[str, tuple[Callable[[], bytes], str, str, tuple[str, str]]] = {
    "a decompression bomb": (lambda: blank(20_000, 20_000), "bomb.png", "image/png", TOO_MANY_PIXELS),
    "41 megapixels": (lambda: blank(8_200, 5_000), "large.png", "image/png", TOO_MANY_PIXELS),
    "a truncated picture": (lambda: from_a_phone()[:-200], "half.jpg", "image/jpeg", DAMAGED),
    "a file too large": (
        lambda: PDF.ljust(10 * MEGABYTE + 1),
        "long.pdf",
        "application/pdf",
        ("文件超过 10 MB，请换小一点的", "The file is over 10 MB; choose a smaller one"),
    ),
    "an SVG": (lambda: SVG, "photo.jpg", "image/jpeg", NOT_TAKEN),
    "an SVG by its type": (lambda: SVG, "photo.svg", "image/svg+xml", NOT_TAKEN),
    "HTML": (lambda: b"<!doctype html><script>alert(1)</script>", "photo.png", "image/png", NOT_TAKEN),
    "a picture that is said to be a page": (jpeg, "photo.html", "text/html", NOT_TAKEN),
    "an empty file": (
        lambda: b"",
        "nothing.jpg",
        "image/jpeg",
        ("文件是空的，请换一个", "The file is empty; choose another one."),
    ),
}
REFUSALS = pytest.mark.parametrize("refused", REFUSED.values(), ids=list(REFUSED))


@pytest.fixture
def english(browser: Open) -> Browser:
    """Return somebody who registers and reads English."""
    member = browser("zuyuan")
    member.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return member


def post(person: Browser, address: str, files: Iterable[Sent], **fields: str) -> Page:
    """Send a form as a browser does; written by hand, because the client leaves temporary files open."""
    parts = [(f'name="{name}"', value.encode()) for name, value in fields.items()]
    for content, name, media_type in files:
        parts.append((f'name="files"; filename="{name}"\r\nContent-Type: {media_type}', content))
    begin, end = b"--b\r\nContent-Disposition: form-data; ", b"--b--\r\n"
    body = b"".join(begin + head.encode() + b"\r\n\r\n" + value + b"\r\n" for head, value in parts) + end
    told = {"content_type": "multipart/form-data; boundary=b", "headers": ORIGIN}
    return Page(person.client.post(address, data=body, **told))


def register(person: Browser, *files: Sent, **more: str) -> Page:
    return post(person, "/register", files, own_words=WORDS, **FIELDS, **more)


def act(person: Browser, case: Case, action: str, *files: Sent, **fields: str) -> Page:
    address = f"/cases/{case.number}"
    version = hidden(person.get(address), "version")
    return post(person, f"{address}/actions", files, action=action, version=version, **fields)


def said(page: Page) -> list[str]:
    """Return what a page says is wrong, as it is read: in the box at its head and beside the fields."""
    found = re.findall(r'<(div|p) (class="mistakes?"[^>]*>.*?)</\1>', page.text, re.S)
    shown = [one for _, one in found if " hidden>" not in one.partition("\n")[0]]
    return [re.sub(r"<[^>]+>", "", one) for one in shown]


def kept(town: Database) -> list[tuple[str, int | None]]:
    """Return name and case of every file that is kept."""
    with town.reading() as session:
        rows = session.execute(select(Attachment.name, Attachment.case_id).order_by(Attachment.received_at))
        return [(row.name, row.case_id) for row in rows]


def cases_in(town: Database) -> int:
    with town.reading() as session:
        return session.scalars(select(func.count(Case.id))).one()


@REFUSALS
def test_a_file_that_is_not_taken_is_named_with_what_to_do_and_the_words_stay(
    browser: Open, town: Database, rules: CountyRules, refused: Any
) -> None:
    content, name, media_type, (words, _) = refused
    page = register(browser("zuyuan"), sent(jpeg(), "good.jpg"), sent(content(), name, media_type))
    assert page.status == 422
    assert [f"「{name}」：{words}" in one for one in said(page)] == [True, True]
    assert WORDS in page.text
    assert 'value="田某"' in page.text
    assert "刚才选的要再选一次" in page.text
    assert (cases_in(town), kept(town), list(rules.services.files.stored())) == (0, [], [])


@REFUSALS
def test_the_same_is_said_in_english_and_in_no_other_words(english: Browser, refused: Any) -> None:
    content, name, media_type, (_, words) = refused
    page = register(english, sent(content(), name, media_type))
    assert [f"“{name}”: {words}" in one for one in said(page)] == [True, True]
    assert [one for one in said(page) if CHINESE.search(one)] == []


@pytest.mark.parametrize("action", ["attach", "resolve"])
def test_every_form_of_a_case_says_what_is_wrong_with_a_photo_and_keeps_the_words(
    browser: Open, town: Database, a_case: Make, action: str
) -> None:
    case = a_case("assigned")
    words = {"replies.0.text": "换了新管。", "outcome": "solved"} if action == "resolve" else {}
    page = act(browser("cunwei-sl"), case, action, sent(SVG, "photo.jpg"), **words)
    assert (page.status, kept(town)) == (422, [])
    assert sum(f"「photo.jpg」：{NOT_TAKEN[0]}" in one for one in said(page)) == 2
    assert all(one in page.text for one in words.values())


def test_seven_files_at_once_are_one_too_many(browser: Open, english: Browser, town: Database) -> None:
    files = [sent(PDF + b"%d" % n, f"{n}.pdf", "application/pdf") for n in range(7)]
    page = register(browser("zuyuan"), *files)
    assert (page.status, cases_in(town)) == (422, 0)
    assert ["一次最多 6 个，请分几次加" in one for one in said(page)] == [True, True]
    assert WORDS in page.text
    in_english = said(register(english, *(sent(PDF, f"{n}.pdf", "application/pdf") for n in range(7))))
    assert ["At most 6 at once; add them in several goes" in one for one in in_english] == [True, True]


def test_six_files_are_taken(browser: Open, town: Database) -> None:
    files = [sent(jpeg(f"#0000{n}0"), f"{n}.jpg") for n in range(6)]
    assert register(browser("zuyuan"), *files).status == 200
    assert sorted(name for name, case in kept(town) if case) == [f"{n}.jpg" for n in range(6)]


def test_files_that_are_too_large_together_cost_nobody_the_words(
    browser: Open, english: Browser, town: Database, rules: CountyRules
) -> None:
    def files() -> list[Sent]:
        return [sent(PDF.ljust(6 * MEGABYTE), f"{n}.pdf", "application/pdf") for n in range(2)]

    page = register(browser("zuyuan"), *files())
    assert page.status == 422
    assert ["照片和文件一共超过 10 MB，请分几次加" in one for one in said(page)] == [True, True]
    assert WORDS in page.text
    assert ["over 10 MB together" in one for one in said(register(english, *files()))] == [True, True]
    assert (cases_in(town), list(rules.services.files.stored())) == (0, [])


def test_what_nobody_means_to_send_is_not_read(browser: Open) -> None:
    page = register(browser("zuyuan"), sent(PDF.ljust(21 * MEGABYTE), "a.pdf", "application/pdf"))
    assert page.status == 413
    assert "一共不超过 10 MB" in page.text


@pytest.mark.parametrize(("content", "names"), [(b"", []), (jpeg(), ["file.jpg"])], ids=["empty", "full"])
def test_a_field_without_a_file_is_no_file_and_a_file_without_a_name_is_one(
    browser: Open, town: Database, content: bytes, names: list[str]
) -> None:
    assert register(browser("zuyuan"), sent(content, "", "application/octet-stream")).status == 200
    assert [name for name, _ in kept(town)] == names


def test_a_double_click_leaves_one_file_and_writes_its_picture_anew_once(
    browser: Open, town: Database, a_case: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, person = a_case("assigned"), browser("cunwei-sl")
    form = {"version": hidden(person.get(f"/cases/{case.number}"), "version"), "once": "a-double-click"}
    begun, go_on, written, answers = threading.Event(), threading.Event(), [], []

    def slowly(content: bytes, kind: str) -> bytes:
        written.append(kind)
        begun.set()
        assert go_on.wait(PATIENCE)
        return content

    def click() -> None:
        own = Browser(person.client.application.test_client())
        own.client._cookies = person.client._cookies
        photo = [sent(jpeg(), "photo.jpg")]
        answers.append(post(own, f"/cases/{case.number}/actions", photo, action="attach", **form))

    monkeypatch.setattr(attachments, "reencode", slowly)
    clicks = [threading.Thread(target=click) for _ in range(2)]
    clicks[0].start()
    assert begun.wait(PATIENCE)
    clicks[1].start()
    go_on.set()
    for one in clicks:
        one.join()
    click()
    assert [answer.status for answer in answers] == [303] * 3
    assert (kept(town), written) == ([("photo.jpg", case.id)], ["jpeg"])


def test_two_photos_of_one_name_are_both_kept_and_shown(browser: Open, town: Database, a_case: Make) -> None:
    case, person = a_case("assigned"), browser("cunwei-sl")
    both = [sent(jpeg(colour), "image.jpg") for colour in ("red", "blue")]
    assert act(person, case, "attach", *both).status == 303
    assert kept(town) == [("image.jpg", case.id)] * 2
    shown = re.findall(r'<img src="(/attachments/\w+)"', person.get(f"/cases/{case.number}").text)
    assert len({person.get(address).data for address in shown}) == 2


def test_a_photo_that_comes_with_an_answer_hangs_on_the_case(
    browser: Open, town: Database, a_case: Make
) -> None:
    case, person = a_case("assigned"), browser("cunwei-sl")
    page = person.get(f"/cases/{case.number}")
    answer = {"replies.0.complainant": hidden(page, "replies.0.complainant"), "replies.0.channel": "door"}
    photo = sent(jpeg(), "完工.jpg")
    done = act(person, case, "resolve", photo, outcome="solved", **answer, **{"replies.0.text": "换了管。"})
    assert (done.status, kept(town)) == (303, [("完工.jpg", case.id)])


def test_photos_chosen_before_the_villager_is_put_on_an_open_matter_go_there_too(
    browser: Open, town: Database, a_case: Make
) -> None:
    case = a_case("assigned")
    photo, address = sent(jpeg(), "渠.jpg"), f"/register/join/{case.number}"
    page = post(browser("zuyuan"), address, [photo], own_words=WORDS, **FIELDS)
    assert (page.status, kept(town), cases_in(town)) == (200, [("渠.jpg", case.id)], 1)


def test_what_is_given_out_tells_nothing_of_the_phone_and_never_runs_in_our_name(
    browser: Open, a_case: Make
) -> None:
    case, person = a_case("assigned"), browser("cunwei-sl")
    act(person, case, "attach", sent(from_a_phone() + b"<script>alert(1)</script>", "渠.jpg"))
    address = re.findall(r'<img src="(/attachments/\w+)"', person.get(f"/cases/{case.number}").text)[0]
    given = person.get(address)
    hints = (b"Exif", b"Secret Camera", b"secret comment", b"GPS", b"<script>")
    assert [one for one in hints if one in given.data] == []
    with Image.open(io.BytesIO(given.data)) as seen:
        assert (dict(seen.getexif()), seen.size) == ({}, (40, 80))
    assert given.headers["Content-Type"] == "image/jpeg"
    assert given.headers["Content-Disposition"].startswith("attachment; filename")
    assert given.headers["X-Content-Type-Options"] == "nosniff"
    assert given.headers["Content-Security-Policy"] == SANDBOX
    assert given.headers["Cache-Control"] == "no-store"
    assert browser("cunwei-yy").get(address).status == 404


def test_while_too_many_photos_are_written_one_is_asked_to_press_again_in_a_moment(
    browser: Open, english: Browser, town: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "MOST_WAITING", 0.05)
    person = browser("zuyuan")
    with pictures.PROCESS_SLOTS, pictures.PROCESS_SLOTS:
        page = register(person, sent(jpeg(), "a.jpg"), once="the-same-form")
        in_english = said(register(english, sent(jpeg(), "a.jpg")))
    assert (page.status, page.headers["Retry-After"], cases_in(town)) == (503, "10", 0)
    assert hidden(page, "once") == "the-same-form"
    assert ["请稍等片刻，再按一次" in one for one in said(page)] == [True]
    assert WORDS in page.text
    assert ["wait a moment and press again" in one for one in in_english] == [True]
    assert [one for one in in_english if CHINESE.search(one)] == []
    assert register(person, sent(jpeg(), "a.jpg"), once="the-same-form").status == 200


def test_a_photo_that_takes_too_long_is_called_so_and_not_damaged(
    browser: Open, english: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "MOST_SECONDS", 0.001)
    page = register(browser("zuyuan"), sent(jpeg(), "a.jpg"), once="a-slow-form")
    assert (page.status, hidden(page, "once") == "a-slow-form") == (422, False)
    assert ["请再试一次，还不行就换一张小一点的" in one for one in said(page)] == [True, True]
    assert DAMAGED[0] not in page.text
    in_english = said(register(english, sent(jpeg(), "a.jpg")))
    assert ["try again, or choose a smaller one" in one for one in in_english] == [True, True]


def test_whoever_adds_too_many_files_is_told_for_how_long_before_any_is_looked_at(
    browser: Open, english: Browser, town: Database, a_case: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wsgi.uploads.UPLOADS", replace(rate_limits.UPLOADS, most=2))
    case, person = a_case("assigned"), browser("zuyuan")
    files = [sent(jpeg(colour), "a.jpg") for colour in ("red", "blue")]
    assert act(person, case, "attach", *files).status == 303
    monkeypatch.setattr(attachments, "reencode", None)
    with statements(town) as seen:
        page = register(person, sent(jpeg(), "a.jpg"))
    assert (page.status, page.headers["Retry-After"]) == (429, "3601")
    assert {one.split()[0] for one in seen} == {"SELECT"}
    assert ["请过 61 分钟再加" in one for one in said(page)] == [True]
    assert WORDS in page.text
    assert ["add more in 61 min" in one for one in said(register(english, sent(jpeg(), "a.jpg")))] == [True]


def test_files_count_once_each_whether_kept_or_refused(browser: Open, town: Database) -> None:
    person = browser("zuyuan")
    for _ in range(2):
        register(person, sent(jpeg("red"), "a.jpg"), sent(jpeg("blue"), "b.jpg"), once="the-same-form")
    register(person, sent(SVG, "c.jpg"))
    with town.reading() as session:
        assert session.scalars(select(Attempt.count).where(Attempt.limit == "uploads")).all() == [3]


def test_a_form_that_meets_trouble_with_the_database_says_so(
    browser: Open, a_case: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, person = a_case("assigned"), browser("cunwei-sl")

    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("SELECT 1", {}, Exception("the disk is full"))

    monkeypatch.setattr(take_step, "load_for_action", away)
    page = act(person, case, "note", text="去看了", once="the-same-form")
    assert (page.status, page.text.count('value="the-same-form"')) == (503, 1)
    assert any("您写的还在。请过一会儿再按一次。" in one for one in said(page))
    assert "去看了" in page.text
