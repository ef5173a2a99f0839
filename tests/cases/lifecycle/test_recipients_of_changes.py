"""Compare the notices with what an act changed: whoever loses time, a duty or a complainant is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.access.actor import SYSTEM, Actor
from accounts.models import Unit, User
from cases.configuration.case_rules import CountyRules
from cases.lifecycle import recipients, take_step
from cases.lifecycle.build_values import build_values
from cases.models.case import Case, Clock, Complainant, Named
from core.errors import DomainError
from core.persistence.db import Database
from notifications.models import Notice
from tests.builders import FOUNDED, a_case, actor_named
from tests.cases.scenes import SCENES, Scene, set_scene, time_of, values_for

#: A second person in each unit that handles, so that "the unit is told" is not only "who acts is".
COLLEAGUES = (("fuzhuren", "committee-SL", "committee"), ("jingban", "county-water", "department"))
#: The first are of units that seldom own a case; what any of them may do, the others need not repeat.
COMMON = ("xiangzhen", "lingdao", "system")
ACTORS = (*COMMON, "zuzhang", "zuyuan", "cunwei-sl", "bumen")


@dataclass(frozen=True)
class Stand:
    """How a case stands in the database, as far as somebody would have to be told of a change."""

    owner: int | None
    reply_owner: int
    final: bool
    people: frozenset[int]
    dates: Mapping[str, date]


def stand_of(session: Session, number: str) -> Stand:
    """Read a case's duties from its rows."""
    session.flush()
    case = session.execute(
        select(Case.id, Case.owner_id, Case.reply_owner_id, Case.final).where(Case.number == number)
    ).one()
    people = session.scalars(select(Complainant.id).where(Complainant.case_id == case.id))
    dates = session.execute(
        select(Clock.clock, Clock.due_on).where(Clock.case_id == case.id, Clock.running)
    ).all()
    return Stand(
        case.owner_id, case.reply_owner_id, case.final, frozenset(people), {name: day for name, day in dates}
    )


def concerned(before: Stand, after: Stand, unit_of_actor: int | None) -> set[int]:
    """List the units that must learn of a change, in the words of the rule."""
    owners = {before.owner, after.owner} - {None}
    found: set[int | None] = set()
    ended = after.final and not before.final
    if ended or before.owner != after.owner:
        found |= owners - {unit_of_actor}
    if before.reply_owner != after.reply_owner and not after.final:
        found |= {before.reply_owner, after.reply_owner} - {unit_of_actor}
    if not after.final and not before.final and before.people != after.people:
        found |= owners
    for clock, day in after.dates.items():
        if clock in before.dates and day < before.dates[clock] and not after.final:
            found |= {before.reply_owner, after.reply_owner} if clock == "reply" else owners
    return {unit for unit in found if unit is not None}


def untold(session: Session, number: str, units: set[int], actor: Actor, since: int) -> set[str]:
    """List the people of some units who had to be told of a case and were not."""
    case_id = session.scalars(select(Case.id).where(Case.number == number)).one()
    named = session.execute(select(Named.unit_id, Named.user_id).where(Named.case_id == case_id)).all()
    names_units, names_users = {row.unit_id for row in named}, {row.user_id for row in named}
    told = set(
        session.scalars(select(Notice.user_id).where(Notice.id > since, Notice.subject == number)).all()
    )
    assert not told & names_users, "whoever a matter names learns of it"
    people = session.execute(
        select(User.id, User.username, User.unit_id).where(User.unit_id.in_(units), User.active)
    )
    return {
        person.username
        for person in people
        if person.id not in told | names_users | {actor.user_id} and person.unit_id not in names_units
    }


def last_notice(session: Session) -> int:
    """Find the newest notice there is."""
    return session.scalars(select(Notice.id).order_by(Notice.id.desc()).limit(1)).first() or 0


def person(session: Session, who: str) -> Actor:
    """Return one of the actors; the program is one as well."""
    return SYSTEM if who == "system" else actor_named(session, who)


def add_colleagues(session: Session) -> None:
    """Give the handling units a second person."""
    for username, unit, role in COLLEAGUES:
        home = session.scalars(select(Unit.id).where(Unit.code == unit)).one()
        session.add(User(username=username, name="同事", unit_id=home, roles=[role], created_at=FOUNDED))
    session.flush()


@dataclass(frozen=True)
class Before:
    """How both cases of a scene stood before somebody tries something, and the newest notice then."""

    stands: Mapping[str, Stand]
    notice: int

    @classmethod
    def of(cls, session: Session, scene: Scene) -> "Before":
        numbers = (scene.number, scene.other)
        return cls({number: stand_of(session, number) for number in numbers}, last_notice(session))


def attempt(
    session: Session, rules: CountyRules, actor: Actor, action: str, scene: Scene, before: Before
) -> set[str] | None:
    """Let somebody try an action; give who had to be told of it and was not, None when it is not open."""
    try:
        with session.begin_nested():
            take_step.take_step(
                session,
                actor=actor,
                rules=rules,
                number=scene.number,
                action=action,
                values=build_values(action, values_for(action, scene)),
                now=time_of(action),
            )
    except DomainError:
        return None
    found: set[str] = set()
    for number, stood in before.stands.items():
        units = concerned(stood, stand_of(session, number), actor.unit_id)
        found |= untold(session, number, units, actor, before.notice)
    return found


@pytest.mark.parametrize("backend", ["sqlite"])  # what it lets be said others say to both databases
@pytest.mark.parametrize("name", SCENES)
def test_whoever_an_act_of_the_definition_takes_something_from_is_told(
    town: Database, rules: CountyRules, name: str
) -> None:
    with town.transaction() as session:
        add_colleagues(session)
        scene = set_scene(session, rules, name)
        before = Before.of(session, scene)  # every attempt is taken back
        actors = {who: person(session, who) for who in ACTORS}
        for action in (*rules.definition.steps, *rules.definition.acts):
            for who in ACTORS if action != "register" else ():
                point = session.begin_nested()
                found = attempt(session, rules, actors[who], action, scene, before)
                point.rollback()
                session.expire_all()
                assert not found, (name, action, who)
                if found is not None and who in COMMON:
                    break


def test_an_act_that_tells_nobody_would_be_found(
    town: Database, rules: CountyRules, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipients, "notifications_of_changes", lambda *args: [])
    with town.transaction() as session:
        add_colleagues(session)
        scene = set_scene(session, rules, "accepted")
        before = Before.of(session, scene)
        actor = person(session, "xiangzhen")
        assert attempt(session, rules, actor, "reassign", scene, before) == {"cunwei-sl", "fuzhuren"}


@given(acts=st.lists(st.tuples(st.sampled_from(ACTORS), st.integers(0, 60)), min_size=4, max_size=14))
@settings(max_examples=12)
def test_whatever_happens_in_whatever_order_those_it_concerns_are_told(
    town: Database, rules: CountyRules, acts: list[tuple[str, int]]
) -> None:
    names = [name for name in (*rules.definition.steps, *rules.definition.acts) if name != "register"]
    with town.transaction() as session:
        point = session.begin_nested()
        if not session.scalars(select(User.id).where(User.username == COLLEAGUES[0][0])).first():
            add_colleagues(session)
        scene = set_scene(session, rules, "received")
        for who, index in acts:
            action = names[index % len(names)]
            before = Before.of(session, scene)
            assert not attempt(session, rules, person(session, who), action, scene, before), (action, who)
            case = session.scalars(select(Case).where(Case.number == scene.number)).one()
            scene.state, scene.handling_due_on = case.state, case.handling_due_on
        point.rollback()


def kinds_told(session: Session, number: str, since: int = 0) -> set[tuple[str, str]]:
    """List who was told what of a case."""
    rows = session.execute(
        select(User.username, Notice.kind)
        .join(User, User.id == Notice.user_id)
        .where(Notice.subject == number, Notice.id > since)
    )
    return {(username, kind) for username, kind in rows}


def test_the_owner_learns_that_an_urgent_matter_is_due_earlier(
    town: Database, rules: CountyRules, act: Callable[..., None]
) -> None:
    with town.transaction() as session:
        number = a_case(session, rules, state="assigned").number
    act("zuzhang", number, "amend", "2026-03-03", field="urgency", value="urgent", reason="停水了")
    with town.transaction() as session:
        assert ("cunwei-sl", "date_earlier") in kinds_told(session, number)
        facts = session.scalars(select(Notice.facts).where(Notice.kind == "date_earlier")).first()
        assert facts is not None
        assert facts["clock"] == "handling"
        assert facts["due_on"] < facts["before"]


def test_a_registration_that_names_the_team_leader_is_told_to_the_next_unit(
    town: Database, rules: CountyRules
) -> None:
    with town.transaction() as session:
        case = a_case(session, rules, named_users=("zuzhang",))
        assert kinds_told(session, case.number) == {("lingdao", "registered")}


def test_nobody_whom_a_matter_names_is_told_that_it_left_them(
    town: Database, rules: CountyRules, act: Callable[..., None]
) -> None:
    with town.transaction() as session:
        add_colleagues(session)
        number = a_case(session, rules, state="assigned").number
        since = last_notice(session)
    act("zuzhang", number, "amend", "2026-03-03", field="named_users", value="cunwei-sl", reason="反映的是他")
    act("xiangzhen", number, "reassign", "2026-03-03", unit="county-water", reason="另派")
    with town.transaction() as session:
        told = {who for who, _ in kinds_told(session, number, since)}
    assert "bumen" in told
    assert "cunwei-sl" not in told
