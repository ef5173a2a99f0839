"""Cases that are joined while somebody else works on them end alike for everybody, with history on both."""

from collections.abc import Callable
from functools import partial

from sqlalchemy import select
from werkzeug.test import TestResponse

from cases.history.entries import Entry
from cases.models.case import Case
from tests.faults.indoors import Indoors
from tests.faults.served_township import ServedTownship
from tests.races.crowd import answers_at_once

ROUNDS = 4
#: Crosswise merges may have to be told apart by the database, which takes its time.
CROSSES = 2


def registered(inside: Indoors, ref: str) -> str:
    answer = inside.register(ref)
    assert answer.json is not None
    return str(answer.json["number"])


def merging(inside: Indoors, number: str, into: str) -> Callable[[], TestResponse]:
    return partial(inside.act, "zuzhang", number, "merge", into=into, reason="同一件事")


def history(township: ServedTownship, number: str) -> list[str]:
    with township.db.reading() as session:
        found = select(Entry.action).join(Case, Case.id == Entry.case_id).where(Case.number == number)
        return list(session.scalars(found.order_by(Entry.seq)))


def test_a_merge_while_its_target_is_being_closed_leaves_both_consistent(
    township: ServedTownship, inside: Indoors
) -> None:
    for turn in range(ROUNDS):
        one, target = registered(inside, f"one-{turn}"), registered(inside, f"target-{turn}")
        close = partial(inside.act, "lingdao", target, "void", reason="登记错了")
        merged, closed = answers_at_once(merging(inside, one, target), close)
        assert closed.status_code in (200, 409)
        if merged.status_code == 200:
            assert history(township, one)[-1] == "merge"
            assert "absorb" in history(township, target)
        else:
            assert merged.status_code == 409
            assert (history(township, one), closed.status_code) == (["register"], 200)
    assert township.findings() == []


def test_two_cases_merged_into_each_other_end_as_one(township: ServedTownship, inside: Indoors) -> None:
    for turn in range(CROSSES):
        one, two = registered(inside, f"one-{turn}"), registered(inside, f"two-{turn}")
        answers = answers_at_once(merging(inside, one, two), merging(inside, two, one))
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        ends = sorted((history(township, number)[-1] for number in (one, two)), reverse=True)
        assert ends == ["merge", "absorb"]
    assert township.findings() == []
