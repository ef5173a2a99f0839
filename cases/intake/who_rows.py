"""Refuse what stands in `who` and lets nobody do anything more: rows, states, roles, relations and guards.

A row counts beside the others of its action, so that one within another decides nothing, and a role decides
nothing where none of the relations beside it ever holds for it (`cases.lifecycle.guard_facts.relations`).
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from cases.intake.coded_actions import REGISTER
from config.lines import Path
from config.marked_text import MarkedText
from config.marked_text import mark as _
from workflow.definition.model import Act, ActionRule
from workflow.definition.parser import ALL_WITHIN, EVERY_STATE
from workflow.definition.vocabulary import RELATIONS, stage_of

Problem = Callable[[Path, MarkedText], None]

#: Relations that need a unit or an account, which neither a villager with a code nor the program itself has.
_OF_STAFF = frozenset({"owner", "superior", "reply_owner", "recorder"})
#: In which relations people of a role can stand; those that are not named in all but that of the program.
STANDS: Mapping[str, frozenset[str]] = {
    "villager": RELATIONS - _OF_STAFF - {"system"},
    "system": RELATIONS - _OF_STAFF,
}
#: The actions that a door takes for a villager with a code; elsewhere the role opens nothing.
OF_VILLAGERS = frozenset({"confirm", "reopen", "add_words"})
#: What is asked of a person who registers: the village must be theirs, and no matter is there to stand to.
AT_REGISTER = ("in_scope",)


def stands(role: str) -> frozenset[str]:
    """Return the relations to a matter that somebody with a role can have."""
    return STANDS.get(role, RELATIONS - {"system"})


def check_rows(place: Path, action: Act, written: Sequence[Mapping[str, Any]], problem: Problem) -> None:
    """Note what stands in `who` of an action and has no effect; `written` are its rows in the file."""
    for at, (row, words) in enumerate(zip(action.rows, written, strict=True)):
        where = (*place, "who", at)
        _check_people(where, action.name, row, problem)
        for word, other in _covered(words.get("from", ())):
            facts = {"word": word, "other": other}
            problem((*where, "from"), MarkedText(_("{other} 里已经有 {word}：去掉一个"), facts))
        for guard in (guard for guard in row.guards if guard in action.guards):
            reason = MarkedText(_("这个动作的 guards 已经有 {guard}，这一行不用再写"), {"guard": guard})
            problem((*where, "guards"), reason)
        for wider in (n for n, one in enumerate(action.rows) if n != at and _is_within(row, one)):
            if wider < at or not _is_within(action.rows[wider], row):  # of two alike the later one
                reason = MarkedText(_("第 {other} 行已经包括这一行：去掉这一行"), {"other": wider + 1})
                problem(where, reason)
                break


def _check_people(where: Path, name: str, row: ActionRule, problem: Problem) -> None:
    """Note the roles and relations of a row that never go together with any other of it."""
    if name == REGISTER:
        if row.relations != AT_REGISTER:
            reason = MarkedText(_("登记只看是不是管的地方：写 {known}"), {"known": AT_REGISTER})
            problem((*where, "relations"), reason)
        return
    for role in sorted(row.roles):
        if role == "villager" and name not in OF_VILLAGERS:
            reason = MarkedText(
                _("{role} 没有地方做这件事；能做的是 {known}"), {"role": role, "known": sorted(OF_VILLAGERS)}
            )
            problem((*where, "roles"), reason)
        elif not stands(role) & {*row.relations}:
            reason = MarkedText(
                _("{role} 和事情从来没有这样的关系；relations 能写的是 {known}"),
                {"role": role, "known": sorted(stands(role))},
            )
            problem((*where, "roles"), reason)
    for relation in row.relations:
        if not any(relation in stands(role) for role in row.roles):
            reason = MarkedText(
                _("这一行的角色里谁也没有 {relation} 这种关系：去掉它"), {"relation": relation}
            )
            problem((*where, "relations"), reason)


def _covered(words: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield each word of `from` that another one has within it, with that one."""
    for word in words:
        wider = [EVERY_STATE, f"{stage_of(word)}{ALL_WITHIN}"]
        found = [one for one in wider if one != word and one in words]
        if found:
            yield word, found[0]


def _is_within(row: ActionRule, other: ActionRule) -> bool:
    """Return whether another row lets everybody do it whom a row lets, wherever that row does."""
    return (
        row.sources <= other.sources
        and row.roles <= other.roles
        and {*row.relations} <= {*other.relations}
        and {*other.guards} <= {*row.guards}
    )
