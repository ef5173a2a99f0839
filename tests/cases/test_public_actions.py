"""What somebody does by a receipt code: how a rating counts, what can be reopened, and what is sent twice."""

from datetime import datetime

import pytest
from sqlalchemy import select

from cases import public_actions, public_status
from cases.access import receipt_codes
from cases.configuration.case_rules import CountyRules
from cases.lifecycle import take_step
from cases.lifecycle.action_values import ComplainantEntry
from cases.lifecycle.build_values import build_values
from cases.lifecycle.code_holders import add_holder
from cases.models.case import Case, Complainant
from cases.models.correspondence import ReturnVisit
from cases.models.receipt_codes import SelfRating
from cases.public_actions import SELF, VISIT, PublicRating
from cases.public_status import PublicCase
from cases.verification.verify import verify
from core.errors import Conflict
from core.persistence.db import Database
from reports.counting import count, scope_of
from reports.rate_definitions import BY_CODE
from tests.builders import a_case as build_case
from tests.builders import actor_named, at, fields_of

LATER = at("2026-03-05")


class Villager:
    """Somebody with a code and a case in some state."""

    def __init__(self, town: Database, rules: CountyRules) -> None:
        self.town, self.rules, self.code = town, rules, receipt_codes.new_code()

    def raise_matter(self, state: str, *, others: int = 0, **fields: object) -> Case:
        people = (
            ComplainantEntry(name="田某", receipt_code=self.code),
            *[ComplainantEntry(name="覃某")] * others,
        )
        with self.town.transaction() as session:
            self.case = build_case(session, self.rules, state, complainants=people, **fields)  # type: ignore[arg-type]
        return self.case

    def act(self, who: str, action: str, now: datetime = LATER, **values: object) -> dict[int, str]:
        with self.town.transaction() as session:
            given = {**fields_of(session, self.case, action), **values}
            result = take_step.take_step(
                session,
                actor=actor_named(session, who),
                rules=self.rules,
                number=self.case.number,
                action=action,
                values=build_values(action, given),
                now=now,
            )
            return dict(result.codes)

    def type_code(self, who: str) -> None:
        with self.town.transaction() as session:
            holder = public_status.find_complainant(session, rules=self.rules, code=self.code)
            add_holder(session, holder, actor_named(session, who).unit_id)

    def rate(
        self, rating: str, words: str = "", now: datetime = LATER, round_no: int | None = None
    ) -> PublicRating:
        with self.town.transaction() as session:
            return public_actions.rate(
                session,
                rules=self.rules,
                code=self.code,
                rating=rating,
                words=words,
                now=now,
                round_no=round_no,
            )

    def reopen(
        self, words: str = "水又断了", now: datetime = LATER, round_no: int | None = None
    ) -> PublicCase:
        with self.town.transaction() as session:
            return public_actions.reopen(
                session, rules=self.rules, code=self.code, words=words, now=now, round_no=round_no
            )

    def look(self, now: datetime = LATER) -> PublicCase:
        with self.town.reading() as session:
            return public_status.find_public_case(session, rules=self.rules, code=self.code, now=now)

    def faults(self) -> list[object]:
        with self.town.reading() as session:
            return list(verify(session, rules=self.rules))


@pytest.fixture
def villager(town: Database, rules: CountyRules) -> Villager:
    return Villager(town, rules)


@pytest.mark.parametrize("rating", ["satisfied", "fair"])
def test_a_good_rating_by_a_code_that_the_handling_unit_never_had_is_a_return_visit(
    villager: Villager, rating: str
) -> None:
    villager.raise_matter("resolved")
    rated = villager.rate(rating)
    assert (rated.counted, rated.matter.state, rated.matter.rating) == (VISIT, "closed", rating)
    assert not rated.matter.self_rated


def test_a_good_rating_by_a_code_that_the_handling_unit_was_shown_is_kept_beside_the_case(
    villager: Villager,
) -> None:
    villager.raise_matter("resolved", recorded_by="cunwei-sl")
    rated = villager.rate("satisfied", "修好了")
    assert (rated.counted, rated.matter.state) == (SELF, "resolved")
    assert (rated.matter.rating, rated.matter.self_rated, rated.matter.may_rate) == ("satisfied", True, False)
    with villager.town.reading() as session:
        assert session.scalars(select(ReturnVisit)).all() == []
        assert [one.words for one in session.scalars(select(SelfRating))] == ["修好了"]
        person = session.scalars(select(Complainant)).one()
        assert (person.rating, person.visited_round) == (None, None)
    assert villager.faults() == []


def test_a_rating_that_counts_for_nothing_is_in_no_rate_and_the_visit_of_another_closes_the_case(
    villager: Villager,
) -> None:
    def satisfied() -> tuple[int, int]:
        with villager.town.reading() as session:
            scope = scope_of(
                session,
                actor=actor_named(session, "lingdao"),
                rules=villager.rules,
                area=None,
                start=None,
                end=None,
                now=LATER,
            )
            figure = count(session, [BY_CODE["satisfied"]], scope)["satisfied"]
            return figure.numerator, figure.denominator

    villager.raise_matter("resolved", recorded_by="cunwei-sl")
    villager.rate("fair")
    assert satisfied() == (0, 0)
    villager.act("zuyuan", "confirm")
    assert satisfied() == (1, 1)
    shown = villager.look()
    assert (shown.state, shown.rating, shown.self_rated) == ("closed", "satisfied", False)
    assert villager.faults() == []


def test_a_code_that_somebody_of_the_handling_unit_typed_is_in_its_hands(villager: Villager) -> None:
    villager.raise_matter("resolved")
    villager.type_code("xiangzhen")
    villager.type_code("zuzhang")
    villager.type_code("cunwei-sl")
    villager.type_code("cunwei-sl")
    assert villager.rate("satisfied").counted == SELF


def test_a_code_typed_by_a_unit_that_never_handled_the_matter_counts_as_before(villager: Villager) -> None:
    villager.raise_matter("resolved")
    for who in ("xiangzhen", "zuzhang", "cunwei-yy"):
        villager.type_code(who)
    assert villager.rate("satisfied").counted == VISIT


def test_a_unit_that_had_the_matter_earlier_in_the_round_handled_it(villager: Villager) -> None:
    villager.raise_matter("escalated", recorded_by="cunwei-sl")
    villager.act("xiangzhen", "resolve", at("2026-03-03"))
    assert villager.rate("satisfied").counted == SELF


def test_a_new_slip_of_the_team_takes_the_code_out_of_the_hands_of_the_unit(villager: Villager) -> None:
    villager.raise_matter("resolved", recorded_by="cunwei-sl")
    with villager.town.reading() as session:
        person = session.scalars(select(Complainant.id)).one()
    villager.code = villager.act("zuyuan", "reissue_receipt", complainant=person)[person]
    assert villager.rate("satisfied").counted == VISIT


def test_at_the_door_the_unit_that_answered_handled_it(villager: Villager) -> None:
    villager.raise_matter("received")
    with villager.town.reading() as session:
        replies = fields_of(session, villager.case, "resolve")["replies"]
    villager.act("zuyuan", "answer", outcome="explained", replies=replies)
    assert villager.rate("satisfied").counted == SELF


def test_whoever_joins_is_known_to_the_unit_that_wrote_them_down(villager: Villager) -> None:
    villager.raise_matter("assigned")
    codes = villager.act("cunwei-sl", "join", complainant={"name": "向某"}, own_words="我家也是")
    first, villager.code = villager.code, *codes.values()
    villager.act("cunwei-sl", "resolve")
    assert villager.rate("satisfied").counted == SELF
    villager.code = first
    assert villager.rate("satisfied").counted == VISIT
    assert villager.look().state == "resolved"


@pytest.mark.parametrize("first", [None, "satisfied"])
def test_a_dissatisfied_word_counts_always(villager: Villager, first: str | None) -> None:
    villager.raise_matter("resolved", recorded_by="cunwei-sl")
    if first is not None:
        villager.rate(first)
    rated = villager.rate("dissatisfied", "还是漏")
    assert (rated.counted, rated.matter.state, rated.matter.round) == (VISIT, "received", 2)
    with villager.town.reading() as session:
        assert session.scalars(select(Complainant.rating)).one() == "dissatisfied"
    assert villager.faults() == []


def test_in_the_next_round_a_good_rating_can_be_given_again(villager: Villager) -> None:
    villager.raise_matter("resolved", recorded_by="cunwei-sl")
    villager.rate("satisfied")
    villager.reopen("没修好")
    for who, action in (("zuzhang", "assign"), ("cunwei-sl", "accept"), ("cunwei-sl", "resolve")):
        villager.act(who, action)
    rated = villager.rate("fair")
    assert (rated.counted, rated.matter.round, rated.matter.rating) == (SELF, 2, "fair")
    assert villager.faults() == []


@pytest.mark.parametrize("state", ["closed", "rejected", "withdrawn"])
def test_a_matter_that_has_ended_is_taken_up_again_by_the_code(villager: Villager, state: str) -> None:
    villager.raise_matter(state)
    shown = villager.look()
    assert (shown.may_rate, shown.may_reopen) == (False, True)
    assert shown.reopen_until == at("2026-05-31").date()
    matter = villager.reopen("水又断了", at("2026-05-31"))
    assert (matter.state, matter.may_reopen, matter.reopen_until) == ("received", False, None)
    assert (matter.happened[-1].action, matter.happened[-1].words) == ("reopen", "水又断了")
    assert villager.faults() == []


@pytest.mark.parametrize("state", ["closed", "rejected", "withdrawn"])
def test_after_ninety_days_it_stays_as_it_is(villager: Villager, state: str) -> None:
    villager.raise_matter(state)
    assert not villager.look(at("2026-06-01")).may_reopen
    with pytest.raises(Conflict) as refused:
        villager.reopen(now=at("2026-06-01"))
    assert refused.value.facts["reasons"] == ["reopen_window_over"]


@pytest.mark.parametrize("state", ["received", "assigned", "escalated", "void"])
def test_what_is_still_open_or_was_never_a_matter_is_not_reopened(villager: Villager, state: str) -> None:
    villager.raise_matter(state)
    assert not villager.look().may_reopen
    with pytest.raises(Conflict):
        villager.reopen()


@pytest.mark.parametrize(
    ("rating", "recorded_by"),
    [("satisfied", "zuyuan"), ("fair", "cunwei-sl"), ("dissatisfied", "zuyuan")],
)
def test_a_rating_sent_twice_is_kept_once_and_answered_with_what_the_first_one_did(
    villager: Villager, rating: str, recorded_by: str
) -> None:
    villager.raise_matter("resolved", recorded_by=recorded_by)
    first = villager.rate(rating, "就这样", round_no=1)
    assert villager.rate(rating, "就这样", round_no=1) == first
    assert villager.rate(rating, "就这样") == first
    with villager.town.reading() as session:
        kept = [*session.scalars(select(ReturnVisit)), *session.scalars(select(SelfRating))]
    assert len(kept) == 1
    with pytest.raises(Conflict):
        villager.rate("fair" if rating != "fair" else "satisfied", "别的")


def test_a_page_loaded_again_after_the_next_answer_does_not_rate_that_one(villager: Villager) -> None:
    villager.raise_matter("resolved")
    villager.rate("dissatisfied", "没修好", round_no=1)
    for who, action in (("zuzhang", "assign"), ("cunwei-sl", "accept"), ("cunwei-sl", "resolve")):
        villager.act(who, action)
    assert villager.rate("dissatisfied", "没修好", round_no=1).matter.may_rate
    assert villager.rate("dissatisfied", "没修好", round_no=2).matter.round == 3


@pytest.mark.parametrize("state", ["closed", "rejected", "withdrawn", "resolved"])
def test_a_demand_sent_twice_is_taken_up_once(villager: Villager, state: str) -> None:
    villager.raise_matter(state)
    first = villager.reopen(round_no=1)
    assert villager.reopen(round_no=1) == first
    assert villager.reopen() == first
    with pytest.raises(Conflict):
        villager.reopen("别的话")


def test_a_demand_of_long_ago_is_not_taken_for_one_of_today(villager: Villager) -> None:
    villager.raise_matter("closed")
    villager.reopen("不认", round_no=1)
    for who, action in (("zuzhang", "assign"), ("cunwei-sl", "resolve"), ("zuyuan", "confirm")):
        villager.act(who, action)
    assert villager.reopen("不认").state == "received"


def test_after_a_second_rejection_nobody_reopens_by_code(villager: Villager) -> None:
    villager.raise_matter("rejected")
    assert villager.look().may_reopen
    villager.reopen("不认", round_no=1)
    for who, action in (("zuzhang", "request_reject"), ("lingdao", "reject")):
        villager.act(who, action)
    assert (villager.look().may_reopen, villager.look().appeal_only) == (False, True)
    with pytest.raises(Conflict) as refused:
        villager.reopen("还是不认", round_no=2)
    assert refused.value.facts["reasons"] == ["appeal_only"]
    villager.act("lingdao", "reopen", reason="再看一看")
    assert villager.look().state == "received"


def test_after_a_close_upon_review_nobody_reopens_by_code(villager: Villager) -> None:
    villager.raise_matter("assigned")
    villager.act("cunwei-sl", "resolve", outcome="explained")
    villager.rate("dissatisfied", "不行", round_no=1)
    villager.act("zuzhang", "assign")
    villager.act("cunwei-sl", "resolve", outcome="explained")
    villager.act("lingdao", "close_reviewed", reason="讲过两次了")
    assert (villager.look().may_reopen, villager.look().appeal_only) == (False, True)
    with pytest.raises(Conflict):
        villager.reopen("还是不行", round_no=2)


def test_words_sent_twice_are_added_once(villager: Villager) -> None:
    villager.raise_matter("assigned")
    for _ in range(2):
        with villager.town.transaction() as session:
            matter = public_actions.add_words(
                session, rules=villager.rules, code=villager.code, text="桥也坏了", now=LATER
            )
    assert [one.text for one in matter.added] == ["桥也坏了"]


def test_the_words_of_a_demand_are_for_whoever_wrote_them_and_for_the_office(villager: Villager) -> None:
    villager.raise_matter("rejected", others=1)
    villager.reopen("我家的事没有讲明")
    with villager.town.reading() as session:
        other = session.scalars(select(Complainant.id).order_by(Complainant.id.desc()).limit(1)).one()
    villager.code = villager.act("zuyuan", "reissue_receipt", complainant=other)[other]
    seen = [event for event in villager.look().happened if event.action == "reopen"]
    assert [event.words for event in seen] == [None]
    assert villager.faults() == []


def test_a_reply_that_came_late_says_by_how_many_days(villager: Villager) -> None:
    villager.raise_matter("assigned")
    with villager.town.reading() as session:
        said = {**fields_of(session, villager.case, "resolve")["replies"][0], "final": False}
    villager.act("zuyuan", "reply", at("2026-03-17"), **said)
    villager.act("cunwei-sl", "resolve", at("2026-04-11"))
    assert [(one.final, one.late_days) for one in villager.look(at("2026-04-12")).replies] == [
        (True, 10),
        (False, 0),
    ]
    assert villager.faults() == []
