"""Merging and undoing it: no date grows longer by it, nobody is forgotten, and no case gets stuck."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from accounts.models import User
from cases import public_actions
from cases.access import receipt_codes
from cases.configuration.case_rules import CountyRules
from cases.deadlines import sweep
from cases.history.entries import Entry
from cases.intake import registration, submission
from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case, Clock, Complainant
from cases.queries.case_detail import case_view
from cases.verification.verify import verify
from core.errors import Invalid
from core.persistence.db import Database
from notifications.models import Notice
from tests import builders
from tests.builders import actor_named, at

Act = Callable[..., None]


def people(town: Database, case: Case) -> list[Complainant]:
    with town.reading() as session:
        found = select(Complainant).where(Complainant.case_id == case.id).order_by(Complainant.id)
        return list(session.scalars(found))


def clock_of(town: Database, case: Case, name: str) -> Clock:
    with town.reading() as session:
        return session.get_one(Clock, (case.id, name))


def test_a_merge_that_is_undone_leaves_the_reply_date_as_it_was(
    town: Database, a_case: Callable[..., Case], act: Act
) -> None:
    case, target = a_case(), a_case()
    act("zuzhang", case.number, "merge", "2026-03-10", into=target.number, reason="同一条渠")
    act("lingdao", case.number, "unmerge", "2026-03-16", reason="不是一条渠")
    assert [person.reply_due_on for person in people(town, case)] == [date(2026, 3, 17)]


def test_a_merge_that_is_undone_starts_the_reply_clock_of_who_was_answered_meanwhile(
    town: Database, a_case: Callable[..., Case], act: Act
) -> None:
    case, target = a_case(), a_case()
    act("zuzhang", case.number, "merge", "2026-03-10", into=target.number, reason="同一条渠")
    told = people(town, target)[0].id
    act(
        "zuzhang",
        target.number,
        "reply",
        "2026-03-11",
        complainant=told,
        channel="door",
        text="好",
        final=True,
    )
    act("lingdao", case.number, "unmerge", "2026-03-16", reason="不是一条渠")
    assert [person.reply_due_on for person in people(town, case)] == [date(2026, 3, 31)]


def test_a_merge_ends_a_suspension_so_that_undoing_it_gives_no_days_away(
    town: Database, a_case: Callable[..., Case], act: Act
) -> None:
    case, target = a_case("assigned", category="village_org"), a_case()
    act("xiangzhen", case.number, "suspend", "2026-03-04", until=date(2026, 5, 29), reason="等雨季过")
    act("zuzhang", case.number, "merge", "2026-03-05", into=target.number, reason="同一条渠")
    act("lingdao", case.number, "unmerge", "2026-03-06", reason="不是一条渠")
    # Due on 23 March; the clock stood still for one working day, from the 4th to the 5th.
    assert clock_of(town, case, "handling").due_on == date(2026, 3, 24)


def test_a_merge_takes_the_earlier_of_both_handling_dates_and_tells_the_owner(
    town: Database, a_case: Callable[..., Case], act: Act
) -> None:
    earlier = a_case("assigned", category="village_org")
    later = a_case("assigned", category="village_org", now=at("2026-03-12"))
    assert clock_of(town, earlier, "handling").due_on == date(2026, 3, 23)
    assert clock_of(town, later, "handling").due_on == date(2026, 4, 2)
    act("zuzhang", earlier.number, "merge", "2026-03-13", into=later.number, reason="同一笔账")
    clock = clock_of(town, later, "handling")
    assert (clock.due_on, [move["why"] for move in clock.moves]) == (date(2026, 3, 23), ["merge"])
    with town.reading() as session:
        facts = session.scalars(select(Entry.facts).where(Entry.action == "absorb")).one()
        assert facts["due_dates"] == {"handling": ["2026-04-02", "2026-03-23"]}
        told = select(User.username).join(Notice, Notice.user_id == User.id)
        told = told.where(Notice.kind == "date_earlier", Notice.subject == later.number)
        assert "cunwei-sl" in session.scalars(told).all()


def test_a_merge_leaves_a_date_that_is_the_earlier_one(
    town: Database, a_case: Callable[..., Case], act: Act
) -> None:
    earlier = a_case("assigned", category="village_org")
    later = a_case("assigned", category="village_org", now=at("2026-03-12"))
    act("zuzhang", later.number, "merge", "2026-03-13", into=earlier.number, reason="同一笔账")
    clock = clock_of(town, earlier, "handling")
    assert (clock.due_on, clock.moves) == (date(2026, 3, 23), [])


def test_a_merge_takes_the_earlier_date_of_triage(
    town: Database, a_case: Callable[..., Case], act: Act
) -> None:
    earlier, later = a_case(), a_case(now=at("2026-03-03"))
    act("zuzhang", earlier.number, "merge", "2026-03-04", into=later.number, reason="同一条渠")
    clock = clock_of(town, later, "triage")
    assert (clock.due_on, [move["why"] for move in clock.moves]) == (date(2026, 3, 5), ["merge"])


def test_a_matter_merged_into_one_that_nobody_has_sorted_keeps_its_handling_date(
    town: Database, a_case: Callable[..., Case], act: Act
) -> None:
    case, target = a_case("assigned", category="village_org"), a_case(now=at("2026-03-13"))
    act("zuzhang", case.number, "merge", "2026-03-13", into=target.number, reason="同一笔账")
    assert clock_of(town, target, "handling").due_on == date(2026, 3, 23)
    act("zuzhang", target.number, "assign", "2026-03-16", unit="committee-SL")
    clock = clock_of(town, target, "handling")
    assert (clock.running, clock.due_on) == (True, date(2026, 3, 23))


def test_a_case_of_the_second_rules_keeps_its_own_date_in_a_merge(
    town: Database, earlier_rules: CountyRules, a_case: Callable[..., Case], act: Act
) -> None:
    earlier = a_case("assigned", category="village_org")
    with town.transaction() as session:
        later = builders.a_case(
            session, earlier_rules, "assigned", category="village_org", now=at("2026-03-12")
        )
    act("zuzhang", earlier.number, "merge", "2026-03-13", into=later.number, reason="同一笔账")
    assert clock_of(town, later, "handling").due_on == date(2026, 4, 2)


def test_a_case_whose_last_visit_leaves_with_an_undone_merge_can_be_closed(
    town: Database, a_case: Callable[..., Case], act: Act
) -> None:
    case, target = a_case(), a_case()
    act("zuzhang", case.number, "merge", "2026-03-02", into=target.number, reason="同一条渠")
    act("zuzhang", target.number, "assign", "2026-03-02", unit="committee-SL")
    replies = [
        {"complainant": person.id, "channel": "door", "text": "修好了。"} for person in people(town, target)
    ]
    act("cunwei-sl", target.number, "resolve", "2026-03-03", outcome="solved", replies=replies)
    own = next(person.id for person in people(town, target) if person.origin_case_id == target.id)
    visit = {"complainant": own, "heard": True, "rating": "satisfied", "words": "好"}
    act("zuyuan", target.number, "confirm", "2026-03-04", **visit)
    act("lingdao", case.number, "unmerge", "2026-03-05", reason="不是一条渠")
    act("zuyuan", target.number, "confirm", "2026-03-06", **visit)
    with town.reading() as session:
        assert session.get_one(Case, target.id).state == "closed"


def test_imported_history_is_swept_once_a_live_case_is_merged_into_it(
    town: Database, rules: CountyRules, a_case: Callable[..., Case], act: Act
) -> None:
    live = a_case()
    with town.transaction() as session:
        target = registration.register(
            session,
            actor=actor_named(session, "zuzhang"),
            rules=rules,
            intake=submission.Intake(
                village="SL",
                category="village_org",
                kind="problem",
                own_words="水渠塌了。",
                client_ref="from-elsewhere",
                complainants=(ComplainantEntry(name="田某"),),
            ),
            now=at("2026-03-02"),
            imported=True,
        ).case
    act("zuzhang", live.number, "merge", "2026-03-05", into=target.number, reason="同一条渠")
    result = sweep.sweep(town, rules=rules, now=at("2026-03-06", 9))
    assert [(row["case"], row["clock"]) for row in result.fired] == [(target.number, "triage")]


def test_what_a_villager_added_stays_theirs_through_a_merge_and_its_undoing(
    town: Database, rules: CountyRules, a_case: Callable[..., Case], act: Act
) -> None:
    code = receipt_codes.new_code()
    case, target = a_case(complainants=(ComplainantEntry(name="田某", receipt_code=code),)), a_case()

    def say(text: str, day: str) -> list[str]:
        with town.transaction() as session:
            seen = public_actions.add_words(session, rules=rules, code=code, text=text, now=at(day))
            return [added.text for added in seen.added]

    assert say("并案以前说的", "2026-03-09") == ["并案以前说的"]
    act("zuzhang", case.number, "merge", "2026-03-10", into=target.number, reason="同一条渠")
    assert say("并案以后说的", "2026-03-11") == ["并案以前说的", "并案以后说的"]
    act("lingdao", case.number, "unmerge", "2026-03-16", reason="不是一条渠")
    assert say("分开以后说的", "2026-03-17") == ["并案以前说的", "并案以后说的", "分开以后说的"]


def test_whoever_must_answer_sees_what_a_villager_added_before_and_during_a_merge(
    town: Database, rules: CountyRules, a_case: Callable[..., Case], act: Act
) -> None:
    code = receipt_codes.new_code()
    case, target = a_case(complainants=(ComplainantEntry(name="田某", receipt_code=code),)), a_case()

    def say(text: str, day: str) -> None:
        with town.transaction() as session:
            public_actions.add_words(session, rules=rules, code=code, text=text, now=at(day))

    def seen(of: Case) -> list[tuple[str, str | None]]:
        with town.reading() as session:
            reader = actor_named(session, "zuzhang")
            view = case_view(session, actor=reader, rules=rules, number=of.number, now=at("2026-03-20"))
            return [(words["text"], words["case"]) for words in view["added_words"]]

    say("并案以前说的", "2026-03-09")
    act("zuzhang", case.number, "merge", "2026-03-10", into=target.number, reason="同一条渠")
    assert seen(target) == [("并案以前说的", case.number)]
    say("并案以后说的", "2026-03-11")
    assert seen(target) == [("并案以前说的", case.number), ("并案以后说的", None)]
    act("lingdao", case.number, "unmerge", "2026-03-16", reason="不是一条渠")
    assert seen(case) == [("并案以前说的", None), ("并案以后说的", target.number)]
    assert seen(target) == [("并案以后说的", None)]
    with town.reading() as session:
        assert list(verify(session, rules=rules)) == []


@pytest.mark.parametrize("about", [{"named_units": ("committee-SL",)}, {"named_users": ("cunwei-sl",)}])
def test_a_case_is_not_merged_into_one_that_whoever_it_is_about_may_read(
    town: Database, a_case: Callable[..., Case], act: Act, about: dict[str, tuple[str, ...]]
) -> None:
    case, target = a_case(**about), a_case("assigned")
    with pytest.raises(Invalid) as refused:
        act("zuzhang", case.number, "merge", "2026-03-03", into=target.number, reason="同一条渠")
    assert refused.value.errors == {"into": ["names_fewer"]}
    assert [person.case_id for person in people(town, case)] == [case.id]


def test_a_case_is_merged_into_one_that_names_the_same_and_more(
    town: Database, a_case: Callable[..., Case], act: Act
) -> None:
    case = a_case(named_units=("committee-SL",))
    target = a_case(named_units=("committee-SL",), named_users=("xiangzhen",))
    act("zuzhang", case.number, "merge", "2026-03-03", into=target.number, reason="同一件事")
    assert len(people(town, target)) == 2


def test_replies_and_visits_stay_with_their_complainant_under_the_number_they_were_given(
    town: Database, rules: CountyRules, a_case: Callable[..., Case], act: Act
) -> None:
    case, target = a_case(), a_case("assigned")
    act("zuzhang", case.number, "merge", "2026-03-03", into=target.number, reason="同一条渠")
    person = next(one for one in people(town, target) if one.origin_case_id == case.id)
    replies = [{"complainant": one.id, "channel": "door", "text": "修好了。"} for one in people(town, target)]
    act("cunwei-sl", target.number, "resolve", "2026-03-04", outcome="solved", replies=replies)
    visit = {"complainant": person.id, "heard": True, "rating": "fair", "words": "还行"}
    act("zuyuan", target.number, "confirm", "2026-03-05", **visit)
    act("lingdao", case.number, "unmerge", "2026-03-06", reason="不是一条渠")
    with town.reading() as session:
        actor = actor_named(session, "zuzhang")
        view = case_view(session, actor=actor, rules=rules, number=case.number, now=at("2026-03-06"))
        assert list(verify(session, rules=rules)) == []
    told = [(one["complainant"], one["text"], one["round"], one["case"]) for one in view["replies"]]
    assert told == [(person.id, "修好了。", 1, target.number)]
    heard = [(one["rating"], one["words"], one["case"]) for one in view["return_visits"]]
    assert heard == [("fair", "还行", target.number)]
