"""Say who owes what on a case at a moment, and what an entry has changed of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cases.lifecycle.context import CaseContext


@dataclass(frozen=True)
class Duties:
    """Who owns a case, who owes its replies and to whom, and every date that is running, by its clock."""

    owner_id: int | None
    reply_owner_id: int
    final: bool
    complainants: frozenset[int]
    dates: Mapping[str, date]

    @classmethod
    def of(cls, context: CaseContext) -> "Duties":
        """Read the duties as they are now: the rows of the context change under it."""
        case = context.case
        return cls(
            owner_id=case.owner_id,
            reply_owner_id=case.reply_owner_id,
            final=case.final,
            complainants=frozenset(person.id for person in context.complainants),
            dates={name: clock.due_on for name, clock in context.clocks.items() if clock.running},
        )

    @property
    def owners(self) -> frozenset[int]:
        """The unit that owns the case; nobody owns a final one."""
        return frozenset() if self.owner_id is None else frozenset({self.owner_id})

    @property
    def units(self) -> frozenset[int]:
        """The units that own the case or owe its replies."""
        return self.owners | {self.reply_owner_id}

    def units_of(self, clock: str) -> frozenset[int]:
        """Find the unit whose date a clock tells: the reply owner's for the reply clock, else the owner's."""
        return frozenset({self.reply_owner_id}) if clock == "reply" else self.owners


@dataclass(frozen=True)
class ChangedDuty:
    """One thing of a case's duties that an entry changed, and the units to whom that matters.

    `kind` is that of the notice; `clock`, `before` and `after` say which date came nearer.
    """

    kind: str
    units: frozenset[int]
    clock: str | None = None
    before: date | None = None
    after: date | None = None

    @property
    def is_relief(self) -> bool:
        """Whether the units have nothing more to do: one that acted itself knows it."""
        return self.kind in RELIEFS


RELIEFS = frozenset({"work_ended", "left_unit"})


def list_changes(before: Duties, after: Duties) -> list[ChangedDuty]:
    """List what an entry changed of the duties: the end, owners, dates that came nearer, complainants."""
    if after.final:
        return [] if before.final else [ChangedDuty("work_ended", before.units)]
    left, new = before.units - after.units, after.units - before.units
    if before.owner_id != after.owner_id:
        left |= before.owners
        new |= after.owners
    found = [ChangedDuty(kind, units) for kind, units in (("left_unit", left), ("taken_over", new)) if units]
    found += [
        ChangedDuty("date_earlier", before.units_of(clock) | after.units_of(clock), clock, former, day)
        for clock, day in after.dates.items()
        if (former := before.dates.get(clock)) is not None and day < former
    ]
    if not before.final and before.complainants != after.complainants:
        found.append(ChangedDuty("complainants_changed", before.units | after.units))
    return found
