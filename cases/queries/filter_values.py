"""Check the codes that lists are asked with; an unknown one and one out of reach are refused alike."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import literal, or_, select
from sqlalchemy.orm import Session

from accounts.access import policy
from accounts.access.actor import Actor
from accounts.models import Area, Unit
from cases.configuration.case_rules import CountyRules
from cases.models.reference import WorkflowState
from core.errors import Invalid


def validate(
    session: Session, *, actor: Actor, rules: CountyRules, filters: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the filters as `cases.queries.filters` takes them: a village as its row, a day as its end.

    Raises Invalid for a state, category, village or unit that the person cannot know.
    """
    area = find_known_area(session, actor, filters["village"]) if "village" in filters else None
    wrong = {
        "state": not _is_state(session, rules, filters.get("state")),
        "category": filters.get("category") not in (None, *rules.categories),
        "village": "village" in filters and area is None,
        "owner": "owner" in filters and not knows_unit(session, actor, filters["owner"]),
    }
    errors = {name: ["not_a_choice"] for name, is_wrong in wrong.items() if is_wrong}
    if errors:
        raise Invalid(errors)
    found = {**filters, **({"village": area} if area is not None else {})}
    if filters.get("answered_to") is not None:
        day = filters["answered_to"] + timedelta(days=1)
        found["answered_to"] = datetime.combine(day, time(), rules.zone)
    return found


def _is_state(session: Session, rules: CountyRules, code: str | None) -> bool:
    """Return whether a state is one of the present life cycle, or of one that cases still run under."""
    if code is None or code in rules.definition.states_and_stages:
        return True
    return (
        session.scalars(select(WorkflowState.hash).where(WorkflowState.state == code).limit(1)).first()
        is not None
    )


def find_known_area(session: Session, actor: Actor, code: str) -> Area | None:
    """Return the area with this code if it lies within the person's own."""
    found = policy.within_areas(select(Area), actor, Area.path).where(Area.code == code)
    return session.scalars(found).first()


def knows_unit(session: Session, actor: Actor, code: str) -> bool:
    """Return whether a unit works within the person's area or covers it."""
    own = actor.area_path
    covers = policy.below(literal(own), Area.path)
    found = (
        select(Unit.id)
        .join(Area, Area.id == Unit.area_id)
        .where(Unit.code == code, or_(policy.below(Area.path, own), covers))
    )
    return session.scalars(found).first() is not None
