"""Say which open matters depend on what a register says; accounts cannot know cases, so the caller counts."""

from typing import Protocol


class OpenMatters(Protocol):
    """Count the open matters that a change of a register would leave without what they rest on.

    Each returns None where there are some and whoever changes the register may know of none of them.
    """

    def of_unit(self, unit_id: int) -> int | None:
        """Count those that a unit owns or owes the replies of: its kind says who may act on them."""

    def outside(self, unit_id: int, path: str) -> int | None:
        """Count those of a unit whose village does not lie below a path, the unit's next area."""

    def below_superior(self, unit_id: int, *, removed: bool) -> int | None:
        """Count those of a unit that need its superior: all when it is removed, else what waits for it."""

    def moved(self, path: str, new_path: str) -> int | None:
        """Count those at or below a path that their units would not cover below the new one."""


def refusal_of(code: str, matters: int | None) -> str:
    """Return the code that refuses a change because of so many matters, which may be untold."""
    return code if matters is not None else f"{code}_untold"


class NoMatters:
    """An installation without any case, as when it is set up."""

    def of_unit(self, unit_id: int) -> int:
        """Count none."""
        del unit_id
        return 0

    def outside(self, unit_id: int, path: str) -> int:
        """Count none."""
        del unit_id, path
        return 0

    def below_superior(self, unit_id: int, *, removed: bool) -> int:
        """Count none."""
        del unit_id, removed
        return 0

    def moved(self, path: str, new_path: str) -> int:
        """Count none."""
        del path, new_path
        return 0


NO_MATTERS = NoMatters()
