"""流程: the life cycle that new cases run under, as a drawing and as tables, to be read only."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response

from accounts.permissions import Permission
from core.i18n import mark as _
from web.administration.categories import length
from web.administration.diagram import diagram
from web.call import Visit
from web.entry import SIGNED_IN, Pages
from web.rendering import page
from workflow import labels
from workflow.model import Act, Row, Rung, Step

life_cycle = Pages("life_cycle", __name__)
BEFORE, AFTER = _("期限前 {n} 个工作日"), _("期限后 {n} 个工作日")
ON_THE_DAY = _("到期那天")


@dataclass(frozen=True)
class Line:
    """A step or an act as a row: its name, from where to where, who may, what must hold, and the clocks."""

    name: str
    way: str
    who: list[str]
    asked: list[str]
    clocks: list[str]


@life_cycle.shows("/life-cycle", enter=SIGNED_IN)
def index(visit: Visit) -> Response:
    """Show the running definition."""
    definition = visit.rules.definition
    rungs = {rung.code: rung for clock in definition.clocks.values() for rung in clock.ladder}
    return page(
        "administration/life_cycle.html",
        definition=definition,
        diagram=diagram(definition, visit.language),
        states=[_state(visit, code) for code in definition.states],
        steps=[_step(visit, step) for step in definition.steps.values()],
        acts=[_act(visit, act) for act in definition.acts.values()],
        rungs=[_rung(visit, rung) for rung in sorted(rungs.values(), key=lambda one: one.days)],
        clocks=[
            (
                labels.clock(definition, clock.name, visit.language),
                _joined(visit, [_action(visit, rung.code) for rung in clock.ladder]),
            )
            for clock in definition.clocks.values()
        ],
        periods=[(name, length(visit, rule.days, rule.unit)) for name, rule in visit.rules.periods.items()],
        file=str(visit.parts.settings.config_dir / "workflow.toml")
        if visit.may(Permission.AREAS_MANAGE)
        else "",
    )


def _state(visit: Visit, code: str) -> tuple[str, str, str]:
    """Give a state's code, who owns a case in it, and the clock that its date is that of."""
    definition, language = visit.rules.definition, visit.language
    state = definition.states[code]
    owner = labels.name("owner_rule", state.owner, language) if state.owner else ""
    return code, owner, labels.clock(definition, state.clock, language) if state.clock else ""


def _step(visit: Visit, step: Step) -> Line:
    definition, language = visit.rules.definition, visit.language
    sources = _joined(visit, [labels.state(definition, code, language) for code in step.sources])
    changes = [
        visit.say(
            _("{clock}：{change}"),
            clock=labels.clock(definition, clock, language),
            change=labels.name("change", how, language),
        )
        for clock, how in step.clocks.items()
    ]
    return Line(
        name=labels.action(definition, step.name, language),
        way=f"{sources} → {labels.state(definition, step.target, language)}".strip(),
        who=_who(visit, step),
        asked=_guards(visit, step.guards),
        clocks=changes,
    )


def _act(visit: Visit, act: Act) -> Line:
    definition, language = visit.rules.definition, visit.language
    everywhere = len(act.sources) == len(definition.states)
    names = [labels.state(definition, code, language) for code in act.sources]
    return Line(
        name=labels.action(definition, act.name, language),
        way=visit.translate(_("任何状态")) if everywhere else _joined(visit, names),
        who=_who(visit, act),
        asked=_guards(visit, act.guards),
        clocks=[],
    )


def _who(visit: Visit, act: Act) -> list[str]:
    """Give a line for each row; the states stand there only where the rows differ in them."""
    differ = len({row.sources for row in act.rows}) > 1
    return list(dict.fromkeys(_row(visit, row, act.sources if differ else ()) for row in act.rows))


def _guards(visit: Visit, names: Sequence[str]) -> list[str]:
    return [labels.name("guard", name, visit.language) for name in names]


def _row(visit: Visit, row: Row, order: Sequence[str]) -> str:
    definition, language = visit.rules.definition, visit.language
    roles = [labels.name("role", code, language) for code in labels.ROLES if code in row.roles]
    relations = [labels.name("relation", code, language) for code in row.relations]
    inside = visit.translate(_("，")).join([_joined(visit, relations), *_guards(visit, row.guards)])
    who = visit.say(_("{roles}（{relations}）"), roles=_joined(visit, roles), relations=inside)
    states = [labels.state(definition, code, language) for code in order if code in row.sources]
    return visit.say(_("{states}：{who}"), states=_joined(visit, states), who=who) if states else who


def _rung(visit: Visit, rung: Rung) -> tuple[str, str]:
    words = ON_THE_DAY if rung.days == 0 else BEFORE if rung.days < 0 else AFTER
    return _action(visit, rung.code), visit.say(words, n=abs(rung.days))


def _action(visit: Visit, code: str) -> str:
    return labels.action(visit.rules.definition, code, visit.language)


def _joined(visit: Visit, names: list[str]) -> str:
    return visit.translate(_("、")).join(names)
