"""Every date of a deadline that leaves the program says whether a notice may still move it.

Source: domain.md section 2. Pages write a deadline by `deadline`; what is written by `day` stands here as
what is no deadline. An answer, a notice and a table that hold a date have `provisional` beside it.
"""

import ast
import re
import string
from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pkgutil import walk_packages

import pytest
from marshmallow import Schema, fields

import api
from core.i18n import PROVISIONAL, translator
from notifications.kinds import KINDS, PROVISIONAL_MARKS, Wording
from tests.rules.sources import ROOT, name, product, tree

#: What pages write as a plain day, by its expression: days that have passed, or that people chose.
PLAIN_DAYS = frozenset(
    {
        *("on", "begun", "ended", "answered_on", "report.sent_on", "one.on", "reply.said_on"),
        *("one.valid_from", "one.valid_until", "slip.received_on", "page_request.today", "points[index][0]"),
        *("place.valid_until", "local.date()"),
        "given[name]",  # typed by the reader as a filter
        *("early", "promised_on", "event.promised_on"),  # a day that was promised, not counted
        "matter.reopen_until",  # calendar days
        "one.after",  # of the notice that is being entered
        "date.fromisoformat(refusal.facts['day'])",
        "one.at.astimezone(page_request.rules.zone).date()",
    }
)
#: Expressions that say nothing by themselves, by where they stand.
PLAIN_DAYS_OF: Mapping[str, frozenset[str]] = {
    "web/templates/figures/dashboard.html": frozenset({"day"}),
    "web/templates/administration/calendar_effect.html": frozenset({"one"}),  # a holiday that is missing
    "web/administration/people/limits_met.py": frozenset({"one.day"}),  # a day that is over
    # tomorrow, from when there is more of what one user may do in a day
    "web/framework/refusals.py": frozenset({"date.fromisoformat(refusal.facts['again_on'])"}),
    "web/framework/rendering.py": frozenset({"value"}),  # the filter itself
    "web/framework/request_context.py": frozenset({"value"}),  # the method itself
    "web/framework/entered_words.py": frozenset({"value"}),  # what somebody entered, and no clock counts
    "web/timeline/fact_sentences.py": frozenset({"value"}),  # what is no deadline of an entry's facts
    "web/forms/category_questions.py": frozenset({"date.fromisoformat(value)"}),  # an answer of the villager
}
#: Dates in answers that are no deadline or are counted by no working day.
PLAIN_DATES = frozenset(
    {
        *("received_on", "started_on", "said_on", "on", "from", "to"),
        *("suspended_until", "promised_on", "reopen_until"),  # chosen by people, or calendar days
    }
)
#: Blanks in notices that are no date.
PLAIN_BLANKS = frozenset(
    {"number", "village", "category", "clock", "action", "week", "year", "found", "units", "tries", "quota"}
)
MARK = f"（{PROVISIONAL}）"

DAY_FILTER = re.compile(r"([\w.\[\]]+(?:\([^()]*\))?) \| (?:day|weekday)\b")
CONDITION = re.compile(r"{%-? *(?:if|elif)\b.*?%}|\bif [^%}]*?(?= else )", re.DOTALL)
QUOTED = re.compile(r'"[^"]*"')
BARE_DEADLINE = re.compile(r"[\w.]*due(?:_on|\.day)\b(?!\.isoformat\(\))(?! \| deadline\b)")


def days_in_template(text: str) -> Iterator[str]:
    """Yield what a template writes as a plain day, and each deadline that it writes in no form at all."""
    yield from DAY_FILTER.findall(text)
    written = QUOTED.sub("", CONDITION.sub("", text))
    inner = re.findall(r"{{.*?}}|{% set .*?%}", written, re.DOTALL)
    yield from (found for part in inner for found in BARE_DEADLINE.findall(part))


def days_in_module(module: ast.AST) -> Iterator[str]:
    """Yield what a module writes as a plain day."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "day":
            yield from (ast.unparse(value) for value in node.args[:1])


def deadlines(expressions: Iterable[str], place: str = "") -> list[str]:
    """Keep what is not known to be no deadline."""
    return sorted(set(expressions) - PLAIN_DAYS - PLAIN_DAYS_OF.get(place, frozenset()))


def test_a_page_writes_no_deadline_as_a_plain_day() -> None:
    templates = sorted((ROOT / "web" / "templates").rglob("*.html"))
    modules = [place for place in product() if place.is_relative_to(ROOT / "web")]
    written = {name(place): days_in_template(place.read_text("utf-8")) for place in templates}
    written |= {name(place): days_in_module(tree(place)) for place in modules}
    found = {place: deadlines(days, place) for place, days in written.items()}
    assert len(templates) > 20
    assert len(modules) > 40
    assert {place: days for place, days in found.items() if days} == {}


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ('{{ _("最迟 {day}", day=view.due_on | day) }}', ["view.due_on"]),
        ("{{ matter.handling_due_on }}", ["matter.handling_due_on"]),
        ("{{ clock.next_look | weekday }}", ["clock.next_look"]),
        ("{% if view.due_on %}{{ view.due_on | deadline }}{% endif %}", []),
        ('<time datetime="{{ found.due.day.isoformat() }}">{{ found.due.day | deadline }}</time>', []),
    ],
)
def test_a_deadline_in_a_template_is_found(planted: str, found: list[str]) -> None:
    assert deadlines(days_in_template(planted)) == found


def test_a_deadline_in_a_module_is_found() -> None:
    planted = "page_request.say(WORDS, day=page_request.day(clock.due_on), other=page_request.deadline(day))"
    assert deadlines(days_in_module(ast.parse(planted))) == ["clock.due_on"]


def unsaid(schemas: Iterable[type[Schema]]) -> list[str]:
    """Name the dates of answers that have no `provisional` beside them."""
    return [
        f"{schema.__name__}.{of}"
        for schema in schemas
        for of, field in sorted(schema._declared_fields.items())
        if isinstance(field, fields.Date)
        and (field.data_key or of) not in PLAIN_DATES
        and "provisional" not in schema._declared_fields
    ]


def answer_schemas() -> list[type[Schema]]:
    """Return every schema of the interface."""
    modules = [import_module(found.name) for found in walk_packages(api.__path__, "api.")]
    every = {one for module in modules for one in vars(module).values() if isinstance(one, type)}
    ours = (one for one in every if issubclass(one, Schema) and one.__module__.startswith("api."))
    return sorted(ours, key=lambda one: one.__name__)


def test_beside_every_deadline_of_an_answer_stands_provisional() -> None:
    assert len(answer_schemas()) > 30
    assert unsaid(answer_schemas()) == []


def test_an_answer_without_it_is_found() -> None:
    task = type("TaskShown", (Schema,), {"due_on": fields.Date(), "received_on": fields.Date()})
    assert unsaid([task]) == ["TaskShown.due_on"]


def unmarked_blanks(kinds: Mapping[str, tuple[str, str]]) -> list[str]:
    """Name the blanks of notices that hold a date, or something new, and are not written as a date is."""
    blanks = {
        f"{kind}: {blank}"
        for kind, texts in kinds.items()
        for text in texts
        for _, blank, _, _ in string.Formatter().parse(text)
        if blank and blank not in PLAIN_BLANKS and blank not in PROVISIONAL_MARKS
    }
    return sorted(blanks)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_notice_says_it_behind_each_of_its_dates(kind: str) -> None:
    facts = dict.fromkeys(PROVISIONAL_MARKS, "2027-01-06") | dict.fromkeys(PROVISIONAL_MARKS.values(), True)
    text = Wording(translator("zh")).body(kind, facts)
    assert text.count("2027-01-06") == text.count(f"2027-01-06{MARK}")
    assert unmarked_blanks({kind: KINDS[kind]}) == []


def test_a_new_date_in_a_notice_is_found() -> None:
    planted = {"asked": ("{number}", "请在 {answer_on} 前答复，期限 {due_on}")}
    assert unmarked_blanks(planted) == ["asked: answer_on"]


def unmarked_cells(module: ast.AST) -> list[str]:
    """Name the dates in rows of tables whose next cell does not say whether a notice may still move them."""
    found = []
    for row in (node for node in ast.walk(module) if isinstance(node, ast.List)):
        for place, cell in enumerate(row.elts):
            wanted = re.search(r"\w+(?:\[')?\.?\w*due_on(?:'\])?", ast.unparse(cell))
            if wanted is None or "is_provisional" in ast.unparse(cell):
                continue
            beside = ast.unparse(row.elts[place + 1]) if place + 1 < len(row.elts) else ""
            if f"is_provisional({wanted[0]})" not in beside:
                found.append(wanted[0])
    return found


def test_a_table_says_it_beside_each_of_its_dates() -> None:
    writers = [place for place in product() if "write_rows(" in place.read_text("utf-8")]
    assert ROOT / "web" / "cases" / "exports.py" in writers
    assert {str(place): found for place in writers if (found := unmarked_cells(tree(place)))} == {}


def test_a_date_in_a_table_is_found() -> None:
    planted = (
        "[item['number'], item['reply_due_on'] or '', item['due_on'], words.is_provisional(item['due_on'])]"
    )
    assert unmarked_cells(ast.parse(planted)) == ["item['reply_due_on']"]
