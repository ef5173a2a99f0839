"""Name the changes that live, each with its reason: most mean the same, some another run notices."""

from collections.abc import Mapping
from typing import NamedTuple


class Mutant(NamedTuple):
    """A change in a function: the lines that stood there, and those that stand there instead."""

    function: str
    before: str
    after: str


NO_ROW = "NULL as a condition keeps no row either"
ONE_KEY = "there is one foreign key between the two tables, by which SQLAlchemy joins them"
FALSY = "None is as false as False"
ON_POSTGRESQL = "words for PostgreSQL alone, where tests/cases/access/test_visibility.py notices it"
NOT_READ = "nothing of this is read to say what is hidden; of the path, whether it is empty"

_HIDDEN, _IN_AREAS = "cases.access.visibility.hidden_from", "cases.access.visibility._InAreas.__init__"
_DUE, _PAUSE = "workflow.due_dates.due", "workflow.due_dates._Count.pause"
_JOINED = "waits = select(Case.id).join(NamedWords, NamedWords.case_id == Case.id)"
_ASKED = 'actor = Actor(user_id, "", unit_id, None, "/", frozenset(roles))'
_FOUND = "found = func.array(select(Area.id).where(covered).scalar_subquery())"
_BOTH = "super().__init__(asked, Case.village_id == func.any(found))"
_COUNTED = (
    'return ends_on(start, basis["days"], basis["unit"], calendar, exact=basis.get("exact", {default}))'
)
_EXACT = 'exact = self.basis.get("exact", False)'


def _in(function: str, before: str, *after: str) -> list[Mutant]:
    """Return the changes of one line of a function."""
    return [Mutant(function, before, one) for one in after]


SURVIVORS: Mapping[Mutant, str] = {
    **dict.fromkeys(
        (
            *(
                Mutant(one, "return statement.where(false())", "return statement.where(None)")
                for one in (
                    _HIDDEN,
                    "accounts.access.policy._narrowed",
                    "accounts.access.policy.within_areas",
                )
            ),
            Mutant(
                "cases.access.visibility._names",
                "return or_(false(), *known)",
                "return or_(None, *known)",
            ),
        ),
        NO_ROW,
    ),
    **dict.fromkeys(
        _in(
            _HIDDEN,
            _JOINED,
            "waits = select(Case.id).join(NamedWords, None)",
            "waits = select(Case.id).join(NamedWords, )",
        ),
        ONE_KEY,
    ),
    **dict.fromkeys(
        _in(
            "cases.access.visibility.names_user",
            _ASKED,
            _ASKED.replace('""', "None"),
            _ASKED.replace('""', '"XXXX"'),
            _ASKED.replace('"/"', '"XX/XX"'),
        ),
        NOT_READ,
    ),
    **dict.fromkeys(
        (
            *_in(
                _IN_AREAS,
                _FOUND,
                "found = None",
                "found = func.array(None)",
                _FOUND.replace("covered", "None"),
                _FOUND.replace("Area.id", "None"),
            ),
            *_in(
                _IN_AREAS,
                _BOTH,
                "super().__init__(asked, None)",
                _BOTH.replace("==", "!="),
                _BOTH.replace("(found)", "(None)"),
            ),
        ),
        ON_POSTGRESQL,
    ),
    **dict.fromkeys(
        (
            *_in(
                _DUE,
                _COUNTED.format(default="False"),
                _COUNTED.format(default="None"),
                _COUNTED.format(default=""),
            ),
            *_in(
                _PAUSE,
                _EXACT,
                _EXACT.replace("False", "None"),
                _EXACT.replace("False", ""),
            ),
        ),
        FALSY,
    ),
    Mutant(
        "workflow.due_dates._Count.change_profile",
        "if self.below is not None and anew.below is not None:",
        "if self.below is not None or anew.below is not None:",
    ): "the same moves set both or neither, for nothing that is left out in counting anew sets one",
    Mutant("workflow.due_dates.paused_days", "if last <= first:", "if last < first:"): (
        "from a day to itself there are no days in either unit"
    ),
}
