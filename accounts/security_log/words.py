"""Say in words what a line of the security log tells; translated where it is shown."""

from collections.abc import Mapping

from accounts.security_log.shown import Event
from core.i18n import mark as _

EVENT_WORDS: Mapping[Event, str] = {
    Event.REVEALED: _("看了完整的电话"),
    Event.FILE: _("取了附件"),
    Event.EXPORT: _("导出了表格"),
    Event.CASE: _("打开了事项"),
    Event.RECORD: _("查了谁看过"),
    Event.COMPLAINANTS: _("列出了反映的人"),
    Event.LIST: _("在列表里看到"),
    Event.HOUSEHOLDS: _("看了{term.household}册"),
    Event.SIGN_IN: _("登录了"),
    Event.SIGN_IN_REFUSED: _("登录没有成功"),
    Event.SIGN_OUT: _("退出了登录"),
    Event.REFUSED: _("没有让看"),
    Event.GAP: _("这里缺了记录，当时写不进去"),
}
