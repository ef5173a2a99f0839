"""The switch of the language on a page that answers a form, pressed in a real browser."""

from playwright.sync_api import Browser, expect

from tests.browser.examining import examine, watched
from tests.browser.running import PHONE, Sample, signed_in


def test_a_refused_registration_takes_what_is_typed_since_into_the_other_language(
    browser: Browser, sample: Sample
) -> None:
    with watched(browser, sample, PHONE) as context:
        page = signed_in(context, sample, "zuyuan")
        page.goto("/register")
        page.evaluate("document.querySelector('#typed').noValidate = true")
        page.locator("#typed button[data-key=send]").click()
        expect(page.locator(".mistakes")).to_be_visible()
        page.fill("[name=own_words]", "桥板又断了一块。")
        page.get_by_role("button", name="English").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.locator("[name=own_words]")).to_have_value("桥板又断了一块。")
        examine(page)


def test_enter_in_the_villager_s_box_asks_and_does_not_switch(browser: Browser, sample: Sample) -> None:
    with watched(browser, sample, PHONE) as context:
        page = context.new_page()
        page.goto("/status")
        for code in ("ABCDE-FGHJK", "ABCDE-FGHJM"):
            page.fill("[name=receipt_code]", code)
            page.press("[name=receipt_code]", "Enter")
            expect(page.locator("#code-mistake")).to_be_visible()
            expect(page.locator("[name=receipt_code]")).to_have_value(code)
        examine(page)
        page.get_by_role("button", name="English").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.locator("[name=receipt_code]")).to_have_value("ABCDE-FGHJM")
