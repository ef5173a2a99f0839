"""The examiner of pages finds what no page may have, however often it has seen one that is sound."""

import pytest

from tests.web.markup import HTML, check, tree_of

SOUND = """<!doctype html><html lang="zh-CN"><head><title>回音</title></head><body><h1>诉求</h1>
<form><input type="hidden" name="once" value="a-key"><label for="words">说了什么</label>
<textarea id="words"></textarea></form></body></html>"""


@pytest.mark.parametrize(
    ("sound", "wrong"),
    [
        ("</h1>", "</h2>"),
        ("<h1>诉求</h1>", "<h1>诉求</h1><h1>诉求</h1>"),
        ("回音", ""),
        ("<form>", '<form id="words">'),
        ("<form>", '<form style="color: red">'),
        ("<form>", '<form onsubmit="send()">'),
        ("<form>", "<script>send()</script><form>"),
        ("<form>", '<form aria-labelledby="nowhere">'),
        ('<label for="words">说了什么</label>', ""),
        ('value="a-key"', 'value="a-key" value="another"'),
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
