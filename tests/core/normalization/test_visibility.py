"""Test what of a text counts as seen."""

import sys
import unicodedata

import pytest

from core.normalization.visibility import INVISIBLE, is_blank

UNSEEN = (
    *(
        "",
        " ",
        "\t\r\n",
        "\u3000",
        "\u00a0",
        "\u2028",
        "\u200b",
        "\u2060",
        "\ufeff",
        "\u00ad",
        "\u034f",
        "\x00",
    ),
    *("\u3164", "\u115f", "\u1160", "\uffa0", "\u2800", "\u180e", "\ufe0f", "\U000e0020", "\U000e0100"),
)


@pytest.mark.parametrize("text", [*UNSEEN, "".join(UNSEEN)], ids=ascii)
def test_a_text_of_which_nothing_can_be_seen_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["。", "\u200b水", "一\ufe00", "🏠", "𠮷", "1", "-", "\u3164好"])
def test_a_text_with_one_sign_that_can_be_seen_is_not_blank(text: str) -> None:
    assert not is_blank(text)


def test_every_separator_control_and_space_is_unseen() -> None:
    kinds = {"Zs", "Zl", "Zp", "Cc"}
    every = [chr(code) for code in range(sys.maxunicode + 1)]
    assert all(is_blank(char) for char in every if unicodedata.category(char) in kinds or char.isspace())


def test_what_chooses_how_a_character_of_a_name_is_drawn_is_no_fault() -> None:
    assert not INVISIBLE & set("葛\U000e0100\ufe0f\u180b")
    assert {"\u200b", "\u202e", "\u3164", "\u2800", "\u034f"} <= INVISIBLE
