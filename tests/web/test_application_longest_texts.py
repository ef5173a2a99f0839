"""A field of a page takes as many characters as whoever reads it lets through: no fewer, and no more.

Every field in which somebody types is found on the pages as they are drawn, and tried with what reads it. No
template has such a number of its own.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import html5lib
import pytest
from flask import Flask

from accounts.registers.areas import MOST, TOTALS
from accounts.registers.first_administrator import LONGEST_SETUP_CODE
from accounts.registers.import_cells import CODE, Cells
from accounts.registers.user_validation import USERNAME, _is_address
from accounts.sign_in.passwords import problem_of_password
from accounts.sign_in.second_factors import DIGITS
from cases.access.receipt_codes import new_code, read_code
from cases.configuration.case_rules import CountyRules
from cases.intake.category_answers import VALIDATORS, _Unfit
from cases.lifecycle.effects.identity import LONGEST_PHONE
from cases.models.case import Case
from config.questions import ASKS_FOR
from core.errors import Invalid
from core.normalization.typed_numbers import read_number
from core.persistence.db import Database
from core.text import problem_of_name
from tests.rules.sources import ROOT
from tests.web.conftest import Browser
from tests.web.test_application_pages import filled, routes
from web.administration.working_days import _read_name
from web.forms.longest_texts import LONGEST_NUMBER
from workflow.limits import DECIMALS, LARGEST_NUMBER, LONGEST_TEXT
from wsgi.schemas.action_schemas import action_schema
from wsgi.schemas.fields import JsonNumber
from wsgi.schemas.request_schemas import (
    CaseFilters,
    NewCase,
    VillagersAddition,
    VillagersDemand,
    VillagersWord,
)
from wsgi.schemas.validation_errors import load_strictly

pytestmark = pytest.mark.one_database

Open = Callable[..., Browser]
Takes = Callable[[int], bool]
HTML = "{http://www.w3.org/1999/xhtml}"
#: A line for several names beside those that can be chosen.
BESIDE_CHOICES = ".other"
TYPED = frozenset({"text", "search", "password", "tel", "email", "url", None})
#: Reasons that speak of the length of a text.
LENGTH = frozenset({"length_out_of_range", "too_long"})
PEOPLE = ("zuyuan", "zuzhang", "cunwei-sl", "xiangzhen", "lingdao", "guanli")
#: Written in a template by itself, and not as a limit of the code.
TEMPLATES = ROOT / "web" / "templates"
IN_A_TEMPLATE = re.compile(r'(?:max|min)length="\d+"')


def by_schema(schema: Any, **rest: str) -> Callable[[str], Takes]:
    """Try a field of a body by the reasons for which it is refused."""

    def probe(path: str) -> Takes:
        if not path.endswith(BESIDE_CHOICES):
            return lambda length: not _too_long(schema, path, "x" * length, rest)
        several = path.removesuffix(BESIDE_CHOICES)
        name = next(most for most in range(200, 0, -1) if not _too_long(schema, several, ["x" * most], rest))
        line = ("x" * name + "、") * 100
        return lambda length: not _too_long(schema, several, line[:length].strip("、").split("、"), rest)

    return probe


def _too_long(schema: Any, path: str, value: Any, rest: Mapping[str, str]) -> bool:
    body: Any = value
    for part in reversed(path.split(".")):
        body = [body] if part.isdigit() else {part: body}
    try:
        load_strictly(schema, {**rest, **body})
    except Invalid as error:
        return any(
            not LENGTH.isdisjoint(codes) for name, codes in error.errors.items() if name.startswith(path)
        )
    return False


def takes_name(length: int) -> bool:
    return problem_of_name("村" * length) is None


def takes_code(length: int) -> bool:
    problems: list[Any] = []
    Cells(1, {"code": "A" * length}, problems).code("code", CODE)
    return not problems


def takes_address(length: int) -> bool:
    host = length - 65
    return _is_address(f"{'a' * 64}@{'b' * host}")


def takes_password(length: int) -> bool:
    return problem_of_password(("渠水年年到田头-2026" * 20)[:length], "x") is None


def takes_answer(length: int) -> bool:
    try:
        VALIDATORS["text"](ASKS_FOR, "渠" * length)
    except _Unfit:
        return False
    return True


def takes_receipt_code(length: int) -> bool:
    code = new_code()
    return read_code("-" * (length - len(code)) + code) is not None


def takes_notice(length: int) -> bool:
    try:
        _read_name({"notice": "通" * length})  # type: ignore[arg-type]
    except Invalid:
        return False
    return True


def of_register(read: Takes) -> Callable[[str], Takes]:
    return lambda _name: read


#: What reads a field, by the address to which its form is sent and the name; the first row that fits.
READ_BY: Mapping[tuple[str, str], Callable[[str], Takes]] = {
    (r"/register.*", r"answers\.\w+"): of_register(takes_answer),
    (r"/register.*", r"own_words|reply\.text|named_\w+\.other"): by_schema(NewCase()),
    (r"/register.*", r"complainant\..*"): lambda name: by_schema(NewCase())(f"complainants.0.{name[12:]}"),
    (r"/status(/rating)?", "words"): by_schema(VillagersWord()),
    (r"/status/reopen", "demand"): lambda _name: by_schema(VillagersDemand())("words"),
    (r"/status/words", "more"): by_schema(VillagersAddition()),
    (r".*", "receipt_code"): of_register(takes_receipt_code),
    (r"/cases", "q"): by_schema(CaseFilters()),
    (r"/calendar/.*", "notice"): of_register(takes_notice),
    (r"/people", "q"): of_register(takes_name),
    (r".*", r"name|new_name|area_name|unit_name"): of_register(takes_name),
    (r"/(areas|units|setup).*", r"code|new_code|area_code|unit_code"): of_register(takes_code),
    (r".*", "username"): of_register(lambda length: USERNAME.fullmatch("a" * length) is not None),
    (r".*", "email"): of_register(takes_address),
    (r".*", r"present|fresh|again|password"): of_register(takes_password),
}
#: Fields that are no text of a length: a number, a place to paste a notice, a code of figures.
OTHERWISE: Mapping[tuple[str, str], int] = {
    **dict.fromkeys(((r"/areas.*", name) for name in TOTALS), len(str(MOST))),
    **dict.fromkeys(((r"/calendar/.*", name) for name in ("holidays", "working")), LONGEST_TEXT),
    (r"/sign-in/code|/me/second-factor.*", "code"): DIGITS * 2 - 1,  # with a space between any two
    (r"/setup/code", "code"): LONGEST_SETUP_CODE,
    (r"/units.*", "phone"): LONGEST_PHONE,
}


def typed_fields(page: str) -> Iterator[tuple[str, str, str, str | None]]:
    """Yield each field of a page in which somebody types: where it is sent, by which action, name, length."""
    tree = html5lib.parse(page)
    for form in tree.iter(f"{HTML}form"):
        every = list(form.iter())
        action = next((one.get("value") for one in every if one.get("name") == "action"), None)
        for one in every:
            text = one.tag == f"{HTML}textarea" and one.get("readonly") is None
            line = one.tag == f"{HTML}input" and one.get("type") in TYPED
            if text or line:
                yield form.get("action") or "", action or "", one.get("name") or "", one.get("maxlength")


def wrong_length(rules: CountyRules, address: str, action: str, name: str, written: str | None) -> str | None:
    """Return what is wrong with the length of a field, or None."""
    if written is None:
        return "no length"
    length, takes = int(written), _reader(rules, address, action, name)
    if takes is None:
        known = [most for (where, what), most in OTHERWISE.items() if _fits(where, what, address, name)]
        return None if known == [length] else "nobody knows what reads it"
    if not takes(length):
        return f"{length} is more than is read"
    return f"{length} is less than is read" if takes(length + 1) else None


def _reader(rules: CountyRules, address: str, action: str, name: str) -> Takes | None:
    if action and rules.definition.has_action(action):
        return by_schema(action_schema(rules.definition, action))(name)
    if re.fullmatch(r"/cases/N/revisit", address):
        return by_schema(action_schema(rules.definition, "confirm"))(name)
    rows = READ_BY.items()
    fits = (made for (where, what), made in rows if _fits(where, what, address, name))
    made = next(fits, None)
    return made(name) if made is not None else None


def _fits(where: str, what: str, address: str, name: str) -> bool:
    return bool(re.fullmatch(where, address) and re.fullmatch(what, name))


def test_every_field_takes_as_much_as_is_read_of_it(
    browser: Open, pages: Flask, rules: CountyRules, town: Database, a_case: Callable[..., Case]
) -> None:
    cases = [a_case("received"), a_case("assigned"), a_case("resolved")]
    found: dict[tuple[str, str, str], str | None] = {}
    for who in (*PEOPLE, None):
        person = browser(who) if who else browser()
        for method, rule in routes(pages):
            for case in cases if "number:number" in rule else cases[:1]:
                # Asked without the browser of these tests, which would read each page once more.
                sent = person.client.get(filled(rule, case)).data if method == "GET" else b""
                page = sent.decode(errors="replace")
                for address, action, name, written in typed_fields(page) if "<form" in page else ():
                    found[address.replace(case.number, "N"), action, name] = written
    assert len(found) > 60
    said = {place: wrong_length(rules, *place, written) for place, written in found.items()}
    assert {place: wrong for place, wrong in said.items() if wrong} == {}


def test_a_length_that_is_not_what_is_read_is_found(rules: CountyRules) -> None:
    form = '<form action="{}">{}<input name="{}" maxlength="{}"></form>'
    act = '<input type="hidden" name="action" value="escalate">'
    planted = (
        form.format("/cases/N/actions", act, "report.number", 100)
        + form.format("/cases/N/actions", act, "reason", 500)
        + form.format("/people/zuyuan", "", "name", 65)
        + form.format("/units/new", "", "surprise", 10)
        + '<form action="/status/words"><textarea name="more"></textarea></form>'
    )
    said = [wrong_length(rules, *found) for found in typed_fields(planted)]
    assert said == [
        "100 is more than is read",
        "500 is less than is read",
        "65 is more than is read",
        "nobody knows what reads it",
        "no length",
    ]


def test_no_template_has_a_length_of_its_own() -> None:
    texts = {place.name: place.read_text(encoding="utf-8") for place in TEMPLATES.rglob("*.html")}
    assert {name for name, text in texts.items() if IN_A_TEMPLATE.search(text)} == set()
    assert sum(text.count("maxlength=") for text in texts.values()) > 10
    assert IN_A_TEMPLATE.search('<input maxlength="40">')


def test_what_is_typed_for_the_longest_number_is_read() -> None:
    longest = f"{-LARGEST_NUMBER:,}." + "0" * DECIMALS
    assert len(longest) == LONGEST_NUMBER
    assert JsonNumber().deserialize(read_number(longest)) == -LARGEST_NUMBER
