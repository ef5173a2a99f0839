"""The questions that a category asks, read from its file, and what is refused in them."""

import shutil
from pathlib import Path

import pytest

from config import tables
from config.tables import BadTables
from tests.builders import CONFIG
from tests.english import in_english

GOOD = """
[[categories.industry.questions]]
key = "crop"
zh = "什么作物"
en = "which crop"
kind = "choice"
required = true
choices = [
  { code = "tea", zh = "茶", en = "tea" },
  { code = "rice", zh = "稻", en = "rice" },
]
"""
CHOICES = GOOD[GOOD.index("kind") :]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("workflow.toml", "deadlines.toml", "categories.toml"):
        shutil.copy(CONFIG / name, tmp_path / name)
    (tmp_path / "calendar").mkdir()
    return tmp_path


def add(folder: Path, text: str) -> int:
    """Add text to the categories; give the line on which it begins."""
    file = folder / "categories.toml"
    before = file.read_text(encoding="utf-8")
    file.write_text(before + text, encoding="utf-8")
    return before.count("\n") + 1


def test_most_categories_ask_two_or_three_things() -> None:
    asked = {code: len(row.questions) for code, row in tables.read(CONFIG).categories.items()}
    assert sum(2 <= number <= 3 for number in asked.values()) == 8


def test_a_question_is_read_with_its_choices(folder: Path) -> None:
    add(folder, GOOD)
    question = tables.read(folder).categories["industry"].questions[0]
    assert (question.key, question.kind, question.required) == ("crop", "choice", True)
    assert [(one.code, one.zh, one.en) for one in question.choices] == [
        ("tea", "茶", "tea"),
        ("rice", "稻", "rice"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('kind = "choice"', 'kind = "colour"', "no kind of question is called 'colour'"),
        ('kind = "choice"', 'kind = "number"', "only a question of the kind `choice` has choices"),
        (CHOICES, 'kind = "text"\nchoices = []\n', "only a question of the kind `choice` has choices"),
        ('  { code = "rice", zh = "稻", en = "rice" },\n', "", "a question of choice has 2 to 20 choices"),
        ('code = "rice"', 'code = "tea"', "the choice 'tea' stands here twice"),
        ('code = "rice"', 'code = "Rice"', "small letters, digits and _ only"),
        ('key = "crop"', 'key = "Which crop"', "small letters, digits and _ only"),
        ('key = "crop"', 'key = "asks_for"', "'asks_for' is asked in every category"),
        ('key = "crop"\n', "", "'key' is missing"),
        ('en = "which crop"\n', "", "'en' is missing"),
        ("required = true", 'required = "yes"', "write true or false"),
        ("required = true", "hint = 1", "there is no such key"),
    ],
)
def test_a_bad_question_is_refused_with_its_place(folder: Path, old: str, new: str, reason: str) -> None:
    assert old in GOOD
    line = add(folder, GOOD.replace(old, new))
    with pytest.raises(BadTables) as refused:
        tables.read(folder)
    [problem] = [one for one in refused.value.problems if reason in in_english(one.reason)]
    assert int(problem.place.rpartition(":")[2]) >= line


def test_the_same_question_twice_or_too_many_are_refused(folder: Path) -> None:
    add(folder, GOOD * 2)
    with pytest.raises(BadTables) as twice:
        tables.read(folder)
    assert "the question 'crop' stands here twice" in in_english(*twice.value.problems)
    add(folder, "".join(GOOD.replace("crop", f"crop_{place}") for place in range(9)))
    with pytest.raises(BadTables) as many:
        tables.read(folder)
    assert "more than 10 questions" in in_english(*many.value.problems)
