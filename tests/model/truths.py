"""What is true of every case and of every answer, whatever happened (domain.md section 5)."""

from collections.abc import Mapping
from typing import Any

from tests.model.driver import Openings
from tests.model.matter import OPEN, Matter
from tests.model.world import World


def hold(told: dict[str, Any], case: Matter) -> None:
    """Ask the invariants of domain.md section 5 that need no more than the row."""
    dates = (told["due_on"], told["handling_due_on"], told["reply_due_on"])
    if told["state"] not in OPEN:
        assert dates == (None, None, None)
        assert told["owner"] is None
        return
    assert told["owner"]
    assert told["reply_owner"]
    assert told["due_on"]
    assert told["complainants"]
    answered = all(round_ == told["round"] for round_, _, _ in told["complainants"].values())
    assert (told["reply_due_on"] is None) == answered
    assert answered or told["state"] != "resolved"
    if told["handling_due_on"] is not None:
        assert case.turn.granted is not None
        assert told["handling_due_on"] <= case.turn.granted, "later than was granted"


def is_outdated(case: Matter, who: str, version: int) -> bool:
    """Return whether something happened since a version that is not a colleague's note or file."""
    missed = case.versions[max(version - 1, 0) :]
    return version < 1 or any(action not in {"note", "attach"} or by == who for by, action in missed)


def expected(
    world: World,
    who: str,
    case: Matter,
    action: str,
    values: Mapping[str, Any],
    version: int | None,
    said: Openings | None,
) -> set[str]:
    """Return the answers that are right for an action with these values at this version."""
    if said is None:
        return {"not_found", "forbidden"}
    if version is not None and is_outdated(case, who, version):
        return {"stale"}
    if not said[action][0]:
        return {"forbidden", "action_not_open"}
    if not world.fits(case, who, action, values):
        return {"invalid", "forbidden", "action_not_open", "no_receiving_unit"}
    return {"ok"}
