"""Define every rate once, in the words of the list filters: what is counted, and which of it meets the rate.

Because a definition is made of filters, the condition a figure is counted by and the address of the list
behind it cannot differ (domain.md section 4).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cases.vocabulary import LAST_OUTCOMES, UNCOUNTED_STATES
from workflow.definition.vocabulary import CaseState

CASES, COMPLAINANTS, HOUSEHOLDS = "cases", "complainants", "households"


@dataclass(frozen=True)
class Rate:
    """One figure: its code, what it counts, the filters of the denominator, and those the numerator adds.

    A dot in the code makes it a part shown beside the rate before the dot.
    """

    code: str
    counts: str = CASES
    of: Mapping[str, Any] = field(default_factory=dict)
    met: Mapping[str, Any] = field(default_factory=dict)
    counted: bool = True

    def filters(self, part: str) -> dict[str, Any]:
        """Return the filters of a part; those of the numerator always include those of the denominator."""
        base = {"counted": True, **self.of} if self.counted else dict(self.of)
        return {**base, **self.met} if part == "numerator" else base


RATES = (
    Rate("answered", met={"answered": True}),
    Rate("answered.reopened", of={"answered": True}, met={"reopened": True}),
    Rate("answered.unreachable", of={"answered": True}, met={"unreachable": True}),
    Rate("on_time", of={"judged": True}, met={"on_time": True}),
    Rate("on_time.extended", of={"judged": True, "extended": True}, met={"on_time": True}),
    Rate("on_time.later_rounds", of={"later_judged": True}, met={"later_on_time": True}),
    Rate("resolved", met={"resolved": True}),
    Rate("closed", met={"state": CaseState.CLOSED.value}),
    Rate("outcomes", of={"answered": True}),
    *(
        Rate(f"outcomes.{outcome}", of={"answered": True}, met={"last_outcome": outcome})
        for outcome in LAST_OUTCOMES
    ),
    Rate("revisited", HOUSEHOLDS, met={"revisited": True}),
    Rate("satisfied", COMPLAINANTS, of={"rated": True}, met={"content": True}),
    Rate("in_hand", met={"in_hand": True}),
    Rate("overdue", of={"open": True, "taken_up": True}, met={"overdue": True}),
)
#: In no denominator, but listed in every report (domain.md section 2, `void`).
UNCOUNTED = tuple(
    Rate(f"uncounted.{state}", met={"state": state.value}, counted=False) for state in UNCOUNTED_STATES
)
BY_CODE: Mapping[str, Rate] = {rate.code: rate for rate in (*RATES, *UNCOUNTED)}
