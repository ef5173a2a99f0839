"""No fixed sentence repeats a number that a county's files or the code decide: it is filled in from there.

Every number in a sentence is suspected, in both languages and in words as in figures. One that is no limit is
let through below, with the reason.
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from jinja2 import Environment, nodes

from core.i18n import catalogue
from tests.rules import sources
from tests.rules.sources import ROOT, files, product, tree

CHINESE = re.compile("[\u4e00-\u9fff]")
UNITS = "小时|分钟|秒|天|日|周|星期|月|年"
ENGLISH_UNITS = "hour|minute|week|month|year"
WORDS = "twice|thrice|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|sixty"
#: A number of its own, or one of a unit of time.
NUMBER = re.compile(
    rf"\d|[两二三四五六七八九十百千万亿]|一个?(?:{UNITS})"
    rf"|\b(?:{WORDS}|ninety|hundred|thousand|million)\b|\b(?:an?|one) (?:{ENGLISH_UNITS})\b"
)
BLANK = re.compile(r"\{[^{}]*\}")
#: Numbers that limit nothing: what they are, and a pattern that matches them with the words around.
NO_LIMIT = {
    "a name": r"UTF-8|127\.0\.0\.1|python3|\b(?:2\d\d|4\d\d)(?= (?:and the|`))",
    "a date or a document": r"[2-9]\d{3}-\d\d-\d\d(?: \d\d:\d\d:\d\d)?|\d+月\d+日|〔\d+〕\d+ 号",
    "how a number is written": "每三位",
    "an example": r"(?:例如|such as) (?:[A-Z]+-)?[\d -]+(?:(?:或|or) [\d-]+)?",
    "a character, or where counting begins": r"\b0 (?:和 O|and O|到|to)|1 (?:和|and) I|是 1 到|has 1 to",
    "part of a word": r"二维码|两委|周[二三四五六]|十二月|七十周年",
    "once too often": r"[写复填]了?两[次遍个]|(?:stands here|is given|is there|be done) twice|办两遍",
    "what is compared": r"[两二]个(?:字段|时间)|两次填|两条线|The two are|two fields|两件里|引号写两个",
    "the day that is meant": r"[这那前哪到第]一[天年]|一天，例如|一个日子|最后一天",
    "the notice of a year": r"一年的放假|a year's holiday",
    "a pattern and no sentence": r"19\|20|\[0-9\]",
}
LET_THROUGH = {what: re.compile(pattern) for what, pattern in NO_LIMIT.items()}


def numbers(sentence: str) -> list[str]:
    """Return the numbers that a sentence repeats; what stands in its blanks is filled in elsewhere."""
    left = BLANK.sub("", sentence)
    for let in LET_THROUGH.values():
        left = let.sub("", left)
    return NUMBER.findall(left)


def alternatives(pattern: str) -> list[str]:
    """Return the alternatives of a pattern, parted where a bar stands outside all brackets."""
    parts, depth = [""], 0
    for char, before in zip(pattern, " " + pattern, strict=False):
        depth += (char in "([") - (char in ")]") if before != "\\" else 0
        if char == "|" and not depth and before != "\\":
            parts.append("")
        else:
            parts[-1] += char
    return parts


def docstrings(module: ast.Module) -> set[int]:
    """Return the ids of the nodes that explain modules, classes and functions to whoever reads the code."""
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    firsts = [node.body[0] for node in sources.nodes(module) if isinstance(node, holders)]
    return {id(first.value) for first in firsts if isinstance(first, ast.Expr)}


def in_code(module: ast.Module) -> Iterator[str]:
    """Yield the fixed parts of the sentences of a module: all Chinese, and the English beside it."""
    explaining = docstrings(module)
    for node in sources.nodes(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in explaining:
            if CHINESE.search(node.value):
                yield node.value
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Bilingual":
            for part in (part for argument in node.args for part in ast.walk(argument)):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value


def in_interface(module: ast.Module) -> Iterator[str]:
    """Yield what the description of the interface says of its addresses."""
    for node in sources.nodes(module):
        if isinstance(node, ast.FunctionDef) and node.decorator_list:
            yield ast.get_docstring(node) or ""


def in_template(template: str) -> Iterator[str]:
    """Yield the texts of a template, translated or not."""
    syntax = Environment(autoescape=True).parse(template)
    for data in syntax.find_all(nodes.TemplateData):
        yield from CHINESE.findall(data.data) and re.findall("[^<>]*[\u4e00-\u9fff][^<>]*", data.data)
    for constant in syntax.find_all(nodes.Const):
        if isinstance(constant.value, str) and CHINESE.search(constant.value):
            yield constant.value


def in_script(script: str) -> Iterator[str]:
    """Yield the texts of a script of the pages."""
    for text in re.findall(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`]*`", script):
        if CHINESE.search(text):
            yield text


def in_table(value: Any) -> Iterator[str]:
    """Yield every text of a file of the configuration."""
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from in_table(inner)


@cache
def sentences() -> dict[str, str]:
    """Return every fixed sentence, with where it stands; the stories of the sample are nobody's rules."""
    found: dict[str, str] = {}
    for place in files():
        where = sources.name(place)
        said: list[str] = []
        if place in product() and not where.startswith(("demo/", "migrations/")):
            said += in_code(tree(place))
            said += in_interface(tree(place)) if where.startswith("api/") and where.count("/") == 1 else []
        elif place.suffix == ".html":
            said += in_template(place.read_text(encoding="utf-8"))
        elif place.suffix in {".js", ".mjs"} and where.startswith("web/"):
            said += in_script(place.read_text(encoding="utf-8"))
        elif where.startswith("config/") and where.count("/") == 1 and place.suffix == ".toml":
            said += in_table(tomllib.loads(place.read_text(encoding="utf-8")))
        found |= {text: where for text in said}
    return found | {english: f"the English of {text}" for text, english in catalogue("en").items()}


def test_no_sentence_repeats_a_number_that_is_decided_elsewhere() -> None:
    assert {text: where for text, where in sentences().items() if numbers(text)} == {}


@pytest.mark.parametrize("let", [part for pattern in NO_LIMIT.values() for part in alternatives(pattern)])
def test_what_is_let_through_stands_in_a_sentence(let: str) -> None:
    assert any(NUMBER.search(found[0]) for text in sentences() for found in re.finditer(let, text))


@pytest.mark.parametrize(
    "sentence",
    [
        "三个工作日内把进展告诉群众",
        "十五天内还要再回话",
        "another word is due within fifteen days",
        "办不了的 2 个工作日内可以退回",
        "一次最多 6 个，请分次加",
        "至少 12 个字",
        "At least twelve characters",
        "这一轮已经中止过两次",
        "It was suspended twice in this round",
        "一分钟到了",
        "nobody waits for more than an hour",
        "最多列三件",
        "每页 50 行，{n} 页",
    ],
)
def test_a_number_in_a_sentence_is_found(sentence: str) -> None:
    assert numbers(sentence) != []


@pytest.mark.parametrize("sentence", ["{n} 件", "再试一次", "一件事", "请写成 2027-01-09 这样", "周三"])
def test_what_limits_nothing_is_let_through(sentence: str) -> None:
    assert numbers(sentence) == []


@pytest.mark.parametrize(
    "planted",
    [
        'HINT = _("最多 6 个")',
        'TOO_SHORT = Bilingual(f"至少 {LEAST} 个字", "at least 12 characters")',
        'raise Refused(f"这一轮退回了 2 次，{name}")',
    ],
)
def test_a_number_in_code_is_found(planted: str) -> None:
    assert any(numbers(text) for text in in_code(ast.parse(planted)))


def test_a_number_in_a_template_a_script_a_file_and_the_interface_is_found() -> None:
    assert any(map(numbers, in_template('<p title="{{ _("最多 6 个") }}">')))
    assert any(map(numbers, in_template("<p>最多 6 个</p>")))
    assert any(map(numbers, in_script('say("最多 6 个");')))
    assert any(map(numbers, in_table({"steps": [{"zh": "十五天内答复"}]})))
    interface = '@cases.post("/cases")\ndef register():\n    """Register; at most 60 an hour."""\n'
    assert any(map(numbers, in_interface(ast.parse(interface))))


#: What fills the blanks of a sentence in.
FILLED_BY = frozenset({"with_limits", "say", "format"})


def written_numbers(module: ast.Module) -> list[int]:
    """Return the lines in which a blank is filled in with a number that is written there."""
    return [
        node.lineno
        for node in sources.nodes(module)
        if isinstance(node, ast.Call)
        and (getattr(node.func, "id", "") or getattr(node.func, "attr", "")) in FILLED_BY
        and any(
            isinstance(given.value, ast.Constant) and type(given.value.value) is int
            for given in node.keywords
        )
    ]


def test_a_blank_is_filled_in_from_where_the_number_is_decided() -> None:
    found = {sources.name(place): written_numbers(tree(place)) for place in product()}
    assert {where: lines for where, lines in found.items() if lines} == {}
    in_templates = {
        sources.name(place): call.lineno
        for place in (ROOT / "web/templates").rglob("*.html")
        for call in Environment(autoescape=True).parse(place.read_text("utf-8")).find_all(nodes.Call)
        if getattr(call.node, "name", "") == "_"
        and any(isinstance(one.value, nodes.Const) and type(one.value.value) is int for one in call.kwargs)
    }
    assert in_templates == {}


def test_a_number_that_is_written_into_a_blank_is_found() -> None:
    assert written_numbers(ast.parse('with_limits(_("最多 {files} 个"), files=6)')) == [1]
    assert written_numbers(ast.parse('with_limits(_("最多 {files} 个"), files=MOST_FILES)')) == []
