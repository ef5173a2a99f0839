"""Search: what was said, added and told is found through one index, on both databases alike."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from cases import public_actions
from cases.access import receipt_codes
from cases.configuration.case_rules import CountyRules
from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case, Complainant
from cases.persistence import search_index
from cases.verification.verify import verify
from cases.vocabulary import SearchedKind
from core.normalization import search_terms
from core.normalization.folding import fold
from core.persistence.db import Database
from tests.builders import at

Make = Callable[..., Case]
Act = Callable[..., None]


@dataclass
class Entered:
    """What the index holds of the one case there is; its words nobody changes without an entry."""

    town: Database
    case_id: int

    def say(self, words: str) -> None:
        """Have other words in the index."""
        with self.town.transaction() as session:
            texts = {SearchedKind.OWN_WORDS: [words]}
            search_index.replace(session.connection(), self.case_id, texts)


def found(town: Database, typed: str, *kinds: SearchedKind) -> list[int]:
    """Return the cases whose texts hold what was typed, oldest first; by default what villagers said."""
    with town.reading() as session:
        statement = search_index.matching_cases(typed, kinds or search_index.VILLAGERS_WORDS)
        return sorted(set(session.scalars(statement)))


@pytest.mark.parametrize(
    ("said", "typed", "expected"),
    [
        ("水管漏水三天了。", "漏水", True),
        ("水管漏水三天了。", "水三天", True),
        ("水管漏水三天了。", "漏", True),
        ("水管漏水三天了。", "了", True),
        ("水管漏水三天了。", "管水", False),
        ("水管漏水三天了。", "漏水 三天", True),
        ("水管漏水三天了。", "漏水，没修", False),
        ("申请低保，没有消息", "保没", False),
        ("申请低保，没有消息", "低保没", False),
        ("路灯坏了。灯杆歪了", "灯坏", True),
        ("WiFi 信号差", "wifi", True),
        ("WiFi 信号差", "ＷＩＦＩ", True),
        ("房子编号１２３", "123", True),
        ("𠮷家的井干了", "𠮷家", True),
        ("𠮷家的井干了", "𠮷", True),
        ("百分之5%的补贴", "%", False),
        ("补贴没有到账", "*", False),
        ("补贴没有到账", "补贴 OR 低保", False),
        ("补贴没有到账", '补贴"', True),
        ("补贴没有到账", "'补贴' & 到账:*", True),
        ("万家塝的路塌了", "萬家塝", True),
        ("萬家塝的路塌了", "万家塝", True),
        ("电话打不通", "電話", True),
        ("水\u200b管漏水", "水管", True),
        ("水管\u3000漏水", "管漏", False),
        ("漏水水管", "水管漏", False),
        ("头发", "发头", False),
    ],
)
def test_what_is_typed_finds_what_was_said(
    town: Database, a_case: Make, said: str, typed: str, expected: bool
) -> None:
    case = a_case(own_words=said)
    assert (case.id in found(town, typed)) is expected


WORDS = st.text(alphabet="水漏管低保發发a1，。 \n", min_size=1, max_size=12)


def plain_runs(said: str) -> list[str]:
    normal = unicodedata.normalize("NFKC", said).casefold().replace("發", "发")
    return "".join(one if one.isalnum() else " " for one in normal).split()


@given(said=WORDS.filter(str.strip), typed=WORDS)
@settings(max_examples=60)
def test_a_run_is_found_exactly_where_it_was_said(entered: Entered, said: str, typed: str) -> None:
    entered.say(said)
    wanted = plain_runs(typed)
    expected = bool(wanted) and all(any(run in one for one in plain_runs(said)) for run in wanted)
    assert bool(found(entered.town, typed)) is expected


@pytest.fixture
def entered(town: Database, a_case: Make) -> Entered:
    return Entered(town, a_case(own_words="什么都没有说").id)


def test_a_word_late_in_a_long_text_is_found_however_often_others_stand_before_it(
    town: Database, a_case: Make
) -> None:
    """PostgreSQL keeps no place beyond 16,383 and no more than 256 of a word."""
    case = a_case(own_words="水管漏水。" * 5_000 + "万家塝的闸门坏了")
    assert found(town, "家塝的闸门") == [case.id]
    assert found(town, "水管漏水万") == []


def test_no_more_of_a_text_is_searched_than_both_databases_take(entered: Entered) -> None:
    han = "".join(chr(0x4E00 + place % 20_000) + chr(0x4E00 + place // 7) for place in range(40_000))
    entered.say(han + "终点站")
    assert found(entered.town, han[:3]) == [entered.case_id]
    assert found(entered.town, "终点站") == []


def test_a_question_as_long_as_the_list_takes_is_answered(entered: Entered) -> None:
    han = "".join(chr(0x4E00 + place) for place in range(200))
    entered.say(f"{han}的事")
    assert found(entered.town, han) == [entered.case_id]
    assert found(entered.town, han[::-1]) == []
    assert found(entered.town, " ".join(han[:100])) == [entered.case_id]


def test_amended_words_are_found_and_the_old_ones_no_more(town: Database, a_case: Make, act: Act) -> None:
    case = a_case("assigned", own_words="水管漏水")
    act("zuzhang", case.number, "amend", "2026-03-04", field="own_words", value="路灯坏了", reason="听错了")
    assert (found(town, "漏水"), found(town, "路灯")) == ([], [case.id])


def test_what_a_further_complainant_said_is_found(town: Database, a_case: Make, act: Act) -> None:
    case = a_case("assigned", own_words="水管漏水")
    act("zuzhang", case.number, "join", "2026-03-04", complainant={"name": "覃某"}, own_words="水表也坏了")
    assert (found(town, "水表"), found(town, "漏水")) == ([case.id], [case.id])


def test_replies_are_found_apart_from_what_villagers_said(town: Database, a_case: Make, act: Act) -> None:
    case = a_case("assigned", own_words="水管漏水")
    with town.reading() as session:
        person = session.scalars(select(Complainant.id).where(Complainant.case_id == case.id)).one()
    told = {"complainant": person, "channel": "phone", "final": False}
    act("zuyuan", case.number, "reply", "2026-03-04", **told, text="已經去看過了")
    act("cunwei-sl", case.number, "reply", "2026-03-05", **told, text="配件还没有到")
    reply = SearchedKind.REPLY
    assert (found(town, "去看过"), found(town, "配件")) == ([], [])
    assert (found(town, "去看过", reply), found(town, "配件", reply)) == ([case.id], [case.id])


def test_words_that_a_villager_adds_are_found(town: Database, a_case: Make, rules: CountyRules) -> None:
    code = receipt_codes.new_code()
    case = a_case("assigned", complainants=(ComplainantEntry(name="田某", receipt_code=code),))
    with town.transaction() as session:
        text = "昨天又塌了一截涵洞"
        public_actions.add_words(session, rules=rules, code=code, text=text, now=at("2026-03-04"))
    assert found(town, "涵洞") == [case.id]
    assert found(town, "涵洞", SearchedKind.OWN_WORDS) == []


def test_texts_go_where_their_complainant_goes_and_come_back(
    town: Database, a_case: Make, act: Act, rules: CountyRules
) -> None:
    case, target = a_case(own_words="水管漏水"), a_case(own_words="路灯坏了")
    with town.reading() as session:
        person = session.scalars(select(Complainant.id).where(Complainant.case_id == case.id)).one()
    told = {"complainant": person, "channel": "phone", "final": False, "text": "配件还没有到"}
    act("zuyuan", case.number, "reply", "2026-03-02", **told)
    act("zuzhang", case.number, "merge", "2026-03-03", into=target.number, reason="同一件事")
    assert found(town, "漏水") == [case.id, target.id]
    assert found(town, "配件", SearchedKind.REPLY) == [target.id]
    act("lingdao", case.number, "unmerge", "2026-03-04", reason="不是一件事")
    assert (found(town, "漏水"), found(town, "配件", SearchedKind.REPLY)) == ([case.id], [case.id])
    with town.reading() as session:
        assert list(verify(session, rules=rules)) == []


def test_a_matter_of_several_people_is_found_once(town: Database, a_case: Make) -> None:
    two = (ComplainantEntry(name="田某"), ComplainantEntry(name="覃某"))
    case = a_case(own_words="桥塌了", complainants=two)
    assert found(town, "桥塌") == [case.id]


def test_what_is_rolled_back_is_not_in_the_index(town: Database, a_case: Make) -> None:
    case = a_case(own_words="井水发黄")
    with pytest.raises(RuntimeError, match="gives up"):
        change_and_give_up(town, case)
    assert (found(town, "改了"), found(town, "发黄")) == ([], [case.id])


def change_and_give_up(town: Database, case: Case) -> None:
    with town.transaction() as session:
        texts = {SearchedKind.OWN_WORDS: ["改了的话"]}
        search_index.replace(session.connection(), case.id, texts)
        raise RuntimeError("gives up")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM search_texts WHERE kind = 'reply'",
        "UPDATE search_texts SET searched = '别的话' WHERE kind = 'own_words'",
    ],
)
def test_a_row_that_is_missing_or_old_is_found_by_the_verification(
    town: Database, a_case: Make, rules: CountyRules, statement: str
) -> None:
    case = a_case("resolved")
    with town.transaction() as session:
        session.execute(text(statement))
    with town.reading() as session:
        assert {(one.rule, one.case) for one in verify(session, rules=rules)} == {("search", case.number)}


def test_a_search_walks_the_index_and_not_the_words(town: Database, a_case: Make) -> None:
    """With few rows PostgreSQL prefers other ways; what it can do it says when those are forbidden."""
    a_case(own_words="水管漏水")
    with town.reading() as session:
        asked = search_index.matching_cases("漏水")
        written = asked.compile(session.connection(), compile_kwargs={"literal_binds": True})
        if not town.is_sqlite:
            for way in ("enable_seqscan", "enable_indexscan", "enable_indexonlyscan"):
                session.execute(text(f"SET LOCAL {way} = off"))
        explain = "EXPLAIN QUERY PLAN" if town.is_sqlite else "EXPLAIN"
        plan = "\n".join(str(row) for row in session.connection().exec_driver_sql(f"{explain} {written}"))
    assert ("VIRTUAL TABLE INDEX" if town.is_sqlite else "Bitmap Index Scan on ix_search_terms") in plan


def test_each_text_of_a_case_is_folded_and_indexed_once_however_many_bear_it(
    town: Database, a_case: Make, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    folded: list[str] = []

    def counting(said: str) -> str:
        folded.append(said)
        return fold(said)

    case = a_case("assigned", own_words="水管漏水三天了。")
    monkeypatch.setattr(search_terms, "fold", counting)
    for name in ("田某", "覃某", "向某"):
        given = {"complainant": {"name": name}, "own_words": "我家也没有水。"}
        act("zuzhang", case.number, "join", "2026-03-04", **given)
    assert [said for said in folded if "水管" in said] == ["水管漏水三天了。"] * 3
    assert [said for said in folded if "我家" in said] == ["我家也没有水。"] * 3
    with town.reading() as session:
        kept = session.execute(text("SELECT searched FROM search_texts WHERE case_id = :id"), {"id": case.id})
        assert sorted(kept.scalars()) == ["我家也没有水 水管漏水三天了"]
