"""Name the fields of steps and acts, and the reasons why a value is not taken, in plain words."""

from collections.abc import Mapping
from typing import NamedTuple

from cases.models.correspondence import LARGEST_FILE_MB
from config.marked_text import with_limits
from core.i18n import mark as _
from core.normalization.telephones import MOBILE_DIGITS
from web.forms import register_labels as administration
from web.framework.uploads import MOST_FILES
from workflow.limits import DECIMALS, LONGEST_SUSPENSION
from workflow.texts.reasons import REASONS
from wsgi.error_messages import WRONG_FILE

FILES = with_limits(
    _("照片（JPEG、PNG）或 PDF，一次最多 {files} 个，一共不超过 {megabytes} MB"),
    files=MOST_FILES,
    megabytes=LARGEST_FILE_MB,
)


class FieldLabel(NamedTuple):
    """What stands above a field, and the hint under it."""

    label: str
    hint: str = ""


#: By the action and the field, with the last part of a dotted name; `*` holds for every other action.
FIELDS: Mapping[tuple[str, str], FieldLabel] = {
    ("register", "village"): FieldLabel(_("哪个{level.village}")),
    ("register", "category"): FieldLabel(_("哪一类")),
    ("register", "kind"): FieldLabel(_("性质")),
    ("register", "urgency"): FieldLabel(_("急不急")),
    ("register", "channel"): FieldLabel(_("怎么反映的、怎么告诉的")),
    ("resolve", "files"): FieldLabel(_("加照片"), _("完工照最有说服力")),
    ("*", "files"): FieldLabel(_("照片和文件"), FILES),
    ("*", "outcome"): FieldLabel(_("办得怎么样")),
    ("*", "promised_on"): FieldLabel(_("哪天办好"), _("排进计划的才填")),
    ("*", "text"): FieldLabel(_("答复的话")),
    ("note", "text"): FieldLabel(_("记什么"), _("只有工作人员看得到，{term.complainant}看不到")),
    ("*", "channel"): FieldLabel(_("怎么告诉的")),
    ("*", "final"): FieldLabel(_("这是最后的答复"), _("不打勾就是先说说进展，到下一个答复期限还要再回话")),
    ("*", "unit"): FieldLabel(_("交给哪个单位")),
    ("return", "unit"): FieldLabel(_("该由哪个单位办")),
    ("escalate", "unit"): FieldLabel(_("报给哪个单位")),
    ("*", "binding"): FieldLabel(_("指定承办，不能退回"), _("退回的次数满了才用")),
    ("*", "reason"): FieldLabel(_("为什么")),
    ("return", "reason"): FieldLabel(_("为什么退回")),
    ("escalate", "reason"): FieldLabel(_("为什么这里办不了")),
    ("send_down", "reason"): FieldLabel(_("书面理由")),
    ("reopen", "reason"): FieldLabel(_("为什么重新办")),
    ("request_extension", "reason"): FieldLabel(_("为什么要延期")),
    ("request_suspend", "reason"): FieldLabel(_("为什么要中止")),
    ("reveal", "reason"): FieldLabel(_("看号码做什么"), _("会记进经过")),
    ("reissue_receipt", "reason"): FieldLabel(_("为什么补发")),
    ("*", "number"): FieldLabel(_("书面汇报的文号")),
    ("*", "addressee"): FieldLabel(_("汇报给谁")),
    ("*", "sent_on"): FieldLabel(_("哪天送出")),
    ("*", "due_on"): FieldLabel(_("延到哪天"), _("要是工作日")),
    ("*", "until"): FieldLabel(_("停到哪天"), with_limits(_("最多 {days} 天"), days=LONGEST_SUSPENSION.days)),
    ("*", "complainant"): FieldLabel(_("哪一位")),
    ("*", "heard"): FieldLabel(_("听到答复了吗")),
    ("*", "rating"): FieldLabel(_("满意吗")),
    ("*", "words"): FieldLabel(_("原话")),
    ("*", "recorded_by"): FieldLabel(_("谁记下的"), _("要由另一个人记下")),
    ("*", "complainants"): FieldLabel(_("哪几位撤回"), _("只有一位时不用选")),
    ("*", "into"): FieldLabel(_("并入哪一件"), _("写编号，例如 {example}")),
    ("*", "to"): FieldLabel(_("和哪一件有关"), _("写编号，例如 {example}")),
    ("*", "own_words"): FieldLabel(_("原话"), _("照他说的写")),
    ("*", "name"): FieldLabel(_("姓名")),
    ("*", "phone"): FieldLabel(_("电话")),
    ("*", "phone_as_written"): FieldLabel(
        _("号码没有写错，就这样存"),
        with_limits(_("手机是 {mobile} 位，您写了 {digits} 位数字"), mobile=MOBILE_DIGITS),
    ),
    ("*", "household"): FieldLabel(_("{term.household}号"), _("例如 {household}")),
    ("*", "confidential"): FieldLabel(
        _("为他保密"), _("只有登记人、{role.team_leader}和{role.auditor}看得到是谁")
    ),
    ("*", "receipt_code"): FieldLabel(_("已经给了的回执码"), _("没有就空着，系统会给一个")),
    ("*", "attachments"): FieldLabel(_("照片和文件"), FILES),
    ("*", "named_units"): FieldLabel(_("反映的是哪个单位"), _("选了的单位看不到、也不能承办")),
    ("*", "named_users"): FieldLabel(_("反映的是哪个人"), _("选了的人看不到这件事")),
    ("*", "other"): FieldLabel(
        _("单子上没有的，写名字"),
        _("{role.team_leader}认清是谁以前，只有{role.team_leader}和{role.auditor}看得到这件事"),
    ),
    ("*", "happened_at"): FieldLabel(_("哪天的事"), _("不填就是现在")),
    ("amend", "category"): FieldLabel(_("改成哪一类")),
    ("amend", "kind"): FieldLabel(_("改成哪种性质")),
    ("amend", "urgency"): FieldLabel(_("改成急还是不急")),
    ("*", "field"): FieldLabel(_("更正哪一项")),
    ("*", "value"): FieldLabel(
        _("改成什么"),
        _("原话填整句，姓名、电话照写；单子上没有的单位和人写名字"),
    ),
    ("*", "mode"): FieldLabel(_("用什么方式")),
    ("attempt", "words"): FieldLabel(_("怎么没联系上"), _("例如 电话没人接，门锁着")),
    ("unreachable", "text"): FieldLabel(_("写一句说明")),
    ("unreachable", "words"): FieldLabel(_("怎么没联系上")),
    ("*", "at"): FieldLabel(_("什么时候")),
    ("*", "username"): FieldLabel(_("用户名")),
}

#: What the shapes of a form refuse; what the engine refuses stands in workflow.texts.reasons.
MISTAKES: Mapping[str, str] = {
    "length_out_of_range": _("写得太长了，请分开写"),
    "not_a_text": _("请填写文字"),
    "not_a_day": _("请选一个日子"),
    "not_a_time_with_offset": _("请选日子和时间"),
    "not_a_whole_number": _("请填一个整数"),
    "too_short": _("写得太短了，请写清楚一点"),
    "number_beyond_limits": _("这个数太大或者太小，请核对"),
    "too_many_decimals": with_limits(_("小数最多 {decimals} 位"), decimals=DECIMALS),
    "not_true_or_false": _("请选是或不是"),
    "out_of_range": _("太早或太晚，请核对"),
    "null_not_allowed": _("请填写"),
    "control_character": _("有看不见的控制字符，请重新输入"),
    "lone_surrogate": _("有损坏的字符，请重新输入"),
    "invisible_character": _("有看不见的字符，请重新输入"),
    "more_than_one_line": _("请写成一行"),
    "too_long": _("太长了，请写短一点"),
    "unknown_member": _("这一项不在表里，请从本页重新填"),
    "too_large": with_limits(_("文件超过 {megabytes} MB，请换小一点的"), megabytes=LARGEST_FILE_MB),
    "too_large_together": with_limits(
        _("照片和文件一共超过 {megabytes} MB，请分几次加，或者换小一点的"), megabytes=LARGEST_FILE_MB
    ),
    "unsupported_type": WRONG_FILE,
    "too_many_files": with_limits(_("一次最多 {files} 个，请分几次加"), files=MOST_FILES),
}


def label_of(action: str, name: str) -> FieldLabel:
    """Return the words of a field; `name` may be a dotted path, of which the last part counts."""
    last = name.rpartition(".")[2]
    if (action, last) in administration.FIELDS:
        return FieldLabel(*administration.FIELDS[action, last])
    return FIELDS.get((action, last)) or FIELDS.get(("*", last)) or FieldLabel(last)


def mistake(code: str, language: str) -> str | None:
    """Return the Chinese or, for what the engine says itself, the reader's words of a reason code."""
    if code in REASONS:
        return REASONS[code].zh if language == "zh" else REASONS[code].en
    return MISTAKES.get(code) or administration.MISTAKES.get(code)
