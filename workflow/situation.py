"""Hold what the engine must know of a case and a person to decide what is open to them."""

from datetime import date
from typing import NamedTuple


class Situation(NamedTuple):
    """A case and a person at one moment, as `cases.lifecycle.guard_facts` sums them up; no more is asked."""

    state: str
    round: int
    today: date
    roles: frozenset[str]
    relations: frozenset[str]
    complainants: int
    unanswered: int
    unvisited: int
    merged_in: int
    accepted: bool
    pending_accept: bool
    returns: int
    return_until: date | None
    binding: bool
    has_superior: bool
    suspended: bool
    suspensions: int
    extension_requested: bool
    extensions: int
    extensions_allowed: int
    handling_due_on: date | None
    reject_requested: bool
    sent_down_here: bool
    explained_rounds: int
    dissatisfied: bool
    entered_on: date
    target_open: bool | None
    recorded_on: date
    promised_on: date | None
    suspension_requested: bool
    attempts_missing: str | None
    open_names: int = 0
    appeal_only: bool = False
    numbers_hidden: bool = False
    second_person_needed: bool = False
