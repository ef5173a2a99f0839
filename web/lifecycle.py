"""流程 and 类别: the life cycle and the categories that are in force, to be read and not changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response

from core.i18n import mark as _
from web.call import Visit
from web.entry import SIGNED_IN, Pages
from web.lifecycle_drawing import drawing
from web.rendering import name_of, page
from workflow import labels
from workflow.model import Act, Row

lifecycle = Pages("lifecycle", __name__)
categories = Pages("categories", __name__)
ANY_STATE = _("任何状态")


@dataclass(frozen=True)
class Line:
    """A step or act in words: from where to where, and for each sort of people that they may take it."""

    name: str
    way: str
    who: Sequence[str]
    clocks: Sequence[str]


@lifecycle.shows("/workflow", enter=SIGNED_IN)
def workflow(visit: Visit) -> Response:
    """Show the life cycle that new cases begin under."""
    definition = visit.rules.definition
    return page(
        "county/workflow.html",
        definition=definition,
        drawing=drawing(definition, visit.language),
        steps=[_line(visit, step) for step in definition.steps.values()],
        acts=[_line(visit, act) for act in definition.acts.values()],
        clocks=[
            (
                labels.clock(definition, code, visit.language),
                [labels.action(definition, rung.code, visit.language) for rung in clock.ladder],
            )
            for code, clock in definition.clocks.items()
        ],
    )


@categories.shows("/categories", enter=SIGNED_IN)
def index(visit: Visit) -> Response:
    """Show what people can raise, who usually gets it, and within how many days it is answered."""
    rules = visit.rules
    return page(
        "county/categories.html",
        rows=[
            (
                name_of(rules, "category", code, visit.language),
                labels.name("unit_kind", category.owner, visit.language),
                rules.profiles[category.profile],
            )
            for code, category in rules.categories.items()
        ],
        language_code=visit.language,
    )


def _line(visit: Visit, act: Act) -> Line:
    definition, language = visit.rules.definition, visit.language
    sources = [labels.state(definition, code, language) for code in definition.states if code in act.sources]
    everywhere = len(sources) == len(definition.states)
    begins = visit.translate(ANY_STATE) if everywhere else visit.translate(_("、")).join(sources)
    target = getattr(act, "target", "")
    way = f"{begins} → {labels.state(definition, target, language)}" if target else begins
    return Line(
        name=labels.action(definition, act.name, language),
        way=way.removeprefix(" → "),
        who=[_who(visit, row) for row in act.rows],
        clocks=[
            f"{labels.clock(definition, clock, language)}{labels.name('change', how, language)}"
            if language == "zh"
            else f"{labels.clock(definition, clock, language)} {labels.name('change', how, language)}"
            for clock, how in getattr(act, "clocks", {}).items()
        ],
    )


def _who(visit: Visit, row: Row) -> str:
    """Say who may take an action: the roles, and how they have to stand to the case."""
    language, comma = visit.language, visit.translate(_("、"))
    roles = comma.join(labels.name("role", code, language) for code in labels.ROLES if code in row.roles)
    relations = visit.translate(_("或")).join(
        labels.name("relation", code, language) for code in row.relations
    )
    return visit.say(_("{roles}（{relations}）"), roles=roles, relations=relations)
