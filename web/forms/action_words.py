"""The words of the forms of actions: what cannot be undone, and what may be corrected."""

from collections.abc import Mapping

from core.i18n import mark as _

#: What the choices of a field are called; the same name means another thing in another action.
GROUPS: Mapping[str, str] = {
    "outcome": "outcome",
    "channel": "reply_channel",
    "rating": "rating",
    "kind": "kind",
    "urgency": "urgency",
    "mode": "mode",
}
#: What the action will do that cannot be undone, or that others will see.
CONSEQUENCES: Mapping[str, str] = {
    "escalate": _("上报后由上级办理，还要把进展告诉{term.complainant}，最迟哪天写在事项上。"),
    "return": _("退回后由{unit_kind.team}重新交办，办理期限照旧走。"),
    "send_down": _("退回后由{unit_kind.team}重新交办，办理期限照旧走。"),
    "merge": _("并案后由那一件一起办，日子取两件里早的，这里的回执码照样能查。"),
    "void": _("作废只用于登记错了。会留在每份报表里，不再办理。"),
    "reject": _("不予受理要给每一位讲明为什么、可以找哪里。"),
    "close_reviewed": _("复核归档算不满意，写进报表。"),
    "reissue_receipt": _("补发以后，原来的回执码就不能用了。"),
    "reveal": _("看号码会记进经过。"),
    "suspend": _("中止期间办理期限不走，到日子自动恢复。"),
    "extend": _("准了以后要告诉{term.complainant}。"),
    "withdraw": _("要每一位都撤回才算。"),
}
AMENDABLE: Mapping[str, str] = {
    "category": _("类别"),
    "kind": _("性质"),
    "urgency": _("紧急"),
    "household": _("哪一{term.household}"),
    "own_words": _("原话"),
    "name": _("姓名"),
    "phone": _("电话"),
    "named_units": _("反映的是哪个单位"),
    "named_users": _("反映的是哪个人"),
}
