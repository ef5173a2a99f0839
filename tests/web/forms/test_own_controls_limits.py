"""What a file says that a field does not take is said on the form and in the API, and refused by both."""

import re
from collections.abc import Callable
from typing import Any

from tests.stories.desks import CODE, Desk, desk

__all__ = ["desk"]

ACT = """
[acts.measure]
zh = "量一量"
en = "measure"
who = [{ from = ["received"], roles = ["team_leader"], relations = ["in_scope"] }]
fields = ["said", "seen_on", "next_on", "trees", "share", "height", "secret"]
public = { zh = "量过了", en = "measured" }

[fields.said]
type = "text"
zh = "量到什么"
en = "what was measured"
shortest = 5
longest = 20
public = true

[fields.seen_on]
type = "date"
zh = "哪天量的"
en = "measured on"
not_in_future = true
public = true

[fields.next_on]
type = "date"
zh = "下次哪天"
en = "next on"
not_in_past = true

[fields.trees]
type = "number"
zh = "几棵树"
en = "trees"
whole = true
least = 1
most = 12
public = true

[fields.share]
type = "number"
zh = "占几成"
en = "share"
least = -0.5

[fields.height]
type = "number"
zh = "多高"
en = "height"
most = 99.5

[fields.secret]
type = "text"
zh = "自己看的"
en = "for ourselves"
"""
GOOD: dict[str, Any] = {
    "said": "渠边五棵柳树",
    "seen_on": "2026-03-02",
    "next_on": "2026-03-02",
    "trees": 12,
    "share": -0.5,
    "height": 99.5,
    "secret": "别说出去",
}
#: What is refused of each field, and why.
WRONG: dict[str, dict[Any, str]] = {
    "said": {" 四个字呢 ": "too_short", "渠" * 21: "length_out_of_range"},
    "seen_on": {"2026-03-03": "day_not_come_yet"},
    "next_on": {"2026-03-01": "day_is_over"},
    "trees": {
        0: "number_beyond_limits",
        13: "number_beyond_limits",
        2.5: "not_a_whole_number",
        "1,1": "not_a_number",
    },
    "share": {-0.51: "number_beyond_limits"},
    "height": {99.51: "number_beyond_limits"},
}
#: What stands in the control of each field, and beside it in both languages.
DRAWN = {
    "said": ('minlength="5" maxlength="20"', "写 5 到 20 个字；反映的人会看到", "5 to 20 characters"),
    "seen_on": ('max="2026-03-02"', "今天或者以前", "today or before"),
    "next_on": ('min="2026-03-02"', "今天或者以后", "today or later"),
    "trees": ('inputmode="numeric"', "从 1 到 12；整数；反映的人会看到", "from 1 to 12"),
    "share": ('inputmode="decimal"', "不小于 -0.5", "not below -0.5"),
    "height": ('inputmode="decimal"', "不大于 99.5", "not above 99.5"),
}
#: What the reader of a refusal is told, in both languages.
SAID = {
    "too_short": ("写得太短了", "too short"),
    "day_not_come_yet": ("还没有到", "has not come yet"),
    "day_is_over": ("已经过了", "is over"),
    "number_beyond_limits": ("太大或者太小", "too high or too low"),
    "not_a_number": ("逗号只写在每三位之间", "commas between thousands alone"),
    "not_a_whole_number": ("一个整数", "whole number"),
}


def drawn(page: str, name: str) -> str:
    """Return a control of the form with what stands around it."""
    found = re.search(
        rf'<div class="field">\s*<label for="[^"]*f-{name.replace("_", "-")}".*?</div>', page, re.S
    )
    assert found is not None, name
    return found[0]


def test_the_limits_of_a_field_are_said_and_held_everywhere(desk: Callable[..., Desk]) -> None:
    town = desk("inspection", lambda text: text + ACT)
    number = town.register("irrigation")
    browser, caller = town.browse("zuzhang"), town.call("zuzhang")
    page = browser.get(f"/cases/{number}").text
    english = browser.get(f"/cases/{number}", headers={"Accept-Language": "en"}).text
    for name, (attribute, hint, in_english) in DRAWN.items():
        assert attribute in drawn(page, name), name
        assert hint in drawn(page, name), name
        assert in_english in drawn(english, name), name
    described = town.programs.test_client().get("/api/v1/openapi.json").json
    shape = described["components"]["schemas"]["Action_measure"]["properties"]
    assert (shape["said"]["minLength"], shape["said"]["maxLength"]) == (5, 20)
    assert (shape["trees"]["type"], shape["trees"]["minimum"], shape["trees"]["maximum"]) == (
        "integer",
        1,
        12,
    )
    assert (shape["share"]["minimum"], shape["height"]["maximum"]) == (-0.5, 99.5)
    assert shape["seen_on"]["description"] == "today or before"
    offered = {one["name"]: one for one in caller.get(f"/cases/{number}").json["actions"]}["measure"]
    assert {one["name"]: one.get("most") for one in offered["fields"]}["trees"] == 12

    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    for name, values in WRONG.items():
        for value, code in values.items():
            refused = caller.act(number, "measure", **{**GOOD, name: value})
            assert (refused.status_code, refused.json["errors"]) == (422, {name: [code]}), (name, value)
            sent = {key: str(one) for key, one in {**GOOD, name: value}.items()}
            again = browser.post(f"/cases/{number}/actions", action="measure", version=version[1], **sent)
            assert again.status == 422, (name, value)
            assert 'class="mistake"' in drawn(again.text, name), (name, value)
            assert SAID.get(code, ("太长了",))[0] in drawn(again.text, name), (name, value)

    town.act("zuzhang", number, "measure", **GOOD)
    seen = town.villager().text
    for words in ("量过了", "量到什么：渠边五棵柳树", "哪天量的：3月2日", "几棵树：12"):
        assert words in seen, words
    assert "别说出去" not in seen
    assert "占几成" not in seen
    [event] = [one for one in said_to_programs(town) if one["action"] == "measure"]
    assert [(one["name"], one["value"]) for one in event["entered"]] == [
        ("said", "渠边五棵柳树"),
        ("seen_on", "2026-03-02"),
        ("trees", 12),
    ]
    assert event["entered"][0]["label"] == {"zh": "量到什么", "en": "what was measured"}
    assert town.findings() == []


def said_to_programs(town: Desk) -> list[dict[str, Any]]:
    answer = town.programs.test_client().post("/api/v1/public/status", json={"receipt_code": CODE})
    assert answer.status_code == 200, answer.json
    found: list[dict[str, Any]] = answer.json["happened"]
    return found
