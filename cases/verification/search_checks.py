"""Hold what is searched of a case against its texts: a row that is missing or old hides a matter."""

from collections.abc import Iterator

from cases.verification.case_snapshots import CaseSnapshot, ReferenceData
from config.marked_text import MarkedText
from config.marked_text import mark as _
from core.normalization.search_terms import searchable


def search_is_current(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[MarkedText]:
    """Say which kinds of text of a case are searched as something else than they are."""
    del reference
    for kind, texts in snapshot.texts.items():
        if searchable(texts) != snapshot.searched.get(kind, ""):
            yield MarkedText(_("按字词找到的和现在的内容对不上：{column}"), {"column": kind.value})
