"""Say for every reason why a value that was handed in is not good what the person can do about it."""

from collections.abc import Mapping

from config.marked_text import Bilingual
from workflow.limits import LARGEST_ANSWER, LONGEST_SUSPENSION, MODES

#: What the verbs about cases answer on top, when the value handed in decides.
VALUES: Mapping[str, Bilingual] = {
    "binding_by_coordinator_only": Bilingual(
        "只有{role.coordinator}能指定承办", "Only a {role.coordinator} can make an assignment binding."
    ),
    "binding_not_due": Bilingual(
        "退回的次数还没有满，先按一般交办",
        "It may still be returned in this round; assign it without making it binding.",
    ),
    "confidential": Bilingual(
        "要求保密，只有登记人和{role.team_leader}能看",
        "This {term.complainant} is confidential; ask the recorder or the {role.team_leader}.",
    ),
    "reply_missing": Bilingual(
        "还有人没有得到最终答复，请先答复每一位", "Somebody has no final reply yet; reply to everyone first."
    ),
    "infected": Bilingual(
        "这个文件里有病毒，没有收。请先杀毒，或者换一个干净的文件",
        "There is a virus in this file, and it was not taken. Clean it, or choose a clean one.",
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
        "这个单位不管这个{level.village}，请换一个",
        "This unit does not cover the {level.village}; choose another one.",
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
    "day_not_come_yet": Bilingual(
        "这一天还没有到，请写今天或者以前的日子", "That day has not come yet; choose today or a day before."
    ),
    "day_is_over": Bilingual(
        "这一天已经过了，请写今天或者以后的日子", "That day is over; choose today or a later day."
    ),
    "not_in_the_future": Bilingual("请写今天以后的日子", "Choose a day after today."),
    "longer_than_90_days": Bilingual(
        f"最多中止 {LONGEST_SUSPENSION.days} 天，请写早一点",
        f"At most {LONGEST_SUSPENSION.days} days; choose an earlier day.",
    ),
    "required": Bilingual("请填写", "Fill this in."),
    "required_when_planned": Bilingual("排进计划的要写明哪天办好", "Say by which day it is promised."),
    "only_when_planned": Bilingual(
        "只有排进计划的才写日子，请删去", "Only what is planned has a promised day; leave it out."
    ),
    "out_of_range": Bilingual("日子太早或太晚，请核对", "The day is too early or too late; check it."),
    "given_twice": Bilingual("同一个人答复了两次，请留一条", "The same person is given twice; keep one."),
    "already_complainant": Bilingual("这件事已经记了这个人", "This person is on this case already."),
    "already_reached": Bilingual("这个人已经答复或回访过", "This person has been reached already."),
    "already_visited": Bilingual("这个人这一轮已经回访过", "This person had the return visit of this round."),
    "fewer_than_two_modes": Bilingual(
        f"至少用 {MODES} 种方式联系", f"The number of ways of trying must be at least {MODES}."
    ),
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
    "every_complainant_must_withdraw": Bilingual("要每一位都撤回", "Every {term.complainant} must withdraw."),
    "more_than_one_complainant": Bilingual(
        "反映的人不止一位，请选是哪一位", "More than one person raised it; choose which one is meant."
    ),
    "cannot_be_amended": Bilingual("这一项不能更正", "This field cannot be amended."),
    "not_a_choice": Bilingual(
        "没有这个选项，请从列出的里面选", "There is no such choice; take one of those listed."
    ),
    "same_case": Bilingual("是同一件事，请填另一件", "That is the same case; give another one."),
    "another_village": Bilingual(
        "不是同一个{level.village}的，不能并案",
        "That case is of another {level.village} and cannot be merged.",
    ),
    "not_a_phone": Bilingual(
        "请只填电话号码，例如 13800002046 或 0834-1234567",
        "Give a telephone number only, such as 13800002046 or 0834-1234567.",
    ),
    "blank_left": Bilingual(
        "还有〔〕没有填，{term.complainant}会原样看到，请填好再发",
        "A blank in brackets is left, which {term.complainant}s would read as it is; fill it in first.",
    ),
    "names_open": Bilingual(
        "写下的名字还没认清是哪个单位、哪个人，请{role.team_leader}先认清",
        "It is not settled yet whom a name in it means; the {role.team_leader} settles that first.",
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
    "not_a_number": Bilingual(
        "请填一个数；小数点写成 .，逗号只写在每三位之间",
        "Give a number, with a point before decimals, and commas between thousands alone.",
    ),
    "number_out_of_range": Bilingual(
        f"请填 0 到 {LARGEST_ANSWER:,} 之间的数", f"Give a number from 0 to {LARGEST_ANSWER:,}."
    ),
    "unknown_case": Bilingual("没有这个编号的事项，请核对", "There is no case of this number; check it."),
    "unknown_category": Bilingual(
        "没有这个类别，请从列出的里面选", "There is no such category; take one of those listed."
    ),
    "unknown_complainant": Bilingual(
        "这件事没有这位{term.complainant}，请核对",
        "There is no such {term.complainant} on this case; check it.",
    ),
    "unknown_household": Bilingual(
        "名册里没有这一{term.household}，请核对",
        "There is no such {term.household} in the register; check it.",
    ),
    "unknown_unit": Bilingual("没有这个单位，请核对", "There is no such unit; check its code."),
    "unknown_user": Bilingual("没有这个人，请核对", "There is no such user; check the name."),
    "unknown_village": Bilingual(
        "没有这个{level.village}，请核对", "There is no such {level.village}; check its code."
    ),
    "village_no_longer_exists": Bilingual(
        "这个{level.village}已经撤并，请填现在的{level.village}",
        "This {level.village} has been merged; give the present one.",
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
