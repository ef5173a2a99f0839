"""What each kind of person comes for, by hand in a real browser, on a phone and at a desk."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.running import DESK, ON_A_PHONE, Sample, opened, signed_in

SAID = "后山的水管漏水半个月了，{size}，盼个回音。"


def somebody(browser: Browser, sample: Sample, username: str, size: tuple[int, int]) -> Page:
    return signed_in(opened(browser, sample, size=size), sample, username)


def register(page: Page, words: str) -> tuple[str, str]:
    """Write down a complaint; give its number and the code on the slip."""
    page.goto("/register")
    page.select_option("select[name=village]", "YY") if page.locator("select[name=village]").count() else (
        page.check("input[name=village][value=YY]")
    )
    page.fill("[name=own_words]", words)
    page.check("input[name=category][value=drinking_water]")
    page.check("input[name=kind][value=problem]")
    page.fill("[name='complainant.name']", "田某")
    page.get_by_role("button", name="存好，给回执").click()
    expect(page.locator("h1")).to_contain_text("登记好了")
    number = re.search(r"YY-\d{4}-\d{4}", page.locator("h1").inner_text())
    assert number is not None
    return number[0], "".join(page.locator(".slip .code span").all_inner_texts())


@ON_A_PHONE
def test_one_complaint_from_the_door_to_the_villager_s_thanks(
    browser: Browser, sample: Sample, size: tuple[int, int]
) -> None:
    """Register, assign, accept, answer, revisit; then the dashboard and the villager's own page tell it."""
    words = SAID.format(size=size[0])
    number, code = register(somebody(browser, sample, "zuyuan", size), words)

    leader = somebody(browser, sample, "zuzhang", size)
    leader.goto("/cases?q=漏水半个月&state=received")
    leader.get_by_role("link", name=re.compile("后山的水管漏水半个月了")).first.click()
    leader.select_option("select[name=unit]", "committee-YY") if leader.locator(
        "select[name=unit]"
    ).count() else (leader.check("input[name=unit][value=committee-YY]"))
    leader.locator("#main-form button.primary, form#main-form button.primary").first.click()
    expect(leader.get_by_role("status").first).to_contain_text(number)

    committee = somebody(browser, sample, "cunwei-yy", size)
    committee.goto(f"/cases/{number}")
    committee.get_by_role("button", name=re.compile("^接收")).first.click()
    committee.goto(f"/cases/{number}")
    committee.locator("textarea[name*=text]").first.fill("水管换好了，您看看还漏不漏。")
    committee.check("input[name=outcome][value=solved]")
    committee.locator("#main-form input[value=door], form input[value=door]").first.check()
    committee.get_by_role("button", name="答复并办结", exact=True).click()
    expect(committee.get_by_role("status").first).to_contain_text("已答复")

    visitor = somebody(browser, sample, "zuyuan", size)
    visitor.goto(f"/cases/{number}/revisit")
    visitor.check("input[name=heard][value=yes]")
    visitor.check("input[name=rating][value=satisfied]")
    visitor.get_by_role("button", name="回访归档").click()
    expect(visitor.get_by_role("status").first).to_contain_text("回访归档，已经记下")

    head = somebody(browser, sample, "lingdao", size)
    expect(head.locator(".sentence")).to_contain_text("有了回音")
    head.goto(f"/cases?q={number}")
    expect(head.locator(".case")).to_have_count(1)

    villager = opened(browser, sample, size=size).new_page()
    villager.goto("/status")
    villager.fill("[name=receipt_code]", code)
    villager.locator("main button").first.click()
    expect(villager.locator("main")).to_contain_text("这个「回」写完了")
    expect(villager.locator("main")).not_to_contain_text("田某")


@ON_A_PHONE
def test_a_leader_opens_the_cases_behind_a_number(
    browser: Browser, sample: Sample, size: tuple[int, int]
) -> None:
    page = somebody(browser, sample, "lingdao", size)
    link = page.locator(".sentence a").last
    number = re.sub(r"\D", "", link.inner_text())
    link.click()
    expect(page.locator("h1")).to_contain_text(f"{number} 件")
    page.go_back()
    page.get_by_role("link", name="答复", exact=True).click()
    expect(page.locator("th[aria-sort]")).to_contain_text("答复")


@ON_A_PHONE
def test_a_department_answers_what_it_was_given(
    browser: Browser, sample: Sample, size: tuple[int, int]
) -> None:
    number, _code = register(somebody(browser, sample, "zuyuan", size), f"水库放水没有通知，{size[0]}")
    coordinator = somebody(browser, sample, "xiangzhen", size)
    coordinator.goto(f"/cases/{number}")
    coordinator.check("input[name=unit][value=county-water]")
    coordinator.get_by_role("button", name="交办", exact=True).click()
    expect(coordinator.get_by_role("status").first).to_contain_text(number)

    department = somebody(browser, sample, "bumen", size)
    row = department.locator(f"#case-{number}")
    row.get_by_role("button", name=re.compile("^接收")).click()
    row.get_by_role("link", name=re.compile("答复")).click()
    department.locator("form textarea[name*=text]").first.fill("以后放水前一天在群里通知。")
    department.check("input[name=outcome][value=explained]")
    department.locator("form input[value=phone]").first.check()
    department.get_by_role("button", name="答复并办结", exact=True).click()
    expect(department.get_by_role("status").first).to_contain_text("已答复")


@ON_A_PHONE
def test_an_auditor_reads_everything_and_is_offered_nothing_to_do(
    browser: Browser, sample: Sample, size: tuple[int, int]
) -> None:
    page = somebody(browser, sample, "jiandu", size)
    page.goto("/cases")
    page.locator(".cases a.words").first.click()
    expect(page.locator("h1")).to_be_visible()
    assert page.locator("main form[method=post]").count() == 0


@ON_A_PHONE
def test_a_coordinator_assigns_two_matters_together(
    browser: Browser, sample: Sample, size: tuple[int, int]
) -> None:
    recorder = somebody(browser, sample, "zuyuan", size)
    numbers = [register(recorder, f"过路的桥断了{index}，{size[0]}")[0] for index in range(2)]
    page = somebody(browser, sample, "zuzhang", size)
    page.goto("/cases?q=过路的桥断了&state=received")
    page.get_by_role("button", name="全选这一页").click()
    expect(page.locator("[data-chosen]")).to_contain_text("选了 2 件")
    page.locator("#together button[value=assign]").click()
    expect(page.locator("h1")).to_contain_text("办好了 2 件")
    for number in numbers:
        expect(page.locator("main")).to_contain_text(number)


def test_the_inbox_is_worked_with_the_keyboard_alone(browser: Browser, sample: Sample) -> None:
    page = somebody(browser, sample, "cunwei-gg", DESK)
    rows = page.locator(".case")
    assert rows.count() > 2
    page.keyboard.press("j")
    page.keyboard.press("j")
    second = rows.nth(1).locator("a.words")
    expect(second).to_be_focused()
    page.keyboard.press("x")
    expect(rows.nth(1).locator("[name=chosen]")).to_be_checked()
    page.keyboard.press("k")
    expect(rows.nth(0).locator("a.words")).to_be_focused()
    words = rows.nth(0).locator("a.words").inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(words[:8])
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("/todo"))
    expect(rows.nth(0).locator("a.words")).to_be_focused()
    unaccepted = page.locator("[data-key=a]").count()
    while not page.evaluate("document.activeElement.closest('.case')?.querySelector('[data-key=a]') != null"):
        page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator("[data-key=a]")).to_have_count(unaccepted - 1)


def test_going_back_from_a_case_leads_to_its_row(browser: Browser, sample: Sample) -> None:
    page = somebody(browser, sample, "lingdao", DESK)
    page.goto("/cases?open=true")
    words = page.locator(".case a.words").nth(7)
    href = words.get_attribute("href") or ""
    words.click()
    page.wait_for_url(re.compile(r"/cases/\w+-"))
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile(r"/cases\?open=true#words-"))
    expect(page.locator(f"a.words[href='{href}']")).to_be_focused()
    expect(page.locator(f"a.words[href='{href}']")).to_be_in_viewport()


def test_with_the_single_keys_off_letters_do_nothing(browser: Browser, sample: Sample) -> None:
    page = somebody(browser, sample, "cunwei-sl", DESK)
    page.goto("/me")
    page.locator("button[name=keys][value=off]").click()
    page.goto("/todo")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.closest('.case')") is None
