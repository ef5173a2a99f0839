"""Two people at once on one case: the second sees what the first did, and is told why it is too late."""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import func, select

from cases.history.entries import Entry
from cases.models.case import Case, Round
from core.errors import Conflict, Invalid
from core.persistence.db import Database

ACase = Callable[..., Case]
Act = Callable[..., None]
Attempt = tuple[str, str, str, dict[str, Any]]
CASES = 6


def at_once(act: Act, *attempts: Attempt) -> list[str]:
    """Let everybody begin at the same moment; give what came of it."""
    start = threading.Barrier(len(attempts))
    results: list[str] = []

    def run(who: str, number: str, action: str, values: dict[str, Any]) -> None:
        start.wait()
        try:
            act(who, number, action, "2026-03-04", **values)
        except (Conflict, Invalid):
            results.append("refused")
        else:
            results.append("done")

    threads = [threading.Thread(target=run, args=attempt) for attempt in attempts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)


def test_only_one_extension_is_granted_however_many_grant_it(town: Database, a_case: ACase, act: Act) -> None:
    for _ in range(CASES):
        case = a_case("assigned", category="village_org")
        grants: list[Attempt] = [
            (who, case.number, "extend", {"due_on": due_on, "reason": "等材料"})
            for who, due_on in (("xiangzhen", date(2026, 4, 3)), ("lingdao", date(2026, 4, 7)))
        ]
        assert at_once(act, *grants) == ["done", "refused"]
        with town.reading() as session:
            entries = select(func.count()).where(Entry.case_id == case.id, Entry.action == "extend")
            assert (session.get_one(Round, (case.id, 1)).extensions, session.scalar(entries)) == (1, 1)


def test_whoever_reopens_second_is_refused_and_not_told_that_there_is_no_such_case(
    a_case: ACase, act: Act
) -> None:
    for _ in range(CASES):
        case = a_case("resolved")
        again: list[Attempt] = [
            (who, case.number, "reopen", {"reason": "还没办好"}) for who in ("zuyuan", "lingdao")
        ]
        assert at_once(act, *again) == ["done", "refused"]
