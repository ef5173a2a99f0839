"""Every date explains itself in one sentence, in Chinese and in English."""

from typing import Any

import pytest

from workflow.explanation import explain
from workflow.working_days import seed

CALENDAR = seed().calendar()


def basis(start: str, days: int, unit: str, profile: str | None = None) -> dict[str, Any]:
    return {"start": start, "days": days, "unit": unit, "profile": profile}


SENTENCES: dict[str, tuple[dict[str, Any], list[dict[str, Any]], str, str]] = {
    "the example of the domain": (
        basis("2012-01-12", 7, "wd", "village"),
        [],
        "自1月12日起7个工作日，按「village」期限；1月21日调休上班",
        "7 working days from 12 January, by profile village; 21 January worked",
    ),
    "holidays and make-up days": (
        basis("2012-01-12", 15, "wd", "village"),
        [],
        "自1月12日起15个工作日，按「village」期限；1月22日至28日放假，1月21日、1月29日调休上班",
        "15 working days from 12 January, by profile village; "
        "22–28 January holiday, 21 January and 29 January worked",
    ),
    "a plain week": (basis("2026-03-02", 1, "wd"), [], "自3月2日起1个工作日", "1 working day from 2 March"),
    "two runs of days off": (
        basis("2026-04-01", 30, "wd"),
        [],
        "自4月1日起30个工作日；4月4日至6日、5月1日至5日放假，5月9日调休上班",
        "30 working days from 1 April; 4–6 April and 1–5 May holiday, 9 May worked",
    ),
    "a run over two months": (
        basis("2012-09-28", 5, "wd"),
        [],
        "自9月28日起5个工作日；9月30日至10月7日放假，9月29日调休上班",
        "5 working days from 28 September; 30 September–7 October holiday, 29 September worked",
    ),
    "calendar days": (
        basis("2026-03-02", 7, "cd"),
        [],
        "自3月2日起7天",
        "7 calendar days from 2 March",
    ),
    "calendar days that end on a day off": (
        basis("2026-03-02", 60, "cd", "works"),
        [],
        "自3月2日起60天，按「works」期限；5月1日不上班，顺延至5月6日",
        "60 calendar days from 2 March, by profile works; 1 May is a day off, so 6 May",
    ),
    "every kind of move": (
        basis("2026-03-02", 15, "wd", "village"),
        [
            {"why": "extension", "to": "2026-04-03"},
            {"why": "suspension", "on": "2026-03-25", "until": "2026-03-27"},
            {"why": "escalation", "start": "2026-03-30", "days": 60, "unit": "cd"},
            {"why": "raise", "start": "2026-06-15", "days": 5, "unit": "wd"},
            {"why": "notice", "to": "2026-06-24"},
        ],
        "自3月2日起15个工作日，按「village」期限；延期至4月3日；3月25日至3月27日中止计时2个工作日，顺延至4月8日；"
        "3月30日上报，至少60天，至5月29日；6月15日提级，至少5个工作日，至6月23日；放假通知录入后改为6月24日",
        "15 working days from 2 March, by profile village; extended to 3 April; "
        "stood still from 25 March to 27 March for 2 working days, so 8 April; "
        "escalated on 30 March, at least 60 calendar days, so 29 May; "
        "raised on 15 June, at least 5 working days, so 23 June; moved to 24 June by a new calendar notice",
    ),
    "a year without a notice": (
        basis("2026-12-17", 15, "wd"),
        [],
        "自12月17日起15个工作日；2027年1月1日至3日放假；2027年的放假通知还没有录入，暂按周末推算",
        "15 working days from 17 December; 1–3 January 2027 holiday; "
        "no notice for 2027 yet, counted by weekends and statutory days (暂按周末推算)",
    ),
    "a move into a year without a notice": (
        basis("2026-11-02", 15, "wd"),
        [{"why": "extension", "to": "2027-01-08"}],
        "自11月2日起15个工作日；延期至2027年1月8日；2027年的放假通知还没有录入，暂按周末推算",
        "15 working days from 2 November; extended to 8 January 2027; "
        "no notice for 2027 yet, counted by weekends and statutory days (暂按周末推算)",
    ),
}


@pytest.mark.parametrize("what", SENTENCES)
def test_a_date_explains_itself_in_chinese(what: str) -> None:
    given, moves, chinese, _ = SENTENCES[what]
    assert explain(given, moves, CALENDAR, "zh") == chinese


@pytest.mark.parametrize("what", SENTENCES)
def test_a_date_explains_itself_in_english(what: str) -> None:
    given, moves, _, english = SENTENCES[what]
    assert explain(given, moves, CALENDAR, "en") == english


def test_a_profile_is_called_by_its_name_where_it_has_one() -> None:
    given = basis("2026-03-02", 1, "wd", "village")
    assert (
        explain(given, [], CALENDAR, "zh", {"village": "村级事项"})
        == "自3月2日起1个工作日，按「村级事项」期限"
    )


def test_the_moves_as_they_are_stored_are_explained_as_they_are() -> None:
    move = {"why": "raise", "start": "2026-04-07", "days": 5, "unit": "wd", "on": "2026-04-07"}
    stored = {**move, "from": "2026-03-23", "to": "2026-04-14"}
    sentence = explain(basis("2026-03-02", 15, "wd"), [stored], CALENDAR, "en")
    assert sentence.endswith("raised on 7 April, at least 5 working days, so 14 April")
