"""How the words of villagers break into lines, where there is little room."""

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.running import NARROW, PHONE, Sample, opened, signed_in
from tests.browser.test_journeys import register

SAID = "我们组门口靠近晒谷坪的那几根电杆歪了要换掉两根，夜里怕倒下来。记下来，盼个回音。"
#: The signs at which a line of some element begins.
BEGINNINGS = """(element) => {
  const [found, range] = [[], document.createRange()];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let last = null;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (let at = 0; at < node.data.length; at++) {
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const { top, width } = range.getBoundingClientRect();
      if (!width) continue;
      if (last === null || top > last + 5) found.push(node.data[at]);
      last = top;
    }
  }
  return found;
}"""


def beginnings(page: Page, selector: str) -> list[str]:
    found: list[str] = page.locator(selector).first.evaluate(BEGINNINGS)
    assert len(found) > 1, "it is all in one line"
    return found


@pytest.mark.parametrize("size", [NARROW, PHONE, (344, 800), (365, 800), (412, 900)])
def test_no_line_of_somebody_s_words_begins_with_a_comma(
    browser: Browser, sample: Sample, size: tuple[int, int]
) -> None:
    with opened(browser, sample, size=size) as context:
        page = signed_in(context, sample, "zuyuan")
        number, code = register(page, SAID)
        assert not set(beginnings(page, ".slip .voice")) & set("，。；：、！？」")
        page.emulate_media(media="print")
        assert not set(beginnings(page, ".slip .voice")) & set("，。；：、！？」")
        page.emulate_media(media="screen")
        page.goto(f"/cases/{number}")
        assert not set(beginnings(page, "h1")) & set("，。；：、！？」")
        page.goto("/status")
        page.fill("#receipt-code", code)
        page.locator("main form .button").first.click()
        assert not set(beginnings(page, "main .voice")) & set("，。；：、！？」")
