"""Say of a dead end which matters it is about, what does not hold, who is missing, and where."""

from collections.abc import Sequence, Set

from accounts.access.permissions import Role
from config.marked_text import Bilingual, MarkedText
from config.marked_text import mark as _
from workflow.definition.model import Definition
from workflow.texts import bilingual_labels as labels
from workflow.ways_on.idle_guards import IdleGuard
from workflow.ways_on.never_open import NeverOpen
from workflow.ways_on.places import DeadEnd, MissingPeople
from workflow.ways_on.situations import MOST_SITUATIONS, TooManySituations

#: So many places are named; of the others it is said how many there are.
MOST_NAMED = 5


def dead_end_in_words(definition: Definition, dead: DeadEnd, places: Sequence[object] = ()) -> MarkedText:
    """Return a dead end as a sentence; `places` are the names of those whose matters it is about."""
    state, where = labels.state(definition, dead.state), _where(places)
    if dead.endless:
        round_about = {"state": state, "where": where}
        return MarkedText(_("「{state}」的事走不到办完，只在几个状态之间来回{where}"), round_about)
    facts = {"state": state, "when": _when(dead), "who": _who(definition, dead), "where": where}
    return MarkedText(_("「{state}」的事{when}没有往下走的路{who}{where}"), facts)


def too_many_in_words(definition: Definition, error: TooManySituations) -> MarkedText:
    """Return which state cannot be walked."""
    facts = {"state": labels.state(definition, error.state), "most": MOST_SITUATIONS}
    return MarkedText(_("「{state}」里各步的条件太多，组合超过 {most} 种，核不完"), facts)


def never_open_in_words(never: NeverOpen) -> MarkedText:
    """Return why nobody can ever take an action, with the guards by the codes that the file has."""
    facts = {"guards": never.guards, "by": never.by}
    if never.by:
        return MarkedText(_("谁也做不了：{guards} 要先有 {by} 才会成立，这份流程里没有"), facts)
    if len(never.guards) == 1:
        return MarkedText(_("谁也做不了：在这些状态里 {guards} 从来不成立"), facts)
    return MarkedText(_("谁也做不了：这些条件不会一起成立：{guards}"), facts)


def idle_guard_in_words(idle: IdleGuard) -> MarkedText:
    """Return why a guard asks nothing, and what to do."""
    facts = {"guard": idle.guard, "by": idle.by}
    if idle.by:
        return MarkedText(_("这份流程里没有 {by}，{guard} 总是成立：去掉这个条件，或者写上 {by}"), facts)
    return MarkedText(_("在这里 {guard} 总是成立，不起作用：去掉这个条件"), facts)


def named_dead_end_in_words(
    definition: Definition, kinds: Sequence[str], roles: Set[str], sentence: MarkedText, number: int
) -> MarkedText:
    """Return the first of some dead ends of matters about units of these kinds, or people in one."""
    facts = {"named": _named(definition, kinds, roles), "sentence": sentence, "n": number}
    if number > 1:
        return MarkedText(_("反映{named}的事：{sentence}。这样停住的情形共 {n} 种"), facts)
    return MarkedText(_("反映{named}的事：{sentence}"), facts)


def nobody_receives_in_words(
    definition: Definition, kinds: Sequence[str], roles: Set[str], places: Sequence[object]
) -> MarkedText:
    """Return that no unit is left to receive matters about such units or people; `places` are their names."""
    facts = {"named": _named(definition, kinds, roles), "where": _where(places)}
    return MarkedText(_("反映{named}的事没有别的单位能收{where}"), facts)


def _named(definition: Definition, kinds: Sequence[str], roles: Set[str]) -> MarkedText | list[Bilingual]:
    units = [labels.called(definition, "unit_kind", kind) for kind in kinds]
    if not roles:
        return units
    known = [labels.called(definition, "role", role) for role in Role if role in roles]
    return MarkedText(_("{units}的{roles}"), {"units": units, "roles": known})


def _when(dead: DeadEnd) -> MarkedText | str:
    names = [labels.name("guard", name) for name in dead.guards]
    return MarkedText(_("在这些条件不成立时（{guards}）"), {"guards": names}) if names else ""


def _who(definition: Definition, dead: DeadEnd) -> MarkedText | str:
    people = [_people(definition, one) for one in dict.fromkeys(dead.missing)]
    return MarkedText(_("；缺的是：{people}"), {"people": people}) if people else ""


def _people(definition: Definition, one: MissingPeople) -> MarkedText:
    facts = {
        "action": labels.action(definition, one.action),
        "roles": [labels.called(definition, "role", role) for role in Role if role in one.roles],
        "relations": [labels.called(definition, "relation", relation) for relation in one.relations],
    }
    return MarkedText(_("能「{action}」的{roles}（{relations}）"), facts)


def _where(places: Sequence[object]) -> MarkedText | str:
    if not places:
        return ""
    facts = {"places": list(places[:MOST_NAMED]), "n": len(places)}
    if len(places) > MOST_NAMED:
        return MarkedText(_("。承办单位：{places}等 {n} 处"), facts)
    return MarkedText(_("。承办单位：{places}"), facts)
