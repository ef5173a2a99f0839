"""Count the open matters that rest on what the registers say of units and areas, before it is changed.

Owner and reply owner cover the village of a matter, are of a kind that may own it, and have a superior to
whom it is escalated (domain.md section 2). What would take that from an open matter is refused in every door.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from accounts.access.actor import Actor
from accounts.access.policy import below
from accounts.models import Area, Unit
from cases.access.visibility import counted_for, told_number
from cases.models.case import Case, Round
from cases.responsibility.held_cases import hold_cases


@dataclass(frozen=True)
class DependentMatters:
    """The open matters of a database, as `accounts.registers.open_matters` asks for them.

    They are counted as far as the actor may be told of them. Once something was counted, nobody acts on a
    case until the end of the transaction.
    """

    session: Session
    actor: Actor

    def of_unit(self, unit_id: int) -> int | None:
        """Count those that a unit owns or owes the replies of."""
        return self._count(_of_unit(unit_id))

    def outside(self, unit_id: int, path: str) -> int | None:
        """Count those of a unit whose village does not lie below a path."""
        return self._count(_of_unit(unit_id), ~below(Area.path, path))

    def below_superior(self, unit_id: int, *, removed: bool) -> int | None:
        """Count those that a unit handles: all without a superior, else those with a request to it."""
        if removed:
            return self._count(Case.owner_id == unit_id, Case.owner_id != Case.reply_owner_id)
        present = select(Round).where(Round.case_id == Case.id, Round.round == Case.round)
        waits = present.where(Round.extension_request.is_not(None)).exists()
        return self._count(Case.owner_id == unit_id, waits)

    def moved(self, path: str, new_path: str) -> int | None:
        """Count those at or below a path whose units lie above it and would not lie above the new one."""
        hold_cases(self.session)
        unit, place = aliased(Unit), aliased(Area)
        statement = (
            select(Case.id, place.path)
            .join(Area, Area.id == Case.village_id)
            .join(unit, or_(unit.id == Case.owner_id, unit.id == Case.reply_owner_id))
            .join(place, place.id == unit.area_id)
            .where(~Case.final, below(Area.path, path), ~below(place.path, path))
        )

        def count(who: Actor) -> int:
            rows = self.session.execute(counted_for(statement, who))
            return len({case_id for case_id, above in rows if not new_path.startswith(above)})

        return told_number(self.actor, count)

    def _count(self, *conditions: ColumnElement[bool]) -> int | None:
        hold_cases(self.session)
        statement = select(func.count()).select_from(Case).join(Area, Area.id == Case.village_id)
        statement = statement.where(~Case.final, *conditions)
        return told_number(self.actor, lambda who: self.session.scalars(counted_for(statement, who)).one())


def _of_unit(unit_id: int) -> ColumnElement[bool]:
    return or_(Case.owner_id == unit_id, Case.reply_owner_id == unit_id)
