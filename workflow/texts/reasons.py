"""Say for every reason why something is not open, or a value not good, what the person can do about it."""

from collections.abc import Mapping

from config.marked_text import Bilingual

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
        "这件事不归您看，请找管这个村的人", "This case is outside your area; ask whoever is in charge of it."
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
        "答复由收件的工作组负责，请找他们", "The work team that received it owes the reply; ask them."
    ),
    "is_handler": Bilingual(
        "办这件事的人不能自己回访，请换一个人去",
        "Whoever handled the case does not pay the return visit; let somebody else go.",
    ),
    "is_handling_unit": Bilingual(
        "承办单位不能补发回执，请找工作组", "The handling unit cannot reissue a receipt; ask the work team."
    ),
    "not_recorder": Bilingual(
        "只有登记人和组长能更正，请找他们", "Only the recorder and the team leader can amend; ask them."
    ),
    "already_accepted": Bilingual(
        "已经接收过了，不用再接收", "It is accepted already; nothing is left to do."
    ),
    "return_window_over": Bilingual(
        "能退回的日子过了，办不了可以上报",
        "The days in which it can be returned are over; escalate it if you cannot handle it.",
    ),
    "returned_twice": Bilingual(
        "这一轮退回的次数满了，要由联络员指定承办单位",
        "It was returned as often as a round allows; the coordinator now assigns it for good.",
    ),
    "binding_needed": Bilingual(
        "退回的次数满了，请联络员指定承办",
        "It was returned as often as a round allows; a coordinator has to make the assignment binding.",
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
        "这一级本轮已经退回下级一次，请就地办理",
        "This level has sent it down once in this round; it has to be handled here.",
    ),
    "reopen_window_over": Bilingual(
        "要求重新办的期限过了，只有领导能重新交办",
        "The time in which it can be asked for is over; only a leader can reopen it.",
    ),
    "appeal_only": Bilingual(
        "已经再次答复，不能凭码要求重新办。还有不同意见，请找工作组，或者向上一级反映",
        "It was answered again and cannot be reopened by code. Ask the team, or turn to the unit above.",
    ),
    "not_reopened": Bilingual(
        "还没有重新交办过，不能复核归档", "It was never reopened; close it by a return visit instead."
    ),
    "not_explained_twice": Bilingual(
        "还没有两次讲明办不了，不能复核归档",
        "It has not been explained twice; a review can close it only after that.",
    ),
    "no_dissatisfaction": Bilingual(
        "没有记下群众的不满意，请先回访", "No dissatisfaction is on record; pay a return visit first."
    ),
    "reject_not_requested": Bilingual(
        "组长还没有提请，请组长先提请", "The team leader has not asked for it; that comes first."
    ),
    "reject_already_requested": Bilingual(
        "已经提请过，等领导答复", "It is asked for already; wait for the leader's answer."
    ),
    "has_merged_complainants": Bilingual(
        "别的事项已并进来，请先撤销那次并案", "Another case was merged into this one; undo that merge first."
    ),
    "target_not_open": Bilingual(
        "并入的那件事已经不在办，请换一件或先重新交办那件",
        "The other case is not being handled; choose another one or reopen it first.",
    ),
    "handling_not_running": Bilingual(
        "办理期限没有在走，请先交办", "The handling clock does not run; assign the case first."
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
        "这一轮已经中止过两次，请按期办结", "It was suspended twice in this round; keep the date."
    ),
    "before_promised_day": Bilingual(
        "答应的日子还没到，满意不满意已经记下，到那天再归档",
        "The promised day has not come; the rating is kept, and the case closes from that day on.",
    ),
    "nobody_waits": Bilingual(
        "没有人在等，不用认定联系不上", "Nobody is waiting; nobody has to be recorded as unreachable."
    ),
    "fewer_than_three_attempts": Bilingual("至少联系三次", "There must be at least three attempts."),
    "within_less_than_seven_days": Bilingual("前后至少隔七天", "The attempts must span at least seven days."),
    "amend_window_over": Bilingual(
        "登记已过一天，请组长更正", "More than a day has passed since it was recorded; ask the team leader."
    ),
}

#: What the verbs about cases answer on top, when the value handed in decides.
VALUES: Mapping[str, Bilingual] = {
    "binding_by_coordinator_only": Bilingual(
        "只有联络员能指定承办", "Only a coordinator can make an assignment binding."
    ),
    "binding_not_due": Bilingual(
        "退回的次数还没有满，先按一般交办",
        "It may still be returned in this round; assign it without making it binding.",
    ),
    "confidential": Bilingual(
        "要求保密，只有登记人和组长能看",
        "This complainant is confidential; ask the recorder or the team leader.",
    ),
    "reply_missing": Bilingual(
        "还有人没有得到最终答复，请先答复每一位", "Somebody has no final reply yet; reply to everyone first."
    ),
    "damaged_picture": Bilingual(
        "这张照片打不开，请重新拍或另选", "This picture cannot be opened; take or choose another."
    ),
    "too_many_pixels": Bilingual(
        "照片的尺寸太大，请缩小再传", "This picture has too many pixels; make it smaller."
    ),
    "picture_takes_too_long": Bilingual(
        "这张照片处理得太久，没有存；请再试一次，还不行就换一张小一点的",
        "This picture takes too long and was not kept; try again, or choose a smaller one.",
    ),
    "nothing_to_rate": Bilingual(
        "还没有答复，或者已经说过满意不满意了", "There is no reply to rate yet, or it has been rated already."
    ),
    "use_reopen": Bilingual(
        "没听到答复或不满意的，请重新交办", "Not heard or not satisfied: reopen the case instead."
    ),
    "reassign_first": Bilingual(
        "承办单位被反映，请先改派", "The owning unit is named in the matter; reassign the case first."
    ),
    "own_unit": Bilingual(
        "不能建议退给自己，请写该办的单位", "That is the unit itself; name the one that ought to have it."
    ),
    "already_owner": Bilingual(
        "已经是这个单位在办，请换一个", "This unit has it already; choose another one."
    ),
    "does_not_cover_village": Bilingual(
        "这个单位不管这个村，请换一个", "This unit does not cover the village; choose another one."
    ),
    "named_in_matter": Bilingual(
        "这个单位被反映，不能承办，请换一个", "The matter is about this unit; choose another one."
    ),
    "owes_the_reply": Bilingual(
        "这个单位负责答复，不能承办，请换一个", "This unit owes the reply; choose another one to handle it."
    ),
    "unit_without_people": Bilingual(
        "这个单位没有能办这件事的人，请换一个",
        "Nobody in this unit may act on the matter; choose another one.",
    ),
    "not_above_owner": Bilingual("只能报给承办单位的上级", "Choose a unit above the one that has the case."),
    "kind_cannot_own": Bilingual(
        "这类单位不能承办，请换一个", "A unit of this kind cannot own the case now; choose another one."
    ),
    "beyond_limit": Bilingual(
        "超过了可延的期限，请写早一点", "That is longer than may be granted; choose an earlier day."
    ),
    "not_later": Bilingual("要比现在的期限晚", "Choose a day after the present date."),
    "not_in_the_future": Bilingual("请写今天以后的日子", "Choose a day after today."),
    "longer_than_90_days": Bilingual("最多中止 90 天，请写早一点", "At most 90 days; choose an earlier day."),
    "required": Bilingual("请填写", "Fill this in."),
    "required_when_planned": Bilingual("排进计划的要写明哪天办好", "Say by which day it is promised."),
    "only_when_planned": Bilingual(
        "只有排进计划的才写日子，请删去", "Only what is planned has a promised day; leave it out."
    ),
    "out_of_range": Bilingual("日子太早或太晚，请核对", "The day is too early or too late; check it."),
    "given_twice": Bilingual("同一个人答复了两次，请留一条", "The same person is given twice; keep one."),
    "already_complainant": Bilingual(
        "这个人已经是这件事的反映人", "This person is a complainant of this case already."
    ),
    "already_reached": Bilingual("这个人已经答复或回访过", "This person has been reached already."),
    "already_visited": Bilingual("这个人这一轮已经回访过", "This person had the return visit of this round."),
    "fewer_than_two_modes": Bilingual("至少用两种方式联系", "There must be at least two ways of trying."),
    "phone_not_tried": Bilingual("有号码的，至少打一次电话", "There is a number: try at least one call."),
    "not_a_working_day": Bilingual(
        "这一天不上班，请选一个工作日", "That day is not worked; choose a working day."
    ),
    "before_it_was_owed": Bilingual(
        "只算有话要告诉以后去找的次数，请核对时间",
        "Only attempts made once there was something to tell count; check the times.",
    ),
    "in_the_future": Bilingual("时间还没有到，请核对", "That time has not come yet; check it."),
    "must_be_another_person": Bilingual("要由另一个人记下", "Another person must have recorded it."),
    "every_complainant_must_withdraw": Bilingual("要每一位都撤回", "Every complainant must withdraw."),
    "more_than_one_complainant": Bilingual(
        "反映人不止一位，请选是哪一位", "There is more than one complainant; choose which one is meant."
    ),
    "cannot_be_amended": Bilingual("这一项不能更正", "This field cannot be amended."),
    "not_a_choice": Bilingual(
        "没有这个选项，请从列出的里面选", "There is no such choice; take one of those listed."
    ),
    "same_case": Bilingual("是同一件事，请填另一件", "That is the same case; give another one."),
    "another_village": Bilingual(
        "不是同一个村的，不能并案", "That case is of another village and cannot be merged."
    ),
    "not_a_phone": Bilingual(
        "请只填电话号码，例如 13800002046 或 0834-1234567",
        "Give a telephone number only, such as 13800002046 or 0834-1234567.",
    ),
    "blank_left": Bilingual(
        "还有〔〕没有填，群众会原样看到，请填好再发",
        "A blank in brackets is left, which villagers would read as it is; fill it in and send again.",
    ),
    "names_open": Bilingual(
        "写下的名字还没认清是哪个单位、哪个人，请组长先认清",
        "It is not settled yet whom a name in it means; the team leader settles that first.",
    ),
    "second_person_needed": Bilingual(
        "提请的人不能自己决定，请本单位另一个人来定",
        "Whoever asked for it does not decide it; another person of the same unit does.",
    ),
    "names_fewer": Bilingual(
        "这件事反映到的单位或人，那件事没有写明；先在那件事上补上，再并案",
        "This case names a unit or a person that the other one does not; name them there first, then merge.",
    ),
    "unknown_action": Bilingual("没有这一步，请核对名称", "There is no such action; check its name."),
    "unknown_attachment": Bilingual(
        "没有这个附件，或已用在别处，请重新上传",
        "There is no such file, or it is used already; upload it again.",
    ),
    "unknown_question": Bilingual(
        "这一类没有这个问题，请删去", "There is no such question in this category; leave it out."
    ),
    "not_a_number": Bilingual("请填一个数", "Give a number."),
    "number_out_of_range": Bilingual("请填 0 到 10 亿之间的数", "Give a number from 0 to 1,000,000,000."),
    "unknown_case": Bilingual("没有这个编号的事项，请核对", "There is no case of this number; check it."),
    "unknown_category": Bilingual(
        "没有这个类别，请从列出的里面选", "There is no such category; take one of those listed."
    ),
    "unknown_complainant": Bilingual(
        "这件事没有这位反映人，请核对", "There is no such complainant on this case; check it."
    ),
    "unknown_household": Bilingual(
        "户册里没有这一户，请核对", "There is no such household in the register; check it."
    ),
    "unknown_unit": Bilingual("没有这个单位，请核对", "There is no such unit; check its code."),
    "unknown_user": Bilingual("没有这个人，请核对", "There is no such user; check the name."),
    "unknown_village": Bilingual("没有这个村，请核对", "There is no such village; check its code."),
    "village_no_longer_exists": Bilingual(
        "这个村已经撤并，请填现在的村", "This village has been merged; give the present one."
    ),
    "not_a_receipt_code": Bilingual("不像回执码，请看一看再填", "That is no receipt code; look at it again."),
    "receipt_code_used": Bilingual(
        "这个回执码用过了，请换一个", "This receipt code is in use; take another one."
    ),
    "not_a_cursor": Bilingual(
        "翻页标记不对，请从第一页看起", "That is no mark of a page; begin at the first one."
    ),
    "empty": Bilingual("文件是空的，请换一个", "The file is empty; choose another one."),
}

REASONS: Mapping[str, Bilingual] = {**OPENINGS, **VALUES}
