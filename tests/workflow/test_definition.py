"""A good definition is read; a bad one is refused with the line and the reason."""

import re

import pytest

from tests.english import in_english
from tests.workflow.samples import SMALL, project_definition
from workflow.definition.reader import BadDefinition, parse

#: What is spoiled: the text replaced, what comes in its place, the line that is named (by the first such text
#: in the file), and a part of the reason.
SPOILED = {
    "an unknown state in from": (
        '{ from = ["assigned"], roles = ["committee"]',
        '{ from = ["asigned"], roles = ["committee"]',
        "asigned",
        "no state is called 'asigned'",
    ),
    "an unknown target": ('to = "assigned"', 'to = "handed"', "handed", "no state is called 'handed'"),
    "an unknown role": ('roles = ["committee"]', 'roles = ["boss"]', "boss", "no role is called 'boss'"),
    "an unknown relation": (
        'relations = ["owner"]',
        'relations = ["friend"]',
        "friend",
        "no relation is called 'friend'",
    ),
    "an unknown guard": ('["has_superior"]', '["has_money"]', "has_money", "no guard is called 'has_money'"),
    "an unknown guard of a row": (
        '["within_a_day"]',
        '["within_reason"]',
        "within_reason",
        "no guard is called 'within_reason'",
    ),
    "an unknown clock in a step": (
        "clocks = { handling",
        "clocks = { sundial",
        "sundial",
        "no clock is called 'sundial'",
    ),
    "an unknown clock of a state": (
        'clock = "triage"',
        'clock = "sundial"',
        "sundial",
        "no clock is called 'sundial'",
    ),
    "a clock of the program under another name": (
        "[clocks.reply]",
        '[clocks.sundial]\nlength = { days = 2, unit = "wd" }',
        "[clocks.triage]",
        "the clock 'reply' is missing",
    ),
    "a clock of the county's own without a length": (
        "[clocks.triage]",
        '[clocks.sundial]\nzh = "日晷"\nen = "sundial"\nladder = ["urge"]\n\n[clocks.triage]',
        "[clocks.sundial]",
        "'days' is missing",
    ),
    "an unknown change of a clock": (
        '"start_once"',
        '"rewind"',
        "rewind",
        "no change of a clock is called 'rewind'",
    ),
    "an unknown kind of unit": (
        'unit_kinds = ["committee"]',
        'unit_kinds = ["ministry"]',
        "ministry",
        "no kind of unit is called 'ministry'",
    ),
    "an unknown owner rule": (
        'owner = "assigned_unit"',
        'owner = "anyone"',
        "anyone",
        "no owner rule is called 'anyone'",
    ),
    "an unknown rung": (
        'ladder = ["urge", "supervise"]',
        'ladder = ["urge", "shout"]',
        "shout",
        "no rung is called 'shout'",
    ),
    "a rung of an unknown name": ("[rungs.supervise]", "[rungs.shout]", "[rungs.shout]", "no rung is called"),
    "an unknown field": ('fields = ["unit"', 'fields = ["unti"', "unti", "no field is called 'unti'"),
    "an unknown type of a field": ('type = "unit"', 'type = "thing"', "thing", "no type is called 'thing'"),
    "an unreachable state": (
        'to = "assigned"',
        'to = "closed"',
        "[states.assigned]",
        "no step leads here from the beginning",
    ),
    "an open state without a way out": (
        '{ from = ["assigned"], roles = ["committee"]',
        '{ from = ["received"], roles = ["committee"]',
        "[states.assigned]",
        "no path leads from here to a final state",
    ),
    "an open state without an owner rule": (
        'owner = "assigned_unit"\n',
        "",
        "[states.assigned]",
        "needs an owner rule",
    ),
    "an open state without a clock": ('clock = "handling"\n', "", "[states.assigned]", "needs a clock"),
    "an open state without a ladder": (
        'ladder = ["urge", "supervise"]',
        "ladder = []",
        "ladder = []",
        "needs a ladder",
    ),
    "an open state without kinds of unit": (
        'unit_kinds = ["committee"]\n',
        "",
        "[states.assigned]",
        "kinds of unit",
    ),
    "a final state with an owner": (
        "final = true",
        'final = true\nowner = "reply_owner"',
        'owner = "reply_owner"',
        "a final state has none",
    ),
    "an exit of a final state": (
        '{ from = ["received"], roles = ["team_leader"]',
        '{ from = ["received", "closed"], roles = ["team_leader"]',
        '{ from = ["received", "closed"]',
        "only reopen and unmerge may lead out of a final state",
    ),
    "a handling clock started anew": (
        '"start_once"',
        '"start"',
        'clocks = { handling = "start" }',
        "only register, reopen and raise may start the handling clock anew",
    ),
    "a handling clock started anew, short": (
        '"start_once"',
        '"start_short"',
        "start_short",
        "only register, reopen and raise may start the handling clock anew",
    ),
    "a step that moves the reply clock": (
        "clocks = { handling",
        "clocks = { reply",
        "clocks = { reply",
        "follows who waits for a reply",
    ),
    "a row without a role": ('roles = ["committee"]', "roles = []", '["assigned"]', "no role can take it"),
    "a step without a row": (
        'who = [{ roles = ["member"], relations = ["in_scope"] }]',
        "who = []",
        "who = []",
        "no role can take it",
    ),
    "an act without who": (
        'who = [{ from = ["*"], roles = ["member"], relations = ["in_scope"] }]\n',
        "",
        "[acts.note]",
        "no role can take it",
    ),
    "a row without a relation": (
        'relations = ["owner"]',
        "relations = []",
        '["assigned"]',
        "in which relation",
    ),
    "a row without a state": ('from = ["*"], ', "from = [], ", "from = []", "from which states"),
    "a register that comes from a state": (
        'who = [{ roles = ["member"]',
        'who = [{ from = ["received"], roles = ["member"]',
        "from",
        "it comes from no state",
    ),
    "no register": ("[steps.register]", "[steps.begin]", "who = [{ roles", "say from which states"),
    "a beginning elsewhere": ('initial = "received"', 'initial = "assigned"', "to =", "a case begins in"),
    "a name used twice": ("[acts.note]", "[acts.close]", "[acts.close]", "is a step already"),
    "a word given twice": (
        '["has_superior"]',
        '["has_superior", "has_superior"]',
        "guards",
        "stands here twice",
    ),
    "two fields of one name": (
        '[fields.reason]\ntype = "text"',
        '[fields.reason]\nname = "unit"\ntype = "text"',
        "fields = [",
        "two fields are sent as 'unit'",
    ),
    "a choice without values": ('type = "text"', 'type = "choice"', "[fields.reason]", "say the values"),
    "an object that holds itself": (
        'type = "text"',
        'type = "object"\nfields = ["reason"]',
        'fields = ["reason"]',
        "holds itself",
    ),
    "an unknown key": ('clock = "handling"', 'clock = "handling"\ncolour = "red"', "colour", "no such key"),
    "an unknown table": ("[fields.unit]", "[colours.red]\n[fields.unit]", "[colours.red]", "no such key"),
    "a missing key": ('en = "close"\n', "", "[steps.close]", "'en' is missing"),
    "a wrong type": ("days = 3", 'days = "three"', "three", "write a whole number"),
    "a boolean for a number": ("days = 3", "days = true", "days = true", "write a whole number"),
    "a number for a text": ('en = "close"', "en = 7", "en = 7", "write a text"),
    "a text for a list": ('["has_superior"]', '"has_superior"', "guards = ", "write a list"),
    "a text for a table": (
        '{ handling = "start_once" }',
        '"handling"',
        'clocks = "handling"',
        "write a table",
    ),
    "an empty text": ('en = "close"', 'en = " "', 'en = " "', "the text is empty"),
    "a ladder out of order": (
        'ladder = ["urge", "supervise"]',
        'ladder = ["supervise", "urge"]',
        '["supervise", "urge"]',
        "order of their days",
    ),
    "a version of zero": ("version = 1", "version = 0", "version = 0", "not between"),
    "broken TOML": ('name = "small"', 'name = "small', 'name = "small', "no TOML"),
}


def line_of(body: str, text: str) -> int:
    """Return the line on which a text first stands."""
    return body[: body.index(text)].count("\n") + 1


@pytest.mark.parametrize("what", SPOILED)
def test_a_spoiled_definition_is_refused_with_its_line_and_the_reason(what: str) -> None:
    old, new, place, reason = SPOILED[what]
    assert old in SMALL
    body = SMALL.replace(old, new, 1)
    with pytest.raises(BadDefinition) as refused:
        parse(body, "small.toml")
    found = [problem for problem in refused.value.problems if reason in in_english(problem.reason)]
    assert found, refused.value.problems
    assert found[0].place == f"small.toml:{line_of(body, place)}"


def test_a_table_given_twice_is_refused_where_it_stands_again() -> None:
    body = SMALL.replace("[acts.note]", "[steps.close]")
    with pytest.raises(BadDefinition) as refused:
        parse(body, "small.toml")
    assert refused.value.place == f"small.toml:{line_of(SMALL, '[acts.note]')}"


def test_a_missing_step_register_leaves_no_beginning() -> None:
    start, end = SMALL.index("[steps.register]"), SMALL.index("[steps.assign]")
    with pytest.raises(BadDefinition) as refused:
        parse(SMALL[:start] + SMALL[end:], "small.toml")
    assert "no case could begin" in in_english(*refused.value.problems)


def test_a_missing_clock_is_named() -> None:
    start, end = SMALL.index("[clocks.reply]"), SMALL.index("[clocks.return]")
    with pytest.raises(BadDefinition) as refused:
        parse(SMALL[:start] + SMALL[end:], "small.toml")
    assert "the clock 'reply' is missing" in in_english(*refused.value.problems)


def test_a_raise_on_the_ladder_needs_the_step() -> None:
    body = SMALL.replace('ladder = ["urge", "supervise"]', 'ladder = ["urge", "supervise", "raise"]')
    body += '\n[rungs.raise]\nzh = "提级"\nen = "raising"\ndays = 10\n'
    with pytest.raises(BadDefinition) as refused:
        parse(body, "small.toml")
    assert "needs a step of that name" in in_english(*refused.value.problems)


def test_every_problem_is_told_at_once() -> None:
    body = SMALL.replace('roles = ["committee"]', 'roles = ["boss"]').replace("days = 3", 'days = "three"')
    with pytest.raises(BadDefinition) as refused:
        parse(body, "small.toml")
    assert len(refused.value.problems) == 2
    assert refused.value.place == refused.value.problems[0].place
    assert "boss" in str(refused.value)
    assert "three" in str(refused.value)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param("# " + "x" * 300_000, "longer than", id="a huge file"),
        pytest.param("name = " + "[" * 100_000, "nested too deeply|no TOML", id="a deep file"),
        pytest.param(
            SMALL + "".join(f'\n[states.s{n}]\nzh = "一"\nen = "s"\nfinal = true\n' for n in range(60)),
            "the most are 50",
            id="too many states",
        ),
        pytest.param(
            SMALL + "".join(f"\n[states.s{n}]\n" for n in range(1000)),
            "more than 400",
            id="a thousand states",
        ),
        pytest.param(
            SMALL
            + "".join(
                f'\n[acts.a{n}]\nzh = "一"\nen = "a"\n'
                'who = [{ from = ["*"], roles = ["member"], relations = ["in_scope"] }]\n'
                for n in range(130)
            ),
            "the most are 120",
            id="too many acts",
        ),
        pytest.param(SMALL.replace('"small"', f'"{"x" * 600}"'), "longer than 500", id="a long name"),
        pytest.param("", "is missing", id="an empty file"),
        pytest.param(
            SMALL.replace(
                'who = [{ from = ["*"], roles = ["member"], relations = ["in_scope"] }]',
                "who = [" + '{ from = ["*"], roles = ["member"], relations = ["in_scope"] },' * 30 + "]",
            ),
            "more than 20 rows",
            id="too many rows",
        ),
    ],
)
def test_a_definition_beyond_the_limits_is_refused(body: str, reason: str) -> None:
    with pytest.raises(BadDefinition) as refused:
        parse(body, "small.toml")
    assert re.search(reason, in_english(*refused.value.problems))


def test_the_hash_is_of_the_content_and_not_of_its_form() -> None:
    plain = parse(SMALL, "a.toml")
    head, states = SMALL.split("[states.received]", 1)
    again = parse(
        head.replace("version = 1", "# a remark\nversion =   1") + "[states.received]" + states, "b.toml"
    )
    assert again.hash == plain.hash
    assert len(plain.hash) == 64


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version = 1", "version = 2"),
        ('"start_once"', '"go_on"'),
        ("已交办", "交办了"),
        ('"reason?"', '"reason"'),
    ],
)
def test_any_change_of_the_content_changes_the_hash(old: str, new: str) -> None:
    assert parse(SMALL.replace(old, new, 1), "a").hash != parse(SMALL, "a").hash


def test_a_definition_gives_its_parts() -> None:
    small = parse(SMALL, "small.toml")
    assert (small.name, small.version, small.initial) == ("small", 1, "received")
    assert small.states["assigned"].clock == "handling"
    assert small.steps["close"].sources == ("received", "assigned")
    assert small.steps["register"].sources == ()
    assert small.acts["note"].sources == ("received", "assigned", "closed")
    assert [rung.code for rung in small.clocks["handling"].ladder] == ["urge", "supervise"]
    assert [dict(field) for field in small.steps["assign"].fields] == [
        {"name": "unit", "type": "unit", "required": True},
        {"name": "reason", "type": "text", "required": False},
    ]


def test_the_shipped_definition_has_four_open_and_five_final_states() -> None:
    states = project_definition().states
    assert {code for code, state in states.items() if not state.final} == {
        "received",
        "assigned",
        "escalated",
        "resolved",
    }
    assert {code for code, state in states.items() if state.final} == {
        "closed",
        "rejected",
        "withdrawn",
        "merged",
        "void",
    }


@pytest.mark.parametrize(
    ("state", "clock"),
    [("received", "triage"), ("assigned", "handling"), ("escalated", "handling"), ("resolved", "return")],
)
def test_the_date_of_an_open_state_is_that_of_its_clock(state: str, clock: str) -> None:
    assert project_definition().states[state].clock == clock
