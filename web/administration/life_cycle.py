"""流程: the life cycle that new cases run under, as a drawing and as tables, to be read only."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response

from accounts.access.permissions import Permission
from cases.lifecycle.build_values import VALUES
from core.i18n import mark as _
from web.administration.categories import length
from web.administration.diagram import diagram
from web.framework.blueprint import SIGNED_IN, PageBlueprint
from web.framework.rendering import page
from web.framework.request_context import PageRequest
from workflow.definition.model import Act, ActionRule, ClockDef, Rung, Step
from workflow.texts import labels

life_cycle = PageBlueprint("life_cycle", __name__)
BEFORE, AFTER = _("期限前 {n} 个工作日"), _("期限后 {n} 个工作日")
ON_THE_DAY = _("到期那天")
TAKES, HANDS_TO = _("要填：{fields}"), _("交给「{field}」里写的单位")
TELLS, SAYS, RUNS = _("告诉：{circles}"), _("{term.complainant}看到：{words}"), _("{days}；{rungs}")


@dataclass(frozen=True)
class ActionLine:
    """A step or an act as a row: its name, from where to where, who may, what must hold, and the clocks.

    `own` says of one of the county's own what it takes, to whom the matter goes, and who is told.
    """

    name: str
    way: str
    who: list[str]
    asked: list[str]
    clocks: list[str]
    own: list[str]


@life_cycle.get("/life-cycle", enter=SIGNED_IN)
def index(page_request: PageRequest) -> Response:
    """Show the running definition."""
    definition = page_request.rules.definition
    return page(
        "administration/life_cycle.html",
        definition=definition,
        diagram=diagram(definition, page_request.language),
        states=[_state(page_request, code) for code in definition.states],
        steps=[_step(page_request, step) for step in definition.steps.values()],
        acts=[_act(page_request, act) for act in definition.acts.values()],
        rungs=[
            _rung(page_request, rung) for rung in sorted(definition.rungs.values(), key=lambda one: one.days)
        ],
        clocks=[
            (labels.clock(definition, clock.name, page_request.language), _ladder(page_request, clock))
            for clock in definition.clocks.values()
        ],
        periods=[
            (name, length(page_request, rule.days, rule.unit))
            for name, rule in page_request.rules.periods.items()
        ],
        file="workflow.toml" if page_request.may(Permission.AREAS_MANAGE) else "",
    )


def _state(page_request: PageRequest, code: str) -> tuple[str, str, str]:
    """Return a state's code, who owns a case in it, and the clock that its date is that of."""
    definition, language = page_request.rules.definition, page_request.language
    state = definition.states[code]
    owner = page_request.called("owner_rule", state.owner) if state.owner else ""
    return code, owner, labels.clock(definition, state.clock, language) if state.clock else ""


def _step(page_request: PageRequest, step: Step) -> ActionLine:
    definition, language = page_request.rules.definition, page_request.language
    sources = _joined(page_request, [labels.state(definition, code, language) for code in step.sources])
    changes = [
        page_request.say(
            _("{clock}：{change}"),
            clock=labels.clock(definition, clock, language),
            change=page_request.called("change", how),
        )
        for clock, how in step.clocks.items()
    ]
    return ActionLine(
        name=labels.action(definition, step.name, language),
        way=f"{sources} → {labels.state(definition, step.target, language)}".strip(),
        who=_who(page_request, step),
        asked=_guards(page_request, step.guards),
        clocks=changes,
        own=_own(page_request, step),
    )


def _act(page_request: PageRequest, act: Act) -> ActionLine:
    definition, language = page_request.rules.definition, page_request.language
    everywhere = len(act.sources) == len(definition.states)
    names = [labels.state(definition, code, language) for code in act.sources]
    return ActionLine(
        name=labels.action(definition, act.name, language),
        way=page_request.translate(_("任何状态")) if everywhere else _joined(page_request, names),
        who=_who(page_request, act),
        asked=_guards(page_request, act.guards),
        clocks=[],
        own=_own(page_request, act),
    )


def _own(page_request: PageRequest, act: Act) -> list[str]:
    """Say what an action of the county's own does, in the words of the definition; nothing of the others."""
    language = page_request.language
    named = {field["name"]: str(field[language]) for field in act.fields if language in field}
    if act.name in VALUES or not named:
        return []
    told = [page_request.called("circle", code) for code in act.tells]
    found = [page_request.say(TAKES, fields=_joined(page_request, list(named.values())))]
    found += [page_request.say(HANDS_TO, field=named[act.hands_to])] if act.hands_to else []
    found += [page_request.say(TELLS, circles=_joined(page_request, told))] if told else []
    if act.public is not None:
        found.append(page_request.say(SAYS, words=act.public._asdict()[language]))
    return found


def _who(page_request: PageRequest, act: Act) -> list[str]:
    """Return a line for each row; the states stand there only where the rows differ in them."""
    differ = len({row.sources for row in act.rows}) > 1
    return list(dict.fromkeys(_row(page_request, row, act.sources if differ else ()) for row in act.rows))


def _guards(page_request: PageRequest, names: Sequence[str]) -> list[str]:
    return [page_request.called("guard", name) for name in names]


def _row(page_request: PageRequest, row: ActionRule, order: Sequence[str]) -> str:
    definition, language = page_request.rules.definition, page_request.language
    roles = [page_request.called("role", code) for code in labels.ROLES if code in row.roles]
    relations = [page_request.called("relation", code) for code in row.relations]
    inside = page_request.translate(_("，")).join(
        [_joined(page_request, relations), *_guards(page_request, row.guards)]
    )
    who = page_request.say(_("{roles}（{relations}）"), roles=_joined(page_request, roles), relations=inside)
    states = [labels.state(definition, code, language) for code in order if code in row.sources]
    return (
        page_request.say(_("{states}：{who}"), states=_joined(page_request, states), who=who)
        if states
        else who
    )


def _ladder(page_request: PageRequest, clock: ClockDef) -> str:
    """Name the rungs of a clock, and before them how long one of the county's own runs."""
    general = page_request.rules.definition.rungs
    rungs = _joined(page_request, [_rung_of(page_request, rung, general[rung.code]) for rung in clock.ladder])
    if clock.length is None:
        return rungs
    return page_request.say(
        RUNS, days=length(page_request, clock.length.days, clock.length.unit), rungs=rungs
    )


def _rung_of(page_request: PageRequest, rung: Rung, general: Rung) -> str:
    """Name a rung of a clock, with its day where it fires on another than that of the ladder."""
    name, day = _rung(page_request, rung)
    return name if rung.days == general.days else page_request.say(_("{rung}（{day}）"), rung=name, day=day)


def _rung(page_request: PageRequest, rung: Rung) -> tuple[str, str]:
    words = ON_THE_DAY if rung.days == 0 else BEFORE if rung.days < 0 else AFTER
    return _action(page_request, rung.code), page_request.say(words, n=abs(rung.days))


def _action(page_request: PageRequest, code: str) -> str:
    return labels.action(page_request.rules.definition, code, page_request.language)


def _joined(page_request: PageRequest, names: list[str]) -> str:
    return page_request.translate(_("、")).join(names)
