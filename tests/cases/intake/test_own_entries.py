"""What a county adds and nothing would be done about is refused, with its place and with what to write."""

import re
from pathlib import Path

import pytest

from cases.intake.own_entries import RESERVED_FIELDS
from cases.intake.read_definition import read_definition
from core.i18n import translator
from tests.builders import CONFIG
from workflow.definition.reader import BadDefinition

ROOT = CONFIG.parent
TEXT = (ROOT / "docs" / "examples" / "inspection" / "workflow.toml").read_text(encoding="utf-8")
#: What is spoiled: the words before and after, the place, and a part of the reason.
SPOILED = {
    "a state that stands within none": ('"assigned.joint"', '"joint"', "states.joint", "a dot and a name"),
    "words for villagers about a state of the program": (
        '[states.assigned]\nzh = "已交办"',
        '[states.assigned]\npublic = { zh = "在办", en = "at work" }\nzh = "已交办"',
        "states.assigned.public",
        "only states of your own",
    ),
    "a rung that an own clock cannot have": (
        'ladder = ["remind", "urge", "supervise"]\ndays = { remind = -1 }',
        'ladder = ["remind", "urge", "raise"]\ndays = { remind = -1 }',
        "clocks.inspection.ladder",
        "cannot have the rung raise",
    ),
    "a clock that nothing starts": (
        'clocks = { accept = "stop", inspection = "start" }',
        'clocks = { accept = "stop", handling = "start_once" }',
        "clocks.inspection",
        "no step starts this clock",
    ),
    "a state whose clock does not run": (
        'clocks = { accept = "stop", inspection = "start" }',
        'clocks = { accept = "stop" }',
        "steps.order_inspection.clocks",
        "its clock inspection",
    ),
    "a clock of the program with a length": (
        "[clocks.triage]\n",
        '[clocks.triage]\nlength = { days = 2, unit = "wd" }\n',
        "clocks.triage.length",
        "",
    ),
    "a name that the program records": ("[acts.book_visit]", "[acts.urge]", "acts.urge", "cannot be used"),
    "a role without people": (
        'roles = ["member", "team_leader", "committee"], relations = ["in_scope"] },\n]\nfields = ["meet_on"',
        'roles = ["member", "villager"], relations = ["in_scope"] },\n]\nfields = ["meet_on"',
        "acts.book_visit.who.0.roles",
        "cannot be taken by villager",
    ),
    "a type that only the program reads": (
        '[fields.where]\ntype = "text"',
        '[fields.where]\ntype = "complainant"',
        "fields.where.type",
        "cannot be of the type complainant",
    ),
    "a field without words": (
        '[fields.where]\ntype = "text"\nzh = "在哪里见"\nen = "where"',
        '[fields.where]\ntype = "text"',
        "fields.where",
        "needs zh and en",
    ),
    "a choice without words": (
        'words.otherwise = { zh = "不一样", en = "otherwise" }\n',
        "",
        "fields.found.words",
        "do not say what these are called: otherwise",
    ),
    "words for a choice that there is not": (
        "words.otherwise",
        "words.elsewise",
        "fields.found.words.elsewise",
        "",
    ),
    "a field that a form needs for itself": (
        '[fields.where]\ntype = "text"',
        '[fields.where]\nname = "version"\ntype = "text"',
        "fields.where",
        "cannot be called 'version'",
    ),
    "two fields for files": (
        'fields = ["minutes", "cost?"]',
        'fields = ["photos", "more_photos"]',
        "steps.end_joint.fields",
        "one field of the type files",
    ),
    "a step to a final state": (
        'to = "assigned"\nwho = [\n  { from = ["assigned.joint"]',
        'to = "closed"\nwho = [\n  { from = ["assigned.joint"]',
        "steps.end_joint.to",
        "every reply and return visit",
    ),
    "a step past the replies": (
        'to = "assigned"\nwho = [\n  { from = ["assigned.joint"]',
        'to = "resolved"\nwho = [\n  { from = ["assigned.joint"]',
        "steps.end_joint.to",
        "everybody must have a reply",
    ),
    "a step to another level that names nobody": (
        'to = "assigned"\nwho = [\n  { from = ["assigned.joint"]',
        'to = "escalated"\nwho = [\n  { from = ["assigned.joint"]',
        "steps.end_joint",
        "write hands_to",
    ),
    "a new owner that may be left out": (
        'fields = ["lead", "why"]',
        'fields = ["lead?", "why"]',
        "steps.change_lead.hands_to",
        "leave out its question mark",
    ),
    "a new owner that is no unit": (
        'hands_to = "lead"',
        'hands_to = "why"',
        "steps.change_lead.hands_to",
        "no required field of the type unit",
    ),
    "a circle that there is not": (
        'tells = ["reply_owner", "coordinators"]',
        'tells = ["everybody"]',
        "steps.inspect.tells",
        "everybody",
    ),
    "an action of the program that tells": (
        "[acts.accept]",
        '[acts.accept]\ntells = ["owner"]',
        "acts.accept.tells",
        "decides that by itself",
    ),
    "a clock of a state that an act stops": (
        'clock = "inspection"',
        'clock = "accept"',
        "states.assigned.inspecting.clock",
        "does not run with a state",
    ),
    "a step that stops the handling clock": (
        'clocks = { accept = "stop", inspection = "start" }',
        'clocks = { accept = "stop", inspection = "start", handling = "stop" }',
        "steps.order_inspection.clocks.handling",
        "runs until the reply",
    ),
    "a new owner of whom nobody says whether it must accept": (
        'clocks = { accept = "start" }\nfields = ["lead", "why"]',
        'fields = ["lead", "why"]',
        "steps.change_lead.clocks",
        "start or stop for the clock accept",
    ),
    "a state that some of its owners may not own": (
        'unit_kinds = ["team", "committee", "township", "department", "leading_group"]\nclock = "inspection"',
        'unit_kinds = ["department"]\nclock = "inspection"',
        "steps.order_inspection",
        "write hands_to, or widen unit_kinds",
    ),
    "a person of a unit where there is none": (
        '"escalated"], roles = ["member", "team_leader", "committee"], relations = ["in_scope"] },\n]\n'
        'fields = ["meet_on", "where"]',
        '"closed"], roles = ["member", "team_leader", "committee"], relations = ["in_scope"] },\n]\n'
        'fields = ["meet_on", "where", "inspector"]',
        "acts.book_visit.who.0.from",
        "in closed no unit owns the case",
    ),
    "a choice that no form can send": (
        "as_told",
        "As_told",
        "fields.found.values",
        "small letters, digits and _ only",
    ),
    "a text with signs that nobody sees": (
        'zh = "踏勘记录"',
        'zh = "踏勘\\u202e记录"',
        "steps.inspect.zh",
        "cannot be seen",
    ),
    "a state without quotes": (
        '[states."assigned.joint"]',
        "[states.assigned.joint]",
        "states.assigned.joint",
        re.escape('[states."assigned.joint"]'),
    ),
    "words for a group that there is not": (
        "[steps.register]",
        '[words.mood]\nhappy = { zh = "高兴", en = "happy" }\n\n[steps.register]',
        "words.mood",
        "cannot be changed",
    ),
    "words for a code that there is not": (
        "[steps.register]",
        '[words.role]\nboss = { zh = "老板", en = "boss" }\n\n[steps.register]',
        "words.role.boss",
        "there is no code boss",
    ),
    "a limit of another type": (
        "shortest = 5\n",
        "shortest = 5\nnot_in_past = true\n",
        "fields.findings.not_in_past",
        "does not have this; it may have: shortest, longest, public",
    ),
    "a text that can have no length": (
        "shortest = 5\n",
        "shortest = 2000\n",
        "fields.findings.shortest",
        "nothing could be entered",
    ),
    "a text that is longer than any": (
        "longest = 1000\n",
        "longest = 5001\n",
        "fields.findings.longest",
        "5001 is not between 1 and 5000",
    ),
    "a number between no bounds": (
        "least = 0\nmost = 100_000",
        "least = 0.5\nmost = 0.25",
        "fields.length_m.least",
        "nothing could be entered",
    ),
    "a bound that is no number": (
        "least = 0\nmost = 100_000",
        "least = 0\nmost = nan",
        "fields.length_m.most",
        "is not between",
    ),
    "a day on both sides of today": (
        "not_in_future = true",
        "not_in_future = true\nnot_in_past = true",
        "fields.inspected_on.not_in_past",
        "only today is left",
    ),
    "a person whom villagers would read": (
        'type = "person"\n',
        'type = "person"\npublic = true\n',
        "fields.inspector.public",
        "it may have: —",
    ),
    "a field that villagers read of a step that they do not": (
        'public = { zh = "到现场看过了", en = "somebody has looked at it" }',
        "",
        "steps.inspect.fields",
        "the action must have its own public",
    ),
    "a limit of what the program reads": (
        "[fields.reason]\n",
        "[fields.reason]\nlongest = 100\n",
        "fields.reason.longest",
        "only fields of your own actions have longest",
    ),
    "a limit within an object that the program reads": (
        "[fields.addressee]\n",
        "[fields.addressee]\nshortest = 3\n",
        "fields.addressee.shortest",
        "only fields of your own actions have shortest",
    ),
    "bounds between which no whole number lies": (
        "least = 0\nmost = 100_000",
        "whole = true\nleast = 1.2\nmost = 1.9",
        "fields.length_m.whole",
        "no whole number lies between 1.2 and 1.9",
    ),
    "a rung before its clock begins": (
        "days = { remind = -1 }",
        "days = { remind = -30 }",
        "clocks.inspection.days.remind",
        "remind comes 30 days before the date",
    ),
    "two choices with the same words": (
        'zh = "有一部分一样"',
        'zh = "一样"',
        "fields.found.words.partly.zh",
        "called that already",
    ),
    "two fields of an action with the same words": (
        'en = "who goes"',
        'en = "day of the inspection"',
        "fields.inspector.en",
        "called that already",
    ),
    "two states with the same words": (
        'zh = "待踏勘"',
        'zh = "已交办"',
        "states.assigned.inspecting.zh",
        "called that already",
    ),
    "words in one language alone": (
        'public = { zh = "到现场看过了", en = "somebody has looked at it" }',
        'public = { zh = "到现场看过了" }',
        "steps.inspect.public",
        "'en' is missing",
    ),
}
MORE = {
    "two fields for files": '\n[fields.more_photos]\ntype = "files"\nzh = "还有照片"\nen = "more photos"\n',
}
TEMPLATES = ROOT / "web" / "templates"


@pytest.mark.parametrize("what", SPOILED)
def test_an_own_entry_that_would_do_nothing_is_refused_with_its_place(what: str) -> None:
    before, after, place, reason = SPOILED[what]
    assert before in TEXT
    spoiled = TEXT.replace(before, after)
    with pytest.raises(BadDefinition) as refused:
        read_definition(spoiled + MORE.get(what, ""), "ours.toml")
    said = [problem.in_words(translator("en")) for problem in refused.value.problems]
    assert [one for one in said if re.search(rf"^ours\.toml(:\d+)?: {re.escape(place)}: .*{reason}", one)], (
        said
    )


def test_what_was_withdrawn_cannot_be_divided() -> None:
    text = TEXT.replace('"withdrawn"', '"withdrawn.late"').replace(
        "[states.withdrawn]", '[states."withdrawn.late"]'
    )
    with pytest.raises(BadDefinition, match=re.escape("withdrawn.late")):
        read_definition(text, "ours.toml")


def test_an_own_state_is_open_or_final_like_the_one_it_stands_within() -> None:
    text = TEXT.replace('"closed", "rejected"', '"closed.*", "rejected"')
    opened = (
        '[states."closed.mine"]\nzh = "我"\nen = "mine"\nowner = "reply_owner"\nunit_kinds = ["team"]\n'
        'clock = "return"\nanswered = true\n\n[states.closed]'
    )
    text = text.replace("[states.closed]", opened).replace(
        'to = "closed"\nwho = [\n  { from = ["resolved"], roles = ["member"',
        'to = "closed.mine"\nwho = [\n  { from = ["resolved"], roles = ["member"',
    )
    with pytest.raises(BadDefinition, match=re.escape("states.closed.mine.final")):
        read_definition(text, "ours.toml")


def test_the_examples_are_taken_as_they_stand() -> None:
    for example in sorted((ROOT / "docs" / "examples").iterdir()):
        assert read_definition((example / "workflow.toml").read_text(encoding="utf-8"), example.name).states


def names_in(template: Path) -> set[str]:
    """Name the hidden fields of the forms in a template that are sent to an action."""
    text = template.read_text(encoding="utf-8")
    forms = re.findall(r"<form[^>]*case_actions\.act.*?</form>", text, re.DOTALL)
    return {name for form in forms for name in re.findall(r'type="hidden" name="([a-z_]+)"', form)}


def test_no_field_can_be_called_as_what_a_form_says_for_itself() -> None:
    said = set().union(*map(names_in, TEMPLATES.rglob("*.html")))
    assert {"version", "action"} <= said
    assert said - {"unit", "complainant"} <= RESERVED_FIELDS
