"""Test what texts are stored, refused and masked."""

import pytest

from core.text import clean, mask_phone, plain, problem_of, problem_of_name, without_controls


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", None),
        ("水渠漏水\n\t第二行\r\n", None),
        ("𠮷·阿布都\u0301\u200d", None),
        ("a\x00b", "control_character"),
        ("\x1b[31m", "control_character"),
        ("\x85", "control_character"),
        ("\ufdd0", "control_character"),
        ("\ud800", "lone_surrogate"),
        ("ok\udfff", "lone_surrogate"),
    ],
)
def test_a_text_that_one_of_the_databases_cannot_keep_is_refused(text: str, problem: str | None) -> None:
    assert problem_of(text) == problem


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("阿依古丽·买买提", None),
        ("𠮷田", None),
        ("名" * 64, None),
        ("名" * 65, "too_long"),
        ("", "required"),
        (" \u3000", "required"),
        ("张\n三", "more_than_one_line"),
        ("张\u2028三", "more_than_one_line"),
        ("张\u202e三", "invisible_character"),
        ("张\u200b三", "invisible_character"),
        ("张\x00三", "control_character"),
    ],
)
def test_a_name_is_one_line_of_signs_that_can_be_seen(name: str, problem: str | None) -> None:
    assert problem_of_name(name) == problem


def test_line_ends_become_one_kind() -> None:
    assert clean("a\r\nb\rc\n") == "a\nb\nc\n"


def test_imports_leave_control_characters_out() -> None:
    assert without_controls("a\x00b\r\nc\ud800\td") == "ab\nc\td"


@pytest.mark.parametrize(
    ("typed", "meant"), [("１３８００００２０４６", "13800002046"), ("\u3000ＹＹ ", "YY")]
)
def test_full_width_signs_are_read_as_plain_ones(typed: str, meant: str) -> None:
    assert plain(typed) == meant


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13800002046", "138****2046"),
        ("+8613800002046", "+86****2046"),
        ("08341234567", "083****4567"),
        ("1234567", "****67"),
        ("12345", "****"),
        ("", "****"),
    ],
)
def test_the_middle_of_a_phone_number_is_hidden(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown
