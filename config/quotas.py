"""Say how much one user may create, upload, join and export in a day, and change it by one setting.

The numbers are ten times what a busy team does (docs/operations.md, docs/decisions/0054), so that nobody at
work meets one, and somebody whose password was stolen does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from config.marked_text import MarkedText
from config.marked_text import mark as _

#: What the setting says where nothing is to be counted, as in a measurement.
OFF = "off"
MEGABYTE = 1_000_000
#: What is counted must fit a column of 64 bits, in bytes.
MOST = 10**12


class Quota(StrEnum):
    """What is counted of one user in one day of the county."""

    CASES = "cases"
    COMPLAINANTS = "complainants"
    ACTS = "acts"
    CHANGES = "changes"
    FILES = "files"
    FILE_BYTES = "file_mb"
    EXPORTS = "exports"
    EXPORT_ROWS = "export_rows"


class Waiting(StrEnum):
    """What is measured of the files that hang on no matter: those of one user, and those of all together."""

    OWN = "waiting_mb"
    ALL = "waiting_all_mb"


#: A team of five visits 60 households a day, each with two complaints. Where one telephone writes everything
#: down, that is 120 matters of 240 people, 600 acts, 360 photos of 2 MB and 20 tables of 500 rows; and
#: of the registers 200 places, units and people on the day on which a township is entered.
SHIPPED: Mapping[str, int] = MappingProxyType(
    {
        Quota.CASES: 1_200,
        Quota.COMPLAINANTS: 2_400,
        Quota.ACTS: 6_000,
        Quota.CHANGES: 2_000,
        Quota.FILES: 3_600,
        Quota.FILE_BYTES: 7_200,
        Quota.EXPORTS: 200,
        Quota.EXPORT_ROWS: 100_000,
        Waiting.OWN: 2_000,
        Waiting.ALL: 20_000,
    }
)
#: Those whose numbers are millions of bytes.
IN_MEGABYTES = frozenset({Quota.FILE_BYTES, Waiting.OWN, Waiting.ALL})


@dataclass(frozen=True)
class QuotaLimits:
    """The limits in force, by their names; `counted` is false where nothing is counted at all."""

    counted: bool = True
    numbers: Mapping[str, int] = field(default_factory=lambda: SHIPPED)

    def most(self, name: str) -> int:
        """Return a limit as it is counted: in pieces, or in bytes."""
        return self.numbers[name] * (MEGABYTE if name in IN_MEGABYTES else 1)


def read(value: str) -> tuple[QuotaLimits, list[MarkedText]]:
    """Read the setting: empty for the shipped numbers, `off`, or `name=number` with commas between.

    Gives every problem beside the limits; what is not named stays as shipped.
    """
    if value.strip().lower() == OFF:
        return QuotaLimits(counted=False), []
    numbers: dict[str, int] = dict(SHIPPED)
    problems: list[MarkedText] = []
    for part in (one.strip() for one in value.split(",") if one.strip()):
        name, _equals, number = (text.strip() for text in part.partition("="))
        facts = {"name": name, "choices": ", ".join(SHIPPED), "example": f"{name}={SHIPPED.get(name)}"}
        if name not in SHIPPED:
            problems.append(
                MarkedText(_("HUIYIN_QUOTAS：没有「{name}」，写 off，或其中几个：{choices}"), facts)
            )
        elif not (number.isascii() and number.isdigit() and 0 < int(number) < MOST):
            problems.append(MarkedText(_("HUIYIN_QUOTAS：{name} 后面写一个正整数，例如 {example}"), facts))
        else:
            numbers[name] = int(number)
    return QuotaLimits(numbers=numbers), problems
