"""A passkey in a real browser, with the virtual authenticator of its own protocol."""

from dataclasses import replace

from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.browser.examining import examine, watched
from tests.browser.running import PHONE, Sample, signed_in

#: An authenticator of the device itself, whose holder is there and proves it.
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
WHO, LANDING = "jiandu", "**/dashboard"


def device_of(page: Page) -> tuple[CDPSession, str]:
    """Give a page an authenticator; return how to speak to it, and its name."""
    protocol = page.context.new_cdp_session(page)
    protocol.send("WebAuthn.enable")
    made = protocol.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return protocol, made["authenticatorId"]


def sign_in(page: Page, sample: Sample) -> None:
    page.goto("/sign-in")
    page.fill("[name=username]", WHO)
    page.fill("[name=password]", sample.passwords[WHO])
    page.click("main button.primary")


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


def test_a_device_makes_a_passkey_signs_in_with_it_and_without_it_nobody_does(
    browser: Browser, sample: Sample
) -> None:
    named = replace(sample, address=sample.address.replace("127.0.0.1", "localhost"))
    with watched(browser, named, PHONE) as context:
        page = signed_in(context, named, WHO)
        protocol, device = device_of(page)
        page.goto("/me/passkeys")
        examine(page)
        page.fill("[name=present]", named.passwords[WHO])
        press(page, "开始设")
        examine(page)
        page.fill("[name=label]", "办公室的电脑")
        press(page, "做一把通行密钥")
        expect(page.locator(".toast")).to_contain_text("通行密钥开始用了")
        expect(page.locator("main")).to_contain_text("办公室的电脑")
        examine(page)
        (kept,) = protocol.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
        assert kept["rpId"] == "localhost"

        press(page, "退出登录")
        sign_in(page, named)
        expect(page.locator("h1")).to_have_text("再用一次通行密钥")
        examine(page)
        press(page, "用通行密钥")
        page.wait_for_url(LANDING)
        press(page, "退出登录")

        protocol.send("WebAuthn.clearCredentials", {"authenticatorId": device})
        sign_in(page, named)
        press(page, "用通行密钥")
        expect(page.locator("[data-passkey-failed]")).to_be_visible()
        page.goto("/dashboard")
        expect(page).to_have_url(f"{named.address}/sign-in/code")

        # A copy of before the last signature counts no further than the device did: it opens nothing.
        found = {"authenticatorId": device, "credential": kept}
        protocol.send("WebAuthn.addCredential", found)
        press(page, "用通行密钥")
        expect(page.locator(".mistakes")).to_contain_text("通行密钥没有成")
        examine(page)
        protocol.send("WebAuthn.clearCredentials", {"authenticatorId": device})
        protocol.send("WebAuthn.addCredential", {**found, "credential": {**kept, "signCount": 100}})
        press(page, "用通行密钥")
        page.wait_for_url(LANDING)

        page.goto("/me/passkeys")
        page.locator("summary").click()
        page.locator("li [name=present]").fill(named.passwords[WHO])
        press(page, "取消这一把")
        expect(page.locator(".toast")).to_contain_text("通行密钥取消了")


def test_by_a_number_the_page_says_why_there_is_no_passkey(browser: Browser, sample: Sample) -> None:
    with watched(browser, sample, PHONE) as context:
        page = signed_in(context, sample, "zuyuan")
        page.goto("/me/passkeys")
        expect(page.locator("main")).to_contain_text("浏览器不给用通行密钥")
        examine(page)
