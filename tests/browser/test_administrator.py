"""What an administrator comes for, by hand in a real browser, on a phone and at a desk."""

import re
from datetime import date, timedelta

from playwright.sync_api import Browser, Page, expect

from tests.browser.examining import examine, watched
from tests.browser.pages import tab_to, today
from tests.browser.running import AT_A_DESK, DESK, Sample, opened, signed_in
from web.administration import notice_text

OWN = "山高水长路好走-2026"
EARLIER = "2026-01-01"


def add_village(page: Page, name: str, code: str) -> None:
    """Enter a village under the township, from the township's own page."""
    page.goto("/areas/MA")
    page.get_by_role("link", name="在这下面加一个").click()
    expect(page.locator("input[name=level][value=village]")).to_be_checked()
    page.fill("[name=name]", name)
    page.fill("[name=code]", code)
    page.get_by_role("button", name="存好").click()
    expect(page.get_by_role("status")).to_contain_text("登记好了")


def given_password(page: Page) -> str:
    """Read the password that is shown once, and say that it is written down."""
    expect(page.locator("main")).to_contain_text("只显示这一次")
    examine(page)
    password = page.locator("p.code").inner_text()
    page.get_by_role("link", name="记下了").click()
    expect(page.locator("main")).not_to_contain_text(password)
    return password


def try_to_sign_in(browser: Browser, sample: Sample, username: str, password: str) -> Page:
    page = opened(browser, sample).new_page()
    page.goto("/sign-in")
    page.fill("[name=username]", username)
    page.fill("[name=password]", password)
    page.click("main button.primary")
    return page


def earlier_said(page: Page) -> str:
    """Return the earlier day as a page tells it: with its year once that is over."""
    return "1月1日" if EARLIER.startswith(str(today(page).year)) else "2026年1月1日"


@AT_A_DESK
def test_an_administrator_sees_what_is_set_up_and_goes_on_from_there(
    browser: Browser, sample: Sample, size: tuple[int, int]
) -> None:
    with watched(browser, sample, size) as context:
        page = signed_in(context, sample, "guanli")
        expect(page.locator("h1")).to_contain_text("下一步：")
        steps = page.locator(".setting-up > li")
        expect(steps).to_have_count(6)
        expect(steps.first).to_contain_text("已完成")
        expect(steps.last).to_contain_text("只有一位管理员")
        page.get_by_role("link", name="加一位管理员").click()
        expect(page.locator("h1")).to_have_text("加一个人")
        page.go_back()
        page.get_by_role("link", name="登记区域").click()
        expect(page.locator("h1")).to_have_text("区域")


@AT_A_DESK
def test_a_new_unit_and_its_first_person_who_is_let_go_again(
    browser: Browser, sample: Sample, size: tuple[int, int]
) -> None:
    """Enter a village, its committee and somebody there; they sign in, and are out once they are let go."""
    code, username = f"XC{size[0]}", f"xincun{size[0]}"
    with watched(browser, sample, size) as context:
        page = signed_in(context, sample, "guanli")
        add_village(page, f"新村{size[0]}", code)
        page.get_by_role("link", name="加一个单位").click()
        page.fill("[name=name]", f"新村{size[0]}两委")
        page.fill("[name=code]", f"committee-{code}")
        page.check("input[name=kind][value=committee]")
        page.select_option("[name=superior]", "township-MA")
        page.get_by_role("button", name="存好").click()
        expect(page.locator("main")).to_contain_text("没有人的单位收得到事，办不了")
        examine(page)

        page.get_by_role("link", name="加一个人").click()
        page.fill("[name=name]", "周敏")
        page.fill("[name=username]", username)
        page.check("input[name=roles][value=committee]")
        page.get_by_role("button", name="加进来").click()
        password = given_password(page)

        person = try_to_sign_in(browser, sample, username, password)
        person.goto("/me")
        person.fill("[name=present]", password)
        person.fill("[name=fresh]", OWN)
        person.fill("[name=again]", OWN)
        person.get_by_role("button", name="改密码").click()
        expect(person.get_by_role("status")).to_contain_text("密码改好了")

        page.reload()
        expect(page.locator("main")).to_contain_text("在 1 台设备上登录着")
        page.get_by_role("button", name="停用周敏").click()
        expect(page.get_by_role("status")).to_contain_text("停用了")
        expect(page.locator("main .tag").first).to_have_text("已停用")
        person.goto("/me")
        expect(person.locator("h1")).to_have_text("登录")
        refused = try_to_sign_in(browser, sample, username, OWN)
        expect(refused.locator(".mistakes")).to_be_visible()

        page.goto(f"/units/committee-{code}")
        page.get_by_role("button", name="先看看会怎样").click()
        expect(page.locator("main")).to_contain_text("办了以后不能撤回")
        examine(page)
        page.get_by_role("link", name="先不办").click()
        expect(page.locator("main .tag")).to_have_count(0)
        page.get_by_role("button", name="先看看会怎样").click()
        page.get_by_role("button", name="撤销", exact=True).click()
        expect(page.locator("main .tag")).to_have_text("已撤销")


@AT_A_DESK
def test_a_new_password_ends_every_sign_in(browser: Browser, sample: Sample, size: tuple[int, int]) -> None:
    with watched(browser, sample, size) as context:
        page = signed_in(context, sample, "guanli")
        page.goto("/people/new")
        page.fill("[name=name]", "覃芳")
        page.fill("[name=username]", f"qin{size[0]}")
        page.select_option("[name=unit]", "team")
        page.check("input[name=roles][value=member]")
        page.fill("[name=password]", OWN)
        page.get_by_role("button", name="加进来").click()
        expect(page.get_by_role("status")).to_contain_text("可以登录了")
        person = try_to_sign_in(browser, sample, f"qin{size[0]}", OWN)
        person.wait_for_url(lambda address: "/sign-in" not in address)
        page.get_by_role("button", name="换密码").click()
        given_password(page)
        person.goto("/me")
        expect(person.locator("h1")).to_have_text("登录")


@AT_A_DESK
def test_a_village_is_renamed_from_a_day_after_a_look_at_what_goes_along(
    browser: Browser, sample: Sample, size: tuple[int, int]
) -> None:
    before, after, code = f"旧名村{size[0]}", f"新名村{size[0]}", f"JM{size[0]}"
    with watched(browser, sample, size) as context:
        page = signed_in(context, sample, "guanli")
        add_village(page, before, code)
        form = page.locator("form[action$='/rename']")
        form.locator("[name=new_name]").fill(after)
        form.locator("[name=new_code]").fill(f"{code}-2")
        later = today(page) + timedelta(days=2)
        form.locator("[name=on]").fill(later.isoformat())
        form.get_by_role("button", name="先看看会怎样").click()
        expect(page.locator(".mistakes")).to_contain_text("请到那天再来办")
        expect(form.locator("[name=new_name]")).to_have_value(after)
        examine(page)

        form.locator("[name=on]").fill(EARLIER)
        form.get_by_role("button", name="先看看会怎样").click()
        expect(page.locator("h1")).to_contain_text(f"从 {earlier_said(page)} 起，{before}改叫{after}")
        expect(page.locator("main")).to_contain_text("办了以后不能撤回")
        examine(page)
        page.get_by_role("button", name="更名").click()
        expect(page.get_by_role("status")).to_contain_text("更名好了")
        expect(page.locator("h1")).to_have_text(after)
        expect(page.locator("main")).to_contain_text(before)
        page.goto("/areas")
        expect(page.get_by_role("link", name=after, exact=True)).to_be_visible()
        expect(page.get_by_role("link", name=before, exact=True)).to_have_count(0)


@AT_A_DESK
def test_a_merge_is_seen_before_it_is_done_and_can_be_left_undone(
    browser: Browser, sample: Sample, size: tuple[int, int]
) -> None:
    small, large = f"小村{size[0]}", f"大村{size[0]}"
    with watched(browser, sample, size) as context:
        page = signed_in(context, sample, "guanli")
        add_village(page, large, f"DC{size[0]}")
        add_village(page, small, f"XX{size[0]}")
        form = page.locator("form[action$='/merge']")
        form.locator("[name=into]").select_option(f"DC{size[0]}")
        form.locator("[name=on]").fill(EARLIER)
        form.get_by_role("button", name="先看看会怎样").click()
        expect(page.locator("h1")).to_have_text(f"从 {earlier_said(page)} 起，{small}并到{large}")
        expect(page.locator("main")).to_contain_text("0 件没办完的事接着办，期限不变")
        examine(page)
        page.get_by_role("link", name="先不办").click()
        expect(page.locator("h1")).to_have_text(small)
        expect(form.locator("[name=into]")).to_have_value(f"DC{size[0]}")
        expect(form.locator("[name=on]")).to_have_value(EARLIER)

        form.get_by_role("button", name="先看看会怎样").click()
        page.get_by_role("button", name="合并").click()
        expect(page.get_by_role("status")).to_contain_text("并过来了")
        expect(page.locator("h1")).to_have_text(large)
        page.get_by_role("link", name=small).click()
        expect(page.locator("main")).to_contain_text(f"现在归{large}")
        assert page.locator("main form").count() == 0


@AT_A_DESK
def test_what_is_configured_can_be_read_and_the_records_are_checked(
    browser: Browser, sample: Sample, size: tuple[int, int]
) -> None:
    with watched(browser, sample, size) as context:
        page = signed_in(context, sample, "guanli")
        page.get_by_role("link", name="类别").click()
        expect(page.get_by_role("rowheader", name="人畜饮水")).to_be_visible()
        page.goto("/administration")
        page.get_by_role("link", name="流程").click()
        expect(page.get_by_role("img", name=re.compile("^流程图："))).to_be_visible()
        returned = page.locator("section", has=page.locator("#steps")).get_by_role(
            "row", name=re.compile("^退回 ")
        )
        expect(returned).to_contain_text("已交办 → 已受理")
        expect(returned).to_contain_text("退回的期限没过")
        examine(page)
        page.goto("/administration")
        page.get_by_role("link", name="核对").click()
        page.check("input[name=span][value=all]")
        page.get_by_role("button", name="开始核对").click()
        expect(page.locator("h1")).to_have_text("记录没有断，没有改", timeout=60_000)
        expect(page.locator("main")).to_contain_text("各项规则都成立")
        examine(page)


@AT_A_DESK
def test_whoever_saves_after_another_administrator_is_told_and_loses_nothing(
    browser: Browser, sample: Sample, size: tuple[int, int]
) -> None:
    with watched(browser, sample, size) as context, watched(browser, sample, DESK) as elsewhere:
        page, other = (signed_in(one, sample, "guanli") for one in (context, elsewhere))
        add_village(page, f"同改村{size[0]}", f"TG{size[0]}")
        other.goto(f"/areas/TG{size[0]}")
        for one, households in ((other, "120"), (page, "130")):
            form = one.locator("form", has=one.locator("[name=households_declared]"))
            form.locator("[name=households_declared]").fill(households)
            form.get_by_role("button", name="存好").click()
        expect(other.get_by_role("status")).to_contain_text("存好了")
        expect(page.locator(".mistakes")).to_contain_text("管理员刚才也改了这里")
        expect(page.locator("[name=households_declared]")).to_have_value("130")
        expect(page.locator(".line")).to_contain_text("无 → 120")
        examine(page)
        form.get_by_role("button", name="存好").click()
        expect(page.get_by_role("status")).to_contain_text("存好了")
        expect(page.locator(".line")).to_contain_text("120 → 130")


def free_day(page: Page) -> date:
    """Find the next day at work that no notice names, and open its year."""
    day, year, named = today(page) + timedelta(days=2), 0, set[date]()
    while True:
        if day.year != year:
            year = day.year
            page.goto(f"/calendar/{year}")
            texts = (page.input_value(f"[name={name}]") for name in ("holidays", "working"))
            named = {one.day for one in notice_text.read(year, *texts)}
        if day.weekday() <= 4 and day not in named and (day.month, day.day) != (1, 1):
            return day
        day += timedelta(days=1)


@AT_A_DESK
def test_a_holiday_is_added_after_a_look_at_the_open_deadlines(
    browser: Browser, sample: Sample, size: tuple[int, int]
) -> None:
    with watched(browser, sample, size) as context:
        page = signed_in(context, sample, "guanli")
        day = free_day(page)
        line = f"{day.month}月{day.day}日 县庆"
        days = page.locator("[name=holidays]")
        known = days.input_value()
        if not page.input_value("[name=notice]"):
            page.fill("[name=notice]", "放假通知")
        days.fill(f"{known}\n{day.month}月{day.day}日县庆")
        page.get_by_role("button", name="先看看影响哪些期限").click()
        expect(page.locator(".mistakes")).to_contain_text("行读不懂")
        expect(days).to_have_value(re.compile("县庆"))

        days.fill(f"{known}\n{line}")
        page.get_by_role("button", name="先看看影响哪些期限").click()
        expect(page.locator("h1")).to_have_text(re.compile(r"存了以后，\d+ 件没办完的事期限会变"))
        expect(page.locator("main table")).to_have_count(
            0
        )  # whoever reads no matter is told of none by number
        examine(page)
        page.get_by_role("button", name="先不存，回去改").click()
        expect(days).to_have_value(re.compile("县庆"))
        # What is kept is asked of the server: in an empty form the page brings back what was typed.
        assert line not in page.request.get(f"/calendar/{day.year}").text()
        page.goto(f"/calendar/{day.year}")

        days.fill(f"{known}\n{line}")
        page.get_by_role("button", name="先看看影响哪些期限").click()
        for tick in page.locator("[name=without]").all():  # a year without notice lacks its holidays, too
            tick.check()
        page.get_by_role("button", name="存好，期限跟着变").click()
        expect(page.get_by_role("status")).to_contain_text("期限已经跟着变")
        expect(days).to_have_value(re.compile(re.escape(line)))
        page.get_by_role("button", name="先看看影响哪些期限").click()
        expect(page.locator("h1")).to_have_text("没办完的事，期限都不变")


def test_a_person_is_added_with_the_keyboard_alone(browser: Browser, sample: Sample) -> None:
    with watched(browser, sample, DESK) as context:
        page = signed_in(context, sample, "guanli")
        tab_to(page, "nav a[href='/people']")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("人员")
        tab_to(page, "a[href='/people/new']")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("加一个人")
        tab_to(page, "[name=name]")
        page.keyboard.type("Zhao")
        tab_to(page, "[name=username]")
        page.keyboard.type("zhao")
        page.keyboard.press("Enter")  # too early: the browser leads to what is missing
        expect(page.locator("h1")).to_have_text("加一个人")
        tab_to(page, "[name=unit]")
        page.keyboard.press("ArrowDown")
        tab_to(page, "[name=roles][value=committee]")
        page.keyboard.press("Space")
        tab_to(page, "main button.primary")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Zhao的新密码")
        tab_to(page, "main a.button")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Zhao")
