"""Every code that a person may meet has words in both languages, and the reasons say what to do."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from accounts.access.permissions import Role
from tests.workflow.samples import project_definition
from tests.workflow.test_guards import CASES as GUARD_CASES
from workflow.definition import vocabulary
from workflow.definition.model import Word
from workflow.guards import GUARDS
from workflow.machine import MISSING_RELATION
from workflow.texts import labels
from workflow.texts.reasons import REASONS

HERE = Path(__file__).resolve().parents[3]
DEFINITION = project_definition()
#: Reasons of reading files and of starting, which have words of their own where they are printed.
ELSEWHERE = {
    "column_map.py",
    "row_reader.py",
    "replay.py",
    "import_cases.py",
    "definitions.py",
    "notice_days.py",
}


def reasons_in(node: ast.AST) -> Iterator[str]:
    """Find the codes that a call refuses with: `Invalid({field: [code]})`, `reasons=[code]`, `not_open`."""
    if not isinstance(node, ast.Call):
        return
    name = getattr(node.func, "id", "")
    given: list[ast.AST] = [word.value for word in node.keywords if word.arg == "reasons"]
    if name == "Invalid":
        given += [value for part in node.args if isinstance(part, ast.Dict) for value in part.values]
    if getattr(node.func, "attr", "") == "not_open":
        given += node.args[1:]
    for part in given:
        yield from (
            one.value
            for one in ast.walk(part)
            if isinstance(one, ast.Constant) and isinstance(one.value, str)
        )


def reasons_of_cases() -> set[str]:
    found: set[str] = set()
    for file in (HERE / "cases").rglob("*.py"):
        if file.name not in ELSEWHERE:
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                found |= set(reasons_in(node))
    return found


def test_every_reason_of_a_guard_has_words() -> None:
    assert {reason for _, _, reason in GUARD_CASES if reason is not None} <= set(REASONS)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        (Word("读者", "reader"), "the readers, a reader"),
        (Word("孩子", "child", "children"), "the children, a child"),
        (Word("职工", "staff", "staff"), "the staff, a staff"),
    ],
)
def test_several_are_called_as_the_file_says_and_by_the_common_rule_without(word: Word, said: str) -> None:
    definition = replace(DEFINITION, words={"term": {"complainant": word}})
    sentence = "the {term.complainant}s, a {term.complainant}"
    assert labels.fill_nouns(sentence, "en", definition) == said
    assert labels.fill_nouns("{Term.complainant}s", "en", definition)[0] == said[4].upper()
    theirs = "'" if "readers" in said else "'s"
    named = said.removeprefix("the ").partition(",")[0]
    assert labels.fill_nouns("{term.complainant}s' words", "en", definition) == f"{named}{theirs} words"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_guard_has_a_name_of_its_own_in_both_languages(language: str) -> None:
    names = {code: labels.name("guard", code, language) for code in GUARDS}
    assert set(labels.GROUPS["guard"]) == set(GUARDS)
    assert [code for code, name in names.items() if name == code or not name.strip()] == []
    assert len(set(names.values())) == len(names)


def test_every_reason_of_the_machine_has_words() -> None:
    assert {"role", "wrong_state", *MISSING_RELATION.values()} <= set(REASONS)
    assert set(MISSING_RELATION) == vocabulary.RELATIONS


def test_every_reason_with_which_cases_refuse_has_words() -> None:
    found = reasons_of_cases()
    assert {"reply_missing", "use_reopen", "unknown_unit"} <= found, "the search finds what it is for"
    assert found <= set(REASONS), sorted(found - set(REASONS))


@pytest.mark.parametrize("code", REASONS)
def test_a_reason_is_a_sentence_in_both_languages(code: str) -> None:
    chinese, english = labels.name("reason", code, "zh"), labels.name("reason", code, "en")
    assert any("一" <= sign <= "鿿" for sign in chinese)
    assert not chinese.endswith("。")
    assert english.isascii()
    assert english[0].isupper()
    assert english.endswith(".")


@pytest.mark.parametrize(
    ("group", "codes"),
    [
        ("role", {role.value for role in Role}),
        ("relation", vocabulary.RELATIONS),
        ("owner_rule", vocabulary.OWNER_RULES),
        ("unit_kind", vocabulary.UNIT_KINDS),
        ("change", vocabulary.CHANGES),
    ],
)
def test_every_word_of_the_vocabulary_has_a_name(group: str, codes: frozenset[str]) -> None:
    assert set(labels.GROUPS[group]) == set(codes)


@pytest.mark.parametrize(
    ("action", "field", "group"),
    [
        ("resolve", "outcome", "outcome"),
        ("confirm", "rating", "rating"),
        ("register", "kind", "kind"),
    ],
)
def test_every_choice_of_an_action_has_a_name(action: str, field: str, group: str) -> None:
    fields = {one["name"]: one for one in DEFINITION.action(action).fields}
    assert set(fields[field]["values"]) <= set(labels.GROUPS[group])


@pytest.mark.parametrize(
    ("code", "chinese", "english"),
    [
        ("assign", "交办", "assign"),
        ("accept", "接收", "accept"),
        ("supervise", "督办", "supervision"),
        ("raise", "提级", "raise"),
        ("absorb", "并入一件", "another case merged in"),
        ("unheard_of", "unheard_of", "unheard_of"),
    ],
)
def test_an_entry_of_the_history_has_a_name(code: str, chinese: str, english: str) -> None:
    assert labels.action(DEFINITION, code, "zh") == chinese
    assert labels.action(DEFINITION, code, "en") == english


def test_states_and_clocks_are_named_by_the_definition() -> None:
    assert labels.state(DEFINITION, "resolved", "zh") == "已答复办结"
    assert labels.state(DEFINITION, "resolved", "en") == "replied and resolved"
    assert labels.clock(DEFINITION, "handling", "zh") == "办理期限"


@pytest.mark.parametrize(
    ("sentence", "language", "filled"),
    [
        ("这个{level.village}没有{n}件", "zh", "这个病区没有{n}件"),
        ("Which {level.village}, and {unit_kind.team}s", "en", "Which office, and work teams"),
        ("a {level.village} and a {unit_kind.team}", "en", "an office and a work team"),
        ("{Level.village}s", "en", "Offices"),
        ("nothing to fill", "en", "nothing to fill"),
    ],
)
def test_a_sentence_takes_its_nouns_from_the_words_of_the_file(
    sentence: str, language: str, filled: str
) -> None:
    words = {"level": {"village": Word("病区", "office")}}
    assert labels.fill_nouns(sentence, language, replace(DEFINITION, words=words)) == filled


def test_without_a_definition_the_words_are_those_of_the_program() -> None:
    assert labels.fill_nouns("{term.complainant}在{level.village}里", "zh") == "群众在村里"
    assert labels.name("reason", "out_of_scope", "zh") == "这件事不归您看，请找管这个村的人"


@pytest.mark.parametrize(
    ("one", "several"),
    [("ward", "wards"), ("branch", "branches"), ("county", "counties"), ("bay", "bays"), ("bus", "buses")],
)
def test_several_are_called_by_the_rule_of_english(one: str, several: str) -> None:
    words = {"level": {"village": Word("点", one)}}
    sentence = "no {level.village}s, one {level.village}'s, all {level.village}s'"
    filled = labels.fill_nouns(sentence, "en", replace(DEFINITION, words=words))
    assert filled == f"no {several}, one {one}'s, all {several}'"
