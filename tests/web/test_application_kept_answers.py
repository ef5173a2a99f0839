"""What a form was answered is given again only to whoever may still see all that it tells."""

import pytest
from sqlalchemy import select

from cases.models.case import Case
from core.persistence.db import Database
from tests.cases.breaking_in import break_in
from tests.web.sendings import World
from tests.web.test_application_sent_twice import SENDINGS, code, fresh, world

__all__ = ["code", "fresh", "world"]


@pytest.mark.parametrize("rule", sorted(rule for rule in SENDINGS if "case" in rule or "register" in rule))
def test_an_answer_is_not_given_again_once_its_matter_is_about_whoever_sent_it(
    world: World, rule: str
) -> None:
    sending = SENDINGS[rule](world)
    first = sending.send()
    told = "\n".join([*first.headers.values(), first.text])
    with world.town.transaction() as session:
        numbers = set(session.scalars(select(Case.number)))
        about = {number for number in numbers if number in told}
    name_everybody(world.town)
    second = sending.send()
    assert not about or second.status == 404
    assert not any(number in second.text for number in numbers if number not in sending.path)


def test_a_number_that_was_shown_is_not_shown_again_to_whom_the_matter_is_about(world: World) -> None:
    form = {"action": "reveal", "complainant": "COMPLAINANT", "reason": "要打电话"}
    sending = world.on_case("zuzhang", "assigned", "CASE/actions", **form)
    first = sending.send()
    assert "13800002046" in first.text.replace(" ", "")
    name_everybody(world.town)
    second = sending.send()
    assert (second.status, "13800002046" in second.text.replace(" ", "")) == (404, False)


def name_everybody(town: Database) -> None:
    """Let every matter be about everybody, as a correction may find."""
    break_in(
        town, "INSERT INTO case_named (case_id, user_id) SELECT c.id, u.id FROM cases c CROSS JOIN users u"
    )
