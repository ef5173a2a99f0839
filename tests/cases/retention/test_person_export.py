"""What is kept of a person is given out to that person, and nothing of anybody else."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from accounts.access.actor import SYSTEM
from accounts.history import RegisterEntry
from cases.configuration.case_rules import CountyRules
from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case
from cases.retention import find_person
from cases.retention.person_export import export_person
from cases.verification.verify import verify
from core.errors import Conflict, Invalid, NotFound
from core.persistence.db import Database
from tests.builders import at

NOW = at("2026-09-01")
PHONE, OTHER_PHONE = "13812344321", "13812344322"
HERS = ComplainantEntry(name="田大姐", phone=PHONE)
Act = Callable[..., None]
Make = Callable[..., Case]


@pytest.fixture
def give(town: Database, rules: CountyRules) -> Callable[..., str]:
    """Give out what is kept of somebody, as text."""

    def do(who: str, name: str | None = None, village: str | None = None) -> str:
        with town.transaction() as session:
            found = export_person(
                session, actor=SYSTEM, rules=rules, who=who, name=name, village=village, now=NOW
            )
        return json.dumps(found, ensure_ascii=False, default=str)

    return do


@pytest.fixture
def shared(a_case: Make, act: Act) -> Case:
    """Return a closed case of two people, with words of officials about it."""
    case = a_case(complainants=(HERS,), own_words="她的话", answers={"asks_for": "她要的"})
    his: dict[str, Any] = {"complainant": {"name": "向大哥", "phone": OTHER_PHONE}, "own_words": "他的话"}
    act("zuyuan", case.number, "join", "2026-03-02", **his)
    act("zuyuan", case.number, "note", "2026-03-02", text="内部的话")
    act("zuzhang", case.number, "assign", "2026-03-02", unit="committee-SL")
    report = {"number": "内部 1 号", "addressee": "乡里", "sent_on": date(2026, 3, 2)}
    act(
        "cunwei-sl",
        case.number,
        "escalate",
        "2026-03-02",
        unit="township-MA",
        reason="内部的理由",
        report=report,
    )
    return case


def test_a_person_gets_their_own_words_and_nothing_of_others_or_of_the_office(
    give: Callable[..., str], shared: Case
) -> None:
    told = give(PHONE)
    assert "她的话" in told
    assert PHONE in told
    assert shared.number in told
    for hidden in ("他的话", OTHER_PHONE, "向大哥", "内部", "她要的"):
        assert hidden not in told
    assert "他的话" in give("向大哥")


def test_alone_on_a_matter_one_gets_the_answers_to_its_questions_and_all_ones_matters(
    give: Callable[..., str], a_case: Make
) -> None:
    for words in ("她的话", "第二件"):
        a_case(complainants=(HERS,), own_words=words, answers={"asks_for": f"{words}要的"})
    case = a_case(complainants=(ComplainantEntry(name="田大姐", phone=OTHER_PHONE),), own_words="同名的话")
    told = give("138 1234 4321")
    assert [words in told for words in ("她的话要的", "第二件要的", "同名的话")] == [True, True, False]
    assert "同名的话" in give(case.number.lower())


def test_where_it_may_be_more_than_one_person_nothing_is_given_out(
    give: Callable[..., str], shared: Case, a_case: Make
) -> None:
    a_case(complainants=(ComplainantEntry(name="田大姐", phone=OTHER_PHONE),), own_words="同名的话")
    for who in ("田大姐", shared.number, OTHER_PHONE):
        with pytest.raises(Conflict) as refused:
            give(who)
        assert refused.value.code == "several_people"
        assert shared.number in refused.value.facts["cases"]
    assert "他的话" in give(OTHER_PHONE, "向大哥")
    with pytest.raises(NotFound):
        give("没有这个人")


def test_the_last_four_digits_of_a_telephone_find_whoever_has_it(
    give: Callable[..., str], shared: Case, a_case: Make
) -> None:
    assert "她的话" in give(PHONE[-4:])
    a_case(
        complainants=(ComplainantEntry(name="覃大姐", phone=f"1390000{PHONE[-4:]}"),), own_words="别人的话"
    )
    with pytest.raises(Conflict, match="several_people"):
        give(PHONE[-4:])
    assert "别人的话" not in give(PHONE[-4:], "田大姐")


def test_names_are_opened_in_one_village_where_there_are_too_many(
    give: Callable[..., str], shared: Case, a_case: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_case(village="YY", complainants=(ComplainantEntry(name="覃大姐"),), own_words="别村的话")
    monkeypatch.setattr(find_person, "MOST_OPENED", 2)
    with pytest.raises(Conflict) as refused:
        give("田大姐")
    assert (refused.value.code, refused.value.facts) == ("too_many_names", {"most": 2})
    assert "她的话" in give("田大姐", village="SL")
    assert "别村的话" in give("覃大姐", village="YY")
    with pytest.raises(NotFound):
        give("覃大姐", village="SL")
    with pytest.raises(Invalid):
        give("覃大姐", village="XX")


def test_whoever_gave_neither_name_nor_telephone_stands_alone(give: Callable[..., str], a_case: Make) -> None:
    nobody = ComplainantEntry()
    first, _second = (a_case(complainants=(nobody,), own_words=words) for words in ("一位的话", "另一位的话"))
    told = give(first.number)
    assert "一位的话" in told
    assert "另一位" not in told


def test_that_it_was_given_out_is_chained_without_a_name(
    give: Callable[..., str], town: Database, rules: CountyRules, shared: Case
) -> None:
    give(PHONE)
    with town.reading() as session:
        entry = session.scalars(select(RegisterEntry).where(RegisterEntry.subject_kind == "people")).one()
        assert entry.facts["cases"] == [shared.number]
        assert "田大姐" not in json.dumps(entry.facts, ensure_ascii=False)
        assert list(verify(session, rules=rules, now=NOW)) == []
