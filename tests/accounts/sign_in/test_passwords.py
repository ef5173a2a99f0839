"""Test which passwords are refused."""

import pytest

from accounts.sign_in.made_of_words import LONGEST
from accounts.sign_in.passwords import (
    LEAST,
    LISTS,
    generate_password,
    hash_password,
    problem_of_password,
    verify_password,
)
from accounts.sign_in.pinyin import spellings

WORDS = spellings(["杉岭村", "重庆市", "田大山"])


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("elevenchars", "too_short"),
        ("x" * 129, "too_long"),
        ("zuzhang-in-the-hills", "contains_username"),
        ("aaaaaaaaaaaa", "too_simple"),
        ("123412341234", "too_simple"),
        ("123456789012", "too_common"),
        ("Password123!", "too_common"),
        ("woaizhongguo", "too_common"),
        ("huiyin202620", "too_common"),
        ("P@ssw0rd2026", "too_common"),
        ("contortionist", "too_common"),
        ("1111Dragon!!!!", "too_common"),
        ("dragondragon", "too_common"),
        ("shanling-2026-03", "too_common"),
        ("ShanLingCun@2026", "too_common"),
        ("杉岭村好好好-20260303", "too_common"),
        ("田大山田大山20260303", "too_common"),
        ("chongqing-2026-03", "too_common"),
        ("123456-----789", "too_common"),
        ("Zhonghua2026!!", "too_common"),
        ("renminzhengfu1", "too_common"),
        ("Zhong-Hua-Ren-Min-1949", "too_common"),
        ("r3nm1nzh3ngfu!!", "too_common"),
        ("renminzhengfurenminzhengfu", "too_common"),
        ("人民政府!!20261201", "too_common"),
        ("dragonmonkey2026", "too_common"),
        ("shanlingzhengfu2026", "too_common"),
        ("shuiche zhuan qilai le", None),
        ("dragon monkey ladder", None),
        ("zhonghua xyqz 2026", None),
        ("shanling has three frogs", None),
        ("three small frogs", None),
        ("水车水车又转起来了一十二", None),
    ],
)
def test_a_password_is_judged_by_length_and_by_how_often_it_is_tried(
    password: str, problem: str | None
) -> None:
    assert problem_of_password(password, "zuzhang", WORDS) == problem


def test_three_thousand_common_passwords_of_the_allowed_length_are_refused() -> None:
    listed = (LISTS / "common_passwords.txt").read_text(encoding="ascii").split()
    assert len(set(listed)) >= 3000
    assert {len(one) >= LEAST for one in listed} == {True}
    assert {problem_of_password(one, "zuzhang") for one in listed} == {"too_common"}


def test_ten_thousand_words_are_refused_with_whatever_digits_and_signs_around_them() -> None:
    words = (LISTS / "common_words.txt").read_text(encoding="ascii").split()
    assert len(set(words)) >= 10_000
    taken = [word for word in words if problem_of_password(f"2026-03-03{word.title()}!", "zuzhang") is None]
    assert taken == []


def test_no_word_of_the_lists_is_longer_than_is_looked_for() -> None:
    words = (LISTS / "common_words.txt").read_text(encoding="ascii").split()
    assert max(map(len, words)) <= LONGEST


def test_the_same_password_has_another_hash_each_time() -> None:
    assert hash_password("three small frogs") != hash_password("three small frogs")


@pytest.mark.parametrize("stored", [None, "", "plain text", "$argon2id$damaged"])
def test_nothing_matches_what_is_no_hash(stored: str | None) -> None:
    assert not verify_password("nobody has this password", stored)


@pytest.mark.parametrize("username", ["a", "u6", "2", "zhou"])
def test_a_made_password_is_never_refused_even_when_the_name_is_one_letter(username: str) -> None:
    made = {generate_password(username) for _ in range(200)}
    assert len(made) == 200
    assert {problem_of_password(one, username) for one in made} == {None}
