"""The examiner of pages finds what no page may have, however often it has seen one that is sound."""

import pytest

from tests import markup
from tests.markup import HTML, check, shape_of, tree_of

SOUND = """<!doctype html><html lang="zh-CN"><head><title>回音</title></head><body><h1>诉求</h1>
<form method="post"><input type="hidden" name="once" value="a-key"><label for="words">说了什么</label>
<textarea id="words" name="words" data-hx-post="/like" data-hx-params="words"></textarea></form>
<a href="/cases?state=closed&amp;q=%E6%B0%B4&amp;next=/cases">已办结</a></body></html>"""


@pytest.mark.parametrize(
    ("sound", "wrong"),
    [
        ("</h1>", "</h2>"),
        ("<h1>诉求</h1>", "<h1>诉求</h1><h1>诉求</h1>"),
        ("回音", ""),
        ('<form method="post">', '<form method="post" id="words">'),
        ('<form method="post">', '<form method="post" style="color: red">'),
        ('<form method="post">', '<form method="post" onsubmit="send()">'),
        ('<form method="post">', '<script>send()</script><form method="post">'),
        ('<form method="post">', '<form method="post" aria-labelledby="nowhere">'),
        ('<label for="words">说了什么</label>', ""),
        ('value="a-key"', 'value="a-key" value="another"'),
        (' method="post"', ""),
        (' method="post"', ' method="GET"'),
        ("</form>", '<button formmethod="get" formaction="/export">导出</button></form>'),
        ("data-hx-post", "data-hx-get"),
        ('data-hx-post="/like" data-hx-params="words"', 'data-hx-get="/like"'),
        ("state=closed", "words=%E6%B0%B4"),
        ('data-hx-post="/like"', 'data-hx-post="/like?words=%E6%B0%B4"'),
        ("</form>", '</form><form><input type="hidden" name="words" value="水管冻裂了"></form>'),
    ],
)
def test_what_no_page_may_have_is_found_on_a_page_that_was_sound(sound: str, wrong: str) -> None:
    check(SOUND)
    assert sound in SOUND
    for _ in range(2):
        with pytest.raises(AssertionError):
            check(SOUND.replace(sound, wrong))


def test_another_drawn_key_is_the_same_page_and_its_own_elements_are_read() -> None:
    check(SOUND)
    again = SOUND.replace("a-key", "another-key")
    check(again)
    assert tree_of(again).find(f".//{HTML}input").get("value") == "another-key"


def test_a_page_with_other_words_and_days_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    page = SOUND.replace("</h1>", '</h1><time datetime="2026-03-02" title="星期一">3月2日</time>')
    check(page)
    monkeypatch.setattr(markup, "_read", None)
    check(
        page.replace("03-02", "04-05")
        .replace("星期一", "星期二")
        .replace("3月2日", "4月5日")
        .replace("诉求", "事项")
    )


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ('<p id="p2">二</p>', '<p id="p1">二</p>'),
        ('<p id="p2">二</p>', '<p id="一">二</p>'),
        ('<p id="p2">二</p>', '<p id="p2" aria-labelledby="p3">二</p>'),
        ('<p id="p2">二</p>', '<p id="p2">二</i></p>'),
        ('<p id="p2">二</p>', '<p id="p2">二&nix;</p>'),
        ('<p id="p2">二</p>', '<p id="p2">二\x01</p>'),
        ("<title>回音</title>", "<title> </title>"),
        ("q=%E6%B0%B4", "q=%E6%B0%B4&amp;name=%E6%B0%B4"),
        ("q=%E6%B0%B4", "q=1&amp;r=水"),
    ],
)
def test_what_would_be_wrong_is_another_shape(part: str, other: str) -> None:
    page = SOUND.replace("</h1>", '</h1><p id="p1">一</p><p id="一">一</p><p id="p2">二</p>')
    check(page)
    assert part in page
    assert shape_of(page.replace(part, other)) != shape_of(page)
    with pytest.raises(AssertionError):
        check(page.replace(part, other))
