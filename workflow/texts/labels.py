"""Name codes in Chinese and English: what the definition names itself, and what stands beside it."""

from collections.abc import Mapping

from workflow.definition.model import Definition
from workflow.texts.guard_names import GUARD_NAMES
from workflow.texts.reasons import REASONS, Bilingual

ROLES: Mapping[str, Bilingual] = {
    "member": Bilingual("组员", "member"),
    "team_leader": Bilingual("组长", "team leader"),
    "committee": Bilingual("村两委", "village committee"),
    "coordinator": Bilingual("乡镇联络员", "coordinator"),
    "department": Bilingual("部门", "department"),
    "leader": Bilingual("领导", "leader"),
    "auditor": Bilingual("监督", "auditor"),
    "admin": Bilingual("管理员", "administrator"),
    "guest": Bilingual("临时登记员", "guest recorder"),
    "system": Bilingual("系统", "system"),
    "villager": Bilingual("村民", "villager"),
}

RELATIONS: Mapping[str, Bilingual] = {
    "in_scope": Bilingual("管辖范围内", "any case in scope"),
    "system": Bilingual("到时自动", "by itself, on the day"),
    "owner": Bilingual("承办单位", "the owning unit"),
    "superior": Bilingual("承办单位的上级", "a unit above the owner"),
    "reply_owner": Bilingual("负责答复的单位", "the unit that owes the reply"),
    "not_handler": Bilingual("不是经办人", "not a handler"),
    "not_owner": Bilingual("不是承办单位", "not the handling unit"),
    "recorder": Bilingual("登记人", "the recorder"),
}

OWNER_RULES: Mapping[str, Bilingual] = {
    "receiving_unit": Bilingual("收件的工作组", "the receiving work team"),
    "assigned_unit": Bilingual("交办的单位", "the unit it was assigned to"),
    "higher_unit": Bilingual("上一级单位", "the higher unit"),
    "reply_owner": Bilingual("负责答复的单位", "the unit that owes the reply"),
}

UNIT_KINDS: Mapping[str, Bilingual] = {
    "team": Bilingual("工作组", "work team"),
    "committee": Bilingual("村两委", "village committee"),
    "township": Bilingual("乡镇", "township office"),
    "department": Bilingual("部门", "department"),
    "leading_group": Bilingual("领导小组", "leading group"),
}

OUTCOMES: Mapping[str, Bilingual] = {
    "solved": Bilingual("办好了", "solved"),
    "partly_solved": Bilingual("办好一部分", "partly solved"),
    "planned": Bilingual("排进计划", "planned"),
    "explained": Bilingual("办不了，讲明", "cannot, explained"),
    "referred": Bilingual("转到该管的地方", "referred"),
    "rejected": Bilingual("不予受理", "rejected"),
    "unreachable": Bilingual("联系不上", "unreachable"),
}

KINDS: Mapping[str, Bilingual] = {
    "problem": Bilingual("问题", "problem"),
    "opinion": Bilingual("意见", "opinion"),
    "suggestion": Bilingual("建议", "suggestion"),
    "consultation": Bilingual("咨询", "consultation"),
    "help": Bilingual("求助", "request for help"),
    "dispute": Bilingual("纠纷", "dispute"),
}

RATINGS: Mapping[str, Bilingual] = {
    "satisfied": Bilingual("满意", "satisfied"),
    "fair": Bilingual("基本满意", "fairly satisfied"),
    "dissatisfied": Bilingual("不满意", "not satisfied"),
}

CHANNELS: Mapping[str, Bilingual] = {
    "visit": Bilingual("入户走访", "home visit"),
    "walk_in": Bilingual("上门反映", "walk-in"),
    "phone": Bilingual("电话", "telephone"),
    "hotline": Bilingual("热线转来", "hotline"),
    "petition": Bilingual("信访", "petition"),
    "letter": Bilingual("来信", "letter"),
    "online": Bilingual("网上", "online"),
}

REPLY_CHANNELS: Mapping[str, Bilingual] = {
    "door": Bilingual("上门当面", "at the door"),
    "field": Bilingual("田间当面", "in the field"),
    "phone": Bilingual("电话", "by telephone"),
    "sms": Bilingual("短信", "by text message"),
    "letter": Bilingual("书面", "in writing"),
    "meeting": Bilingual("会上", "at a meeting"),
    "notice_board": Bilingual("公示栏", "on the notice board"),
    "online": Bilingual("网上", "online"),
}

MODES: Mapping[str, Bilingual] = {
    "day_home": Bilingual("白天入户", "daytime home visit"),
    "evening": Bilingual("夜间走访", "evening visit"),
    "field": Bilingual("田间走访", "field visit"),
    "walk_in": Bilingual("驻地接访", "walk-in at the base"),
    "by_message": Bilingual("捎信约访", "appointment by message"),
    "phone": Bilingual("电话访谈", "phone interview"),
}

URGENCIES: Mapping[str, Bilingual] = {
    "normal": Bilingual("一般", "normal"),
    "urgent": Bilingual("紧急", "urgent"),
}

AREA_LEVELS: Mapping[str, Bilingual] = {
    "county": Bilingual("县", "county"),
    "township": Bilingual("乡镇", "township"),
    "village": Bilingual("村", "village"),
    "group": Bilingual("组", "group"),
}

#: Entries of the history that are no action of the definition: a merge in the other case, a new calendar.
ENTRIES: Mapping[str, Bilingual] = {
    "absorb": Bilingual("并入一件", "another case merged in"),
    "release": Bilingual("分出一件", "a merged case taken out"),
    "recalculated": Bilingual("期限重新算过", "dates counted anew"),
}

CHANGES: Mapping[str, Bilingual] = {
    "start": Bilingual("开始", "starts"),
    "start_once": Bilingual("本轮没有走过才开始", "starts once a round"),
    "start_short": Bilingual("按短期限开始", "starts, short"),
    "stop": Bilingual("停止", "stops"),
    "go_on": Bilingual("照旧走", "goes on"),
    "move": Bilingual("按本步改期", "is moved by the step"),
}

GROUPS: Mapping[str, Mapping[str, Bilingual]] = {
    "role": ROLES,
    "relation": RELATIONS,
    "owner_rule": OWNER_RULES,
    "unit_kind": UNIT_KINDS,
    "outcome": OUTCOMES,
    "kind": KINDS,
    "rating": RATINGS,
    "channel": CHANNELS,
    "reply_channel": REPLY_CHANNELS,
    "mode": MODES,
    "urgency": URGENCIES,
    "level": AREA_LEVELS,
    "entry": ENTRIES,
    "change": CHANGES,
    "guard": GUARD_NAMES,
    "reason": REASONS,
}


def name(group: str, code: str, language: str) -> str:
    """Give the words of a code in `zh` or `en`; a code that a newer file brings stays as it is."""
    words = GROUPS[group].get(code)
    return code if words is None else _in(words, language)


def reason(code: str, language: str) -> str:
    """Give the sentence of a reason code: what stands in the way and what to do."""
    return name("reason", code, language)


def state(definition: Definition, code: str, language: str) -> str:
    """Give the name of a state."""
    found = definition.states[code]
    return _in(Bilingual(found.zh, found.en), language)


def action(definition: Definition, code: str, language: str) -> str:
    """Give the name of a step, an act, a rung or another entry of the history."""
    if code in definition.steps or code in definition.acts:
        found = definition.action(code)
        return _in(Bilingual(found.zh, found.en), language)
    for clock_def in definition.clocks.values():
        for rung in clock_def.ladder:
            if rung.code == code:
                return _in(Bilingual(rung.zh, rung.en), language)
    return name("entry", code, language)


def clock(definition: Definition, code: str, language: str) -> str:
    """Give the name of a clock."""
    found = definition.clocks[code]
    return _in(Bilingual(found.zh, found.en), language)


def _in(words: Bilingual, language: str) -> str:
    return words.zh if language == "zh" else words.en
