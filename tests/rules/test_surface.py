"""Nothing that leaves the process changes unseen: it is compared with what is written down in `surface/`.

When a change is meant, run `python -m tests.rules.surface_snapshot`, read the difference of the files, and
keep them with the change. What is compared: addresses and methods, the OpenAPI document, commands, settings,
the words of the county's files, the life cycle, tables and columns, the names that are hashed, and the keys
of the facts of entries and notices.
"""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.rules.surface_doors import resolved
from tests.rules.surface_snapshot import FOLDER, NAMES, collect, differences, text_of, written
from tests.rules.surface_township import build_township

#: More lines than these nobody reads.
MOST_SHOWN = 40
#: What only the program itself may do, and what happens to the other case of a merge.
BESIDE_THE_DEFINITION = {
    "absorb",
    "release",
    "take_names",
    "recalculated",
    "forget",
    "remind",
    "urge",
    "supervise",
    "publish",
}
Surface = dict[str, Any]


@pytest.fixture(scope="module")
def surface(tmp_path_factory: pytest.TempPathFactory) -> Surface:
    folder = tmp_path_factory.mktemp("told")
    build_township(folder)
    return collect(folder)


@pytest.mark.parametrize("name", NAMES)
def test_what_leaves_the_process_is_as_it_was_written_down(surface: Surface, name: str) -> None:
    found = differences(written(name), surface[name])
    shown = "\n".join([*found[:MOST_SHOWN], *(["…"] if len(found) > MOST_SHOWN else [])])
    assert not found, f"{name}: {len(found)} differences\n{shown}"


def test_every_part_is_written_down_once_and_in_one_form() -> None:
    assert sorted(place.stem for place in FOLDER.glob("*.json")) == sorted(NAMES)
    for name in NAMES:
        assert (FOLDER / f"{name}.json").read_text(encoding="utf-8") == text_of(written(name)), name


def test_every_action_is_told_and_every_rung(surface: Surface) -> None:
    actions = {*surface["words"]["actions"], "register", *surface["words"]["rungs"]}
    assert set(surface["facts"]["history"]) == actions | BESIDE_THE_DEFINITION


def lose(*path: str) -> Callable[[Surface], None]:
    """Take away what stands at the end of a path."""

    def plant(surface: Surface) -> None:
        held: Any = surface
        for step in path[:-1]:
            held = held[step]
        if isinstance(held, list):
            held.remove(path[-1])
        else:
            del held[path[-1]]

    return plant


def put(value: Any, *path: str) -> Callable[[Surface], None]:
    """Put a value at the end of a path, in place of another one or beside the others."""

    def plant(surface: Surface) -> None:
        held: Any = surface
        for step in path[:-1]:
            held = held[step]
        if isinstance(held, list):
            held.append(value)
        else:
            held[path[-1]] = value

    return plant


ACTIONS = ("interface", "paths", "/api/v1/cases/{number}/actions", "post")
FAULTS: tuple[tuple[str, Callable[[Surface], None], str], ...] = (
    ("addresses", lose("addresses", "pages", "/cases"), "removed: pages > /cases"),
    (
        "addresses",
        lose("addresses", "programs", "/api/v1/cases", "POST"),
        "removed: programs > /api/v1/cases > POST",
    ),
    ("addresses", put(["GET"], "addresses", "pages", "/new"), "added: pages > /new"),
    (
        "interface",
        lose(*ACTIONS, "parameters", "header Idempotency-Key"),
        "removed: paths > /api/v1/cases/{number}/actions > post > parameters > header Idempotency-Key",
    ),
    (
        "interface",
        put("string", *ACTIONS, "requestBody", "required"),
        "changed: paths > /api/v1/cases/{number}/actions > post > requestBody > required: True → 'string'",
    ),
    ("commands", lose("commands", "app.py verify", "--since"), "removed: app.py verify > --since"),
    (
        "commands",
        put(8080, "commands", "app.py run", "--port", "default"),
        "changed: app.py run > --port > default: 8000 → 8080",
    ),
    ("settings", lose("settings", "HUIYIN_DATA_DIR"), "removed: HUIYIN_DATA_DIR"),
    (
        "settings",
        put("data", "settings", "HUIYIN_DATA_DIR", "default"),
        "changed: HUIYIN_DATA_DIR > default: 'var' → 'data'",
    ),
    ("words", lose("words", "relations", "recorder"), "removed: relations > recorder"),
    ("words", put("suspend_all", "words", "actions", ""), "added: actions > suspend_all"),
    ("life_cycle", lose("life_cycle", "steps", "assign"), "removed: steps > assign"),
    ("tables", lose("tables", "cases", "due_on"), "removed: cases > due_on"),
    (
        "tables",
        put("INTEGER or nothing", "tables", "cases", "owner"),
        "added: cases > owner",
    ),
    ("attributes", lose("attributes", "cases", "own_words"), "removed: cases > own_words"),
    (
        "attributes",
        put("words", "attributes", "cases", "own_words", "hashed as"),
        "changed: cases > own_words > hashed as: 'own_words' → 'words'",
    ),
    ("facts", lose("facts", "history", "assign", "unit"), "removed: history > assign > unit"),
    (
        "facts",
        put("integer", "facts", "history", "escalate", "report"),
        "changed: history > escalate > report: 'digest' → 'integer'",
    ),
    ("facts", put("text", "facts", "notices", "urge", "who"), "added: notices > urge > who"),
)


@pytest.mark.parametrize(("name", "plant", "named"), FAULTS, ids=[fault[2] for fault in FAULTS])
def test_a_planted_change_is_named(name: str, plant: Callable[[Surface], None], named: str) -> None:
    before = {one: written(one) for one in NAMES}
    now = copy.deepcopy(before)
    plant(now)
    assert {one: differences(before[one], now[one]) for one in NAMES if before[one] != now[one]} == {
        name: [named]
    }


def test_faults_are_planted_in_every_part() -> None:
    assert {name for name, _, _ in FAULTS} == set(NAMES)


def test_the_name_of_a_component_and_what_holds_itself_make_no_difference() -> None:
    def document(name: str) -> Surface:
        inner = {
            "properties": {"below": {"$ref": f"#/components/schemas/{name}"}, "text": {"type": "string"}}
        }
        return {"components": {"schemas": {name: inner}}, "used": {"$ref": f"#/components/schemas/{name}"}}

    one, other = document("Area"), document("Place")
    assert resolved(one, one["used"]) == resolved(other, other["used"])
    assert resolved(one, one["used"])["properties"]["below"] == {"recursive": 1}
