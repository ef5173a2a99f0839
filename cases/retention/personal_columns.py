"""Say of every column of a case that holds somebody's words, or who somebody is, how it is forgotten.

Every other column of a text has a reason in `tests/rules/test_personal_columns.py`, which finds new ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cases.models.case import Case, Complainant, Related, Round
from cases.models.correspondence import (
    AddedWords,
    Attachment,
    CategoryAnswer,
    ContactAttempt,
    Note,
    Reply,
    ReturnVisit,
    Unreachable,
    WrittenReport,
)
from cases.models.named_words import NamedWords
from cases.models.receipt_codes import SelfRating
from core.persistence.db import Base


class How(StrEnum):
    """What comes in the place of what is forgotten."""

    MARK = "mark"
    NOTHING = "nothing"
    EMPTY = "empty"
    #: Another one of its kind, which opens nothing.
    ANOTHER = "another"


@dataclass(frozen=True)
class PersonalColumns:
    """The columns of one table; `moment` is the one that says when a row came, if there is any."""

    columns: Mapping[str, How]
    moment: str | None = None
    #: The row itself is written with the change of the case, before its entry.
    with_the_case: bool = False


def _marked(column: str, moment: str | None = "received_at") -> PersonalColumns:
    return PersonalColumns({column: How.MARK}, moment)


#: What hangs on a case by `case_id`, and the case itself.
PERSONAL: Mapping[type[Base], PersonalColumns] = {
    Case: PersonalColumns(
        {"own_words": How.MARK, "words_salt": How.NOTHING, "body_digest": How.EMPTY}, with_the_case=True
    ),
    Complainant: PersonalColumns(
        {
            "name": How.MARK,
            "phone": How.NOTHING,
            "phone_digest": How.NOTHING,
            "phone_end_digest": How.NOTHING,
            "own_words": How.MARK,
            "receipt_digest": How.ANOTHER,
        },
        "joined_at",
        with_the_case=True,
    ),
    Round: PersonalColumns(
        {name: How.NOTHING for name in ("extension_request", "reject_request", "suspend_request")},
        with_the_case=True,
    ),
    AddedWords: _marked("text"),
    Attachment: _marked("name"),
    CategoryAnswer: _marked("value", None),
    ContactAttempt: _marked("words"),
    NamedWords: _marked("words", None),
    Note: _marked("text"),
    Reply: _marked("text"),
    ReturnVisit: _marked("words"),
    SelfRating: _marked("words"),
    Unreachable: _marked("text"),
    WrittenReport: PersonalColumns({"number": How.MARK, "addressee": How.MARK}),
}
#: Kept once for two cases, so that it goes with the later of both.
OF_TWO: Mapping[type[Base], PersonalColumns] = {Related: _marked("reason", None)}
