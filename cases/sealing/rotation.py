"""Change the key of names and telephones: a new one, and everything sealed anew with it (decision 0052).

A new key is first made known, then entered in the database, and only then sealed with: so there is never a
value whose key is not here, however early the run is killed, and the next run goes on with the same key.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from cases.history.entries import Entry
from cases.models.case import Complainant
from cases.models.personal_keys import PersonalKeyInUse
from cases.sealing import keys_in_use, resealing
from core.errors import Conflict
from core.persistence import leftovers
from core.persistence.db import Database
from core.persistence.exclusive_run import exclusive_run
from core.sealing import key_file
from core.sealing.personal_keys import PersonalKeys

RUN = "keys-rotate"
#: So many places of what does not open are named.
NAMED = 5
#: Lets nobody write names, telephones or entries while it is made sure that nothing else is sealed otherwise.
HOLD = text(f"LOCK TABLE {Complainant.__tablename__}, {Entry.__tablename__} IN SHARE ROW EXCLUSIVE MODE")


@dataclass(frozen=True)
class Rotated:
    """The key that everything is sealed with now, how many rows were, and the keys that are needed no more.

    Where keys are given by the environment, others may still seal with an earlier one: then none is replaced
    before the next run, and `waits` says so.
    """

    key_id: str
    rows: int
    replaced: Sequence[str]
    waits: bool = False


def rotate(
    db: Database, keys: PersonalKeys, *, now: datetime, progress: Callable[[int], object] = lambda rows: None
) -> Rotated:
    """Seal everything with a new key; a run that was killed is finished with the key that it began with.

    A new key is made where keys are kept in a file. Where they are given by the environment, the new one
    stands there first: Conflict `no_new_personal_key` without one. Raises Conflict `personal_key_not_here`
    for a key that is needed, `personal_values_broken` for what does not open, `personal_values_left` where
    others sealed meanwhile with an earlier key, and `already_running` while another run is under way.
    """
    with exclusive_run(db, RUN):
        with db.reading() as session:
            known, left = keys_in_use.load_keys(session), resealing.count_other(session, keys)
        in_use = [key.id for key in known if key.replaced_at is None]
        keys_in_use.require_known(keys, in_use)
        finished = len(in_use) == 1 and not left
        if keys.place is not None:
            _begin(db, keys, known, make=finished, now=now)
        elif finished and keys.present.id in in_use:
            raise Conflict("no_new_personal_key")
        is_new = keys.place is None and keys.present.id not in in_use
        with db.transaction() as session:
            keys_in_use.adopt(session, keys.present.id, now=now)
        done = resealing.reseal(db, keys, progress=progress)
        if done.broken:
            raise Conflict("personal_values_broken", places=sorted(done.broken)[:NAMED])
        with db.transaction() as session:
            replaced = _finish(session, keys, now=now, replaces=not is_new)
        if done.clear:
            leftovers.remove(db, (Complainant.__tablename__, Entry.__tablename__))
    return Rotated(keys.present.id, done.rows, replaced, waits=is_new)


def seal_clear(
    db: Database, keys: PersonalKeys, *, now: datetime, progress: Callable[[int], object] = lambda rows: None
) -> int:
    """Seal what an earlier version wrote in the clear, once for a database; give how many rows there were.

    A database without any key takes those that are here. Raises Conflict `personal_key_not_here`.
    """
    with db.transaction() as session:
        known = keys_in_use.load_keys(session)
        if not known:
            keys_in_use.adopt(session, keys.present.id, now=now)
        keys_in_use.require_known(keys, [key.id for key in known if key.replaced_at is None])
    if any(key.sealed_at is not None for key in known):
        return 0
    done = resealing.reseal(db, keys, progress=progress)
    with db.transaction() as session:
        keys_in_use.mark_sealed(session, keys.present.id, now=now, replaces=False)
    if done.clear:
        leftovers.remove(db, (Complainant.__tablename__, Entry.__tablename__))
    return done.clear


def _begin(
    db: Database, keys: PersonalKeys, known: Sequence[PersonalKeyInUse], *, make: bool, now: datetime
) -> None:
    """Let the key to be sealed with be the first of the file, once the database knows it.

    A key that was replaced stays in the file for as long as backups need it, and never seals again.
    """
    assert keys.place is not None  # the caller has looked
    if make and not _never_used(keys, known):
        key_file.add(keys.place)
    chosen = [*_never_used(keys, known), *(key.id for key in known if key.replaced_at is None)][0]
    with db.transaction() as session:
        keys_in_use.adopt(session, chosen, now=now)
    key_file.put_first(keys.place, keys.ids.index(chosen))


def _never_used(keys: PersonalKeys, known: Sequence[PersonalKeyInUse]) -> list[str]:
    """Return the keys that are here and that nothing was ever sealed with."""
    used = {key.id for key in known}
    return [key_id for key_id in keys.ids if key_id not in used]


def _finish(session: Session, keys: PersonalKeys, *, now: datetime, replaces: bool) -> Sequence[str]:
    """Note what everything is sealed with, while nobody can seal otherwise; give what is needed no more."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(HOLD)
    left = resealing.count_other(session, keys)
    if left:
        raise Conflict("personal_values_left", rows=left)
    return keys_in_use.mark_sealed(session, keys.present.id, now=now, replaces=replaces)
