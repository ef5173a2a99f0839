"""The words of this place that no password consists of: what its areas, units and people are called."""

from collections.abc import Iterable

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from accounts.models import Area, Unit, User
from accounts.sign_in.pinyin import spellings


def own_words(session: Session, more: Iterable[str] = ()) -> frozenset[str]:
    """Return the names of the register and some more, in characters and in pinyin."""
    names = session.scalars(union(select(Area.name), select(Unit.name), select(User.name)))
    return spellings([*names, *more])
