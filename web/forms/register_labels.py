"""Name the fields of administration, what they are refused for, and what its registers record."""

from collections.abc import Mapping

from accounts.registers import areas, unit_imports, user_changes
from accounts.registers.import_cells import LONGEST_CODE
from accounts.registers.user_validation import LONGEST_USERNAME
from accounts.sign_in import passwords
from config.county_days import LONGEST_HOLIDAY
from config.marked_text import with_limits
from config.profiles import MLPS
from core.i18n import mark as _

#: Label and hint of each field, by the form and the field.
FIELDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("person", "username"): (_("用户名"), _("登录用，小写字母和数字，例如 zhou 或 zhou.min；定了不能改")),
    ("person", "name"): (_("姓名"),),
    ("person", "unit"): (_("哪个单位"),),
    ("person", "roles"): (_("角色"), _("可以选几个")),
    ("person", "head"): (_("单位负责人"), _("通报会送给负责人")),
    ("person", "email"): (_("邮箱"), _("设了邮件才收得到提醒")),
    ("person", "password"): (
        _("密码"),
        with_limits(_("不填就由系统给一个，只显示一次；自己定的至少 {least} 个字"), least=passwords.LEAST),
    ),
    ("person", "no_password"): (
        _("这里不给密码，只从统一身份认证登录"),
        _("上面的密码就不要填；用户名要和那边的一样"),
    ),
    ("person", "days"): (
        _("几天"),
        with_limits(_("连今天在内，最多 {most} 天"), most=user_changes.MOST_DAYS_POSTPONED),
    ),
    ("person", "reason"): (_("为什么"),),
    ("area", "parent"): (_("在哪个区域下面"), _("{level.county}是最上面一级，不用选")),
    ("area", "level"): (_("哪一级"),),
    ("area", "name"): (_("名称"),),
    ("area", "code"): (_("代码"), _("大写字母、数字和连字符，例如 SL；定了不能改，事项编号用它开头")),
    ("area", "land_mu"): (_("耕地亩数"),),
    ("area", "groups_declared"): (_("{level.group}数"),),
    ("area", "households_declared"): (
        _("{term.household}数"),
        _("{level.village}里上报的数，和{term.household}册分开记"),
    ),
    ("area", "population_declared"): (_("人数"),),
    ("area", "new_name"): (_("新名称"),),
    ("area", "new_code"): (_("新代码"), _("大写字母、数字和连字符；旧代码留给旧名")),
    ("area", "into"): (_("并到哪里"),),
    ("area", "on"): (_("从哪天起"), _("最晚是今天；以后才生效的，到那天再来办")),
    ("unit", "name"): (_("名称"),),
    ("unit", "code"): (_("代码"), _("字母、数字和连字符，例如 committee-SL；定了不能改")),
    ("unit", "kind"): (_("哪一种"),),
    ("unit", "area"): (_("管哪个区域"), _("单位里的人看得到这个区域和它下面的事")),
    ("unit", "superior"): (_("上级单位"), _("上报和提级交给它；最上面的一个不用选")),
    ("unit", "phone"): (_("给{role.villager}打的电话"), _("印在回执上；接事的{unit_kind.team}都要填")),
    ("calendar", "notice"): (_("通知的名称"), _("例如：国办发明电〔2026〕7 号")),
    ("calendar", "holidays"): (
        _("放假的日子"),
        _("一行一个假期，先写日子，空一格写名称，例如：10月1日至10月7日 国庆节"),
    ),
    ("calendar", "working"): (_("调休上班的日子"), _("一行一天，例如：10月10日 国庆节调休")),
    ("set_up", "level"): (_("从哪一级开始用"),),
    ("set_up", "area_name"): (_("{level.county}或{level.township}的名称"), _("例如：示范县")),
    ("set_up", "area_code"): (_("它的代码"), _("大写字母和数字，例如 SX；定了不能改")),
    ("set_up", "unit_name"): (_("您在哪个单位"), _("例如：示范县走访办")),
    ("set_up", "unit_code"): (_("单位的代码"), _("字母、数字和连字符；定了不能改")),
    ("set_up", "unit"): (_("您在哪个单位"),),
    ("set_up", "name"): (_("姓名"),),
    ("set_up", "username"): (_("用户名"), _("登录用，小写字母和数字；定了不能改")),
    ("set_up", "password"): (
        _("密码"),
        with_limits(_("至少 {least} 个字，一句好记的话最好"), least=passwords.LEAST),
    ),
    ("set_up", "again"): (_("密码再填一次"),),
}

#: What a form of administration is refused for, by the reason code.
MISTAKES: Mapping[str, str] = {
    "out_of_range": with_limits(_("最多 {most} 天"), most=user_changes.MOST_DAYS_POSTPONED),
    "not_a_username": with_limits(
        _("只用小写字母、数字、点、横线和下划线，最多 {most} 个字符"), most=LONGEST_USERNAME
    ),
    "unknown_role": _("请选角色"),
    "not_an_address": _("不是邮箱地址"),
    "too_short": with_limits(_("至少 {least} 个字"), least=passwords.LEAST),
    "contains_username": _("不要包含用户名"),
    "too_simple": _("字太单一，请换一个"),
    "too_common": _("太常见，容易被猜到"),
    "too_few_kinds": with_limits(_("小写、大写、数字、符号，至少要有 {n} 种"), n=MLPS.least_kinds),
    "used_before": _("最近用过，请换一个"),
    "roles_not_together": _("这几个角色不能给同一个人；管理员分设时，系统、安全、审计各是各的人"),
    "not_the_same": _("两次填的不一样"),
    "unreadable_line": with_limits(
        _("第 {line} 行读不懂。写成：10月1日至10月7日 国庆节；一个假期最多 {days} 天"),
        days=LONGEST_HOLIDAY.days,
    ),
    "day_given_twice": _("{day} 写了两次，请留一处"),
    "not_of_this_year": _("{day} 不在这一年，也不在前一年的十二月"),
    "statutory_days_missing": _(
        "少了法定假日：{missing}。请补上；通知确实没有这些天的，先看影响，在那一页确认"
    ),
    "known_from_another_notice": _("{day} 已经写在别的通知里"),
    "not_a_code": with_limits(
        _("代码只用字母、数字和连字符，最多 {most} 个，例如 SL 或 committee-SL"), most=LONGEST_CODE
    ),
    "not_an_area_code": with_limits(
        _("代码只用大写字母、数字和连字符，最多 {most} 个，例如 SL"), most=LONGEST_CODE
    ),
    "unknown_level": _("请选哪一级"),
    "unknown_area": _("没有这个区域，或者它已经并走，请另选"),
    "level_not_below_parent": _(
        "要选更高一级的区域：{level.county}、{level.township}、{level.village}、{level.group}一级管一级"
    ),
    "not_of_the_same_level": _("只能并到同一级的另一个区域"),
    "not_yet": _(
        "{day} 还没到。更名和合并不能提前登记，也不能撤回：请到那天再来办；已经生效的，填生效的那天"
    ),
    "before_start": _("它从 {start} 才开始用，请填那以后的日子"),
    "unknown_kind": _("请选哪一种单位"),
    "unknown_superior": _("没有这个上级单位，请另选"),
    "superior_cycle": _("上级绕成了一圈，请另选"),
    "code_used": _("这个代码属于别处，请另用一个"),
    "matters_in_old_area": unit_imports.HINTS["matters_in_old_area"],
    "matters_of_old_kind": unit_imports.HINTS["matters_of_old_kind"],
    "matters_need_superior": unit_imports.HINTS["matters_need_superior"],
    "matters_in_old_area_untold": unit_imports.HINTS["matters_in_old_area_untold"],
    "matters_of_old_kind_untold": unit_imports.HINTS["matters_of_old_kind_untold"],
    "matters_need_superior_untold": unit_imports.HINTS["matters_need_superior_untold"],
    "matters_of_old_parent_untold": areas.HINTS["matters_of_old_parent_untold"],
    "matters_of_old_parent": areas.HINTS["matters_of_old_parent"],
    "people_reach_further": unit_imports.HINTS["people_reach_further"],
    "oneself": _("自己的单位、角色、密码和停用不能在这里改，请另一位管理员来做"),
    "own_proposal": _("您自己提请的，要由另一位管理员同意"),
    "second_needed": _("这个人的密码，一位管理员不能单独换：请提请，由另一位同意"),
    "guarded_unit": _(
        "这个人的角色要另一位管理员同意，所以换单位也不能单独做：先去掉这些角色，换了单位再提请，由另一位同意"
    ),
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
    ("user", "second_factor_postponed"): _("准许晚些设动态码"),
    ("user", "roles_proposed"): _("提请给角色，等另一位管理员"),
    ("user", "roles_confirmed"): _("另一位管理员同意，给了角色"),
    ("user", "password_proposed"): _("提请换密码，等另一位管理员"),
    ("user", "password_confirmed"): _("另一位管理员同意，换了密码"),
    ("user", "proposal_refused"): _("不同意提请的事"),
    ("user", "proposal_withdrawn"): _("撤回提请的事"),
    ("user", "passkey_added"): _("开始用一把通行密钥"),
    ("user", "passkey_removed"): _("取消了一把通行密钥"),
    ("user", "openid_bound"): _("第一次从统一身份认证进来，从此认这个人"),
    ("user", "openid_released"): _("解开了和统一身份认证的对应"),
    ("user", "token_issued"): _("发了程序用的令牌"),
    ("user", "token_revoked"): _("收回了程序用的令牌"),
    ("calendar", "notice"): _("录入放假通知"),
    ("area", "created"): _("登记"),
    ("area", "changed"): _("改了"),
    ("area", "renamed"): _("更名以后开始用"),
    ("area", "ended"): _("到此为止"),
    ("unit", "created"): _("登记"),
    ("unit", "changed"): _("改了"),
    ("unit", "closed"): _("撤销"),
}

#: The facts of a change, by their name in the entry.
FACTS: Mapping[str, str] = {
    "name": _("名称"),
    "unit": _("单位"),
    "roles": _("角色"),
    "head": _("单位负责人"),
    "email": _("邮箱"),
    "notice": _("通知"),
    "kind": _("种类"),
    "area": _("区域"),
    "superior": _("上级单位"),
    "phone": _("给{role.villager}打的电话"),
    "path": _("位置"),
    "land_mu": _("耕地亩数"),
    "groups_declared": _("{level.group}数"),
    "households_declared": _("{term.household}数"),
    "population_declared": _("人数"),
    "until": _("最后一天"),
    "successor": _("接着的区域"),
    "instead_of": _("原来的代码"),
    "reason": _("为什么"),
    "token": _("令牌"),
    "label": _("用途"),
}
