"""Whom a matter is about: who then receives it, who sees it, and who is told (domain.md section 1, Roles)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.models import Unit, User
from cases import public_status
from cases.access import receipt_codes
from cases.access.visibility import visible
from cases.configuration.case_rules import CountyRules
from cases.intake import registration, submission
from cases.lifecycle.action_values import ComplainantEntry
from cases.models.case import Case, Complainant
from cases.models.named_words import NamedWords
from cases.queries.case_detail import case_view
from cases.verification.verify import verify
from core.errors import Conflict, Invalid, NotFound
from core.persistence.db import Database
from notifications.models import Notice
from tests.builders import USERS, actor_named, at

ACase = Callable[..., Case]
Act = Callable[..., None]
ROLES = {username: role for username, _, _, role, _ in USERS}
READERS = [username for username, role in ROLES.items() if role != "admin"]


def seen_by(db: Database, number: str) -> set[str]:
    """Name everybody of the township who finds a matter."""
    with db.reading() as session:
        return {
            username
            for username in READERS
            if session.scalars(
                visible(select(Case.id), actor_named(session, username)).where(Case.number == number)
            ).first()
        }


def owner_of(db: Database, case: Case) -> str:
    with db.reading() as session:
        row = session.scalars(select(Case).where(Case.id == case.id)).one()
        return session.get_one(Unit, row.reply_owner_id).code


def told_of(db: Database, number: str, kind: str) -> set[str]:
    with db.reading() as session:
        people = select(User.username).join(Notice, Notice.user_id == User.id)
        return set(session.scalars(people.where(Notice.subject == number, Notice.kind == kind)))


def sound(db: Database, rules: CountyRules) -> bool:
    with db.reading() as session:
        return list(verify(session, rules=rules)) == []


ABOVE_THE_TEAM = ("team", "township-MA")


@pytest.mark.parametrize(
    ("named", "receiver"),
    [
        ({"named_units": ("team",)}, "township-MA"),
        ({"named_units": ABOVE_THE_TEAM}, "leading-group"),
        ({"named_users": ("zuzhang", "zuyuan")}, "township-MA"),
        ({"named_units": ("team",), "named_users": ("xiangzhen",)}, "leading-group"),
    ],
)
def test_a_matter_about_those_who_receive_is_received_by_the_next_unit_that_has_somebody_left(
    town: Database, rules: CountyRules, a_case: ACase, named: dict[str, Any], receiver: str
) -> None:
    case = a_case(recorded_by="cunwei-sl", **named)
    assert owner_of(town, case) == receiver
    assert sound(town, rules)


def test_when_nobody_is_left_it_is_registered_all_the_same_and_the_auditors_are_told(
    town: Database, rules: CountyRules, a_case: ACase
) -> None:
    named = {"named_units": ABOVE_THE_TEAM, "named_users": ("lingdao",)}
    with town.transaction() as session:
        session.scalars(select(User).where(User.username == "jiandu")).one().unit_id = session.scalars(
            select(Unit.id).where(Unit.code == "county-office")
        ).one()
    case = a_case(recorded_by="cunwei-sl", **named)
    assert owner_of(town, case) == "leading-group"
    assert "jiandu" in seen_by(town, case.number)
    assert told_of(town, case.number, "nobody_left") == {"jiandu"}


def test_whoever_may_assign_a_matter_that_names_the_team_is_told_and_gives_a_new_slip(
    town: Database, rules: CountyRules, a_case: ACase, act: Act
) -> None:
    case = a_case(named_units=("team",), recorded_by="cunwei-sl")
    assert "xiangzhen" in told_of(town, case.number, "registered")
    with town.reading() as session:
        person = session.scalars(select(Complainant.id).where(Complainant.case_id == case.id)).one()
    act("xiangzhen", case.number, "reissue_receipt", "2026-03-03", complainant=person, reason="回执丢了")
    act("xiangzhen", case.number, "assign", "2026-03-03", unit="committee-SL")
    assert sound(town, rules)


@pytest.mark.parametrize("named", [{"named_units": ("committee-SL",)}, {"named_users": ("cunwei-sl",)}])
def test_nobody_takes_a_matter_back_on_words_that_one_it_is_about_has_recorded(
    a_case: ACase, act: Act, named: dict[str, tuple[str, ...]]
) -> None:
    case = a_case(**named)
    with pytest.raises(Invalid) as refused:
        act("zuzhang", case.number, "withdraw", "2026-03-03", words="算了", recorded_by="cunwei-sl")
    assert refused.value.errors == {"recorded_by": ["named_in_matter"]}


def test_a_leader_has_the_rights_of_a_team_leader_where_the_own_unit_received_it(
    town: Database, rules: CountyRules, a_case: ACase, act: Act
) -> None:
    ordinary, received = a_case(), a_case(recorded_by="cunwei-sl", named_units=ABOVE_THE_TEAM)
    with town.reading() as session:
        open_to = {
            case.number: {
                one["name"]
                for one in case_view(
                    session,
                    actor=actor_named(session, "lingdao"),
                    rules=rules,
                    number=case.number,
                    now=at("2026-03-02"),
                )["actions"]
                if one["allowed"]
            }
            for case in (ordinary, received)
        }
    assert {"assign", "amend", "request_reject"} <= open_to[received.number]
    assert not {"assign", "amend", "request_reject"} & open_to[ordinary.number]
    act("lingdao", received.number, "assign", "2026-03-02", unit="county-water")
    assert told_of(town, received.number, "registered") == {"lingdao"}


def test_who_asked_for_a_rejection_does_not_decide_it_where_the_unit_has_another_leader(
    town: Database, rules: CountyRules, a_case: ACase, act: Act
) -> None:
    case = a_case(recorded_by="cunwei-sl", named_units=ABOVE_THE_TEAM)
    with town.transaction() as session:
        session.scalars(select(User).where(User.username == "jiandu")).one().roles = ["leader"]
        replies = [
            {"complainant": person["id"], "channel": "door", "text": "不归这里管。"}
            for person in people_of(session, case)
        ]
    act("lingdao", case.number, "request_reject", "2026-03-02", reason="不归这里管", replies=replies)
    with pytest.raises(Conflict) as refused:
        act("lingdao", case.number, "reject", "2026-03-02", reason="不归这里管", replies=replies)
    assert refused.value.facts["reasons"] == ["second_person_needed"]
    with town.reading() as session:
        seen: dict[str, Any] = {"rules": rules, "number": case.number, "now": at("2026-03-02")}
        for who, reasons in (("lingdao", ["second_person_needed"]), ("jiandu", [])):
            openings = case_view(session, actor=actor_named(session, who), **seen)["actions"]
            (told,) = (one for one in openings if one["name"] == "reject")
            assert (told["allowed"], list(told["reasons"])) == (not reasons, reasons)
    act("jiandu", case.number, "reject", "2026-03-02", reason="不归这里管", replies=replies)
    assert told_of(town, case.number, "rejected_alone") == set()


def test_the_auditors_are_told_of_a_rejection_that_one_person_asked_for_and_decided(
    town: Database, a_case: ACase, act: Act
) -> None:
    case = a_case(recorded_by="cunwei-sl", named_units=ABOVE_THE_TEAM)
    with town.reading() as session:
        replies = [
            {"complainant": person["id"], "channel": "door", "text": "不归这里管。"}
            for person in people_of(session, case)
        ]
    act("lingdao", case.number, "request_reject", "2026-03-02", reason="不归这里管", replies=replies)
    act("lingdao", case.number, "reject", "2026-03-02", reason="不归这里管", replies=replies)
    assert told_of(town, case.number, "rejected_alone") == {"jiandu"}


def people_of(session: Session, case: Case) -> list[dict[str, Any]]:
    ids = session.scalars(select(Complainant.id).where(Complainant.case_id == case.id))
    return [{"id": one} for one in ids]


def test_a_unit_all_of_whose_users_are_named_cannot_own(town: Database, a_case: ACase, act: Act) -> None:
    case = a_case(named_users=("cunwei-sl",))
    with pytest.raises(Invalid) as refused:
        act("zuzhang", case.number, "assign", "2026-03-02", unit="committee-SL")
    assert refused.value.errors == {"unit": ["named_in_matter"]}
    assigned = a_case("assigned")
    reason = "说的就是他"
    with pytest.raises(Invalid) as refused:
        act(
            "zuzhang",
            assigned.number,
            "amend",
            "2026-03-02",
            field="named_users",
            value="cunwei-sl",
            reason=reason,
        )
    assert refused.value.errors == {"named_users": ["reassign_first"]}


def test_the_reply_duty_leaves_a_team_all_of_whose_people_come_to_be_named(
    town: Database, rules: CountyRules, a_case: ACase, act: Act
) -> None:
    case = a_case("assigned")
    for username in ("zuyuan", "zuzhang"):
        act("zuzhang", case.number, "amend", "2026-03-02", field="named_users", value=username, reason="说他")
    assert owner_of(town, case) == "township-MA"
    assert sound(town, rules)


# ---------------------------------------------------------------- names of nobody who is offered


@pytest.mark.parametrize(
    "named",
    [
        {"named_users": ("彭会计",)},
        {"named_units": ("养殖公司",)},
        {"named_units": ("committee-YY",)},
        {"named_users": ("cunwei-yy",)},
    ],
)
def test_a_name_that_is_unknown_or_out_of_sight_is_kept_as_words_for_team_leader_and_auditor_alone(
    town: Database, rules: CountyRules, a_case: ACase, named: dict[str, Any]
) -> None:
    case = a_case(recorded_by="cunwei-sl", **named)
    assert seen_by(town, case.number) == {"zuzhang", "jiandu"}
    with town.reading() as session:
        view = case_view(
            session,
            actor=actor_named(session, "zuzhang"),
            rules=rules,
            number=case.number,
            now=at("2026-03-02"),
        )
        assert view["named_words"] == [*named.get("named_units", ()), *named.get("named_users", ())]
    with town.reading() as session:
        told = set(session.scalars(select(User.username).join(Notice, Notice.user_id == User.id)))
    assert told <= {"zuzhang", "jiandu"}
    assert sound(town, rules)


def test_what_everybody_may_name_is_named_at_once(town: Database, a_case: ACase) -> None:
    case = a_case(recorded_by="cunwei-sl", named_users=("xiangzhen",), named_units=("county-water",))
    assert seen_by(town, case.number) == set(READERS) - {"xiangzhen", "bumen", "cunwei-yy", "cunwei-gg"}


def test_the_team_leader_settles_a_name_by_saying_whom_it_means(
    town: Database, a_case: ACase, act: Act
) -> None:
    case = a_case(named_users=("那个书记",))
    assert seen_by(town, case.number) == {"zuzhang", "jiandu"}
    fields = {"field": "named_users", "value": "cunwei-sl", "reason": "就是他"}
    act("zuzhang", case.number, "amend", "2026-03-02", **fields)
    assert seen_by(town, case.number) == {"zuzhang", "zuyuan", "jiandu", "xiangzhen", "lingdao"}


def test_of_several_names_each_is_settled_by_itself(town: Database, a_case: ACase, act: Act) -> None:
    case = a_case(named_users=("那个书记", "外地老板"))
    for value, left in (("cunwei-sl", 2), ("那个书记", 1), ("外地老板", 0)):
        fields = {"field": "named_users", "value": value, "reason": "认过了"}
        act("zuzhang", case.number, "amend", "2026-03-02", **fields)
        with town.reading() as session:
            still = select(NamedWords.id).where(NamedWords.settled_at.is_(None))
            assert len(session.scalars(still).all()) == left
    assert "zuyuan" in seen_by(town, case.number)


@pytest.mark.parametrize(
    ("action", "values"),
    [
        ("assign", {"unit": "committee-SL"}),
        (
            "escalate",
            {
                "unit": "leading-group",
                "reason": "办不了",
                "report": {"number": "1", "addressee": "领导小组", "sent_on": "2026-03-02"},
            },
        ),
        ("merge", {"into": "SL-2026-0001", "reason": "同一件"}),
    ],
)
def test_a_matter_with_an_open_name_is_handed_to_nobody(
    town: Database, a_case: ACase, act: Act, action: str, values: dict[str, Any]
) -> None:
    a_case()
    case = a_case(named_users=("彭会计",))
    with pytest.raises(Conflict) as refused:
        act("zuzhang", case.number, action, "2026-03-02", **values)
    assert refused.value.facts["reasons"] == ["names_open"]


def test_triage_may_settle_the_name_and_assign_at_once(town: Database, a_case: ACase, act: Act) -> None:
    case = a_case(named_users=("那个书记",))
    act("zuzhang", case.number, "assign", "2026-03-02", unit="county-water", named_users=["cunwei-sl"])
    assert "bumen" in seen_by(town, case.number)
    assert "cunwei-sl" not in seen_by(town, case.number)


# ---------------------------------------------------------------- who registers it


@pytest.mark.parametrize(
    ("who", "named", "withheld"),
    [
        ("cunwei-sl", {"named_units": ("committee-SL",)}, True),
        ("cunwei-sl", {"named_users": ("cunwei-sl",)}, True),
        ("zuyuan", {"named_users": ("zuyuan",)}, True),
        ("cunwei-sl", {"named_users": ("彭会计",)}, True),
        ("zuyuan", {"named_users": ("彭会计",)}, False),
        ("cunwei-sl", {"named_units": ("county-water",)}, False),
    ],
)
def test_who_registers_a_matter_about_the_own_unit_gets_neither_number_nor_code(
    town: Database, rules: CountyRules, who: str, named: dict[str, Any], withheld: bool
) -> None:
    intake = submission.Intake(
        village="SL",
        category="irrigation",
        kind="problem",
        own_words="水费收了不开票。",
        client_ref="naming-1",
        complainants=(ComplainantEntry(name="田某"),),
        **named,
    )
    for created in (True, False):
        with town.transaction() as session:
            made = registration.register(
                session, actor=actor_named(session, who), rules=rules, intake=intake, now=at("2026-03-02")
            )
        assert (made.created, made.withheld) == (created, withheld)
        assert bool(made.codes) == (created and not withheld)


def test_a_code_that_came_with_the_matter_opens_nothing_for_a_registrar_of_a_named_unit(
    town: Database, rules: CountyRules, a_case: ACase
) -> None:
    code = receipt_codes.new_code()
    a_case(
        recorded_by="cunwei-sl",
        named_units=("committee-SL",),
        complainants=(ComplainantEntry(name="田某", receipt_code=code),),
    )
    with town.reading() as session, pytest.raises(NotFound):
        public_status.find_public_case(session, rules=rules, code=code, now=at("2026-03-02"))
