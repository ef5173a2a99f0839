"""Name codes in Chinese and English: what the definition names itself, and what stands beside it."""

from collections.abc import Mapping

from workflow.definition.model import Definition
from workflow.texts.guard_names import GUARD_NAMES
from workflow.texts.reasons import REASONS, Words

ROLES: Mapping[str, Words] = {
    "member": Words("组员", "member"),
    "team_leader": Words("组长", "team leader"),
    "committee": Words("村两委", "village committee"),
    "coordinator": Words("乡镇联络员", "coordinator"),
    "department": Words("部门", "department"),
    "leader": Words("领导", "leader"),
    "auditor": Words("监督", "auditor"),
    "admin": Words("管理员", "administrator"),
    "guest": Words("临时登记员", "guest recorder"),
    "system": Words("系统", "system"),
    "villager": Words("村民", "villager"),
}

RELATIONS: Mapping[str, Words] = {
    "in_scope": Words("管辖范围内", "any case in scope"),
    "system": Words("到时自动", "by itself, on the day"),
    "owner": Words("承办单位", "the owning unit"),
    "superior": Words("承办单位的上级", "a unit above the owner"),
    "reply_owner": Words("负责答复的单位", "the unit that owes the reply"),
    "not_handler": Words("不是经办人", "not a handler"),
    "not_owner": Words("不是承办单位", "not the handling unit"),
    "recorder": Words("登记人", "the recorder"),
}

OWNER_RULES: Mapping[str, Words] = {
    "receiving_unit": Words("收件的工作组", "the receiving work team"),
    "assigned_unit": Words("交办的单位", "the unit it was assigned to"),
    "higher_unit": Words("上一级单位", "the higher unit"),
    "reply_owner": Words("负责答复的单位", "the unit that owes the reply"),
}

UNIT_KINDS: Mapping[str, Words] = {
    "team": Words("工作组", "work team"),
    "committee": Words("村两委", "village committee"),
    "township": Words("乡镇", "township office"),
    "department": Words("部门", "department"),
    "leading_group": Words("领导小组", "leading group"),
}

OUTCOMES: Mapping[str, Words] = {
    "solved": Words("办好了", "solved"),
    "partly_solved": Words("办好一部分", "partly solved"),
    "planned": Words("排进计划", "planned"),
    "explained": Words("办不了，讲明", "cannot, explained"),
    "referred": Words("转到该管的地方", "referred"),
    "rejected": Words("不予受理", "rejected"),
    "unreachable": Words("联系不上", "unreachable"),
}

KINDS: Mapping[str, Words] = {
    "problem": Words("问题", "problem"),
    "opinion": Words("意见", "opinion"),
    "suggestion": Words("建议", "suggestion"),
    "consultation": Words("咨询", "consultation"),
    "help": Words("求助", "request for help"),
    "dispute": Words("纠纷", "dispute"),
}

RATINGS: Mapping[str, Words] = {
    "satisfied": Words("满意", "satisfied"),
    "fair": Words("基本满意", "fairly satisfied"),
    "dissatisfied": Words("不满意", "not satisfied"),
}

CHANNELS: Mapping[str, Words] = {
    "visit": Words("入户走访", "home visit"),
    "walk_in": Words("上门反映", "walk-in"),
    "phone": Words("电话", "telephone"),
    "hotline": Words("热线转来", "hotline"),
    "petition": Words("信访", "petition"),
    "letter": Words("来信", "letter"),
    "online": Words("网上", "online"),
}

REPLY_CHANNELS: Mapping[str, Words] = {
    "door": Words("上门当面", "at the door"),
    "field": Words("田间当面", "in the field"),
    "phone": Words("电话", "by telephone"),
    "sms": Words("短信", "by text message"),
    "letter": Words("书面", "in writing"),
    "meeting": Words("会上", "at a meeting"),
    "notice_board": Words("公示栏", "on the notice board"),
    "online": Words("网上", "online"),
}

MODES: Mapping[str, Words] = {
    "day_home": Words("白天入户", "daytime home visit"),
    "evening": Words("夜间走访", "evening visit"),
    "field": Words("田间走访", "field visit"),
    "walk_in": Words("驻地接访", "walk-in at the base"),
    "by_message": Words("捎信约访", "appointment by message"),
    "phone": Words("电话访谈", "phone interview"),
}

URGENCIES: Mapping[str, Words] = {
    "normal": Words("一般", "normal"),
    "urgent": Words("紧急", "urgent"),
}

AREA_LEVELS: Mapping[str, Words] = {
    "county": Words("县", "county"),
    "township": Words("乡镇", "township"),
    "village": Words("村", "village"),
    "group": Words("组", "group"),
}

#: Entries of the history that are no action of the definition: a merge in the other case, a new calendar.
ENTRIES: Mapping[str, Words] = {
    "absorb": Words("并入一件", "another case merged in"),
    "release": Words("分出一件", "a merged case taken out"),
    "recalculated": Words("期限重新算过", "dates counted anew"),
}

CHANGES: Mapping[str, Words] = {
    "start": Words("开始", "starts"),
    "start_once": Words("本轮没有走过才开始", "starts once a round"),
    "start_short": Words("按短期限开始", "starts, short"),
    "stop": Words("停止", "stops"),
    "go_on": Words("照旧走", "goes on"),
    "move": Words("按本步改期", "is moved by the step"),
}

GROUPS: Mapping[str, Mapping[str, Words]] = {
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
    return _in(Words(found.zh, found.en), language)


def action(definition: Definition, code: str, language: str) -> str:
    """Give the name of a step, an act, a rung or another entry of the history."""
    if code in definition.steps or code in definition.acts:
        found = definition.action(code)
        return _in(Words(found.zh, found.en), language)
    for clock_def in definition.clocks.values():
        for rung in clock_def.ladder:
            if rung.code == code:
                return _in(Words(rung.zh, rung.en), language)
    return name("entry", code, language)


def clock(definition: Definition, code: str, language: str) -> str:
    """Give the name of a clock."""
    found = definition.clocks[code]
    return _in(Words(found.zh, found.en), language)


def _in(words: Words, language: str) -> str:
    return words.zh if language == "zh" else words.en
