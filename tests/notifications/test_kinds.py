"""Test the words of notices."""

import re
from datetime import UTC, datetime

import pytest

from cases.lifecycle.recipients import ACTION_RECIPIENTS, RUNG_RECIPIENTS
from core.i18n import translator
from notifications.kinds import KINDS, Wording

FACTS = {"number": "SL-2026-0041", "village": "杉岭村", "category": "irrigation", "due_on": "2026-03-23"}
ZH = Wording(translator("zh"), {"irrigation": "农田灌溉"}, "https://ledger.example.org")
EN = Wording(translator("en"), {"irrigation": "irrigation"}, "https://ledger.example.org")


def test_every_kind_that_cases_tell_has_words_of_its_own() -> None:
    told = (
        {kind for kind, _ in ACTION_RECIPIENTS.values()}
        | set(RUNG_RECIPIENTS)
        | {"tell_extension", "weekly", "calendar_missing"}
    )
    assert told - set(KINDS) == set()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_text_has_no_place_left_open_and_is_translated(kind: str) -> None:
    facts = FACTS | {"clock": "handling", "week": "2026-W10", "year": 2027, "found": 3}
    facts |= {"action": {"zh": "踏勘", "en": "inspect"}}
    for wording in (ZH, EN):
        text = wording.title(kind, facts) + wording.body(kind, facts)
        assert "{" not in text
    assert not re.search(
        "[\u4e00-\u9fff]", EN.title(kind, facts) + EN.sentence(kind, facts | {"village": "SL"})
    )


def test_a_mail_names_number_village_category_date_and_where_to_look() -> None:
    assert ZH.title("assigned", FACTS) == "SL-2026-0041 交给你们办理"
    assert ZH.body("assigned", FACTS) == (
        "杉岭村的一件「农田灌溉」事项交由你们单位办理，请接收，并在 2026-03-23 前答复。\n\n"
        "查看：https://ledger.example.org/cases/SL-2026-0041\n\n"
        "此件由回音系统自动发出，请勿直接回复。\n"
    )


def test_a_mail_without_an_address_of_the_pages_has_no_link() -> None:
    assert "http" not in Wording(translator("zh")).body("assigned", FACTS)


def test_a_reminder_names_the_clock() -> None:
    assert "办理期限 2026-03-23 已过" in ZH.sentence("urge", FACTS | {"clock": "handling"})


def test_a_matter_without_a_date_says_so() -> None:
    assert "（无期限）" in ZH.sentence("assigned", FACTS | {"due_on": None})


def test_a_mail_says_which_of_its_dates_may_still_move() -> None:
    facts = FACTS | {"clock": "handling", "before": "2027-01-08", "due_on": "2027-01-05", "provisional": True}
    sentence = ZH.sentence("date_earlier", facts)
    assert "由 2027-01-08 提前到 2027-01-05（暂按周末推算），请抓紧" in sentence
    assert "2027-01-08（暂按周末推算）" in ZH.sentence("date_earlier", facts | {"before_provisional": True})
    assert "2027-01-05 (provisional)" in EN.body("assigned", facts)
    assert "（无期限）" in ZH.sentence("assigned", facts | {"due_on": None})


def test_the_weekly_notice_lists_units_with_their_counts() -> None:
    units = [{"unit": "county-water", "name": "水利局", "published": 2, "stuck": 1}]
    assert "水利局：通报 2 件，停在最高一级 1 件" in ZH.sentence(
        "weekly", {"week": "2026-W10", "units": units}
    )


def test_an_unknown_kind_says_that_there_is_something_to_read() -> None:
    assert ZH.title("brand_new", {}) == "回音有新通知"


def test_what_stands_in_the_facts_is_never_taken_for_a_template() -> None:
    facts = FACTS | {"village": "{number.__class__}"}
    assert "{number.__class__}" in ZH.sentence("assigned", facts)


def test_words_in_the_facts_do_not_get_into_a_mail() -> None:
    facts = FACTS | {"own_words": "我家的水", "name": "田老根", "at": datetime(2026, 3, 2, tzinfo=UTC)}
    assert not re.search("我家的水|田老根", ZH.title("assigned", facts) + ZH.body("assigned", facts))
