"""Where a scanner is set no file is kept or opened unseen; where there is none, that is said beside it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from cases.configuration.case_rules import CountyRules
from cases.models.case import Case
from config.settings import Settings
from core.files.scanner import Scanner
from core.persistence.db import Database
from tests.api.conftest import Clock
from tests.core.files.clamd import SIGNATURE, clamd
from tests.web.conftest import Browser, assets
from tests.web.framework.test_uploads import PDF, WORDS, act, jpeg, kept, register, said, sent
from tests.web.test_application_journeys import hidden
from web.application import attach_services
from wsgi.files import SANDBOX

pytestmark = pytest.mark.one_database

Open = Callable[..., Browser]
Make = Callable[..., Case]
Scanned = Callable[[str | None], None]
INFECTED = "这个文件里有病毒，没有收"
UNCHECKED = "没有查过病毒"


@pytest.fixture
def scanned(pages: Flask, town: Database, rules: CountyRules, settings: Settings, clock: Clock) -> Scanned:
    """Let the installation have a scanner at an address, or none."""

    def given(address: str | None) -> None:
        scanner = Scanner(address, seconds=0.2) if address else None
        own = rules.with_services(scanner=scanner)
        attach_services(pages, db=town, rules=own, settings=settings, now=clock, assets=assets)

    return given


def document(content: bytes = PDF) -> tuple[bytes, str, str]:
    return sent(content, "合同.pdf", "application/pdf")


def test_a_file_with_a_virus_is_refused_in_words_and_nothing_is_kept(
    browser: Open, town: Database, scanned: Scanned, tmp_path: Path
) -> None:
    person = browser("zuyuan")
    with clamd(tmp_path) as fake:
        scanned(fake.address)
        page = register(person, document(PDF + SIGNATURE), once="a-form-with-one")
        assert (page.status, kept(town)) == (422, [])
        assert [INFECTED in one and "合同.pdf" in one for one in said(page)].count(True) >= 1
        assert WORDS in page.text
        assert register(person, document(), sent(jpeg(), "渠.jpg"), once="a-clean-form").status == 200
    assert len(kept(town)) == 2
    assert fake.scanned[1:2] == [PDF]
    assert len(fake.scanned) == 3  # the picture too, as it was written anew


@pytest.mark.parametrize("trouble", ["hangs", "away"])
def test_while_the_scanner_is_silent_no_file_is_kept_and_what_was_typed_stays(
    browser: Open, town: Database, scanned: Scanned, tmp_path: Path, trouble: str
) -> None:
    person = browser("zuyuan")
    with clamd(tmp_path, lambda content: None) as fake:
        scanned(fake.address if trouble == "hangs" else f"unix://{tmp_path}/nowhere")
        page = register(person, document(), once="the-same-form")
        assert (page.status, kept(town)) == (503, [])
        assert ["查病毒的程序这会儿没有答复" in one for one in said(page)] == [True]
        assert hidden(page, "once") == "the-same-form"
        assert WORDS in page.text
        assert register(person, once="a-form-without").status == 200


def test_a_document_of_before_is_looked_at_before_anybody_opens_it(
    browser: Open, a_case: Make, scanned: Scanned, tmp_path: Path
) -> None:
    case, person = a_case("assigned"), browser("cunwei-sl")
    act(person, case, "attach", document(PDF + SIGNATURE))
    act(person, case, "attach", document())
    act(person, case, "attach", sent(jpeg(), "渠.jpg"))
    page = person.get(f"/cases/{case.number}").text
    infected, clean, photo = dict.fromkeys(re.findall(r'href="(/attachments/\w+)"', page))
    assert page.count(UNCHECKED) == 2
    assert person.get(infected).status == 200
    with clamd(tmp_path) as fake:
        scanned(fake.address)
        assert UNCHECKED not in person.get(f"/cases/{case.number}").text
        refused = person.get(infected)
        assert (refused.status, "查出了病毒" in refused.text) == (403, True)
        assert [person.get(one).status for one in (clean, photo)] == [200, 200]
        assert len(fake.scanned) == 2
    scanned(f"unix://{tmp_path}/nowhere")
    assert [person.get(one).status for one in (infected, clean, photo)] == [503, 503, 200]


def test_a_document_is_given_out_so_that_nothing_in_it_runs(browser: Open, a_case: Make) -> None:
    case, person = a_case("assigned"), browser("cunwei-sl")
    act(person, case, "attach", document(b"%PDF-1.7 /OpenAction << /S /JavaScript /JS (app.alert(1)) >>"))
    (address,) = set(re.findall(r'href="(/attachments/\w+)"', person.get(f"/cases/{case.number}").text))
    given = person.get(address)
    assert given.headers["Content-Disposition"].startswith("attachment; filename")
    assert given.headers.getlist("Content-Security-Policy") == [SANDBOX]
    assert given.headers["X-Content-Type-Options"] == "nosniff"
    assert given.headers["Content-Type"] == "application/pdf"
