"""Say what has just been done and is now true, once, on the page that follows."""

from collections.abc import Mapping

from flask import request

from cases.lifecycle.build_values import VALUES
from core.i18n import mark as _
from web.framework.request_context import page_request
from workflow.texts import labels

#: By the code in the address; every other action is told by its own name.
DONE: Mapping[str, str] = {
    "accept": _("接收了"),
    "assign": _("交办了，{number} 已经通知他们"),
    "resolve": _("已答复"),
    "answer": _("当场答复了"),
    "reopen": _("重新交办了"),
    "escalate": _("上报了，请按日子把进展告诉{term.complainant}"),
    "attach": _("已加上附件"),
    "note": _("记好了"),
    "reply": _("回话记好了"),
    "joined": _("加进 {number} 了"),
    "password": _("密码改好了，别的设备都已退出"),
    "token_revoked": _("令牌收回了，马上失效"),
    "passkey_added": _("通行密钥开始用了，别的设备都已退出"),
    "passkey_removed": _("通行密钥取消了，别的设备都已退出"),
    "device": _("那台设备已经退出"),
    "second_factor": _("动态码开始用了，别的设备都已退出"),
    "second_factor_removed": _("动态码不用了，别的设备都已退出"),
    "together": _("{number} 件办好了"),
    "saved": _("存好了"),
    "founded": _("第一个管理员建好了，接着登记区域、单位和人员"),
    "calendar": _("存好了，期限已经跟着变"),
    "area_added": _("登记好了"),
    "area_renamed": _("更名好了，旧名留给以前的事项"),
    "area_merged": _("并过来了，旧名留给以前的事项"),
    "unit_added": _("登记好了"),
    "unit_closed": _("撤销了，不会再交给它"),
    "person_added": _("加进来了，可以登录了"),
    "person_password": _("密码换好了，各处的登录都已退出"),
    "person_disabled": _("停用了，登录和令牌已经失效"),
    "person_enabled": _("重新启用了，请给一个新密码"),
    "person_code": _("动态码取消了，本人下次登录再设"),
    "person_released": _("解开了，各处的登录都已退出"),
    "person_proposed": _("已经提请，等另一位管理员确认"),
    "person_agreed": _("同意了，角色已经给了"),
    "person_disagreed": _("不办了，已经记下"),
    "person_postponed": _("可以晚些设动态码了，已经记下"),
    "rated": _("谢谢您，记下了"),
}
#: "办好了" is the word of an outcome, which no villager has heard yet.
OTHER = _("{action}，已经记下")


def done_message() -> str:
    """Return the sentence for the present page, or nothing."""
    code, number = request.args.get("done", ""), request.args.get("number", "")
    if not code:
        return ""
    found = page_request()
    definition = found.rules.definition
    is_own = definition.has_action(code) and code not in VALUES
    if code in DONE and not is_own:
        return found.say(DONE[code], number=number if len(number) <= 40 and number.isascii() else "")
    if definition.has_action(code):
        return found.say(OTHER, action=labels.action(definition, code, found.language))
    return ""
