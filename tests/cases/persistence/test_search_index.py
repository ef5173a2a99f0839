"""Search: what villagers said is found through the index of pairs, on both databases alike."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case, Complainant
from cases.persistence import search_index
from core.persistence.db import Database

Make = Callable[..., Case]
Act = Callable[..., None]


@dataclass
class Entered:
    """What the index holds of the one villager there is."""

    town: Database
    person: int
    words: str

    def say(self, words: str) -> None:
        """Have other words in the index."""
        with self.town.transaction() as session:
            search_index.change(session.connection(), self.person, before=self.words, after=words)
        self.words = words


def found(town: Database, typed: str) -> list[int]:
    """Return the cases in which somebody said it, oldest first."""
    with town.reading() as session:
        statement = select(Complainant.case_id).where(search_index.contains(typed)).order_by(Complainant.id)
        return list(session.scalars(statement))


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
    ],
)
def test_what_is_typed_finds_what_was_said(
    town: Database, a_case: Make, said: str, typed: str, expected: bool
) -> None:
    case = a_case(own_words=said)
    assert (case.id in found(town, typed)) is expected


WORDS = st.text(alphabet="水漏管低保a1，。 \n", min_size=1, max_size=12)


def plain_runs(said: str) -> list[str]:
    normal = unicodedata.normalize("NFKC", said).casefold()
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
    """Return the entry of one villager; nobody changes the words without an entry in the history."""
    case = a_case(own_words="什么都没有说")
    with town.reading() as session:
        person = session.scalars(select(Complainant.id).where(Complainant.case_id == case.id)).one()
    return Entered(town, person, "什么都没有说")


def test_amended_words_are_found_and_the_old_ones_no_more(town: Database, a_case: Make, act: Act) -> None:
    case = a_case("assigned", own_words="水管漏水")
    act("zuzhang", case.number, "amend", "2026-03-04", field="own_words", value="路灯坏了", reason="听错了")
    assert (found(town, "漏水"), found(town, "路灯")) == ([], [case.id])


def test_what_a_further_complainant_said_is_found(town: Database, a_case: Make, act: Act) -> None:
    case = a_case("assigned", own_words="水管漏水")
    act("zuzhang", case.number, "join", "2026-03-04", complainant={"name": "覃某"}, own_words="水表也坏了")
    assert (found(town, "水表"), found(town, "漏水")) == ([case.id], [case.id])


def test_a_matter_of_several_people_is_found_by_each(town: Database, a_case: Make) -> None:
    case = a_case(
        own_words="桥塌了", complainants=(ComplainantEntry(name="田某"), ComplainantEntry(name="覃某"))
    )
    assert found(town, "桥塌") == [case.id, case.id]


def test_what_is_rolled_back_is_not_in_the_index(town: Database, a_case: Make) -> None:
    case = a_case(own_words="井水发黄")
    with pytest.raises(RuntimeError, match="gives up"):
        change_and_give_up(town, case)
    assert (found(town, "改了"), found(town, "发黄")) == ([], [case.id])


def change_and_give_up(town: Database, case: Case) -> None:
    with town.transaction() as session:
        person = session.scalars(select(Complainant.id).where(Complainant.case_id == case.id)).one()
        search_index.change(session.connection(), person, before="井水发黄", after="改了的话")
        raise RuntimeError("gives up")


def test_a_search_walks_the_index_and_not_the_words(town: Database, a_case: Make) -> None:
    """With few rows PostgreSQL prefers other ways; what it can do it says when those are forbidden."""
    a_case(own_words="水管漏水")
    with town.reading() as session:
        asked = select(Complainant.case_id).where(search_index.contains("漏水"))
        written = asked.compile(session.connection(), compile_kwargs={"literal_binds": True})
        if not town.is_sqlite:
            for way in ("enable_seqscan", "enable_indexscan", "enable_indexonlyscan"):
                session.execute(text(f"SET LOCAL {way} = off"))
        explain = "EXPLAIN QUERY PLAN" if town.is_sqlite else "EXPLAIN"
        plan = "\n".join(str(row) for row in session.connection().exec_driver_sql(f"{explain} {written}"))
    assert ("VIRTUAL TABLE INDEX" if town.is_sqlite else "Bitmap Index Scan on ix_complainant_words") in plan
