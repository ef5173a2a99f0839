"""Tell words that were forgotten from words that are missing or that somebody marked (decision 0050)."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from cases.retention.personal_columns import OF_TWO, PERSONAL, How
from cases.verification.case_snapshots import CaseSnapshot, ReferenceData, last_forgetting
from cases.vocabulary import FORGOTTEN
from config.marked_text import MarkedText
from config.marked_text import mark as _
from core.persistence.db import Base
from core.sealing.sealed_columns import SealedText

COLUMNS = {**PERSONAL, **OF_TWO}


def forgotten(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[MarkedText]:
    """Words are marked only where an entry says that the case was forgotten, and then none are left."""
    del reference
    seq = last_forgetting(snapshot.entries)
    entry = next((one for one in snapshot.entries if one.seq == seq), None)
    is_last = seq == len(snapshot.entries)
    for row in _rows(snapshot):
        personal = COLUMNS[type(row)]
        moment = getattr(row, personal.moment) if personal.moment else None
        # What came after the entry keeps its words; of a row without a moment nobody knows when it came.
        gone = entry is not None and (is_last if moment is None else moment < entry.received_at)
        for name, how in personal.columns.items():
            place = f"{row.__tablename__}.{name}"
            value = _stored(getattr(row, name))
            if entry is None and value == FORGOTTEN:
                yield MarkedText(_("{column} 写着已按保存期限删除，却没有删除的记录"), {"column": place})
            elif gone and type(row) not in OF_TWO and _is_left(value, how):
                yield MarkedText(_("{column} 按保存期限该删的内容还在"), {"column": place})


def _rows(snapshot: CaseSnapshot) -> Iterator[Base]:
    return chain(
        (snapshot.case,),
        snapshot.complainants,
        snapshot.rounds.values(),
        snapshot.replies,
        snapshot.visits,
        snapshot.self_ratings,
        snapshot.added,
        snapshot.unreachable,
        snapshot.attempts,
        snapshot.attachments,
        snapshot.answers,
        snapshot.papers,
    )


def _stored(value: Any) -> Any:
    return value.stored if isinstance(value, SealedText) else value


def _is_left(value: Any, how: How) -> bool:
    """Return whether a value ought to have gone: what opens nothing any more cannot be told from a code."""
    return how is not How.ANOTHER and value not in (None, "", FORGOTTEN)
