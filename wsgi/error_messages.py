"""The words of each problem code: one row each, Chinese here and English in the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cases.models.correspondence import LARGEST_FILE_MB
from config.marked_text import with_limits
from core.i18n import mark as _

#: Of a request that is not a file, in millions of bytes.
MOST_BODY_MB = 1


@dataclass(frozen=True)
class ProblemWording:
    """A short title that is the same each time, and a sentence that says what to do."""

    title: str
    detail: str


PROBLEMS: Mapping[str, ProblemWording] = {
    "malformed": ProblemWording(
        _("请求读不懂"), _("请求有误：正文须是 UTF-8 编码的合法 JSON，名称不得重复。")
    ),
    "unauthenticated": ProblemWording(_("请先表明身份"), _("没有令牌，或者令牌不对、已过期、已吊销。")),
    "forbidden": ProblemWording(_("无权这样做"), _("您的角色，或者您与此事项的关系，不允许这样做。")),
    "not_found": ProblemWording(_("没有找到"), _("没有这样的内容，或者它不在您的范围之内。")),
    "method_not_allowed": ProblemWording(_("不支持这种方法"), _("这个地址支持的方法见 Allow。")),
    "not_acceptable": ProblemWording(_("没有所要的格式"), _("这个地址只给出 JSON。")),
    "action_not_open": ProblemWording(
        _("现在不能这样做"), _("此事项目前不能办这一步，原因见 facts.reasons。")
    ),
    "lost_race": ProblemWording(_("被别人抢先一步"), _("别人刚刚改动了同一内容。请重新读取后再试。")),
    "client_ref_reused": ProblemWording(
        _("编号已经用过"), _("这个 client_ref 已经用于另一份内容不同的登记。")
    ),
    "no_receiving_unit": ProblemWording(
        _("没有受理单位"),
        _("没有一个{unit_kind.team}或{unit_kind.township}可以受理这个{level.village}的事项。"),
    ),
    "answer_unreadable": ProblemWording(
        _("先前的答复无法再给"), _("这次提交先前已办成，但密钥已更换。请直接读取结果。")
    ),
    "stale": ProblemWording(_("内容已经变了"), _("您看到的不是最新的版本。请重新读取后再试。")),
    "too_large": ProblemWording(
        _("内容太大"),
        with_limits(
            _("正文不得超过 {body} MB，附件不得超过 {file} MB。"),
            body=MOST_BODY_MB,
            file=LARGEST_FILE_MB,
        ),
    ),
    "unsupported_type": ProblemWording(
        _("类型不对"), _("正文须是 application/json；附件须是所列的类型之一。")
    ),
    "invalid": ProblemWording(_("填写有误"), _("有几处填写不对，逐项见 errors。")),
    "idempotency_key_reused": ProblemWording(
        _("幂等键已经用过"), _("这个 Idempotency-Key 已用于另一份提交。")
    ),
    "too_many": ProblemWording(_("次数太多"), _("请过一会儿再试。")),
    "unavailable": ProblemWording(_("暂时无法办理"), _("数据库或磁盘此刻不可靠。请稍后用同一幂等键重试。")),
    "busy": ProblemWording(_("正忙"), _("同时送来的照片太多。请稍等片刻，用同一幂等键重试。")),
    "internal": ProblemWording(_("程序出错"), _("这是程序的错。请把 request_id 告诉管理员。")),
}

INFECTED = _("这个文件里查出了病毒，不能打开。请告诉管理员。")
SCANNER_SILENT = _("查病毒的程序这会儿没有答复，文件没有收，也没有给出。请过一会儿再试。")
TOOK_TOO_LONG = _("这一次要找的太多，没有找完就停了。请加上条件、缩小范围再来。")
OWN_PLACES = _("您那里同时送来的太多，前面的还没有办完，这一次什么都没有存。请稍等片刻，再试一次。")
UNKNOWN_HOST = _("这个网址不是本系统的。请管理员把它的主机名加进 HUIYIN_TRUSTED_HOSTS。")
#: What is said instead, by a reason or another fact of the refusal: the usual sentence would mislead.
BY_REASON: Mapping[tuple[str, str], str] = {
    ("malformed", "unknown_host"): UNKNOWN_HOST,
    ("forbidden", "infected"): INFECTED,
    ("unavailable", "scanner_silent"): SCANNER_SILENT,
    ("unavailable", "took_too_long"): TOOK_TOO_LONG,
    ("unavailable", "own_places"): OWN_PLACES,
    ("unavailable", "no_place"): _("这会儿同时来的人太多，什么都没有存。请稍等片刻，用同一幂等键重试。"),
}
WRONG_FILE = _("只收照片（JPEG、PNG）和 PDF。苹果手机的 HEIC 照片请先转成 JPEG。")


def detail_of(code: str, facts: Mapping[str, Any]) -> str | None:
    """Return the sentence for a refusal that the usual one does not fit, or None."""
    if code == "unsupported_type" and "allowed" in facts:
        return WRONG_FILE
    return BY_REASON.get((code, str(facts.get("reason", ""))))


#: What managing people, areas and units can be refused for; braces hold facts of the error.
REGISTERS: Mapping[str, str] = {
    "username_taken": _("已经有叫 {username} 的用户，请换一个用户名。"),
    "unit_in_use": _(
        "{unit_name}还有没办完的事、没给的答复，或者下级没办完的事要靠它，不能撤销。请先改派或移交。"
    ),
    "unit_owes_replies": _(
        "{unit_name}有 {matters} 件没办完的事只有{name}能办。请先给那里加一个人，或者改派、移交。"
    ),
    "unit_needs_user": _("{unit_name}还有事只有{name}能办。请先给那里加一个人，或者改派、移交。"),
    "proposal_over": _("这里已经没有等着确认的事：办完了、撤回了、过了期，或者提请的人不再是管理员。"),
    "proposal_changed": _("您打开以后，提请的事变过了，这次什么都没有办。下面是现在的，请核对以后再按。"),
    "proposal_outdated": _("提请以后，{username} 的角色变过了，不能照原来的给。请撤回，重新提请。"),
    "unit_closed": _("{unit_name}已经撤销。请先给这个人换一个单位。"),
    "area_has_ended": _("{name}已经在 {until} 并走或更名，不能再改。"),
    "area_code_taken": _("代码 {area} 已经用过，请另用一个。代码用过就不再给别的地方。"),
    "unit_code_taken": _("代码 {unit} 已经用过，请另用一个。"),
    "register_changed": _("{who}刚才也改了这里，见下面的「记录」。您写的还在，核对以后再存一次。"),
    "set_up_already": _("已经有人了，第一个管理员不能再从这里建。请登录，或者找管理员。"),
}
