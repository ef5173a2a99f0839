"""A text with its facts is said in either language, now or after it was kept as JSON."""

import json
from datetime import date

import pytest

from config.marked_text import Bilingual, MarkedText
from core.i18n import translator

ENTRY = MarkedText("第 {seq} 条记录被改过", {"seq": 3})
#: The text, in Chinese, in English.
SAID = {
    "a number": (ENTRY, "第 3 条记录被改过", "entry 3 was changed"),
    "a day": (
        MarkedText("{day}：封存被改过", {"day": date(2026, 3, 2)}),
        "2026-03-02：封存被改过",
        "2026-03-02: the head was changed",
    ),
    "a name in both languages": (
        MarkedText("{duty}管不到这里", {"duty": Bilingual("工作组", "the team")}),
        "工作组管不到这里",
        "the area of the team does not reach here",
    ),
    "another text": (
        MarkedText("{where}：{reason}", {"where": "states", "reason": ENTRY}),
        "states：第 3 条记录被改过",
        "states: entry 3 was changed",
    ),
    "several": (
        MarkedText("没有答复期限，反映人 {complainants} 却在等", {"complainants": [1, 2]}),
        "没有答复期限，反映人 1、2 却在等",
        "no reply date, but complainants 1, 2 wait",
    ),
    "nothing": (
        MarkedText("第 {round} 轮没有记下来", {"round": None}),
        "第 — 轮没有记下来",
        "round — has no row",
    ),
    "braces in a fact": (
        MarkedText("缺少守卫 {name}", {"name": "{seq}"}),
        "缺少守卫 {seq}",
        "{seq} is missing",
    ),
}


@pytest.mark.parametrize("what", SAID)
def test_a_text_is_said_in_both_languages(what: str) -> None:
    text, chinese, english = SAID[what]
    assert (text.in_words(translator("zh")), text.in_words(translator("en"))) == (chinese, english)
    assert str(text) == chinese


@pytest.mark.parametrize("what", SAID)
def test_a_text_kept_as_json_is_said_in_both_languages(what: str) -> None:
    text, chinese, english = SAID[what]
    again = MarkedText.from_json(json.loads(json.dumps(text.to_json())))
    assert (again.in_words(translator("zh")), again.in_words(translator("en"))) == (chinese, english)
