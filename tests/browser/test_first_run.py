"""The first run: from an empty folder and a code on the screen to the first person who registers matters."""

import re
from pathlib import Path

import pyotp
from playwright.sync_api import Browser, Page, expect

from tests.browser import running
from tests.browser.examining import examine, watched
from tests.browser.running import AT_A_DESK, PHONE, opened, signed_in

OWN = "山高水长路好走-2026"
FIRST = {"area_name": "新县", "area_code": "xx", "unit_name": "新县走访办", "name": "李管理"}
UNITS = (("驻新乡工作组", "team", "team"), ("新乡人民政府", "township-XA", "township"))


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.fill(f"main [name={name}]", value)


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


def begin(page: Page, code: str) -> None:
    """Come in by the code: with a wrong one, with a slip in the form, going back, and with two clicks."""
    page.goto("/")
    expect(page.locator("h1")).to_have_text("第一次使用")
    examine(page)
    fill(page, code="aaaa-bbbb-cccc-dddd")
    press(page, "继续")
    expect(page.locator("main")).to_contain_text("代码不对")
    expect(page.locator("[name=code]")).to_have_value("aaaa-bbbb-cccc-dddd")
    examine(page)
    fill(page, code=code.upper())
    press(page, "继续")
    expect(page.locator("h1")).to_have_text("第一个管理员")
    examine(page)
    page.goto("/setup")
    fill(page, code=code)
    press(page, "继续")
    fill(page, **FIRST, password=OWN, again="另一句话也很长很长")
    press(page, "建好，开始登记")
    expect(page.locator(".mistakes")).to_contain_text("两次填的不一样")
    examine(page)
    for name, value in FIRST.items():
        expect(page.locator(f"[name={name}]")).to_have_value(value)
    fill(page, password=OWN, again=OWN)
    page.get_by_role("button", name="建好，开始登记").dblclick()
    expect(page.locator("h1")).to_have_text("动态码")


def set_code_up(page: Page) -> None:
    """Set up the one-time code that a new installation asks its administrators for, and go on."""
    examine(page)
    fill(page, present=OWN)
    press(page, "开始设")
    secret = page.locator("p.code").inner_text()
    examine(page)
    fill(page, code=pyotp.TOTP(secret).now())
    press(page, "开始用")
    expect(page.locator(".toast")).to_contain_text("动态码开始用了")
    page.goto("/administration")
    expect(page.locator("h1")).to_have_text("下一步：区域")


def choose_own(page: Page, given: str) -> None:
    """Choose a password of one's own, which comes before everything else."""
    expect(page.locator("h1")).to_have_text("先换一个自己的密码")
    examine(page)
    fill(page, present=given, fresh=OWN, again=OWN)
    press(page, "改密码")
    expect(page.locator(".toast")).to_contain_text("密码改好了")


def add_area(page: Page, above: str, level: str, name: str, code: str) -> None:
    page.goto(f"/areas/{above}")
    page.get_by_role("link", name="在这下面加一个").click()
    expect(page.locator(f"input[name=level][value={level}]")).to_be_checked()
    fill(page, name=name, code=code)
    press(page, "存好")
    expect(page.locator("h1")).to_have_text(name)


def add_unit(page: Page, area: str, name: str, code: str, kind: str) -> None:
    page.goto(f"/areas/{area}")
    page.get_by_role("link", name="加一个单位").click()
    fill(page, name=name, code=code)
    page.check(f"input[name=kind][value={kind}]")
    press(page, "存好")
    expect(page.locator("h1")).to_have_text(name)


def add_person(page: Page, unit: str, name: str, username: str, role: str) -> str:
    page.goto(f"/units/{unit}")
    page.get_by_role("link", name="加一个人").click()
    fill(page, name=name, username=username)
    page.check(f"input[name=roles][value={role}]")
    press(page, "加进来")
    expect(page.locator("h1")).to_have_text(f"{name}的新密码")
    return page.locator("p.code").inner_text()


@AT_A_DESK
def test_from_an_empty_folder_to_the_first_person_who_registers_a_matter(
    browser: Browser, tmp_path: Path, size: tuple[int, int]
) -> None:
    with running.empty(tmp_path) as (fresh, code):
        with watched(browser, fresh, size) as context:
            page = context.new_page()
            begin(page, code)
            set_code_up(page)
            examine(page)

            page.get_by_role("link", name="登记区域").click()
            page.get_by_role("link", name="新县").click()
            add_area(page, "XX", "township", "新乡", "xa")
            add_area(page, "XA", "village", "新村", "xc")
            page.goto("/administration")
            expect(page.locator("h1")).to_have_text("下一步：单位")
            expect(page.locator("main")).to_contain_text("1 个村没有村两委")

            for name, unit, kind in UNITS:
                add_unit(page, "XA", name, unit, kind)
            add_unit(page, "XC", "新村两委", "committee-XC", "committee")
            page.goto("/administration")
            expect(page.locator("h1")).to_have_text("下一步：人员")
            examine(page)

            password = add_person(page, "team", "周敏", "zhou", "member")
            examine(page)
            page.goto("/administration")
            people = page.locator(".setting-up > li", has_text="人员").first
            expect(people).to_contain_text("2 个人")
            expect(people).not_to_contain_text("组员")

        member = signed_in(
            opened(browser, fresh, size=size), running.Sample(fresh.address, {"zhou": password}), "zhou"
        )
        choose_own(member, password)
        member.goto("/register")
        expect(member.locator("main")).to_contain_text("新村")


def test_whoever_opens_the_setup_page_too_late_is_led_to_signing_in(browser: Browser, tmp_path: Path) -> None:
    """Two people hold the code; the one who comes second is told, and can sign in if they are the first."""
    empty = running.empty(tmp_path, second_factor_roles="none")
    with empty as (fresh, code), watched(browser, fresh, PHONE) as context:
        late, quick = context.new_page(), opened(browser, fresh).new_page()
        for page in (late, quick):
            page.goto("/setup")
            fill(page, code=code)
            press(page, "继续")
            fill(page, **FIRST, password=OWN, again=OWN)
        press(quick, "建好，开始登记")
        expect(quick.locator("h1")).to_have_text("下一步：区域")
        press(late, "建好，开始登记")
        expect(late.locator(".mistakes")).to_contain_text("已经有人了")
        examine(late)
        expect(late.locator("[name=username]")).to_have_value("admin")
        fill(late, password=OWN)
        press(late, "登录")
        expect(late.locator("h1")).to_have_text("下一步：区域")
        late.goto("/setup")
        expect(late).to_have_url(re.compile("/administration$"))
