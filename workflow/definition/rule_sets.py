"""Say which rules move the dates and states of the cases of a definition, in this one place.

A definition says by its `rules` which of them its cases go by, and keeps them for ever: what was decided
under the earlier ones stays explained by them. The rules themselves are those of domain.md sections 2 and 3.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RuleSet:
    """What the later rules do otherwise; all False is how the first ones go.

    `urgent_periods`: an urgent matter has shorter clocks of triage and accepting, and its calendar days end
    on days off as well. `profile_moves`: another profile is a move of its own, in every combination.
    `records_every_escalation`: one that grants nothing is recorded too. `withdrawn_goes_on`: a withdrawal
    that is reopened goes on in its round. `team_may_handle`: the receiving unit may handle, and hands its
    reply duty on. `merge_takes_earlier`: of two matters that become one, the earlier dates hold.
    """

    urgent_periods: bool = False
    profile_moves: bool = False
    records_every_escalation: bool = False
    withdrawn_goes_on: bool = False
    team_may_handle: bool = False
    merge_takes_earlier: bool = False


#: The rules that a definition goes by which does not say.
FIRST = 2
RULE_SETS: Mapping[int, RuleSet] = {
    FIRST: RuleSet(),
    3: RuleSet(
        urgent_periods=True,
        profile_moves=True,
        records_every_escalation=True,
        withdrawn_goes_on=True,
        team_may_handle=True,
        merge_takes_earlier=True,
    ),
}
