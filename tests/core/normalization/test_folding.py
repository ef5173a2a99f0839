"""Test that what people take for the same is folded to the same."""

import sys

import pytest

from core.normalization.folding import TABLE, fold, fold_code


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("萬家塝", "万家塝"),
        ("水管漏水", "水管漏水"),
        ("電話裏、電話裡", "电话里、电话里"),
        ("ＡＢｃ１２３", "abc123"),
        ("水\u200b管", "水管"),
        ("乾隆", "干隆"),
        ("ﷺ", "صلى الله عليه وسلم"),
    ],
)
def test_characters_that_look_or_mean_the_same_are_one(typed: str, folded: str) -> None:
    assert fold(typed) == folded


def test_what_is_folded_once_stays_as_it_is() -> None:
    every = "".join(chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000)
    assert [char for char in every if fold(fold(char)) != fold(char)] == []


def test_the_table_is_small_has_single_characters_and_each_of_them_once() -> None:
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    pairs = [line.split(" ") for line in lines]
    traditional = "".join(several for _, several in pairs)
    assert TABLE.stat().st_size < 50_000
    assert all(len(simplified) == 1 for simplified, _ in pairs)
    assert len(traditional) == len(set(traditional)) > 3_000


@pytest.mark.parametrize("dash", "-－‐‑‒–—―−─━﹣⁃ー")
def test_every_dash_of_a_code_is_the_same(dash: str) -> None:
    assert fold_code(f" yy{dash}２０２６{dash}86\u200b ") == "YY-2026-86"
