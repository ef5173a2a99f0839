"""A notice of every kind comes out of every door in both languages: page, mail, interface, and the digest.

What is asked of a kind is made from its words: each fact that they speak of is given and must be read again.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import select

from accounts.models import User
from cases.configuration.case_rules import CountyRules
from cases.deadlines import sweep
from cases.models.case import Case
from core.i18n import LANGUAGES, translator
from core.persistence.db import Database
from jobs import tasks
from notifications import delivery, kinds
from notifications.channels.message import Message
from notifications.channels.smtp import SmtpChannel
from notifications.kinds import KINDS, OTHER, Wording, facts_named
from notifications.models import Notice
from notifications.outbox import Notification, Recipient, enqueue, enqueue_all
from tests.api.conftest import Caller, app, call, client, clock, described, settings, token
from tests.builders import at
from tests.external import external_id
from tests.markup import HTML
from tests.web.conftest import Browser, browser, built, pages

__all__ = ["app", "browser", "built", "call", "client", "clock", "described", "pages", "settings", "token"]

READER, NUMBER = "lingdao", "SL-2026-0041"
#: For each fact that words may speak of: a value, and how it must be read again in Chinese and in English.
FACTS: Mapping[str, tuple[Any, str, str]] = {
    "number": (NUMBER, NUMBER, NUMBER),
    "village": ("Shanling", "Shanling", "Shanling"),
    "category": ("irrigation", "农田灌溉", "irrigation"),
    "due_on": ("2026-03-23", "3月23日|2026-03-23", "23 Mar|2026-03-23"),
    "before": ("2026-03-30", "3月30日|2026-03-30", "30 Mar|2026-03-30"),
    "clock": ("handling", "办理", "(?i)handling"),
    "action": ({"zh": "踏勘", "en": "inspect"}, "踏勘", "inspect"),
    "week": ("2026-W10", "2026-W10", "2026-W10"),
    "year": (2027, "2027", "2027"),
    "found": (3, "3", "3"),
    "quota": ("exports", "导出的次数", "number of exports"),
    "tries": ("sign_in_name", "试一个人的密码", "Passwords of one person"),
    "units": (
        [{"unit": "county-water", "name": "Waterworks", "published": 21, "stuck": 17}],
        "Waterworks.*21.*17",
        "Waterworks.*21.*17",
    ),
}


def facts_of(kind: str) -> dict[str, Any]:
    """Give a notice what its words speak of; a fact that nobody knows is a fault of the table above."""
    return {name: FACTS[name][0] for name in sorted(facts_named(kind))}


def told(town: Database, *some: str) -> list[int]:
    """Tell the reader one of each kind and return the numbers of the notices, the first kind's first."""
    with town.transaction() as session:
        user = session.scalars(select(User).where(User.username == READER)).one()
        reader = Recipient(user.id, user.email)
        all_told = [Notification(kind, (reader,), kind, facts_of(kind), f"door:{kind}") for kind in some]
        assert enqueue_all(session, all_told, now=at("2026-03-02")) == len(some)
    with town.reading() as session:
        rows = dict(session.execute(select(Notice.kind, Notice.id)).all())
    return [rows[kind] for kind in some]


def amiss(kind: str, language: str, text: str) -> list[str]:
    """Say what is wrong with a notice that a door showed: a fact unread, a hole, another language."""
    wanted = {name: FACTS[name][1 + LANGUAGES.index(language)] for name in facts_named(kind)}
    found = [
        f"{kind} in {language}: no {name}" for name, how in wanted.items() if not re.search(how, text, re.S)
    ]
    if re.search(r"[{}]|None|（无期限）|no date", text):
        found.append(f"{kind} in {language}: a hole")
    if language == "en" and re.search("[\u4e00-\u9fff]", text):
        found.append(f"{kind} in {language}: Chinese")
    if translator(language)(OTHER[1]) in text or not text.strip():
        found.append(f"{kind} in {language}: no words")
    return found


def on_pages(browser: Callable[..., Browser]) -> Iterator[tuple[str, str, str]]:
    """Read every notice on the pages, in each language: its kind as the subject says it, and its text."""
    reader = browser(READER)
    for language in LANGUAGES:
        path: str | None = "/me/notices"
        while path:
            page = reader.get(path, headers={"Accept-Language": language})
            assert page.status == 200
            for one in page.tree.iter(f"{HTML}li"):
                ids = [field.get("value") for field in one.iter(f"{HTML}input") if field.get("name") == "id"]
                if ids:
                    # Title and sentence; the mark of what is unread and the moment belong to the page.
                    parts = [one.find(f"{HTML}{name}") for name in ("a", "b", "p")]
                    said = " ".join("".join(part.itertext()) for part in parts if part is not None)
                    yield language, ids[0], said
            path = next(
                (link.get("href") for link in page.tree.iter(f"{HTML}a") if link.get("rel") == "next"), None
            )


class Letters:
    """A channel that writes each letter as the mail server would be given it, in every language."""

    def __init__(self, rules: CountyRules) -> None:
        self.seen: list[tuple[str, str, str]] = []
        named = {"zh": {}, "en": {}}  # type: dict[str, dict[str, str]]
        for code, row in rules.categories.items():
            named["zh"][code], named["en"][code] = row.zh, row.en
        self.channels = {
            one: SmtpChannel("smtp://localhost", "huiyin@example.org", Wording(translator(one), named[one]))
            for one in LANGUAGES
        }

    def send(self, letter: Message) -> None:
        """Write it down; what cannot be written is a failed delivery."""
        for language, channel in self.channels.items():
            mail = channel.compose(letter)
            self.seen.append((language, letter.kind, f"{mail['Subject']}\n{mail.get_content()}"))


def test_a_notice_of_every_kind_is_read_on_the_page_in_both_languages(
    town: Database, rules: CountyRules, browser: Callable[..., Browser]
) -> None:
    shown = [external_id(rules, Notice.__tablename__, number) for number in told(town, *KINDS)]
    names = {str(number): kind for kind, number in zip(KINDS, shown, strict=True)}
    read = list(on_pages(browser))
    assert [line for language, number, text in read for line in amiss(names[number], language, text)] == []
    assert {(language, names[number]) for language, number, _ in read} == {
        (language, kind) for language in LANGUAGES for kind in KINDS
    }


def test_a_notice_of_every_kind_is_read_in_a_mail_in_both_languages(
    town: Database, rules: CountyRules
) -> None:
    told(town, *KINDS)
    post = Letters(rules)
    result = delivery.deliver(town, channels={"smtp": post}, now=at("2026-03-02", 11), worker="test")
    assert (result.sent, result.failed, result.dead) == (len(KINDS), 0, 0)
    assert [line for language, kind, text in post.seen for line in amiss(kind, language, text)] == []
    assert len(post.seen) == len(KINDS) * len(LANGUAGES)


def test_a_notice_of_every_kind_is_answered_with_its_facts_to_programs(
    town: Database, call: Callable[[str], Caller]
) -> None:
    told(town, *KINDS)
    items = call(READER).get("/inbox", limit=200).json["items"]
    assert {item["kind"]: item["facts"] for item in items} == {kind: facts_of(kind) for kind in KINDS}


def test_what_the_digest_and_the_calendar_write_is_read_on_every_door(
    town: Database,
    rules: CountyRules,
    a_case: Callable[..., Case],
    browser: Callable[..., Browser],
    call: Callable[[str], Caller],
) -> None:
    a_case("assigned", category="village_org")
    sweep.sweep(town, rules=rules, now=at("2026-04-02", 9))
    services = cast(Any, SimpleNamespace(db=town, rules=rules))
    assert tasks.digest(services, at("2026-04-06", 9))["notices"] > 0
    assert tasks.watch_calendar(services, at("2028-02-01", 9))["notices"] > 0
    for reader, kind in ((READER, "weekly"), ("guanli", "calendar_missing")):
        with town.reading() as session:
            facts = session.scalars(select(Notice.facts).where(Notice.kind == kind)).first() or {}
        for language in LANGUAGES:
            title = Wording(translator(language)).title(kind, facts)
            assert title in browser(reader).get("/me/notices", headers={"Accept-Language": language}).text
        assert facts in [item["facts"] for item in call(reader).get("/inbox").json["items"]]
    post = Letters(rules)
    delivery.deliver(town, channels={"smtp": post}, now=at("2028-02-01", 10), worker="test")
    assert {"weekly", "calendar_missing"} <= {kind for _, kind, _ in post.seen}


def test_a_kind_of_another_version_still_leaves_the_page_whole(
    town: Database,
    browser: Callable[..., Browser],
    call: Callable[[str], Caller],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A row may be older or newer than the program; the others are read all the same."""
    with monkeypatch.context() as later:
        later.setitem(kinds.KINDS, "of another version", ("{number}", "{village}"))
        told(town, "of another version", "weekly")
    text = browser(READER).get("/me/notices").text
    assert OTHER[0] in text
    assert "2026-W10" in text
    assert len(call(READER).get("/inbox").json["items"]) == 2


def test_a_kind_left_out_of_the_words_is_told_to_nobody(
    town: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(kinds.KINDS, "weekly")
    with town.transaction() as session, pytest.raises(LookupError, match="weekly"):
        enqueue(session, kind="weekly", recipients=[], subject="x", facts={}, key="x", now=at("2026-03-02"))


def test_a_fact_that_the_words_speak_of_and_nobody_gave_is_found() -> None:
    with pytest.raises(LookupError, match="units"):
        Notification("weekly", (), "x", {"week": "2026-W10"}, "x")


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("{number} planted", "{secret}"), "secret"),
        (("{number} planted", "没有译文"), "planted in en: Chinese"),
        (("{number} planted", "{{village}}"), "planted in zh: a hole"),
        (("", ""), "planted in zh: no words"),
    ],
    ids=["a fact nobody knows", "not translated", "a hole", "no words"],
)
def test_a_faulty_kind_is_found_at_the_door(
    town: Database, rules: CountyRules, monkeypatch: pytest.MonkeyPatch, words: tuple[str, str], fault: str
) -> None:
    monkeypatch.setitem(kinds.KINDS, "planted", words)
    if fault == "secret":
        with pytest.raises(KeyError, match=fault):
            facts_of("planted")
        return
    given = facts_of("planted")
    shown = {
        language: "\n".join((wording.title("planted", given), wording.sentence("planted", given)))
        for language in LANGUAGES
        for wording in [Wording(translator(language))]
    }
    assert fault in [line for language, text in shown.items() for line in amiss("planted", language, text)]
