"""Say for every reason why something is not open what the person can do about it, and gather all reasons."""

from collections.abc import Mapping

from config.marked_text import Bilingual
from workflow.limits import AMEND_WITHIN, ATTEMPTS, EXPLANATIONS, LEAST_SPAN, SUSPENSIONS_A_ROUND
from workflow.texts.value_reasons import VALUES

#: What the engine answers: about role and relation, about the state, and one for each guard.
OPENINGS: Mapping[str, Bilingual] = {
    "role": Bilingual(
        "您的角色不能做这件事，请找能做的人", "Your role cannot do this; ask somebody whose role can."
    ),
    "wrong_state": Bilingual(
        "这件事现在的状态不能走这一步，请先看它走到了哪里",
        "The case is not in a state for this; look where it stands first.",
    ),
    "out_of_scope": Bilingual(
        "这件事不归您看，请找管这个{level.village}的人",
        "This case is outside your area; ask whoever is in charge of it.",
    ),
    "system_only": Bilingual(
        "这一步由系统到时自动办，不用您做", "The system does this when its day comes; nobody has to."
    ),
    "not_owner": Bilingual(
        "这件事不在您单位手上，请找承办单位", "Your unit does not have this case; ask the unit that owns it."
    ),
    "not_superior": Bilingual(
        "要由承办单位的上级来做，请找上级单位", "Only a unit above the owner can do this; ask one of those."
    ),
    "not_reply_owner": Bilingual(
        "答复由收件的{unit_kind.team}负责，请找他们",
        "The {unit_kind.team} that received it owes the reply; ask them.",
    ),
    "is_handler": Bilingual(
        "办这件事的人不能自己回访，请换一个人去",
        "Whoever handled the case does not pay the return visit; let somebody else go.",
    ),
    "is_handling_unit": Bilingual(
        "承办单位不能补发回执，请找{unit_kind.team}",
        "The handling unit cannot reissue a receipt; ask the {unit_kind.team}.",
    ),
    "not_recorder": Bilingual(
        "只有登记人和{role.team_leader}能更正，请找他们",
        "Only the recorder and the {role.team_leader} can amend; ask them.",
    ),
    "already_accepted": Bilingual(
        "已经接收过了，不用再接收", "It is accepted already; nothing is left to do."
    ),
    "return_window_over": Bilingual(
        "能退回的日子过了，办不了可以上报",
        "The days in which it can be returned are over; escalate it if you cannot handle it.",
    ),
    "returned_twice": Bilingual(
        "这一轮退回的次数满了，要由{role.coordinator}指定承办单位",
        "It was returned as often as a round allows; the {role.coordinator} now assigns it for good.",
    ),
    "binding_needed": Bilingual(
        "退回的次数满了，请{role.coordinator}指定承办",
        "It was returned as often as a round allows; a {role.coordinator} has to make it binding.",
    ),
    "binding_assignment": Bilingual(
        "这是指定承办，不能退回，办不了可以上报",
        "This assignment is binding; escalate it if you cannot handle it.",
    ),
    "no_superior": Bilingual(
        "上面没有能接手的单位，请在周通报上研究",
        "No unit above can take it over; it stays on the weekly notice to be decided there.",
    ),
    "already_sent_down": Bilingual(
        "这一级本轮已经退回过下级，请就地办理",
        "This level has sent it down in this round already; it has to be handled here.",
    ),
    "reopen_window_over": Bilingual(
        "要求重新办的期限过了，只有{role.leader}能重新交办",
        "The time in which it can be asked for is over; only a {role.leader} can reopen it.",
    ),
    "appeal_only": Bilingual(
        "已经再次答复，不能凭码要求重新办。还有不同意见，请找{unit_kind.team}，或者向上一级反映",
        "It was answered again and cannot be reopened by code. Ask the {unit_kind.team}, or the unit above.",
    ),
    "not_reopened": Bilingual(
        "还没有重新交办过，不能复核归档", "It was never reopened; close it by a return visit instead."
    ),
    "not_explained_twice": Bilingual(
        f"讲明办不了还没有满 {EXPLANATIONS} 次，不能复核归档",
        f"It has been explained fewer than {EXPLANATIONS} times; a review can close it only after that.",
    ),
    "no_dissatisfaction": Bilingual(
        "没有记下{term.complainant}的不满意，请先回访",
        "No dissatisfaction is on record; pay a return visit first.",
    ),
    "reject_not_requested": Bilingual(
        "{role.team_leader}还没有提请，请{role.team_leader}先提请",
        "The {role.team_leader} has not asked for it; that comes first.",
    ),
    "reject_already_requested": Bilingual(
        "已经提请过，等{role.leader}答复", "It is asked for already; wait for the {role.leader}'s answer."
    ),
    "has_merged_complainants": Bilingual(
        "别的事项已并进来，请先撤销那次并案", "Another case was merged into this one; undo that merge first."
    ),
    "target_not_open": Bilingual(
        "并入的那件事已经不在办，请换一件或先重新交办那件",
        "The other case is not being handled; choose another one or reopen it first.",
    ),
    "handling_not_running": Bilingual(
        "{clock.handling}没有在走，请先交办",
        "The {clock.handling} clock does not run; assign the case first.",
    ),
    "deadline_passed": Bilingual(
        "期限已过，不能再延期，请尽快答复",
        "The date has passed and cannot be extended now; reply as soon as you can.",
    ),
    "no_extension_in_profile": Bilingual(
        "这类事项不能延期，请按期办结", "Matters of this kind have no extension; keep the date."
    ),
    "extensions_used_up": Bilingual("延期次数已用完，请按期办结", "The extension is used up; keep the date."),
    "extension_already_requested": Bilingual(
        "已经申请过延期，等上级答复", "An extension is asked for already; wait for the answer."
    ),
    "no_extension_requested": Bilingual(
        "没有人申请延期，不用答复", "Nobody has asked for an extension; there is nothing to refuse."
    ),
    "already_suspended": Bilingual(
        "已经中止计时，要改日子请先恢复", "The clock stands still already; resume it to change the day."
    ),
    "not_suspended": Bilingual(
        "没有中止计时，不用恢复", "The clock does not stand still; there is nothing to resume."
    ),
    "suspension_already_requested": Bilingual(
        "已经申请过中止，等答复", "A suspension is asked for already; wait for the answer."
    ),
    "no_suspension_requested": Bilingual(
        "没有人申请中止，不用答复", "Nobody has asked for a suspension; there is nothing to refuse."
    ),
    "suspended_twice": Bilingual(
        f"这一轮已经中止过 {SUSPENSIONS_A_ROUND} 次，请按期办结",
        f"It was suspended as often as a round allows, {SUSPENSIONS_A_ROUND} times; keep the date.",
    ),
    "before_promised_day": Bilingual(
        "答应的日子还没到，满意不满意已经记下，到那天再归档",
        "The promised day has not come; the rating is kept, and the case closes from that day on.",
    ),
    "nobody_waits": Bilingual(
        "没有人在等，不用认定联系不上", "Nobody is waiting; nobody has to be recorded as unreachable."
    ),
    "fewer_than_three_attempts": Bilingual(
        f"至少联系 {ATTEMPTS} 次", f"There must be at least {ATTEMPTS} attempts."
    ),
    "within_less_than_seven_days": Bilingual(
        f"前后至少隔 {LEAST_SPAN.days} 天", f"The attempts must span at least {LEAST_SPAN.days} days."
    ),
    "amend_window_over": Bilingual(
        f"登记已超过 {AMEND_WITHIN.days} 天，请{{role.team_leader}}更正",
        f"The days for amending are over ({AMEND_WITHIN.days}); ask the {{role.team_leader}}.",
    ),
}

REASONS: Mapping[str, Bilingual] = {**OPENINGS, **VALUES}
