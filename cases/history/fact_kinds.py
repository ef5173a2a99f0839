"""What a fact of the history is: what a reader may see of it hangs on that, and nothing is said unasked."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, TypeVar

from msgspec import UnsetType

T = TypeVar("T")


class FactKind(StrEnum):
    """What a fact is, when it is asked who may read it."""

    FREE_WORDS = "free_words"
    CASE = "case"
    UNIT = "unit"
    USER = "user"
    HOUSEHOLD = "household"
    COMPLAINANT = "complainant"
    HARMLESS = "harmless"


Words = Annotated[str, FactKind.FREE_WORDS]
CaseNumber = Annotated[str, FactKind.CASE]
UnitCode = Annotated[str, FactKind.UNIT]
UserId = Annotated[int, FactKind.USER]
HouseholdId = Annotated[int, FactKind.HOUSEHOLD]
ComplainantId = Annotated[int, FactKind.COMPLAINANT]
#: An id as the key of a JSON object, which is a text.
ComplainantKey = Annotated[str, FactKind.COMPLAINANT]
Harmless = Annotated[T, FactKind.HARMLESS]
#: A digest of words that stand elsewhere: it proves them and tells nothing.
Digest = Annotated[str, FactKind.HARMLESS]
#: The dates of clocks, by their names, before and after.
DueDates = Mapping[Harmless[str], tuple[Harmless[date], Harmless[date]]] | UnsetType
