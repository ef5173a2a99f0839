"""What forms keep on the device, and what they no longer keep; and the phrases that help with a reply."""

import re

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from tests.browser.running import PHONE, Sample, opened, signed_in
from tests.browser.test_journeys import register

#: Waits until a draft with these words is kept on the device.
KEPT = """async (words) => {
    const opening = indexedDB.open("huiyin");
    const database = await new Promise((done) => { opening.onsuccess = () => done(opening.result); });
    for (;;) {
        const asked = database.transaction("drafts").objectStore("drafts").getAll();
        const drafts = await new Promise((done) => { asked.onsuccess = () => done(asked.result); });
        if (JSON.stringify(drafts).includes(words)) break;
        await new Promise((done) => setTimeout(done, 50));
    }
    database.close();
}"""
PHRASE = re.compile("^讲明办不了$")


def somebody(browser: Browser, sample: Sample, username: str) -> Page:
    return signed_in(opened(browser, sample, size=PHONE), sample, username)


def typed(page: Page) -> list[str]:
    """Return what stands in the fields for the complaint and who raises it."""
    return [page.input_value(f"[name='{name}']") for name in ("own_words", "complainant.name")]


def choose_village(page: Page, code: str) -> None:
    """Choose a village, from a list where there are many of them."""
    if page.locator("select[name=village]").count():
        page.select_option("select[name=village]", code)
    else:
        page.check(f"input[name=village][value={code}]")


def test_the_next_villager_s_form_holds_nothing_of_the_one_before(browser: Browser, sample: Sample) -> None:
    page = somebody(browser, sample, "zuyuan")
    register(page, "门口的路灯三个月不亮了。")
    page.goto("/register")
    page.wait_for_load_state("networkidle")
    assert typed(page) == ["", ""]
    page.go_back()
    page.goto("/register")
    page.wait_for_load_state("networkidle")
    assert typed(page) == ["", ""]


def test_what_was_typed_and_chosen_is_there_again_after_the_page_was_lost(
    browser: Browser, sample: Sample
) -> None:
    page = somebody(browser, sample, "zuyuan")
    page.goto("/register")
    choose_village(page, "GG")
    page.check("input[name=category][value=roads]")
    page.fill("[name=own_words]", "桥栏杆断了一截。")
    page.fill("[name='complainant.name']", "彭某")
    page.evaluate(KEPT, "彭某")
    page.goto("/cases")
    page.goto("/register")
    expect(page.locator("[name=own_words]")).to_have_value("桥栏杆断了一截。")
    assert typed(page) == ["桥栏杆断了一截。", "彭某"]
    assert (
        page.evaluate("() => new FormData(document.querySelector('form[data-draft]')).get('village')") == "GG"
    )
    expect(page.locator("input[name=category][value=roads]")).to_be_checked()


#: Everything that is kept on the device, as text.
ALL = """async () => {
    const opening = indexedDB.open("huiyin");
    const database = await new Promise((done) => { opening.onsuccess = () => done(opening.result); });
    const asked = database.transaction("drafts").objectStore("drafts").getAll();
    const drafts = await new Promise((done) => { asked.onsuccess = () => done(asked.result); });
    database.close();
    return JSON.stringify(drafts);
}"""


@pytest.mark.parametrize("own", [False, True], ids=["shared", "one's own"])
def test_a_draft_ends_with_the_sign_in_but_on_a_device_of_one_s_own(
    browser: Browser, sample: Sample, own: bool
) -> None:
    page = signed_in(opened(browser, sample, size=PHONE), sample, "zuyuan", own=own)
    page.goto("/register")
    page.fill("[name=own_words]", "村里的干部收了钱不办事。")
    page.evaluate(KEPT, "收了钱")
    page.context.clear_cookies()  # as at a lapse: nobody has left, and nobody is signed in any more
    page.goto("/sign-in")
    page.wait_for_load_state("networkidle")
    assert ("收了钱" in page.evaluate(ALL)) == own


def test_a_phrase_is_put_into_the_text_with_its_outcome_and_never_sent_with_a_blank(
    browser: Browser, sample: Sample
) -> None:
    number, _ = register(somebody(browser, sample, "zuyuan"), "村口的水沟又堵了，走路都难。")
    leader = somebody(browser, sample, "zuzhang")
    leader.goto(f"/cases/{number}")
    leader.locator("select[name=unit], input[name=unit]").first.wait_for(state="attached")
    if leader.locator("select[name=unit]").count():
        leader.select_option("select[name=unit]", "committee-YY")
    else:
        leader.check("input[name=unit][value=committee-YY]")
    leader.locator("#main-form button.primary").first.click()
    expect(leader.get_by_role("status").first).to_contain_text(number)

    page = somebody(browser, sample, "cunwei-yy")
    page.goto(f"/cases/{number}")
    page.get_by_role("button", name=re.compile("^接收")).first.click()
    page.goto(f"/cases/{number}")
    form = page.locator("form", has=page.locator("input[name=action][value=resolve]"))
    form.locator("input[name=outcome]").first.wait_for(state="attached")
    text = form.locator("textarea").first
    form.get_by_role("button", name=re.compile("^办好了$")).click()
    expect(form.locator("input[name=outcome][value=solved]")).to_be_checked()
    form.get_by_role("button", name=PHRASE).click()
    expect(form.locator("input[name=outcome][value=explained]")).to_be_checked()
    expect(text).to_have_value(re.compile("^您反映的事，养鱼村两委去看过了.*〔为什么〕.*$", re.DOTALL))
    assert "办好：" not in text.input_value()
    assert form.get_by_role("button", name="正在办", exact=True).count() == 0

    form.locator("input[value=door]").first.check()
    form.get_by_role("button", name="答复并办结", exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text("还有〔〕没有填")
    expect(page.locator("textarea").first).to_have_value(re.compile("〔为什么〕"))
    blanks = {"〔为什么〕": "沟在高速公路的地界里", "〔哪里〕": "公路养护站"}
    filled = page.locator("textarea").first.input_value()
    for blank, words in blanks.items():
        filled = filled.replace(blank, words)
    page.locator("textarea").first.fill(filled)
    page.get_by_role("button", name="答复并办结", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("已答复")


def test_three_photos_that_are_too_large_together_are_not_sent_at_all(
    browser: Browser, sample: Sample
) -> None:
    page = somebody(browser, sample, "zuyuan")
    page.goto("/register")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    photo: FilePayload = {
        "name": "井.jpg",
        "mimeType": "image/jpeg",
        "buffer": b"\xff\xd8" + bytes(4 * 1024 * 1024),
    }
    page.set_input_files("input[type=file]", [photo] * 3)
    said = page.get_by_role("alert").filter(has_text="一共超过 10 MB")
    expect(said).to_contain_text("12.0 MB")
    page.get_by_role("button", name="存好，给回执").last.click()
    assert "POST" not in sent
    page.set_input_files("input[type=file]", [photo] * 2)
    expect(said).to_be_hidden()
    assert page.eval_on_selector("input[type=file]", "field => field.validity.valid")
