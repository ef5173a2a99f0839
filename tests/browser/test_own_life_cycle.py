"""A county's own step in a real browser: a matter is inspected, with a day and a photo, and closed."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

import web.application
from cli.serve.http_server import Server, address_of, open_socket
from config.settings import load
from tests.browser.examining import examine, watched
from tests.browser.running import PHONE, Sample, signed_in
from tests.browser.test_journeys import register
from tests.builders import PASSWORD, USERS
from tests.pictures import picture
from tests.stories.desks import Desk, desk
from web.framework import assets
from wsgi.dispatcher import ApplicationDispatcher

__all__ = ["desk"]

pytestmark = pytest.mark.one_database


@contextmanager
def served(town: Desk, folder: Path) -> Iterator[Sample]:
    """Serve an installation from a thread of this process, which costs no start of a program."""
    settings = load({"HUIYIN_DATA_DIR": str(folder), "HUIYIN_LEAST_FREE_MB": "1"})
    people = web.application.create(db=town.database, rules=town.rules, settings=settings, now=town.clock)
    listener, stop = open_socket("127.0.0.1", 0), threading.Event()
    address = address_of(listener)
    server = Server(assets.serving(ApplicationDispatcher(programs=town.programs, people=people)), listener)
    thread = threading.Thread(target=server.run, args=(stop, 0.0))
    thread.start()
    try:
        yield Sample(address, {user[0]: PASSWORD for user in USERS})
    finally:
        stop.set()
        server.wake()
        thread.join()
        server.close()


def form_of(page: Page, number: str, action: str) -> Locator:
    """Open the page of a case and, on it, the form of an action."""
    page.goto(f"/cases/{number}")
    form = page.locator("form", has=page.locator(f"input[name=action][value={action}]"))
    if not form.is_visible():
        page.click(f"#do-{action} > summary")
    return form


def send(page: Page, form: Locator) -> None:
    form.locator("button").last.click()
    expect(page.get_by_role("status").first).to_be_visible()


def test_a_matter_is_inspected_with_a_day_and_a_photo_and_closed_on_a_phone(
    browser: Browser, desk: Callable[[str], Desk], tmp_path: Path
) -> None:
    town = desk("inspection")
    photo: FilePayload = {"name": "ditch.jpg", "mimeType": "image/jpeg", "buffer": picture("JPEG")}
    with served(town, tmp_path) as running:
        with watched(browser, running, PHONE) as context:
            team = signed_in(context, running, "zuyuan")
            number, code = register(team, "水渠塌了一段，没有人来看。")
        town.act("zuzhang", number, "assign", unit="committee-YY")
        with watched(browser, running, PHONE) as context:
            committee = signed_in(context, running, "cunwei-yy")
            form = form_of(committee, number, "order_inspection")
            form.locator("[name=inspect_on]").fill("2026-03-04")
            form.locator("[name=inspector]").check()
            form.locator("[name=what_to_see]").fill("看塌了哪一段")
            send(committee, form)

            form = form_of(committee, number, "inspect")
            day = form.locator("[name=inspected_on]")
            day.fill("2026-03-04")
            assert not day.evaluate("(day) => day.checkValidity()"), "the day has not come yet"
            day.fill("2026-03-02")
            form.locator("[name=found][value=as_told]").check()
            form.locator("[name=findings]").fill("塌了六米，要重砌")
            form.locator("[name=length_m]").fill("6.5")
            form.locator("[name=files]").set_input_files([photo])
            examine(committee)
            send(committee, form)
            committee.goto(f"/cases/{number}")
            for words in ("看到了什么：塌了六米", "量了多长（米）：6.5", "哪天看的：3月2日"):
                expect(committee.locator("main")).to_contain_text(words)
            shown = committee.locator("main img[src*='/attachments/']")
            expect(shown).to_have_js_property("complete", value=True)
            assert shown.evaluate("(shown) => shown.naturalWidth") > 0

            form = form_of(committee, number, "resolve")
            form.locator("textarea[name*=text]").fill("水渠砌好了，您去看看。")
            form.locator("[name=outcome][value=solved]").check()
            form.locator("input[value=door]").check()
            send(committee, form)
        with watched(browser, running, PHONE) as context:
            team = signed_in(context, running, "zuyuan")
            team.goto(f"/cases/{number}/revisit")
            team.check("input[name=heard][value=yes]")
            team.check("input[name=rating][value=satisfied]")
            team.get_by_role("button", name="回访归档").click()
            expect(team.get_by_role("status").first).to_contain_text("回访归档，已经记下")
            team.goto("/status")
            team.fill("[name=receipt_code]", code)
            team.locator("main button").first.click()
            for words in ("这个「回」写完了", "到现场看过了", "哪天去看：3月4日", "和反映的一样吗：一样"):
                expect(team.locator("main")).to_contain_text(words)
            expect(team.locator("main")).not_to_contain_text("塌了六米")
    assert town.findings() == []
