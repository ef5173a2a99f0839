"""Name codes in Chinese and English: what the definition names itself, and what stands beside it."""

import re
from collections.abc import Mapping

from accounts.access.permissions import Role
from accounts.vocabulary import AreaLevel
from config.marked_text import Bilingual
from config.vocabulary import CaseKind, IntakeChannel, UnitKind, Urgency
from workflow.definition.model import Definition, Word
from workflow.definition.vocabulary import AttemptMode, Outcome, Rating, ReplyChannel, stage_of
from workflow.texts.guard_names import GUARD_NAMES
from workflow.texts.plurals import VOWELS, of_several, several
from workflow.texts.reasons import REASONS

ROLES: Mapping[str, Bilingual] = {
    Role.MEMBER: Bilingual("组员", "member"),
    Role.TEAM_LEADER: Bilingual("组长", "team leader"),
    Role.COMMITTEE: Bilingual("村两委", "village committee"),
    Role.COORDINATOR: Bilingual("乡镇联络员", "coordinator"),
    Role.DEPARTMENT: Bilingual("部门", "department"),
    Role.LEADER: Bilingual("领导", "leader"),
    Role.AUDITOR: Bilingual("监督", "auditor"),
    Role.ADMIN: Bilingual("管理员", "administrator"),
    Role.GUEST: Bilingual("临时登记员", "guest recorder"),
    Role.SYSTEM_ADMIN: Bilingual("系统管理员", "system administrator"),
    Role.SECURITY_ADMIN: Bilingual("安全管理员", "security administrator"),
    Role.AUDIT_ADMIN: Bilingual("审计管理员", "audit administrator"),
    Role.SYSTEM: Bilingual("系统", "system"),
    Role.VILLAGER: Bilingual("村民", "villager"),
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
    "receiving_unit": Bilingual("收件的{unit_kind.team}", "the receiving {unit_kind.team}"),
    "assigned_unit": Bilingual("交办的单位", "the unit it was assigned to"),
    "higher_unit": Bilingual("上一级单位", "the higher unit"),
    "reply_owner": Bilingual("负责答复的单位", "the unit that owes the reply"),
}

UNIT_KINDS: Mapping[str, Bilingual] = {
    UnitKind.TEAM: Bilingual("工作组", "work team"),
    UnitKind.COMMITTEE: Bilingual("村两委", "village committee"),
    UnitKind.TOWNSHIP: Bilingual("乡镇", "township office"),
    UnitKind.DEPARTMENT: Bilingual("部门", "department"),
    UnitKind.LEADING_GROUP: Bilingual("领导小组", "leading group"),
}

OUTCOMES: Mapping[str, Bilingual] = {
    Outcome.SOLVED: Bilingual("办好了", "solved"),
    Outcome.PARTLY_SOLVED: Bilingual("办好一部分", "partly solved"),
    Outcome.PLANNED: Bilingual("排进计划", "planned"),
    Outcome.EXPLAINED: Bilingual("办不了，讲明", "cannot, explained"),
    Outcome.REFERRED: Bilingual("转到该管的地方", "referred"),
    Outcome.REJECTED: Bilingual("不予受理", "rejected"),
    Outcome.UNREACHABLE: Bilingual("联系不上", "unreachable"),
}

KINDS: Mapping[str, Bilingual] = {
    CaseKind.PROBLEM: Bilingual("问题", "problem"),
    CaseKind.OPINION: Bilingual("意见", "opinion"),
    CaseKind.SUGGESTION: Bilingual("建议", "suggestion"),
    CaseKind.CONSULTATION: Bilingual("咨询", "consultation"),
    CaseKind.HELP: Bilingual("求助", "request for help"),
    CaseKind.DISPUTE: Bilingual("纠纷", "dispute"),
}

RATINGS: Mapping[str, Bilingual] = {
    Rating.SATISFIED: Bilingual("满意", "satisfied"),
    Rating.FAIR: Bilingual("基本满意", "fairly satisfied"),
    Rating.DISSATISFIED: Bilingual("不满意", "not satisfied"),
}

CHANNELS: Mapping[str, Bilingual] = {
    IntakeChannel.VISIT: Bilingual("入户走访", "home visit"),
    IntakeChannel.WALK_IN: Bilingual("上门反映", "walk-in"),
    IntakeChannel.PHONE: Bilingual("电话", "telephone"),
    IntakeChannel.HOTLINE: Bilingual("热线转来", "hotline"),
    IntakeChannel.PETITION: Bilingual("信访", "petition"),
    IntakeChannel.LETTER: Bilingual("来信", "letter"),
    IntakeChannel.ONLINE: Bilingual("网上", "online"),
}

REPLY_CHANNELS: Mapping[str, Bilingual] = {
    ReplyChannel.DOOR: Bilingual("上门当面", "at the door"),
    ReplyChannel.FIELD: Bilingual("田间当面", "in the field"),
    ReplyChannel.PHONE: Bilingual("电话", "by telephone"),
    ReplyChannel.SMS: Bilingual("短信", "by text message"),
    ReplyChannel.LETTER: Bilingual("书面", "in writing"),
    ReplyChannel.MEETING: Bilingual("会上", "at a meeting"),
    ReplyChannel.NOTICE_BOARD: Bilingual("公示栏", "on the notice board"),
    ReplyChannel.ONLINE: Bilingual("网上", "online"),
}

MODES: Mapping[str, Bilingual] = {
    AttemptMode.DAY_HOME: Bilingual("白天入户", "daytime home visit"),
    AttemptMode.EVENING: Bilingual("夜间走访", "evening visit"),
    AttemptMode.FIELD: Bilingual("田间走访", "field visit"),
    AttemptMode.WALK_IN: Bilingual("驻地接访", "walk-in at the base"),
    AttemptMode.BY_MESSAGE: Bilingual("捎信约访", "appointment by message"),
    AttemptMode.PHONE: Bilingual("电话访谈", "phone interview"),
}

URGENCIES: Mapping[str, Bilingual] = {
    Urgency.NORMAL: Bilingual("一般", "normal"),
    Urgency.URGENT: Bilingual("紧急", "urgent"),
}

AREA_LEVELS: Mapping[str, Bilingual] = {
    AreaLevel.COUNTY: Bilingual("县", "county"),
    AreaLevel.TOWNSHIP: Bilingual("乡镇", "township"),
    AreaLevel.VILLAGE: Bilingual("村", "village"),
    AreaLevel.GROUP: Bilingual("组", "group"),
}

CIRCLES: Mapping[str, Bilingual] = {
    "owner": Bilingual("承办单位", "the owning unit"),
    "superior": Bilingual("承办单位的上级", "the unit above the owner"),
    "reply_owner": Bilingual("负责答复的单位", "the unit that owes the reply"),
    "reply_owner_leaders": Bilingual(
        "负责答复的单位里管分办的", "who decides in the unit that owes the reply"
    ),
    "handled": Bilingual("办理过的单位", "the unit that handled it"),
    "coordinators": Bilingual("{role.coordinator}", "the {role.coordinator}s"),
    "leaders": Bilingual("{role.leader}", "the {role.leader}s"),
    "leading_group": Bilingual("{unit_kind.leading_group}", "the {unit_kind.leading_group}"),
    "auditors": Bilingual("{role.auditor}", "the {role.auditor}s"),
}

#: Entries of the history that are no action of the definition: a merge in the other case, a new calendar.
ENTRIES: Mapping[str, Bilingual] = {
    "absorb": Bilingual("并入一件", "another case merged in"),
    "release": Bilingual("分出一件", "a merged case taken out"),
    "take_names": Bilingual("一并写明反映的是谁", "names taken over from the case it was merged into"),
    "recalculated": Bilingual("期限重新算过", "dates counted anew"),
    "forget": Bilingual("按保存期限删除了内容", "words deleted after the retention period"),
}

#: What sentences call people and things for whom no role or level stands. `family` is how somebody is named
#: of whom only the first sign of the name is shown.
TERMS: Mapping[str, Bilingual] = {
    "complainant": Bilingual("群众", "villager"),
    "household": Bilingual("户", "household"),
    "family": Bilingual("{name}家", "{name} family"),
}
#: The words that have a blank of their own, which is filled in with a name.
PATTERNS: Mapping[tuple[str, str], str] = {("term", "family"): "{name}"}

#: The clocks of which a sentence speaks by name, as they are called where no definition is at hand.
CLOCKS: Mapping[str, Bilingual] = {"handling": Bilingual("办理期限", "handling")}

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
    "circle": CIRCLES,
    "unit_kind": UNIT_KINDS,
    "outcome": OUTCOMES,
    "kind": KINDS,
    "rating": RATINGS,
    "channel": CHANNELS,
    "reply_channel": REPLY_CHANNELS,
    "mode": MODES,
    "urgency": URGENCIES,
    "level": AREA_LEVELS,
    "term": TERMS,
    "clock": CLOCKS,
    "entry": ENTRIES,
    "change": CHANGES,
    "guard": GUARD_NAMES,
    "reason": REASONS,
}


#: The groups whose words a definition may choose for itself: what is said of people, units and matters.
RENAMED = (
    "role",
    "unit_kind",
    "level",
    "outcome",
    "kind",
    "rating",
    "channel",
    "reply_channel",
    "mode",
    "urgency",
    "owner_rule",
    "relation",
    "circle",
    "term",
)
#: A noun of a sentence that the county calls as it likes: the group and the code of its word, behind an `a`
#: where English has one, before an s where several are meant. With a capital it begins a sentence.
NOUN = re.compile(r"(\ba )?\{(level|unit_kind|role|term|clock)\.(\w+)\}(s\b['’]?)?", re.IGNORECASE)


def called(definition: Definition, group: str, code: str, language: str) -> str:
    """Return the words of a code as the definition has them, else those of the program."""
    if group == "clock":
        return clock(definition, code, language)
    words = definition.words.get(group, {}).get(code)
    if words is not None:
        return _in(words, language)
    return fill_nouns(_of_the_program(group, code, language), language, definition)


def name(group: str, code: str, language: str) -> str:
    """Return the words of a code in `zh` or `en`; a code that a newer file brings stays as it is."""
    return fill_nouns(_of_the_program(group, code, language), language)


def fill_nouns(sentence: str, language: str, definition: Definition | None = None) -> str:
    """Return a sentence with its nouns as a definition has them, else as the program has; other blanks stay.

    The sentence is in the language already. In English several are called as the definition says, else by
    the common rule: branches, counties.
    """
    if "{" not in sentence:
        return sentence

    def noun(found: re.Match[str]) -> str:
        article, group, code = found[1] or "", found[2], found[3]
        known = (group.lower(), code, language)
        word = name(*known) if definition is None else called(definition, *known)
        if found[4]:
            word = _many(definition, group.lower(), code) or several(word)
            word = of_several(word, found[4][1:])
        if article and word.lower().startswith(VOWELS):
            article = f"{article[0]}n "
        return article + (word[:1].upper() + word[1:] if group[0].isupper() else word)

    return NOUN.sub(noun, sentence)


def _many(definition: Definition | None, group: str, code: str) -> str:
    """Return what the definition itself calls several of a code in English; nothing where the rule holds."""
    words = None if definition is None else definition.words.get(group, {}).get(code)
    return "" if words is None else words.many


def _of_the_program(group: str, code: str, language: str) -> str:
    words = GROUPS[group].get(code)
    return code if words is None else _in(words, language)


def state(definition: Definition, code: str, language: str) -> str:
    """Return the name of a state; of one that the definition has not, that of the one it stands within.

    A definition may have only states of its own within one of the program's; the first of them names it then.
    """
    found = definition.states.get(code)
    if found is None:
        stage = stage_of(code)
        within = (one for one in definition.states.values() if one.stage == stage)
        found = definition.states.get(stage) or next(within, None)
    return code if found is None else found.zh if language == "zh" else found.en


def action(definition: Definition, code: str, language: str) -> str:
    """Return the name of a step, an act, a rung or another entry of the history."""
    found = definition.steps.get(code) or definition.acts.get(code)
    if found is not None:
        return found.zh if language == "zh" else found.en
    for clock_def in definition.clocks.values():
        for rung in clock_def.ladder:
            if rung.code == code:
                return _in(Bilingual(rung.zh, rung.en), language)
    return name("entry", code, language)


def clock(definition: Definition, code: str, language: str) -> str:
    """Return the name of a clock; the code of one that only another definition has."""
    found = definition.clocks.get(code)
    return code if found is None else _in(Bilingual(found.zh, found.en), language)


def _in(words: Bilingual | Word, language: str) -> str:
    return words.zh if language == "zh" else words.en
