"""A field or an action of a county's own may be called as one of the program: its form goes by its type."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cases.intake.own_entries import RESERVED_FIELDS
from tests.rules.sources import ROOT
from tests.stories.desks import EXAMPLES, Desk, desk
from web.framework.flash import DONE
from workflow.definition.reader import parse

__all__ = ["desk"]

TEXT = (EXAMPLES / "inspection" / "workflow.toml").read_text(encoding="utf-8")
WHO = 'who = [{ from = ["received"], roles = ["team_leader"], relations = ["in_scope"] }]'
TYPES = ("text", "date", "choice", "number", "boolean")


FORMS = ROOT / "web/templates/parts/fields.html"
#: Where the name of a field stands as a county wrote it, which may begin in lower case.
UNHEADED = re.compile(r"\{\{ one\.label \}\}")


def test_every_field_begins_in_one_way_whatever_its_type() -> None:
    text = FORMS.read_text(encoding="utf-8")
    assert UNHEADED.findall(text) == []
    assert text.count("one.label | headed") > 3
    assert UNHEADED.search("<legend>{{ one.label }}</legend>")


def names_of(fields: Any) -> Iterator[str]:
    """Name fields, and those inside of them."""
    for field in fields:
        yield field["name"]
        yield from names_of(field.get("fields", ()))
        yield from names_of(field.get("items", {}).get("fields", ()))


def known_names() -> list[str]:
    """Name every field that an action of the program takes."""
    definition = parse(TEXT, "workflow.toml")
    actions = (*definition.steps.values(), *definition.acts.values())
    return sorted({name for action in actions for name in names_of(action.fields)} - RESERVED_FIELDS)


NAMES = known_names()
#: One act for each type, with a field of that type for each name: they are sent all at once.
VALUES: Mapping[str, tuple[str, str]] = {
    "text": ("照实写的一句话", "照实写的一句话"),
    "date": ("2026-03-05", "3月5日"),
    "choice": ("one", "头一样"),
    "number": ("12.5", "12.5"),
    "boolean": ("yes", "是"),
}


def with_acts_for_every_name(text: str) -> str:
    made = [text, "\n"]
    for kind in TYPES:
        entries = {name: f"own_{kind}_{name}" for name in NAMES}
        made.append(f'[acts.own_{kind}]\nzh = "{kind}做一下"\nen = "do {kind}"\n{WHO}\n')
        made.append("fields = [" + ", ".join(f'"{entry}"' for entry in entries.values()) + "]\n\n")
        choices = 'values = ["one"]\nwords.one = { zh = "头一样", en = "the first" }\n'
        for name, entry in entries.items():
            made.append(f'[fields.{entry}]\nname = "{name}"\ntype = "{kind}"\n')
            made.append(
                f'zh = "{kind}的{name}"\nen = "{kind} of {name}"\n{choices if kind == "choice" else ""}\n'
            )
    return "".join(made)


def test_a_field_is_drawn_and_read_by_its_type_whatever_it_is_called(desk: Callable[..., Desk]) -> None:
    town = desk("inspection", with_acts_for_every_name)
    number = town.register("irrigation")
    for kind in TYPES:
        sent, said = VALUES[kind]
        told = town.send("zuzhang", number, f"own_{kind}", **dict.fromkeys(NAMES, sent)).text.lower()
        assert [name for name in NAMES if f"{kind}的{name}：{said}" not in told] == [], kind


def test_an_action_that_is_called_as_a_message_of_the_program_says_its_own(desk: Callable[..., Desk]) -> None:
    names = sorted(name for name in DONE if name not in parse(TEXT, "x").steps and name.isidentifier())
    names = [name for name in names if name not in parse(TEXT, "x").acts]
    acts = "".join(f'[acts.{name}]\nzh = "{name}这件事"\nen = "{name}"\n{WHO}\n\n' for name in names)
    town = desk("inspection", lambda text: f"{text}\n{acts}")
    number = town.register("irrigation")
    browser = town.browse("zuzhang")
    for name in names:
        assert f"{name}这件事，已经记下" in browser.get(f"/cases/{number}?done={name}&number={number}").text
