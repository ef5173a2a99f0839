"""Name the fields of administration, what they are refused for, and what its registers record."""

from collections.abc import Mapping

from core.i18n import mark as _

#: Label and hint of each field, by the form and the field.
FIELDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("person", "username"): (_("用户名"), _("登录用，小写字母和数字，例如 zhou 或 zhou.min；定了不能改")),
    ("person", "name"): (_("姓名"),),
    ("person", "unit"): (_("哪个单位"),),
    ("person", "roles"): (_("角色"), _("可以选几个")),
    ("person", "head"): (_("单位负责人"), _("通报会送给负责人")),
    ("person", "email"): (_("邮箱"), _("设了邮件才收得到提醒")),
    ("person", "password"): (_("密码"), _("不填就由系统给一个，只显示一次；自己定的至少 12 个字")),
}

#: What a form of administration is refused for, by the reason code.
MISTAKES: Mapping[str, str] = {
    "not_a_username": _("只用小写字母、数字、点、横线和下划线，最多 32 个字符"),
    "unknown_role": _("请选角色"),
    "not_an_address": _("不是邮箱地址"),
    "too_short": _("至少 12 个字"),
    "contains_username": _("不要包含用户名"),
    "too_simple": _("字太单一，请换一个"),
    "too_common": _("太常见，容易被猜到"),
    "oneself": _("自己的单位、角色、密码和停用不能在这里改，请另一位管理员来做"),
    "lost_race": _("刚才有人改了同一处。您写的还在，请再按一次。"),
}

#: What an entry of a register's history says, by the kind of its subject and the action.
ACTIONS: Mapping[tuple[str, str], str] = {
    ("user", "added"): _("加进来"),
    ("user", "changed"): _("改了"),
    ("user", "password_set"): _("换了密码"),
    ("user", "disabled"): _("停用"),
    ("user", "enabled"): _("重新启用"),
    ("user", "second_factor_set"): _("开始用动态码"),
    ("user", "second_factor_removed"): _("取消了动态码"),
}

#: The facts of a change, by their name in the entry.
FACTS: Mapping[str, str] = {
    "name": _("名称"),
    "unit": _("单位"),
    "roles": _("角色"),
    "head": _("单位负责人"),
    "email": _("邮箱"),
}
