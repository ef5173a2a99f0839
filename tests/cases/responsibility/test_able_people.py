"""No matter lies with a unit on paper: every way to leave one there is refused or moves it on."""

import ast
import threading
import time
from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from accounts.access.actor import SYSTEM
from accounts.models import Area, Unit, User
from accounts.registers import users
from cases.configuration.case_rules import CountyRules
from cases.lifecycle import context, take_step
from cases.lifecycle.build_values import build_values
from cases.models.case import Case, Named
from cases.responsibility.able_people import (
    UnitOnPaper,
    count_depending_matters,
    find_units_on_paper,
    load_able_people,
)
from cases.verification.verify import verify
from core.errors import DomainError, Invalid
from core.persistence.db import Database
from tests.builders import a_case, actor_named, at
from tests.cases.scenes import Scene, set_scene, time_of, values_for
from tests.english import in_english
from tests.rules.sources import name, product, tree, where

#: Units above or beside the committee in which nobody may act: one is empty, in one an administrator sits.
EMPTY = ("county-roads", "county-office")
#: Long enough to read what is not written yet, were somebody let.
MEANWHILE = 0.3
PEOPLE = ("zuzhang", "xiangzhen", "lingdao", "cunwei-sl", "zuyuan")


def add_empty_unit(session: Session) -> None:
    """Enter a department that covers every village and has nobody."""
    area = session.scalars(select(Area.id).where(Area.code == "SX")).one()
    above = session.scalars(select(Unit.id).where(Unit.code == "leading-group")).one()
    session.add(Unit(code="county-roads", name="公路局", kind="department", area_id=area, superior_id=above))
    session.flush()


def unable(session: Session) -> list[str]:
    """List the open matters whose owner or reply owner has nobody who may act, straight from the rows."""
    able = load_able_people(session)
    found = []
    for case in session.scalars(select(Case).where(~Case.final)):
        named = set(session.scalars(select(Named.user_id).where(Named.case_id == case.id)))
        for unit_id in {case.owner_id, case.reply_owner_id}:
            if not able.get(unit_id or 0, frozenset()) - named:
                found.append(case.number)
    return found


def units_tried(rules: CountyRules) -> list[tuple[str, str]]:
    """List every action of the definition that takes a unit or a person, with the field that does."""
    definition = rules.definition
    actions = {**definition.steps, **definition.acts}
    return [
        (action, field["name"])
        for action, row in actions.items()
        for field in row.fields
        if field["name"] in {"unit", "named_users"} or (action, field["name"]) == ("amend", "value")
        if action != "register"
    ]


def values_of(action: str, field: str, given: str, scene: Scene) -> dict[str, object]:
    """Give good values for an action, but for one field."""
    values = dict(values_for(action, scene))
    if action == "amend":
        return {**values, "field": "named_users", "value": given}
    return {**values, field: [given] if field == "named_users" else given}


@pytest.mark.parametrize("scene_name", ["received", "assigned", "escalated", "resolved"])
def test_no_act_of_the_definition_leaves_a_matter_with_nobody(
    town: Database, rules: CountyRules, scene_name: str
) -> None:
    with town.transaction() as session:
        add_empty_unit(session)
        scene = set_scene(session, rules, scene_name)
        tried = units_tried(rules)
        assert {action for action, _ in tried} >= {"assign", "reassign", "escalate", "amend"}
        for action, field in tried:
            for given in EMPTY if field == "unit" else PEOPLE:
                for who in PEOPLE:
                    point = session.begin_nested()
                    attempt(session, rules, who, action, values_of(action, field, given, scene), scene)
                    assert unable(session) == [], (action, given, who)
                    point.rollback()
                    session.expire_all()


@pytest.mark.parametrize("scene_name", ["closed", "rejected", "withdrawn", "merged"])
def test_a_matter_that_comes_back_finds_somebody_where_the_unit_that_owed_its_replies_has_emptied(
    town: Database, rules: CountyRules, scene_name: str
) -> None:
    with town.transaction() as session:
        scene = set_scene(session, rules, scene_name)
        case = session.scalars(select(Case).where(Case.number == scene.number)).one()
        session.execute(update(User).where(User.unit_id == case.reply_owner_id).values(active=False))
        elsewhere = set(unable(session))  # such as the matter that this one was merged into
        back = [name for name, step in rules.definition.steps.items() if scene_name in step.sources]
        assert back
        for action in back:
            attempt(session, rules, "lingdao", action, dict(values_for(action, scene)), scene)
        session.refresh(case)
        assert not case.final
        assert set(unable(session)) <= elsewhere


def attempt(
    session: Session, rules: CountyRules, who: str, action: str, values: dict[str, object], scene: Scene
) -> None:
    """Let somebody try an action; that it may be refused is what is asked."""
    try:
        with session.begin_nested():
            take_step.take_step(
                session,
                actor=actor_named(session, who),
                rules=rules,
                number=scene.number,
                action=action,
                values=build_values(action, values),
                now=time_of(action),
            )
    except DomainError:
        return


def test_an_act_that_asks_nobody_would_be_found(
    town: Database, rules: CountyRules, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context, "has_able", lambda *args: True)
    with town.transaction() as session:
        add_empty_unit(session)
        scene = set_scene(session, rules, "received")
        attempt(session, rules, "zuzhang", "assign", {"unit": "county-roads"}, scene)
        assert unable(session) == [scene.number]


def test_a_matter_is_not_given_to_a_unit_all_of_whose_people_it_names(
    town: Database, rules: CountyRules, act: Callable[..., None]
) -> None:
    with town.transaction() as session:
        number = a_case(session, rules, named_users=("cunwei-sl",)).number
    with pytest.raises(Invalid) as refused:
        act("zuzhang", number, "assign", "2026-03-03", unit="committee-SL")
    assert refused.value.errors == {"unit": ["named_in_matter"]}


def test_naming_the_only_person_of_the_unit_that_handles_asks_for_another_unit_first(
    town: Database, rules: CountyRules, act: Callable[..., None]
) -> None:
    with town.transaction() as session:
        number = a_case(session, rules, "assigned").number
    with pytest.raises(Invalid) as refused:
        act("zuzhang", number, "amend", "2026-03-03", field="named_users", value="cunwei-sl", reason="是他")
    assert refused.value.errors == {"named_users": ["reassign_first"]}


def test_naming_everybody_in_the_team_hands_the_matter_to_the_township_which_is_told(
    town: Database, rules: CountyRules
) -> None:
    with town.transaction() as session:
        case = a_case(session, rules, recorded_by="cunwei-sl", named_users=("zuzhang", "zuyuan"))
        units = {unit.id: unit.code for unit in session.scalars(select(Unit))}
        assert (units[case.owner_id or 0], units[case.reply_owner_id]) == ("township-MA", "township-MA")
        assert not any(finding.rule == "able_owner" for finding in verify(session, rules=rules))


def test_where_neither_team_nor_township_has_anybody_the_leading_group_receives_and_assigns(
    town: Database, rules: CountyRules, act: Callable[..., None]
) -> None:
    with town.transaction() as session:
        units = {unit.code: unit.id for unit in session.scalars(select(Unit))}
        emptied = User.unit_id.in_([units["team"], units["township-MA"]])
        session.execute(update(User).where(emptied).values(active=False))
        case = a_case(session, rules, recorded_by="cunwei-sl")
        assert (case.owner_id, case.reply_owner_id) == (units["leading-group"], units["leading-group"])
        assert unable(session) == []
    act("lingdao", case.number, "assign", "2026-03-03", unit="committee-SL")


def test_a_superior_without_people_is_passed_over(
    town: Database, rules: CountyRules, act: Callable[..., None]
) -> None:
    with town.transaction() as session:
        number = a_case(session, rules, "escalated").number
        assert (
            session.scalars(
                select(Unit.code).join(Case, Case.owner_id == Unit.id).where(Case.number == number)
            ).one()
            == "township-MA"
        )
    report = {"number": "2 号", "addressee": "县里", "sent_on": at("2026-03-03").date()}
    with pytest.raises(Invalid) as refused:
        act("xiangzhen", number, "escalate", "2026-03-03", unit="county-office", reason="钱", report=report)
    assert refused.value.errors == {"unit": ["not_above_owner"]}
    act("xiangzhen", number, "escalate", "2026-03-03", unit="leading-group", reason="钱", report=report)


def ids(session: Session, username: str) -> tuple[int, int]:
    """Find a user's unit and id."""
    row = session.execute(select(User.unit_id, User.id).where(User.username == username)).one()
    return row.unit_id, row.id


def test_the_matters_are_counted_on_which_one_person_alone_may_act(
    town: Database, rules: CountyRules
) -> None:
    with town.transaction() as session:
        a_case(session, rules, "assigned")
        a_case(session, rules, "assigned", named_users=("zuyuan",))
        a_case(session, rules, "closed")
        counts = {who: count_depending_matters(session, SYSTEM, *ids(session, who)) for who in PEOPLE}
    assert counts == {"zuzhang": 1, "xiangzhen": 0, "lingdao": 0, "cunwei-sl": 2, "zuyuan": 0}


def test_a_unit_on_paper_is_named_by_check_the_pages_and_verify(town: Database, rules: CountyRules) -> None:
    with town.transaction() as session:
        number = a_case(session, rules, "assigned", village="GG").number
        assert find_units_on_paper(session, actor=SYSTEM) == []
        session.execute(update(User).where(User.username == "cunwei-gg").values(active=False))
        assert find_units_on_paper(session, actor=SYSTEM) == [UnitOnPaper("committee-GG", "高观村两委", 1)]
        assert find_units_on_paper(session, "/SX/MA/SL/", actor=SYSTEM) == []
        found = [one for one in verify(session, rules=rules) if one.rule == "able_owner"]
        assert [(one.case, in_english(one.detail)) for one in found] == [
            (number, "in the unit of the owner nobody may act on it")
        ]


#: What takes somebody out of a unit or away from its matters.
LEAVING = {"active", "unit_id", "roles"}


def leavings(module: ast.Module) -> list[ast.FunctionDef]:
    """Find the functions that change a user so without asking what depends on that user."""
    found = []
    for function in ast.walk(module):
        if not isinstance(function, ast.FunctionDef):
            continue
        targets = [
            target
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            for assigned in node.targets
            for target in (assigned.elts if isinstance(assigned, ast.Tuple) else [assigned])
        ]
        changes = any(
            isinstance(target, ast.Attribute)
            and target.attr in LEAVING
            and getattr(target.value, "id", "") == "user"
            for target in targets
        )
        asks = "require_replaceable" in ast.unparse(function) or function.name == "enable"
        if changes and not asks:
            found.append(function)
    return found


def test_nobody_leaves_a_unit_without_a_look_at_what_depends_on_them() -> None:
    found = [
        where(place, function)
        for place in product()
        if name(place).startswith(("accounts/", "cli/", "web/"))
        for function in leavings(tree(place))
    ]
    assert found == []


def test_another_way_to_leave_would_be_found() -> None:
    planted = "def move(session, user, unit):\n    user.name, user.unit_id = 'x', unit.id"
    assert [one.name for one in leavings(ast.parse(planted))] == ["move"]


@pytest.mark.parametrize("first", ["assign", "disable"])
def test_of_an_assignment_and_the_letting_go_of_the_last_person_at_one_moment_one_is_refused(
    town: Database, rules: CountyRules, first: str
) -> None:
    with town.transaction() as session:
        number = a_case(session, rules, "received", village="GG").number

    def assign(session: Session) -> None:
        take_step.take_step(
            session,
            actor=actor_named(session, "zuzhang"),
            rules=rules,
            number=number,
            action="assign",
            values=build_values("assign", {"unit": "committee-GG"}),
            now=at("2026-03-03"),
        )

    def disable(session: Session) -> None:
        users.disable(
            session,
            actor=SYSTEM,
            chain=rules.services.chain,
            username="cunwei-gg",
            count_matters=partial(count_depending_matters, session, SYSTEM),
            now=at("2026-03-03"),
        )

    acts = {"assign": assign, "disable": disable}
    second = next(name for name in acts if name != first)
    began = threading.Event()
    refused: list[DomainError] = []

    def do_second() -> None:
        began.wait()
        try:
            with town.transaction() as session:
                acts[second](session)
        except DomainError as error:
            refused.append(error)

    beside = threading.Thread(target=do_second)
    beside.start()
    with town.transaction() as session:
        acts[first](session)
        began.set()
        time.sleep(MEANWHILE)
    beside.join()
    assert len(refused) == 1
    with town.reading() as session:
        assert unable(session) == []


@pytest.mark.parametrize("first", ["register", "disable"])
def test_a_matter_that_comes_in_while_the_last_person_of_the_team_is_let_go_has_somebody(
    town: Database, rules: CountyRules, first: str
) -> None:
    with town.transaction() as session:
        session.execute(update(User).where(User.username == "zuyuan").values(active=False))

    def register(session: Session) -> None:
        a_case(session, rules, recorded_by="cunwei-sl", now=at("2026-03-03"))

    def disable(session: Session) -> None:
        users.disable(
            session,
            actor=SYSTEM,
            chain=rules.services.chain,
            username="zuzhang",
            count_matters=partial(count_depending_matters, session, SYSTEM),
            now=at("2026-03-03"),
        )

    acts = {"register": register, "disable": disable}
    second = next(name for name in acts if name != first)
    began = threading.Event()
    refused: list[DomainError] = []

    def do_second() -> None:
        began.wait()
        try:
            town.apply(acts[second])
        except DomainError as error:
            refused.append(error)

    beside = threading.Thread(target=do_second)
    beside.start()
    with town.transaction() as session:
        acts[first](session)
        began.set()
        time.sleep(MEANWHILE)
    beside.join()
    assert len(refused) == (first == "register")
    with town.reading() as session:
        assert unable(session) == []
        receiver = select(Unit.code).join(Case, Case.reply_owner_id == Unit.id)
        assert session.scalars(receiver).one() == ("team" if first == "register" else "township-MA")
