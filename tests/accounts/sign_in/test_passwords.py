"""Test which passwords are refused."""

import pytest

from accounts.sign_in.passwords import generate_password, hash_password, problem_of_password, verify_password


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
        ("three small frogs", None),
        ("水车水车又转起来了一十二", None),
    ],
)
def test_a_password_is_judged_by_length_and_by_how_often_it_is_tried(
    password: str, problem: str | None
) -> None:
    assert problem_of_password(password, "zuzhang") == problem


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
