"""Say in words what was entered into an action of the county's own, as the definition calls it."""

from collections.abc import Iterator, Mapping
from typing import Any

from cases.history.own_facts import OwnFacts
from cases.history.read_facts import value_or
from cases.lifecycle.own_actions.entered import KEPT_IN
from core.i18n import mark as _
from web.framework.entered_words import ENTERED, entered_words
from web.framework.rendering import headed
from web.timeline.fact_sentences import FactRenderer

#: What stands for what was entered and this reader may not know.
WITHHELD = _("{label}：不在您能看到的范围里")


def own_sentences(renderer: FactRenderer, action: str, facts: OwnFacts) -> Iterator[str]:
    """Yield a sentence for each field that was filled in, in the order of the definition.

    The facts hold what the reader may know; of what is missing among things that were required it is said so.
    """
    if not renderer.definition.has_action(action):
        return
    page_request = renderer.page_request
    for field in renderer.definition.action(action).fields:
        kept_in = KEPT_IN.get(field["type"])
        if kept_in is None:
            continue
        label = headed(field.get(page_request.language, field["name"]))
        entered: Mapping[str, Any] = value_or(getattr(facts, kept_in), {})
        if field["name"] in entered:
            value = _words(renderer, field, entered[field["name"]])
            yield page_request.say(ENTERED, label=label, value=value)
        elif field["required"]:
            yield page_request.say(WITHHELD, label=label)


def _words(renderer: FactRenderer, field: Mapping[str, Any], value: Any) -> str:
    kind = field["type"]
    if kind == "unit":
        return renderer.unit(value)
    if kind == "person":
        return renderer.user(value)
    return entered_words(renderer.page_request, kind, value, field.get("words", {}))
