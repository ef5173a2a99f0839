"""Hold who complainants are against the keys: sealed for its row, and found by the digests beside it."""

from collections.abc import Iterator

from cases.access import identities
from cases.models.case import Complainant
from cases.verification.case_snapshots import CaseSnapshot, ReferenceData
from cases.vocabulary import FORGOTTEN
from config.marked_text import MarkedText
from config.marked_text import mark as _
from core.sealing.personal_keys import NotOpened, PersonalKeys
from core.sealing.sealed_columns import SealedText


def identities_are_sealed(snapshot: CaseSnapshot, reference: ReferenceData) -> Iterator[MarkedText]:
    """Name what stands in the clear, what does not open, and a telephone that would not be found.

    What words beside entries say, and whether they open, the history is asked.
    """
    keys = reference.rules.services.personal_keys
    for person in snapshot.complainants:
        yield from _faults(person, keys)
    for entry in snapshot.entries:
        if entry.personal != [] and not isinstance(entry.personal, SealedText):
            yield MarkedText(_("第 {seq} 条经过旁边的话没有封存"), {"seq": entry.seq})


def _faults(person: Complainant, keys: PersonalKeys) -> Iterator[MarkedText]:
    opened: dict[str, str | None] = {"name": None, "phone": None}
    for column in identities.COLUMNS:
        sealed = getattr(person, column)
        if sealed is None or sealed.stored == FORGOTTEN:
            continue
        if sealed.key_id is None:
            facts = {"complainant": person.id, "column": column}
            yield MarkedText(_("反映人 {complainant} 的 {column} 没有封存"), facts)
            continue
        try:
            opened[column] = keys.open(sealed, identities.place_of(column, person.id))
        except NotOpened:
            facts = {"complainant": person.id, "column": column}
            yield MarkedText(_("反映人 {complainant} 的 {column} 打不开：被改过，或者是别处的"), facts)
            return
    if (person.phone_digest, person.phone_end_digest) not in identities.all_digests_of(opened["phone"], keys):
        yield MarkedText(_("按电话找不到反映人 {complainant}"), {"complainant": person.id})
