"""What the holder of a code is told of days that have passed, and of what happened on other cases."""

from datetime import date

import pytest
from sqlalchemy import select

from cases import public_status
from cases.access import receipt_codes
from cases.configuration import calendar
from cases.configuration.case_rules import CountyRules
from cases.deadlines import calendar_change, sweep
from cases.deadlines.notice_days import NoticeDay
from cases.lifecycle import take_step
from cases.lifecycle.action_values import ComplainantEntry
from cases.lifecycle.build_values import build_values
from cases.models.case import Case, Complainant
from cases.models.correspondence import Reply
from cases.public_status import PublicCase
from core.persistence.db import Database
from tests.api.test_application_statements import counted
from tests.builders import a_case as build_case
from tests.builders import actor_named, at, fields_of

#: A matter of this day and category is to be handled by 10-28; what the sweep of 11-11 raises, by 11-18.
BEGUN, DUE, RAISED, RAISED_TO = "2026-10-08", date(2026, 10, 28), "2026-11-11", date(2026, 11, 18)
#: Actions whose fields the builders fill in.
FILLED = {"assign", "escalate", "resolve", "withdraw"}
FIELDS = {"category": "village_org"}
REPORT = {"number": "1 号", "addressee": "马鞍乡人民政府", "sent_on": date(2026, 11, 2)}


class Village:
    """Matters with codes, in a village."""

    def __init__(self, town: Database, rules: CountyRules) -> None:
        self.town, self.rules = town, rules

    def matter(self, state: str, day: str, **fields: object) -> tuple[Case, str]:
        code = receipt_codes.new_code()
        people = (ComplainantEntry(name="田某", receipt_code=code),)
        with self.town.transaction() as session:
            case = build_case(session, self.rules, state, complainants=people, now=at(day), **fields)  # type: ignore[arg-type]
        return case, code

    def act(self, who: str, action: str, day: str, case: Case, **values: object) -> dict[int, str]:
        with self.town.transaction() as session:
            given = {**(fields_of(session, case, action) if action in FILLED else {}), **values}
            result = take_step.take_step(
                session,
                actor=actor_named(session, who),
                rules=self.rules,
                number=case.number,
                action=action,
                values=build_values(action, given),
                now=at(day),
            )
            return dict(result.codes)

    def replies(self, case: Case) -> list[dict[str, object]]:
        with self.town.reading() as session:
            of_case = select(Complainant.id).where(Complainant.case_id == case.id)
            people = session.scalars(of_case.order_by(Complainant.id))
            return [{"complainant": one, "channel": "door", "text": "讲明了。"} for one in people]

    def join(self, case: Case, day: str) -> str:
        entry = {"complainant": {"name": "覃某"}, "own_words": "我家田也干了。"}
        return next(iter(self.act("zuyuan", "join", day, case, **entry).values()))

    def sweep(self, *days: str) -> None:
        for day in days:
            sweep.sweep(self.town, rules=self.rules, now=at(day, 9))

    def look(self, code: str, day: str) -> PublicCase:
        with self.town.reading() as session:
            return public_status.find_public_case(session, rules=self.rules, code=code, now=at(day))

    def happened(self, code: str, day: str) -> list[tuple[str, str]]:
        return [(one.action, one.on.isoformat()) for one in self.look(code, day).happened]


@pytest.fixture
def village(town: Database, rules: CountyRules) -> Village:
    return Village(town, rules)


def late(matter: PublicCase) -> tuple[date | None, int, date | None]:
    return matter.handling_missed_on, matter.handling_late_days, matter.handling_due_on


def test_what_is_granted_after_a_date_has_passed_does_not_silence_that_it_has(village: Village) -> None:
    case, code = village.matter("assigned", BEGUN, **FIELDS)
    assert late(village.look(code, "2026-10-28")) == (None, 0, DUE)
    assert late(village.look(code, "2026-10-29")) == (DUE, 1, DUE)
    village.sweep(RAISED)
    assert late(village.look(code, "2026-11-17")) == (DUE, 20, RAISED_TO)
    assert late(village.look(code, "2026-11-19")) == (DUE, 22, RAISED_TO)
    people = village.replies(case)
    village.act("xiangzhen", "resolve", "2026-11-20", case, outcome="solved", replies=people)
    assert late(village.look(code, "2026-11-20")) == (DUE, 23, None)
    assert late(village.look(code, "2026-12-10")) == (DUE, 23, None)


def test_an_escalation_after_the_date_has_passed_does_not_silence_it_either(village: Village) -> None:
    case, code = village.matter("assigned", BEGUN, **FIELDS)
    village.act("cunwei-sl", "escalate", "2026-11-02", case, report=REPORT)
    matter = village.look(code, "2026-11-03")
    assert matter.handling_due_on is not None
    assert matter.handling_due_on > date(2026, 12, 30)
    assert (matter.handling_missed_on, matter.handling_late_days) == (DUE, 6)


def test_a_date_that_moved_before_it_passed_was_not_missed(village: Village) -> None:
    case, code = village.matter("assigned", BEGUN, **FIELDS)
    later = date(2026, 11, 4)
    village.act("xiangzhen", "extend", "2026-10-20", case, due_on=later, reason="等材料")
    assert late(village.look(code, "2026-11-04")) == (None, 0, later)
    village.act("xiangzhen", "suspend", "2026-11-02", case, until=date(2026, 11, 9), reason="下大雨")
    matter = village.look(code, "2026-11-10")
    assert (matter.handling_missed_on, matter.handling_late_days) == (None, 0)
    assert matter.handling_due_on is not None
    assert matter.handling_due_on > later


def test_a_notice_of_the_calendar_does_not_silence_a_date_that_has_passed(
    village: Village, town: Database, rules: CountyRules
) -> None:
    _, code = village.matter("assigned", BEGUN, **FIELDS)
    with town.transaction() as session:
        days = [NoticeDay(day, working, name) for day, working, name in calendar.named_days(session, 2026)]
        off = [NoticeDay(date(2026, 10, day), False, "放假") for day in (26, 27, 28)]
        calendar_change.enter_notice(
            session,
            actor=actor_named(session, "guanli"),
            rules=rules,
            year=2026,
            days=[*days, *off],
            notice="补发",
            now=at("2026-10-30"),
        )
    assert late(village.look(code, "2026-10-30")) == (DUE, 2, date(2026, 11, 2))
    assert late(village.look(code, "2026-11-03")) == (DUE, 6, date(2026, 11, 2))


def test_a_new_round_begins_without_the_lateness_of_the_one_before_and_a_withdrawal_keeps_it(
    village: Village,
) -> None:
    case, code = village.matter("assigned", BEGUN, **FIELDS)
    village.sweep(RAISED)
    village.act("zuzhang", "withdraw", "2026-11-12", case)
    assert late(village.look(code, "2026-11-20")) == (DUE, 15, None)
    village.act("zuyuan", "reopen", "2026-11-16", case, reason="又要反映")
    withdrawn = village.look(code, "2026-11-17")
    assert late(withdrawn) == (DUE, 20, RAISED_TO)
    assert not withdrawn.reopened
    village.act("zuzhang", "assign", "2026-11-17", case)
    village.act("cunwei-sl", "resolve", "2026-11-18", case)
    village.act("zuyuan", "reopen", "2026-11-19", case, reason="没修好")
    again = village.look(code, "2026-11-20")
    assert (late(again), again.reopened) == ((None, 0, None), True)


def test_a_correction_that_moves_the_date_is_told_and_another_one_is_not(village: Village) -> None:
    case, code = village.matter("assigned", BEGUN, **FIELDS)
    village.act("zuzhang", "amend", "2026-10-09", case, field="own_words", value="水渠塌了。", reason="笔误")
    assert "amend" not in [action for action, _ in village.happened(code, "2026-10-09")]
    village.act("zuzhang", "amend", "2026-10-09", case, field="urgency", value="urgent", reason="断水了")
    told = village.look(code, "2026-10-09")
    moved = [one for one in told.happened if one.action == "amend"]
    assert [one.due_on for one in moved] == [told.handling_due_on]
    assert moved[0].days is not None
    assert moved[0].days < 0


def test_the_day_for_which_a_matter_was_promised_is_told_and_by_how_much_it_has_passed(
    village: Village,
) -> None:
    case, code = village.matter("assigned", BEGUN, **FIELDS)
    promised, people = date(2026, 12, 1), village.replies(case)
    village.act("cunwei-sl", "resolve", BEGUN, case, outcome="planned", promised_on=promised, replies=people)
    for day, days in (("2026-10-09", 0), ("2026-12-01", 0), ("2026-12-15", 14)):
        matter = village.look(code, day)
        assert (matter.promised_on, matter.promised_late_days) == (promised, days)
    village.act("zuyuan", "reopen", "2026-12-16", case, reason="没修好")
    again = village.look(code, "2026-12-16")
    assert (again.promised_on, again.promised_late_days) == (None, 0)
    assert [one.promised_on for one in again.happened if one.action == "resolve"] == [promised]


def reopened(village: Village) -> tuple[Case, str]:
    """Return a matter in its second round, with the code of whoever raised it."""
    case, code = village.matter("resolved", "2026-03-02")
    village.act("zuyuan", "reopen", "2026-03-03", case, reason="没修好")
    return case, code


OWN = [("register", "2026-03-02"), ("assign", "2026-03-02")]


def test_who_is_merged_into_a_case_sees_what_happened_to_them_and_nothing_from_before(
    village: Village,
) -> None:
    target, first = reopened(village)
    case, code = village.matter("assigned", "2026-03-02")
    village.act("zuzhang", "merge", "2026-03-04", case, into=target.number, reason="同一条渠")
    village.act("zuzhang", "assign", "2026-03-05", target)
    assert village.happened(code, "2026-03-05") == [
        *OWN,
        ("absorb", "2026-03-04"),
        ("assign", "2026-03-05"),
    ]
    matter = village.look(code, "2026-03-05")
    assert (matter.reopened, matter.round) == (False, 2)
    assert village.look(first, "2026-03-05").reopened
    actions = [action for action, _ in village.happened(first, "2026-03-05")]
    assert actions[:4] == ["register", "assign", "resolve", "reopen"]


def test_who_goes_back_to_their_own_case_takes_along_what_happened_meanwhile(village: Village) -> None:
    target, first = village.matter("assigned", "2026-03-02")
    case, code = village.matter("assigned", "2026-03-02")
    village.act("zuzhang", "merge", "2026-03-04", case, into=target.number, reason="同一条渠")
    village.act("xiangzhen", "reassign", "2026-03-05", target, unit="county-water", reason="换一家")
    village.act("lingdao", "unmerge", "2026-03-06", case, reason="不是一件事")
    village.act("xiangzhen", "reassign", "2026-03-09", target, unit="committee-SL", reason="换回来")
    village.act("zuzhang", "assign", "2026-03-10", case)
    assert village.happened(code, "2026-03-10") == [
        *OWN,
        ("absorb", "2026-03-04"),
        ("reassign", "2026-03-05"),
        ("unmerge", "2026-03-06"),
        ("assign", "2026-03-10"),
    ]
    assert [action for action, _ in village.happened(first, "2026-03-10")] == [
        "register",
        "assign",
        "reassign",
        "reassign",
    ]


def test_who_was_merged_twice_sees_all_of_their_own_way(village: Village) -> None:
    last, _ = reopened(village)
    other, _ = village.matter("assigned", "2026-03-02")
    case, code = village.matter("received", "2026-03-02")
    village.act("zuzhang", "merge", "2026-03-04", case, into=other.number, reason="同一条渠")
    village.act("lingdao", "unmerge", "2026-03-05", case, reason="不是一件事")
    village.act("zuzhang", "merge", "2026-03-06", case, into=last.number, reason="同一条渠")
    village.act("xiangzhen", "reassign", "2026-03-06", other, unit="county-water", reason="换一家")
    village.act("zuzhang", "assign", "2026-03-09", last)
    assert village.happened(code, "2026-03-09") == [
        ("register", "2026-03-02"),
        ("absorb", "2026-03-04"),
        ("unmerge", "2026-03-05"),
        ("absorb", "2026-03-06"),
        ("assign", "2026-03-09"),
    ]


def test_who_joins_sees_nothing_from_before_they_came(village: Village) -> None:
    case, _ = reopened(village)
    village.act("zuzhang", "assign", "2026-03-04", case)
    code = village.join(case, "2026-03-05")
    assert village.happened(code, "2026-03-05") == [("join", "2026-03-05")]
    assert not village.look(code, "2026-03-05").reopened


def test_a_date_that_passed_before_somebody_came_was_never_said_to_them(village: Village) -> None:
    case, first = village.matter("assigned", BEGUN, **FIELDS)
    village.sweep(RAISED)
    code = village.join(case, "2026-11-12")
    assert late(village.look(code, "2026-11-17")) == (None, 0, RAISED_TO)
    assert late(village.look(first, "2026-11-17")) == (DUE, 20, RAISED_TO)


def test_a_date_that_passed_on_the_case_somebody_came_from_is_told_on_the_other(village: Village) -> None:
    target, first = village.matter("assigned", "2026-10-09")
    case, code = village.matter("assigned", BEGUN, **FIELDS)
    village.act("zuzhang", "merge", "2026-10-30", case, into=target.number, reason="同一条渠")
    village.act("cunwei-sl", "escalate", "2026-11-02", target, report=REPORT)
    for one in (code, first):
        matter = village.look(one, "2026-11-03")
        assert (matter.handling_missed_on, matter.handling_late_days) == (DUE, 6)
        assert [event.due_on for event in matter.happened if event.action == "absorb"] == [DUE]


def test_the_matter_of_a_code_costs_the_same_however_often_it_was_merged(
    village: Village, town: Database
) -> None:
    target, code = village.matter("assigned", "2026-03-02")

    def cost() -> int:
        village.look(code, "2026-03-09")
        with counted(town) as seen:
            village.look(code, "2026-03-09")
        return len(seen)

    before = cost()
    for _ in range(3):
        case, code = village.matter("assigned", "2026-03-02")
        village.act("zuzhang", "merge", "2026-03-04", case, into=target.number, reason="同一条渠")
        village.act("lingdao", "unmerge", "2026-03-05", case, reason="不是一件事")
        village.act("zuzhang", "merge", "2026-03-06", case, into=target.number, reason="同一条渠")
        assert cost() == before


def test_replies_go_where_the_complainant_goes(village: Village, town: Database) -> None:
    target, _ = village.matter("assigned", "2026-03-02")
    case, code = village.matter("assigned", "2026-03-02")
    with town.reading() as session:
        person = session.scalars(select(Complainant.id).where(Complainant.case_id == case.id)).one()
    said = {"complainant": person, "channel": "phone", "text": "下周来看。", "final": False}
    village.act("cunwei-sl", "reply", "2026-03-03", case, **said)
    village.act("zuzhang", "merge", "2026-03-04", case, into=target.number, reason="同一条渠")
    assert [one.text for one in village.look(code, "2026-03-04").replies] == ["下周来看。"]
    with town.reading() as session:
        assert session.scalars(select(Reply.case_id)).all() == [case.id]


def test_where_the_unit_that_owes_the_reply_handles_the_matter_a_team_gives_the_new_slip(
    village: Village, town: Database, rules: CountyRules
) -> None:
    case, code = village.matter("received", BEGUN, **FIELDS)
    village.act("zuzhang", "assign", BEGUN, case, unit="team")
    for day in (RAISED, "2026-12-10"):
        sweep.sweep(town, rules=rules, now=at(day, 9))
    with town.reading() as session:
        row = session.get_one(Case, case.id)
        assert row.owner_id == row.reply_owner_id
        person = session.scalars(select(Complainant.id).where(Complainant.case_id == case.id)).one()
    assert village.look(code, "2026-12-10").contact.name == "驻马鞍乡工作组"
    village.act("zuyuan", "reissue_receipt", "2026-12-10", case, complainant=person, reason="丢了")


def give_up(village: Village, case: Case, person: int, month: str) -> None:
    """Try on three days of a month, within a week, and accept that nobody is there."""
    for day, mode in (("03", "phone"), ("06", "day_home"), ("10", "evening")):
        village.act(
            "zuyuan",
            "attempt",
            f"{month}-{day}",
            case,
            complainant=person,
            mode=mode,
            words="没人。",
        )
    village.act("zuzhang", "unreachable", f"{month}-10", case, complainant=person, text="全家外出。")


def unreached(matter: PublicCase) -> list[str]:
    return [event.action for event in matter.happened if event.unreached]


def test_whoever_was_not_reached_is_not_told_that_they_were_answered(village: Village) -> None:
    case, away = village.matter("assigned", "2026-11-02")
    home = village.join(case, "2026-11-02")
    told, *_rest = village.replies(case)[::-1]
    first = min(int(str(one["complainant"])) for one in village.replies(case))
    give_up(village, case, first, "2026-11")
    village.act("cunwei-sl", "resolve", "2026-11-11", case, outcome="solved", replies=[told])
    assert unreached(village.look(away, "2026-11-12")) == ["resolve"]
    assert unreached(village.look(home, "2026-11-12")) == []
    give_up(village, case, first, "2026-12")
    village.act("zuyuan", "confirm", "2026-12-11", case, complainant=first)
    assert unreached(village.look(away, "2026-12-12")) == ["resolve", "confirm"]
    assert unreached(village.look(home, "2026-12-12")) == []
    village.act("zuyuan", "reopen", "2026-12-13", case, reason="水又断了")
    village.act("zuzhang", "assign", "2026-12-14", case)
    village.act("cunwei-sl", "resolve", "2026-12-14", case, outcome="solved", replies=village.replies(case))
    assert unreached(village.look(away, "2026-12-15")) == ["resolve", "confirm"]
