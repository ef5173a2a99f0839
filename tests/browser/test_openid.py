"""Single sign-on in a real browser, with a certified provider on another site."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.accounts.openid.real_provider import CLIENT, SECRET, real_provider
from tests.browser.examining import examine
from tests.browser.running import ON_A_PHONE, PHONE, Sample, opened, program
from tests.notifications.post_office import free_port

BUTTON = "用县统一门户登录"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    """Run the sample, which knows a provider; by name it is another site than the number of the provider."""
    port = free_port()
    known = {"oidc_issuer": f"http://127.0.0.1:{port}", "oidc_client_id": CLIENT, "oidc_name": "县统一门户"}
    folder = tmp_path_factory.mktemp("single-sign-on")
    with program(folder, "--demo", oidc_client_secret=SECRET, **known) as (address, _):
        site = address.replace("127.0.0.1", "localhost")
        with real_provider(site, port):
            yield Sample(site, {})


def opened_alone(browser: Browser, running: Sample, size: tuple[int, int]) -> BrowserContext:
    """Return a browser that asks nobody but the two: the pages of the provider name a font elsewhere."""
    context = opened(browser, running, size=size)
    context.route(lambda address: "fonts" in address, lambda route: route.abort())
    return context


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


def sign_in_there(page: Page, who: str) -> None:
    """Fill in what the provider asks for, and agree."""
    page.fill("[name=login]", who)
    page.fill("[name=password]", "any")
    page.click("[type=submit]")
    page.click("[type=submit]")


def stay(route: Route) -> None:
    """Leave out of an answer what leads a browser on by itself, as one does that is told not to."""
    answered = route.fetch()
    headers = {name: value for name, value in answered.headers.items() if name != "refresh"}
    route.fulfill(response=answered, headers=headers)


@ON_A_PHONE
def test_in_by_the_provider_and_out_at_both(browser: Browser, running: Sample, size: tuple[int, int]) -> None:
    context = opened_alone(browser, running, size)
    page = context.new_page()
    page.goto("/sign-in?next=/cases")
    examine(page)
    press(page, BUTTON)
    sign_in_there(page, "id-of-jiandu")
    page.wait_for_url(f"{running.address}/cases")
    page.goto("/me")
    expect(page.locator("main")).to_contain_text("县统一门户")
    examine(page)
    press(page, "退出登录")
    page.wait_for_url("**/session/end**")
    page.get_by_role("button", name="Yes").click()
    page.wait_for_url(f"{running.address}/sign-in")
    page.goto("/cases")
    expect(page).to_have_url(f"{running.address}/sign-in?next=/cases")


def test_a_stranger_reads_why_and_where_nobody_is_led_on_there_is_a_link(
    browser: Browser, running: Sample
) -> None:
    page = opened_alone(browser, running, PHONE).new_page()
    page.goto("/sign-in")
    press(page, BUTTON)
    sign_in_there(page, "a-stranger")
    expect(page.locator(".mistakes")).to_contain_text("没有您的用户")
    examine(page)
    waiting = opened_alone(browser, running, PHONE)
    waiting.route("**/openid", stay)
    other = waiting.new_page()
    other.goto("/sign-in")
    press(other, BUTTON)
    expect(other.locator("h1")).to_have_text("正在去县统一门户")
    examine(other)
    other.get_by_role("link", name="没有动，请按这里").click()
    expect(other.locator("[name=login]")).to_be_visible()
