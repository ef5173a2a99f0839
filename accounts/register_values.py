"""Areas and units as frozen values, for what outlives the session that read them: no row may be kept there.

A row belongs to its session: kept beyond it, it is loaded anew, or changed, by whoever finds it next.
"""

from dataclasses import dataclass, fields
from datetime import date
from typing import Self

from accounts.models import Area, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownArea:
    """What is asked of an area beyond its own register; the names are those of the columns."""

    id: int
    code: str
    name: str
    path: str
    valid_until: date | None

    @classmethod
    def of(cls, row: Area) -> Self:
        """Return what a row says."""
        return cls(**{name: getattr(row, name) for name in AREA_FIELDS})


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownUnit:
    """What is asked of a unit beyond its own register; the names are those of the columns."""

    id: int
    code: str
    name: str
    kind: str
    area_id: int
    superior_id: int | None
    active: bool
    phone: str | None

    @classmethod
    def of(cls, row: Unit) -> Self:
        """Return what a row says."""
        return cls(**{name: getattr(row, name) for name in UNIT_FIELDS})


AREA_FIELDS = tuple(one.name for one in fields(KnownArea))
UNIT_FIELDS = tuple(one.name for one in fields(KnownUnit))
